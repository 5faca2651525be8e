"""Turn a student's numbers, texts and arrays into facts.

A collector takes one object and returns a fact; an object of another kind becomes `facts.Other`,
the placeholder ``...`` becomes `facts.Placeholder`. Collectors never change the object, never
train, and keep at most some rows of a large array.
"""

import dataclasses
import itertools
import math
import numbers
import re
import sys
import warnings
from collections.abc import Callable, Iterable, Sized
from typing import Any

import numpy as np

from labkit.evidence import facts

Collector = Callable[[Any, int], Any]
# Arrays up to this many values are kept whole.
WHOLE = 100_000
ROWS = 64
MAX_TEXT = 2_000
MAX_HEADINGS = 1_000
_READS_LIKE_NUMBERS = re.compile(r"[-+.,e\d\s()\[\]]*\d[-+.,e\d\s()\[\]]*")
_PART = 2**16  # values that a processor's own memory holds


def collect(collector: Collector, answer: Any, seed: int = 0) -> Any:
    """Return the fact that `collector` makes of `answer`, or `Placeholder` for ``...``."""
    if answer is ...:
        return facts.Placeholder()
    try:
        # Where a notebook makes errors of warnings, they are not this answer's.
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            return collector(answer, seed)
    except Exception:
        # The one boundary around an object of a student's, which may raise whatever it likes.
        return facts.Other(type_name(answer), "it cannot be read")


def of_type(kind: str) -> str:
    """Return what is said of an object whose type has this name: it is ``"of type list"``."""
    return "None" if kind == "NoneType" else f"of type {kind}"


def value(answer: Any, seed: int = 0) -> facts.Value | facts.Other:
    """Collect a number, string, truth value, or a list, tuple or dictionary of such."""
    try:
        return facts.Value(type_name(answer), _plain(answer))
    except TypeError:
        return facts.Other(type_name(answer))
    except OverflowError:
        return facts.Other(type_name(answer), "a number in it is larger than any number here")


_NO_NUMBERS = {"U": "texts", "S": "bytes", "c": "complex numbers", "M": "dates", "m": "times"}


def array(answer: Any, seed: int = 0) -> facts.Array | facts.Other:
    """Collect a numeric array, or anything that NumPy sees as one."""
    if answer is None or isinstance(answer, str | bytes | dict | set) or callable(answer):
        return facts.Other(type_name(answer))
    try:
        values = np.asarray(answer)
    except (TypeError, ValueError) as error:
        return facts.Other(type_name(answer), _why_unread(error))
    if values.dtype.kind not in "biuf":
        entries = _NO_NUMBERS.get(values.dtype.kind, "no numbers")
        return facts.Other(type_name(answer), f"its entries are {entries}")
    return dataclasses.replace(array_facts(type_name(answer), values), headings=_headings(answer))


def _why_unread(error: Exception) -> str:
    """Return what NumPy says of an object, unless that is about the object's insides."""
    told = str(error)[:MAX_TEXT]
    return "it cannot be read" if "__" in told else told


def _headings(answer: Any) -> tuple[str, ...]:
    """Return what stands above the columns, if this is a table of pandas."""
    pandas = sys.modules.get("pandas")
    if pandas is None or not isinstance(answer, pandas.DataFrame):
        return ()
    return tuple(str(heading)[:100] for heading in answer.columns[:MAX_HEADINGS])


def entry(key: Any) -> str:
    """Return a dictionary's key in words: ``"0.01, 32"`` for a pair.

    A text that reads like numbers keeps its quotation marks: no number finds what it is the key of.
    """
    parts = key if isinstance(key, tuple | list) else [key]
    return ", ".join(
        f"{part:g}" if isinstance(part, numbers.Real) else _text(part) for part in parts
    )


def _text(part: Any) -> str:
    text = str(part)
    return repr(text) if _READS_LIKE_NUMBERS.fullmatch(text) else text


