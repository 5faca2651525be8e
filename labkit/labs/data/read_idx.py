"""Read an IDX file by hand

Write the function. It gets the bytes of a whole file and returns the images as an array of shape
(images, rows, columns) that holds bytes without a sign, `np.uint8`, as the file does. It has to work
for any number of images of any size.
"""

import struct

import numpy as np

from labkit import evidence
from labkit.checks import criteria
from labkit.checks.authoring import Exercise, Message, function


def idx_files(random):
    """Return the bytes of some small IDX image files; no side is as long as another.

    In the last ones a side needs two bytes.
    """
    small = (1, 3, 5), (4, 2, 7), (int(random.integers(5, 9)), 11, 4)
    probes = []
    for count, rows, columns in (*small, (258, 1, 2), (2, 261, 3), (3, 2, 270)):
        pixels = random.integers(0, 256, (count, rows, columns), dtype=np.uint8)
        # A byte of either kind in each file, whatever the seed: below and above 127.
        pixels[0, 0, :2] = 3, 250
        header = struct.pack(">4i", 2051, count, rows, columns)
        probes.append((header + pixels.tobytes(),))
    return probes


exercise = Exercise(
    __doc__,
    read_idx_images=function(idx_files),
    hints=(
        "The header is four whole numbers of four bytes each, the most significant byte first. "
        "The pixels follow.",
        "int.from_bytes(content[4:8], 'big') reads the number of images; np.frombuffer reads "
        "the pixels.",
        "np.frombuffer(content[...:], dtype=...).reshape(count, rows, columns)",
    ),
)


@exercise.solution
def solution(np):
    def read_idx_images(content):
        """Return the images in the bytes of an IDX file."""
        count = int.from_bytes(content[4:8], "big")
        rows = int.from_bytes(content[8:12], "big")
        columns = int.from_bytes(content[12:16], "big")
        pixels = np.frombuffer(content[16:], dtype=np.uint8)
        return pixels.reshape(count, rows, columns)

    return read_idx_images


exercise.runs(
    "read_idx_images",
    3,
    "the function runs on any IDX image file",
    "an array of shape (images, rows, columns), for any number of images of any size",
    asks="It has to work for any number of images of any size.",
)


@exercise.criterion(4, stop=True, asks="an array of shape (images, rows, columns)")
def _(read_idx_images, right, probes):
    """the array has the shape that the header gives"""
    for call, arguments in zip(read_idx_images.calls, probes, strict=True):
        wanted = right.read_idx_images(*arguments)
        if call.result.shape != wanted.shape:
            count, rows, columns = wanted.shape
            images = f"{count} image{'' if count == 1 else 's'}"
            return Message(
                f"From a file of {images} of {rows}×{columns} pixels your function made an array "
                f"of shape {call.result.shape}",
                "the shape (images, rows, columns)",
                "Take the three numbers that follow the magic number, in their order.",
            )


@exercise.criterion(3, asks="returns the images")
def _(read_idx_images, right, probes):
    """the pixel values are those of the file"""
    for call, arguments in zip(read_idx_images.calls, probes, strict=True):
        if not criteria.agrees(call.result, right.read_idx_images(*arguments)):
            return Message(
                "The pixel values are not those of the file",
                "the bytes after the header, row after row",
                "Print the first bytes of a small file and follow them by hand.",
            )


@exercise.criterion(2, asks="bytes without a sign, `np.uint8`, as the file does")
def _(read_idx_images):
    """the values are unsigned bytes"""
    for call in read_idx_images.calls:
        if call.result.dtype != "uint8":
            return Message(
                f"The array's dtype is {call.result.dtype}",
                "one byte without a sign for each pixel, uint8",
                "Tell np.frombuffer how to read a byte: without a sign, from 0 to 255.",
            )


def _number(content, place, order="big"):
    return int.from_bytes(content[place : place + 4], order)


