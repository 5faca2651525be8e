"""What the arguments of a picture may be, and what is said of those that may not."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from labkit import data
from labkit.plots import look

MOST_IMAGES = 100
MOST_PIXELS = 32  # per side, for written values that can still be read


def filled_in(value: Any, name: str) -> Any:
    if value is ...:
        raise TypeError(f"{name} is still the placeholder ...: do the exercise above first.")
    return value


def numbers(value: Any, name: str) -> np.ndarray:
    """Return an argument as a numeric array; the argument itself stays as it is."""
    try:
        array = np.asarray(filled_in(value, name))
    except ValueError as error:
        raise ValueError(f"{name} cannot be made into one array: its rows differ.") from error
    if array.dtype.kind not in "buif":
        raise ValueError(
            f"{name} must be an array of numbers, but it is a {type(value).__name__} "
            f"(dtype {array.dtype})."
        )
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds values that are not finite (nan or inf).")
    return array


def class_names(class_names: Sequence[str] | None) -> list[str]:
    if class_names is None:
        return list(data.CLASS_NAMES)
    if isinstance(filled_in(class_names, "class_names"), str) or len(class_names) == 0:
        raise ValueError('class_names must be a list of names, for example ["cat", "dog"].')
    return [str(name) for name in class_names]


def images(images: Any) -> np.ndarray:
    array = numbers(images, "images")
    if array.ndim == 4 and array.shape[-1] == 1:
        array = array[..., 0]
    advice = "Expected (n, 28, 28) or (n, 28, 28, 1)."
    if array.ndim == 2 or (array.ndim == 3 and array.shape[-1] == 1):
        advice += (
            " For one image x[i] pass x[i:i + 1]; flat rows of 784 values need "
            ".reshape(-1, 28, 28)."
        )
        raise ValueError(f"images has the shape {array.shape}. {advice}")
    if array.ndim != 3 or 0 in array.shape[1:]:
        raise ValueError(f"images has the shape {array.shape}. {advice}")
    if not 1 <= len(array) <= MOST_IMAGES:
        raise ValueError(
            f"images holds {len(array):,} images; 1 to {MOST_IMAGES} can be shown at once. "
            "Choose some, for example images[:25]."
        )
    return array


def one_image(image: Any) -> np.ndarray:
    array = numbers(image, "image")
    if array.ndim == 3 and array.shape[-1] == 1:
        array = array[..., 0]
    if array.ndim != 2 or 0 in array.shape or 1 in array.shape:
        advice = "Choose one with an index: images[0]." if array.ndim > 2 else ""
        advice = "Use .reshape(28, 28)." if array.size == 784 and array.ndim < 3 else advice
        raise ValueError(
            f"image has the shape {array.shape}; one image of (28, 28) or (28, 28, 1) is expected. "
            f"{advice}".strip()
        )
    if max(array.shape) > MOST_PIXELS:
        raise ValueError(
            f"image has the shape {array.shape}: values can be read in at most {MOST_PIXELS} × "
            f"{MOST_PIXELS} pixels. Cut a part out, for example image[:28, :28]."
        )
    return array


def labels(labels: Any, names: Sequence[str], name: str, length: int | None = None) -> np.ndarray:
    """Return class numbers of shape (n,) from numbers or one-hot rows."""
    array = numbers(labels, name)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim == 2 and array.shape[1] == len(names):
        if not (np.isin(array, (0, 1)).all() and (array.sum(axis=1) == 1).all()):
            raise ValueError(f"{name} has {len(names)} columns, but its rows are not one-hot.")
        array = array.argmax(axis=1)
    if array.ndim != 1:
        raise ValueError(
            f"{name} has the shape {array.shape}. Expected class numbers of shape (n,) or one-hot "
            f"rows of shape (n, {len(names)})."
        )
    if length is not None and len(array) != length:
        raise ValueError(
            f"{name} has {look.count(len(array), 'entry', 'entries')} "
            f"for {look.count(length, 'image')}: "
            "cut both in the same way, for example [:25]."
        )
    return _class_numbers(array, names, name)


def _class_numbers(array: np.ndarray, names: Sequence[str], name: str) -> np.ndarray:
    if array.size == 0:
        raise ValueError(f"{name} is empty.")
    if (array != np.floor(array)).any():
        raise ValueError(f"{name} must hold whole class numbers, but has {array.dtype} fractions.")
    if array.min() < 0 or array.max() >= len(names):
        raise ValueError(
            f"{name} holds numbers from {array.min()} to {array.max()}, but there are "
            f"{len(names)} class names: expected 0 to {len(names) - 1}."
        )
    return array.astype(np.int64)


def predictions(predictions: Any, names: Sequence[str], length: int) -> np.ndarray:
    array = numbers(predictions, "predictions")
    if array.ndim != 1:
        raise ValueError(
            f"predictions has the shape {array.shape}, but one class number for each image is "
            "expected, shape (n,). From probabilities make them with .argmax(axis=1)."
        )
    if len(array) != length:
        raise ValueError(
            f"predictions has {look.count(len(array), 'entry', 'entries')}, "
            f"but labels has {length:,}: "
            "predict for the same images whose labels you pass."
        )
    return _class_numbers(array, names, "predictions")


def rows_of_probabilities(probabilities: Any, names: Sequence[str], length: int) -> np.ndarray:
    array = numbers(probabilities, "probabilities")
    if array.shape != (length, len(names)):
        raise ValueError(
            f"probabilities has the shape {array.shape}, but {look.count(length, 'image')} and "
            f"{len(names)} classes need {(length, len(names))}."
        )
    if array.min() < 0 or array.max() > 1 + 1e-6:
        raise ValueError(
            f"probabilities holds values from {array.min():.3g} to {array.max():.3g}, but "
            "probabilities lie between 0 and 1. Does the network end with softmax?"
        )
    sums = array.sum(axis=1, dtype=np.float64)
    bad = np.flatnonzero(np.abs(sums - 1) > 0.01)  # float16 rounds this much
    if bad.size:
        raise ValueError(
            f"probabilities must add up to 1 in each row, but row {bad[0]} adds up to "
            f"{sums[bad[0]]:.3g}. Does the network end with softmax?"
        )
    return array


def one_row(probabilities: Any, names: Sequence[str]) -> np.ndarray:
    array = numbers(probabilities, "probabilities")
    if array.shape not in [(len(names),), (1, len(names))]:
        advice = " Choose one row: probabilities[0]." if array.ndim == 2 else ""
        raise ValueError(
            f"probabilities has the shape {array.shape}, but one image and {len(names)} classes "
            f"need {(len(names),)}.{advice}"
        )
    return rows_of_probabilities(array.reshape(1, -1), names, 1)[0]
