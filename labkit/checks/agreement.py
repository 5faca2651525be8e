"""Whether what was collected of an answer is a given object: a number, an array, a function."""

import contextlib
import functools
import math
import numbers
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from labkit import evidence
from labkit.checks import criteria
from labkit.checks.exercise import Answers, Unusable
from labkit.checks.names import UnknownName
from labkit.checks.result import Message
from labkit.evidence import functions, values

TOLERANCE = 1e-6
# Of what a network puts out: where it is sure, an image on another scale gives nearly the same.
OUTPUTS = 1e-4
# A machine's rounding changes a probability by a share of itself, however small that is.
_SHARE, _NOTHING = 0.01, 1e-7
# What Python says where a function is called with other arguments than it takes.
_NO_FIT = re.compile(r"\(\) (takes|missing|got an unexpected keyword)\b.*\bargument")


@functools.singledispatch
def agrees(fact: Any, wanted: Any, tolerance: float = TOLERANCE, probes: Sequence = ()) -> bool:
    """Tell whether `fact` is what a collector makes of `wanted`.

    Parameters
    ----------
    fact : object
        One of the facts of `labkit.evidence`; a kind without a rule here agrees with nothing.
    wanted : object
        A plain value, an array, or a function that is tried on `probes`.
    tolerance : float
        By how much numbers may differ.
    probes : sequence of tuple
        The arguments that the student's function was tried on.
    """
    return False


@agrees.register
def _(fact: evidence.Placeholder, wanted: Any, tolerance: float = 0, probes: Sequence = ()) -> bool:
    return wanted is ...


@agrees.register
def _(
    fact: evidence.Value, wanted: Any, tolerance: float = TOLERANCE, probes: Sequence = ()
) -> bool:
    collected = values.value(wanted)
    return isinstance(collected, evidence.Value) and same(fact.value, collected.value, tolerance)


@agrees.register
def _(
    fact: evidence.Array, wanted: Any, tolerance: float = TOLERANCE, probes: Sequence = ()
) -> bool:
    return criteria.agrees(fact, _array(wanted), tolerance)


@agrees.register
def _(
    fact: evidence.Calls, wanted: Any, tolerance: float = TOLERANCE, probes: Sequence = ()
) -> bool:
    if spoiled("", fact) is not None:
        return False
    pairs = zip(fact.calls, probes, strict=True)
    return all(returned(call.result, wanted(*arguments), tolerance) for call, arguments in pairs)


def alike(fact: evidence.Array, wanted: Any, tolerance: float = TOLERANCE) -> bool:
    """Tell whether two arrays agree, of both of which facts were collected."""
    if not isinstance(wanted, evidence.Array) or fact.shape != wanted.shape:
        return False
    due = np.asarray(wanted.sample, float)
    return np.shape(fact.sample) == due.shape and criteria.rows_agree(fact, due, tolerance)


def agrees_rounded(fact: evidence.Array, wanted: Any, places: int) -> bool:
    """Tell whether an array is `wanted`, or what that is when rounded to so many places or more."""
    exact = np.asarray(wanted, float)
    rounded = (np.round(exact, kept) for kept in range(places, 7))
    return any(agrees(fact, array) for array in (exact, *rounded))


def agrees_by_rows(
    fact: evidence.Array, wanted: Any, length: int, tolerance: float = TOLERANCE
) -> bool:
    """Tell whether the rows that were kept of an array are those of `wanted`.

    Parameters
    ----------
    fact : Array
    wanted : array, shape (k, ...)
        Only the rows that `fact` keeps.
    length : int
        How many rows there should be in all.
    tolerance : float
    """
    rows = _array(wanted)
    if fact.shape != (length, *rows.shape[1:]) or len(rows) != len(fact.sample):
        return False
    return criteria.rows_agree(fact, rows, tolerance)


