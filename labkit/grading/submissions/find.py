"""Find the submissions of a lab: in a folder, or in the zip files that Moodle and Canvas give.

Nothing is unpacked to disk and no link is followed. A file that cannot be taken becomes a
submission with a `problem`, so that it has its row in the grades and stops nobody else's.

No lab asks for a file beside its notebook, and so none is taken: what lies there can shadow no
module. The student is told which files were left out.
"""

import collections
import dataclasses
import datetime
import hashlib
import io
import os
import pathlib
import re
import stat
import zipfile
from collections.abc import Callable, Iterable

from labkit import labs
from labkit.grading.submissions import repair

MAX_BYTES = repair.MAX_BYTES
_MAX_ENTRIES = 20_000
_DEPTH = 3
_NAMES_TOLD = 8
_MAX_NAME = 60
_NOT_STUDENTS = {".DS_Store", ".git", ".ipynb_checkpoints", "__MACOSX"}
_MOODLE = re.compile(r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_file_?/?(?P<file>.+)", re.DOTALL)
_CANVAS = re.compile(
    r"(?P<name>[^/_]+)_(?P<late>LATE_)?(?P<id>\d+)_(?P<submission>\d+)_(?P<file>[^/]+)", re.DOTALL
)
MOODLE, CANVAS = "moodle", "canvas"
_PLATFORMS = {MOODLE: _MOODLE, CANVAS: _CANVAS}


class SubmissionsError(ValueError):
    """The submissions cannot be found; the message says what to do."""


@dataclasses.dataclass(frozen=True)
class Submission:
    """What one student handed in.

    Attributes
    ----------
    student : str
        As the folder or the learning platform names them.
    key : str
        The same in a form that is safe as a file name.
    read : callable
        Returns the bytes of the notebook. May raise OSError or ValueError.
    notes : tuple of str
    problem : str
        Why it cannot be taken; empty if it can.
    late : bool
    platform : str
        The learning platform whose zip file it came in; empty if in none.
    name, number : str
        The student's on that platform.
    """

    student: str
    key: str
    read: Callable[[], bytes]
    notes: tuple[str, ...] = ()
    problem: str = ""
    late: bool = False
    platform: str = ""
    name: str = ""
    number: str = ""


@dataclasses.dataclass(frozen=True)
class _Candidate:
    """A file that may be a student's notebook; surely not if it is `beside` one."""

    file: str
    time: float
    read: Callable[[], bytes]
    problem: str = ""
    beside: bool = False
    late: bool = False
    platform: str = ""
    name: str = ""
    number: str = ""


def find(place: pathlib.Path, lab: str, due: datetime.datetime | None = None) -> list[Submission]:
    """Return the submissions of `lab` in `place`, one for each student, by name.

    Parameters
    ----------
    place : pathlib.Path
        A folder with a folder for each student, a folder with zip files, or a zip file.
    lab : str
    due : datetime, optional
        What was last changed later is marked as late.

    Raises
    ------
    SubmissionsError
        If there is no such place or nothing in it.
    """
    found: dict[str, list[_Candidate]] = collections.defaultdict(list)
    if place.is_file():
        _from_zip(place, found)
    elif place.is_dir():
        for item in sorted(place.iterdir()):
            if item.suffix.lower() == ".zip" and item.is_file() and not item.is_symlink():
                _from_zip(item, found)
            elif item.name not in _NOT_STUDENTS:
                _from_folder(item, lab, found)
    else:
        raise SubmissionsError(f"There is no {place}: name the folder with --submissions.")
    if not found:
        raise SubmissionsError(
            f"There are no submissions in {place}: it should hold a folder for each student, "
            "or the zip file of the learning platform."
        )
    return [_choose(student, found[student], lab, due) for student in sorted(found)]


def safe_name(student: str) -> str:
    """Return `student` if it can be a file's name, else something like it that can."""
    # A name that looks like one made below could be that of another student.
    made = re.search(r"-[0-9a-f]{8}$", student)
    if re.fullmatch(r"(?!\.)[\w.@ -]{1,80}(?<![. ])", student) and not made:
        return student
    plain = re.sub(r"[^\w-]+", "-", student).strip("-")[:60]
    return f"{plain or 'student'}-{hashlib.sha256(_bytes(student)).hexdigest()[:8]}"


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


# --- folders --------------------------------------------------------------------------------


def _from_folder(item: pathlib.Path, lab: str, found: dict[str, list[_Candidate]]) -> None:
    student = item.name
    if item.is_symlink():
        found[student].append(_refused(student, "the student's folder is a link"))
    elif item.is_dir():
        found[student] += _notebooks_in(item, lab)


def _notebooks_in(folder: pathlib.Path, lab: str) -> list[_Candidate]:
    named = [folder / f"{lab}.ipynb", folder / lab / f"{lab}.ipynb"]
    here = [path for path in named if os.path.lexists(path)]
    if not here:
        here = list(_search(folder, _DEPTH))
    elif any(path.parent == folder for path in here):
        # A platform or a browser numbers what is handed in again: "lab (1).ipynb".
        again = re.compile(re.escape(lab) + r"[ _-]*\(?\d+\)?\.ipynb")
        here += [path for path in folder.iterdir() if again.fullmatch(path.name)]
    notebooks = [_file(path, folder) for path in here]
    return [*notebooks, *_beside(folder, {path.parent for path in here} or {folder})]


def _beside(folder: pathlib.Path, places: set[pathlib.Path]) -> list[_Candidate]:
    """Return what else a student handed in; folders of other labs and their notebooks are not."""
    others = [
        path
        for place in sorted(places)
        if not place.is_symlink()
        for path in sorted(place.iterdir())
        if path.suffix.lower() != ".ipynb" and path not in places
    ]
    known = _NOT_STUDENTS | set(labs.MODULES)
    return [
        _Candidate(str(path.relative_to(folder)), 0.0, bytes, beside=True)
        for path in others
        if path.name not in known
    ]


def _search(folder: pathlib.Path, depth: int) -> Iterable[pathlib.Path]:
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        if path.suffix.lower() == ".ipynb":
            yield path
        elif depth > 1 and path.is_dir() and not path.is_symlink():
            yield from _search(path, depth - 1)


def _file(path: pathlib.Path, folder: pathlib.Path) -> _Candidate:
    name = str(path.relative_to(folder))
    if path.parent.is_symlink():
        return _refused(name, "its folder is a link")
    facts = os.lstat(path)
    if stat.S_ISLNK(facts.st_mode):
        return _refused(name, "it is a link to another file")
    if stat.S_ISDIR(facts.st_mode):
        return _refused(name, "it is a folder, not a file")
    if not stat.S_ISREG(facts.st_mode):
        return _refused(name, "it is not an ordinary file")
    if facts.st_size > MAX_BYTES:
        return _refused(name, f"it is larger than {MAX_BYTES // 2**20} MiB")
    return _Candidate(name, facts.st_mtime, lambda: _read_file(path))


def _read_file(path: pathlib.Path) -> bytes:
    # Between looking and reading, the file could have become a link.
    with open(os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)), "rb") as file:
        return file.read(MAX_BYTES + 1)


