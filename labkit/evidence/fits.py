"""What `fit` was given: kept beside a network and its history for as long as they live.

A note can only tell of a mistake. Nothing is right because a note says so: whoever has none, or
writes one, is measured all the same.
"""

import dataclasses
import inspect
import itertools
import math
import weakref
from typing import Any

import numpy as np

from labkit.evidence import facts

MAX_FITS = 20
_LONGEST = 100
_EVEN = 1e-6
_WORDS = 98  # 784 pixels of one byte, eight in a word
_FACTORS = np.random.default_rng(28).integers(1, 2**63, _WORDS, np.uint64) * np.uint64(2) + 1
_notes: weakref.WeakKeyDictionary[Any, tuple[facts.Fit, ...]] = weakref.WeakKeyDictionary()
_curves: weakref.WeakKeyDictionary[Any, dict[str, list[float]]] = weakref.WeakKeyDictionary()
_watching: list[bool] = []
_numbers = itertools.count(1)


def watching() -> bool:
    """Tell whether this process takes notes of what `fit` is given."""
    return bool(_watching)


def start_watching() -> None:
    """Say that from now on every `fit` of this process is noted."""
    if not _watching:
        _watching.append(True)


def stop_watching() -> None:
    """Say that `fit` is not noted any more."""
    _watching.clear()


def of(owner: Any) -> tuple[facts.Fit, ...]:
    """Return the notes about a network or a history, the earliest first."""
    try:
        return _notes.get(owner, ())
    except TypeError:  # it cannot be a key, so nothing was noted of it
        return ()


def add(owner: Any, fit: facts.Fit) -> None:
    """Note `fit` for a network or for the history that it returned."""
    _notes[owner] = (*of(owner), fit)[-MAX_FITS:]


def keep_curves(history: Any, curves: dict[str, list[float]] | None = None) -> None:
    """Keep what `fit` has measured, as a history has it now, or as it is given."""
    told = history.history if curves is None else curves
    _curves[history] = {name: [float(x) for x in values] for name, values in told.items()}


def written_over(history: Any) -> bool:
    """Tell whether a history has other curves than when `fit` returned it; new ones may join."""
    try:
        kept = _curves.get(history, {})
    except TypeError:  # it cannot be a key, so nothing was kept of it
        return False
    now = history.history
    return any(name not in now or not _alike(now[name], told) for name, told in kept.items())


def _alike(now: Any, told: list[float]) -> bool:
    return np.array_equal(np.asarray(now, float), told, equal_nan=True)


def given(model: Any, arguments: inspect.BoundArguments) -> facts.Fit:
    """Return what is noted of a call of `fit`, before it begins."""
    told = arguments.arguments
    images, labels = told.get("x"), told.get("y")
    learnt = shown(images, labels)
    held_out = None
    split = told.get("validation_split") or 0.0
    validation = told.get("validation_data")
    if isinstance(validation, tuple | list) and len(validation) >= 2:
        held_out = shown(validation[0], validation[1])
    elif learnt is not None and split:
        count = math.floor(len(learnt.images) * (1 - split))
        learnt, held_out = _cut(learnt, slice(count)), _cut(learnt, slice(count, None))
    uneven = False
    if learnt is not None:
        weights = _weights(learnt, told.get("sample_weight"), told.get("class_weight"))
        learnt, uneven = _that_count(learnt, weights), bool(np.ptp(weights) > _EVEN)
    batch = told.get("batch_size") or 32
    return facts.Fit(
        batch=int(batch) if learnt is not None else 0,
        updates_before=updates(model),
        learnt=learnt,
        held_out=held_out,
        number=next(_numbers),
        stopped_by=_watched(told.get("callbacks")),
        rate=_rate(model),
        uneven=uneven,
    )