def puts_out(fact: evidence.Array, wanted: np.ndarray) -> bool:
    """Tell whether an array's shape and its collected rows are probabilities that are put out.

    Where a network is sure, nine of ten are so small that their squares, or 0, lie as near as the
    same probabilities from another machine. So each is held against its own size, too.

    Parameters
    ----------
    fact : Array
    wanted : ndarray
        What the network puts out.
    """
    if not criteria.agrees(fact, wanted, OUTPUTS):
        return False
    rows = wanted[fact.rows] if fact.shape else wanted
    return np.allclose(np.asarray(fact.sample, float), rows, rtol=_SHARE, atol=_NOTHING)


def name_the_highest(fact: evidence.Array, rows: np.ndarray) -> np.ndarray:
    """Tell of each kept class number whether it names the highest number of its row.

    Another machine rounds differently, so that a number that is as high but for its last digits is
    the highest, too.

    Parameters
    ----------
    fact : Array, shape (n,)
        Class numbers of any dtype; what is none names no number of its row.
    rows : ndarray, shape (n, classes)
        What a network puts out, as probabilities or as scores.

    Returns
    -------
    ndarray of bool, shape (kept,)
    """
    told, kept = np.asarray(fact.sample), rows[fact.rows]
    is_class = np.isin(told, np.arange(rows.shape[1]))
    named = kept[np.arange(len(kept)), np.where(is_class, told, 0).astype(int)]
    return is_class & (named >= kept.max(axis=1) - _close(kept))


def undecided(rows: np.ndarray) -> int:
    """Return in how many rows another machine's rounding may make another number the highest.

    Parameters
    ----------
    rows : ndarray, shape (n, classes)
        What a network puts out, as probabilities or as scores.
    """
    if rows.shape[1] < 2:
        return 0
    second, first = np.sort(rows, axis=1).T[-2:]
    return int(np.count_nonzero(first - second <= _close(rows)))


def _close(rows: np.ndarray) -> np.ndarray:
    return OUTPUTS * np.maximum(1, np.ptp(rows, axis=1))


def returned(result: Any, wanted: Any, tolerance: float = TOLERANCE) -> bool:
    """Tell whether a call returned `wanted`: a list may stand for an array of its values."""
    seen = as_array(result)
    if seen is not None and not isinstance(wanted, str):
        expected = _array(wanted)
        return seen.shape == expected.shape and np.allclose(
            seen, expected, rtol=0, atol=tolerance, equal_nan=True
        )
    return isinstance(result, evidence.Value) and agrees(result, wanted, tolerance)


def spoiled(name: str, fact: evidence.Calls) -> Message | None:
    """Say so if a function changes the arrays that it is given."""
    if not any(call.changed_its_input for call in fact.calls):
        return None
    return Message(
        f"{name} changes an array that it is given",
        "a new array; whoever called the function still needs the old one",
        "Make the result without assigning into what the function is given.",
    )


def saw(name: str, fact: Any, right_shape: Callable[[], tuple[int, ...]]) -> str:
    """Say what was seen of an answer that is not the right one."""
    if isinstance(fact, evidence.Value):
        one = isinstance(fact.value, list) and len(fact.value) == 1
        more = f", of type {fact.type}" if one else ""
        if _reads_like_a_number(fact.value):
            more = ", a text in quotation marks"
        return f"{name} is {criteria.shown(fact)}{more}"
    if isinstance(fact, evidence.Array):
        if fact.shape != right_shape():
            return f"{name} has the shape {fact.shape}"
        return f"{name} holds other values than it should"
    if isinstance(fact, evidence.Calls):
        if spoiled(name, fact) is not None:
            return f"{name} changes an array that it is given"
        return f"On a small test {name} returned something else"
    return f"{name} is not as it should be"


def _reads_like_a_number(plain: Any) -> bool:
    try:
        return isinstance(plain, str) and math.isfinite(float(plain.replace(",", "")))
    except ValueError:
        return False


