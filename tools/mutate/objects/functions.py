"""Functions that are not quite the right ones: of other arguments, with a memory, of other results.

They are made of the right function and know nothing of what it does.
"""

import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from labkit import evidence
from labkit.checks import agreement
from labkit.evidence import functions
from labkit.evidence.networks import is_network
from tools.mutate.objects import arrays, networks
from tools.mutate.objects.mutant import Mutant

SEEDS = (0, 1, 2, 3, 4)
Function = Callable[..., Any]


def mutants(right: Function, probing: functions.Probing) -> Iterator[Mutant]:
    """Yield functions that differ from `right` on some arguments that `probing` gives."""
    for words, function in _of_other_arguments(right, probing):
        yield Mutant(words, function, SEEDS)
    for words, make in _with_a_memory(right):
        yield Mutant(words, make(), SEEDS, make)
    # One that has learnt the answers to a seed is found out under every other.
    yield Mutant("a table of answers", _table(right, probing.arguments(0)), SEEDS[1:])
    first = right(*probing.arguments(0)[0])
    for words, function in _of_networks(right, first):
        yield Mutant(f"returns its network {words}", function, SEEDS)
    for words, change in _results(first):
        yield Mutant(f"returns its result {words}", _then(right, change), SEEDS)


def alike(probing: functions.Probing, one: Function, other: Function) -> bool:
    """Tell whether two functions do the same on arguments that no check has used."""
    for seed in range(1_000, 1_005):
        arguments = probing.arguments(seed)
        facts = [functions.called(f, arguments, seed) for f in (one, other)]
        for given, first, second in zip(arguments, *(fact.calls for fact in facts), strict=True):
            told = [(call.changed_its_input, call.again) for call in (first, second)]
            if told[0] != told[1]:
                return False
            if isinstance(first.result, evidence.Model):
                if not isinstance(second.result, evidence.Model):
                    return False
                if not networks.alike(one(*given), other(*given)):
                    return False
            elif not _same_result(first.result, second.result):
                return False
    return True


def _same_result(one: Any, other: Any) -> bool:
    numbers = [agreement.as_array(result) for result in (one, other)]
    if any(array is None for array in numbers):
        return False
    return numbers[0].shape == numbers[1].shape and np.allclose(*numbers, atol=1e-9)


def _then(right: Function, change: Callable[[Any], Any]) -> Function:
    return lambda *given: change(right(*given))


# --- arguments ------------------------------------------------------------------------------


def _of_other_arguments(
    right: Function, probing: functions.Probing
) -> Iterator[tuple[str, Function]]:
    first = probing.arguments(0)[0]
    yield "without arguments", lambda: right(*first)
    yield "knows one answer alone", lambda *given: right(*first)
    yield "without its last argument", lambda *given: right(*given[:-1])
    yield "with an argument more", lambda *given: right(*given, 0)
    for place, argument in enumerate(first):
        yield f"argument {place} fixed", _with(right, place, lambda _, a=argument: a)
        for words, change in _changes_of(argument):
            yield f"argument {place} {words}", _with(right, place, change)
    for place in range(1, len(first)):
        yield f"arguments {place - 1} and {place} swapped", _swapped(right, place)


def _with(right: Function, place: int, change: Callable[[Any], Any]) -> Function:
    def function(*given: Any) -> Any:
        return right(*given[:place], change(given[place]), *given[place + 1 :])

    return function


def _swapped(right: Function, place: int) -> Function:
    def function(*given: Any) -> Any:
        turned = list(given)
        turned[place - 1], turned[place] = given[place], given[place - 1]
        return right(*turned)

    return function


def _changes_of(argument: Any) -> Iterator[tuple[str, Callable[[Any], Any]]]:
    if isinstance(argument, np.random.Generator):
        yield "of a seed of its own", lambda _: np.random.default_rng(7)
        yield "drawn from once before", lambda rng: (rng.random(), rng)[1]
    elif isinstance(argument, np.ndarray):
        yield "turned", lambda a: -np.asarray(a)
        yield "without its sign", np.abs
        yield "twice", lambda a: np.asarray(a) * 2
        yield "as whole numbers", lambda a: np.asarray(a).astype(int)
        for axis in range(argument.ndim):
            yield f"turned round along axis {axis}", functools.partial(np.flip, axis=axis)
            yield f"one off along axis {axis}", lambda a, k=axis: np.roll(a, 1, k)
            yield f"a row short along axis {axis}", lambda a, k=axis: _short(a, k)
        if argument.ndim > 1:
            yield "with its axes swapped", np.transpose
    elif isinstance(argument, int | float) and not isinstance(argument, bool):
        yield "one more", lambda a: a + 1
        yield "one less", lambda a: a - 1
        yield "turned", lambda a: -a
        yield "half", lambda a: a / 2
        yield "the rest to 1", lambda a: 1 - a


