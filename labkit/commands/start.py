"""A student's folder: the labs copied, set back, brought up to date, and a page to begin on."""

from __future__ import annotations

import os
import pathlib
import sys
from collections.abc import Callable

from labkit import files, labs
from labkit.commands import lab as opening
from labkit.notebook import document, handin, progress, start_page, terminal
from labkit.notebook.working_copy import NoSuchExercise, WorkingCopy

PAGE = start_page.PAGE
_RELOAD = "If the notebook is open in JupyterLab: File, Reload Notebook from Disk."
_NO_COURSE = "there are no notebooks of the course here. Start this in its folder."


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


def write_page(folder: pathlib.Path) -> None:
    """Write the page on which a student begins."""
    start_page.write(folder, map(labs.load, labs.MODULES))


def start(lab: str, folder: pathlib.Path | None) -> int:
    """Copy a lab into the student's folder."""
    place = (folder or home()).absolute()

    def act(course: pathlib.Path) -> int:
        copied = WorkingCopy(place, lab)
        new = copied.start(course)
        write_page(place)
        if new:
            print(f"labkit: {copied.path} is your copy. Open it: {_typed('lab', place)}")
        else:
            print(
                f"labkit: {copied.path} is there already, and was left as it is."
                f" To begin anew: {_typed('reset', lab, '--folder', place)}"
            )
        return 0

    return _with_lab(lab, act)


def reset(lab: str, exercise: str, folder: pathlib.Path | None) -> int:
    """Set a lab, or one of its exercises, back to what was handed out."""
    place = (folder or home()).absolute()

    def act(course: pathlib.Path) -> int:
        name = _name_of(lab, exercise)
        kept = WorkingCopy(place, lab).reset(course, name)
        what = f"{name} in {lab}" if name else lab
        print(f"labkit: {what} is as it was handed out. What you had is kept: {kept}")
        print(_RELOAD)
        write_page(place)
        return 0

    return _with_lab(lab, act, anywhere=True)


def update(folder: pathlib.Path | None) -> int:
    """Bring every lab in the student's folder to the course's present version."""
    place = (folder or home()).absolute()
    course = opening.find_notebooks()
    if course is None:
        return _say(_NO_COURSE)
    if not any(WorkingCopy(place, name).path.exists() for name in labs.MODULES):
        made = _typed("start", next(iter(labs.MODULES)), place)
        return _say(f"there are no copies of labs in {place}. One is made by: {made}")
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
            print(
                f"labkit: {name} is the course's present version now, with what you wrote:"
                f" {_many(done.answers, 'answer')} and {_many(done.cells, 'cell')} of your own."
                f" What you had is kept: {done.kept}"
            )
            print(_RELOAD)
    write_page(place)
    return status


def submit(lab: str, folder: pathlib.Path | None) -> int:
    """Make the file to hand in, as it was saved, and say what is open."""
    place = (folder or home()).absolute()

    def act(_: pathlib.Path) -> int:
        handed = document.read(WorkingCopy(place, lab).path)
        entries = progress.Store(handed.path.parent, lab).entries()
        print(handin.make(labs.load(lab), handed, entries).text())
        write_page(place)
        return 0

    return _with_lab(lab, act, anywhere=True)


def _with_lab(lab: str, act: Callable[[pathlib.Path], int], anywhere: bool = False) -> int:
    """Do what `act` does with the course's notebooks; `anywhere`: also where there are none."""
    if lab not in labs.MODULES:
        return _say(f"there is no lab {lab!r}; there are {', '.join(labs.MODULES)}")
    course = opening.find_notebooks()
    if course is None and not anywhere:
        return _say(_NO_COURSE)
    course = course or pathlib.Path("notebooks")
    try:
        return act(course)
    except (FileNotFoundError, NotADirectoryError) as error:
        made = terminal.command("start", lab)
        return _say(f"there is no {error.filename}. Your copy is made by: {made}")
    except (files.Unwritable, document.UnreadableError, NoSuchExercise) as error:
        return _say(str(error))
    except OSError as error:
        return _say(f"{error.filename} cannot be read: {error.strerror}")


def _name_of(lab: str, exercise: str) -> str:
    """Return the name of an exercise that may be told by its number, or as the check calls it."""
    names = {str(item.number): item.name for item in labs.load(lab).exercises}
    return names.get(exercise, exercise.replace("_", "-"))


def _typed(*words: str | pathlib.Path) -> str:
    """Return the command to type, without the folder where it is the one that is taken anyway."""
    if words[-1] == home():
        words = words[:-2] if words[-2] == "--folder" else words[:-1]
    return terminal.command(*map(str, words))


def _many(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _say(text: str) -> int:
    print(f"labkit: {text}", file=sys.stderr)
    return 1
