"""The notebook's file: where it lies, what its answer cells hold, and when it was saved."""

from __future__ import annotations

import dataclasses
import datetime
import json
import os
import pathlib
import re
from collections.abc import Mapping
from typing import Any

STUBS = (
    "*Double-click here, and write your answer in place of this line.*",
    # What earlier notebooks, and nbgrader's own, say.
    "Write your answer here.",
    "YOUR ANSWER HERE",
)
KEPT = ".labkit"
"""The folder beside a notebook that holds what labkit keeps of it."""


@dataclasses.dataclass(frozen=True)
class Document:
    """A notebook as it was saved.

    Attributes
    ----------
    path : pathlib.Path
    content : bytes
    cells : tuple of dict
        As in the file.
    version : str
        The version that was handed out; empty if the notebook names none.
    saved : datetime.datetime
    """

    path: pathlib.Path
    content: bytes
    cells: tuple[Mapping[str, Any], ...]
    version: str
    saved: datetime.datetime

    @property
    def sources(self) -> dict[str, str]:
        """The text of each answer cell, by its ``grade_id``."""
        return {
            name: text_of(cell)
            for cell in self.cells
            if (name := name_of(cell)) and marks(cell).get("solution")
        }


class UnreadableError(Exception):
    """A file is no notebook; the message says why."""


def read(path: pathlib.Path) -> Document:
    """Return the notebook at `path`.

    Raises
    ------
    OSError
        If there is no such file.
    UnreadableError
        If it is no notebook.
    """
    content = path.read_bytes()
    try:
        notebook = json.loads(content)
        cells = tuple(cell for cell in notebook["cells"] if isinstance(cell, dict))
        metadata = notebook.get("metadata")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UnreadableError(f"{path} is no notebook ({type(error).__name__}: {error})") from error
    own = metadata.get("labkit") if isinstance(metadata, dict) else None
    version = own.get("version") if isinstance(own, dict) else None
    changed = path.stat().st_mtime
    return Document(
        path,
        content,
        cells,
        version if isinstance(version, str) else "",
        datetime.datetime.fromtimestamp(changed).astimezone(),
    )


def of_this_kernel() -> pathlib.Path | None:
    """Return the file of the notebook that this kernel runs; None if nobody says."""
    named = os.environ.get("JPY_SESSION_NAME", "")
    if not named.endswith(".ipynb"):
        return None
    # Only here: in a box that grades there is no page, and not what knows it.
    from labkit.notebook.cells import cells

    path = pathlib.Path(named)
    # The page knows what it is called now, the kernel what it was called when it started.
    names = [pathlib.PurePosixPath(cells.page.path).name] if cells.page else []
    places = [path.with_name(name) for name in names if name.endswith(".ipynb")]
    return next((place for place in (*places, path) if place.is_file()), None)


def copy_in(folder: pathlib.Path, lab: str) -> pathlib.Path:
    """Return where a student's copy of a lab lies in its folder, or would lie.

    Somebody may have given it another name: then it is the notebook that sets up this lab; of
    several, the one that was saved last.
    """
    path = folder / f"{lab}.ipynb"
    if path.exists() or not folder.is_dir():
        return path
    others = [other for other in sorted(folder.glob("*.ipynb")) if _sets_up(other, lab)]
    return max(others, key=lambda other: other.stat().st_mtime, default=path)


def _sets_up(path: pathlib.Path, lab: str) -> bool:
    call = re.compile(rf"labkit\.setup\(\s*[\"']{re.escape(lab)}[\"']")
    try:
        return any(call.search(text_of(cell)) for cell in read(path).cells)
    except (OSError, UnreadableError):
        return False


def name_of(cell: Mapping[str, Any]) -> str:
    """Return a cell's ``grade_id``; empty if it has none."""
    name = marks(cell).get("grade_id")
    return name if isinstance(name, str) else ""


def marks(cell: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what nbgrader's metadata say of a cell."""
    metadata = cell.get("metadata")
    found = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return found if isinstance(found, dict) else {}


def text_of(cell: Mapping[str, Any]) -> str:
    """Return a cell's text, which a file may hold as a list of lines."""
    source = cell.get("source", "")
    if isinstance(source, list):
        return "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""


def is_answered(text: str) -> bool:
    """Tell whether a free-text answer holds more than what it was handed out with."""
    return bool(text.strip()) and text.strip() not in STUBS
