"""Mean and spread

`accuracies` has a row for each decay and a column for each fold. Compute for each decay the mean over
its folds, `mean_accuracy`, and their standard deviation, `spread` (R divides by one less than the
number of folds, NumPy does so with `ddof=1`; both are accepted). Which decay has the highest mean,
`best_decay`?
"""

import numpy as np

from labkit.checks import agreement, criteria
from labkit.checks.authoring import ARRAY, NUMBER, Exercise, Message
from labkit.labs.tuning import shared

# People write down so many of an accuracy.
PLACES = 4
exercise = Exercise(
    __doc__,
    mean_accuracy=ARRAY,
    spread=ARRAY,
    best_decay=NUMBER,
    needs={"accuracies": ARRAY},
    hints=(
        "Each row of accuracies belongs to a decay, each column to a fold.",
        "accuracies.mean(axis=...) and accuracies.std(axis=..., ddof=1).",
        "best_decay = decays[….argmax()]",
    ),
)


# R and NumPy divide otherwise, and the text accepts both.
@exercise.solution(free="ddof=1")
def solution(accuracies, decays):
    mean_accuracy = accuracies.mean(axis=1)
    spread = accuracies.std(axis=1, ddof=1)
    best_decay = decays[mean_accuracy.argmax()]
    return mean_accuracy, spread, best_decay


def _over_folds(answers, figure, **more):
    """Return a figure of each row of the student's own table."""
    shared.verify_grid(answers.accuracies)
    with agreement.of_the_students_own(exercise.needs):
        return figure(agreement.as_made(answers, "accuracies"), axis=1, **more)


@exercise.criterion(2, asks="Compute for each decay the mean over its folds, `mean_accuracy`")
def _(mean_accuracy, answers):
    """mean_accuracy is the mean over the folds"""
    if not agreement.agrees_rounded(mean_accuracy, _over_folds(answers, np.mean), PLACES):
        return Message(
            f"mean_accuracy has the shape {mean_accuracy.shape} and the mean "
            f"{mean_accuracy.mean:.4f}",
            "for each decay, the mean over its five folds",
            "Accuracies are shares here: leave the factor 100 out."
            if criteria.agrees(mean_accuracy, 100 * _over_folds(answers, np.mean))
            else "Rows are decays, columns are folds: which axis disappears?",
        )


@exercise.criterion(2, asks="their standard deviation, `spread`")
def _(spread, answers):
    """spread is the standard deviation over the folds"""
    either = [_over_folds(answers, np.std, ddof=ddof) for ddof in (1, 0)]
    if not any(agreement.agrees_rounded(spread, wanted, PLACES) for wanted in either):
        return Message(
            f"spread has the shape {spread.shape} and the mean {spread.mean:.2g}",
            "for each decay, the standard deviation over its five folds",
            "It has the same axis as the mean.",
        )


@exercise.criterion(1, asks="Which decay has the highest mean, `best_decay`?")
def _(best_decay, decays, accuracies, answers):
    """best_decay has the highest mean"""
    shared.verify_grid(accuracies)
    pairs = list(zip(decays, _over_folds(answers, np.mean), strict=True))
    highest = max(mean for _, mean in pairs)
    best = [decay for decay, mean in pairs if highest - mean < 1e-9]
    if not any(agreement.same(best_decay, decay, 1e-3 * decay) for decay in best):
        return Message(
            f"best_decay is {criteria.show(best_decay)}",
            "the decay with the highest mean accuracy",
            "argmax gives its place; decays has its value.",
        )


@exercise.mistake(earns=(1, 3))
def mean_over_decays(accuracies):
    """There are five means, one for each fold. Asked is one for each decay."""
    yield accuracies.mean(axis=0), accuracies.std(axis=0, ddof=1), ...
    yield accuracies.mean(axis=0), ..., ...


@exercise.mistake(earns=(3, 3))
def variance_for_spread(accuracies):
    """This is the variance. Its root has the unit of the accuracy."""
    yield ..., accuracies.var(axis=1, ddof=1), ...
    yield ..., accuracies.var(axis=1), ...


@exercise.mistake(earns=3)
def best_fold_for_mean(accuracies):
    """This is the luckiest fold of each decay, not the mean."""
    return accuracies.max(axis=1), ..., ...


@exercise.mistake(earns=4)
def index_for_decay(accuracies):
    """This is the place of the best decay in the list. What stands there?"""
    return ..., ..., accuracies.mean(axis=1).argmax()


exercise.right(
    ddof_0=lambda accuracies: (..., accuracies.std(axis=1), ...),
    four_places=lambda mean_accuracy, spread: (mean_accuracy.round(4), spread.round(4), ...),
)


@exercise.right
def lists(mean_accuracy, spread, best_decay):
    return mean_accuracy.tolist(), spread.tolist(), float(best_decay)


exercise.wrong(constant=lambda: (0, 0, 0))
exercise.wrong(earns=2, half_done=lambda: (..., None, None))
exercise.wrong(of_one_number=lambda: (..., ..., ..., 0.8))


exercise.alike["code: ddof= left out"] = "the text says that both are accepted"
