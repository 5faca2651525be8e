"""Put a submission back into the form of the notebook that was handed out.

Accidents happen to notebooks: an editor drops metadata, cells are duplicated, deleted or moved.
The repaired notebook has the course's checks, always, and the student's code in the course's
order. What a student's cell says about itself beside its code counts for nothing except to
find its place.
"""

import codecs
import collections
import dataclasses
import json
import re
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

from labkit import files
from labkit.checks import variants
from labkit.grading import boundary, harmless
from labkit.grading.submissions import code, free_text, handed_out
from labkit.notebook import working_copy

MAX_BYTES = 200 * 2**20
MAX_CELLS = 1_000
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
# What a crash, an old program or a second program leaves around a text.
_EMPTY, _MARKS = b"\0\x1a \t\r\n", "\0\x1a\ufeff \t\r\n"
_CONFLICT = re.compile(rb"^<<<<<<< .*?^>>>>>>> ", re.MULTILINE | re.DOTALL)


class Unreadable(boundary.Reason):
    """A file that is no notebook; the message says why."""


@dataclasses.dataclass(frozen=True)
class Step:
    """One cell to run: the course's check of `exercise`, or code that counts as its answer.

    Attributes
    ----------
    source : str
    exercise : str
        Empty for code that belongs to no exercise.
    check : bool
        Whether it is the course's check.
    spare : int
        If not 0, it is the course's own cell, and so many before it are what the student made of
        it: it runs only if one of those ended in an error, or if a name is missing that it `gives`.
    gives : tuple of str
    """

    source: str
    exercise: str = ""
    check: bool = False
    spare: int = 0
    gives: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Repaired:
    """A notebook that can be run.

    Attributes
    ----------
    steps : tuple of Step
    essays : dict of str to str
        The texts by exercise; only those that differ from the placeholder.
    notes : tuple of str
        What was repaired, for the student.
    student : int
        The number that it gives its student; 0 if it gives none.
    """

    steps: tuple[Step, ...]
    essays: dict[str, str]
    notes: tuple[str, ...]
    student: int = 0


@dataclasses.dataclass
class _Theirs:
    """A cell of the submission, and the course's cell that it belongs to."""

    source: str
    code: bool
    id: str
    grade_id: str
    place: int | None = None
    marked: int | None = None
    """The place that its marks name; it may have been copied, and used for something else."""

    def assigns(self) -> set[str]:
        return code.assigned(self.source)


def repair(content: bytes, lab: handed_out.CourseLab) -> Repaired:
    """Return the notebook in `content`, repaired.

    Raises
    ------
    Unreadable
        If it is no notebook at all.
    """
    return repaired(content, lab.cells, working_copy.version(lab.notebook))


def repaired(content: bytes, cells: Sequence[handed_out.CourseCell], version: str = "") -> Repaired:
    """Return what `repair` does, given the cells of the lab, and its version if it has one."""
    notes: list[str] = []
    theirs = _cells(content, notes, version)
    _match(theirs, cells, notes)
    essays = free_text.find(theirs, cells, notes)
    steps = _steps(theirs, cells, notes)
    code.forget()
    student = variants.number_in(step.source for step in steps)
    return Repaired(tuple(steps), essays, tuple(dict.fromkeys(notes)), student)


# --- reading --------------------------------------------------------------------------------


def _is_filled(cell: dict[str, Any]) -> bool:
    return bool(handed_out.source_of(cell).strip() or cell.get("id") or cell.get("metadata"))


def _cells(content: bytes, notes: list[str], version: str) -> list[_Theirs]:
    notebook = _notebook(content, notes)
    theirs_is = working_copy.version(notebook)
    if version and theirs_is and theirs_is != version:
        notes.append("It is of another version of the lab than the course's present one.")
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        raise Unreadable("the file is no notebook: it has no list of cells")
    # What is no cell, or has nothing in it, is nothing that somebody has written.
    cells = [cell for cell in cells if isinstance(cell, dict) and _is_filled(cell)]
    if len(cells) > MAX_CELLS:
        raise Unreadable(f"the notebook has more than {MAX_CELLS:,} cells")
    theirs = []
    for cell in cells:
        metadata = cell.get("metadata")
        marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
        grade_id = marks.get("grade_id", "") if isinstance(marks, dict) else ""
        is_code = cell.get("cell_type") == "code"
        clean = harmless.code if is_code else harmless.text
        source = clean(handed_out.source_of(cell))
        theirs.append(_Theirs(source, is_code, str(cell.get("id", "")), str(grade_id)))
    return theirs