def _short(array: np.ndarray, axis: int) -> np.ndarray:
    """Return the array with its last row along `axis` emptied."""
    changed = np.array(array)
    np.moveaxis(changed, axis, 0)[-1] = 0
    return changed


# --- memory ---------------------------------------------------------------------------------


def _with_a_memory(right: Function) -> Iterator[tuple[str, Callable[[], Function]]]:
    """Yield what makes functions that are not the same at each call."""
    yield "remembers its first answer", lambda: _remembering(right, lambda *given: 0)
    yield "remembers answers by shape", lambda: _remembering(right, _shapes)
    yield "remembers all answers", lambda: _remembering(right, _values)
    yield "adds up all calls", lambda: _adding_up(right)
    yield "answers the call before", lambda: _late(right)
    yield "right every second time", lambda: _in_turns(right)
    yield "changes its argument before", lambda: _spoiling(right, before=True)
    yield "changes its argument after", lambda: _spoiling(right, before=False)
    yield "returns None", lambda: lambda *given: (right(*given), None)[1]
    yield "returns nothing as a rule", lambda: lambda *given: None if given else 0
    yield "returns itself", lambda: lambda *given: right
    yield "a generator", lambda: lambda *given: (right(*given) for _ in (0,))


def _shapes(*given: Any) -> tuple:
    return tuple(np.shape(a) if isinstance(a, np.ndarray) else repr(type(a)) for a in given)


def _values(*given: Any) -> str:
    return functions.digest(given)


def _remembering(right: Function, key: Function) -> Function:
    known: dict[Any, Any] = {}

    def function(*given: Any) -> Any:
        return known.setdefault(key(*given), right(*given))

    return function


def _adding_up(right: Function) -> Function:
    total = [0]

    def function(*given: Any) -> Any:
        total[0] += 1
        result = right(*given)
        return result * total[0] if isinstance(result, np.ndarray | int | float) else None

    return function


def _late(right: Function) -> Function:
    before = [None]

    def function(*given: Any) -> Any:
        before.append(right(*given))
        return before[-2]

    return function


def _in_turns(right: Function) -> Function:
    count = [0]

    def function(*given: Any) -> Any:
        count[0] += 1
        result = right(*given)
        return result if count[0] % 2 else np.zeros_like(result)

    return function


def _spoiling(right: Function, before: bool) -> Function:
    def function(*given: Any) -> Any:
        result = right(*given)
        for argument in given:
            if isinstance(argument, np.ndarray):
                argument[...] = 0
        return right(*given) if before else result

    return function


def _table(right: Function, known: list[tuple]) -> Function:
    answers = {functions.digest(given): right(*given) for given in probes_of(known)}

    def function(*given: Any) -> Any:
        return answers.get(functions.digest(given), next(iter(answers.values())))

    return function


def probes_of(known: list[tuple]) -> list[tuple]:
    """Return copies, generators among them: a call draws from what it is given."""
    import copy

    return copy.deepcopy(known)


# --- results --------------------------------------------------------------------------------


def _of_networks(right: Function, first: Any) -> Iterator[tuple[str, Function]]:
    """Yield functions that build other networks than `right`, which returned `first`."""
    if not is_network(first):
        return
    known: dict[str, Any] = {}

    def built(*given: Any) -> Any:
        """Return a network that `right` has built of these arguments: it is changed in copies."""
        key = functions.digest(given)
        if key not in known:
            known[key] = right(*given)
        return known[key]

    for make, made in (
        (networks.change, networks.mutants(first)),
        (networks.compiled_as, networks.compiled(first)),
    ):
        for mutant in made:
            yield (
                mutant.words,
                lambda *given, make=make, words=mutant.words: make(built(*given), words),
            )


def _results(result: Any) -> Iterator[tuple[str, Callable[[Any], Any]]]:
    yield "as a text", str
    yield "in a dictionary", lambda r: {"result": r}
    yield "in a tuple", lambda r: (r, r)
    sample = np.asarray(None if is_network(result) else result)
    if sample.dtype.kind not in "biuf":
        return
    for number, (words, _) in enumerate(arrays.changes(sample)):
        yield words, functools.partial(_changed, number, words)


def _changed(number: int, words: str, result: Any) -> Any:
    """Return the result with the change of this number, or the one of the same words."""
    made = dict(arrays.changes(np.asarray(result)))
    return made.get(words, next(iter(made.values())))
