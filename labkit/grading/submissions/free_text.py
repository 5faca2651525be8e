"""Find the free-text answers of a notebook, wherever they were written near their question.

A text belongs to a question if it was written between the question and the next cell of the course:
in the cell for it, in one or several new ones, of text or of code, or into the question itself.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol

from labkit.grading.submissions import code, handed_out


class Cell(Protocol):
    """A cell of a submission, and the course's cell that it belongs to, if to any."""

    source: str
    code: bool
    place: int | None


def find(
    theirs: Sequence[Cell], cells: Sequence[handed_out.CourseCell], notes: list[str]
) -> dict[str, str]:
    """Return the texts by exercise, and take them out of what runs.

    Parameters
    ----------
    theirs : sequence of Cell
        A cell of code that holds a text is turned into text.
    cells : sequence of handed_out.CourseCell
    notes : list of str
        What the student is told is added.
    """
    placeholders = {cell.source.strip() for cell in cells if cell.kind == handed_out.ESSAY}
    found = {}
    for place, ours in enumerate(cells):
        if ours.kind != handed_out.ESSAY:
            continue
        near = list(_near(theirs, cells, place))
        parts = [_text(cell, cells, place, placeholders) for cell in near]
        texts = [part for part in parts if part]
        if not texts:
            # Code may be the answer of one who printed it: a person decides.
            texts = [cell.source for cell in near if cell.code and cell.source.strip()]
        if texts:
            found[ours.exercise] = "\n\n".join(texts)
            if any(part and cell.place != place for part, cell in zip(parts, near, strict=True)):
                notes.append(f"The answer to {ours.title} was found beside its cell.")
    return found


def _near(
    theirs: Sequence[Cell], cells: Sequence[handed_out.CourseCell], place: int
) -> Iterator[Cell]:
    """Yield the question, the cell for the answer, and what is after them and not the course's."""
    question = place - 1 if place and cells[place - 1].kind == handed_out.TEXT else place
    near = False
    for cell in theirs:
        if cell.place is not None:
            near = cell.place in (question, place)
        if near:
            yield cell


def _text(
    cell: Cell, cells: Sequence[handed_out.CourseCell], place: int, placeholders: set[str]
) -> str:
    """Return what of a cell belongs to an answer; empty if nothing does."""
    source = cell.source.strip()
    if not source or source in placeholders:
        return ""
    if cell.place == place:
        return cell.source
    if cell.place is not None:
        given = {line.strip() for line in cells[cell.place].source.splitlines()}
        own = [line for line in source.splitlines() if line.strip() not in given]
        return "\n".join(own).strip()
    if cell.code and code.is_prose(source):
        cell.code = False  # it is not run
    return "" if cell.code else cell.source
