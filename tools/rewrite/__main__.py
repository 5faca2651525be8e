"""Write the solutions in other clothes, and print a table of what the checks said.

    python -m tools.rewrite [lab ...] [--only exercise ...] [--share 0.1] [--seed 0] [--trainings]
                            [--record] [--missing]

With `--trainings` the exercises whose solution trains something are measured, else all others.
Each of these answers is right, and has to be accepted in full; what is not is printed.
"""

import os
import sys

os.environ.setdefault("LABKIT_DATA", "sample")

import matplotlib as mpl

mpl.use("agg")

from tools import options, record
from tools.rewrite import wardrobe


def main() -> int:
    """Print the table; the exit status is 1 where a right answer is refused."""
    told = options.parser("make rewrite", __doc__).parse_args()
    made = accepted = 0
    print(f"{'exercise':36} {'rewrites':>8} {'accepted':>9} {'as it may':>10} {'no code':>8}")
    for lab, names in options.chosen(told, record.CLOTHES).items():
        for tried in wardrobe.of_lab(lab, told.trainings, names, told.share, told.seed):
            made, accepted = made + tried.made, accepted + tried.accepted
            if told.record:
                record.keep(record.CLOTHES, lab, tried.name, tried.counted(told.share))
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
