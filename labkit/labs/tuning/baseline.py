"""A baseline first

What does it take to be better than nothing? Find the digit that is most frequent in `y_search`, and
the accuracy on the validation images of somebody who always says this digit.
"""

import numpy as np

from labkit.checks import criteria
from labkit.checks.authoring import NUMBER, Exercise

exercise = Exercise(
    __doc__,
    most_frequent=NUMBER,
    baseline_accuracy=NUMBER,
    hints=(
        "The baseline gives the same answer to every image. How often is that right?",
        "np.bincount(y_search) counts each digit; argmax finds the largest count.",
        "baseline_accuracy = (y_validation == ...).mean()",
    ),
)


@exercise.solution
def solution(np, y_search, y_validation):
    most_frequent = np.bincount(y_search).argmax()
    baseline_accuracy = (y_validation == most_frequent).mean()
    return most_frequent, baseline_accuracy


def _most_frequent(y_train):
    return int(np.bincount(y_train[: len(y_train) // 3]).argmax())


def _share(y_train):
    """Return the right answer; the scaled images, which lie beside it, are not asked for."""
    return np.mean(y_train[-(len(y_train) // 6) :] == _most_frequent(y_train))


exercise.require(
    criteria.number(
        "most_frequent",
        lambda answers: _most_frequent(answers.data.y_train),
        2,
        "most_frequent is the most frequent digit of y_search",
        "Count each digit in y_search and take the one with the largest count.",
        kind="one of the digits 0 to 9",
    ),
    asks="Find the digit that is most frequent in `y_search`",
)
exercise.require(
    criteria.number(
        "baseline_accuracy",
        lambda answers: _share(answers.data.y_train),
        3,
        "baseline_accuracy is its share of the validation images",
        "Compare y_validation with most_frequent and take the mean.",
        tolerance=1e-4,
        kind="a share from 0 to 1, measured on the validation images",
        words="a share of the validation images",
    ),
    asks="the accuracy on the validation images of somebody who always says this digit",
)


@exercise.mistake(earns=3)
def count_for_digit(y_train):
    """most_frequent is how often the digit occurs. Which digit is it?"""
    return np.bincount(y_train[: len(y_train) // 3]).max(), ...


@exercise.mistake(earns=2)
def measured_on_training_images(y_train):
    """This is the share among the images that the digit was chosen on."""
    return ..., np.mean(y_train[: len(y_train) // 3] == _most_frequent(y_train))


@exercise.mistake(earns=2)
def measured_on_the_test_set(y_train, y_test):
    """This is the share among the test images, which are kept for the end."""
    return _most_frequent(y_train), np.mean(y_test == _most_frequent(y_train))


@exercise.sign(shown_by=lambda most_frequent: (most_frequent - 1, 0.1))
def one_in_ten_assumed(baseline_accuracy):
    """Ten classes need not be equally frequent: count."""
    return baseline_accuracy == 0.1


@exercise.mistake(earns=2)
def per_cent_for_share(y_train):
    """This is a percentage. Keras, and everybody who compares with it, uses a share."""
    return ..., 100 * _share(y_train)


exercise.right(
    plain=lambda most_frequent, baseline_accuracy: (int(most_frequent), float(baseline_accuracy)),
    rounded=lambda most_frequent, baseline_accuracy: (most_frequent, round(baseline_accuracy, 4)),
)
exercise.wrong(constant=lambda: (-1, 0))
exercise.wrong(earns=2, half_done=lambda: (..., None))
