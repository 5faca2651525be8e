"""IDX files: what is written is read, and what is wrong is named."""

import gzip
import pathlib

import numpy as np
import pytest

from labkit import data
from labkit.data import idx

IMAGES = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)


def test_layout_is_the_published_one(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "images"
    data.write_idx(path, IMAGES)
    header = bytes.fromhex("00000803 00000002 00000003 00000004")
    assert path.read_bytes() == header + bytes(range(24))


@pytest.mark.parametrize("name", ["images", "images.gz"])
@pytest.mark.parametrize("dtype", ["uint8", "int8", "int16", "int32", "float32", "float64"])
def test_round_trip(tmp_path: pathlib.Path, name: str, dtype: str) -> None:
    path = tmp_path / name
    data.write_idx(path, IMAGES.astype(dtype))
    assert (path.read_bytes()[:2] == b"\x1f\x8b") == name.endswith(".gz")
    result = data.read_idx(path)
    assert result.dtype == dtype
    assert np.array_equal(result, IMAGES)


def test_compression_is_told_from_the_content(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "unpacked-by-the-browser.gz"
    path.write_bytes(idx.idx_bytes(IMAGES))
    assert np.array_equal(data.read_idx(path), IMAGES)


def test_result_can_be_changed(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "images"
    data.write_idx(path, IMAGES)
    data.read_idx(path)[0, 0, 0] = 7


GOOD = idx.idx_bytes(IMAGES)
PACKED = gzip.compress(GOOD)
BAD = {
    "truncated gzip": (PACKED[:-12], "cut off"),
    "corrupt gzip": (PACKED[:20] + b"\x00\xff\x00\xff" + PACKED[24:], "damaged"),
    "corrupt gzip checksum": (PACKED[:-8] + bytes(8), "damaged"),
    "wrong magic number": (b"\x00\x00\x07\x03" + GOOD[4:], "wrong magic number 00 00 07 03"),
    "text": (b"label,pixel1\n", "wrong magic number"),
    "web page": (b"\n<!DOCTYPE html><html>", "web page"),
    "too few values": (GOOD[:-1], "23 bytes follow"),
    "too many values": (GOOD + b"\x00", "25 bytes follow"),
    "cut in the header": (GOOD[:10], "inside its header"),
    "empty": (b"", "too few"),
}


@pytest.mark.parametrize(("content", "words"), BAD.values(), ids=BAD)
def test_bad_file_is_refused(tmp_path: pathlib.Path, content: bytes, words: str) -> None:
    path = tmp_path / "images.gz"
    path.write_bytes(content)
    with pytest.raises(data.DataError, match=words) as caught:
        data.read_idx(path)
    assert str(path) in str(caught.value)


def test_missing_file(tmp_path: pathlib.Path) -> None:
    with pytest.raises(data.DataError, match=r"nothing.gz: cannot be read .*Check the path"):
        data.read_idx(tmp_path / "nothing.gz")


@pytest.mark.parametrize("array", [np.array(["text"]), np.array(3, np.uint8), np.array([2**40])])
def test_array_that_does_not_fit_leaves_the_old_file(
    tmp_path: pathlib.Path, array: np.ndarray
) -> None:
    path = tmp_path / "images"
    data.write_idx(path, IMAGES)
    with pytest.raises(data.DataError, match="does not fit an IDX file"):
        data.write_idx(path, array)
    assert path.read_bytes() == GOOD
