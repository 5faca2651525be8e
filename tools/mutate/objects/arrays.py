"""Arrays and tables that are not quite the right ones."""

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from tools.mutate.objects.mutant import Mutant


def mutants(value: Any) -> Iterator[Mutant]:
    """Yield other arrays than `value`, and other tables where it is a table of pandas."""
    if hasattr(value, "columns"):
        yield from _tables(value)
    for words, other in changes(np.asarray(value)):
        yield Mutant(words, other)


def changes(array: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """Yield what was changed, and the changed array."""
    yield from _shapes(array)
    yield from _places(array)
    yield from _scales(array)
    yield from _single(array)


def _shapes(array: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    yield "an axis more, first", array[np.newaxis]
    yield "an axis more, last", array[..., np.newaxis]
    if array.ndim > 1:
        yield "flat", array.reshape(-1)
        yield "rows flat", array.reshape(len(array), -1)
    if array.ndim and len(array):
        yield "without the first row", array[1:]
        yield "without the last row", array[:-1]
        yield "the first row twice", np.concatenate([array[:1], array])
        yield "the first row alone", array[0]
        yield "every second row", array[::2]
        yield "all rows twice", np.concatenate([array, array])
    for one, other in itertools.combinations(range(array.ndim), 2):
        yield f"axes {one} and {other} swapped", array.swapaxes(one, other)
        if array.shape[one] != array.shape[other]:
            shape = list(array.shape)
            shape[one], shape[other] = shape[other], shape[one]
            yield f"reshaped, axes {one} and {other}", array.reshape(shape)


def _places(array: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    for axis in range(array.ndim):
        yield f"axis {axis} turned round", np.flip(array, axis)
        yield f"one off along axis {axis}", np.roll(array, 1, axis)
        yield f"one off the other way along axis {axis}", np.roll(array, -1, axis)
        yield f"sorted along axis {axis}", np.sort(array, axis)
        if axis or array.ndim == 1:
            yield f"ranks along axis {axis}", np.argsort(array, axis)
    if array.ndim:
        yield "rows shuffled", np.random.default_rng(1).permutation(array)
        yield "the first row everywhere", np.broadcast_to(array[:1], array.shape).copy()


def _scales(array: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    top = float(array.max()) if array.size else 1.0
    plain = array.astype(float)
    factors = {"twice": 2, "a 255th": 1 / 255, "255 times": 255, "in percent": 100}
    for words, factor in factors.items():
        yield words, plain * factor
    yield "by 256 where 255 is due", plain * (255 / 256)
    yield "turned", -plain
    yield "light for dark", top - plain
    yield "one more", plain + 1
    yield "squared", plain**2
    yield "its own mean everywhere", np.full_like(plain, plain.mean() if array.size else 0)
    deviation = plain.std() if array.size else 0
    if deviation:
        yield "standardized", (plain - plain.mean()) / deviation
        yield "between -1 and 1", plain / (top or 1) * 2 - 1
    yield "whole numbers", plain.astype(int)
    yield "rounded up", np.ceil(plain)
    yield "whether above 0", plain > 0
    yield "all 0", np.zeros_like(plain)
    yield "all 1", np.ones_like(plain)
    yield "as texts", array.astype(str)
    if array.dtype.kind in "iu" and top > 127:
        yield "in a byte with a sign", array.astype(np.int8)
    if array.ndim > 1:
        total = plain.sum(axis=-1, keepdims=True)
        yield "shares of the row", plain / np.where(total == 0, 1, total)
        total = plain.sum(axis=0, keepdims=True)
        yield "shares of the column", plain / np.where(total == 0, 1, total)
        yield "added up along the row", plain.cumsum(axis=-1)


def _single(array: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """Change one value, in the first, the last and a middle row; of few rows in each."""
    if not array.size:
        return
    plain = array.astype(float)
    low, high = float(plain.min()), float(plain.max())
    rows = range(len(array)) if array.ndim and len(array) <= 12 else (0, -1)
    for row in rows if array.ndim else ((),):
        for words, value in (("no number", np.nan), ("without end", np.inf)):
            changed = plain.copy()
            changed[row] = value
            yield f"{words} in row {row}", changed
        changed = plain.copy()
        first = (row, *[0] * (array.ndim - 1)) if array.ndim else ()
        changed[first] = high if plain[first] < (low + high) / 2 else low
        if high == low:
            changed[first] += 1
        yield f"one value wrong in row {row}", changed
    if array.ndim:
        changed = plain.copy()
        changed[len(changed) // 2 + 1 if len(changed) > 2 else 0] = np.nan
        yield "no numbers in a middle row", changed
        changed = plain.copy()
        changed[: len(changed) // 2] = 0
        yield "the first half all 0", changed


def _tables(table: Any) -> Iterator[Mutant]:
    turned = table.iloc[:, ::-1]
    yield Mutant("columns turned round with their headings", turned)
    headings = list(table.columns)
    for words, names in {
        "headings turned round": headings[::-1],
        "headings one off": [*headings[1:], headings[0]],
        "headings sorted": sorted(headings, key=str),
        "headings counted": list(range(len(headings))),
        "a heading wrong": [*headings[:-1], "another"],
        "two headings swapped": [headings[1], headings[0], *headings[2:]],
    }.items():
        if names != headings:
            changed = table.copy()
            changed.columns = names
            yield Mutant(words, changed)
    yield Mutant("a column less", table.iloc[:, :-1])
    yield Mutant("a column twice", table.iloc[:, [*range(len(headings)), -1]])
    yield Mutant("its index as a column", table.reset_index())
    yield Mutant("rows turned round with their index", table.iloc[::-1])
