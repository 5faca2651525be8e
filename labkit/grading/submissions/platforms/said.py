"""What a platform's download says about a file that lies in it, by names alone."""

import dataclasses
from collections.abc import Callable, Iterable

from labkit import labs
from labkit.grading.submissions import entries

FILE, TEXT, LINK, PAPER = "file", "text", "link", "paper"
"""What was handed in; PAPER is what the platform itself put into the download."""


@dataclasses.dataclass(frozen=True)
class Said:
    """What the names say about one file.

    Attributes
    ----------
    student : str
        The same for all files of one student, and for no other's.
    file : str
        Its own name, as the student gave it, with its folders.
    name, number, login, email : str
        The student's; empty where the names do not say it.
    time : float or None
        When it was handed in, in seconds since 1970.
    late : bool
        Whether the platform marked it as late.
    attempt : int
        The larger, the later; only to be compared within one student.
    kind : str
        One of the words above.
    team : bool
        Whether the student is a team.
    members : tuple of Said
        Where the platform says who the team are, the same for each of them: it is theirs then.
    """

    student: str
    file: str
    name: str = ""
    number: str = ""
    login: str = ""
    email: str = ""
    time: float | None = None
    late: bool = False
    attempt: int = 0
    kind: str = FILE
    team: bool = False
    members: "tuple[Said, ...]" = ()


@dataclasses.dataclass(frozen=True)
class Tree:
    """What lies in one place: a folder or a zip file.

    Attributes
    ----------
    items : tuple of entries.Entry
        Without what machines left behind.
    lab : str
    left_behind : tuple of entries.Entry
    """

    items: tuple[entries.Entry, ...]
    lab: str
    left_behind: tuple[entries.Entry, ...] = ()

    @property
    def notebooks(self) -> list[entries.Entry]:
        """What may be, or may hold, a notebook that was handed in."""
        return [item for item in self.items if item.is_notebook or item.is_zip]


Reading = dict[entries.Entry, Said]


@dataclasses.dataclass(frozen=True)
class Platform:
    """How one platform packs what was handed in.

    Attributes
    ----------
    name, title : str
        For the command line and for people.
    read : callable
        Takes a `Tree` and returns what it says of each entry that it knows; nothing if the tree
        is none of this platform's.
    file_times : bool
        Whether the times of the files themselves can be those of handing in.
    """

    name: str
    title: str
    read: Callable[[Tree], Reading]
    file_times: bool = False


def by_component(
    tree: Tree, say: Callable[[str, tuple[str, ...]], Said | None], around_last: bool = False
) -> Reading:
    """Ask `say` about each folder or file name of an entry, from the top; the first answer counts.

    Parameters
    ----------
    tree : Tree
    say : callable
        Takes a name and the names below it.
    around_last : bool
        Whether the folders around all may be called like those in them: then they are asked about
        only where nothing below them gives an answer.
    """
    return (_asked(tree, say, around(tree)) if around_last else {}) or _asked(tree, say, 0)


def around(tree: Tree) -> int:
    """Return how many folders lie around all that is in a tree."""
    folders = [item.parts[:-1] for item in tree.items] or [()]
    first, last = min(folders), max(folders)
    pairs = enumerate(zip(first, last, strict=False))
    return next((place for place, pair in pairs if pair[0] != pair[1]), min(map(len, folders)))


def _asked(tree: Tree, say: Callable[[str, tuple[str, ...]], Said | None], start: int) -> Reading:
    found = {}
    for item in tree.items:
        said = _first(item.parts, say, start)
        if said is None and item.folder:
            # A folder with nothing in it is somebody's, too.
            said = _first((*item.parts, ""), say, start)
        if said is not None:
            found[item] = said
    return found


def _first(
    parts: tuple[str, ...], say: Callable[[str, tuple[str, ...]], Said | None], start: int
) -> Said | None:
    answers = (say(parts[place], parts[place + 1 :]) for place in range(start, len(parts)))
    return next((answer for answer in answers if answer is not None), None)


def most_of(reading: Reading, tree: Tree) -> Reading:
    """Return `reading` if it knows most of the notebooks of `tree`, else nothing."""
    wanted = tree.notebooks
    known = sum(item in reading for item in wanted)
    return reading if reading and 2 * known >= len(wanted) else {}


def student(*pieces: str) -> str:
    """Return one student's name in the tables, from whatever there is."""
    return "_".join(filter(None, pieces))


def first_last(name: str) -> str:
    """Return "Ann Bee" for "Bee, Ann"."""
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}" if comma and first.strip() else name.strip()


def common_prefix(names: Iterable[str], end: str) -> str:
    """Return what all of several names begin with, up to the last `end`; nothing of one alone."""
    several = sorted(set(names))
    if len(several) < 2:
        return ""
    first, last = several[0], several[-1]
    length = next(
        (i for i, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]),
        min(len(first), len(last)),
    )
    return first[: first[:length].rfind(end) + len(end)] if end in first[:length] else ""


_OF_A_COURSE = {*labs.MODULES, "notebooks", "solutions", "course", "labs"}


def of_a_course(name: str) -> bool:
    """Tell whether a folder's name is one of the course's, not a student's."""
    return name in _OF_A_COURSE
