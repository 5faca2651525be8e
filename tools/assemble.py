"""Make the notebooks: the students', and the worked ones without their outputs.

Run it as ``make notebooks``. What a lab's folder in ``labkit/labs`` holds is put in order, and what
can be counted is counted: headings, numbers, points, totals, stubs, the names of cells, and
nbgrader's marks. Outputs that a worked notebook already has are kept where nothing before them has
changed. With ``--check`` nothing is written: the exit status is 1 when a notebook is not what its
lab gives.
"""

import argparse
import ast
import dataclasses
import difflib
import inspect
import json
import pathlib
import re
import sys
import textwrap
from collections.abc import Iterator

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import compute_checksum

from labkit import evidence, files, labs
from labkit.checks import lab_folder
from labkit.checks.authoring import AuthorError, Essay, Exercise
from labkit.checks.lab_text import Code, Piece, Place, Prose
from labkit.checks.result import points

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOLUTIONS = ROOT / "solutions"
NOTEBOOKS = ROOT / "notebooks"
LINE = 100  # characters, as in pyproject.toml
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
CODE_STUB = "# Write your code here."
TEXT_STUB = "*Double-click here, and write your answer in place of this line.*"
KERNEL = {
    "kernelspec": {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    },
    "language_info": {"name": "python"},
}


# --- from a lab's folder to its cells -------------------------------------------------------


def student(name: str) -> NotebookNode:
    """Return the notebook that students get of the lab `name`.

    Raises
    ------
    AuthorError
        If something in the lab's folder is not as it should be.
    """
    return _notebook(_without_faults(name), solved=False)


def worked(name: str) -> NotebookNode:
    """Return the worked notebook of the lab `name`, without outputs; errors as `student`."""
    return _notebook(_without_faults(name), solved=True)


def _without_faults(name: str) -> lab_folder.Lab:
    lab = labs.load(name)
    for fault in lab.faults():
        raise fault
    return lab


def _notebook(lab: lab_folder.Lab, solved: bool) -> NotebookNode:
    notebook = nbformat.v4.new_notebook(cells=list(_cells(lab, solved)))
    notebook.metadata = nbformat.from_dict(dict(KERNEL))
    if not solved:
        made_from = f"labkit/labs/{lab.folder.name}"
        notebook.metadata.labkit = nbformat.from_dict({"generated_from": made_from})
        for cell in notebook.cells:
            _lock(cell)
    return notebook


def _cells(lab: lab_folder.Lab, solved: bool) -> Iterator[NotebookNode]:
    taken = {piece.id for piece in lab.pieces if not isinstance(piece, Place)}
    for number, piece in enumerate(lab.pieces):
        if isinstance(piece, Place):
            item = lab.by_place[piece.name]
            yield from _text_of_exercise(item, taken)
            cells = _essay if isinstance(item, Essay) else _answer_and_check
            yield from cells(item, solved)
        elif isinstance(piece, Code):
            yield _code(piece)
        elif number == 0:
            yield _markdown("title", _title(lab, piece.text))
        else:
            yield _markdown(piece.id or _name_of(piece), piece.text)


def _title(lab: lab_folder.Lab, text: str) -> str:
    """Return the first cell: the lab's number, its minutes and its points are counted."""
    machine = sum(exercise.points for exercise in lab)
    by_hand = lab.points - machine
    number = re.match(r"lab(\d+)", lab.name)
    heading = f"# Lab {number[1]}: {lab.title}" if number else f"# {lab.title}"
    shares = f"({machine:g} marked by the machine, {by_hand:g} by hand)"
    _, _, rest = text.partition("\n")
    return f"{heading}\n\n**{lab.minutes} minutes, {points(lab.points)}** {shares}\n{rest}"


