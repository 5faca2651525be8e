"""Handing in: what is open, one file, and a receipt that says which file it was."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import pathlib
import time
from collections.abc import Mapping

from labkit import files
from labkit.checks.exercise import Essay, Exercise
from labkit.checks.exercise import Lab as Description
from labkit.checks.result import Outcome
from labkit.notebook import document, pages, progress, terminal, working_copy
from labkit.notebook.cells import cells

FOLDER = "hand-in"
SAVE_SECONDS = 10.0
_LOOK_EVERY = 0.1


@dataclasses.dataclass(frozen=True)
class Open:
    """Something that is not done: an exercise, and what is missing."""

    title: str
    what: str
    cell: str
    anchor: str


@dataclasses.dataclass(frozen=True)
class HandIn:
    """What was handed in, or why nothing was; a notebook shows it as a box.

    Attributes
    ----------
    lab : str
    open : tuple of Open
        What is not done.
    path : pathlib.Path or None
        The file to hand in; None if none was made.
    size : int
        Its bytes.
    digest : str
        Their SHA-256, by which this file is told from every other.
    saved, made : str
        When the notebook was saved, and when the file was made.
    notes : tuple of str
        What the student should know: that the last changes were not saved, for one.
    """

    lab: str
    open: tuple[Open, ...] = ()
    path: pathlib.Path | None = None
    size: int = 0
    digest: str = ""
    saved: str = ""
    made: str = ""
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return self.text()

    def text(self) -> str:
        """Return the same as plain text."""
        lines = list(self.notes)
        if self.open:
            lines += ["Still open:", *(f"  {item.title}: {item.what}" for item in self.open)]
        elif self.path:
            lines.append("Nothing is open.")
        if self.path:
            lines += ["", "Receipt", *(f"  {name:<8} {value}" for name, value in self.receipt())]
            lines += ["", f"Hand in this file: {self.path}"]
        return "\n".join(lines)

    def receipt(self) -> list[tuple[str, str]]:
        """Return the lines of the receipt."""
        return [
            ("file", self.path.name if self.path else ""),
            ("size", f"{self.size:,} bytes"),
            ("SHA-256", self.digest),
            ("saved", self.saved),
            ("made", self.made),
        ]

    def _repr_html_(self) -> str:
        return pages.render("hand-in.html", handed=self)


def from_notebook(lab: Description, entries: Mapping[str, progress.Entry]) -> HandIn:
    """Hand in the notebook that this kernel runs, saved first where that can be asked for."""
    path = document.of_this_kernel() if cells.current is not None else None
    if path is None:
        # Stored with the solutions: no path of a machine's is named here.
        elsewhere = f"In a terminal this does the same: labkit submit {lab.name}"
        return HandIn(lab.name, notes=(f"To hand in, run this cell in JupyterLab. {elsewhere}",))
    notes = () if _save(path) else (_NOT_SAVED,)
    return make(lab, document.read(path), entries, notes)


_NOT_SAVED = (
    "The notebook could not be saved from here. Save it (File, Save Notebook), then run this cell "
    "again: what was changed since it was saved last is not in the file."
)

_OUTDATED = (
    "This notebook is of another version than the course's present one. You can hand it in; "
    "or bring the present one first, with all of your answers. In a terminal: {}"
)


def make(
    lab: Description,
    handed: document.Document,
    entries: Mapping[str, progress.Entry],
    notes: tuple[str, ...] = (),
) -> HandIn:
    """Make the file to hand in, and its receipt beside it.

    Parameters
    ----------
    lab : labkit.checks.exercise.Lab
    handed : labkit.notebook.document.Document
    entries : dict of str to Entry
        What was checked.
    notes : tuple of str
        What else the student should know.

    Returns
    -------
    HandIn

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    if working_copy.is_outdated(handed.path, lab.name):
        notes += (_OUTDATED.format(terminal.command("update")),)
    path = handed.path.parent / FOLDER / f"{lab.name}.ipynb"
    files.write(path, handed.content)
    found = HandIn(
        lab.name,
        tuple(what_is_open(lab, handed, entries)),
        path,
        len(handed.content),
        hashlib.sha256(handed.content).hexdigest(),
        _moment(handed.saved),
        _moment(datetime.datetime.now().astimezone()),
        notes,
    )
    lines = "".join(f"{name}: {value}\n" for name, value in found.receipt())
    files.write_text(path.with_name(f"{lab.name}-receipt.txt"), lines)
    return found


def what_is_open(
    lab: Description, handed: document.Document, entries: Mapping[str, progress.Entry]
) -> list[Open]:
    """Return what is not done, in the order of the exercises."""
    held = {document.name_of(cell): cell for cell in handed.cells if document.name_of(cell)}
    found = []
    for item in lab.exercises:
        what = _missing(item, held, entries)
        if what:
            anchor = progress.heading(item).replace(" ", "-")
            name = f"{item.name}-answer" if isinstance(item, Essay) else item.name
            found.append(Open(f"Exercise {item.number}, {item.title}", what, name, anchor))
    return found


def _missing(
    item: Exercise | Essay,
    held: Mapping[str, Mapping],
    entries: Mapping[str, progress.Entry],
) -> str:
    if isinstance(item, Essay):
        cell = held.get(f"{item.name}-answer")
        if cell is None:
            return "its answer cell is not in the notebook"
        return "" if document.is_answered(document.text_of(cell)) else "not answered"
    cell = held.get(item.name)
    if cell is None:
        return "its answer cell is not in the notebook"
    if not document.text_of(cell).strip():
        return "its answer cell is empty"
    entry = entries.get(item.name)
    if cell.get("execution_count") is None:
        return "its answer cell never ran"
    if entry is None:
        return "never checked"
    return "" if entry.outcome == Outcome.PASSED else entry.words


def _save(path: pathlib.Path) -> bool:
    """Let the page save the notebook, and tell whether the file now holds what the page shows."""
    from labkit.notebook import kernel

    if cells.page is None or not kernel.page_comms:
        return False
    before = path.stat().st_mtime_ns
    kernel.page_comms[-1].send({"ask": "save"})
    deadline = time.monotonic() + SAVE_SECONDS
    while time.monotonic() < deadline:
        if path.stat().st_mtime_ns != before and _holds(path):
            return True
        time.sleep(_LOOK_EVERY)
    return False


def _holds(path: pathlib.Path) -> bool:
    try:
        saved = document.read(path).sources
    except (OSError, document.UnreadableError):
        return False  # it is being written
    return all(saved.get(name) == text for name, text in cells.page.sources.items())


def _moment(when: datetime.datetime) -> str:
    return when.strftime("%Y-%m-%d %H:%M:%S %z")
