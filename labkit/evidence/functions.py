"""Turn what a student's function returns on probes into facts."""

import copy
import dataclasses
import dis
import hashlib
import re
import textwrap
import types
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from labkit.evidence import facts, networks, values

MAX_TOLD = 300  # characters of what an exception says


@dataclasses.dataclass(frozen=True)
class Probing:
    """A collector: what the student's function returns on probes.

    Attributes
    ----------
    probes : callable
        From a seeded random generator to a list of argument tuples. Grading uses another seed
        in every run, so that no table of answers can stand in for the function.
    """

    probes: Callable[[np.random.Generator], Sequence[tuple]]

    def __call__(self, answer: Any, seed: int = 0) -> facts.Calls | facts.Other:
        return called(answer, self.arguments(seed), seed)

    def arguments(self, seed: int) -> list[tuple]:
        """Return the argument tuples that `seed` gives."""
        return list(self.probes(np.random.default_rng(seed)))


def calls(probes: Callable[[np.random.Generator], Sequence[tuple]]) -> Probing:
    """Return the collector that calls the student's function on `probes`."""
    return Probing(probes)


def called(answer: Any, arguments: Sequence[tuple], seed: int = 0) -> facts.Calls | facts.Other:
    """Collect what a function returns on `arguments`, which `seed` gave."""
    if not callable(answer):
        return facts.Other(values.type_name(answer))
    built: list[Any] = []  # kept until the last call: no other object gets their place
    calls = tuple(_call(answer, given, built) for given in arguments)
    type_name = values.type_name(answer)
    return facts.Calls(type_name, seed, digest(arguments), calls, _is_untouched(answer))


def _is_untouched(function: Callable) -> bool:
    """Tell whether a function does nothing at all, whatever its head and its docstring."""
    code = getattr(function, "__code__", None)
    return isinstance(code, types.CodeType) and _steps(code) in _NOTHING


def _steps(code: types.CodeType) -> list[tuple]:
    """Return what a function does, without the names of what it is given."""
    steps = dis.get_instructions(code)
    return [(step.opname, step.argval) for step in steps if step.opname != "RESUME"]


_NOTHING = [_steps(empty.__code__) for empty in (lambda: None, lambda: ...)]


def digest(arguments: Any) -> str:
    """Return a text that is another one for other arguments, in every process the same.

    Raises
    ------
    TypeError
        If there is a part whose value cannot be told from its looks.
    """
    found = hashlib.sha256(type(arguments).__name__.encode())
    if isinstance(arguments, np.ndarray):
        found.update(f"{arguments.dtype.str} {arguments.shape}".encode())
        found.update(np.ascontiguousarray(arguments).tobytes())
    elif isinstance(arguments, np.random.Generator):
        found.update(repr(arguments.bit_generator.state).encode())
    elif isinstance(arguments, list | tuple):
        found.update(" ".join(map(digest, arguments)).encode())
    elif isinstance(arguments, bytes | str | int | float | np.number | None):
        found.update(repr(arguments).encode())
    else:
        raise TypeError(f"A probe holds a {values.type_name(arguments)}, which has no digest.")
    return found.hexdigest()


def _call(function: Callable, arguments: tuple, built: list[Any]) -> facts.Call:
    """Call a function; `built` are the networks that it has returned before."""
    given = copy.deepcopy(arguments)
    again = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            returned = function(*given)
    except (Exception, SystemExit) as error:
        result = facts.Raised(type(error).__name__, _told(error))
    else:
        result = returned_fact(returned)
        if networks.is_network(returned):
            again = any(returned is network for network in built)
            built.append(returned)
    changed = any(
        isinstance(before, np.ndarray) and not np.array_equal(before, after, equal_nan=True)
        for before, after in zip(arguments, given, strict=True)
    )
    return facts.Call(result, changed, again)


def _told(error: BaseException) -> str:
    """Return an exception's text in one line, the same in every run."""
    text = re.sub(r" at 0x[0-9a-fA-F]+|[\w.<>]+\.<locals>\.", "", str(error))
    return textwrap.shorten(text, MAX_TOLD, placeholder=" ...")


def returned_fact(returned: Any) -> Any:
    """Return the fact about what a call has returned."""
    if returned is None or returned is ...:
        return facts.Placeholder()
    if networks.is_network(returned):
        return networks.model(returned)
    if isinstance(returned, np.ndarray) or hasattr(returned, "__array__"):
        return values.array(returned)
    return values.value(returned)
