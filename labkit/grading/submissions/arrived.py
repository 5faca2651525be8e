"""What arrived: who handed in what, and what became of each file of a download."""

import dataclasses
import hashlib
import re
from collections.abc import Callable

from labkit.grading.submissions import roster

_MOST_OF_A_NAME = 120


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
        The platform that packed it; empty if none did.
    name, number, login, email : str
        The student's; empty where neither the platform nor the list of the class says it.
    file : str
        Where the notebook lies; empty if there is none.
    time : float
        When it was handed in, in seconds since 1970; 0 where that is not known.
    team : bool
        Whether the student is a team.
    absent : bool
        Whether nothing was handed in, and only the list of the class knows the student.
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
    login: str = ""
    email: str = ""
    file: str = ""
    time: float = 0.0
    team: bool = False
    absent: bool = False

    @property
    def person(self) -> roster.Person:
        """Who it is from, for finding them in a list."""
        login = self.login or ("" if self.name or self.number else self.student)
        name = self.name or ("" if self.number or self.login else self.student)
        return roster.Person(name, self.number, login, self.email)


@dataclasses.dataclass(frozen=True)
class Fate:
    """What became of one file of a download: whose it is, `what` was done with it, and why."""

    path: str
    student: str
    what: str
    why: str = ""


@dataclasses.dataclass(frozen=True)
class Arrivals:
    """All that a download holds.

    Attributes
    ----------
    submissions : list of Submission
        One for each student, by name.
    fates : list of Fate
        One for each file.
    recognised : tuple of str
        Whose layout was found, for people, and where.
    notes : tuple of str
        What an instructor has to know about the whole of it.
    """

    submissions: list[Submission]
    fates: list[Fate]
    recognised: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def safe_name(student: str) -> str:
    """Return `student` if it can be a file's name, else something like it that can."""
    # A name that looks like one made below could be that of another student.
    made = re.search(r"-[0-9a-f]{8}$", student)
    usual = re.fullmatch(r"(?!\.)[\w.@ -]{1,80}(?<![. ])", student) and not made
    if usual and len(_bytes(student)) <= _MOST_OF_A_NAME:
        return student
    plain = re.sub(r"[^\w-]+", "-", student).strip("-")[:60]
    # A file's name may have 255 bytes, and a letter of some scripts takes four.
    plain = plain.encode()[: _MOST_OF_A_NAME - 20].decode("utf-8", "ignore")
    return f"{plain or 'student'}-{hashlib.sha256(_bytes(student)).hexdigest()[:8]}"


def _bytes(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half a character, which no file system has made
        return text.encode("utf-8", "surrogatepass")
