"""The boundary around each page over the whole class: no student and no page takes another away.

A page is made from all students. Where that fails, those who alone make it fail stand on it as not
graded; where it fails still, it is left out. Either is told in a line, and the others are made.
"""

import dataclasses
import errno
import pathlib
from collections.abc import Callable, Iterable, Mapping, Sequence

from labkit import files
from labkit.grading import boundary, harmless
from labkit.grading.graded import Graded

_MOST_NAMES = 8
_LONGEST = 300
# What keeps every other file from being written, too.
_OF_THE_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}


@dataclasses.dataclass(frozen=True)
class Made:
    """What a page is: its files, and what is said to people about them.

    Attributes
    ----------
    content : mapping of str to str or bytes
        By the file's path in the folder of the grades.
    said : tuple of str
    """

    content: Mapping[str, str | bytes]
    said: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Page:
    """A page, table or archive over the whole class.

    Attributes
    ----------
    name : str
        As people know it: its file's name, as a rule.
    make : callable
        Returns what it is for some students; it writes nothing.
    leaves_out : bool
        Whether who cannot be shown is not on it at all, and does not stand there as not graded.
    """

    name: str
    make: Callable[[Sequence[Graded]], Made]
    leaves_out: bool = False


@dataclasses.dataclass(frozen=True)
class Told:
    """What came of all pages.

    Attributes
    ----------
    said : list of str
        What the pages say to people.
    faults : list of str
        A line for each that could not be made or does not show everybody.
    """

    said: list[str] = dataclasses.field(default_factory=list)
    faults: list[str] = dataclasses.field(default_factory=list)


def write(
    pages: Iterable[Page],
    graded: Sequence[Graded],
    output: pathlib.Path,
    without: Callable[[Graded, str], Graded],
) -> Told:
    """Make each page on its own and write it.

    Parameters
    ----------
    pages : iterable of Page
    graded : sequence of Graded
    output : pathlib.Path
        The folder of the grades.
    without : callable
        Returns what stands for a student who cannot be shown, for the reason in a sentence.

    Raises
    ------
    files.Unwritable
        If the disk is full or nothing may be written to it.
    """
    told = Told()
    for page in pages:
        made, fault = _made(page, graded, without)
        if fault:
            told.faults.append(fault)
        if made is None:
            continue
        try:
            for name, content in made.content.items():
                files.write(output / name, content)
        except files.Unwritable as error:
            if error.errno in _OF_THE_DISK:
                raise
            told.faults.append(_unwritable(page, error))
        else:
            told.said.extend(made.said)
    return told


def _made(
    page: Page, graded: Sequence[Graded], without: Callable[[Graded, str], Graded]
) -> tuple[Made | None, str]:
    """Return what a page is, if it can be made, and what has to be told."""
    made, why = _tried(page, graded)
    if made is not None:
        return made, ""
    odd = {place: said for place, item in enumerate(graded) if (said := _tried(page, [item])[1])}
    if odd:
        others = [item for place, item in enumerate(graded) if place not in odd]
        all_of_them = [without(x, odd[n]) if n in odd else x for n, x in enumerate(graded)]
        made, _ = _tried(page, others if page.leaves_out else all_of_them)
    if made is None:
        return None, (
            f"{page.name} could not be made, and one that is there is from an earlier grading. "
            f"All else is new, and grades.csv is complete. The reason: {why}"
        )
    names = [graded[place].submission.student for place in odd]
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return made, (
        f"{page.name} does not show {', '.join(names[:_MOST_NAMES])}{more}: take their points from "
        f"grades.csv, which is complete. The reason: {next(iter(odd.values()))}"
    )


def _tried(page: Page, graded: Sequence[Graded]) -> tuple[Made | None, str]:
    """Return what a page is, in bytes; or nothing, and why."""
    try:
        made = page.make(graded)
        content = {name: _encoded(whole) for name, whole in made.content.items()}
        return Made(content, tuple(map(harmless.text, made.said))), ""
    except boundary.ClassFault as error:
        return None, harmless.line(str(error), _LONGEST)
    except Exception as error:
        said = harmless.line(f"{type(error).__name__}: {error}", _LONGEST)
        return None, f"{said}. Report this line to whoever looks after labkit."


def _encoded(content: str | bytes) -> bytes:
    # Bytes of a file that was read undecoded go back as they were.
    return content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content


def _unwritable(page: Page, error: files.Unwritable) -> str:
    return (
        f"{page.name} could not be written: {error.filename}: {error.strerror}. Close it if a "
        "program has it open, see that you may write there, and give the same command again: no "
        "notebook runs again for it."
    )
