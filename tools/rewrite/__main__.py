"""Write the solutions in other clothes, and print a table of what the checks said.

    python -m tools.rewrite [lab ...] [--trainings] [--only exercise ...] [--record]

Each of these answers is right, and has to be accepted in full; what is not is printed.
"""

import argparse
import os
import sys

os.environ.setdefault("LABKIT_DATA", "sample")

import matplotlib as mpl

mpl.use("agg")

from labkit import labs
from tools import record
from tools.rewrite import wardrobe


def main() -> int:
    """Print the table; the exit status is 1 where a right answer is refused."""
    parser = argparse.ArgumentParser(prog="make rewrite", description=__doc__.splitlines()[0])
    parser.add_argument("labs", nargs="*", help="all of them if left out")
    parser.add_argument("--trainings", action="store_true", help="those that train, too")
    parser.add_argument("--record", action="store_true", help="keep it for docs/checks.md")
    parser.add_argument("--only", nargs="+", default=(), help="names of exercises")
    options = parser.parse_args()
    made = accepted = 0
    print(f"{'exercise':36} {'rewrites':>8} {'accepted':>9} {'as it may':>10} {'no code':>8}")
    for lab in options.labs or labs.MODULES:
        for tried in wardrobe.of_lab(lab, options.trainings, options.only):
            made, accepted = made + tried.made, accepted + tried.accepted
            if options.record:
                counted = {"made": tried.made, "accepted": tried.accepted, "through": tried.refused}
                record.keep(record.CLOTHES, lab, tried.name, counted)
            print(
                f"{lab[:4]} {tried.name:31} {tried.made:8} {tried.accepted:9} "
                f"{len(tried.either):10} {len(tried.no_code):8}",
                flush=True,
            )
            for words in tried.refused:
                print(f"     refused: {words}")
            for words in tried.either:
                print(f"     refused, as it may be: {words}")
            for words in tried.no_code:
                print(f"     no code: {words}")
    print(f"{'all':36} {made:8} {accepted:9}")
    return 0 if made == accepted else 1


if __name__ == "__main__":
    sys.exit(main())
