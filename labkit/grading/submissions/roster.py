"""The list of a class, as any platform gives it, and who in it a submission is from.

Headers come in every language, so that a row is found by what stands in it: a number, a login, an
address, else a name, but only if no other row has the same.
"""

import collections
import dataclasses
import itertools
import pathlib
import re
import unicodedata
from collections.abc import Iterable

from labkit.grading.submissions import tables

NUMBER, LOGIN, EMAIL, NAME, FIRST, LAST, GROUP = (
    *("number", "login", "email", "name", "first", "last", "group"),
)
# What the columns are called on the platforms, in some languages; read without signs.
_HEADERS = {
    NUMBER: "id|identifier|idnumber|studentid|sid|sisuserid|orgdefinedid|userid|canvasuserid"
    "|matrikelnummer|matriculation|matrikel|idnummer|identifiant|numerodidentification"
    "|numerodeid|studentnumber|teilnehmerid|participant",
    LOGIN: "login|username|user|sisloginid|loginid|benutzername|anmeldename|kennung|account"
    "|nomdutilisateur|nombredeusuario|nomeutente|gebruikersnaam|githubusername|displayid",
    NAME: "name|fullname|student|studentname|displayname|vollstandigername|nomcomplet"
    "|nombrecompleto|nomecompleto|volledigenaam|rosteridentifier",
    FIRST: "first|firstname|vorname|givenname|prenom|nombre|nome|voornaam",
    LAST: "last|lastname|surname|familyname|nachname|nom|apellido|apellidos|apellidoa|cognome"
    "|achternaam|nomdefamille",
    GROUP: "group|groups|groupname|gruppe|gruppen|team|groupe|groupes|grupo|grupos|gruppo",
}
_IDENTIFIER = re.compile(r"\D*[^\W\d] \d+")
_WHOLE = re.compile(r"^(\d+)\.0+$")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+")


@dataclasses.dataclass(frozen=True)
class Person:
    """Who somebody is, as far as it is known; what is not known is empty."""

    name: str = ""
    number: str = ""
    login: str = ""
    email: str = ""
    group: str = ""

    @property
    def title(self) -> str:
        """What the person is called where only one word fits."""
        return self.login or self.number or self.email or self.name


def plain(text: str) -> str:
    """Return `text` in the form in which names are compared: letters and digits, no accents."""
    letters = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in letters if letter.isalnum())


def words(name: str) -> tuple[str, ...]:
    """Return the words of a name in an order that does not depend on who comes first."""
    return tuple(sorted(filter(None, map(plain, re.split(r"[\s,;_.-]+", name)))))


