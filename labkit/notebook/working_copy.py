"""A student's copies of the labs: made, set back, and brought up to date with every answer."""

from __future__ import annotations

import copy
import dataclasses
import datetime
import json
import pathlib
import re
from collections.abc import Iterator
from typing import Any

import labkit
from labkit import files
from labkit.notebook import document

KEPT = "kept"
"""The folder beside a notebook with what it was before it was set back or updated."""
_HANDED_OUT = "handed-out.ipynb"
_NUMBER_CELL = "your-number"
_NUMBER = """\
# This number is yours alone. It decides which images some exercises ask you about: leave it here.
lab.number = {}"""
_HAS_NUMBER = re.compile(r"lab\.number = ([0-9]+)")
_EARLIER = "## From the earlier version\n\nThe lab has no place for these answers any more."


class NoSuchExercise(Exception):
    """A lab has no such exercise; the message lists those that it has."""


@dataclasses.dataclass(frozen=True)
class Updated:
    """What an update did.

    Attributes
    ----------
    answers, cells : int
        How many answers and how many cells of the student's own were carried over.
    kept : pathlib.Path or None
        The notebook as it was; None if it was up to date.
    """

    answers: int = 0
    cells: int = 0
    kept: pathlib.Path | None = None


class WorkingCopy:
    """One lab in a student's folder.

    Parameters
    ----------
    folder : pathlib.Path
        The student's folder, which has a folder for each lab.
    lab : str
    """

    def __init__(self, folder: pathlib.Path, lab: str) -> None:
        self.lab = lab
        self.path = document.copy_in(folder / lab, lab)
        self.base = self.path.parent / document.KEPT / _HANDED_OUT

    def start(self, course: pathlib.Path) -> bool:
        """Copy the lab from the folder `course`; tell whether there was none yet."""
        if self.path.exists():
            return False
        content = _handed_out(course, self.lab).read_bytes()
        files.write(self.base, content)
        self._hand_out(0)
        return True

    def reset(self, course: pathlib.Path, exercise: str = "") -> pathlib.Path:
        """Set the lab, or one exercise, back to what was handed out.

        Parameters
        ----------
        course : pathlib.Path
            Where labs are handed out.
        exercise : str
            Its name; empty for the whole lab.

        Returns
        -------
        pathlib.Path
            What the notebook was before.

        Raises
        ------
        NoSuchExercise
            If the lab has no such exercise.
        """
        base = self.base if self.base.exists() else _handed_out(course, self.lab)
        handed = _load(base)
        if not exercise:
            kept = self._keep()
            files.write(self.base, base.read_bytes())
            self._hand_out(_number_in(kept.read_bytes()))
            self._forget(None)
            return kept
        stubs = _answers(handed)
        names = {exercise, f"{exercise}-answer"} & set(stubs)
        if not names:
            known = ", ".join(name.removesuffix("-answer") for name in stubs)
            raise NoSuchExercise(f"{self.lab} has no exercise {exercise!r}; it has {known}.")
        notebook = _load(self.path)
        for name in names:
            _put_back(notebook, handed, stubs[name])
        kept = self._keep()
        _store(self.path, notebook)
        self._forget(exercise)
        return kept

    def update(self, course: pathlib.Path) -> Updated:
        """Bring the lab's present version, with every answer and all own cells."""
        source = _handed_out(course, self.lab)
        new, old = _load(source), _load(self.path)
        if version(old) == version(new) and self._is_handed_out(source):
            return Updated()
        base = _load(self.base) if self.base.exists() else new
        merged, answers, cells = merge(new, old, base)
        kept = self._keep()
        _store(self.path, merged)
        files.write(self.base, source.read_bytes())
        return Updated(answers, cells, kept)

    def _hand_out(self, number: int) -> None:
        """Copy what was handed out, with a number for its student where exercises vary by it.

        Parameters
        ----------
        number : int
            The one that this student has; 0 for a new one.
        """
        content = self.base.read_bytes()
        notebook = _load(self.base)
        sources = list(map(document.text_of, notebook["cells"]))
        place = next((n for n, text in enumerate(sources, 1) if "labkit.setup(" in text), None)
        if place is None or not any(".yours()" in text for text in sources):
            files.write(self.path, content)
            return
        from labkit.checks import variants  # it loads NumPy, which most commands do not need

        number = number or variants.new_number()
        cell = {"cell_type": "code", "execution_count": None, "id": _NUMBER_CELL, "metadata": {}}
        cell |= {"outputs": [], "source": _NUMBER.format(number)}
        notebook["cells"].insert(place, cell)
        _store(self.path, notebook)

    def _is_handed_out(self, source: pathlib.Path) -> bool:
        """Tell whether `source` was handed out here, where no version says so."""
        if version(_load(source)):
            return True
        return self.base.exists() and self.base.read_bytes() == source.read_bytes()

    def _keep(self) -> pathlib.Path:
        now = datetime.datetime.now()
        for moment in (now + datetime.timedelta(seconds=more) for more in range(10_000)):
            path = self.path.parent / KEPT / f"{self.lab}-{moment:%Y%m%d-%H%M%S}.ipynb"
            if not path.exists():
                files.write(path, self.path.read_bytes())
                return path
        raise FileExistsError(f"{self.path.parent / KEPT} is full of copies; delete some.")

    def _forget(self, exercise: str | None) -> None:
        """Take what was set back out of the progress that is kept."""
        path = self.base.with_name("progress.json")
        try:
            kept = json.loads(path.read_text("utf-8"))
            entries = kept["exercises"]
            kept["exercises"] = {n: e for n, e in entries.items() if exercise not in (None, n)}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return
        files.write_text(path, json.dumps(kept, indent=1, ensure_ascii=False) + "\n")


