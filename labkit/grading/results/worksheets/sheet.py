"""What is alike in the tables of grades that platforms take back."""

import dataclasses
import re
from collections.abc import Callable, Sequence

from labkit.grading import boundary
from labkit.grading.results import totals
from labkit.grading.submissions import find, roster, tables

_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")


class WorksheetError(boundary.ClassFault):
    """A worksheet that cannot be filled in; the message says why and what to do."""


@dataclasses.dataclass(frozen=True)
class Place:
    """Where the grades go in a table.

    Attributes
    ----------
    column : int
    most : float or None
        The largest grade that the platform takes, if the table says it.
    rows : tuple of int
        Those of students.
    locked : frozenset of int
        The rows in which the platform takes no grade.
    comma : bool
        Whether numbers are written with a decimal comma.
    ids : tuple of int
        The columns of the platform's own numbers of students, as its downloads have them.
    people : tuple of int
        The other columns that say who it is.
    teams_are_numbered : bool
        Whether a number in a download may be a team's, and then is not in `ids`.
    beside : tuple of (int, str)
        Columns that get a text in each row that gets a grade, and the text.
    """

    column: int
    most: float | None
    rows: tuple[int, ...]
    locked: frozenset[int] = frozenset()
    comma: bool = False
    ids: tuple[int, ...] = ()
    people: tuple[int, ...] = ()
    teams_are_numbered: bool = False
    beside: tuple[tuple[int, str], ...] = ()


@dataclasses.dataclass(frozen=True)
class Form:
    """What a platform's importer can read: the separators, and the encodings by Python's names."""

    separators: str
    encodings: tuple[str, ...]

    def holds(self, table: tables.Table) -> bool:
        """Tell whether a table is in this form, with its header in the first line."""
        begins = not table.text[: table.rows[0][0].start].strip()
        return begins and table.separator in self.separators and table.encoding in self.encodings


COMMAS = Form(",", ("utf-8",))


@dataclasses.dataclass(frozen=True)
class Worksheet:
    """How one platform takes grades back.

    Attributes
    ----------
    name, title : str
    upload : str
        Where in the platform the table is uploaded.
    find : callable
        Takes a table, the name of a column and that of the lab, both of which may be empty, and
        returns its `Place`; None if the table is none of this platform's. May raise
        WorksheetError.
    fresh : callable
        Takes the lab's name, the totals, and the name of a column; returns a new table as text,
        and notes. An empty text where the platform would not take one.
    takes : Form or None
        What the platform reads: a spreadsheet may have saved the table otherwise. None for any.
    """

    name: str
    title: str
    upload: str
    find: Callable[[tables.Table, str, str], Place | None]
    fresh: Callable[[str, Sequence[totals.Total], str], tuple[str, list[str]]]
    takes: Form | None = COMMAS


def number(text: str) -> float | None:
    """Return the number that a cell holds, with a decimal point or comma; None if it holds none."""
    text = text.strip()
    return float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None


def written(points: float, comma: bool = False) -> str:
    """Return a grade as platforms read it: at most two digits after the point, no exponent."""
    text = f"{points:.2f}".rstrip("0").rstrip(".")
    return text.replace(".", ",") if comma else text


def one_of(columns: Sequence[int], table: tables.Table, wanted: str, lab: str) -> int:
    """Return the column of grades: the one that is asked for, else the lab's, else the only one.

    Raises
    ------
    WorksheetError
        If it is none or not one.
    """
    titles = {column: table.header[column] for column in columns}
    if wanted:
        fitting = [column for column, title in titles.items() if title == wanted]
        fitting = fitting or [c for c, title in titles.items() if title.startswith(f"{wanted} ")]
        typed = roster.plain(wanted)
        fitting = fitting or [c for c, title in titles.items() if roster.plain(title) == typed]
    else:
        plain = roster.plain(lab)
        fitting = [c for c, title in titles.items() if plain in roster.plain(title)]
        fitting = fitting or list(titles)
    if len(fitting) == 1:
        return fitting[0]
    known = "; ".join(titles.values()) or "none"
    what = f"no one column {wanted!r}" if wanted else "more than one column of grades, or none"
    raise WorksheetError(
        f"there is {what}. Name it as it stands there, --assignment 'TITLE'. There are: {known}."
    )


@dataclasses.dataclass(frozen=True)
class Filled:
    """A table with its grades, and what has to be said about it."""

    content: bytes
    notes: tuple[str, ...]


def fill(
    worksheet: Worksheet, table: tables.Table, place: Place, given: Sequence[totals.Total]
) -> Filled:
    """Put totals into a table and leave every other byte as it is.

    A total that is not known leaves its cell as it was. A table that a spreadsheet saved in a form
    that the platform does not read is written in its own form, each cell as it is.
    """
    people = roster.Roster(table, place.ids, place.people)
    changes: dict[tuple[int, int], str] = {}
    lost, locked, excused = [], [], []
    for total in given:
        if total.points is None:
            continue
        person = total.submission
        own = person.platform == worksheet.name and bool(place.ids)
        rows = [row for row in _rows(people, place, person, own) if row in place.rows]
        if not rows:
            lost.append(person.student)
        for row in rows:
            if row in place.locked:
                locked.append(person.student)
            elif table.at(row, place.column).upper() == "EX":
                excused.append(person.student)
            else:
                points = scaled(total, place.most)
                changes[row, place.column] = written(points, place.comma)
    filled = {row for row, _ in changes}
    changes |= {(row, column): text for row in filled for column, text in place.beside}
    notes = [f"{len(filled)} grades filled in."]
    notes += _told("not in the worksheet", lost)
    notes += _told("cannot be changed there (locked)", locked)
    notes += _told("excused there, left so", excused)
    notes += said_of_most(given, place.most)
    if worksheet.takes is None or worksheet.takes.holds(table):
        return Filled(table.replaced(changes), tuple(notes))
    notes.append(
        f"It was saved in a form that {worksheet.title} does not read: written with commas and in "
        "UTF-8, each cell as it was."
    )
    return Filled(table.written_anew(changes), tuple(notes))


def _rows(people: roster.Roster, place: Place, item: find.Submission, own: bool) -> list[int]:
    """Return the rows that a submission's grade goes to."""
    rows = people.numbered(item.number) if own and item.number else []
    is_team = item.team or (rows and not people.agrees(item.name, rows[0]))
    if is_team and (place.teams_are_numbered or not rows):
        return people.members(item.name)
    return rows if own and item.number else people.find(item.person)


def scaled(total: totals.Total, most: float | None) -> float:
    """Return a total on the platform's scale: the same part of the whole."""
    if most is None or most == total.most or not total.most:
        return total.points
    return total.points * most / total.most


def said_of_most(given: Sequence[totals.Total], most: float | None) -> list[str]:
    """Say so where the platform's maximum is not the lab's."""
    whole = given[0].most if given else 0.0
    if most is None or most == whole:
        return []
    return [
        f"The maximum there is {written(most)}, the lab's {written(whole)}: grades were converted "
        f"in proportion. Set the maximum there to {written(whole)} to have the points themselves."
    ]


def _told(what: str, students: list[str]) -> list[str]:
    return [f"{len(students)} {what}: {', '.join(students)}."] if students else []
