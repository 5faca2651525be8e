"""Are these arrays the published data? Judged by their contents, whatever file held them."""

from __future__ import annotations

import hashlib

import numpy as np

from labkit.data import idx, specs
from labkit.data.errors import DataError

Arrays = dict[str, np.ndarray]


def digest(array: np.ndarray) -> str:
    """Return the SHA-256 of the IDX file that holds `array`, without writing it."""
    sha256 = hashlib.sha256(idx.header(array))
    sha256.update(np.ascontiguousarray(array).data)
    return sha256.hexdigest()


def verify(spec: specs.Dataset, expected: specs.Array, array: np.ndarray, where: str) -> None:
    """Raise an error unless `array` is the published one.

    Parameters
    ----------
    spec : specs.Dataset
        The data set that was asked for.
    expected : specs.Array
        The array that was asked for.
    array : np.ndarray
        What was found.
    where : str
        Where it was found, for the message.

    Raises
    ------
    DataError
        If type, shape, range of labels or checksum differ from the published array.
    """
    problem = _problem(spec, expected, array)
    if problem:
        raise DataError(f"{where}: {problem}")


def _problem(spec: specs.Dataset, expected: specs.Array, array: np.ndarray) -> str | None:
    wanted = f"{spec.title} has the shape {expected.shape} of uint8 here"
    if array.dtype != np.uint8:
        return f"holds {array.dtype}, but {wanted}. {spec.remedy}"
    if array.ndim != len(expected.shape) or array.shape[1:] != expected.shape[1:]:
        return (
            f"has the shape {array.shape}, but {wanted}. Were images and labels mixed up?"
            f" Otherwise: {spec.remedy}"
        )
    if len(array) != expected.shape[0]:
        return (
            f"holds {len(array):,} items, but {wanted}. Were training and test set mixed up?"
            f" Otherwise: {spec.remedy}"
        )
    last = len(spec.class_names) - 1
    if array.ndim == 1 and array.max() > last:
        place = int((array > last).argmax())
        return (
            f"label {array[place]} at position {place:,} is out of range: {spec.title} has the"
            f" classes 0 to {last}. {spec.remedy}"
        )
    if not expected.sha256:
        return None
    found = digest(array)
    if found == expected.sha256:
        return None
    other = _whose(found)
    if other:
        return (
            f"this is {other}, not the array {expected.name} of {spec.title}. The data sets share"
            f" file names and shapes; put the files of {spec.title} here."
        )
    return (
        f"the contents are not those of {spec.title} (SHA-256 {found[:12]}…, expected"
        f" {expected.sha256[:12]}…). The file was changed or damaged; fetch it again."
    )


def _whose(found: str) -> str | None:
    for spec in specs.DATASETS.values():
        for array in spec.arrays:
            if array.sha256 == found:
                return f"the array {array.name} of {spec.title}"
    return None