def _notebook(content: bytes, notes: list[str]) -> dict[str, Any]:
    content = _unzipped(content, notes)
    if not content.strip(_EMPTY):
        raise Unreadable("the file is empty")
    if len(content) > MAX_BYTES:
        raise Unreadable(f"the file is larger than {MAX_BYTES // 2**20} MiB")
    if files.is_web_page(content):
        raise Unreadable("the file is no notebook but a web page that was saved under its name")
    if content.startswith(_ZIP):
        raise Unreadable("the file is no notebook but a zip file under its name")
    if _CONFLICT.search(content):
        raise Unreadable(
            "the file is no notebook: two versions of it were merged and the marks of that "
            "(<<<<<<<, >>>>>>>) are still in it"
        )
    try:
        notebook = json.loads(_text(content, notes))
    except json.JSONDecodeError as error:
        raise Unreadable(f"the file is no notebook: its content is not JSON ({error})") from error
    except RecursionError as error:
        raise Unreadable("the file is no notebook: its content is nested too deeply") from error
    if not isinstance(notebook, dict):
        raise Unreadable("the file is no notebook: its JSON holds no object")
    if notebook.get("nbformat") in (2, 3):
        notes.append(f"It was in the older notebook format {notebook['nbformat']}.")
        notebook = _upgraded(notebook)
    return notebook


def _unzipped(content: bytes, notes: list[str]) -> bytes:
    """Return what was packed by gzip, as some servers send files and some browsers keep them."""
    if not content.startswith(_GZIP):
        return content
    try:
        found = zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(content, MAX_BYTES + 1)
    except zlib.error as error:
        raise Unreadable(f"the file is packed by gzip and damaged ({error})") from error
    notes.append("The file was packed by gzip.")
    return found


def _text(content: bytes, notes: list[str]) -> str:
    if content.startswith(codecs.BOM_UTF8):
        notes.append("The file began with a byte-order mark.")
    wide = json.detect_encoding(content)
    for encoding in [wide] if "utf-8" not in wide else ["utf-8-sig", "cp1252"]:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding != "utf-8-sig":
            notes.append("The file was not encoded as UTF-8.")
        return text.strip(_MARKS)
    raise Unreadable("the file is no notebook: it is not text")


def _upgraded(notebook: dict[str, Any]) -> dict[str, Any]:
    import nbformat  # it takes seconds, and few notebooks are that old

    try:
        return nbformat.convert(nbformat.from_dict(_joined(notebook)), to_version=4)
    except Exception as error:
        # The converter does not say which errors it raises on malformed notebooks.
        raise Unreadable(f"the old notebook format could not be read ({error})") from error


def _joined(value: Any) -> Any:
    """Return an old notebook whose texts are texts: the converter knows no lists of lines there."""
    if isinstance(value, dict):
        return {
            key: "".join(map(str, item))
            if key in ("source", "input") and isinstance(item, list)
            else _joined(item)
            for key, item in value.items()
        }
    return [_joined(item) for item in value] if isinstance(value, list) else value


# --- matching -------------------------------------------------------------------------------


def _match(
    theirs: list[_Theirs], cells: tuple[handed_out.CourseCell, ...], notes: list[str]
) -> None:
    """Give each of the student's cells its place among the course's, where it has one."""
    by_mark = {
        f"{cell.exercise}{suffix}": place
        for place, cell in enumerate(cells)
        for suffix in [{handed_out.CHECK: "-check", handed_out.ESSAY: "-answer"}.get(cell.kind, "")]
        if cell.exercise
    }
    by_id = {cell.id: place for place, cell in enumerate(cells)}
    # The placeholders of free-text answers are all alike: they say nothing about a place.
    by_source = {
        cell.source.strip(): place
        for place, cell in enumerate(cells)
        if cell.kind != handed_out.ESSAY
    }
    for cell in theirs:
        place = cell.marked = by_mark.get(cell.grade_id, by_id.get(cell.id))
        if place is None:
            place = by_source.get(cell.source.strip())
        if place is None and not cell.code:
            place = _question_in(cell, cells)
        if place is not None and _fits(cell, cells[place], notes):
            cell.place = place
    if not any(cell.grade_id for cell in theirs):
        notes.append("The marks that grading uses were lost; cells were found by their content.")
    _match_by_names(theirs, cells, notes)
    _match_by_marks_alone(theirs, cells, notes)


def _question_in(cell: _Theirs, cells: tuple[handed_out.CourseCell, ...]) -> int | None:
    """Return the place of the text of the course that a cell begins with, if there is one."""
    for place, ours in enumerate(cells):
        text = ours.source.strip()
        if ours.kind == handed_out.TEXT and text and cell.source.strip().startswith(text):
            return place
    return None


def _fits(cell: _Theirs, ours: handed_out.CourseCell, notes: list[str]) -> bool:
    if ours.kind == handed_out.ESSAY:
        cell.code = False  # also where the cell was turned into code: it was asked for a text
        return True
    if ours.runs and not cell.code:
        if cell.source.strip() and not code.parses(cell.source):
            return False
        cell.code = True
        notes.append("A code cell had been turned into text; it was run as code.")
    if ours.kind == handed_out.ANSWER and ours.names and cell.source.strip():
        # A copied cell takes its marks along, also where it is used for something else.
        return bool(cell.assigns() & set(ours.names)) or not code.parses(cell.source)
    return cell.code == ours.runs


