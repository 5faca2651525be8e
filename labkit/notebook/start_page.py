"""The page on which a student begins: the labs, their minutes, and where the student is in each."""

from __future__ import annotations

import pathlib
import urllib.parse
from collections.abc import Iterable
from typing import Any

from labkit import files
from labkit.checks.exercise import Lab as Description
from labkit.notebook import document, handin, pages, progress, terminal

PAGE = "START.md"


def write(folder: pathlib.Path, labs: Iterable[Description]) -> pathlib.Path:
    """Write the page of a student's folder.

    Parameters
    ----------
    folder : pathlib.Path
        The student's folder, which has a folder for each lab.
    labs : iterable of labkit.checks.exercise.Lab
        Those of the course, in their order.

    Raises
    ------
    labkit.files.Unwritable
        If it cannot be written.
    """
    rows = [_row(folder, lab) for lab in labs]
    begin = next((row for row in rows if not row["is_done"]), None)
    text = pages.render("start.md", rows=rows, begin=begin, command=terminal.command)
    files.write_text(folder / PAGE, text)
    return folder / PAGE


def is_in(folder: pathlib.Path) -> bool:
    """Tell whether `folder` has such a page, and not somebody's own file of that name."""
    title = pages.render("start.md", rows=[], begin=None, command=terminal.command).split("\n")[0]
    try:
        return (folder / PAGE).read_text("utf-8").startswith(f"{title}\n")
    except (OSError, ValueError):
        return False


def _row(folder: pathlib.Path, lab: Description) -> dict[str, Any]:
    path = document.copy_in(folder / lab.name, lab.name)
    entries = progress.Store(path.parent, lab.name).entries()
    view = progress.view(lab, entries)
    handed_in = (path.parent / handin.FOLDER / f"{lab.name}.ipynb").exists()
    state = "not begun"
    if entries:
        state = f"{view.earned:g} of {view.machine:g} points so far"
    if handed_in:
        state += ", handed in"
    return {
        "name": lab.name,
        "title": lab.title,
        "minutes": lab.minutes,
        "points": lab.points,
        "state": state,
        "link": urllib.parse.quote(f"{lab.name}/{path.name}") if path.exists() else "",
        "is_begun": bool(entries),
        "is_done": handed_in or (bool(entries) and view.next is None),
    }