def _text_of_exercise(item: Exercise | Essay, taken: set[str]) -> Iterator[NotebookNode]:
    by_hand = ", marked by hand" if isinstance(item, Essay) else ""
    heading = f"### Exercise {item.number}: {item.title} ({points(item.points)}{by_hand})"
    pieces = lab_folder.text_of(item)
    if not isinstance(pieces[0], Prose):
        pieces = [Prose("", 1), *pieces]
    free = [name for name in (f"{item.name}-text", f"{item.name}-task") if name not in taken]
    for number, piece in enumerate(pieces):
        if isinstance(piece, Code):
            yield _code(piece)
        else:
            text = f"{heading}\n\n{piece.text}".strip() if number == 0 else piece.text
            yield _markdown(piece.id or _next(free, item), text)


def _next(free: list[str], item: Exercise | Essay) -> str:
    if not free:
        raise item.error(
            "its text has more than two cells of prose without a name",
            "Put the others between <!-- #region NAME --> and <!-- #endregion -->.",
        )
    return free.pop(0)


def _name_of(piece: Piece) -> str:
    """Return the name of a cell of prose that has none of its own: after its heading."""
    heading = re.search(r"^#+ +([^:\n]+)", piece.text, flags=re.M)
    words = heading[1] if heading else " ".join(piece.text.split()[:4])
    slug = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")
    return f"{slug}-title" if heading else slug


def _answer_and_check(exercise: Exercise, solved: bool) -> Iterator[NotebookNode]:
    answer = nbformat.v4.new_code_cell(answer_source(exercise, solved), id=exercise.name)
    answer.metadata.nbgrader = _marks(exercise.name, solution=True)
    yield answer
    attribute = exercise.name.replace("-", "_")
    source = call(f"lab.{attribute}.check", list(exercise.answers))
    check = nbformat.v4.new_code_cell(source, id=f"{exercise.name}-check")
    check.metadata.nbgrader = _marks(check.id, grade=True, locked=True, points=exercise.points)
    yield check


def call(function: str, names: list[str]) -> str:
    """Return the call of a function, in as many lines as the formatter writes."""
    listed = ", ".join(names)
    if len(f"{function}({listed})") <= LINE:
        return f"{function}({listed})"
    if len(listed) <= LINE - 4:
        return f"{function}(\n    {listed}\n)"
    return "\n".join([f"{function}(", *(f"    {name}," for name in names), ")"])


def _essay(essay: Essay, solved: bool) -> Iterator[NotebookNode]:
    cell = _markdown(f"{essay.name}-answer", worked_essay(essay) if solved else TEXT_STUB)
    cell.metadata.nbgrader = _marks(cell.id, grade=True, solution=True, points=essay.points)
    yield cell


def worked_essay(essay: Essay) -> str:
    """Return a good answer and the rubric, as the worked notebook shows them."""
    parts = "\n".join(f"- {points(earned)}: {text}." for earned, text in essay.rubric)
    return f"{essay.answer}\n\n**Rubric.**\n\n{parts}"


def _markdown(name: str, text: str) -> NotebookNode:
    return nbformat.v4.new_markdown_cell(text, id=name)


def _code(piece: Code) -> NotebookNode:
    cell = nbformat.v4.new_code_cell(piece.source, id=piece.id)
    if piece.tags:
        cell.metadata.tags = list(piece.tags)
    return cell


def _marks(name: str, **more: object) -> NotebookNode:
    marks = {"grade_id": name, "grade": False, "locked": False, "solution": False, "task": False}
    given = {key: float(value) if key == "points" else value for key, value in more.items()}
    return nbformat.from_dict(marks | {"schema_version": 3} | given)


def _lock(cell: NotebookNode) -> None:
    """Mark a cell as nbgrader's generate_assignment does."""
    marks = cell.metadata.get("nbgrader")
    if marks is None:
        return
    cell.metadata.deletable = False
    if marks.locked:
        cell.metadata.editable = False
    marks.cell_type = cell.cell_type
    marks.checksum = compute_checksum(cell)


