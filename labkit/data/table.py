"""Images as CSV tables in Kaggle's layout: ``label,pixel1,...,pixel784``, one image per row."""

from __future__ import annotations

import io
import os
import pathlib
from typing import TYPE_CHECKING

import numpy as np

from labkit import files
from labkit.data import strangers
from labkit.data.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

SIDE = 28
COLUMNS = ("label", *(f"pixel{number}" for number in range(1, SIDE * SIDE + 1)))
_LAST_LABEL = 9
_SEPARATORS = {";": "semicolons", "\t": "tabs", " ": "spaces", "|": "bars"}


def read_csv(path: str | os.PathLike) -> tuple[np.ndarray, np.ndarray]:
    """Read images and labels from a CSV file in Kaggle's layout.

    Parameters
    ----------
    path : str or os.PathLike
        The file. Its first line names the columns ``label,pixel1,...,pixel784``.

    Returns
    -------
    tuple of np.ndarray
        Images (n, 28, 28) uint8 and labels (n,) uint8.

    Raises
    ------
    DataError
        If the file cannot be read, lacks a column or has one too many, or if a value is missing,
        not a whole number or out of range (pixels 0 to 255, labels 0 to 9).
    """
    path = pathlib.Path(path)
    table = _read_table(path)
    _check_columns(path, table)
    labels = _whole_numbers(path, table.loc[:, ["label"]], _LAST_LABEL)[:, 0]
    pixels = _whole_numbers(path, table.loc[:, COLUMNS[1:]], 255)
    return pixels.reshape(-1, SIDE, SIDE), labels


def write_csv(path: str | os.PathLike, images: np.ndarray, labels: np.ndarray) -> None:
    """Write images and labels as a CSV file in Kaggle's layout.

    Parameters
    ----------
    path : str or os.PathLike
        The file; an older one is replaced in one step.
    images : np.ndarray
        Shape (n, 28, 28), uint8.
    labels : np.ndarray
        Shape (n,), 0 to 9.

    Raises
    ------
    DataError
        If images and labels do not fit the layout or each other.
    """
    files.write(pathlib.Path(path), csv_bytes(images, labels))


def csv_bytes(images: np.ndarray, labels: np.ndarray) -> bytes:
    """Return the content of the CSV file that holds `images` and `labels`."""
    images, labels = np.asarray(images), np.asarray(labels)
    if images.dtype != np.uint8 or images.shape[1:] != (SIDE, SIDE):
        raise DataError(
            f"Images of {images.dtype} with the shape {images.shape} do not fit Kaggle's layout."
            f" Give uint8 of shape (n, {SIDE}, {SIDE})."
        )
    whole = np.issubdtype(labels.dtype, np.integer)
    if labels.shape != images.shape[:1] or not whole or np.any((labels < 0) | (labels > 9)):
        raise DataError(
            f"Labels of {labels.dtype} with the shape {labels.shape} do not fit {len(images)}"
            f" images. Give one whole number from 0 to {_LAST_LABEL} for each image."
        )
    rows = np.column_stack([labels.astype(np.uint8), images.reshape(len(images), -1)])
    text = io.StringIO()
    np.savetxt(text, rows, fmt="%d", delimiter=",", header=",".join(COLUMNS), comments="")
    return text.getvalue().encode("ascii")


def _read_table(path: pathlib.Path) -> pd.DataFrame:
    import pandas as pd  # takes a third of a second, so not at import time

    try:
        with path.open("rb") as file:
            start = file.read(2**14)
        told = strangers.told(start)
        if told:
            raise DataError(f"{path}: not a CSV table: {told}")
        encoding = "utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
        _check_separator(path, start.decode(encoding, "replace"))
        options = {"encoding": encoding, "skipinitialspace": True}
        return pd.read_csv(
            path, low_memory=False, **options
        )  # in one piece, so that a column has one type
    except DataError:
        raise
    except OSError as error:
        raise DataError(
            f"{path}: cannot be read ({error.strerror or error}). Check the path and its"
            " permissions."
        ) from error
    except ValueError as error:  # pandas' parser and decoding errors are ValueErrors
        raise DataError(
            f"{path}: not a CSV table ({_short(str(error).strip(), 200)}). Check that it is the"
            " right file and not cut off."
        ) from error


