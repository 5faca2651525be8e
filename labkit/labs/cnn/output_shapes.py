"""Predict the shapes

One image goes in. Which shape does it have after the convolution (`after_conv`), after pooling
(`after_pool`) and after Flatten (`after_flatten`)? Write the first two as `(rows, columns,
channels)`, the last as a number. The convolution works like yours: no padding.
"""

import numpy as np

from labkit.checks.authoring import VALUE, Exercise

exercise = Exercise(
    __doc__,
    after_conv=VALUE,
    after_pool=VALUE,
    after_flatten=VALUE,
    hints=(
        "Your own convolve and max_pool show what becomes of 28 rows.",
        "convolve(image, np.ones((3, 3))).shape gives rows and columns of one channel.",
        "after_conv = (28 - ..., 28 - ..., number of filters); after_pool = (... // 2, ...)",
    ),
)


@exercise.solution
def solution():
    after_conv = (28 - 3 + 1, 28 - 3 + 1, 32)
    after_pool = (26 // 2, 26 // 2, 32)
    after_flatten = 13 * 13 * 32
    return after_conv, after_pool, after_flatten


def _without_batch(plain):
    """Return a shape as a list, without a batch axis that was written down too."""
    shape = plain if isinstance(plain, list) else [plain]
    return shape[1:] if len(shape) > 1 and shape[0] is None else shape


exercise.equal(
    "after_conv",
    2,
    "three numbers: rows, columns, channels",
    "In how many rows of a 28×28 image can a 3×3 kernel begin?",
    asks="after the convolution (`after_conv`)",
    title="after_conv is the shape that the convolution puts out",
    read=_without_batch,
)
exercise.equal(
    "after_pool",
    2,
    "three numbers: rows, columns, channels",
    "Pooling halves rows and columns. What does it do to the channels?",
    asks="after pooling (`after_pool`)",
    title="after_pool is the shape that pooling puts out",
    read=_without_batch,
)
exercise.equal(
    "after_flatten",
    2,
    "one number: the length of the vector",
    "Flatten keeps every value and lines them up.",
    asks="after Flatten (`after_flatten`)",
    title="after_flatten is the shape that Flatten puts out",
    read=_without_batch,
)


@exercise.mistake(earns=(0, 4, 4))
def padded_same():
    """28 rows stay 28 only if the image is padded at its edges. By default Keras does not pad."""
    yield (28, 28, 32), (14, 14, 32), 6272
    yield (28, 28, 32), ..., ...
    yield ..., (14, 14, 32), ...


@exercise.mistake(earns=(0, 4, 4, 4, 4, 4))
def channels_forgotten():
    """Every filter makes an image of its own. How many filters are there?"""
    yield (26, 26), (13, 13), 169
    yield (26, 26), ..., ...
    yield (26, 26, 1), ..., ...
    yield ..., (13, 13), ...
    yield ..., (13, 13, 1), ...
    yield ..., ..., 169


@exercise.mistake(earns=(0, 4, 4))
def kernel_subtracted():
    """A kernel of 3 rows takes away fewer than 3 places.

    One as large as the image would still have one.
    """
    yield (25, 25, 32), (12, 12, 32), 4608
    yield (25, 25, 32), ..., ...
    yield ..., (12, 12, 32), ...


@exercise.mistake(earns=(2, 4, 4))
def channels_pooled():
    """Pooling works on each channel for itself and leaves their number alone."""
    yield ..., (13, 13, 16), 2704
    yield ..., (13, 13, 16), ...
    yield ..., ..., 2704


@exercise.mistake(earns=(2, 4, 4))
def channel_first():
    """The channels stand first. Keras puts them last."""
    yield (32, 26, 26), (32, 13, 13), ...
    yield (32, 26, 26), ..., ...
    yield ..., (32, 13, 13), ...


exercise.right(as_lists=lambda: ([26, 26, 32], [13, 13, 32], [5408]))


@exercise.right
def as_tensorflow_has_it():
    import tensorflow as tf

    return tf.TensorShape([26, 26, 32]), tf.TensorShape([13, 13, 32]), 5408.0


exercise.right(
    with_a_batch_axis=lambda: ((None, 26, 26, 32), (None, 13, 13, 32), (None, 5408)),
    in_numpy=lambda: (np.array([26, 26, 32]), np.array([13, 13, 32]), np.int64(5408)),
)
exercise.wrong(constant=lambda: (0, 0, 0))
exercise.wrong(earns=4, last_missing=lambda: (..., ..., None))
exercise.wrong(text=lambda: ("26x26x32", "13x13x32", "5408"))
