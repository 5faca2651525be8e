"""CSV files in Kaggle's layout: what is written is read, and what is wrong is named."""

import pathlib
import re

import numpy as np
import pandas as pd
import pytest

from labkit import data
from labkit.data import table

IMAGES = np.random.default_rng(0).integers(0, 256, (3, 28, 28), np.uint8)
LABELS = np.array([9, 0, 4], np.uint8)


def test_round_trip(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "images.csv"
    data.write_csv(path, IMAGES, LABELS)
    first, second, *_ = path.read_text().splitlines()
    assert first.split(",") == ["label", *(f"pixel{i}" for i in range(1, 785))]
    assert second.split(",")[:3] == ["9", str(IMAGES[0, 0, 0]), str(IMAGES[0, 0, 1])]
    images, labels = data.read_csv(path)
    assert images.dtype == labels.dtype == np.uint8
    assert np.array_equal(images, IMAGES)
    assert np.array_equal(labels, LABELS)


def changed(line: int, column: int, value: str | None) -> bytes:
    """Return the table with one cell changed, or removed for None, or split in two by a comma."""
    rows = [row.split(",") for row in table.csv_bytes(IMAGES, LABELS).decode().splitlines()]
    rows[line - 1][column : column + 1] = [] if value is None else [value]
    return "\n".join(",".join(row) for row in rows).encode()


def without_column(name: str) -> bytes:
    rows = [row.split(",") for row in table.csv_bytes(IMAGES, LABELS).decode().splitlines()]
    place = rows[0].index(name)
    return "\n".join(",".join(row[:place] + row[place + 1 :]) for row in rows).encode()


GOOD = table.csv_bytes(IMAGES, LABELS)
BAD = {
    "missing column": (without_column("pixel300"), "missing: pixel300"),
    "no labels": (without_column("label"), "missing: label"),
    "unknown column": (changed(1, 5, "spam"), "missing: pixel5; unknown: spam"),
    "column twice": (changed(1, 5, "pixel4"), "missing: pixel5; unknown: pixel4.1"),
    "text in a pixel": (changed(3, 7, "black"), "line 3: pixel7 is black"),
    "256 in a pixel": (changed(2, 784, "256"), "line 2: pixel784 is 256"),
    "negative pixel": (changed(2, 1, "-1"), "line 2: pixel1 is -1"),
    "fraction in a pixel": (changed(2, 1, "0.5"), "line 2: pixel1 is 0.5"),
    "empty pixel": (changed(4, 9, ""), "line 4: pixel9 is missing"),
    "short row": (changed(4, 9, None), "line 4: pixel784 is missing"),
    "long row": (changed(4, 9, "1,2"), "not a CSV table"),
    "every row long": (b"\n".join([GOOD.split(b"\n")[0], b"0," + GOOD.split(b"\n")[1]]), "rows"),
    "label out of range": (changed(3, 0, "10"), "line 3: label is 10"),
    "web page": (b"<html><body>Log in</body></html>", "web page"),
    "empty": (b"", "not a CSV table"),
    "only the first line": (GOOD.split(b"\n")[0], "no image"),
    "not text": (b"\x1f\x8b\xff\xfe" * 9, "not a CSV table|columns are not"),
}


@pytest.mark.parametrize(("content", "words"), BAD.values(), ids=BAD)
def test_bad_file_is_refused(tmp_path: pathlib.Path, content: bytes, words: str) -> None:
    path = tmp_path / "images.csv"
    path.write_bytes(content)
    with pytest.raises(data.DataError, match=words) as caught:
        data.read_csv(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("called", ["{row}x{column}", "pix_{row}_{column}", "V{row}.{column}"])
def test_other_names_for_the_columns_are_changed_as_the_message_says(tmp_path, called) -> None:
    path = tmp_path / "images.csv"
    names = [called.format(row=row, column=column) for row in range(1, 29) for column in range(28)]
    path.write_bytes(",".join(["class", *names]).encode() + GOOD[GOOD.index(b"\n") :])
    with pytest.raises(data.DataError) as error:
        data.read_csv(path)
    told = re.search(r"table\.columns = (.+)\.$", str(error.value))
    frame = pd.read_csv(path)
    frame.columns = eval(told[1])
    frame.to_csv(path, index=False)
    images, labels = data.read_csv(path)
    assert np.array_equal(images, IMAGES) and np.array_equal(labels, LABELS)


def test_missing_file(tmp_path: pathlib.Path) -> None:
    with pytest.raises(data.DataError, match="Check the path"):
        data.read_csv(tmp_path / "nothing.csv")


@pytest.mark.parametrize(
    ("images", "labels"),
    [
        (IMAGES / 255, LABELS),
        (IMAGES[0], LABELS),
        (IMAGES, LABELS[:2]),
        (IMAGES, LABELS + 1),
        (IMAGES, np.eye(10)[LABELS]),
    ],
    ids=["scaled", "one image", "a label short", "label 10", "one-hot"],
)
def test_arrays_that_do_not_fit(
    tmp_path: pathlib.Path, images: np.ndarray, labels: np.ndarray
) -> None:
    path = tmp_path / "images.csv"
    with pytest.raises(data.DataError, match="do not fit"):
        data.write_csv(path, images, labels)
    assert not path.exists()