def type_name(answer: Any) -> str:
    return type(answer).__name__


def _plain(answer: Any, room: "_Room | None" = None) -> Any:
    room = room or _Room()
    if answer is None or isinstance(answer, bool | np.bool_):
        return None if answer is None else bool(answer)
    if isinstance(answer, str):
        return str(answer)[:MAX_TEXT]
    if isinstance(answer, numbers.Integral):
        float(answer)  # whoever compares it may need that
        return int(answer)
    if isinstance(answer, numbers.Real):
        return float(answer)
    if isinstance(answer, np.dtype):
        return answer.name
    if isinstance(answer, type):
        return answer.__name__
    if isinstance(answer, dict):
        room.take(len(answer))
        return {str(key): _plain(part, room) for key, part in answer.items()}
    if isinstance(answer, list | tuple | set | frozenset):
        room.take(len(answer))
        parts = sorted(answer, key=repr) if isinstance(answer, set | frozenset) else answer
        return [_plain(part, room) for part in parts]
    if hasattr(answer, "__array__"):
        values = np.asarray(answer)
        room.take(values.size)
        if values.dtype.kind in "biufUO":
            return _plain(values.tolist(), room if values.dtype.kind == "O" else None)
    # A range, the keys of a dictionary, TensorFlow's shape: lists by another name.
    elif _is_like_a_list(answer):
        room.take(len(answer))
        return [_plain(part, room) for part in itertools.islice(answer, len(answer))]
    raise TypeError(f"a {type_name(answer)} is no plain value")


def _is_like_a_list(answer: Any) -> bool:
    several = isinstance(answer, Sized) and isinstance(answer, Iterable)
    return several and not isinstance(answer, bytes | bytearray)


class _Room:
    """How many parts an answer may have, with all that is in it."""

    def __init__(self) -> None:
        self.left = WHOLE

    def take(self, parts: int) -> None:
        self.left -= parts
        if self.left < 0:
            raise TypeError(f"more than {WHOLE:,} values are no plain value")


def sampled_rows(shape: tuple[int, ...]) -> np.ndarray:
    """Return the indices of the rows that are kept of an array of `shape`."""
    if math.prod(shape) <= WHOLE or not shape:
        return np.arange(shape[0] if shape else 0)
    # The first and last rows are where mistakes at the edges show.
    count = min(ROWS, shape[0], max(1, WHOLE // max(1, math.prod(shape[1:]))))
    return np.unique(np.linspace(0, shape[0] - 1, count).astype(int))


def array_facts(type_name: str, values: np.ndarray) -> facts.Array:
    """Return what is kept of the array `values` that a `type_name` holds."""
    rows = sampled_rows(values.shape)
    sample = values[rows] if values.ndim else values.copy()
    minimum, maximum, mean, std = _statistics(values)
    return facts.Array(
        type=type_name,
        dtype=str(values.dtype),
        shape=tuple(int(n) for n in values.shape),
        minimum=minimum,
        maximum=maximum,
        mean=mean,
        std=std,
        rows=rows,
        sample=sample,
    )


def _statistics(values: np.ndarray) -> tuple[float, float, float, float]:
    if values.size == 0:
        return (math.nan,) * 4
    flat = values.reshape(-1)
    total = squares = 0.0
    lowest, highest = [], []
    # Infinite values are a student's mistake to be judged, not a warning on stderr.
    with np.errstate(all="ignore"):
        # Part by part all is read once, and no second array is as large as this one.
        for start in range(0, flat.size, _PART):
            part = flat[start : start + _PART]
            lowest.append(part.min())
            highest.append(part.max())
            part = part.astype(np.float64)
            total += part.sum()
            squares += np.einsum("i,i->", part, part)
        mean = total / flat.size
        variance = squares / flat.size - mean**2
        std = math.nan if math.isnan(variance) else math.sqrt(max(0.0, variance))
        return float(np.min(lowest)), float(np.max(highest)), float(mean), std
