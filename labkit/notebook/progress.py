"""Where a student is in a lab: kept in the folder of the notebook, over restarts of the kernel."""

from __future__ import annotations

import dataclasses
import datetime
import json
import pathlib
from collections.abc import Iterable, Mapping

from labkit import files
from labkit.checks import result as faces
from labkit.checks.exercise import Essay, Exercise
from labkit.checks.exercise import Lab as Description
from labkit.checks.result import Outcome, Result
from labkit.notebook import document, pages

_FILE = "progress.json"
_NOT_CHECKED = "not checked yet"


@dataclasses.dataclass(frozen=True)
class Entry:
    """What the last check of an exercise found."""

    outcome: str
    words: str
    points: float
    tries: int = 1
    when: str = ""


class Store:
    """What was checked so far, in a file that one notebook's kernel writes.

    A file that cannot be read counts as absent.

    Parameters
    ----------
    folder : pathlib.Path
        The folder of the notebook.
    lab : str
    """

    def __init__(self, folder: pathlib.Path, lab: str) -> None:
        self.path = folder / document.KEPT / _FILE
        self.lab = lab

    def entries(self) -> dict[str, Entry]:
        """Return the entry of each exercise that was checked."""
        try:
            kept = json.loads(self.path.read_text("utf-8"))
            if kept["lab"] != self.lab:
                return {}
            return {str(name): Entry(**entry) for name, entry in kept["exercises"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return {}

    def record(self, result: Result) -> None:
        """Keep what a check found. What was not judged leaves an earlier result as it is."""
        entries = self.entries()
        before = entries.get(result.exercise)
        if result.outcome is Outcome.COULD_NOT_GRADE and before is not None:
            return
        entries[result.exercise] = Entry(
            str(result.outcome),
            result.in_words(),
            float(result.points),
            (before.tries if before else 0) + 1,
            datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
        )
        kept = {name: dataclasses.asdict(entry) for name, entry in entries.items()}
        text = json.dumps({"lab": self.lab, "exercises": kept}, indent=1, ensure_ascii=False)
        files.write_text(self.path, text + "\n")


@dataclasses.dataclass(frozen=True)
class Row:
    """One exercise in the table.

    Attributes
    ----------
    number : int
    title, state, mark : str
    points : str
        Earned and possible.
    cell : str
        The ``grade_id`` of its answer cell.
    anchor : str
        The id of its heading on the page.
    is_done : bool
    """

    number: int
    title: str
    state: str
    mark: str
    points: str
    cell: str
    anchor: str
    is_done: bool


@dataclasses.dataclass(frozen=True)
class Progress:
    """Where the student is: its ``repr`` is the same as text, and a notebook shows a table."""

    title: str
    rows: tuple[Row, ...]
    earned: float
    machine: float
    by_hand: float
    first_error: Row | None = None
    error_elsewhere: bool = False

    @property
    def next(self) -> Row | None:
        """The first exercise that is not done; None when all are."""
        return next((row for row in self.rows if not row.is_done), None)

    def __repr__(self) -> str:
        lines = [f"Exercise {row.number:2}  {row.title}: {row.state}" for row in self.rows]
        return "\n".join([*lines, self.sum])

    @property
    def sum(self) -> str:
        """The points in a sentence."""
        return (
            f"Points so far: {faces.number(self.earned)} of {faces.number(self.machine)}; "
            f"{faces.number(self.by_hand)} more are given by hand."
        )

    def _repr_html_(self) -> str:
        return pages.render("progress.html", progress=self)


def view(
    lab: Description,
    entries: Mapping[str, Entry],
    answers: Mapping[str, str] | None = None,
    troubled: str | None = None,
) -> Progress:
    """Return where the student is.

    Parameters
    ----------
    lab : labkit.checks.exercise.Lab
    entries : dict of str to Entry
        What was checked, by exercise.
    answers : dict of str to str, optional
        The text of the answer cells, essays among them; None if nobody tells.
    troubled : str, optional
        The name of the first cell that ended in an error.
    """
    rows = tuple(_row(item, entries, answers) for item in lab.exercises)
    machine = sum(exercise.points for exercise in lab)
    error = next((row for row in rows if troubled and _belongs(row, troubled)), None)
    return Progress(
        lab.title,
        rows,
        sum(entries[exercise.name].points for exercise in lab if exercise.name in entries),
        machine,
        lab.points - machine,
        error,
        troubled is not None and error is None,
    )


def of_results(exercises: Iterable[Exercise]) -> dict[str, Entry]:
    """Return entries made of what was checked since the kernel started."""
    return {
        exercise.name: Entry(
            str(exercise.latest.outcome), exercise.latest.in_words(), exercise.latest.points
        )
        for exercise in exercises
        if exercise.latest is not None
    }


def heading(item: Exercise | Essay) -> str:
    """Return the heading of an exercise as the notebook has it."""
    by_hand = ", marked by hand" if isinstance(item, Essay) else ""
    return f"Exercise {item.number}: {item.title} ({faces.points(item.points)}{by_hand})"


def _row(
    item: Exercise | Essay, entries: Mapping[str, Entry], answers: Mapping[str, str] | None
) -> Row:
    anchor = heading(item).replace(" ", "-")
    if isinstance(item, Essay):
        cell = f"{item.name}-answer"
        text = None if answers is None else answers.get(cell)
        answered = text is not None and document.is_answered(text)
        unknown = "in your own words, marked by hand"
        state = {True: "answered", False: "not answered yet: double-click its cell"}[answered]
        points = f"of {faces.number(item.points)} by hand"
        mark = "✎" if answered or text is None else "○"
        shown = unknown if text is None else state
        return Row(
            item.number, item.title, shown, mark, points, cell, anchor, answered or text is None
        )
    entry = entries.get(item.name)
    points = f"{faces.number(entry.points) if entry else 0} of {faces.number(item.points)}"
    mark, state, done = "○", _NOT_CHECKED, False
    if entry is not None:
        almost = entry.words == "almost"
        mark = faces.ALMOST_MARK if almost else _mark(entry.outcome)
        state, done = entry.words, entry.outcome == Outcome.PASSED
    return Row(item.number, item.title, state, mark, points, item.name, anchor, done)


def _mark(outcome: str) -> str:
    return next((mark for known, mark in faces.MARKS.items() if known == outcome), "○")


def _belongs(row: Row, cell: str) -> bool:
    return cell in (row.cell, f"{row.cell}-check")


def kept_for(path: pathlib.Path | None, lab: str) -> Store:
    """Return the store beside the notebook at `path`, or in the working folder."""
    return Store(path.parent if path else pathlib.Path.cwd(), lab)
