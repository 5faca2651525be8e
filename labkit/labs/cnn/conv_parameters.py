"""Count the parameters

Parameters are the numbers that training adjusts: weights and biases. How many has the convolution
(`conv_count`)? How many has the first dense layer with its 128 nodes (`dense_count`)?
"""

import numpy as np

from labkit.checks.authoring import NUMBER, Exercise

exercise = Exercise(
    __doc__,
    conv_count=NUMBER,
    dense_count=NUMBER,
    hints=(
        "The image's size plays no part in the convolution: the same few weights slide over it.",
        "A filter is a 3×3 kernel for each input channel, and one bias.",
        "conv_count = (3 * 3 * channels + ...) * filters; dense_count = (inputs + ...) * nodes",
    ),
)


@exercise.solution
def solution():
    conv_count = (3 * 3 * 1 + 1) * 32
    dense_count = (13 * 13 * 32 + 1) * 128
    return conv_count, dense_count


exercise.equal(
    "conv_count",
    3,
    "the number of parameters of the convolution",
    "Count those of a single filter first, then multiply.",
    asks="How many has the convolution (`conv_count`)?",
)
exercise.equal(
    "dense_count",
    2,
    "the number of parameters of the first dense layer",
    "Each of its nodes has a weight for every value of the flattened vector, and a bias.",
    asks="How many has the first dense layer with its 128 nodes (`dense_count`)?",
)


@exercise.mistake(earns=(0, 2, 3))
def biases_forgotten(after_flatten):
    """The weights are there, the biases are missing: one for each filter or node."""
    yield 3 * 3 * 32, after_flatten * 128
    yield 3 * 3 * 32, ...
    yield ..., after_flatten * 128


@exercise.mistake(earns=2)
def counted_like_a_dense_layer():
    """You gave every pixel a weight of its own, as a dense layer does.

    A filter has only the weights of its kernel and uses them everywhere.
    """
    yield (28 * 28 + 1) * 32, ...
    yield 28 * 28 * 32, ...
    yield (28 * 28 + 1) * 26 * 26, ...


@exercise.mistake(earns=2)
def weights_for_every_place():
    """You gave every place of the kernel its own weights. All places share them."""
    yield 26 * 26 * (3 * 3 + 1) * 32, ...
    yield 26 * 26 * 3 * 3 * 32, ...


@exercise.mistake(earns=2)
def one_filter_only():
    """That is one filter."""
    yield 3 * 3 + 1, ...
    yield 3 * 3, ...


@exercise.mistake(earns=(0, 2, 3))
def one_bias_for_the_layer(after_flatten):
    """Every filter and every node has a bias of its own."""
    yield 3 * 3 * 32 + 1, after_flatten * 128 + 1
    yield 3 * 3 * 32 + 1, ...
    yield ..., after_flatten * 128 + 1


@exercise.mistake(earns=3)
def pooling_forgotten():
    """You flattened the output of the convolution. Pooling comes in between."""
    return ..., (26 * 26 * 32 + 1) * 128


exercise.right(
    as_numbers=lambda: (320, 692_352), in_numpy=lambda: (np.int64(320), np.float64(692_352))
)
exercise.wrong(constant=lambda: (0, 0))
exercise.wrong(earns=3, half_done=lambda: (320, None))
