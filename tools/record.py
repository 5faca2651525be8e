"""What machines have measured of the checks, exercise by exercise: kept, and told as a page.

    python -m tools.record            # writes docs/checks.md anew from docs/checks.json

``make mutate``, ``make mutate-objects`` and ``make rewrite`` keep what they find with ``--record``;
each exercise takes the place of what was kept of it, so that all can be measured part by part.
"""

import collections
import json
import pathlib
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from labkit import files, labs

DOCS = pathlib.Path(__file__).parents[1] / "docs"
KEPT, PAGE = DOCS / "checks.json", DOCS / "checks.md"
CODE, OBJECTS, TRAININGS, CLOTHES = "code", "objects", "trainings", "clothes"
CHANGED = {CODE: "Changed code", OBJECTS: "Changed objects", TRAININGS: "Changed trainings"}
KINDS = (*CHANGED, CLOTHES)

# From the kind of measure to a lab, to an exercise, to what was counted.
Kept = dict[str, dict[str, dict[str, dict[str, Any]]]]


def read() -> Kept:
    """Return all that is kept."""
    return json.loads(KEPT.read_text("utf-8")) if KEPT.is_file() else {}


def keep(kind: str, lab: str, exercise: str, counted: Mapping[str, Any]) -> None:
    """Keep what was counted of one exercise, in the place of what was kept before."""
    kept = read()
    kept.setdefault(kind, {}).setdefault(lab, {})[exercise] = dict(counted)
    files.write_text(KEPT, json.dumps(kept, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    files.write_text(PAGE, page(kept))


def exercises(kind: str, kept: Kept) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield lab, name and counts of each exercise that was measured, in the course's order."""
    for lab in labs.MODULES:
        found = kept.get(kind, {}).get(lab, {})
        for exercise in labs.load(lab) if found else ():
            if exercise.name in found:
                yield lab, exercise.name, found[exercise.name]


def page(kept: Kept) -> str:
    """Return the page."""
    return "\n".join([*_head(), *_table(kept), *_left(kept), *_alike(kept)]) + "\n"


def totals(kept: Kept, kind: str) -> collections.Counter:
    """Return the sums of what was counted over all exercises."""
    total: collections.Counter = collections.Counter()
    for _, _, counted in exercises(kind, kept):
        total.update({name: counted.get(name, 0) for name in ("made", "refused", "accepted")})
        total["same"] += sum(counted.get("same", {}).values())
        total["through"] += len(counted["through"])
    return total


def refused(total: Mapping[str, int]) -> float:
    """Return the share of the wrong answers that was refused."""
    differ = total["made"] - total["same"]
    return total["refused"] / differ if differ else 1.0


def _head() -> Iterator[str]:
    yield """# How the checks are measured

Machines write answers that no author of a check has thought of. *Changed code* is the solution with
one thing in its syntax changed; *changed objects* are what the solution makes with one thing in it
changed; *changed trainings* are networks that learnt from other images, for longer, or watched
otherwise; *other clothes* are solutions that are written otherwise and are as right. What differs
from a right answer has to lose points, what is right has to get all of them. *Same* is what does
the same as the solution, *through* what should have lost points and did not. A *share* below 1 is
the part that was tried, drawn by a fixed seed: each of these answers is a training. All was run on
the drawn sample. `make mutate`, `make mutate-objects` and `make rewrite` run any lab,
with `--trainings` those of its exercises that train a network, and with `--record` they put them
here: an exercise that is missing below was not kept so far."""


def _table(kept: Kept) -> Iterator[str]:
    for kind, title in CHANGED.items():
        total = totals(kept, kind)
        if not total["made"]:
            continue
        yield from (
            "",
            f"## {title}",
            "",
            f"{total['made']:,} answers, {total['same']:,} of them the same as the solution; "
            f"{total['refused']:,} of the {total['made'] - total['same']:,} others were refused: "
            f"{refused(total):.2%}.",
            "",
            "| lab | exercise | made | refused | same | through | share |",
            "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
        )
        for lab, name, counted in exercises(kind, kept):
            same, through = sum(counted["same"].values()), len(counted["through"])
            figures = counted["made"], counted["refused"], same, through, f"{counted['share']:g}"
            yield f"| {lab[:4]} | {name} | {' | '.join(map(str, figures))} |"
    yield from _clothes(kept)


def _clothes(kept: Kept) -> Iterator[str]:
    total = totals(kept, CLOTHES)
    yield from (
        "",
        "## Other clothes",
        "",
        f"{total['accepted']:,} of {total['made']:,} were accepted in full.",
        "",
        "| lab | exercise | made | accepted | share |",
        "| --- | --- | ---: | ---: | ---: |",
    )
    for lab, name, counted in exercises(CLOTHES, kept):
        figures = counted["made"], counted["accepted"], f"{counted['share']:g}"
        yield f"| {lab[:4]} | {name} | {' | '.join(map(str, figures))} |"


def _left(kept: Kept) -> Iterator[str]:
    """Yield what should have been refused, or accepted, and was not."""
    lines = [
        f"- {lab[:4]} {name}: {words}"
        for kind in KINDS
        for lab, name, counted in exercises(kind, kept)
        for words in counted["through"]
    ]
    yield from ("", "## What was judged wrongly", "", *(lines or ["Nothing."]))


def _alike(kept: Kept) -> Iterator[str]:
    """Yield why what was called the same is the same."""
    yield """
## What is the same, and why

*Equal* was found so by the machine: by values, by what a function returns on further arguments, by
what a network puts out and learns, by the pixels of a picture. The other reasons stand in the
exercises' files.
"""
    for kind in CHANGED:
        for lab, name, counted in exercises(kind, kept):
            for why, count in sorted(counted["same"].items()):
                yield f"- {lab[:4]} {name}, {kind}: {count}, {why}"


def main() -> int:
    """Write the page anew."""
    files.write_text(PAGE, page(read()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