# --- answer cells ---------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Part:
    """One part of an answer cell: what students see of it, and what they have to write.

    Attributes
    ----------
    head : tuple of str
        A function's head and docstring, or the placeholders of some variables.
    body : tuple of str
        The solution's lines.
    indent : str
        What stands before the marks of the solution.
    """

    head: tuple[str, ...]
    body: tuple[str, ...]
    indent: str = ""

    def source(self, solved: bool) -> str:
        stub = [f"{self.indent}{CODE_STUB}"]
        inside = [f"{self.indent}{BEGIN}", *self.body, f"{self.indent}{END}"]
        return "\n".join([*self.head, *(inside if solved else stub)])


def answer_source(exercise: Exercise, solved: bool) -> str:
    """Return the source of an answer cell, solved or with a stub for the student."""
    first, *others = parts(exercise)
    if exercise.given:
        # A function stands apart from the lines above it.
        apart = ("", "") if first.indent else ()
        head = (*exercise.given.splitlines(), *apart, *first.head)
        first = dataclasses.replace(first, head=head)
    return "\n\n\n".join(part.source(solved) for part in (first, *others))


def parts(exercise: Exercise) -> list[Part]:
    """Take an exercise's solution apart: each function is a part, all that is between is one."""
    source = _joined(textwrap.dedent(inspect.getsource(exercise.solve)))
    lines = source.splitlines()
    (definition,) = ast.parse(source).body
    *statements, last = definition.body
    _verify_return(exercise, last)
    functions = {name for name in exercise.own if _is_function(exercise, name)}
    there = functions | exercise.is_there_already()
    variables = [name for name in exercise.own if name not in there]
    found: list[Part] = []
    rest: list[str] = []
    # After the `def` line, and any decorator and wrapped parameters.
    end = definition.body[0].lineno - 1 if definition.body else 0
    end = _skip_back(lines, end)
    for statement in statements:
        block = [line.removeprefix("    ") for line in lines[end : statement.end_lineno]]
        end = statement.end_lineno
        if isinstance(statement, ast.FunctionDef) and statement.name in functions:
            if any(line.strip() for line in rest):
                found.append(_variables(exercise, variables, rest))
                variables, rest = [], []
            found.append(_function(statement, block))
        else:
            rest.extend(block)
    if variables or any(line.strip() for line in rest):
        found.append(_variables(exercise, variables, rest))
    return found


def _joined(source: str) -> str:
    """Put on one line again what was broken for the columns that the function's body stands in.

    In its cell a solution begins at the margin; the formatter wants there what fits on one line.
    """
    lines: list[str] = []
    for line in source.splitlines():
        lines.append(line)
        head, inner, tail = ["", "", "", *lines][-3:]
        whole = f"{head}{inner.strip()}{tail.strip()}"
        broken = head.endswith(("(", "[", "{")) and tail.strip().startswith((")", "]", "}"))
        if broken and not inner.endswith(",") and "#" not in inner and len(whole) <= LINE + 4:
            lines[-3:] = [whole]
    return "\n".join(lines) + "\n"


def _skip_back(lines: list[str], end: int) -> int:
    """Return the line after the head of the function, before comments on its first statement."""
    while end > 0 and lines[end - 1].strip().startswith("#"):
        end -= 1
    return end


def _is_function(exercise: Exercise, name: str) -> bool:
    return exercise.answers[name].kind is evidence.Calls


def _variables(exercise: Exercise, names: list[str], body: list[str]) -> Part:
    comments = (
        f"  # {exercise.comments[name]}" if name in exercise.comments else "" for name in names
    )
    head = tuple(f"{name} = ...{comment}" for name, comment in zip(names, comments, strict=True))
    text = "\n".join(body).strip("\n")
    if head and _defines(next(iter(ast.parse(text).body), None)):
        head += _EMPTY
    return Part(head, tuple(_apart(text)))


_EMPTY = ("", "")


def _defines(statement: ast.stmt | None) -> bool:
    return isinstance(statement, ast.FunctionDef | ast.ClassDef)


