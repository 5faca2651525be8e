"""Change the solutions in every way, and print a table of what the checks said.

    python -m tools.mutate [lab ...] [--share 0.1] [--seed 0] [--trainings] [--only exercise ...]

A mutant is killed if it does not get full points. One that gets them is held against the solution:
the same in behaviour, or a mistake that no check has seen, which is printed.
"""

import argparse
import os
import random
import sys
from collections.abc import Iterator, Sequence

os.environ.setdefault("LABKIT_DATA", "sample")

import matplotlib as mpl

mpl.use("agg")

from tools.mutate import course, operators


def measure(
    lab: str,
    share: float = 1.0,
    seed: int = 0,
    trainings: bool = False,
    only: Sequence[str] = (),
) -> Iterator[tuple[str, int, int, int, list[str]]]:
    """Yield for each exercise: its name, mutants, killed, equivalent, and who survived."""
    for place in course.places(lab, trainings):
        if only and place.exercise.name not in only:
            continue
        solution = place.attempt(place.source)
        if not solution.full:
            raise AssertionError(f"{lab}: the solution of {place.exercise.name} is refused")
        drawn = random.Random(f"{seed} {lab} {place.exercise.name}")
        killed = equivalent = count = 0
        survivors = []
        for words, source in operators.mutants(place.source):
            if share < 1 and drawn.random() >= share:
                continue
            count += 1
            attempt = place.attempt(source)
            if not attempt.full:
                killed += 1
            elif operators.is_free(place.source, source, place.exercise.free) or course.same(
                place, solution.answers, attempt.answers
            ):
                equivalent += 1
            else:
                survivors.append(words)
        yield place.exercise.name, count, killed, equivalent, survivors


def main() -> int:
    """Print the table; the exit status is 1 where a solution is refused."""
    parser = argparse.ArgumentParser(prog="make mutate", description=__doc__.splitlines()[0])
    parser.add_argument("labs", nargs="*", default=["lab1-data", "lab2-mlp", "lab3-cnn"])
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--trainings", action="store_true", help="those that train, too")
    parser.add_argument("--only", nargs="+", default=(), help="names of exercises")
    options = parser.parse_args()
    total = [0, 0, 0]
    print(f"{'exercise':36} {'mutants':>8} {'killed':>7} {'same':>6} {'seen by none':>13}")
    for lab in options.labs:
        for name, *counts, survivors in measure(
            lab, options.share, options.seed, options.trainings, options.only
        ):
            total = [a + b for a, b in zip(total, counts, strict=True)]
            mutants, killed, equivalent = counts
            left = len(survivors)
            print(
                f"{lab[:4]} {name:31} {mutants:8} {killed:7} {equivalent:6} {left:13}", flush=True
            )
            for words in survivors:
                print(f"     full points for: {words}")
    mutants, killed, equivalent = total
    differ = mutants - equivalent
    share = killed / differ if differ else 1.0
    print(f"{'all':36} {mutants:8} {killed:7} {equivalent:6}   {share:.1%} of those that differ")
    return 0


if __name__ == "__main__":
    sys.exit(main())
