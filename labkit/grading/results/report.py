"""The report on a class: what to teach again and whom to look at, then every figure."""

import dataclasses
from collections.abc import Iterator
from typing import Any

from labkit.grading.results import csv_text, pages
from labkit.grading.results.class_figures import LOOK_AT, ClassFigures

_NAMES = 12
# The histogram in its own units: a bar's width, the room for bars, and for what stands around.
_STEP, _HEIGHT, _LEFT, _TOP, _BOTTOM = 56, 120, 12, 18, 34


def page(found: ClassFigures) -> str:
    """Return the report as an HTML page.

    Its one script sorts the table of students. It is a file of the package, holds nothing of a
    student's, and is the only one that the page's policy lets run; without it the table is there,
    by name. Other ways to sort without a net would repeat the table once for each column.
    """
    look_at = found.look_at()
    values = {
        "found": found,
        "teach_again": found.teach_again(),
        "misconceptions": found.misconceptions(),
        "look_at": look_at[:LOOK_AT],
        "further": len(look_at) - len(look_at[:LOOK_AT]),
        "same_number": found.same_number(),
        "not_graded": found.not_graded(),
        "exercises": found.exercises(),
        "criteria": found.criteria(),
        "chart": _chart(found.histogram()),
        "names": _NAMES,
    }
    return pages.render("report.html", values, script="sort_tables.js")


@dataclasses.dataclass(frozen=True)
class _Bar:
    """One bar of the histogram: its place in the picture, and what it says."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    count: int


def _chart(steps: list[tuple[float, float, int]]) -> dict[str, Any]:
    """Return the histogram's places, so that the template only has to write them down."""
    most = max((count for *_, count in steps), default=0) or 1
    floor = _TOP + _HEIGHT
    bars = []
    for place, (_, _, count) in enumerate(steps):
        height = round(_HEIGHT * count / most, 1)
        left = _LEFT + place * _STEP
        bars.append(_Bar(left + 1, floor - height, _STEP - 2, height, left + _STEP / 2, count))
    edges = [start for start, *_ in steps] + [steps[-1][1]]
    last = edges[-1]
    words = "; ".join(
        f"{pages.number(start)} to {'' if end == last else 'below '}{pages.number(end)}: {count}"
        for start, end, count in steps
    )
    return {
        "bars": bars,
        "edges": [(_LEFT + place * _STEP, edge) for place, edge in enumerate(edges)],
        "words": words,
        "floor": floor,
        "left": _LEFT,
        "right": _LEFT + len(steps) * _STEP,
        "width": 2 * _LEFT + len(steps) * _STEP,
        "height": floor + _BOTTOM,
    }


def tables(found: ClassFigures) -> dict[str, str]:
    """Return the same as CSV, by file name: `report.csv` with all of it, and a table of each."""
    return {name: table(found) for name, table in TABLES.items()}


def _students(found: ClassFigures) -> str:
    rows = [
        (s.name, s.points, int(s.late), s.open, s.not_graded, s.waiting,
         "" if s.seconds is None else s.seconds, int(s not in found.absent))
        for s in [*found.students, *found.absent]
    ]  # fmt: skip
    columns = ("student", "points", "late", "open", "not_graded", "waiting", "seconds", "handed_in")
    return csv_text.text(rows, columns)


def _exercises(found: ClassFigures) -> str:
    rows = [
        (e.name, e.passed, e.in_part, e.missed, e.skipped, e.not_graded, e.waiting,
         _or_empty(e.share), _or_empty(e.discrimination))
        for e in found.exercises()
    ]  # fmt: skip
    counts = ("passed", "in_part", "missed", "skipped", "not_graded", "waiting")
    return csv_text.text(rows, ("exercise", *counts, "share", "discrimination"))


def _criteria(found: ClassFigures) -> str:
    rows = [(c.exercise, c.title, c.met, c.judged, c.size) for c in found.criteria()]
    return csv_text.text(rows, ("exercise", "criterion", "met", "judged", "class"))


def _misconceptions(found: ClassFigures) -> str:
    rows = [
        (m.exercise, m.name, len(m.who), m.told, "; ".join(s.name for s in m.who))
        for m in found.misconceptions()
    ]
    return csv_text.text(rows, ("exercise", "misconception", "students", "message", "who"))


def _not_graded(found: ClassFigures) -> str:
    rows = [(s.name, s.not_graded, reason) for s, reason in found.not_graded()]
    return csv_text.text(rows, ("student", "exercises", "reason"))


def _whole(found: ClassFigures) -> str:
    return csv_text.text(_all(found), ("part", "name", "figure", "value"))


TABLES = {
    "report.csv": _whole,
    "report/students.csv": _students,
    "report/exercises.csv": _exercises,
    "report/criteria.csv": _criteria,
    "report/misconceptions.csv": _misconceptions,
    "report/not-graded.csv": _not_graded,
}


def _all(found: ClassFigures) -> Iterator[tuple[object, ...]]:
    """Yield every figure of the page in rows of one form, so that one file holds them all."""
    yield "class", "", "submissions", found.size
    yield "class", "", "handed in nothing", len(found.absent)
    yield "class", "", "median", found.median
    yield "class", "", "waiting", found.waiting
    for place, item in enumerate(found.teach_again(), start=1):
        yield "teach again", f"{item.exercise}: {item.name or item.told}", "place", place
        yield "teach again", f"{item.exercise}: {item.name or item.told}", "students", len(item.who)
    for student, reason in found.look_at():
        yield "look at", student.name, "reason", reason
    for number, students in found.same_number():
        yield "same number", number, "who", "; ".join(student.name for student in students)
    for student in found.students:
        for figure in ("points", "late", "open", "not_graded", "waiting"):
            yield (
                "student",
                student.name,
                figure,
                int(getattr(student, figure)) if figure == "late" else getattr(student, figure),
            )
    for exercise in found.exercises():
        for figure in ("passed", "in_part", "missed", "skipped", "not_graded", "waiting"):
            yield "exercise", exercise.name, figure, getattr(exercise, figure)
        yield "exercise", exercise.name, "share", _or_empty(exercise.share)
        yield "exercise", exercise.name, "discrimination", _or_empty(exercise.discrimination)
    for criterion in found.criteria():
        yield "criterion", f"{criterion.exercise}: {criterion.title}", "met", criterion.met
    for start, end, count in found.histogram():
        yield "points", f"{pages.number(start)} to {pages.number(end)}", "students", count


def _or_empty(value: float | None) -> float | str:
    return "" if value is None else round(value, 3)