def _apart(text: str) -> Iterator[str]:
    """Yield the lines of `text` with definitions two empty lines apart from what is around them.

    In a solution, which is a function itself, it is one.
    """
    lines, end, before = text.splitlines(), 0, None
    for statement in ast.parse(text).body:
        block = lines[end : statement.end_lineno]
        if before and (_defines(before) or _defines(statement)):
            yield from _EMPTY
            block = "\n".join(block).strip("\n").splitlines()
        yield from block
        end, before = statement.end_lineno, statement
    yield from lines[end:]


def _function(statement: ast.FunctionDef, block: list[str]) -> Part:
    text = "\n".join(block).strip("\n").splitlines()
    inner = statement.body[1:] if ast.get_docstring(statement) else statement.body
    length = len(text) - (statement.end_lineno - inner[0].lineno + 1)
    while text[length - 1].strip().startswith("#"):
        length -= 1
    return Part(tuple(text[:length]), tuple(text[length:]), "    ")


def _verify_return(exercise: Exercise, last: ast.stmt) -> None:
    value = last.value if isinstance(last, ast.Return) else None
    items = value.elts if isinstance(value, ast.Tuple) else [value]
    names = tuple(item.id for item in items if isinstance(item, ast.Name))
    if names != exercise.own:
        raise exercise.error(
            f"the solution ends with {ast.unparse(last)!r}",
            f"It has to end with: return {', '.join(exercise.own)}",
            exercise.solve,
        )


# --- files ----------------------------------------------------------------------------------


def student_text(name: str) -> str:
    """Return the file of the student's notebook, with the same bytes on every machine."""
    notebook = student(name)
    # By this a copy that a student works in is told from a later one.
    texts = [text for cell in notebook.cells for text in (cell.cell_type, cell.id, cell.source)]
    notebook.metadata.labkit.version = files.fingerprint(*texts)[:12]
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def worked_text(name: str) -> str:
    """Return the file of the worked notebook, with the outputs that still belong to it."""
    notebook = worked(name)
    present = _present(SOLUTIONS, name)
    if present:
        keep_outputs(notebook, nbformat.reads(present, as_version=4))
    return nbformat.writes(notebook) + "\n"


def keep_outputs(notebook: NotebookNode, before: NotebookNode) -> None:
    """Give the cells of `notebook` their outputs, up to the first cell whose code is another."""
    old = [cell for cell in before.cells if cell.cell_type == "code"]
    new = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell, known in zip(new, old, strict=False):
        if (cell.id, cell.source) != (known.id, known.source):
            return
        cell.outputs, cell.execution_count = known.outputs, known.execution_count


def _present(folder: pathlib.Path, name: str) -> str:
    path = folder / name / f"{name}.ipynb"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def up_to_date(name: str, check: bool) -> bool:
    """Make the notebooks of a lab anew, or only tell whether they are in step; say which."""
    made = ((NOTEBOOKS, student_text(name)), (SOLUTIONS, worked_text(name)))
    return [_written(folder, name, text, check) for folder, text in made] == [True, True]


def _written(folder: pathlib.Path, name: str, text: str, check: bool) -> bool:
    present = _present(folder, name)
    where = f"{folder.name}/{name}"
    if text == present:
        print(f"{where}: up to date")
        return True
    if not check:
        path = folder / name / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(f"{where}: written")
        return True
    print(f"{where}: differs from what its lab gives; run `make notebooks`.")
    lines = difflib.unified_diff(present.splitlines(), text.splitlines(), "present", "expected", "")
    print("\n".join(list(lines)[:40]))
    return False


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labs", nargs="*", help="names of labs; all of them if left out")
    parser.add_argument("--check", action="store_true", help="compare only, write nothing")
    arguments = parser.parse_args()
    try:
        good = [up_to_date(name, arguments.check) for name in arguments.labs or labs.MODULES]
    except AuthorError as error:
        print(error, file=sys.stderr)
        return 1
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
