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

from labkit.grading.submissions import people_columns as kinds
from labkit.grading.submissions import tables

plain = kinds.plain

_IDENTIFIER = re.compile(r"\D*[^\W\d] \d+|[^\W\d_a-zA-Z]+\d+")
_NUMBERED = re.compile(r"\D*[^\W\d] ?(\d+)")
_TWO_FOR_ONE = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}
    | {"å": "aa", "Å": "Aa", "ø": "oe", "Ø": "Oe", "æ": "ae", "Æ": "Ae"}
)
_SIGNS = re.compile(r"[\s,;_.()\[\]-]+")
_DIGEST = re.compile(r"[0-9a-f]{40}")
_WHOLE = re.compile(r"^(\d+)\.0+$")


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


def in_ascii(text: str) -> str:
    """Return `text` with two letters for one, as German and Nordic names are written in ASCII."""
    return unicodedata.normalize("NFC", text).translate(_TWO_FOR_ONE)


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
            kind: column for kind, column in kinds.of(table).items() if column in self._people
        }
        self._own_ids = self._index(self._own_ids_of)
        self._ids = self._index(self._ids_of)
        self._bare_ids = self._index(lambda row: map(_bare, self._ids_of(row)))
        self._anywhere = self._index(self._cells_of)
        self._names = self._index(self._names_of)
        self._in_ascii = self._index(self._in_ascii_of)
        self._groups = self._index(self._groups_of)

    @classmethod
    def read(cls, path: pathlib.Path) -> "Roster":
        """Read a list, with a header or without; raises tables.TableError."""
        table = kinds.headed(tables.read(path, least=1))
        if len(table.rows) < 2:
            raise tables.TableError(f"{path}: there is nobody in this list, only its first line.")
        people = cls(table)
        people = cls(dataclasses.replace(table, rows=(table.rows[0], *people._of_students())))
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

    def _of_students(self) -> list[tuple[tables.Cell, ...]]:
        """Return the rows of students.

        Above and below them platforms and people put what is about nobody, such as the points to
        reach or an average: no number, login or address stands there. Canvas has a student to
        preview with, whose login is a digest.
        """
        told = [row for row in self.rows if any(filter(None, self._ids_of(row)))]
        first, last = (told[0], told[-1]) if told else (1, len(self.rows))
        kept = [row for row in self.rows if first <= row <= last]
        return [
            self.table.rows[row]
            for row in kept
            if not _DIGEST.fullmatch(self._at(row, kinds.LOGIN))
        ]

    @property
    def rows(self) -> range:
        """The numbers of the rows, for `person`."""
        return range(1, len(self.table.rows))

    def person(self, row: int) -> Person:
        """Return who a row is about."""
        found = {
            kind: self._at(row, kind)
            for kind in (
                kinds.NAME,
                kinds.NUMBER,
                kinds.LOGIN,
                kinds.EMAIL,
                kinds.GROUP,
            )
        }
        both = " ".join(filter(None, [self._at(row, kinds.FIRST), self._at(row, kinds.LAST)]))
        name = both if both and kinds.FIRST in self._columns else found[kinds.NAME]
        if not name and (not any(found.values()) or not any(self.table.header)):
            others = [c for c in self._people if c not in self._columns.values()]
            name = " ".join(filter(None, [self.table.at(row, column) for column in others[:2]]))
        last, comma, first = name.partition(",")
        name = f"{first.strip()} {last.strip()}" if comma and first.strip() else name
        number = found[kinds.NUMBER] or "".join(self._own_ids_of(row))
        return Person(
            name,
            number,
            found[kinds.LOGIN],
            found[kinds.EMAIL],
            found[kinds.GROUP],
        )

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
        ascii_ = in_ascii(person.name)
        return (
            self._one(self._names, names)
            or self._one(self._in_ascii, names)
            or self._one(self._names, [words(ascii_), plain(ascii_)])
            or self._told_in(person)
        )

    def _told_in(self, person: Person) -> list[int]:
        """Return the row whose number, login or address is a word of a folder's name.

        Beside a number, which may be a year's or a lab's, a name must be the row's.
        """
        text = person.name or person.login
        keys = [_key(word) for word in _SIGNS.split(text) if word]
        rows = {row for key in keys for row in self._bare_ids.get(_bare(key), ())}
        return list(rows) if len(rows) == 1 and self._names_it(keys, *rows) else []

    def _names_it(self, keys: Iterable[str], row: int) -> bool:
        own = {*map(_bare, self._ids_of(row))}
        if any(key in own and not key.isdecimal() for key in keys):
            return True
        others = {plain(key) for key in keys if _bare(key) not in own and not key.isdecimal()}
        theirs = words(in_ascii(self.person(row).name)) + words(self.person(row).name)
        return not others or not theirs or bool(others & set(theirs))

    def alike(self, name: str) -> list[int]:
        """Return the rows of all who have a name: of one person or of several."""
        return sorted(self._names.get(words(name)) or self._names.get(plain(name)) or ())

    def numbered(self, number: str) -> list[int]:
        """Return the rows with one of the platform's own numbers: a student may have several."""
        return sorted(self._own_ids.get(_own_key(number), ()))

    def members(self, team: str) -> list[int]:
        """Return the rows of a team's members."""
        return sorted(self._groups.get(plain(team), ()))

    def role(self, row: int) -> str:
        """Return what somebody is in the course; empty where the list does not say it."""
        return self._at(row, kinds.ROLE)

    def agrees(self, name: str, row: int) -> bool:
        """Tell whether a row may be about somebody of that name."""
        named = {*self._own, *self._people} - {self._columns.get(kinds.GROUP)}
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
        found = [self._at(row, kind) for kind in (kinds.NUMBER, kinds.LOGIN, kinds.EMAIL)]
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

    def _in_ascii_of(self, row: int) -> Iterable[tuple[str, ...] | str]:
        name = in_ascii(self.person(row).name)
        return [words(name), plain(name)]

    def _groups_of(self, row: int) -> Iterable[str]:
        if kinds.GROUP in self._columns:
            return [plain(piece) for piece in re.split(r"[,;\n]", self._at(row, kinds.GROUP))]
        named = {self._columns.get(kind) for kind in (kinds.NAME, kinds.FIRST, kinds.LAST)}
        others = [column for column in self._people if column not in named]
        return [plain(self.table.at(row, column)) for column in others]


def _is_told_apart(person: Person) -> bool:
    return bool(person.number or person.login or person.email)


def _key(text: str) -> str:
    # Brightspace begins identifiers so; whoever saves a table with pandas may end numbers so.
    return _WHOLE.sub(r"\1", text.strip().casefold().removeprefix("#"))


def _bare(key: str) -> str:
    """Return a number without leading zeros: spreadsheets take them."""
    return key.lstrip("0") or key if key.isdecimal() else key


def _own_key(text: str) -> str:
    """Return a platform's own number: of "Participant 7" it is 7."""
    found = _NUMBERED.fullmatch(_key(text))
    return found[1] if found else _key(text)


def _identifiers(table: tables.Table) -> tuple[int, ...]:
    """Return the first column if it numbers the students as Moodle does, "Participant 7"."""
    texts = table.column(0)
    return (0,) if texts and all(map(_IDENTIFIER.fullmatch, texts)) else ()
