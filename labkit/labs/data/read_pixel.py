"""Read a pixel

Read one value of the **first** training image: the pixel in **the row and the column that the next
cell names**, both counted from 0 as Python counts. (R counts from 1: there, the pixel in row 19 and
column 14 is `x_train[1, 20, 15]`.) Then find the smallest and the largest value in all of `x_train`,
as a pair.

```python your-pixel
row, column = lab.read_pixel.yours()
print(f"Your pixel: row {row}, column {column}.")
```
"""

import itertools

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


@exercise.varies("row", "column")
def your_pixel(x_train, variant):
    """Return a pixel whose value no other variant has, and which each mistake shows."""
    first, second = x_train[0].astype(int), x_train[1].astype(int)
    found = {int(first[19, 14]): (19, 14)}
    for row, column in itertools.product(range(27), repeat=2):
        after = row + 1, column + 1
        value, swapped = first[row, column], first[column, row]
        counted_from_one = first[after], second[row, column], second[after]
        mistaken = swapped, *counted_from_one
        if value and value not in mistaken and swapped not in counted_from_one:
            found.setdefault(int(value), (row, column))
    pixels = list(found.values())
    return pixels[0 if not variant else 1 + (variant - 1) % (len(pixels) - 1)]


@exercise.solution
def solution(x_train, row, column):
    pixel = x_train[0, row, column]
    darkest_and_brightest = (x_train.min(), x_train.max())
    return pixel, darkest_and_brightest


exercise.equal(
    "pixel",
    4,
    "the value in your row and your column of the first image",
    "Python counts from 0. Give the image's index first, then the row, then the column.",
    asks="the pixel in **the row and the column that the next cell names**",
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
def counted_from_one(x_train, row, column):
    """This is the value you get when you count from 1, as R does. Python counts from 0."""
    yield x_train[1, row + 1, column + 1], ...
    yield x_train[0, row + 1, column + 1], ...
    yield x_train[1, row, column], ...


@exercise.mistake(earns=2)
def row_and_column_swapped(x_train, row, column):
    """Row and column look swapped: the row comes first."""
    return x_train[0, column, row], ...


exercise.right(
    chained=lambda x_train, row, column: (x_train[0][row][column], [0, 255]),
    plain=lambda x_train, row, column: (int(x_train[0, row, column]), np.array([0, 255])),
)
exercise.wrong(constant=lambda: (-1, (0, 0)))
exercise.wrong(earns=2, a_whole_row=lambda x_train, row: (x_train[0, row], (0, 255)))
exercise.wrong(
    earns=4,
    range_turned=lambda x_train, row, column: (x_train[0, row, column], (255, 0)),
    one_end_of_the_range=lambda x_train, row, column: (x_train[0, row, column], 255),
)
