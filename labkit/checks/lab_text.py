"""Read a lab's text: ``lab.md``, and the text of an exercise, which has the same form.

The form is jupytext's Markdown, so that ``lab.md`` opens as a notebook in JupyterLab: a fenced
block ``python NAME`` is a code cell, everything else is prose; two blank lines, or a region with a
name, begin another cell of prose. A line ``{{ count_images }}`` is the place of an exercise.
"""

import dataclasses
import re
from collections.abc import Iterator, Sequence

_FENCE = re.compile(r"```python\s+(?P<id>[\w-]+)(?:\s+tags=\[(?P<tags>[^\]]*)\])?\s*$")
_REGION = re.compile(r"<!-- #region (?P<id>[\w-]+) -->\s*$")
_PLACE = re.compile(r"\{\{\s*(?P<name>\w+)\s*\}\}\s*$")
_SETTING = re.compile(r"(?P<key>[a-z_]+):\s*(?P<value>.*?)\s*$")


class TextError(ValueError):
    """A text is not in the form; `line` says where, counted from 1."""

    def __init__(self, line: int, problem: str, cure: str) -> None:
        super().__init__(problem)
        self.line, self.problem, self.cure = line, problem, cure


@dataclasses.dataclass(frozen=True)
class Prose:
    """A cell of Markdown; `id` is empty where the text gives it no name."""

    text: str
    line: int
    id: str = ""


@dataclasses.dataclass(frozen=True)
class Code:
    """A cell of code that is given."""

    source: str
    line: int
    id: str
    tags: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Place:
    """Where an exercise stands, by the name of its file."""

    name: str
    line: int


Piece = Prose | Code | Place


def read(text: str, first_line: int = 1) -> list[Piece]:
    """Return the pieces of `text` in their order.

    Parameters
    ----------
    text : str
        Without front matter.
    first_line : int
        The number of the text's first line in its file, for messages.

    Raises
    ------
    TextError
        Where a block is not closed, has no name, or a name that another one has.
    """
    lines = list(enumerate(text.splitlines(), start=first_line))
    pieces = list(_pieces(lines))
    names: dict[str, int] = {}
    for piece in pieces:
        name = "" if isinstance(piece, Place) else piece.id
        if name in names:
            raise TextError(
                piece.line,
                f"the cell's name {name!r} is already used in line {names[name]}",
                "Give each cell a name of its own.",
            )
        if name:
            names[name] = piece.line
    return pieces


def front_matter(text: str) -> tuple[dict[str, str], str, int]:
    """Return the settings at the top of ``lab.md``, the rest, and the number of its first line."""
    lines = text.splitlines()
    if not lines or lines[0].strip() != "---" or "---" not in [s.strip() for s in lines[1:]]:
        raise TextError(
            1,
            "the settings are missing",
            "Begin the file with lines ---, lab: NAME, minutes: NUMBER, ---.",
        )
    end = next(n for n, line in enumerate(lines[1:], start=1) if line.strip() == "---")
    settings = {}
    for number, line in enumerate(lines[1:end], start=2):
        match = _SETTING.match(line)
        if not match:
            raise TextError(number, f"{line!r} is no setting", "Write it as  name: value.")
        settings[match["key"]] = match["value"]
    return settings, "\n".join(lines[end + 1 :]), end + 2


def _pieces(lines: Sequence[tuple[int, str]]) -> Iterator[Piece]:
    prose: list[tuple[int, str]] = []
    rest = iter(lines)
    for number, line in rest:
        if line.startswith("```python"):
            yield from _cells_of_prose(prose)
            yield _code(number, line, _until(rest, number, "```"))
            prose = []
        elif match := _REGION.match(line):
            yield from _cells_of_prose(prose)
            inner = "\n".join(_until(rest, number, "<!-- #endregion -->")).strip("\n")
            yield Prose(inner, number, match["id"])
            prose = []
        elif match := _PLACE.match(line):
            yield from _cells_of_prose(prose)
            yield Place(match["name"], number)
            prose = []
        else:
            prose.append((number, line))
    yield from _cells_of_prose(prose)


def _until(rest: Iterator[tuple[int, str]], start: int, end: str) -> list[str]:
    inner = []
    for _, line in rest:
        if line.rstrip() == end:
            return inner
        inner.append(line)
    raise TextError(start, "this block has no end", f"Close it with a line {end}")


def _code(number: int, line: str, inner: list[str]) -> Code:
    match = _FENCE.match(line)
    if not match:
        raise TextError(
            number,
            f"{line!r} does not name its cell",
            "Write ```python NAME, with small letters and hyphens; tags follow as tags=[...].",
        )
    tags = tuple(re.findall(r'"([^"]+)"', match["tags"] or ""))
    return Code("\n".join(inner), number, match["id"], tags)


def _cells_of_prose(lines: list[tuple[int, str]]) -> Iterator[Prose]:
    """Split prose at two blank lines; blank lines around a cell are no part of it."""
    cell: list[tuple[int, str]] = []
    for number, line in lines:
        if not line.strip() and not cell:
            continue
        if line.strip() and cell and _trailing_blanks(cell) >= 2:
            yield _prose(cell)
            cell = []
        cell.append((number, line))
    if cell:
        yield _prose(cell)


def _trailing_blanks(cell: list[tuple[int, str]]) -> int:
    texts = [line.strip() for _, line in cell]
    return len(texts) - max(n for n, text in enumerate(texts, start=1) if text)


def _prose(cell: list[tuple[int, str]]) -> Prose:
    return Prose("\n".join(line for _, line in cell).strip("\n"), cell[0][0])