def _match_by_names(
    theirs: list[_Theirs], cells: tuple[handed_out.CourseCell, ...], notes: list[str]
) -> None:
    """Find answers by the variables they make, where the answer's own cell is untouched."""
    answered = _answered(theirs, cells)
    for place, ours in enumerate(cells):
        if ours.kind != handed_out.ANSWER or not ours.names or place in answered:
            continue
        for cell in theirs:
            if cell.code and cell.place is None and cell.assigns() & set(ours.names):
                cell.place = place
                if any(other.place == place for other in theirs if other is not cell):
                    notes.append(f"The answer to {ours.title} was found in another cell.")


def _match_by_marks_alone(
    theirs: list[_Theirs], cells: tuple[handed_out.CourseCell, ...], notes: list[str]
) -> None:
    """Take an answer's own cell, where nothing else makes its variables: it is a wrong answer."""
    answered = _answered(theirs, cells)
    for cell in theirs:
        if cell.place is not None or cell.marked in answered or not cell.source.strip():
            continue
        if cell.marked is not None and cell.code and cells[cell.marked].kind == handed_out.ANSWER:
            ours = cells[cell.marked]
            cell.place = cell.marked
            notes.append(f"The answer cell of {ours.title} does not make {', '.join(ours.names)}.")


def _answered(theirs: list[_Theirs], cells: tuple[handed_out.CourseCell, ...]) -> set[int]:
    return {cell.place for cell in theirs if cell.place is not None and _filled(cell, cells)}


def _filled(cell: _Theirs, cells: tuple[handed_out.CourseCell, ...]) -> bool:
    source = cell.source.strip()
    return bool(source) and source != cells[cell.place].source.strip()


# --- putting together -----------------------------------------------------------------------


def _steps(
    theirs: list[_Theirs], cells: tuple[handed_out.CourseCell, ...], notes: list[str]
) -> list[Step]:
    groups, extra = _grouped(theirs)
    made: set[str] = set()
    steps = [Step(cell.source) for cell in extra[-1]]
    for place, ours in enumerate(cells):
        if ours.runs:
            own = _steps_at(ours, groups[place], made, cells, notes)
            steps += own
            made |= {name for step in own for name in code.assigned(step.source)}
        steps += [Step(cell.source) for cell in extra[place]]
        made |= {name for cell in extra[place] for name in cell.assigns()}
    return steps


def _grouped(
    theirs: list[_Theirs],
) -> tuple[dict[int, list[_Theirs]], dict[int, list[_Theirs]]]:
    """Return the cells that belong to each place, and those that only come after it."""
    groups, extra = collections.defaultdict(list), collections.defaultdict(list)
    place = -1
    for cell in theirs:
        if cell.place is not None:
            place = cell.place
            groups[place].append(cell)
        elif cell.code and cell.source.strip():
            extra[place].append(cell)
    return groups, extra


def _steps_at(
    ours: handed_out.CourseCell,
    group: list[_Theirs],
    made: set[str],
    cells: tuple[handed_out.CourseCell, ...],
    notes: list[str],
) -> list[Step]:
    changed = _sources(cell for cell in group if _filled(cell, cells))
    if ours.kind == handed_out.CHECK:
        if not group:
            notes.append(f"The check of {ours.title} was missing; the course's was used.")
        elif changed:
            notes.append(f"The check of {ours.title} was changed; the course's was used.")
        before = [Step(source, ours.exercise) for source in changed]
        return [*before, Step(ours.source, ours.exercise, check=True)]
    if changed:
        if len(changed) > 1 and ours.kind == handed_out.ANSWER:
            notes.append(f"{ours.title} was answered in several cells; all of them were run.")
        if ours.kind == handed_out.ANSWER:
            return [Step(source, ours.exercise) for source in changed]
        theirs = [Step(source) for source in _sources(group)]
        gives = tuple(sorted(handed_out.names_given(ours.source)))
        return [*theirs, Step(ours.source, spare=len(theirs), gives=gives)]
    if ours.names and set(ours.names) <= made:
        return []  # answered in an earlier cell: the placeholder would undo it
    if not group:
        what = f"The answer cell of {ours.title}" if ours.exercise else "A given cell"
        notes.append(f"{what} was missing; the course's was used.")
    return [Step(ours.source, ours.exercise)]


def _sources(group: Iterable[_Theirs]) -> list[str]:
    """Return the sources in order; of cells that were duplicated as they are, one."""
    return list(dict.fromkeys(cell.source for cell in group if cell.source.strip()))
