"""Which of the files of one student counts.

In this order: the notebook that is this lab's, the platform's number of the attempt, the time that
the platform gives, the later of folders that are counted, the later of two downloads, a place and a
name as the course hands them out, the time of the file where such times mean something, the number
that a browser puts after a name, and how much is written in it. Never the alphabet.
"""

import dataclasses
import functools
import hashlib
import pathlib
import re
from collections.abc import Callable, Container, Sequence

from labkit.grading.submissions import archives, entries, turns, whose
from labkit.grading.submissions.platforms import said

_NAMES_TOLD = 8
_MAX_NAME = 60
# A zip file knows times to two seconds, and copying takes a moment.
_AT_ONCE = 5.0
_THIS, _UNKNOWN, _BROKEN, _OTHER = 3, 2, 1, 0
_HIDDEN = entries.HIDDEN
EARLIER = "an earlier version"
_PAGES = {said.TEXT: "a text was handed in", said.LINK: "a link was handed in"}


@dataclasses.dataclass(frozen=True)
class File:
    """A file of one student, and what the platform says about it.

    Of two downloads the later one has the later state; `packed` says which that is, in seconds
    since 1970, where the files come from several.
    """

    entry: entries.Entry
    said: said.Said
    packed: float = 0.0

    @property
    def is_notebook(self) -> bool:
        return self.said.file.lower().endswith(".ipynb") or (
            self.entry.is_notebook and not self.said.file
        )


@dataclasses.dataclass(frozen=True)
class Choice:
    """What counts of the files of one student.

    Attributes
    ----------
    taken : File or None
        The notebook; None if there is none that can be taken.
    problem : str
        Why there is none; empty if there is one.
    doubt : str
        Why what was taken is most likely no notebook; empty if it is one.
    notes : tuple of str
        For the student.
    fates : dict of entries.Entry to str
        What became of each of the other files.
    """

    taken: File | None
    problem: str
    notes: tuple[str, ...]
    fates: dict[entries.Entry, str]
    doubt: str = ""


@dataclasses.dataclass
class _Candidate:
    file: File
    content: whose.Content
    fit: int = _UNKNOWN
    digest: str = ""


Look = Callable[[bytes], whose.Content]


def choose(
    files: Sequence[File], lab: str, most: int, file_times: bool, look: Look = whose.look
) -> Choice:
    """Choose among `files`, which are all of one student.

    Parameters
    ----------
    files : sequence of File
    lab : str
    most : int
        The largest number of bytes that is read of a file.
    file_times : bool
        Whether the times of the files themselves mean something.
    look : callable
        From a file's bytes to what it holds.
    """
    fates: dict[entries.Entry, str] = {}
    given = {file.entry for file in files}
    files = _opened(files, most, fates)
    candidates, others = _sorted(files, lab, look, fates)
    if not any(item.fit > _BROKEN and not item.content.problem for item in candidates):
        # Browsers, systems and people change endings: then the content has to say what it is.
        again = _opened(files, most, fates, functools.partial(_holds_files, given))
        if again != list(files):
            files = again
            candidates, others = _sorted(files, lab, look, fates)
        found = [_Candidate(file, *_looked_at(file, lab, look)) for file in others if _read(file)]
        found = [item for item in found if item.content.lab]
        candidates += found
        hidden = {item.file.entry for item in found}
        others = [file for file in others if file.entry not in hidden]
        fates = {entry: why for entry, why in fates.items() if entry not in hidden}
    for candidate in candidates:
        if candidate.fit == _OTHER:
            fates[candidate.file.entry] = f"it is the notebook of {candidate.content.lab}"
    fitting = [item for item in candidates if item.fit > _BROKEN]
    if fitting:
        return _of_fitting(fitting, candidates, others, lab, file_times, fates)
    return _of_none(candidates, others, files, lab, fates)


def _sorted(
    files: Sequence[File], lab: str, look: Look, fates: dict[entries.Entry, str]
) -> tuple[list[_Candidate], list[File]]:
    """Return what is called a notebook, and the rest, with the reasons in `fates`."""
    candidates, others = [], []
    for file in files:
        why = _why_not(file)
        if why:
            fates[file.entry] = why
            others.append(file)
        else:
            candidates.append(_Candidate(file, *_looked_at(file, lab, look)))
    return candidates, others


def _read(file: File) -> bool:
    """Tell whether a file was handed in, and can be read."""
    return file.said.kind == said.FILE and not file.entry.folder and not file.entry.problem


