"""IDX files, the format in which MNIST and Fashion-MNIST are published.

An IDX file is a header and then the values, one after the other, last axis fastest::

    0  0  type  axes     four bytes, the "magic number": two zeros, the type of a value
                         (8 is an unsigned byte), the number of axes
    length of axis 1     four bytes, most significant byte first
    length of axis 2     ... and so on, for each axis
    values

The training images start with ``00 00 08 03``: unsigned bytes, three axes (image, row, column).
"""

from __future__ import annotations

import gzip
import math
import os
import pathlib
import struct
import zlib

import numpy as np

from labkit import files
from labkit.data import strangers
from labkit.data.errors import DataError

# The code of each type of value, and NumPy's name for it (">": most significant byte first).
TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_CODES = {np.dtype(name).newbyteorder("="): code for code, name in TYPES.items()}

_FETCH_AGAIN = "Delete it and fetch it again."


def read_idx(path: str | os.PathLike) -> np.ndarray:
    """Read an IDX file, plain or compressed with gzip.

    Parameters
    ----------
    path : str or os.PathLike
        The file. Whether it is compressed is told from its content, not from its name.

    Returns
    -------
    np.ndarray
        The values, in the shape that the header gives: images (n, 28, 28) uint8, labels (n,) uint8.

    Raises
    ------
    DataError
        If the file cannot be read, is damaged, is not an IDX file, or is too short or too long.
    """
    path = pathlib.Path(path)
    content = _read_bytes(path)

    if len(content) < 4:
        seen = f"{len(content)} bytes" if content else "the file is empty, and 0 bytes"
        raise DataError(f"{path}: {seen} are too few for an IDX file. {_FETCH_AGAIN}")
    zeros, type_code, n_axes = struct.unpack(">HBB", content[:4])
    if zeros != 0 or type_code not in TYPES or n_axes == 0:
        raise DataError(_wrong_magic_number(path, content))

    start = 4 + 4 * n_axes
    if len(content) < start:
        raise DataError(f"{path}: the file ends inside its header. {_FETCH_AGAIN}")
    shape = struct.unpack(f">{n_axes}I", content[4:start])

    dtype = np.dtype(TYPES[type_code])
    expected = math.prod(shape) * dtype.itemsize
    found = len(content) - start
    if found != expected:
        raise DataError(
            f"{path}: the header announces the shape {shape}, which is {expected:,} bytes of"
            f" values, but {found:,} bytes follow. {_FETCH_AGAIN}"
        )
    values = np.frombuffer(content, dtype, offset=start).reshape(shape)
    return values.astype(dtype.newbyteorder("="))


def write_idx(path: str | os.PathLike, array: np.ndarray) -> None:
    """Write an array as an IDX file, compressed with gzip if the name ends in ``.gz``.

    Parameters
    ----------
    path : str or os.PathLike
        The file; an older one is replaced in one step.
    array : np.ndarray
        At least one axis; uint8, int8, int16, int32, float32 or float64.

    Raises
    ------
    DataError
        If IDX has no code for the type or the shape of the array.
    """
    path = pathlib.Path(path)
    content = idx_bytes(array)
    if path.suffix == ".gz":
        content = packed(content)
    files.write(path, content)


def idx_bytes(array: np.ndarray) -> bytes:
    """Return the content of the IDX file that holds `array`."""
    array = np.asarray(array)
    values = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder(">"))
    return header(array) + values.tobytes()


def packed(content: bytes) -> bytes:
    """Return the content of a gzip file: always the same for the same bytes.

    The last half percent of its size would take eight times as long.
    """
    return gzip.compress(content, 6, mtime=0)


def header(array: np.ndarray) -> bytes:
    """Return the header of the IDX file that holds `array`."""
    code = _CODES.get(array.dtype.newbyteorder("="))
    if code is None or not 1 <= array.ndim <= 255:
        names = ", ".join(dtype.name for dtype in _CODES)
        raise DataError(
            f"An array of {array.dtype} with {array.ndim} axes does not fit an IDX file."
            f" Convert it with .astype(...) to one of {names}, with at least one axis."
        )
    return struct.pack(f">HBB{array.ndim}I", 0, code, array.ndim, *array.shape)


def _read_bytes(path: pathlib.Path) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(
            f"{path}: cannot be read ({error.strerror}). Check the path and its permissions."
        ) from error
    if content[:2] != b"\x1f\x8b":  # every gzip file starts with these two bytes
        return content
    try:
        unpacked = gzip.decompress(content)
    except EOFError as error:
        raise DataError(f"{path}: the gzip file is cut off (truncated). {_FETCH_AGAIN}") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise DataError(f"{path}: the gzip file is damaged ({error}). {_FETCH_AGAIN}") from error
    if unpacked[:2] == b"\x1f\x8b":
        raise DataError(
            f"{path}: it is compressed twice with gzip; unpacked once, it is a gzip file again."
            " Unpack it once (gunzip) and put the result in its place."
        )
    return unpacked


def _wrong_magic_number(path: pathlib.Path, content: bytes) -> str:
    told = strangers.told(content)
    if told:
        return f"{path}: not an IDX file: {told}"
    text = strangers.words(content)
    if text:
        return (
            f"{path}: wrong magic number, for this is a text that begins with {text!r}. If that is"
            " a server's message, fetch the file again; if it is a table, read it with read_csv."
        )
    return (
        f"{path}: wrong magic number {content[:4].hex(' ')}, so this is not an IDX file. Images"
        " start with 00 00 08 03, labels with 00 00 08 01. Check that it is the right file."
    )