def _watched(callbacks: Any) -> str:
    """Return which curve a training is stopped by, several joined by ``", "``."""
    import keras

    several = callbacks if isinstance(callbacks, list | tuple) else [callbacks]
    stopping = [one for one in several if isinstance(one, keras.callbacks.EarlyStopping)]
    return ", ".join(str(one.monitor) for one in stopping)[:_LONGEST]


def _weights(part: facts.Shown, weights: Any, by_class: Any) -> np.ndarray:
    """Return how much each image of a part counts."""
    told = np.ones(len(part.images))
    if weights is not None:  # of all images, also of those that were set aside
        told *= np.asarray(weights, float)[: len(told)].reshape(len(told), -1).mean(axis=1)
    if isinstance(by_class, dict):
        told *= [float(by_class.get(label, 1.0)) for label in part.labels.tolist()]
    return told


def _that_count(part: facts.Shown, weights: np.ndarray) -> facts.Shown:
    """Return the images of a part that teach anything: those of weight 0 are as good as left out.

    Where none has a weight nothing is learnt, which is measured.
    """
    count = weights != 0
    return _cut(part, count) if count.any() and not count.all() else part


def _rate(model: Any) -> float:
    try:
        return float(model.optimizer.get_config()["learning_rate"])
    except (AttributeError, KeyError, TypeError, ValueError):
        return 0.0


def updates(model: Any) -> int:
    """Return how often the optimizer of a network has changed its weights."""
    try:
        return int(model.optimizer.iterations)
    except (AttributeError, TypeError, ValueError):
        return 0


def shown(images: Any, labels: Any) -> facts.Shown | None:
    """Return what identifies images and labels; None where they are no arrays of images."""
    try:
        pixels, classes = np.asarray(images), np.asarray(labels)
    except Exception:
        return None  # a student's own object may raise whatever it likes; then nothing is noted
    if pixels.ndim < 2 or pixels.dtype.kind not in "biuf" or classes.dtype.kind not in "biuf":
        return None
    if not len(pixels) or len(classes) != len(pixels):
        return None
    return facts.Shown(
        shape=tuple(int(side) for side in pixels.shape),
        highest=float(pixels.max()),
        images=fingerprints(pixels),
        labels=_class_numbers(classes),
    )


def fingerprints(pixels: np.ndarray) -> np.ndarray:
    """Return a number for each image, the same for an image that is scaled to 0 … 1.

    Parameters
    ----------
    pixels : ndarray, shape (n, ...)
        0 to 255, or 0 to 1.

    Returns
    -------
    ndarray of uint64, shape (n,)
        All 0 where the images do not have 784 pixels.
    """
    count = len(pixels)
    found = np.zeros(count, np.uint64)
    if pixels[0].size != 8 * _WORDS:
        return found
    factor = 255 if pixels.dtype.kind == "f" and pixels.max() <= 1 else 1
    for start in range(0, count, 4096):
        part = pixels[start : start + 4096].reshape(-1, 8 * _WORDS)
        if pixels.dtype != np.uint8:
            with np.errstate(all="ignore"):
                part = np.clip(np.rint(part * np.float32(factor)), 0, 255).astype(np.uint8)
        words = np.ascontiguousarray(part).view(np.uint64)
        found[start : start + 4096] = (words * _FACTORS).sum(axis=1, dtype=np.uint64)
    return found


def _class_numbers(labels: np.ndarray) -> np.ndarray:
    """Return labels as class numbers, one-hot rows among them; -1 where they are neither."""
    if labels.ndim == 2 and labels.shape[1] > 1:
        labels = labels.argmax(axis=1)
    flat = labels.reshape(len(labels), -1)
    if flat.shape[1] != 1:
        return np.full(len(labels), -1, np.int16)
    with np.errstate(all="ignore"):
        return np.clip(flat[:, 0], -1, 999).astype(np.int16)


def _cut(part: facts.Shown, chosen: slice | np.ndarray) -> facts.Shown:
    images = part.images[chosen]
    return dataclasses.replace(
        part, shape=(len(images), *part.shape[1:]), images=images, labels=part.labels[chosen]
    )
