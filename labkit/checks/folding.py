"""Rows of an array that was made of the images, kept without what is in the images.

Whoever has the images can make the rows of them again: so no picture of a data set has to travel
with what a check compares with.
"""

import dataclasses
from typing import Any

import numpy as np

from labkit.checks.given import Reference
from labkit.evidence import Array

SHADES = 256
# Fewer values show no picture.
SMALL = 1_000


def fold(fact: Array, data: Reference) -> tuple[Array, dict[str, Any]] | None:
    """Return an array's facts without its rows, and how they are made of the images again.

    Parameters
    ----------
    fact : Array
    data : Reference
        The images at hand.

    Returns
    -------
    tuple or None
        None where the rows are no rows of images: neither other shades in the same places, nor the
        same shades, and the label, in other places.
    """
    if fact.sample.ndim < 2 or fact.sample.size < SMALL or not np.isfinite(fact.sample).all():
        return None
    rows = fact.sample.reshape(len(fact.sample), -1)
    for part in ("train", "test"):
        if fact.shape[0] > len(getattr(data, f"x_{part}")):
            continue
        source = _source(data, part, fact.rows)
        made = _other_shades(rows, source) or _other_places(rows, source)
        if made is not None:
            return dataclasses.replace(fact, sample=fact.sample[:0]), {"part": part, **made}
    return None


def unfold(fact: Array, made: dict[str, Any], data: Reference) -> Array:
    """Return what `fold` was given."""
    source = _source(data, made["part"], fact.rows)
    places = made["places"] if made["places"] else range(source.shape[1] - 1)
    shades = np.asarray(made["shades"] or range(SHADES), fact.dtype)
    sample = shades[source[:, places]].reshape(len(fact.rows), *fact.shape[1:])
    return dataclasses.replace(fact, sample=sample)


def _source(data: Reference, part: str, rows: np.ndarray) -> np.ndarray:
    """Return the pixels of each of these images in a row, and the label behind them."""
    images, labels = getattr(data, f"x_{part}")[rows], getattr(data, f"y_{part}")[rows]
    return np.concatenate([images.reshape(len(rows), -1), labels.reshape(-1, 1)], axis=1)


def _other_shades(rows: np.ndarray, source: np.ndarray) -> dict[str, Any] | None:
    pixels = source[:, :-1]
    if rows.shape != pixels.shape:
        return None
    shades = np.zeros(SHADES, rows.dtype)
    shades[pixels.reshape(-1)] = rows.reshape(-1)
    return {"shades": shades.tolist(), "places": []} if _is(shades[pixels], rows) else None


def _other_places(rows: np.ndarray, source: np.ndarray) -> dict[str, Any] | None:
    known = {column.tobytes(): place for place, column in enumerate(source.T)}
    columns = rows.T.astype(source.dtype)
    if not _is(columns.T, rows):
        return None
    places = [known.get(column.tobytes()) for column in columns]
    return None if None in places else {"shades": [], "places": places}


def _is(made: np.ndarray, rows: np.ndarray) -> bool:
    return made.shape == rows.shape and np.array_equal(made, rows)
