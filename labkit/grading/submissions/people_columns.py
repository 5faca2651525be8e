"""Which column of a list of a class says what: told from its header, else from what is in it.

Headers come in every language and as people call them; a list may have none.
"""

import dataclasses
import itertools
import re
import unicodedata

from labkit.grading.submissions import tables

NUMBER, LOGIN, EMAIL, NAME, FIRST, LAST, GROUP, ROLE = (
    *("number", "login", "email", "name", "first", "last", "group", "role"),
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
    ROLE: "role|roles|rolle|rollen|rol|ruolo|rolename|userrole|funcao|funktion|courserole",
}
_KNOWN = {name: kind for kind, names in _HEADERS.items() for name in names.split("|")}
_MAIL = re.compile(r"[^@\s]+@[^@\s]+")
_LOGIN = re.compile(r"[a-z][a-z0-9._-]{1,31}")
_LONG_NUMBER = 3
_IN_NAMES = set(" \u00a0-'’.,`´·")


def plain(text: str) -> str:
    """Return `text` in the form in which names are compared: letters and digits, no accents."""
    letters = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in letters if letter.isalnum())


def headed(table: tables.Table) -> tables.Table:
    """Return the table with an empty header where its first row is about a student, too.

    That row has no name of a column in it, but a number, an address, or, as all below, more than a
    word in a cell. In a list of one column, all that is not called anything is a student.
    """
    header = table.header
    told = any(text.isdecimal() or _MAIL.fullmatch(text) for text in header)
    told = told or any(
        len(cells) > 1 and all(" " in text for text in cells)
        for column, text in enumerate(header)
        for cells in [[text, *table.column(column)]]
    )
    told = told or len(header) == 1
    if not told or set(_KNOWN) & set(map(plain, header)) or _is_above_others(table):
        return table
    empty = tuple(tables.Cell("", 0, 0) for _ in header)
    return dataclasses.replace(table, rows=(empty, *table.rows))


def _is_above_others(table: tables.Table) -> bool:
    """Tell whether a cell that is no address or number has nothing but such below it."""
    columns = [(text, table.column(column)) for column, text in enumerate(table.header)]
    return any(
        below and all(map(fits, below)) and not fits(text)
        for text, below in columns
        for fits in (_MAIL.fullmatch, str.isdecimal)
        if text
    )


def of(table: tables.Table) -> dict[str, int]:
    """Return the number of the column of each kind, as far as there is one."""
    found: dict[str, int] = {}
    texts = {
        column: [text for text in table.column(column) if text]
        for column in range(len(table.header))
    }
    for column, header in enumerate(table.header):
        below = texts[column]
        if below and all(map(_MAIL.fullmatch, below)) and EMAIL not in found:
            found[EMAIL] = column
        elif _KNOWN.get(plain(header), "") not in ("", *found):
            found[_KNOWN[plain(header)]] = column
    # A family's name is called "name" where a first name has a column of its own.
    if FIRST in found and LAST not in found and NAME in found:
        found[LAST] = found.pop(NAME)
    for kind, fits in ((NUMBER, _are_numbers), (LOGIN, _are_logins)):
        free = [column for column in texts if column not in found.values()]
        unnamed = [column for column in free if plain(table.header[column]) not in _KNOWN]
        fitting = [column for column in unnamed if fits(texts[column])]
        if kind not in found and fitting and len(texts) > 1:
            found[kind] = fitting[0]
    return found | _names(table, texts, found)


def _names(
    table: tables.Table, texts: dict[int, list[str]], found: dict[str, int]
) -> dict[str, int]:
    """Return the columns of names where no header says it: in most languages none is known.

    One whose cells are several words is one of whole names; the two nearest to each other are first
    and last names, in the order of the addresses, else in that of the columns.
    """
    if NAME in found or (FIRST in found and LAST in found):
        return {}
    free = [
        column
        for column in texts
        if column not in found.values()
        and plain(table.header[column]) not in _KNOWN
        and _are_names(texts[column])
    ]
    if FIRST in found or LAST in found:
        missing, other = (LAST, found[FIRST]) if FIRST in found else (FIRST, found[LAST])
        near = sorted(free, key=lambda column: (abs(column - other), column))
        return {missing: near[0]} if near else {}
    whole = [column for column in free if _are_whole_names(texts[column])]
    if whole:
        return {NAME: whole[0]}
    if len(free) < 2:
        return {NAME: free[0]} if free else {}
    first, last = min(itertools.pairwise(free), key=lambda pair: pair[1] - pair[0])
    if EMAIL in found and _is_turned(table, first, last, found[EMAIL]):
        first, last = last, first
    return {FIRST: first, LAST: last}


def _are_names(texts: list[str]) -> bool:
    """Tell whether a column may be one of names: letters, and hardly any twice."""
    signs = {sign for text in texts for sign in text if not sign.isalpha()}
    apart = 2 * len({*map(plain, texts)}) > len(texts)
    return bool(texts) and apart and all(sign in _IN_NAMES or _is_mark(sign) for sign in signs)


def _is_mark(sign: str) -> bool:
    """Tell whether a sign belongs to the letter before it."""
    return unicodedata.category(sign).startswith("M")


def _are_whole_names(texts: list[str]) -> bool:
    return 2 * sum(len(re.split(r"[\s,]+", text)) > 1 for text in texts) > len(texts)


def _is_turned(table: tables.Table, first: int, last: int, email: int) -> bool:
    """Tell whether more addresses have the second of two names before the first."""
    turned = 0
    for row in range(1, len(table.rows)):
        one, other = (plain(table.at(row, column)) for column in (first, last))
        local = plain(table.at(row, email).partition("@")[0])
        turned += local.startswith(f"{other}{one}"[: len(local)]) and len(local) > 1
        turned -= local.startswith(f"{one}{other}"[: len(local)]) and len(local) > 1
    return turned > 0


def _are_numbers(texts: list[str]) -> bool:
    """Tell whether a column numbers people, and does not count the rows."""
    numbers = [text for text in texts if text.isdecimal()]
    apart = len(set(numbers)) == len(numbers) == len(texts) > 0
    return apart and max(map(len, numbers)) >= _LONG_NUMBER


def _are_logins(texts: list[str]) -> bool:
    apart = len(set(texts)) == len(texts) > 1
    return apart and all(map(_LOGIN.fullmatch, texts))
