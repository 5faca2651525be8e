"""Time the checks that measure no network, as a student waits for them: on the solutions' answers.

    python -m benchmarks.checks

Each check is called once before it is timed: the first loads the data.
"""

import os
import time
from collections.abc import Iterator

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from benchmarks import rows
from labkit import evidence, labs
from labkit.checks.authoring import Exercise
from labkit.checks.given import reference

TOPIC = "A check that measures no network"
TRAINED = (evidence.Model, evidence.Networks, evidence.History)
SHARES = (50, 95, 100)


def measure(rounds: int = 3) -> list[rows.Row]:
    """Return, over all such exercises, the seconds within which a share of the checks answers."""
    seconds = np.array([list(_seconds(exercise, rounds)) for exercise in _exercises()])
    found = np.percentile(seconds, SHARES, axis=0)
    return [
        rows.Row(TOPIC, f"{share} % of {len(seconds)} checks answer within", tuple(map(float, row)))
        for share, row in zip(SHARES, found, strict=True)
    ]


def _exercises() -> Iterator[Exercise]:
    for name in labs.MODULES:
        for exercise in labs.load(name):
            if not any(answer.kind in TRAINED for answer in exercise.answers.values()):
                yield exercise


def _seconds(exercise: Exercise, rounds: int) -> Iterator[float]:
    answers = exercise.cases()[0].make(exercise.notebook(reference(exercise.dataset)))
    exercise.check(*answers)
    for _ in range(rounds):
        start = time.perf_counter()
        exercise.check(*answers)
        yield time.perf_counter() - start


if __name__ == "__main__":
    print(*rows.lines(measure()), sep="\n")
