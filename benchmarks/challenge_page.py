"""The page of lab 6's challenge: how the answers did, and what each method buys."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from benchmarks import recipes
from labkit.reports import challengers, comparison

Run = dict[str, Any]

TEXT = """# The challenge of lab 6

How the kit's own answers did on the test images, and what its methods buy. `python -m
benchmarks.challenge --record quick far small` trains them, and this page follows from what it has
stored in `labkit/reports/recorded/challenge.json`. The machine: {processor}, {cores} cores.

## The answers

{answers}

An answer's seconds are those of a whole process, from Python's start to the test. R1-conv's are of
one run, of the training alone; README.md has three other runs of it.

{aims}

## What each method buys

So far for {known} of {all} changes. The quick answer's recipe, but {epochs} epochs, changed in one
thing: learned from 55,000 training images, measured on the 5,000 that are held out. A gain is the
mean of the differences from the unchanged recipe with the same seed. One image is 0.02 points, and
two trainings that differ in their seed alone are some tenths of a point apart: read small gains
with care.

{methods}

## What led to the answers

One training of each recipe (its filters are told), on the same images: the accuracy on what is held
out for one view of an image, for two (mirrored) and for ten (mirrored, and moved by a pixel), and
the CPU seconds. The machine was busy, which makes them more than on a quiet one.

{tried}

Seconds of processor for 60,000 images, with the quick answer's filters (16; 32, 64, 128), on the
busy machine, too:

{costs}
"""


def text(record: dict[str, Any]) -> str:
    """Return the page of what is stored."""
    return TEXT.format(
        processor=record["machine"]["processor"],
        cores=record["machine"]["cores"],
        answers=table(challengers.leaderboard(record["runs"])),
        aims="\n".join(aims(record["runs"])),
        epochs=recipes.USUAL.epochs,
        known=len({run["network"] for run in record["methods"]} - {recipes.UNCHANGED}),
        all=len(recipes.METHODS) - 1,
        methods=table(gains(record["methods"]))
        if record["methods"]
        else "Nothing is recorded yet.",
        tried=table(record["tried"]),
        costs=table(record["costs"]),
    )


def aims(runs: Sequence[Run]) -> Iterator[str]:
    """Tell for each answer whether it reaches what it is to reach."""
    for name, answer in recipes.ANSWERS.items():
        found = [run for run in runs if run["network"] == name]
        asked = f"{name}: a mean of {answer.accuracy:.3f} over {answer.seeds} seeds"
        if answer.seconds < np.inf:
            asked += f", each in {answer.seconds:.0f} s"
        if answer.parameters < np.inf:
            asked += f", with fewer than {answer.parameters:,} parameters"
        if len(found) < answer.seeds:
            yield f"- {asked}: {len(found)} of them are recorded."
            continue
        most = max(run["seconds"] for run in found)
        accuracy = comparison.spread([run["test accuracy"] for run in found])
        reached = (
            accuracy.mean >= answer.accuracy
            and most <= answer.seconds
            and found[0]["parameters"] < answer.parameters
        )
        yield (
            f"- {asked}: **{'reached' if reached else 'not reached'}**, {accuracy}, "
            f"at most {most:.0f} s, {found[0]['parameters']:,} parameters."
        )


def gains(runs: Sequence[Run]) -> list[Run]:
    """Return what each method changes, seed by seed, the best first."""
    of = {
        name: {run["seed"]: run for run in runs if run["network"] == name}
        for name in recipes.METHODS
    }
    usual = of[recipes.UNCHANGED]
    found = []
    for name, by_seed in of.items():
        pairs = [(by_seed[seed], usual[seed]) for seed in by_seed.keys() & usual.keys()]
        if not pairs:
            continue
        key = "held-out accuracy"
        gain = comparison.spread([100 * (run[key] - other[key]) for run, other in pairs])
        costs = [run["CPU seconds"] / other["CPU seconds"] for run, other in pairs]
        found.append(
            {
                "changed": name,
                "seeds": len(pairs),
                "accuracy": f"{comparison.spread([run[key] for run, _ in pairs]).mean:.4f}",
                "gain in points": f"{gain.mean:+.2f}",
                "CPU seconds": f"{np.mean([run['CPU seconds'] for run, _ in pairs]):.0f}",
                "times the seconds": f"{np.mean(costs):.2f}",
                "parameters": f"{pairs[0][0]['parameters']:,}",
            }
        )
    return sorted(found, key=lambda row: -float(row["gain in points"]))


def table(found: Sequence[Run]) -> str:
    """Return rows as a table of Markdown."""
    head = list(found[0])
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *(row.values() for row in found)]
    return "\n".join(f"| {' | '.join(map(_shown, line))} |" for line in lines)


def _shown(value: Any) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return "–" if value is None or value != value else str(value)
