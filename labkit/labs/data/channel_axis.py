"""The channel axis

Convolutional layers expect four axes: image, row, column and **channel**. Colour images have three
channels, grey ones have one, and Keras wants to be told. Make `x_train_channel` from
`x_train_scaled`, with the channel as its last axis.
"""

import numpy as np

from labkit.checks.authoring import ARRAY, Exercise

exercise = Exercise(
    __doc__,
    x_train_channel=ARRAY,
    by_rows=True,
    hints=(
        "Grey images have one channel, colour images three. Say so with a fourth axis.",
        "x[..., np.newaxis], np.expand_dims(x, axis) and x.reshape(...) all add an axis.",
        "x_train_channel = x_train_scaled[..., ...]",
    ),
)


@exercise.solution
def solution(np, x_train_scaled):
    x_train_channel = x_train_scaled[..., np.newaxis]
    return x_train_channel


exercise.shape(
    "x_train_channel",
    3,
    "four axes: images, 28, 28, and one channel",
    "One axis is to be added at the end, of length 1.",
    asks="with the channel as its last axis",
    title="x_train_channel has the four axes image, row, column, channel",
)
exercise.equal(
    "x_train_channel",
    3,
    "the scaled images themselves",
    "Start from x_train_scaled and add an axis; nothing else changes.",
    asks="Make `x_train_channel` from `x_train_scaled`",
    title="the scaled values stay where they were",
    tolerance=1e-3,
)


@exercise.mistake
def channel_first(x_train_scaled):
    """The channel stands before rows and columns. Keras expects it last."""
    return x_train_scaled[:, np.newaxis]


@exercise.sign(shown_by=lambda x_train_scaled: x_train_scaled[np.newaxis])
def batch_axis_added(x_train_channel, x_train):
    """The new axis is the first one: that makes a batch of one. The channel goes last."""
    return x_train_channel.shape == (1, *x_train.shape)


@exercise.mistake
def missing_channel_axis(x_train_scaled):
    """There is no channel axis yet."""
    return x_train_scaled


@exercise.mistake(earns=3)
def unscaled_pixels(x_train):
    """These are the pixels from 0 to 255. Start from x_train_scaled."""
    return x_train[..., np.newaxis]


exercise.right(
    with_expand_dims=lambda x_train: np.expand_dims(x_train.astype("float32") / 255, -1),
    with_reshape=lambda x_train: (x_train / 255).reshape(-1, 28, 28, 1),
)
exercise.wrong(earns=3, constant=lambda x_train: np.zeros((*x_train.shape, 1)))
exercise.wrong(test_images=lambda x_test_scaled: x_test_scaled[..., np.newaxis])
