"""Plain nbgrader gives an honest notebook the points that the checks give."""

import os
import pathlib
import shutil
import subprocess
import sys

import pytest
from nbgrader.api import Gradebook

from labkit import labs
from tests.notebooks import running

LAB = "lab1-data"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Return a course folder in which nbgrader has marked a solution, a blank and a wrong one."""
    folder = tmp_path_factory.mktemp("course")
    for name in ("solutions", "notebooks"):
        shutil.copytree(running.ROOT / name / LAB, folder / name / LAB)
    shutil.copy(running.ROOT / "nbgrader_config.py", folder)
    for student, source in {"blank": _blank, "full": _full, "wrong": _wrong}.items():
        target = folder / "submitted" / student / LAB
        target.mkdir(parents=True)
        source(target / f"{LAB}.ipynb")
    _nbgrader(folder, "generate_assignment", LAB, "--force", "--create")
    _nbgrader(folder, "autograde", LAB, "--create")
    return folder


def _nbgrader(folder, *arguments):
    beside = pathlib.Path(sys.executable).parent
    environment = {
        **os.environ,
        "LABKIT_DATA": "sample",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PATH": f"{beside}{os.pathsep}{os.environ['PATH']}",
    }
    command = [sys.executable, "-m", "nbgrader", *arguments]
    finished = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert finished.returncode == 0, finished.stdout + finished.stderr


def _blank(path):
    shutil.copy(running.student(LAB), path)


def _with_answers(path, change):
    import nbformat

    solved = {cell.id: cell.source for cell in running.read(running.solution(LAB)).cells}
    document = running.read(running.student(LAB))
    for cell in document.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = change(cell.id, solved[cell.id])
    nbformat.write(document, path)


def _full(path):
    _with_answers(path, lambda name, source: source)


def _wrong(path):
    """Write a notebook that scales twice and warns on stderr."""

    def change(name, source):
        if name == "scale-images":
            return source + "\nx_train_scaled = x_train_scaled / 255\n"
        if name == "count-images":
            return "import sys\nprint('careful', file=sys.stderr)\n" + source
        return source

    _with_answers(path, change)


def _scores(course, student):
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        submission = gradebook.find_submission(LAB, student).notebooks[0]
        return {
            grade.name.removesuffix("-check"): grade.auto_score
            for grade in submission.grades
            if grade.name.endswith("-check")
        }


@pytest.mark.slow
def test_nbgrader_agrees_with_the_checks(course):
    full = {exercise.name: exercise.points for exercise in labs.load(LAB)}
    assert _scores(course, "full") == full
    assert _scores(course, "blank") == dict.fromkeys(full, 0.0)
    assert _scores(course, "wrong") == full | {"scale-images": 7.0, "channel-axis": 3.0}
