"""Describe the array

`type(x_train)` only says that this is an array. What is inside? Find the type of a single value
(`images_dtype`), the length along every axis (`images_shape`) and the number of axes (`images_axes`).
"""

import contextlib
import re

import numpy as np

from labkit.checks.authoring import NUMBER, VALUE, Exercise

exercise = Exercise(
    __doc__,
    images_dtype=VALUE,
    images_shape=VALUE,
    images_axes=NUMBER,
    hints=(
        "type(x_train) says that it is an array. What the array holds, it tells you itself.",
        "Look at x_train.dtype, x_train.shape and x_train.ndim.",
        "images_dtype = x_train.…, images_shape = x_train.…, images_axes = x_train.…",
    ),
)


@exercise.solution
def solution(x_train):
    images_dtype = x_train.dtype
    images_shape = x_train.shape
    images_axes = x_train.ndim
    return images_dtype, images_shape, images_axes


def _dtype_name(plain):
    """Return NumPy's name of a dtype, in whatever way that is written: "|u1" is uint8, too."""
    words = re.sub(r"^<class '(.*)'>$", r"\1", str(plain))
    words = words.removeprefix("numpy.").removeprefix("np.")
    with contextlib.suppress(TypeError, ValueError):
        return np.dtype(words).name
    return words


exercise.equal(
    "images_dtype",
    2,
    "the type of one value inside x_train",
    "Every NumPy array carries it as an attribute.",
    asks="Find the type of a single value",
    title="images_dtype is the type of a pixel value",
    read=_dtype_name,
)
exercise.equal(
    "images_shape",
    2,
    "the length of x_train along each of its axes, in order",
    "Every NumPy array carries it as an attribute.",
    asks="the length along every axis",
    title="images_shape gives the length of every axis",
)
exercise.equal(
    "images_axes",
    2,
    "the number of axes",
    "Count the entries of the shape.",
    asks="the number of axes",
)


@exercise.mistake(earns=4)
def container_type(x_train):
    """ndarray is the type of the container. Asked is the type of the values inside it."""
    yield type(x_train), ..., ...
    yield str(type(x_train)), ..., ...


@exercise.mistake(earns=4)
def size_for_axes(x_train):
    """images_axes counts the axes, not the pixels along them."""
    yield ..., ..., x_train.size
    yield ..., ..., 28
    yield ..., ..., 28 * 28


@exercise.mistake(earns=4)
def one_image_only(x_train):
    """You described one image. x_train is a stack of them."""
    yield ..., x_train[0].shape, ...
    yield ..., ..., x_train[0].ndim


@exercise.right
def plain(x_train):
    return "uint8", list(x_train.shape), 3


exercise.right(
    numpy_type=lambda x_train: (np.uint8, np.shape(x_train), len(x_train.shape)),
    type_of_a_value=lambda x_train: (type(x_train[0, 0, 0]), x_train.shape, np.int64(3)),
    as_numpy_writes_it_in_files=lambda x_train: (x_train.dtype.str, x_train.shape, 3.0),
)
exercise.wrong(
    earns=2, shows="one-image-only", one_image=lambda x_train: ("uint8", x_train[0].shape, 2)
)
exercise.wrong(constant=lambda: (0, 0, 0))
exercise.wrong(
    earns=4,
    python_type=lambda x_train: (int, x_train.shape, 3),
    with_placeholder=lambda: ("uint8", None, 3),
)