class Roster:
    """The rows of a table, each about one student.

    Parameters
    ----------
    table : tables.Table
    ids : tuple of int
        The columns of a platform's own numbers, which mean something to that platform only;
        Moodle's are found where they are left out.
    people : tuple of int
        The columns that say who it is; all if left out.
    """

    def __init__(
        self, table: tables.Table, ids: tuple[int, ...] = (), people: tuple[int, ...] = ()
    ) -> None:
        self.table = table
        self._own = ids = ids or _identifiers(table)
        columns = people or range(len(table.header))
        self._people = [column for column in columns if column not in ids]
        self._columns = {
            kind: column for kind, column in _columns(table).items() if column in self._people
        }
        self._own_ids = self._index(self._own_ids_of)
        self._ids = self._index(self._ids_of)
        self._anywhere = self._index(self._cells_of)
        self._names = self._index(self._names_of)
        self._groups = self._index(self._groups_of)

    @classmethod
    def read(cls, path: pathlib.Path) -> "Roster":
        """Read a list, with a header or without; raises tables.TableError."""
        people = cls(_headed(tables.read(path)))
        # Who is in two sections stands there twice. Two of one name only may be two.
        once = {
            dataclasses.replace(people.person(row), group=""): row for row in reversed(people.rows)
        }
        kept = sorted(
            row
            for row in people.rows
            if not _is_told_apart(people.person(row)) or row in once.values()
        )
        rows = people.table.rows
        return cls(dataclasses.replace(people.table, rows=(rows[0], *(rows[row] for row in kept))))

    @property
    def rows(self) -> range:
        """The numbers of the rows, for `person`."""
        return range(1, len(self.table.rows))

    def person(self, row: int) -> Person:
        """Return who a row is about."""
        found = {kind: self._at(row, kind) for kind in (NAME, NUMBER, LOGIN, EMAIL, GROUP)}
        both = " ".join(filter(None, [self._at(row, FIRST), self._at(row, LAST)]))
        name = both if both and FIRST in self._columns else found[NAME]
        last, comma, first = name.partition(",")
        name = f"{first.strip()} {last.strip()}" if comma and first.strip() else name
        if not name and (not any(found.values()) or not any(self.table.header)):
            others = [c for c in self._people if c not in self._columns.values()]
            name = " ".join(filter(None, [self.table.at(row, column) for column in others[:2]]))
        number = found[NUMBER] or "".join(self._own_ids_of(row))
        return Person(name, number, found[LOGIN], found[EMAIL], found[GROUP])

    def find(self, person: Person) -> list[int]:
        """Return the row of a student; none where it is not sure which.

        A number alone is not enough where the names differ: platforms number teams, too.
        """
        numbers = [_key(person.number)] if person.number else []
        logins = [_key(text) for text in (person.login, person.email) if text]
        names = [words(person.name), plain(person.name)] if person.name else []
        for index, keys in ((self._ids, logins), (self._anywhere, logins)):
            rows = self._one(index, keys)
            if rows:
                return rows
        for index in (self._ids, self._anywhere):
            rows = self._one(index, numbers)
            if rows and self.agrees(person.name, rows[0]):
                return rows
        return self._one(self._names, names)

    def numbered(self, number: str) -> list[int]:
        """Return the row with one of the platform's own numbers."""
        return self._one(self._own_ids, [_own_key(number)])

    def members(self, team: str) -> list[int]:
        """Return the rows of a team's members."""
        return sorted(self._groups.get(plain(team), ()))

    def agrees(self, name: str, row: int) -> bool:
        """Tell whether a row may be about somebody of that name."""
        named = {*self._own, *self._people} - {self._columns.get(GROUP)}
        cells = [self.table.at(row, column) for column in sorted(named)]
        theirs = {word for cell in cells for word in words(cell) if not word.isdecimal()}
        whole = plain(name)
        return not name or not theirs or any(word in whole for word in theirs if len(word) > 1)

    @staticmethod
    def _one(index: dict, keys: Iterable) -> list[int]:
        for key in keys:
            rows = index.get(key, set())
            if len(rows) == 1:
                return list(rows)
        return []

    def _index(self, keys_of) -> dict:
        index = collections.defaultdict(set)
        for row in self.rows:
            for key in keys_of(row):
                if key:
                    index[key].add(row)
        return index

    def _at(self, row: int, kind: str) -> str:
        return self.table.at(row, self._columns.get(kind, -1))

    def _ids_of(self, row: int) -> Iterable[str]:
        found = [self._at(row, kind) for kind in (NUMBER, LOGIN, EMAIL)]
        return [_key(text) for text in [*found, found[2].partition("@")[0]]]

    def _own_ids_of(self, row: int) -> Iterable[str]:
        return [_own_key(self.table.at(row, column)) for column in self._own]

    def _cells_of(self, row: int) -> Iterable[str]:
        return [_key(self.table.at(row, column)) for column in self._people]

    def _names_of(self, row: int) -> Iterable[tuple[str, ...] | str]:
        name = self.person(row).name
        cells = [self.table.at(row, column) for column in self._people]
        pairs = [f"{one} {other}" for one, other in itertools.pairwise(cells)]
        told = [
            text for text in [name, *cells, *pairs] if " " in text or "," in text or text == name
        ]
        last_first = [plain(f"{part[2]}{part[0]}") for part in [name.rpartition(" ")] if part[1]]
        first_word = [plain(f"{part[2]}{part[0]}") for part in [name.partition(" ")] if part[1]]
        return [*map(words, told), *map(plain, told), *last_first, *first_word]

    def _groups_of(self, row: int) -> Iterable[str]:
        if GROUP in self._columns:
            return [plain(piece) for piece in re.split(r"[,;\n]", self._at(row, GROUP))]
        return [plain(self.table.at(row, column)) for column in self._people]


def _is_told_apart(person: Person) -> bool:
    return bool(person.number or person.login or person.email)


def _key(text: str) -> str:
    # Brightspace begins identifiers so; whoever saves a table with pandas may end numbers so.
    return _WHOLE.sub(r"\1", text.strip().casefold().removeprefix("#"))


def _own_key(text: str) -> str:
    """Return a platform's own number: of "Participant 7" it is 7."""
    return _key(text).rpartition(" ")[2]


def _identifiers(table: tables.Table) -> tuple[int, ...]:
    """Return the first column if it numbers the students as Moodle does, "Participant 7"."""
    texts = table.column(0)
    return (0,) if texts and all(map(_IDENTIFIER.fullmatch, texts)) else ()


def _headed(table: tables.Table) -> tables.Table:
    """Return the table with an empty header where its first row is about a student, too.

    That row has a number or an address in it, and no name of a column.
    """
    told = any(text.isdecimal() or _MAIL.fullmatch(text) for text in table.header)
    called = {name for names in _HEADERS.values() for name in names.split("|")}
    if not told or called & set(map(plain, table.header)):
        return table
    empty = tuple(tables.Cell("", 0, 0) for _ in table.header)
    return dataclasses.replace(table, rows=(empty, *table.rows))


def _columns(table: tables.Table) -> dict[str, int]:
    """Return the number of the column of each kind, as far as there is one."""
    found: dict[str, int] = {}
    for column, header in enumerate(table.header):
        below = [text for text in table.column(column) if text]
        if below and all(map(_MAIL.fullmatch, below)) and EMAIL not in found:
            found[EMAIL] = column
            continue
        if below and not any(table.header) and all(map(str.isdecimal, below)):
            found.setdefault(NUMBER, column)
            continue
        for kind, names in _HEADERS.items():
            if kind not in found and plain(header) in names.split("|"):
                found[kind] = column
    return found