def _check_columns(path: pathlib.Path, table: pd.DataFrame) -> None:
    import pandas as pd

    missing = [name for name in COLUMNS if name not in table.columns]
    extra = [str(name) for name in table.columns if name not in COLUMNS]
    problems = []
    if missing:
        problems.append(f"missing: {_some(missing)}")
    if extra:
        problems.append(f"unknown: {_some(extra)}")
    if problems:
        raise DataError(
            f"{path}: the columns are not label,pixel1,...,pixel{SIDE * SIDE};"
            f" {'; '.join(problems)}. {_about_names(missing, extra)}"
        )
    # pandas takes surplus values at the start of the rows for row names.
    if not isinstance(table.index, pd.RangeIndex):
        raise DataError(
            f"{path}: the rows have more values than the first line has names. Each row must have"
            f" {len(COLUMNS)} values."
        )
    if table.empty:
        raise DataError(f"{path}: there is no image in the table, only the first line.")


def _some(names: list[str], most: int = 3) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(_short(name) for name in names[:most]) + more


def _short(text: str, most: int = 40) -> str:
    return text if len(text) <= most else f"{text[:most]}…"


def _check_separator(path: pathlib.Path, start: str) -> None:
    """Raise an error if the first line is cut into columns by something else than commas."""
    line = start.lstrip("\ufeff \r\n").partition("\n")[0].replace(", ", ",")
    counts = {sign: line.count(sign) for sign in _SEPARATORS}
    most = max(counts, key=lambda sign: counts[sign])
    commas = line.count(",")
    # A sentence has blanks, too, and no table of images is so narrow.
    if not commas and counts[most] < SIDE and not line.lstrip("\ufeff\"'").startswith(COLUMNS[:2]):
        text = strangers.words(line.encode())
        if not text:
            raise DataError(
                f"{path}: this is no text, and no table of images. Fetch the right file."
            )
        raise DataError(
            f"{path}: the first line is {text!r}, not label,pixel1,...,pixel{SIDE * SIDE}. Delete"
            " it if the table follows below; otherwise this is another file: fetch the right one."
        )
    if counts[most] > max(1, commas):
        name = _SEPARATORS[most]
        raise DataError(
            f"{path}: the columns are separated by {name}, not by commas. Save it with commas and"
            f" decimal points, or write it anew: pandas.read_csv({path.name!r}, sep={most!r},"
            " decimal=',').to_csv('new.csv', index=False)"
        )


def _about_names(missing: list[str], extra: list[str]) -> str:
    """Say what the names of the columns show, and what to do."""
    if any(name.startswith("Unnamed:") for name in extra):
        return (
            "A column without a name is shifted in: the table was written with its row numbers."
            " Write it with to_csv(..., index=False)."
        )
    if sum(name.split(".")[0].isdigit() for name in extra) > len(extra) / 2 > 0:
        return "The first line holds numbers, not names: put a line with the names before it."
    if "pixel0" in extra:
        return "The pixels are counted from 0: rename them, so that they begin with pixel1."
    if len(missing) == len(extra):
        return (
            "It has as many columns, under other names. Where they stand in this order, write it"
            " with these: table.columns = ['label', *(f'pixel{n}' for n in range(1, 785))]."
        )
    return "Check the first line of the file."


def _whole_numbers(path: pathlib.Path, table: pd.DataFrame, largest: int) -> np.ndarray:
    """Return the values as uint8, or say which one is not a whole number from 0 to `largest`."""
    import pandas as pd

    numbers = table.apply(pd.to_numeric, errors="coerce").to_numpy(np.float64)
    with np.errstate(invalid="ignore"):
        good = (numbers >= 0) & (numbers <= largest) & (numbers == np.floor(numbers))
    if not good.all():
        row, column = map(int, np.argwhere(~good)[0])
        value = table.iat[row, column]
        seen = "is missing" if pd.isna(value) else f"is {value!s}"
        raise DataError(
            f"{path}, line {row + 2}: {table.columns[column]} {seen}, but must be a whole number"
            f" from 0 to {largest}. Correct the line, or fetch the file again."
        )
    return numbers.astype(np.uint8)
