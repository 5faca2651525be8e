"""Scale the images

Make `x_train_scaled` and `x_test_scaled`, with the strongest ink, 255, as exactly 1. Why new names? A
cell that says `x_train = x_train / 255` divides once more each time it is run.
"""

import numpy as np

from labkit.checks.authoring import ARRAY, Exercise, Message

DIVIDE = "Divide every pixel value by the largest that a pixel can have."

exercise = Exercise(
    __doc__,
    x_train_scaled=ARRAY,
    x_test_scaled=ARRAY,
    by_rows=True,
    hints=(
        "Pixels go from 0 to 255. Which single operation brings them to 0…1?",
        "NumPy divides a whole array at once: x_train / number. Give the result a new name.",
        "x_train_scaled = x_train / ...; x_test_scaled = x_test / ...",
    ),
)


@exercise.solution
def solution(x_train, x_test):
    x_train_scaled = x_train.astype("float32") / 255
    x_test_scaled = x_test.astype("float32") / 255
    return x_train_scaled, x_test_scaled


exercise.shape(
    "x_train_scaled",
    1,
    "the shape of x_train",
    "Scaling changes the values, not the shape.",
    asks="Make `x_train_scaled`",
    title="x_train_scaled keeps the shape of x_train",
)


@exercise.criterion(1, asks="with the strongest ink, 255, as exactly 1")
def _(x_train_scaled, x_test_scaled):
    """both hold fractions"""
    for name, fact in (("x_train_scaled", x_train_scaled), ("x_test_scaled", x_test_scaled)):
        if not fact.dtype.startswith("float"):
            return Message(
                f"{name} has the dtype {fact.dtype}",
                "numbers with a fractional part",
                "A single / divides into fractions; // cuts them off.",
            )


def _outside(name, fact):
    if fact.minimum >= 0 and 0.9 <= fact.maximum <= 1:
        return None
    return Message(
        f"{name} goes from {fact.minimum:.6g} to {fact.maximum:.6g}", "values from 0 to 1", DIVIDE
    )


@exercise.criterion(2, asks="with the strongest ink, 255, as exactly 1")
def _(x_train_scaled):
    """x_train_scaled lies between 0 and 1"""
    return _outside("x_train_scaled", x_train_scaled)


@exercise.criterion(2, asks="with the strongest ink, 255, as exactly 1")
def _(x_test_scaled):
    """x_test_scaled lies between 0 and 1"""
    return _outside("x_test_scaled", x_test_scaled)


exercise.equal(
    "x_train_scaled",
    3,
    "each training pixel, divided by the same number",
    DIVIDE,
    asks="Make `x_train_scaled`",
    title="every training pixel is scaled by the same number",
    tolerance=1e-3,
)
exercise.equal(
    "x_test_scaled",
    3,
    "each test pixel, divided by that same number",
    "Use the same division for x_test.",
    asks="and `x_test_scaled`",
    title="the test images are scaled exactly as the training images",
    tolerance=1e-3,
)


@exercise.mistake(earns=(2, 7, 7))
def scaled_twice(x_train, x_test):
    """The values look divided by 255 twice: the largest is 0.0039.

    Load the images again and scale once, into a new name.
    """
    yield x_train / 255 / 255, x_test / 255 / 255
    yield x_train / 255 / 255, ...
    yield ..., x_test / 255 / 255


@exercise.mistake(earns=7)
def test_not_scaled(x_test):
    """The test images are not scaled.

    A network that has learnt from numbers up to 1 makes nothing of numbers up to 255.
    """
    return ..., x_test * 1.0


@exercise.sign(shown_by=lambda x_train, x_test: (x_train // 255, x_test // 255), earns=5)
def integer_division(x_train_scaled):
    """Whole-number division leaves only 0 and 1: all the greys are gone."""
    return x_train_scaled.dtype.startswith(("int", "uint")) and x_train_scaled.maximum <= 1


@exercise.sign
def standardized(x_train_scaled):
    """You gave the values mean 0 and standard deviation 1.

    That is another kind of scaling; here the pixels are to lie between 0 and 1.
    """
    return abs(x_train_scaled.mean) < 0.01 and abs(x_train_scaled.std - 1) < 0.01


@exercise.mistake(earns=(6, 9))
def inverted(x_train, x_test):
    """Light and dark are swapped."""
    yield 1 - x_train / 255, 1 - x_test / 255
    yield 1 - x_train / 255, ...


@exercise.mistake(earns=9)
def test_from_training(x_train):
    """x_test_scaled was made from the training images."""
    return ..., x_train / 255


@exercise.mistake(earns=(6, 9))
def divided_by_256(x_train, x_test):
    """There are 256 shades, but they are counted from 0: the largest is 255."""
    yield x_train / 256, x_test / 256
    yield ..., x_test / 256


# What the text does not ask for.
exercise.alike["code: .astype() left away"] = "fractions of any width: the text asks for none"


exercise.right(
    plain_division=lambda x_train, x_test: (x_train / 255, x_test / 255),
    by_the_maximum=lambda x_train, x_test: (x_train / x_train.max(), x_test / x_train.max()),
    by_a_factor=lambda x_train, x_test: (x_train * (1 / 255.0), x_test * np.float32(1 / 255)),
)


@exercise.right
def with_a_dtype(x_train, x_test):
    return x_train.astype("float32") / 255, np.divide(x_test, 255, dtype="float32")


exercise.wrong(
    earns=2, constant=lambda x_train, x_test: (np.zeros(x_train.shape), np.zeros(x_test.shape))
)
exercise.wrong(
    earns=1, shows="test-not-scaled", nothing_done=lambda x_train, x_test: (x_train, x_test)
)


@exercise.wrong(earns=2, shows="standardized")
def mean_and_deviation(x_train, x_test):
    mean, deviation = x_train.mean(), x_train.std()
    return (x_train - mean) / deviation, (x_test - mean) / deviation


@exercise.wrong
def flattened(x_train, x_test):
    return x_train.reshape(-1, 784) / 255, x_test.reshape(-1, 784) / 255
