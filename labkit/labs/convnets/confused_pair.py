"""The pair that is confused most

Which two classes are taken for each other most often in the test images, both directions together?
Give their names as a pair. (Mind the class numbers: R2's text calls the shirt 0 and the T-shirt 6. It
is the other way round.)
"""

import numpy as np

from labkit.checks import criteria
from labkit.checks.authoring import VALUE, Exercise, Message
from labkit.labs.convnets import shared

exercise = Exercise(
    __doc__,
    needs=("restored",),
    needs_first=True,
    confused_pair=VALUE,
    hints=(
        "The diagonal holds what is right. Look beside it, and count both directions.",
        "test_counts + test_counts.T adds up both directions; np.fill_diagonal clears the rest.",
        "row, column = np.unravel_index(….argmax(), ….shape)",
    ),
)


@exercise.solution
def solution(np, labkit, test_counts):
    both_ways = np.triu(test_counts + test_counts.T, k=1)
    row, column = np.unravel_index(both_ways.argmax(), both_ways.shape)
    confused_pair = (labkit.CLASS_NAMES[row], labkit.CLASS_NAMES[column])
    return confused_pair


@exercise.criterion(1, asks="Give their names as a pair.", stop=True)
def _(confused_pair, class_names):
    """confused_pair names two classes"""
    pair = _numbers(confused_pair, class_names)
    if pair is None or pair[0] == pair[1]:
        return Message(
            f"confused_pair is {criteria.show(confused_pair)}",
            "the names of two classes, each in quotation marks",
            "Take the names from labkit.CLASS_NAMES.",
        )


@exercise.criterion(
    3, asks="taken for each other most often in the test images, both directions together"
)
@shared.measured
def _(restored, confused_pair, class_names, x_test, y_test):
    """no pair is confused more often"""
    both = _both_ways(restored, x_test, y_test)
    # An image that is counted elsewhere may be one less here, and one more there. In a network
    # that has hardly learnt many images are as good as tied, and few of them turn over.
    luck = min(4, 2 * shared.undecided(restored, x_test))
    if both[_numbers(confused_pair, class_names)] < both.max() - luck:
        return Message(
            "Another pair of classes is confused more often",
            "the pair with the greatest number of confusions, both directions together",
            "Add up cell (a, b) and cell (b, a) of test_counts.",
        )


_EITHER = "a pair is asked for, in either order"
exercise.alike.update(
    {
        "code: elements 1 and 2 swapped": _EITHER,
        "confused_pair: turned round": _EITHER,
        "confused_pair: items 0 and 1 swapped": _EITHER,
    }
)


def _numbers(plain, class_names):
    """Return the class numbers of a pair of names; None where it is none."""
    known = [name.lower() for name in class_names]
    if not isinstance(plain, list) or len(plain) != 2:
        return None
    given = [str(name).strip().lower() for name in plain]
    given = ["t-shirt/top" if name in ("t-shirt", "top") else name for name in given]
    return (known.index(given[0]), known.index(given[1])) if set(given) <= set(known) else None


def _both_ways(restored, x_test, y_test):
    counts = shared.counts(restored, x_test, y_test)
    both = counts + counts.T
    np.fill_diagonal(both, 0)
    return both


@exercise.sign(shown_by=lambda: ("Shirt", "Shirt"))
def pair_with_itself(confused_pair):
    """This is one class twice: a cell of the diagonal, where all is right."""
    return len(set(map(str, confused_pair))) == 1 < len(confused_pair)


@exercise.sign(
    shown_by=lambda confused_pair, class_names: tuple(map(class_names.index, confused_pair))
)
def numbers_for_names(confused_pair):
    """These are numbers. Which classes do they stand for?"""
    return bool(confused_pair) and all(isinstance(part, int | float) for part in confused_pair)


@exercise.sign(shown_by=lambda test_counts, class_names: _rarest(test_counts, class_names), earns=1)
def seldom_confused(restored, confused_pair, class_names, x_test, y_test):
    """These two are seldom taken for each other."""
    both = _both_ways(restored, x_test, y_test)
    pair = _numbers(confused_pair, class_names)
    return pair is not None and both[pair] < both.max() / 4


def _rarest(test_counts, class_names):
    rows, columns = np.triu_indices(10, k=1)
    place = (test_counts + test_counts.T)[rows, columns].argmin()
    return class_names[rows[place]], class_names[columns[place]]


exercise.right(
    turned_round=lambda confused_pair: list(confused_pair[::-1]),
    array_in_capitals=lambda confused_pair: np.array([name.upper() for name in confused_pair]),
)


@exercise.wrong(earns=1)
def confused_a_quarter_less(test_counts, class_names):
    both = np.triu(test_counts + test_counts.T, k=1)
    less = np.where(both <= 3 / 4 * both.max(), both, 0)
    row, column = np.unravel_index(less.argmax(), less.shape)
    return class_names[row], class_names[column]


exercise.wrong(constant=lambda: "")
exercise.wrong(one_name=lambda: "Shirt", no_such_class=lambda: ("Shirt", "Hat"))
