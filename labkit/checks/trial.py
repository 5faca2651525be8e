"""Try an exercise on all its answers, and on answers that nobody wrote for it."""

import contextlib
import dataclasses
import io
import tempfile
from collections.abc import Iterator
from typing import Any

from labkit.checks import mutants
from labkit.checks.authoring import Case, Exercise
from labkit.checks.given import reference
from labkit.checks.result import Outcome, Result
from labkit.evidence import Evidence, Value

# What no exercise may take for a right answer, in the place of each of its variables.
NOTHING = (None, 0, -1.5, "", "x", [], {}, object)


@dataclasses.dataclass(frozen=True)
class Tried:
    """One answer, and what came of it.

    Attributes
    ----------
    case : Case
    result : Result
    problem : str
        What is not as it should be; empty where all is well.
    """

    case: Case
    result: Result
    problem: str = ""


@contextlib.contextmanager
def apart() -> Iterator[None]:
    """Let the files that answers write lie in a folder of their own, which goes afterwards."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        yield


def answers(exercise: Exercise) -> Iterator[Tried]:
    """Yield the solution and every further answer of an exercise, judged."""
    defined = exercise.notebook(reference(exercise.dataset))
    for case in exercise.cases():
        result = exercise.judge(exercise.collect(*case.make(defined)))
        yield Tried(case, result, _problem(exercise, case, result))


def of_nothing(exercise: Exercise) -> Iterator[Tried]:
    """Yield answers one variable of which is of no use: it must cost points, and never fail."""
    defined = exercise.notebook(reference(exercise.dataset))
    right = exercise.cases()[0].make(defined)
    known = exercise.collect(*right)
    for name in exercise.own:
        position = list(exercise.answers).index(name)
        for value in (..., *NOTHING):
            given = (*right[:position], value, *right[position + 1 :])
            case = Case(f"{name} = {value!r}", _constantly(given), None)
            found = exercise.collect(*given)
            if _alike(found, known):  # nothing may be what is asked for: a count of 0
                continue
            result = exercise.judge(found)
            refused = result.points < exercise.points and result.outcome in (
                Outcome.FAILED,
                Outcome.NOT_ATTEMPTED,
            )
            yield Tried(case, result, "" if refused else f"it ends as {result.outcome}")


def changed(exercise: Exercise) -> Iterator[Tried]:
    """Yield the solution with one thing in it changed; a problem is what is accepted all the same.

    A change that leaves the answer as it is, one that ends in an error, and one that the author
    calls as right is left out.
    """
    defined = exercise.notebook(reference(exercise.dataset))
    right = exercise.collect(*exercise.cases()[0].make(defined))
    for case in mutants.of(exercise):
        if exercise.why_alike(case.name):
            continue
        try:
            given = case.make(defined)
        except Exception:  # whatever it is, there is no answer to judge
            continue
        found = exercise.collect(*given)
        if _alike(found, right):
            continue
        result = exercise.judge(found)
        accepted = result.outcome is Outcome.PASSED
        yield Tried(case, result, "it is accepted: is it right?" if accepted else "")


def _alike(found: Evidence, right: Evidence) -> bool:
    """Tell whether both are the same answer; a whole number may be written as a float."""
    if _bytes(found) == _bytes(right):
        return True
    pairs = [(fact, right.facts[name]) for name, fact in found.facts.items()]
    return all(
        isinstance(a, Value) and isinstance(b, Value) and a.value == b.value for a, b in pairs
    )


def _bytes(found: Evidence) -> bytes:
    file = io.BytesIO()
    found.write(file)
    return file.getvalue()


def _problem(exercise: Exercise, case: Case, result: Result) -> str:
    due = exercise.points if case.earns is None else case.earns
    if (result.outcome, result.points) != (case.outcome, due):
        return (
            f"it should end as {case.outcome} with {due:g} points, "
            f"and ends as {result.outcome} with {result.points:g}"
        )
    if case.shows and result.misconceptions[:1] != (case.shows,):
        first = result.misconceptions[0] if result.misconceptions else "none"
        return f"the mistake {case.shows} should be recognised first, and {first} is"
    return ""


def _constantly(given: tuple) -> Any:
    return lambda defined: given
