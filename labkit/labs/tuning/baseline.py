"""A baseline first

What does it take to be better than nothing? Find the digit that is most frequent in `y_search`, and
the accuracy on the validation images of somebody who always says this digit.
"""

import numpy as np

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


exercise.equal(
    "most_frequent",
    2,
    "the most frequent digit of y_search",
    "Count each digit in y_search and take the one with the largest count.",
    asks="Find the digit that is most frequent in `y_search`",
)
exercise.equal(
    "baseline_accuracy",
    3,
    "its share of the validation images",
    "Compare y_validation with most_frequent and take the mean.",
    asks="the accuracy on the validation images of somebody who always says this digit",
    tolerance=1e-4,
)


def _share(labels, y_search):
    return np.mean(labels == np.bincount(y_search).argmax())


@exercise.mistake(earns=3)
def count_for_digit(y_search):
    """most_frequent is how often the digit occurs. Which digit is it?"""
    return np.bincount(y_search).max(), ...


@exercise.mistake(earns=2)
def measured_on_training_images(y_search):
    """This is the share among the images that the digit was chosen on."""
    return ..., _share(y_search, y_search)


@exercise.mistake(earns=2)
def measured_on_the_test_set(y_search, y_test):
    """This is the share among the test images, which are kept for the end."""
    return np.bincount(y_search).argmax(), _share(y_test, y_search)


@exercise.sign
def one_in_ten_assumed(baseline_accuracy):
    """Ten classes need not be equally frequent: count."""
    return baseline_accuracy == 0.1


@exercise.mistake(earns=2)
def per_cent_for_share(y_search, y_validation):
    """This is a percentage. Keras, and everybody who compares with it, uses a share."""
    return ..., 100 * _share(y_validation, y_search)


@exercise.right
def plain(most_frequent, baseline_accuracy):
    return int(most_frequent), float(baseline_accuracy)


@exercise.right
def rounded(most_frequent, baseline_accuracy):
    return most_frequent, round(baseline_accuracy, 4)


@exercise.wrong
def constant():
    return -1, 0


@exercise.wrong(earns=2)
def half_done():
    return ..., None


@exercise.wrong(shows="one-in-ten-assumed")
def guessed(most_frequent):
    return most_frequent - 1, 0.1
