"""Tables as other programs write them: any separator, any usual encoding, cells with their places.

A cell can be put in another's place and every other byte of the file stays as it was.
"""

import codecs
import collections
import csv
import dataclasses
import io
import itertools
import pathlib
import re
from collections.abc import Mapping

from labkit import files
from labkit.grading.submissions import entries

_SEPARATORS = ",;\t|"
_ENDS = {separator: re.compile(f"[{separator}\n\r]") for separator in _SEPARATORS}
# Excel writes and reads so which separator follows.
_SAID = re.compile(rf"\s*\"?sep=([{_SEPARATORS}])", re.IGNORECASE)
_MAX_BYTES = 50 * 2**20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    # Before that of UTF-16, with which it begins.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class TableError(ValueError):
    """A file that is no table; the message says why."""


@dataclasses.dataclass(frozen=True)
class Cell:
    """A cell's text, and where it stands in the text of the file, with its quotes."""

    text: str
    start: int
    end: int


@dataclasses.dataclass(frozen=True)
class Table:
    """A table in a text file.

    Attributes
    ----------
    text : str
        All of it, as it is.
    rows : tuple of tuple of Cell
        Without the empty lines.
    separator, encoding : str
    mark : bytes
        The byte-order mark that it begins with.
    """

    text: str
    rows: tuple[tuple[Cell, ...], ...]
    separator: str
    encoding: str
    mark: bytes = b""

    @property
    def header(self) -> tuple[str, ...]:
        return tuple(cell.text.strip() for cell in self.rows[0])

    def column(self, number: int) -> list[str]:
        """Return the texts of a column below the header; empty where a row is too short."""
        return [self.at(row, number) for row in range(1, len(self.rows))]

    def at(self, row: int, column: int) -> str:
        cells = self.rows[row]
        return cells[column].text.strip() if 0 <= column < len(cells) else ""

    def replaced(self, changes: Mapping[tuple[int, int], str]) -> bytes:
        """Return the content of the file with other texts in some cells, given by row and column.

        Cells that a row lacks are added at its end.
        """
        pieces, done = [], 0
        for (row, column), text in sorted(changes.items()):
            cells = self.rows[row]
            missing = max(0, column - len(cells) + 1)
            cell = cells[-1] if missing else cells[column]
            start = cell.end if missing else cell.start
            pieces += [self.text[done:start], self.separator * missing, self._written(text, cell)]
            done = cell.end
        text = "".join([*pieces, self.text[done:]])
        return self.mark + text.encode(self.encoding, "surrogateescape")

    def written_anew(self, changes: Mapping[tuple[int, int], str]) -> bytes:
        """Return the table with other texts in some cells, with commas and in UTF-8.

        What stands above the header is left out.
        """
        rows = [[cell.text for cell in row] for row in self.rows]
        for (row, column), text in changes.items():
            rows[row] += [""] * (column + 1 - len(rows[row]))
            rows[row][column] = text
        file = io.StringIO()
        csv.writer(file).writerows(rows)
        return file.getvalue().encode("utf-8", "replace")

    def _written(self, text: str, before: Cell) -> str:
        quoted = self.text[before.start : before.start + 1] == '"'
        if quoted or set(text) & {'"', self.separator, "\n", "\r"}:
            return '"' + text.replace('"', '""') + '"'
        return text


