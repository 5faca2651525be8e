"""Change what the solutions make in every way, and print a table of what the checks said.

    python -m tools.mutate.objects [lab ...] [--only exercise ...] [--share 0.1] [--seed 0]
                                   [--trainings] [--record] [--missing]

With `--trainings` networks that were trained otherwise are tried, else everything but these.

A mutant is killed if it does not get full points. One that gets them is the same in behaviour (held
against the right answer, or as the exercise's file says, with its reason), or it is a mistake that
no check has seen, which is printed.
"""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence

os.environ.setdefault("LABKIT_DATA", "sample")

import matplotlib as mpl

mpl.use("agg")

from labkit import labs
from tools import options, record
from tools.mutate.objects import answers
from tools.mutate.tally import Tally


def measure(
    lab: str,
    share: float = 1.0,
    seed: int = 0,
    trainings: bool = False,
    only: Sequence[str] = (),
) -> Iterator[Tally]:
    """Yield for each exercise what became of its mutants.

    Where there are networks in the lab, this process takes notes of every training from then on.
    """
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        for exercise in labs.load(lab):
            if not only or exercise.name in only:
                found = answers.tally(exercise, share, seed, trainings)
                if found.made or not trainings:  # most exercises train nothing
                    yield found


def main() -> int:
    """Print the table; the exit status is 1 where a mistake got full points, or no verdict."""
    told = options.parser("make mutate-objects", __doc__).parse_args()
    kind = record.TRAININGS if told.trainings else record.OBJECTS
    every = Tally("all")
    print(f"{'exercise':36} {'mutants':>8} {'killed':>7} {'same':>6} {'seen by none':>13}")
    for lab, names in options.chosen(told, kind).items():
        for found in measure(lab, told.share, told.seed, told.trainings, names):
            every.add(found)
            if told.record:
                record.keep(kind, lab, found.exercise, found.counted(told.share))
            print(f"{lab[:4]} {found}", flush=True)
    print(f"     {every.row()}   {every.refused:.1%} of those that differ")
    return 1 if every.survivors or every.broken else 0


if __name__ == "__main__":
    sys.exit(main())