def _looked_at(file: File, lab: str, look: Look) -> tuple[whose.Content, int, str]:
    if file.entry.problem:
        return whose.Content(problem=file.entry.problem), _BROKEN, ""
    try:
        content = file.entry.read()
    except (OSError, ValueError) as error:
        return whose.Content(problem=str(error)), _BROKEN, ""
    found = look(content)
    # What looks like no notebook at all may still be one to those who mend it.
    fit = _THIS if found.lab == lab else _OTHER if found.lab else _UNKNOWN
    return found, fit, hashlib.sha256(content).hexdigest()


def _why_not(file: File) -> str:
    """Return why a file is no notebook that could count; empty if it may be one."""
    if file.said.kind != said.FILE:
        return _PAGES.get(file.said.kind, "the platform put it there")
    if file.entry.folder:
        return file.entry.problem or "the folder is empty"
    if not file.is_notebook:
        return "it is no notebook"
    return ""


# --- zip files that a student handed in ---------------------------------------------------------


def _is_zip(file: File, files: Sequence[File], _: int) -> bool:
    """Tell whether a file is called a zip file, and there is no notebook beside it."""
    beside = (item.is_notebook and _together(item, file) for item in files)
    return file.entry.is_zip and not any(beside)


def _holds_files(given: Container[entries.Entry], file: File, _: Sequence[File], most: int) -> bool:
    """Tell whether notebooks are in a file that was handed in, whatever it is called."""
    try:
        content = file.entry.read() if file.entry in given else b""
    except (OSError, ValueError):
        return False
    if not archives.is_zip(content):
        return archives.is_archive(content)
    # The files of many programs are zip files, too.
    return any(item.is_notebook for item in archives.unpacked(file.entry, most))


def _opened(
    files: Sequence[File],
    most: int,
    fates: dict[entries.Entry, str],
    holds: Callable[[File, Sequence[File], int], bool] = _is_zip,
) -> list[File]:
    """Put what is in archives in their place, those of the files that hold something."""
    kept = []
    for file in files:
        if not _read(file) or not holds(file, files, most):
            kept.append(file)
            continue
        inside = []
        for item in archives.unpacked(file.entry, most):
            if item.left_behind:
                fates[item] = "a machine left it there"
                continue
            below = "/".join(item.parts[len(file.entry.parts) :])
            name = f"{file.said.file}/{below}" if below else file.said.file
            inside.append(File(item, dataclasses.replace(file.said, file=name), file.packed))
        fates[file.entry] = "it was opened"
        kept += inside
    return kept


def _together(one: File, other: File) -> bool:
    same = (one.said.attempt, one.said.time) == (other.said.attempt, other.said.time)
    return same and not turns.apart(one.said.file, other.said.file)


# --- choosing --------------------------------------------------------------------------------


def _of_fitting(
    fitting: list[_Candidate],
    candidates: list[_Candidate],
    others: list[File],
    lab: str,
    file_times: bool,
    fates: dict[entries.Entry, str],
) -> Choice:
    best = max(item.fit for item in fitting)
    fitting = [item for item in fitting if item.fit == best] if best == _THIS else fitting
    time = _time_of(fitting, file_times)
    last = max(map(_when, fitting))
    turn = turns.of([item.file.said.file for item in fitting if _when(item) == last])

    def order(item: _Candidate) -> tuple:
        """Return what says which is the later one."""
        place = _place(item.file.said.file, lab)
        readable = not item.content.problem
        told = *_when(item), turn(item.file.said.file), item.file.packed
        return (readable, *told, place, time(item), _number(item))

    def fullest(item: _Candidate) -> tuple:
        return (*order(item), item.content.written, item.digest)

    taken = max(fitting, key=fullest)
    versions = {item.digest for item in fitting}
    equal = {item.digest for item in fitting if order(item) == order(taken)}
    for item in candidates:
        if item is not taken and item.file.entry not in fates:
            fates[item.file.entry] = item.content.problem or EARLIER
            if item.digest == taken.digest:
                fates[item.file.entry] = "the same once more"
            elif item.fit == _UNKNOWN and taken.fit == _THIS:
                fates[item.file.entry] = "nothing of this lab is in it"
    notes = []
    if len(versions) > 1:
        notes.append(f"{len(versions)} notebooks were handed in; {_which(equal)}")
    broken = [item for item in candidates if item.fit == _BROKEN and _when(item) > _when(taken)]
    for item in broken:
        name = _short(_base(item.file))
        notes.append(f"{name} was handed in later and could not be read: {item.content.problem}.")
    if _base(taken.file) != f"{lab}.ipynb":
        notes.append(f"The file was called {_base(taken.file)}.")
    notes += _left_out([_shown(file, taken.file) for file in others if _told(file, taken.file)])
    return Choice(taken.file, "", tuple(notes), fates, taken.content.problem)


