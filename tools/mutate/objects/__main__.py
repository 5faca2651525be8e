"""Change what the solutions make in every way, and print a table of what the checks said.

    python -m tools.mutate.objects [lab ...] [--only exercise ...] [--trainings]
                                   [--share 0.1] [--seed 0] [--record]

A mutant is killed if it does not get full points. One that gets them is the same in behaviour (held
against the right answer, or as the exercise's file says, with its reason), or it is a mistake that
no check has seen, which is printed.
"""

import argparse
import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence

os.environ.setdefault("LABKIT_DATA", "sample")

import matplotlib as mpl

mpl.use("agg")

from labkit import labs
from tools import record
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
                yield answers.tally(exercise, share, seed, trainings)


def main() -> int:
    """Print the table; the exit status is 1 where a mistake got full points, or no verdict."""
    parser = argparse.ArgumentParser(prog="tools.mutate.objects", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("labs", nargs="*", default=list(labs.MODULES))
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--trainings", action="store_true", help="those that train, too")
    parser.add_argument("--record", action="store_true", help="keep it for docs/checks.md")
    parser.add_argument("--only", nargs="+", default=(), help="names of exercises")
    options = parser.parse_args()
    every = Tally("all")
    print(f"{'exercise':36} {'mutants':>8} {'killed':>7} {'same':>6} {'seen by none':>13}")
    for lab in options.labs:
        given = lab, options.share, options.seed, options.trainings, options.only
        for found in measure(*given):
            every.add(found)
            if options.record:
                record.keep(record.OBJECTS, lab, found.exercise, found.counted(options.share))
            print(f"{lab[:4]} {found}", flush=True)
    print(f"     {every.row()}   {every.refused:.1%} of those that differ")
    return 1 if every.survivors or every.broken else 0


if __name__ == "__main__":
    sys.exit(main())
