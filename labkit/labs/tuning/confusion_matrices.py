"""Three confusion matrices

For each network, count how often each true digit (rows) was called each digit (columns).
"""

import numpy as np

from labkit.checks import agreement
from labkit.checks.authoring import ARRAY, Exercise, Message

exercise = Exercise(
    __doc__,
    confusion_one=ARRAY,
    confusion_rate=ARRAY,
    confusion_three=ARRAY,
    needs=("predictions_one", "predictions_rate", "predictions_three"),
    hints=(
        "A confusion matrix counts, for each pair of digits, how often one was called the other.",
        "sklearn.metrics.confusion_matrix",
        "confusion_one = sklearn.metrics.confusion_matrix(y_test, ...)",
    ),
)


@exercise.solution
def solution(sklearn, y_test, predictions_one, predictions_rate, predictions_three):
    confusion_one = sklearn.metrics.confusion_matrix(y_test, predictions_one)
    confusion_rate = sklearn.metrics.confusion_matrix(y_test, predictions_rate)
    confusion_three = sklearn.metrics.confusion_matrix(y_test, predictions_three)
    return confusion_one, confusion_rate, confusion_three


@exercise.criterion(1, stop=True, asks="each true digit (rows) was called each digit (columns)")
def _(confusion_one, confusion_rate, confusion_three):
    """three tables of ten rows and ten columns"""
    for name, seen in zip(
        exercise.own, (confusion_one, confusion_rate, confusion_three), strict=True
    ):
        if seen.shape != (10, 10):
            return Message(
                f"{name} has the shape {seen.shape}",
                "a row for each true digit and a column for each predicted one",
                "sklearn.metrics has a function for it.",
            )


@exercise.criterion(4, asks="count how often each true digit (rows) was called each digit")
def _(confusion_one, confusion_rate, confusion_three, sklearn, answers):
    """true digits in rows, predicted digits in columns"""
    told = confusion_one, confusion_rate, confusion_three
    due = _due(sklearn, answers)
    for name, predictions, seen, counts in zip(
        exercise.own, exercise.needs, told, due, strict=True
    ):
        if not np.array_equal(seen.sample, counts):
            return Message(
                _first_other(name, np.asarray(seen.sample), counts),
                f"row by row, what {predictions} called the test images of one true digit",
                f"Count once more, from y_test and {predictions} and nothing else.",
            )


def _due(sklearn, answers):
    """Return the tables of the student's own predictions."""
    with agreement.of_the_students_own(exercise.needs):
        predicted = [agreement.as_made(answers, name) for name in exercise.needs]
        return [_counted(sklearn, one, answers.data.y_test)[0] for one in predicted]


def _first_other(name, seen, counts):
    """Say of what digit a table counts other predictions than were made."""
    rows, due = seen.sum(axis=1), counts.sum(axis=1)
    for digit in range(len(counts)):
        if not np.isclose(rows[digit], due[digit]):
            return (
                f"Row {digit} of {name} adds up to {rows[digit]:g}, and {due[digit]} of the "
                f"test images show a {digit}"
            )
    digit = int(np.flatnonzero((seen != counts).any(axis=1))[0])
    return (
        f"Row {digit} of {name} has as many images as show a {digit}, and counts other "
        "predictions for them"
    )


@exercise.sign
def transposed(confusion_one, confusion_rate, confusion_three, sklearn, answers):
    """Rows and columns are swapped: the true digits belong in the rows."""
    told = confusion_one, confusion_rate, confusion_three
    due = _due(sklearn, answers)
    return all(np.array_equal(seen.sample, one.T) for seen, one in zip(told, due, strict=True))


def _counted(sklearn, columns, *rows):
    return tuple(sklearn.metrics.confusion_matrix(row, columns) for row in rows)


@exercise.sign
def shares_for_counts(confusion_one):
    """These are shares. Asked are numbers of images."""
    table = np.asarray(confusion_one.sample, float)
    return table.shape == (10, 10) and table.max() <= 1 and bool(np.any(table % 1))


@exercise.sign
def one_network_three_times(confusion_one, confusion_rate, confusion_three, sklearn, answers):
    """All three tables are those of the first network."""
    told = confusion_one, confusion_rate, confusion_three
    first, *others = _due(sklearn, answers)
    another = any(not np.array_equal(first, table) for table in others)
    return another and all(np.array_equal(seen.sample, first) for seen in told)


@exercise.sign
def predictions_compared_with_predictions(confusion_one, confusion_rate, confusion_three):
    """No digit is ever confused: the predictions are compared with themselves."""
    tables = [np.asarray(seen.sample) for seen in (confusion_one, confusion_rate, confusion_three)]
    return all(
        seen.ndim == 2 and np.count_nonzero(seen) == np.count_nonzero(np.diag(seen))
        for seen in tables
    )


@exercise.right
def by_hand(y_test, predictions_one, predictions_rate, predictions_three):
    def counted(told):
        counts = np.zeros((10, 10), int)
        np.add.at(counts, (y_test, told), 1)
        return counts

    return tuple(map(counted, (predictions_one, predictions_rate, predictions_three)))


@exercise.right
def floats(confusion_one, confusion_rate, confusion_three):
    return confusion_one * 1.0, confusion_rate * 1.0, confusion_three * 1.0


@exercise.right
def lists(confusion_one, confusion_rate, confusion_three):
    return confusion_one.tolist(), confusion_rate.tolist(), confusion_three.tolist()


exercise.wrong(constant=lambda: (0, 0, 0))


@exercise.wrong
def accuracies(confusion_one, confusion_rate, confusion_three):
    return np.diag(confusion_one), np.diag(confusion_rate), np.diag(confusion_three)


exercise.wrong(earns=1, of_strange_predictions=lambda: (..., ..., ..., ["a"] * 3, ..., ...))


# Three good networks may agree on every image of the sample, or be right on all of them, or confuse
# two digits equally often both ways. So these predict something else.
@exercise.wrong(earns=1, shows="transposed")
def predicted_digits_first(sklearn, y_test, predictions_one):
    others = (predictions_one + 1) % 10
    return *_counted(sklearn, y_test, others, others, others), others, others, others


@exercise.wrong(earns=1, shows="one-network-three-times")
def of_the_first(confusion_one, predictions_one):
    others = predictions_one[::-1]
    return confusion_one, confusion_one, confusion_one, ..., others, others


@exercise.wrong(earns=1)
def turned(confusion_one, confusion_rate, confusion_three, predictions_one):
    return confusion_three, confusion_rate, confusion_one, predictions_one[::-1], ..., ...


@exercise.wrong(earns=1, shows="shares-for-counts")
def shares(sklearn, y_test, predictions_one):
    others = np.where(np.arange(len(y_test)) % 3, predictions_one, 0)
    counts = sklearn.metrics.confusion_matrix(y_test, others)
    return *(counts / counts.sum(axis=1, keepdims=True),) * 3, others, others, others


@exercise.wrong(earns=1, shows="predictions-compared-with-predictions")
def with_themselves(sklearn, predictions_one):
    told = [(predictions_one + number) % 10 for number in (1, 2, 3)]
    return *(sklearn.metrics.confusion_matrix(one, one) for one in told), *told
