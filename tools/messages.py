"""Print all that the checks say of wrong answers, by exercise, so that a person can read it whole.

    python -m tools.messages [lab ...] [--changed] > messages.md

What is said of several answers in the same words stands there once, with the names of all of them.
With ``--changed`` the solutions with one thing in them changed are tried, too.
"""

import argparse
import os
import sys
from collections.abc import Iterator

os.environ.setdefault("LABKIT_DATA", "sample")

import matplotlib as mpl

mpl.use("agg")

from labkit import labs
from labkit.checks import trial
from labkit.checks.authoring import Exercise


def page(lab: str, changed: bool = False) -> Iterator[str]:
    """Yield the lines about a lab."""
    yield f"# {lab}"
    for exercise in labs.load(lab):
        yield f"\n## {exercise.number}. {exercise.title} ({exercise.name})\n"
        for words, cases in sorted(said(exercise, changed).items()):
            yield f"**{'; '.join(cases)}**\n"
            yield from (f"    {line}" for line in words)
            yield ""


def said(exercise: Exercise, changed: bool = False) -> dict[tuple[str, ...], list[str]]:
    """Return what a check says, line by line, with the names of the answers that it says it of."""
    import matplotlib.pyplot as plt

    found: dict[tuple[str, ...], list[str]] = {}
    tried = [*trial.answers(exercise), *(trial.changed(exercise) if changed else ())]
    for one in tried:
        if not one.result:
            lines = tuple(line for line in one.result.text().splitlines() if _is_news(line))
            found.setdefault(lines, []).append(one.case.name)
        plt.close("all")
    return found


def _is_news(line: str) -> bool:
    """Tell whether a line tells something: not what is met, not reached, or said of all."""
    return not line.lstrip().startswith(("✓", "–", "Made with the drawn sample"))


def main() -> int:
    parser = argparse.ArgumentParser(prog="make messages", description=__doc__.splitlines()[0])
    parser.add_argument("labs", nargs="*", help="all of them if left out")
    parser.add_argument("--changed", action="store_true", help="changed solutions, too")
    options = parser.parse_args()
    with trial.apart():
        for lab in options.labs or labs.MODULES:
            for line in page(lab, options.changed):
                print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
