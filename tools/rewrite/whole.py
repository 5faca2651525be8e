"""Whole notebooks: right answers in their cells, and every cell below them runs.

Of each exercise one right answer stands in the same notebook, so a lab has as many notebooks as
some exercise has right answers. The trainings may be short: what a check says of an answer is
measured elsewhere; here is measured whether the rest of the notebook can use it.
"""

import contextlib
import dataclasses
import io
from collections.abc import Callable, Mapping
from typing import Any

import matplotlib.pyplot as plt
import nbformat

from labkit import labs
from labkit.checks import given
from labkit.checks import names as checked
from labkit.checks.authoring import Exercise
from tools.mutate import course

# What takes the place of an answer: from the exercise, and what the notebook defines by now with
# the solution, to the new values by name.
Change = Callable[[Exercise, dict[str, Any]], Mapping[str, Any]]


@dataclasses.dataclass
class Run:
    """A notebook that was run to its end.

    Attributes
    ----------
    accepted : list of str
        The exercises whose other answer got full points, and stood in the notebook from there on.
    left : list of str
        Those whose other answer did not, as it goes with what only follows from other answers
        or from a whole training: there the solution stands.
    errors : list of str
        Each cell that ended in an error, and what it was.
    """

    accepted: list[str] = dataclasses.field(default_factory=list)
    left: list[str] = dataclasses.field(default_factory=list)
    errors: list[str] = dataclasses.field(default_factory=list)


def run(lab: str, change: Change, short: bool = True) -> Run:
    """Run the solution notebook of a lab with other answers in it.

    Parameters
    ----------
    lab : str
    change : callable
    short : bool
        Whether networks learn from few images only.
    """
    notebook = nbformat.read(course.SOLUTIONS / lab / f"{lab}.ipynb", as_version=4)
    exercises = {exercise.name: exercise for exercise in labs.load(lab)}
    names: dict[str, Any] = {"display": _shown, "__name__": "__main__"}
    checks = {_grade_id(cell).removesuffix("-check"): cell.source for cell in notebook.cells}
    met: list[tuple[Exercise, str]] = []
    done = Run()
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        name = _grade_id(cell)
        if name.removesuffix("-check") in exercises and name.endswith("-check"):
            continue
        with course.alone(600), course.short_trainings(short):
            try:
                source = course.solution(cell.source) if name in exercises else cell.source
                course.execute(source, f"<{cell.id}>", names)
                if name in exercises:
                    met.append((exercises[name], checks[name]))
                    _answer(met, names, change, done)
            except Exception as error:
                done.errors.append(f"{cell.id}: {type(error).__name__}: {error}")
        plt.close("all")
    return done


def _grade_id(cell: Any) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def _answer(
    met: list[tuple[Exercise, str]], names: dict[str, Any], change: Change, done: Run
) -> None:
    """Put other answers to the exercise met last into the notebook, if they are accepted there.

    A network that is compiled in one exercise was defined in another, which has to accept it, too.
    """
    exercise, _ = met[-1]
    other = {name: v for name, v in change(exercise, names).items() if name in exercise.own}
    for judging, check in met:
        if not set(judging.own) & set(other):
            continue
        result = judging.judge(judging.collect(*course.given(check, names | other)))
        if result.points < result.max_points:
            said = f"{judging.name} gives {result.points:g} of {result.max_points:g}"
            done.left.append(f"{exercise.name}: {said}")
            return
    done.accepted.append(exercise.name)
    names.update(other)


def _shown(*shown: Any) -> None:
    """Do to an object what showing it does."""
    for item in shown:
        with contextlib.redirect_stdout(io.StringIO()):
            print(item)


# --- the right answers that authors wrote ---------------------------------------------------


def right_answers(lab: str) -> int:
    """Return how many right answers the exercise of a lab has that has most."""
    return max(len(_right(exercise)) for exercise in labs.load(lab))


def with_right_answers(number: int) -> Change:
    """Return the change that puts the right answer with this number into each exercise.

    Where an exercise has fewer, they begin anew.
    """

    def change(exercise: Exercise, names: dict[str, Any]) -> Mapping[str, Any]:
        right = _right(exercise)
        made = right[number % len(right)].make(_Live(exercise, names))
        return dict(zip(exercise.answers, made, strict=True))

    return change


def _right(exercise: Exercise) -> list:
    return [case for case in exercise.cases() if case.is_right]


class _Live:
    """The names of a notebook that runs, in place of those that the kit would make."""

    def __init__(self, exercise: Exercise, names: dict[str, Any]) -> None:
        self.exercise, self.names = exercise, names

    def find(self, name: str, before: int | None = None) -> Any:
        """Return what stands under a name in the notebook, or in the data that belong to it."""
        if name not in self.names:
            return getattr(given.reference(self.exercise.dataset), name)
        return self.names[name]

    def call(self, called: Callable, own: Mapping[str, Any], before: int | None = None) -> Any:
        """Call a function with what it asks for by name."""
        asked = checked.parameters(called)
        return called(**{name: own[name] if name in own else self.find(name) for name in asked})