def _refused(name: str, problem: str) -> _Candidate:
    return _Candidate(name, 0.0, bytes, problem)


# --- zip files ------------------------------------------------------------------------------


def _from_zip(path: pathlib.Path, found: dict[str, list[_Candidate]]) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError) as error:
        raise SubmissionsError(
            f"{path.name} is not a zip file that can be read: {error}"
        ) from error
    if len(entries) > _MAX_ENTRIES:
        raise SubmissionsError(f"{path.name} holds more than {_MAX_ENTRIES:,} files.")
    for entry in entries:
        for platform, pattern in _PLATFORMS.items():
            match = pattern.fullmatch(entry.filename)
            if match is not None and not entry.is_dir():
                candidate = _entry_of(path, entry, platform, match.groupdict())
                found[f"{candidate.name}_{candidate.number}"].append(candidate)
                break


def _entry_of(
    path: pathlib.Path, entry: zipfile.ZipInfo, platform: str, fields: dict[str, str | None]
) -> _Candidate:
    return dataclasses.replace(
        _entry(path, entry, fields["file"]),
        late=bool(fields.get("late")),
        platform=platform,
        name=fields["name"],
        number=fields["id"],
    )


def _entry(path: pathlib.Path, entry: zipfile.ZipInfo, name: str) -> _Candidate:
    if ".." in pathlib.PurePosixPath(entry.filename.replace("\\", "/")).parts:
        return _refused(name, "its name in the zip file points out of it")
    if stat.S_ISLNK(entry.external_attr >> 16):
        return _refused(name, "it is a link in the zip file")
    if entry.file_size > MAX_BYTES:
        return _refused(name, f"it is larger than {MAX_BYTES // 2**20} MiB")
    time = datetime.datetime(*entry.date_time).timestamp()
    return _Candidate(name, time, lambda: _read_entry(path, entry))


