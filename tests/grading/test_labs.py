"""Every lab of the course through the grader: solution, blank, and each wrong answer."""

import functools
import io
import json
import pathlib
import shutil
import tempfile

import matplotlib.pyplot as plt
import pytest

from labkit import labs
from labkit.checks import Outcome
from labkit.grading import grade
from labkit.grading.graded import Graded
from labkit.grading.judging import judge
from labkit.grading.runs import course_copy, records, running
from labkit.grading.submissions import handed_out
from tests.grading import classroom
from tests.labs import cases

# The tests of a lab stay in one process: its notebooks are run once, its networks trained once.
LABS = [pytest.param(lab, marks=pytest.mark.xdist_group(lab)) for lab in labs.MODULES]


@functools.cache
def graded(lab: str) -> dict[str, Graded]:
    """Return the grades of the blank notebook and of the solution, run once on the sample."""
    place = pathlib.Path(tempfile.mkdtemp(prefix="labkit-test-labs-"))
    try:
        for student, folder in (("blank", "notebooks"), ("solution", "solutions")):
            (place / "in" / student).mkdir(parents=True)
            notebook = classroom.ROOT / folder / lab / f"{lab}.ipynb"
            shutil.copy(notebook, place / "in" / student)
        settings = grade.Settings(course=classroom.ROOT)
        items = grade.grade(lab, place / "in", place / "out", settings)
        kept[lab] = (place / "out" / ".kept" / lab / "solution" / running.RECORDS).read_bytes()
    finally:
        shutil.rmtree(place)
    return classroom.by_student(items)


# The records of the solution's run, by lab.
kept: dict[str, bytes] = {}


@pytest.mark.slow
@pytest.mark.usefixtures("sandboxed")
@pytest.mark.parametrize("lab", LABS)
def test_solution_gets_everything_and_blank_nothing(lab):
    blank, solution = graded(lab)["blank"], graded(lab)["solution"]
    assert {result.outcome for result in blank.results} <= {
        Outcome.NOT_ATTEMPTED,
        Outcome.BLOCKED,
    }
    lost = [result.text() for result in solution.results if not result]
    assert not lost, "\n".join(lost)
    assert blank.run.notes == solution.run.notes == []


@pytest.mark.slow
@pytest.mark.usefixtures("sandboxed", "beside_its_files")
@pytest.mark.parametrize("lab", LABS)
def test_each_answer_in_a_solution(lab, tmp_path):
    """In a full submission an answer costs what its author says.

    Only its own exercise is judged again: the next test holds that the others stay as they are.
    """
    run = graded(lab)["solution"].run
    different = []
    for one in cases.of(lab):
        left = _with_answers(lab, tmp_path, [one])
        result = judge.judge_exercise(one.exercise, run, left, tmp_path)
        if (result.outcome, result.points) != (one.case.outcome, one.points):
            different.append(f"{one}: {result.text()}")
    assert not different, "\n".join(different)


@pytest.mark.slow
@pytest.mark.usefixtures("sandboxed", "beside_its_files")
@pytest.mark.parametrize("lab", LABS)
def test_wrong_answers_touch_no_other_exercise(lab, tmp_path):
    """Every second exercise is answered wrongly, then every other: the rest keeps its points."""
    every = list(labs.load(lab))
    solution = graded(lab)["solution"]
    run = tmp_path / "run"
    run.mkdir()
    (run / "run.json").write_text(solution.run.to_json(), encoding="utf-8")
    with judge.Judge(tmp_path) as asked:
        for wrong in (every[::2], every[1::2]):
            answers = {exercise.name: _wrong(lab, exercise.name) for exercise in wrong}
            _with_answers(lab, run, answers.values())
            results = asked.judge(lab, "run").results
            lost = sum(exercise.points - answers[exercise.name].points for exercise in wrong)
            assert sum(result.points for result in results) == solution.points - lost
            for result, full in zip(results, solution.results, strict=True):
                assert result == full or result.exercise in answers


def _with_answers(lab, folder, given):
    """Write the solution's records to `folder`, with other answers to some exercises."""
    seed = graded(lab)["solution"].run.seed
    path = folder / running.RECORDS
    if not path.exists():
        path.write_bytes(kept[lab])
    with open(path, "r+b") as file:
        file.truncate(len(kept[lab]))  # what was answered before goes
        file.seek(0, io.SEEK_END)
        for one in given:
            content = io.BytesIO()
            one.exercise.collect(*one.answers(), seed=seed).write(content)
            plt.close("all")
            record = {"kind": "evidence", "exercise": one.exercise.name}
            size = len(content.getvalue())
            file.write(json.dumps(record | {"size": size}).encode() + b"\n" + content.getvalue())
    return records.read(path)


def _wrong(lab, exercise):
    """Return the wrong answer to an exercise that earns most: that is the hardest to tell."""
    of_it = [one for one in cases.of(lab) if one.exercise.name == exercise]
    return max((one for one in of_it if not one.case.is_right), key=lambda one: one.points)


def test_kit_holds_collectors_and_no_criteria(tmp_path):
    course_copy.build(tmp_path)
    here = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.py")}
    assert _collectors() | {"labkit/evidence/facts.py", "labkit/data/__init__.py"} <= here
    assert not [path for path in here if "labs" in path or "grading" in path]
    assert not {"labkit/checks/criteria.py", "labkit/checks/exercise.py"} & here


def _collectors():
    """Return the files of the collectors that the labs' answers name."""
    answers = [
        collector
        for lab in labs.MODULES
        for exercise in handed_out.load(lab, classroom.ROOT).exercises_for_a_run(0).values()
        for collector, arguments in exercise[2].values()
        if arguments is None
    ]
    return {f"{place.split(':')[0].replace('.', '/')}.py" for place in answers}
