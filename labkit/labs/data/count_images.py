"""Count the images

How many images are there to train on, and how many to test on? Let Python count.
"""

import numpy as np

from labkit.checks.authoring import NUMBER, Exercise

exercise = Exercise(
    __doc__,
    n_train=NUMBER,
    n_test=NUMBER,
    hints=(
        "The first axis of an image array counts the images.",
        "Python's len() gives the length of the first axis; so does .shape[0].",
        "n_train = len(...) and n_test = len(...), each with one of the image arrays.",
    ),
)


@exercise.solution
def solution(x_train, x_test):
    n_train = len(x_train)
    n_test = len(x_test)
    return n_train, n_test


exercise.equal(
    "n_train",
    2,
    "the number of training images",
    "Count along the first axis of x_train: one entry for each image.",
    asks="How many images are there to train on",
)
exercise.equal(
    "n_test",
    2,
    "the number of test images",
    "Count along the first axis of x_test.",
    asks="how many to test on",
)


@exercise.mistake
def train_and_test_swapped(x_train, x_test):
    """The two numbers look swapped: the training set is the larger one."""
    return len(x_test), len(x_train)


@exercise.mistake(earns=(2, 2, 2, 2))
def pixels_counted(x_train, x_test):
    """You counted pixels. How many images are they part of?"""
    yield x_train.size, ...
    yield ..., x_test.size
    yield 28 * 28, ...
    yield ..., 28 * 28


@exercise.mistake(earns=(2, 2))
def wrong_axis_counted():
    """28 is the length of an image's side: you counted along a later axis."""
    yield 28, ...
    yield ..., 28


exercise.right(
    by_shape=lambda x_train, x_test: (x_train.shape[0], x_test.shape[0]),
    numpy_integers=lambda y_train, y_test: (np.int64(len(y_train)), np.int64(len(y_test))),
)
exercise.wrong(
    shows="pixels-counted", all_pixels=lambda x_train, x_test: (x_train.size, x_test.size)
)
exercise.wrong(
    constant=lambda: (0, 0),
    text=lambda x_train: (str(len(x_train)), "many"),
    the_arrays=lambda x_train, x_test: (x_train, x_test),
)