def read(path: pathlib.Path, least: int = 2) -> Table:
    """Read a table from a file; `least` is how many columns it must have.

    Raises
    ------
    TableError
        If it cannot be read or is no table.
    """
    try:
        with open(path, "rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise TableError(f"{path}: cannot be read ({error.strerror or error}).") from error
    if content.startswith(b"PK\x03\x04"):
        raise TableError(
            f"{path}: this is an Excel file or another zip file. Save it as CSV and name that."
        )
    if files.is_web_page(content):
        raise TableError(
            f"{path}: this is a web page, perhaps one that asks to log in. Download the table "
            "again, as CSV."
        )
    if len(content) > _MAX_BYTES or "\0" in _decoded(content)[0]:
        raise TableError(f"{path}: this is no table of a class.")
    try:
        return parse(content, least)
    except TableError as error:
        raise TableError(f"{path}: {error}") from error


def parse(content: bytes, least: int = 2) -> Table:
    """Return the table that `content` holds; parameters as of `read`.

    Raises
    ------
    TableError
        If it holds none.
    """
    text, encoding, mark = _decoded(content)
    separator = _separator(text)
    rows = [row for row in _rows(text, separator) if any(cell.text.strip() for cell in row)]
    if rows and _SAID.match(text):
        rows = rows[1:]
    # Programs write which separator they take, and people a title, in lines above the table.
    width = max((sum(bool(cell.text.strip()) for cell in row) for row in rows), default=0)
    if width > 2:
        rows = list(itertools.dropwhile(lambda row: _stands_above(row, width), rows))
    if not rows or len(rows[0]) < least:
        raise TableError("this is no table: its first line has no columns.")
    return Table(text, tuple(rows), separator, encoding, mark)


def _stands_above(row: tuple[Cell, ...], width: int) -> bool:
    """Tell whether a row is no header: one cell alone, or too few for a table of such a width."""
    told = [cell.text.strip() for cell in row if cell.text.strip()]
    return len(told) == 1 or 2 * len(row) <= width


def _decoded(content: bytes) -> tuple[str, str, bytes]:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "surrogateescape"), encoding, mark
    # Without a mark, every other byte of what is mostly Latin letters is empty.
    for encoding, empty in (("utf-16-le", content[1::2]), ("utf-16-be", content[::2])):
        if len(content) % 2 == 0 and 2 * empty.count(0) > len(empty):
            return content.decode(encoding, "surrogateescape"), encoding, b""
    try:
        return content.decode("utf-8"), "utf-8", b""
    except UnicodeDecodeError:
        pass
    text = entries.decoded(content)
    for encoding in ("cp1252", "latin-1", "cp850", "cp437", "cp932", "gb18030"):
        try:
            if text.encode(encoding) == content:
                return text, encoding, b""
        except UnicodeEncodeError:
            continue
    return content.decode("latin-1"), "latin-1", b""


def _separator(text: str) -> str:
    """Return the separator that cuts most of the first lines into the same number of cells."""
    said = _SAID.match(text)
    if said:
        return said[1]
    head = text[: 2**16]

    def fits(separator: str) -> tuple[float, int]:
        try:
            lengths = [
                len(row)
                for row in csv.reader(io.StringIO(head, newline=None), delimiter=separator)
                if row
            ]
        except csv.Error:
            return 0.0, 0
        lengths = lengths[:50]
        if not lengths:
            return 0.0, 0
        ((usual, count),) = collections.Counter(lengths).most_common(1)
        return (count / len(lengths) if usual > 1 else 0.0), usual

    return max(_SEPARATORS, key=fits)


def _rows(text: str, separator: str) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    row: list[Cell] = []
    place = 0
    while place < len(text):
        cell = _cell(text, place, separator)
        row.append(cell)
        place = cell.end
        if place < len(text) and text[place] == separator:
            place += 1
            if place == len(text):
                row.append(Cell("", place, place))
            continue
        rows.append(tuple(row))
        row = []
        place += 2 if text[place : place + 2] == "\r\n" else 1
    return [*rows, tuple(row)] if row else rows


def _cell(text: str, start: int, separator: str) -> Cell:
    if text[start] != '"':
        end = _end(text, start, separator)
        return Cell(text[start:end], start, end)
    place, pieces = start + 1, []
    while True:
        quote = text.find('"', place)
        if quote < 0:
            return Cell("".join([*pieces, text[place:]]), start, len(text))
        pieces.append(text[place:quote])
        if text[quote : quote + 2] != '""':
            break
        pieces.append('"')
        place = quote + 2
    end = _end(text, quote + 1, separator)
    return Cell("".join(pieces) + text[quote + 1 : end], start, end)


def _end(text: str, start: int, separator: str) -> int:
    """Return where a cell without quotes ends that begins at `start`."""
    found = _ENDS[separator].search(text, start)
    return found.start() if found else len(text)
