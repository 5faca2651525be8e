"""Change the solutions in every way, and print a table of what the checks said.

    python -m tools.mutate [lab ...] [--only exercise ...] [--share 0.1] [--seed 0] [--trainings]
                           [--record] [--missing]

With `--trainings` the exercises whose solution trains something are measured, else all others.

A mutant is killed if it does not get full points. One that gets them is held against the solution:
the same in behaviour (found so, or as the exercise's file says, with its reason), or a mistake that
no check has seen, which is printed.
"""

import os
import random
import sys
from collections.abc import Iterator, Sequence

os.environ.setdefault("LABKIT_DATA", "sample")

import matplotlib as mpl

mpl.use("agg")

from tools import options, record
from tools.mutate import course, operators
from tools.mutate.tally import Tally

FREE = "what of the solution nobody asks for, as its file says"


def measure(
    lab: str,
    share: float = 1.0,
    seed: int = 0,
    trainings: bool = False,
    only: Sequence[str] = (),
) -> Iterator[Tally]:
    """Yield for each exercise what became of its mutants."""
    for place in course.places(lab, trainings):
        exercise = place.exercise
        if only and exercise.name not in only:
            continue
        solution = place.attempt(place.source)
        if not solution.full:
            raise AssertionError(f"{lab}: the solution of {exercise.name} is refused")
        drawn = random.Random(f"{seed} {lab} {exercise.name}")
        found = Tally(exercise.name)
        for words, source in operators.mutants(place.source):
            if share < 1 and drawn.random() >= share:
                continue
            found.made += 1
            attempt = place.attempt(source)
            if not attempt.full:
                found.killed += 1
            elif reason := _same(place, source, words, solution, attempt):
                found.same[f"{words} ({found.made})"] = reason
            else:
                found.survivors.append(words)
        yield found


def _same(
    place: course.Place,
    source: str,
    words: str,
    solution: course.Attempt,
    attempt: course.Attempt,
) -> str:
    """Return why a mutant is as right as the solution; empty where nothing says so."""
    exercise = place.exercise
    if operators.is_free(place.source, source, exercise.free):
        return FREE
    if course.same(place, solution.answers, attempt.answers):
        return "equal"
    return exercise.why_alike(f"code: {words}")


def main() -> int:
    """Print the table; the exit status is 1 where a mistake got full points."""
    told = options.parser("make mutate", __doc__).parse_args()
    every = Tally("all")
    print(f"{'exercise':36} {'mutants':>8} {'killed':>7} {'same':>6} {'seen by none':>13}")
    for lab, names in options.chosen(told, record.CODE).items():
        for found in measure(lab, told.share, told.seed, told.trainings, names):
            every.add(found)
            print(f"{lab[:4]} {found}", flush=True)
            if told.record:
                record.keep(record.CODE, lab, found.exercise, found.counted(told.share))
    print(f"     {every.row()}   {every.refused:.1%} of those that differ")
    return 1 if every.survivors else 0


if __name__ == "__main__":
    sys.exit(main())
