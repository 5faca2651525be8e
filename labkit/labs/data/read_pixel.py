"""Read a pixel

Read one value of the **first** training image: the pixel in **row 19 and column 14**, both counted
from 0 as Python counts. (R counts from 1: there, the same pixel is `x_train[1, 20, 15]`.) Then find
the smallest and the largest value in all of `x_train`, as a pair.
"""

import numpy as np

from labkit.checks.authoring import NUMBER, VALUE, Exercise

exercise = Exercise(
    __doc__,
    pixel=NUMBER,
    darkest_and_brightest=VALUE,
    hints=(
        "x_train has three axes, so one value needs three indices.",
        "Indices go into one pair of square brackets, with commas between them. Count from 0.",
        "pixel = x_train[image, row, column]; (x_train.min(), ...)",
    ),
)


@exercise.solution
def solution(x_train):
    pixel = x_train[0, 19, 14]
    darkest_and_brightest = (x_train.min(), x_train.max())
    return pixel, darkest_and_brightest


exercise.equal(
    "pixel",
    4,
    "the value in row 19, column 14 of the first image",
    "Python counts from 0. Give the image's index first, then the row, then the column.",
    asks="the pixel in **row 19 and column 14**",
)
exercise.equal(
    "darkest_and_brightest",
    2,
    "two numbers: the smallest and the largest value in all of x_train",
    "An array has methods that look for both.",
    asks="the smallest and the largest value in all of `x_train`, as a pair",
    title="darkest_and_brightest are the smallest and the largest value",
)


@exercise.mistake(earns=2)
def counted_from_one(x_train):
    """This is the value you get when you count from 1, as R does. Python counts from 0."""
    yield x_train[1, 20, 15], ...
    yield x_train[0, 20, 15], ...
    yield x_train[1, 19, 14], ...


@exercise.mistake(earns=2)
def row_and_column_swapped(x_train):
    """Row and column look swapped: the row comes first."""
    return x_train[0, 14, 19], ...


@exercise.right
def chained(x_train):
    return x_train[0][19][14], [0, 255]


@exercise.right
def plain(x_train):
    return int(x_train[0, 19, 14]), np.array([0, 255])


@exercise.wrong
def constant():
    return -1, (0, 0)


@exercise.wrong(earns=2)
def a_whole_row(x_train):
    return x_train[0, 19], (0, 255)


@exercise.wrong(earns=4)
def range_turned(x_train):
    return x_train[0, 19, 14], (255, 0)


@exercise.wrong(earns=4)
def one_end_of_the_range(x_train):
    return x_train[0, 19, 14], 255