def _read_entry(path: pathlib.Path, entry: zipfile.ZipInfo) -> bytes:
    with zipfile.ZipFile(path) as archive:
        content = _unpacked(archive, entry)
    if entry.filename.lower().endswith(".zip"):
        return _only_notebook(content)
    return content


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    try:
        with archive.open(entry) as file:
            content = file.read(MAX_BYTES + 1)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise ValueError(f"it cannot be unpacked: {error}") from error
    if len(content) > MAX_BYTES:
        raise ValueError(f"unpacked, it is larger than {MAX_BYTES // 2**20} MiB")
    return content


def _only_notebook(content: bytes) -> bytes:
    """Return the notebook in a zip file that a student handed in."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            inside = [
                entry
                for entry in archive.infolist()
                if entry.filename.lower().endswith(".ipynb")
                and not entry.filename.startswith("__MACOSX")
            ]
            if len(inside) != 1:
                raise ValueError(f"the zip file that was handed in has {len(inside)} notebooks")
            if inside[0].file_size > MAX_BYTES:
                raise ValueError(f"unpacked, it is larger than {MAX_BYTES // 2**20} MiB")
            return _unpacked(archive, inside[0])
    except zipfile.BadZipFile as error:
        raise ValueError("it is not a zip file") from error


# --- choosing -------------------------------------------------------------------------------


def _choose(
    student: str, candidates: list[_Candidate], lab: str, due: datetime.datetime | None
) -> Submission:
    """Return the submission that counts: the last one that is a notebook."""
    key = safe_name(student)
    fitting = [item for item in candidates if _may_be_notebook(item)]
    left_out = [item.file for item in candidates if not _may_be_notebook(item)]
    named = [item for item in fitting if lab in item.file] or fitting
    if not named:
        refused = [item.problem for item in candidates if item.problem]
        problem = (refused or ["there is no notebook"])[0]
        first = candidates[0] if candidates else _refused("", problem)
        taken = dataclasses.replace(first, problem=problem)
        return _submission(student, key, taken, _left_out(left_out))
    last = max(named, key=lambda item: (not item.problem, item.time, item.file))
    notes = []
    if len(named) > 1:
        notes.append(f"{len(named)} notebooks were handed in; the last one counts.")
    if pathlib.PurePath(last.file).name != f"{lab}.ipynb":
        notes.append(f"The file was called {pathlib.PurePath(last.file).name}.")
    late = last.late or (due is not None and last.time > due.timestamp())
    if late:
        notes.append("It was handed in late.")
    notes += _left_out(left_out)
    return _submission(student, key, dataclasses.replace(last, late=late), notes)


def _may_be_notebook(item: _Candidate) -> bool:
    return not item.beside and item.file.lower().endswith((".ipynb", ".zip"))


def _left_out(files: list[str]) -> list[str]:
    """Return the note on files that are not taken; none if there are none."""
    if not files:
        return []
    told = [" ".join(name.split())[:_MAX_NAME] for name in files[:_NAMES_TOLD]]
    if len(files) > len(told):
        told.append(f"{len(files) - len(told)} more")
    return [f"Only the notebook is graded; left out: {', '.join(told)}."]


def _submission(student: str, key: str, taken: _Candidate, notes: list[str]) -> Submission:
    return Submission(
        student,
        key,
        taken.read,
        tuple(notes),
        taken.problem,
        taken.late,
        taken.platform,
        taken.name,
        taken.number,
    )