def _sides(content, order="big"):
    return [_number(content, place, order) for place in (4, 8, 12)]


@exercise.mistake(earns=3)
def rows_and_columns_swapped():
    """Rows and columns look swapped: the header names the rows first."""

    def read_idx_images(content):
        count, rows, columns = _sides(content)
        return np.frombuffer(content[16:], np.uint8).reshape(count, columns, rows)

    return read_idx_images


@exercise.mistake(earns=9)
def header_read_as_pixels():
    """The first “pixels” are the header. How many bytes long is it?"""

    def read_idx_images(content):
        count, rows, columns = _sides(content)
        pixels = np.frombuffer(content, np.uint8)[: count * rows * columns]
        return pixels.reshape(count, rows, columns)

    return read_idx_images


@exercise.sign
def little_endian(read_idx_images):
    """The numbers come out huge: the file stores the most significant byte first."""
    return any(
        isinstance(call.result, evidence.Raised)
        and any(str(n * 2**24) in call.result.text for n in range(1, 12))
        for call in read_idx_images.calls
    )


@exercise.sign(
    shown_by=lambda: lambda content: np.frombuffer(content[16:], np.uint8).reshape(-1, 28, 28)
)
def fixed_size(read_idx_images):
    """Your function expects 28×28 pixels. The header says how large the images are."""
    return any(
        isinstance(call.result, evidence.Raised) and "28" in call.result.text
        for call in read_idx_images.calls
    )


@exercise.right
def with_struct():
    def read_idx_images(content):
        _, count, rows, columns = struct.unpack(">IIII", content[:16])
        return np.array(list(content[16:]), dtype="uint8").reshape((count, rows, columns))

    return read_idx_images


@exercise.right
def with_dtype_and_offset():
    def read_idx_images(content):
        header = np.frombuffer(content, dtype=">i4", count=4)
        return np.frombuffer(content, dtype=np.uint8, offset=16).reshape(header[1:])

    return read_idx_images


@exercise.right
def count_left_to_reshape():
    def read_idx_images(content):
        _, rows, columns = _sides(content)
        return np.frombuffer(content, "B", offset=16).reshape(-1, rows, columns)

    return read_idx_images


exercise.wrong(bytes_of_a_file=lambda files: files.images_idx.read_bytes())


@exercise.wrong
def without_return():
    def read_idx_images(content):
        np.frombuffer(content[16:], np.uint8).reshape(_sides(content))

    return read_idx_images


@exercise.wrong
def lists():
    def read_idx_images(content):
        return np.frombuffer(content[16:], np.uint8).reshape(_sides(content)).tolist()

    return read_idx_images


exercise.wrong(earns=3, constant=lambda: lambda content: np.zeros((1, 28, 28), np.uint8))


@exercise.wrong(shows="little-endian")
def least_significant_first():
    def read_idx_images(content):
        return np.frombuffer(content[16:], np.uint8).reshape(_sides(content, "little"))

    return read_idx_images


exercise.wrong(
    earns=7,
    signed=lambda: lambda content: np.frombuffer(content[16:], np.int8).reshape(_sides(content)),
)


@exercise.wrong(earns=7)
def scaled():
    return lambda content: np.frombuffer(content[16:], np.uint8).reshape(_sides(content)) / 255


@exercise.wrong(earns=3)
def last_byte_of_each_side():
    def read_idx_images(content):
        sides = content[7], content[11], content[15]
        return np.frombuffer(content[16:], np.uint8)[: np.prod(sides)].reshape(sides)

    return read_idx_images


exercise.wrong(
    earns=10,
    wider_numbers=lambda: lambda content: np.array(list(content[16:])).reshape(_sides(content)),
)
exercise.wrong(earns=3, flat=lambda: lambda content: np.frombuffer(content[16:], np.uint8))
exercise.wrong(earns=9, zeros=lambda: lambda content: np.zeros(_sides(content), np.uint8))