def _which(equal: set[str]) -> str:
    if len(equal) == 1:
        return "the last one counts."
    return "nothing says which is the last, so the one in which most is written counts."


def _when(item: _Candidate) -> tuple[int, float]:
    """Return the platform's attempt and time."""
    return item.file.said.attempt, item.file.said.time or 0.0


def _time_of(fitting: list[_Candidate], file_times: bool) -> Callable[[_Candidate], float]:
    """Return how late a file is, by its own time; all are equal where that says nothing."""
    times = [item.file.entry.time for item in fitting if item.file.entry.time is not None]
    apart = file_times and times and max(times) - min(times) > _AT_ONCE
    return lambda item: (item.file.entry.time or 0.0) if apart else 0.0


def _place(file: str, lab: str) -> int:
    """Return how much a file lies where, and is called as, the course hands it out."""
    path = pathlib.PurePosixPath(file)
    if str(path.parent) in (".", lab):
        return 2 if lab in path.name else 1
    return 1 if lab in path.parts[:-1] or lab in path.name else 0


def _number(item: _Candidate) -> int:
    """Return the number that platforms and browsers put after the name of a second file."""
    stem = pathlib.PurePosixPath(item.file.said.file).stem
    found = re.search(r"(?:[ _]*\((\d{1,4})\)|[ _-][vV]?(\d{1,3}))$", stem)
    return int(found[1] or found[2]) if found else 0


def _of_none(
    candidates: list[_Candidate],
    others: list[File],
    files: Sequence[File],
    lab: str,
    fates: dict[entries.Entry, str],
) -> Choice:
    """Say why nothing can be graded: what was handed in instead."""
    broken = [item for item in candidates if item.fit == _BROKEN]
    wrong = [item for item in candidates if item.fit == _OTHER]
    pages = sorted({_PAGES[file.said.kind] for file in files if file.said.kind in _PAGES})
    notes = _left_out([_shown(file, None) for file in others if file.said.kind == said.FILE])
    taken = None
    if broken:
        last = max(broken, key=_when)
        taken, problem = last.file, last.content.problem
        fates[last.file.entry] = problem
    elif wrong:
        told = "; ".join(
            sorted({f"{_short(_base(i.file))} is that of {i.content.lab}" for i in wrong})
        )
        problem = f"there is no notebook of {lab}: {told}"
    elif pages:
        problem = f"there is no notebook: {' and '.join(pages)}"
    elif packed := _packed_strangely(others):
        problem = f"there is no notebook: {packed}, and only zip and tar files are opened"
    else:
        refused = [file.entry.problem for file in others if file.entry.problem not in ("", _HIDDEN)]
        problem = (refused or ["there is no notebook"])[0]
    return Choice(taken, problem, tuple(notes), fates)


def _packed_strangely(files: Sequence[File]) -> str:
    """Say which files are archives of a kind that cannot be opened; empty if there are none."""
    told = []
    for file in filter(_read, files):
        try:
            name = archives.strange(file.entry.read())
        except (OSError, ValueError):
            continue
        told += [f"{_short(_base(file))} is a {name}"] if name else []
    return "; ".join(told[:_NAMES_TOLD])


# --- telling the student -------------------------------------------------------------------------


def _base(file: File) -> str:
    return pathlib.PurePosixPath(file.said.file).name or file.entry.name


def _folder(file: File) -> tuple[str, ...]:
    return pathlib.PurePosixPath(file.said.file).parts[:-1]


def _told(file: File, taken: File) -> bool:
    """Tell whether a file lies beside the notebook, so that its student asks what became of it."""
    if file.said.kind != said.FILE or file.entry.problem == _HIDDEN:
        return file.said.kind in _PAGES
    below = pathlib.PurePosixPath(file.said.file).parts[len(_folder(taken)) :]
    beside = pathlib.PurePosixPath(file.said.file).parts[: len(_folder(taken))] == _folder(taken)
    return beside and bool(below) and not said.of_a_course(below[0])


def _shown(file: File, taken: File | None) -> str:
    """Return the file's name, or that of the folder beside the notebook that it lies in."""
    depth = len(_folder(taken)) + 1 if taken else 1
    return "/".join(pathlib.PurePosixPath(file.said.file).parts[:depth]) or file.entry.name


def _short(name: str) -> str:
    return " ".join(name.split())[:_MAX_NAME]


def _left_out(names: list[str]) -> list[str]:
    """Return the note on files that are not taken; none if there are none."""
    names = sorted(set(names))
    if not names:
        return []
    told = [_short(name) for name in names[:_NAMES_TOLD]]
    if len(names) > len(told):
        told.append(f"{len(names) - len(told)} more")
    return [f"Only the notebook is graded; left out: {', '.join(told)}."]
