"""What grading takes from the course: the student's notebook of a lab, and its exercises."""

import ast
import dataclasses
import hashlib
import importlib
import json
import pathlib
from typing import Any

from labkit import labs
from labkit.checks.exercise import Exercise, Lab
from labkit.evidence import functions
from labkit.grading import boundary

CHECK, ANSWER, ESSAY, GIVEN, TEXT = "check", "answer", "essay", "given", "text"


class CourseError(boundary.ClassFault):
    """The course's own files are not as they should be; the message says what to do."""


@dataclasses.dataclass(frozen=True)
class CourseCell:
    """One cell of the student's notebook as the course hands it out.

    Attributes
    ----------
    id, source : str
    kind : str
        One of the words above.
    exercise : str
        The exercise that a check, an answer or an essay belongs to; else empty.
    names : tuple of str
        The variables that an answer cell is to make.
    title : str
        How students know the exercise: ``"Exercise 3"``.
    """

    id: str
    source: str
    kind: str
    exercise: str = ""
    names: tuple[str, ...] = ()
    title: str = ""

    @property
    def runs(self) -> bool:
        """Whether the cell holds code."""
        return self.kind in (CHECK, ANSWER, GIVEN)


@dataclasses.dataclass(frozen=True)
class CourseLab:
    """A lab as grading needs it.

    Attributes
    ----------
    lab : Lab
    module : str
        The name of its module in `labkit.labs`.
    cells : tuple of CourseCell
    notebook : dict
        The notebook that is handed out, as it is in its file.
    fingerprint : str
        Changes when that notebook changes.
    """

    lab: Lab
    module: str
    cells: tuple[CourseCell, ...]
    notebook: dict[str, Any]
    fingerprint: str

    def exercises_for_a_run(self, seed: int, student: int = 0) -> dict[str, tuple]:
        """Return the exercises without criteria, for a worker.

        With them go probes that `seed` gives, and what is the own of the student with the number
        `student`.
        """
        return {
            attribute: (
                item.name,
                item.dataset,
                _collecting(item, seed),
                item.for_student(student) if item.variant else None,
            )
            for attribute, item in self._module_items()
            if isinstance(item, Exercise)
        }

    def tables_for_a_run(self) -> dict[str, tuple[bool, Any]]:
        """Return what else the notebook takes from its lab, as plain data, for a worker.

        Returns
        -------
        dict of str to (bool, object)
            Whether the notebook calls it, and the value, or what the call returns.
        """
        used = {name for cell in self.cells if cell.kind == GIVEN for name in _of_lab(cell.source)}
        return {
            name: (callable(item), item() if callable(item) else item)
            for name, item in self._module_items()
            if name in used - {"hint", "progress", "submit"} and not isinstance(item, Exercise)
        }

    def _module_items(self) -> list[tuple[str, Any]]:
        return list(vars(importlib.import_module(f"labkit.labs.{self.module}")).items())


def load(name: str, root: pathlib.Path) -> CourseLab:
    """Read the lab `name` of the course in the folder `root`.

    Raises
    ------
    CourseError
        If there is no such lab, or no notebook that students get for it.
    """
    try:
        lab = labs.load(name)
    except KeyError as error:
        raise CourseError(str(error.args[0])) from error
    path = root / "notebooks" / name / f"{name}.ipynb"
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CourseError(
            f"The notebook that students get is not in {path.parent}: start the command in the "
            f"course's folder or name it with --course."
        ) from error
    notebook = json.loads(content)
    cells = tuple(_cell(item, lab) for item in notebook["cells"])
    _verify(lab, cells)
    fingerprint = hashlib.sha256(content).hexdigest()
    return CourseLab(lab, labs.MODULES[name], cells, notebook, fingerprint)


def source_of(cell: dict[str, Any]) -> str:
    """Return a cell's source, which a notebook stores as one text or as lines."""
    source = cell.get("source", "")
    return "".join(map(str, source)) if isinstance(source, list) else str(source)


def assigned_names(tree: ast.AST) -> set[str]:
    """Return the names that code assigns or defines, at any depth outside functions."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return names


def names_given(source: str) -> set[str]:
    """Return the names that a given cell makes or imports."""
    tree = ast.parse(source)
    names = assigned_names(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    return names


def _of_lab(source: str) -> set[str]:
    """Return the attributes of ``lab`` that a given cell uses."""
    return {
        node.attr
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "lab"
    }


def _collecting(exercise: Exercise, seed: int) -> dict[str, tuple]:
    answers = {}
    for name, answer in exercise.answers.items():
        collector = answer.collector
        if isinstance(collector, functions.Probing):
            answers[name] = ("", collector.arguments(seed))
        elif collector.__module__.startswith("labkit.evidence."):
            answers[name] = (f"{collector.__module__}:{collector.__name__}", None)
        else:
            raise CourseError(
                f"{exercise.name}: its collector {collector.__name__} is in "
                f"{collector.__module__}, beside the criteria, which no run may see. Move it "
                f"to a module of labkit.evidence."
            )
    return answers


def _cell(item: dict[str, Any], lab: Lab) -> CourseCell:
    source, marks = source_of(item), item["metadata"].get("nbgrader", {})
    graded, solution = marks.get("grade"), marks.get("solution")
    if not graded and not solution:
        return CourseCell(item["id"], source, GIVEN if item["cell_type"] == "code" else TEXT)
    kind = ESSAY if graded and solution else CHECK if graded else ANSWER
    suffix = {ESSAY: "-answer", CHECK: "-check", ANSWER: ""}[kind]
    name = marks["grade_id"].removesuffix(suffix)
    names = _names(source, name, lab) if kind == ANSWER else ()
    numbers = {exercise.name: exercise.number for exercise in lab.exercises}
    return CourseCell(item["id"], source, kind, name, names, f"Exercise {numbers.get(name)}")


def _names(source: str, exercise: str, lab: Lab) -> tuple[str, ...]:
    wanted = {name for item in lab if item.name == exercise for name in item.answers}
    return tuple(sorted(assigned_names(ast.parse(source)) & wanted))


def _verify(lab: Lab, cells: tuple[CourseCell, ...]) -> None:
    checks = [cell.exercise for cell in cells if cell.kind == CHECK]
    essays = [cell.exercise for cell in cells if cell.kind == ESSAY]
    wanted = [exercise.name for exercise in lab], [essay.name for essay in lab.essays]
    if (sorted(checks), sorted(essays)) != tuple(map(sorted, wanted)):
        raise CourseError(
            f"The notebook of {lab.name} does not have the exercises of labkit.labs: "
            "make it again with `make notebooks`."
        )