def not_returned(name: str, result: Any, right: Any, expected: str) -> Message | None:
    """Say what is wrong with a result that is another kind of thing than the right one."""
    if isinstance(result, evidence.Raised) and _NO_FIT.search(result.text):
        return Message(
            f"On a small test of {name} the arguments did not fit: {result.text}",
            expected,
            "Compare the arguments: those of its first line, and of whatever it calls.",
        )
    if isinstance(result, evidence.Raised):
        return Message(
            f"On a small test {name} raised {result.type}: {result.text}",
            expected,
            "Try the function in a cell of your own, on something small.",
        )
    if isinstance(result, evidence.Placeholder):
        return Message(f"{name} returned nothing", expected, "End the function with return.")
    wanted = functions.returned_fact(right)
    if isinstance(result, type(wanted)) or (_is_one_number(result) and _is_one_number(wanted)):
        return None
    kind = kind_of(result)
    article = "an" if kind[:1].lower() in "aeiou" else "a"
    return Message(
        f"{name} returned {article} {kind}", expected, "Look at what stands behind return."
    )


def kind_of(result: Any) -> str:
    """Return the name of the type of what a call returned."""
    return result.class_name if isinstance(result, evidence.Model) else result.type


def _is_one_number(result: Any) -> bool:
    """Tell whether a call returned one number, of Python's or of NumPy's kind."""
    numbers = as_array(result)
    return numbers is not None and numbers.ndim == 0


def as_array(result: Any) -> np.ndarray | None:
    """Return the numbers that a call returned as an array; None where they are none."""
    plain = result.sample if isinstance(result, evidence.Array) else None
    if isinstance(result, evidence.Value):
        plain = result.value
    if plain is None or isinstance(plain, str | dict):
        return None
    try:
        return np.asarray(plain, float)
    except (TypeError, ValueError, OverflowError):
        return None


@contextlib.contextmanager
def of_the_students_own(needs: Sequence[str]) -> Iterator[None]:
    """Work with what a student has made: that may be anything, and then it is what is told."""
    try:
        with np.errstate(all="ignore"):
            yield
    except (UnknownName, Unusable):
        raise
    except Exception as error:
        if not needs:
            raise
        saw = f"The exercise cannot be solved with {', '.join(needs)} as they are"
        message = Message(saw, "", "Do the exercises that make them first.")
        raise Unusable(message) from error


def as_made(answers: Answers, name: str) -> Any:
    """Return what was collected of the answer `name` as the student has it.

    Raises
    ------
    Unusable
        If only a part of it is at hand, or of a network what cannot be asked any more.
    """
    fact = getattr(answers, name)
    if isinstance(fact, evidence.Value):
        return fact.value
    if isinstance(fact, evidence.Array) and np.shape(fact.sample) == fact.shape:
        return fact.sample
    raise Unusable(Message(f"{name} cannot be worked with as it is"))


def same(seen: Any, wanted: Any, tolerance: float = TOLERANCE) -> bool:
    """Tell whether two plain values are alike: numbers within `tolerance`, the rest equal."""
    if isinstance(wanted, list):
        return (
            isinstance(seen, list)
            and len(seen) == len(wanted)
            and all(same(a, b, tolerance) for a, b in zip(seen, wanted, strict=True))
        )
    if isinstance(wanted, dict):
        return (
            isinstance(seen, dict)
            and set(seen) == set(wanted)
            and all(same(seen[key], wanted[key], tolerance) for key in wanted)
        )
    if not isinstance(wanted, numbers.Real) or isinstance(wanted, bool):
        return type(seen) is type(wanted) and seen == wanted
    if not isinstance(seen, numbers.Real) or isinstance(seen, bool):
        return False
    try:
        return math.isclose(seen, wanted, rel_tol=0, abs_tol=tolerance)
    except OverflowError:  # an integer beyond every float
        return False


def _array(wanted: Any) -> np.ndarray:
    return np.asarray(wanted, float) if isinstance(wanted, list | tuple) else np.asarray(wanted)
