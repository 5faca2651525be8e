"""Overall accuracy

From the three confusion matrices, compute the share of right answers of each network. Keep the three
names as keys, and put the name of the best network into `best_network`.
"""

import numpy as np

from labkit import evidence
from labkit.checks import agreement, criteria
from labkit.checks.authoring import TEXT, Exercise, Message
from labkit.checks.exercise import Answer
from labkit.evidence import searches

exercise = Exercise(
    __doc__,
    overall_accuracy=Answer(
        searches.named_shares,
        evidence.Value,
        "a dictionary with a number in each entry, or a Series of pandas",
    ),
    best_network=TEXT,
    needs=("confusion_one", "confusion_rate", "confusion_three"),
    hints=(
        "Right answers stand on the diagonal of the confusion matrix.",
        "np.trace adds up the diagonal; .sum() adds up everything.",
        'overall_accuracy = {"one layer": np.trace(confusion_one) / ..., ...}',
    ),
)
exercise.comments["overall_accuracy"] = (
    '{"one layer": ..., "learning rate": ..., "three layers": ...}'
)


@exercise.solution
def solution(confusion_one, confusion_rate, confusion_three):
    confusions = {
        "one layer": confusion_one,
        "learning rate": confusion_rate,
        "three layers": confusion_three,
    }
    overall_accuracy = {name: counts.trace() / counts.sum() for name, counts in confusions.items()}
    best_network = max(overall_accuracy, key=overall_accuracy.get)
    return overall_accuracy, best_network


NAMES = ("one layer", "learning rate", "three layers")


def _shares(*tables):
    """Return the share of what is counted on the diagonal, by the names of the networks."""
    return {
        name: float(np.trace(table) / np.sum(table))
        for name, table in zip(NAMES, tables, strict=True)
    }


def _of_the_tables(answers):
    with agreement.of_the_students_own(exercise.needs):
        return _shares(*(agreement.as_made(answers, name) for name in exercise.needs))


def _quoted(names):
    return ", ".join(map(repr, names))


@exercise.criterion(3, asks="compute the share of right answers of each network")
def _(overall_accuracy, answers):
    """the overall accuracy of each network"""
    wanted = _of_the_tables(answers)
    if set(overall_accuracy) != set(wanted):
        return Message(
            f"overall_accuracy has entries for {_quoted(overall_accuracy) or 'nothing'}",
            f"one for each of {_quoted(wanted)}",
            "Keep the three names.",
        )
    for name, share in wanted.items():
        if not abs(overall_accuracy[name] - share) <= 1e-4:
            return Message(
                f"overall_accuracy[{name!r}] is {overall_accuracy[name]:.6g}",
                "the share of test images on the diagonal of its confusion matrix",
                "Keep it as it is, without rounding."
                if overall_accuracy[name] in (round(share, 2), round(share, 3))
                else "Divide the sum over the diagonal by the sum over the whole table.",
            )


@exercise.criterion(2, asks="put the name of the best network into `best_network`")
def _(best_network, answers):
    """best_network names the best of them"""
    wanted = _of_the_tables(answers)
    named = best_network.strip() if isinstance(best_network, str) else ""
    if wanted.get(named, -1) != max(wanted.values()):
        return Message(
            f"best_network is {criteria.show(best_network)}",
            "the name of the network with the largest share of right answers"
            if named in wanted
            else f"one of {_quoted(wanted)}",
            "max(..., key=overall_accuracy.get) finds the name that belongs to the largest share.",
        )


@exercise.mistake(earns=2)
def per_cent_for_share(confusion_one, confusion_rate, confusion_three):
    """These are percentages. Keras, and everybody who compares with it, uses shares."""
    shares = _shares(confusion_one, confusion_rate, confusion_three)
    return {name: 100 * share for name, share in shares.items()}, ...


@exercise.mistake(earns=2)
def errors_for_accuracy(confusion_one, confusion_rate, confusion_three):
    """These are the shares of wrong answers."""
    shares = _shares(confusion_one, confusion_rate, confusion_three)
    return {name: 1 - share for name, share in shares.items()}, ...


@exercise.mistake(earns=2)
def count_for_share(confusion_one, confusion_rate, confusion_three):
    """These are numbers of right answers. Of how many?"""
    shares = _shares(confusion_one, confusion_rate, confusion_three)
    counts = (confusion_one, confusion_rate, confusion_three)
    return {name: one.trace() for name, one in zip(shares, counts, strict=True)}, ...


@exercise.sign
def worst_chosen(overall_accuracy, best_network):
    """This is the network with the lowest accuracy."""
    return overall_accuracy.get(best_network) == min(overall_accuracy.values())


@exercise.right
def rounded(overall_accuracy, best_network):
    return {name: round(share, 4) for name, share in overall_accuracy.items()}, best_network


@exercise.right
def a_column_with_names(pd, overall_accuracy, best_network):
    return pd.Series(overall_accuracy), best_network


@exercise.right
def as_measured_by_scikit_learn(
    sklearn, y_test, predictions_one, predictions_rate, predictions_three
):
    told = dict(zip(NAMES, (predictions_one, predictions_rate, predictions_three), strict=True))
    return {name: sklearn.metrics.accuracy_score(y_test, one) for name, one in told.items()}, ...


exercise.wrong(constant=lambda: (0, 0), other_names=lambda: ({"a": 1, "b": 1, "c": 1}, "a"))


@exercise.wrong(earns=3, shows="worst-chosen")
def worst(confusion_one, confusion_rate, confusion_three):
    worse = np.roll(confusion_three, 1, axis=1)  # three good networks may be as good as each other
    shares = _shares(confusion_one, confusion_rate, worse)
    return shares, "three layers", ..., ..., worse


exercise.wrong(earns=3, no_name=lambda: (..., None))
exercise.wrong(of_a_row_of_counts=lambda confusion_one: (..., ..., confusion_one[0], ..., ...))
