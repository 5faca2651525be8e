"""The account of a download: who handed in what, and what became of every file of it."""

import collections
import datetime
from collections.abc import Iterator

from labkit.grading.submissions import find

COLUMNS = ("file", "student", "what", "why")
_WIDEST = 44
_SHOWN = 12


def lines(arrivals: find.Arrivals) -> Iterator[str]:
    """Say in a few lines what was found, and that every file of it is accounted for."""
    for title in arrivals.recognised:
        yield f"Found: {title}"
    counts = collections.Counter(fate.what for fate in arrivals.fates)
    absent = sum(item.absent for item in arrivals.submissions)
    doubts = _doubts(arrivals)
    missing = sum(
        bool(item.problem or doubts.get(item.student)) and not item.absent
        for item in arrivals.submissions
    )
    whole = len(arrivals.submissions)
    yield (
        f"{len(arrivals.fates)} files: {counts[find.TAKEN]} to grade, "
        f"{counts[find.NO_NOTEBOOK]} that cannot be read, {counts[find.LEFT_OUT]} left out."
    )
    told = ["1 student" if whole == 1 else f"{whole} students"]
    if missing:
        told.append(f"{missing} without a notebook that can be graded")
    if absent:
        told.append(f"{absent} who handed in nothing")
    yield f"{', '.join(told)}."
    yield from arrivals.notes


def table(arrivals: find.Arrivals) -> Iterator[str]:
    """Return the table of who, which file, when, and why; then what was left out."""
    doubts = _doubts(arrivals)
    rows = [("student", "file", "handed in", "what becomes of it")]
    for item in arrivals.submissions:
        when = f"{datetime.datetime.fromtimestamp(item.time):%Y-%m-%d %H:%M}" if item.time else "?"
        late = " LATE" if item.late else ""
        why = item.problem or doubts.get(item.student) or " ".join(item.notes) or "graded"
        student = item.student if not item.name or item.name in item.student else item.name
        rows.append((student, item.file or "-", ("-" if item.absent else when) + late, why))
    widths = [min(_WIDEST, max(len(_shown(row[i])) for row in rows)) for i in range(3)]
    for row in rows:
        cells = [_cut(_shown(cell), width) for cell, width in zip(row, widths, strict=False)]
        yield "  ".join([*cells, _shown(row[3])]).rstrip()
    left = [fate for fate in arrivals.fates if fate.what == find.LEFT_OUT]
    reasons = collections.Counter(fate.why for fate in left)
    for why, number in reasons.most_common():
        yield f"Left out, {number}: {_shown(why)}"
        named = [_shown(fate.path) for fate in left if fate.why == why]
        yield from (f"  {path}" for path in named[:_SHOWN])
        if len(named) > _SHOWN:
            yield f"  and {len(named) - _SHOWN} more"


def _doubts(arrivals: find.Arrivals) -> dict[str, str]:
    """Return what is wrong with the file that was taken, by student."""
    return {fate.student: fate.why for fate in arrivals.fates if fate.what == find.NO_NOTEBOOK}


def rows(arrivals: find.Arrivals) -> Iterator[tuple[str, str, str, str]]:
    """Return a row for every file, and for everybody of whom there is none; see `COLUMNS`."""
    for fate in sorted(arrivals.fates, key=lambda fate: (fate.student, fate.path)):
        yield fate.path, fate.student, fate.what, fate.why
    for item in arrivals.submissions:
        if item.absent:
            yield "", item.student, "nothing", item.problem


def _cut(text: str, width: int) -> str:
    """Return the end of `text`, which tells one path from another, in so many letters."""
    return text.ljust(width) if len(text) <= width else f"…{text[1 - width :]}"


def _shown(text: str) -> str:
    """Return `text` in one line that a terminal can show and that gives it no order."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(plain.split())