def merge(
    new: dict[str, Any], old: dict[str, Any], base: dict[str, Any]
) -> tuple[dict[str, Any], int, int]:
    """Return the notebook `new` with what a student did in `old`, which was handed out as `base`.

    Returns
    -------
    tuple of (dict, int, int)
        The notebook, and how many answers and own cells it took over.
    """
    stubs = {name: document.text_of(cell) for name, cell in _answers(base).items()}
    given = {
        name: cell
        for name, cell in _answers(old).items()
        if document.text_of(cell).strip() != stubs.get(name, "").strip()
    }
    merged = copy.deepcopy(new)
    places = _answers(merged)
    for name, cell in given.items():
        if name in places:
            places[name]["source"] = cell.get("source", "")
            if "attachments" in cell:
                places[name]["attachments"] = cell["attachments"]
    own = list(_own_cells(old, base, new))
    for anchor, cell in reversed(own):
        merged["cells"].insert(_place_after(merged, anchor), _without_marks(cell))
    left = [cell for name, cell in given.items() if name not in places]
    if left:
        taken = {cell.get("id") for cell in merged["cells"]}
        name = next(
            n for n in map("from-earlier-{}".format, range(len(taken) + 1)) if n not in taken
        )
        note = {"cell_type": "markdown", "id": name, "metadata": {}, "source": _EARLIER}
        merged["cells"] += [note, *map(_without_marks, left)]
    return merged, len(given), len(own)


def _number_in(content: bytes) -> int:
    """Return the student's number in a notebook, which may be one that cannot be read."""
    found = _HAS_NUMBER.search(content.decode("utf-8", "replace"))
    return int(found[1]) if found else 0


def version(notebook: dict[str, Any]) -> str:
    """Return a notebook's version; empty if it names none."""
    metadata = notebook.get("metadata")
    own = metadata.get("labkit") if isinstance(metadata, dict) else None
    found = own.get("version") if isinstance(own, dict) else None
    return found if isinstance(found, str) else ""


def present_version(course: pathlib.Path, lab: str) -> str:
    """Return the version in which `course` hands out a lab; empty if it does not."""
    try:
        return version(_load(_handed_out(course, lab)))
    except (OSError, document.UnreadableError):
        return ""


def is_outdated(path: pathlib.Path, lab: str) -> bool:
    """Tell whether the notebook at `path` is another version than the course's beside this package.

    False where either names none, or cannot be read.
    """
    course = pathlib.Path(labkit.__file__).parent.parent / "notebooks"
    try:
        own = document.read(path).version
    except (OSError, document.UnreadableError):
        return False
    present = present_version(course, lab)
    return bool(own and present) and own != present


def _handed_out(course: pathlib.Path, lab: str) -> pathlib.Path:
    return course / lab / f"{lab}.ipynb"


def _own_cells(
    old: dict[str, Any], base: dict[str, Any], new: dict[str, Any]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the cells that the student added, each with the key of the cell that it follows."""
    course = {_key(cell) for notebook in (base, new) for cell in notebook["cells"]}
    anchor = ""
    for cell in old["cells"]:
        if _key(cell) in course:
            anchor = _key(cell)
        elif document.text_of(cell).strip() and not document.marks(cell):
            yield anchor, cell


def _place_after(notebook: dict[str, Any], anchor: str) -> int:
    keys = [_key(cell) for cell in notebook["cells"]]
    return keys.index(anchor) + 1 if anchor in keys else (0 if not anchor else len(keys))


def _key(cell: dict[str, Any]) -> str:
    return document.name_of(cell) or str(cell.get("id", ""))


def _answers(notebook: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        name: cell
        for cell in notebook["cells"]
        if (name := document.name_of(cell)) and document.marks(cell).get("solution")
    }


def _put_back(notebook: dict[str, Any], handed: dict[str, Any], stub: dict[str, Any]) -> None:
    """Put the handed-out cell in the student's place; after its predecessor if it is gone."""
    keys = [_key(cell) for cell in notebook["cells"]]
    key = _key(stub)
    if key in keys:
        notebook["cells"][keys.index(key)] = copy.deepcopy(stub)
        return
    order = [_key(cell) for cell in handed["cells"]]
    before = [k for k in order[: order.index(key)] if k in keys]
    place = keys.index(before[-1]) + 1 if before else 0
    notebook["cells"].insert(place, copy.deepcopy(stub))


def _without_marks(cell: dict[str, Any]) -> dict[str, Any]:
    plain = copy.deepcopy(cell)
    if isinstance(plain.get("metadata"), dict):
        plain["metadata"].pop("nbgrader", None)
    if plain.get("cell_type") == "code":
        plain |= {"outputs": [], "execution_count": None}
    return plain


def _load(path: pathlib.Path) -> dict[str, Any]:
    document.read(path)  # or raise what says that it is none
    notebook = json.loads(path.read_bytes())
    notebook["cells"] = [cell for cell in notebook["cells"] if isinstance(cell, dict)]
    return notebook


def _store(path: pathlib.Path, notebook: dict[str, Any]) -> None:
    files.write_text(path, json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")
