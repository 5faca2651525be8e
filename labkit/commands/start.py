"""A student's folder: the labs copied, set back, brought up to date, and a page to begin on."""

from __future__ import annotations

import os
import pathlib
import sys
from collections.abc import Callable

from labkit import files, labs
from labkit.commands import lab as opening
from labkit.notebook import document, handin, pages, progress
from labkit.notebook.working_copy import NoSuchExercise, WorkingCopy

PAGE = "START.md"


def home() -> pathlib.Path:
    """Return where the student's copies lie: ``LABKIT_WORK``, or a folder in the home folder."""
    named = os.environ.get("LABKIT_WORK", "").strip()
    return (
        pathlib.Path(named).expanduser() if named else pathlib.Path.home() / "labkit"
    ).absolute()


def copy_all(course: pathlib.Path, folder: pathlib.Path) -> list[str]:
    """Copy the labs that `folder` lacks, write its page, and return their names."""
    new = [
        name
        for name in labs.MODULES
        if (course / name / f"{name}.ipynb").is_file() and WorkingCopy(folder, name).start(course)
    ]
    write_page(folder)
    return new


def write_page(folder: pathlib.Path) -> pathlib.Path:
    """Write the page on which a student begins: the labs, their minutes and their state."""
    rows = [_row(folder, name) for name in labs.MODULES]
    begin = next((row["name"] for row in rows if not row["is_done"]), "")
    files.write_text(folder / PAGE, pages.render("start.md", rows=rows, begin=begin))
    return folder / PAGE


def _row(folder: pathlib.Path, name: str) -> dict[str, object]:
    lab = labs.load(name)
    path = folder / name / f"{name}.ipynb"
    entries = progress.Store(path.parent, name).entries()
    view = progress.view(lab, entries)
    handed_in = (path.parent / handin.FOLDER / path.name).exists()
    state = "not begun"
    if entries:
        state = f"{view.earned:g} of {view.machine:g} points so far"
    if handed_in:
        state += ", handed in"
    done = handed_in or (bool(entries) and view.next is None)
    return {
        "name": name,
        "title": lab.title,
        "minutes": lab.minutes,
        "points": lab.points,
        "state": state,
        "link": f"{name}/{name}.ipynb" if path.exists() else "",
        "is_done": done,
    }


def start(lab: str, folder: pathlib.Path | None) -> int:
    """Copy a lab into the student's folder."""
    place = (folder or home()).absolute()

    def act(course: pathlib.Path) -> int:
        copied = WorkingCopy(place, lab)
        new = copied.start(course)
        write_page(place)
        if new:
            print(f"labkit: {copied.path} is your copy. Open it: labkit lab {place}")
        else:
            print(
                f"labkit: {copied.path} is there already, and was left as it is."
                f" To begin anew: labkit reset {lab}"
            )
        return 0

    return _with_lab(lab, act)


def reset(lab: str, exercise: str, folder: pathlib.Path | None) -> int:
    """Set a lab, or one of its exercises, back to what was handed out."""
    place = (folder or home()).absolute()

    def act(course: pathlib.Path) -> int:
        kept = WorkingCopy(place, lab).reset(course, exercise)
        what = f"{exercise} in {lab}" if exercise else lab
        print(f"labkit: {what} is as it was handed out. What you had is kept: {kept}")
        print("If the notebook is open in JupyterLab: File, Reload Notebook from Disk.")
        return 0

    return _with_lab(lab, act)


def update(folder: pathlib.Path | None) -> int:
    """Bring every lab in the student's folder to the course's present version."""
    place = (folder or home()).absolute()
    course = opening.find_notebooks()
    if course is None:
        return _say("there are no notebooks of the course here. Start this in its folder.")
    status = 0
    for name in labs.MODULES:
        copied = WorkingCopy(place, name)
        if not copied.path.exists():
            continue
        try:
            done = copied.update(course)
        except (OSError, document.UnreadableError) as error:
            status = _say(f"{name} was left as it is: {error}")
            continue
        if done.kept is None:
            print(f"labkit: {name} is up to date")
        else:
            also = f" and {done.cells} cells of your own" if done.cells else ""
            print(
                f"labkit: {name} is new, with your {done.answers} answers{also}."
                f" What you had is kept: {done.kept}"
            )
    write_page(place)
    return status


def submit(lab: str, folder: pathlib.Path | None) -> int:
    """Make the file to hand in, as it was saved, and say what is open."""
    place = (folder or home()).absolute()

    def act(_: pathlib.Path) -> int:
        path = place / lab / f"{lab}.ipynb"
        handed = document.read(path)
        entries = progress.Store(path.parent, lab).entries()
        print(handin.make(labs.load(lab), handed, entries).text())
        write_page(place)
        return 0

    return _with_lab(lab, act)


def _with_lab(lab: str, act: Callable[[pathlib.Path], int]) -> int:
    if lab not in labs.MODULES:
        return _say(f"there is no lab {lab!r}; there are {', '.join(labs.MODULES)}")
    course = opening.find_notebooks()
    if course is None:
        return _say("there are no notebooks of the course here. Start this in its folder.")
    try:
        return act(course)
    except FileNotFoundError as error:
        return _say(f"there is no {error.filename}. Your copy is made by: labkit start {lab}")
    except (OSError, document.UnreadableError, NoSuchExercise) as error:
        return _say(str(error))


def _say(text: str) -> int:
    print(f"labkit: {text}", file=sys.stderr)
    return 1
