"""Every exercise against its right and wrong answers: full points, or exactly the loss due."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from labkit import evidence, labs
from labkit.checks.given import reference
from labkit.checks.result import Outcome, Result
from labkit.evidence import Evidence
from tests.labs import cases

pytestmark = pytest.mark.usefixtures("sample_data", "beside_its_files")

# The tests of a lab stay in one process: what its answers are made of is trained once in each.
CASES = [
    pytest.param(one, id=f"{lab}: {one}", marks=pytest.mark.xdist_group(lab))
    for lab in labs.MODULES
    for one in cases.of(lab)
]


@pytest.fixture(autouse=True)
def _no_open_figures():
    yield
    plt.close("all")


@pytest.mark.parametrize("one", CASES)
def test_answer_gets_what_it_deserves(one, record_property, tmp_path):
    exercise, case, answers = one.exercise, one.case, one.answers()
    arrays = [a for a in answers if isinstance(a, np.ndarray) and a.dtype != object]
    copies = [array.copy() for array in arrays]

    found = exercise.collect(*answers)
    result = exercise.judge(found)

    judged_rightly = (result.outcome, result.points) == (case.outcome, one.points)
    kind = "right answers accepted" if case.is_right else "wrong answers refused"
    record_property(kind, judged_rightly)
    assert judged_rightly, result.text()

    if case.shows:
        named = result.misconceptions[:1] == (case.shows,)
        record_property("misconceptions named", named)
        assert named, result.text()

    # Evidence that was written to a file and read back gets the same verdict: grading relies
    # on that. Nothing of the student's process is left in it.
    found.save(tmp_path / "evidence.npz")
    again = exercise.judge(Evidence.load(tmp_path / "evidence.npz"))
    assert again == result
    assert Result.from_json(result.to_json()) == result

    # A check says the same each time and does not touch what it is given.
    shown = exercise.check(*answers)
    assert shown.text() == result.text()
    assert shown._repr_html_() == result._repr_html_()
    for array, copy in zip(arrays, copies, strict=True):
        np.testing.assert_array_equal(array, copy)


DRAWN = [
    pytest.param(exercise, id=f"{lab}: {exercise.name}", marks=pytest.mark.xdist_group(lab))
    for lab in labs.MODULES
    for exercise in labs.load(lab)
    if any(exercise.answers[name].kind is evidence.Picture for name in exercise.own)
]


@pytest.mark.parametrize("exercise", DRAWN)
def test_no_answer_changes_what_the_solution_has_drawn(exercise):
    """So that each is judged alike whichever were made before it."""
    defined = exercise.notebook(reference(exercise.dataset))
    solution, *others = exercise.cases()
    drawn = solution.make(defined)
    for case in others:
        case.make(defined)
    assert exercise.judge(exercise.collect(*drawn)), "an answer has changed the solution's picture"


@pytest.mark.parametrize("lab", labs.MODULES)
def test_answers_are_enough(lab):
    """Among them are nothing and each misconception; how many they are, `faults` tells."""
    for exercise in labs.load(lab):
        wrong = [case for case in exercise.cases() if not case.is_right]
        assert any(case.outcome is Outcome.NOT_ATTEMPTED for case in wrong), exercise.name
        named = {case.shows for case in wrong} - {""}
        assert named == {mistake.name for mistake in exercise.misconceptions}, exercise.name
