"""Every lab of the course through the grader: solution, blank, and each wrong answer."""

import io
import json
import shutil

import matplotlib.pyplot as plt
import pytest

from labkit import labs
from labkit.checks import Outcome
from labkit.grading import grade, judging, kit, records, running
from tests.grading import classroom
from tests.labs import tables
from tests.labs.given import given

CASES = [(lab, case) for lab, table in tables.TABLES.items() for case in table.cases]


@pytest.mark.slow
@pytest.mark.usefixtures("sandboxed")
@pytest.mark.parametrize("name", labs.MODULES)
def test_solution_gets_everything_and_blank_nothing(name, tmp_path):
    for student, folder in (("blank", "notebooks"), ("solution", "solutions")):
        place = tmp_path / "in" / student
        place.mkdir(parents=True)
        shutil.copy(classroom.ROOT / folder / name / f"{name}.ipynb", place)
    settings = grade.Settings(course=classroom.ROOT, progress=False)
    blank, solution = grade.grade(name, tmp_path / "in", tmp_path / "out", settings)
    assert {result.outcome for result in blank.results} <= {
        Outcome.NOT_ATTEMPTED,
        Outcome.BLOCKED,
    }
    lost = [result.text() for result in solution.results if not result]
    assert not lost, "\n".join(lost)
    assert blank.run.notes == solution.run.notes == []


@pytest.mark.slow
@pytest.mark.parametrize("lab", tables.TABLES)
def test_every_answer_of_the_tables_gets_the_same_from_the_grader(lab, tmp_path):
    """Judged as a part of a run, after everything was measured that can be."""
    exercises = {exercise.name: exercise for exercise in labs.load(lab)}
    different = []
    for _, case in (item for item in CASES if item[0] == lab):
        exercise = exercises[case.exercise]
        result = _graded(exercise, case.make(given()), tmp_path)
        plt.close("all")
        wanted = exercise.points if case.points is None else case.points
        if (result.outcome, result.points) != (case.outcome, wanted):
            different.append(f"{case}: {result.text()}")
    assert not different, "\n".join(different)


def _graded(exercise, answers, folder):
    file = io.BytesIO()
    exercise.collect(*answers).write(file)
    content = file.getvalue()
    record = {"kind": "evidence", "exercise": exercise.name, "size": len(content)}
    path = folder / running.RECORDS
    path.write_bytes(json.dumps(record).encode() + b"\n" + content)
    steps = [(exercise.name, False), (exercise.name, True)]
    run = running.Run(0, steps, {}, {}, [], 0, "", 1.0, True)
    return judging.judge_exercise(exercise, run, records.read(path), folder)


def test_kit_holds_no_criteria(tmp_path):
    kit.build(tmp_path)
    here = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.py")}
    assert "labkit/checks/collect.py" in here and "labkit/data/__init__.py" in here
    assert not [path for path in here if "labs" in path or "grading" in path]
    assert not {"labkit/checks/criteria.py", "labkit/checks/exercise.py"} & here
