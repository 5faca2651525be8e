"""The guide for authors works, block by block: labs from nothing to graded, on own images, too."""

import csv
import os
import pathlib
import re
import shutil
import subprocess
import sys

import nbformat
import pytest

from tests.grading import classroom

GUIDE = (classroom.ROOT / "docs" / "authoring.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"```(sh|python)\n(.*?)```", flags=re.S)
COPIED = ("labkit", "tools", "notebooks", "solutions", "nbgrader_config.py")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("authoring"),  # the guide is followed once
    pytest.mark.usefixtures("sample_data"),
    pytest.mark.skipif(os.name == "nt", reason="the commands are for a POSIX shell"),
]


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> tuple[pathlib.Path, list[str]]:
    """Return a copy of the course in which the guide was followed, and what was printed."""
    folder = tmp_path_factory.mktemp("course")
    for name in COPIED:
        source = classroom.ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder)
    printed = []
    for match in BLOCK.finditer(GUIDE):
        kind, content = match.groups()
        if kind == "sh":
            printed.append(_run(content, folder))
        else:
            path = re.findall(r"Write\s`(.+?)`:", GUIDE[: match.start()])[-1]
            (folder / path).write_text(content, encoding="utf-8")
    return folder, printed


def _run(commands: str, folder: pathlib.Path) -> str:
    commands = f'labkit() {{ "{sys.executable}" -m labkit "$@"; }}\n{commands}'
    beside = str(pathlib.Path(sys.executable).parent)
    environment = {
        **os.environ,
        "LABKIT_DATA": "sample",
        # The copy's package, also where a notebook's kernel starts in another folder.
        "PYTHONPATH": str(folder),
        "PATH": beside + os.pathsep + os.environ["PATH"],
    }
    finished = subprocess.run(
        ["sh", "-e", "-c", commands], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert finished.returncode == 0, f"{commands}\n{finished.stdout}\n{finished.stderr}"
    return finished.stdout


def test_each_exercise_is_as_it_should_be(course):
    _, printed = course
    tried = [text for text in printed if "What is asked for" in text]
    assert len(tried) == 3 and all("All is as it should be." in text for text in tried)


def test_notebooks_are_counted(course):
    folder, _ = course
    path = folder / "notebooks" / "lab7-digits" / "lab7-digits.ipynb"
    cells = {cell.id: cell for cell in nbformat.read(path, as_version=4).cells}
    assert cells["title"].source.startswith("# Lab 7: Digits\n\n**45 minutes, 15 points**")
    assert cells["ink-text"].source.startswith("### Exercise 2: How much ink? (5 points)")
    assert cells["ink"].source.endswith("# Write your code here.")
    assert cells["look-alikes-answer"].metadata.nbgrader.points == 5


def _earned(path: pathlib.Path) -> dict[tuple[str, str], tuple[float, str]]:
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["outcome"] != "to be marked by hand"]
    return {(row["student"], row["exercise"]): (float(row["points"]), row["data"]) for row in rows}


def test_lab_is_graded(course):
    folder, _ = course
    earned = _earned(folder / "grades" / "grades.csv")
    for exercise in ("count-sevens", "ink"):
        assert earned["ada", exercise] == (5, "sample")
        assert earned["ben", exercise] == (0, "sample")


def test_images_of_an_authors_are_used_throughout(course):
    folder, printed = course
    told = "Leaves, the real data: 200 training and 80 test images"
    assert any(told in text for text in printed)
    earned = _earned(folder / "grades-of-leaves" / "grades.csv")
    assert earned == {("ada", "count-birches"): (5, "real")}
