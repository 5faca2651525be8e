"""The guide for authors works, block by block: labs from nothing to graded, on own images, too."""

import collections
import csv
import dataclasses
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
COPIED = (
    *("labkit", "tools", "benchmarks", "notebooks", "solutions", "tests"),
    *("nbgrader_config.py", "pyproject.toml"),
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("authoring"),  # the guide is followed once
    pytest.mark.usefixtures("sample_data"),
    pytest.mark.skipif(os.name == "nt", reason="the commands are for a POSIX shell"),
]


@dataclasses.dataclass
class Step:
    """One block of the guide: what it says, what was printed, and what it wrote.

    Attributes
    ----------
    block : str
    printed : str
    written : dict of str to int
        By the paths of files that an author works in, how many lines with something on them came.
    """

    block: str
    printed: str
    written: dict[str, int]


@dataclasses.dataclass
class Course:
    """A copy of the course in which the guide was followed."""

    folder: pathlib.Path
    steps: list[Step] = dataclasses.field(default_factory=list)

    @property
    def printed(self) -> list[str]:
        return [step.printed for step in self.steps if step.printed]

    def written(self, *begun: str) -> dict[str, int]:
        """Return what the steps wrote in which one of these texts stands."""
        found = collections.Counter()
        for step in self.steps:
            if any(text in step.block for text in begun):
                found.update(step.written)
        return dict(found)


def _texts(folder: pathlib.Path) -> dict[str, list[str]]:
    """Return the lines with something on them of all that an author may work in."""
    rooms = (folder / "labkit", folder / "tools")
    paths = (
        path for room in rooms for kind in ("*.py", "*.md", "*.json") for path in room.rglob(kind)
    )
    return {
        path.relative_to(folder).as_posix(): [
            line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()
        ]
        for path in paths
    }


def _gained(before: dict[str, list[str]], after: dict[str, list[str]]) -> dict[str, int]:
    counts = {
        path: sum((collections.Counter(lines) - collections.Counter(before.get(path, ()))).values())
        for path, lines in after.items()
    }
    return {path: count for path, count in counts.items() if count}


def _follow(folder: pathlib.Path, kind: str, content: str, so_far: str) -> Step:
    before = _texts(folder)
    printed = ""
    if kind == "sh":
        printed = _run(content, folder)
    else:
        path = re.findall(r"Write\s`(.+?)`:", so_far)[-1]
        (folder / path).write_text(content, encoding="utf-8")
    return Step(content, printed, _gained(before, _texts(folder)))


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Course:
    """Return a copy of the course in which the guide was followed."""
    folder = tmp_path_factory.mktemp("course")
    for name in COPIED:
        source = classroom.ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder)
    done = Course(folder)
    for match in BLOCK.finditer(GUIDE):
        done.steps.append(_follow(folder, *match.groups(), GUIDE[: match.start()]))
    return done


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
    tried = [text for text in course.printed if "What is asked for" in text]
    assert len(tried) == 3 and all("All is as it should be." in text for text in tried)


def test_notebooks_are_counted(course):
    path = course.folder / "notebooks" / "lab7-digits" / "lab7-digits.ipynb"
    cells = {cell.id: cell for cell in nbformat.read(path, as_version=4).cells}
    assert cells["title"].source.startswith("# Lab 7: Digits\n\n**45 minutes, 15 points**")
    assert cells["ink-text"].source.startswith("### Exercise 2: How much ink? (5 points)")
    assert cells["ink"].source.endswith("# Write your code here.")
    assert cells["look-alikes-answer"].metadata.nbgrader.points == 5


def test_the_courses_tests_take_the_lab_up(course):
    (printed,) = (step.printed for step in course.steps if "pytest" in step.block)
    (passed,) = re.findall(r"(\d+) passed", printed)
    assert int(passed) > 30 and "failed" not in printed and "skipped" not in printed


def _earned(path: pathlib.Path) -> dict[tuple[str, str], tuple[float, str]]:
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["outcome"] != "to be marked by hand"]
    return {(row["student"], row["exercise"]): (float(row["points"]), row["data"]) for row in rows}


def test_lab_is_graded(course):
    earned = _earned(course.folder / "grades" / "grades.csv")
    for exercise in ("count-sevens", "ink"):
        assert earned["ada", exercise] == (5, "sample")
        assert earned["ben", exercise] == (0, "sample")


def test_images_of_an_authors_are_used_throughout(course):
    told = "Leaves, the real data: 200 training and 80 test images"
    assert any(told in text for text in course.printed)
    earned = _earned(course.folder / "grades-of-leaves" / "grades.csv")
    assert earned == {("ada", "count-birches"): (5, "real")}


# --- what it takes ----------------------------------------------------------------------------

DIGITS = "labkit/labs/digits/"
INK = ("How much ink?", "{{ ink }}")


def _row(words: str, files: str, lines: int) -> str:
    return f"| {words} | {files} | {lines} |"


def test_an_exercise_takes_two_files_and_few_lines(course):
    begun = course.written("new exercise lab7-digits")
    assert set(begun) == {f"{DIGITS}count_sevens.py", f"{DIGITS}lab.md"}
    written = course.written(*INK)
    assert set(written) == {f"{DIGITS}ink.py", f"{DIGITS}lab.md"}
    first, second = sum(begun.values()), sum(written.values())
    assert first <= 50 and second <= 50
    words = "the exercise `count-sevens`, as it is begun"
    assert _row(words, "`count_sevens.py`, `lab.md`", first) in GUIDE
    assert _row("the exercise `ink`", "`ink.py`, `lab.md`", second) in GUIDE


def test_a_lab_takes_one_folder(course):
    written = course.written("lab7-digits", *INK)
    assert written and all(path.startswith(DIGITS) for path in written)
    lines = sum(written.values())
    assert _row("this lab: two exercises and an essay", "one folder", lines) in GUIDE


CHANGES = (
    (
        "from labkit.checks.authoring import Exercise, function",
        "from labkit.checks import agreement\n"
        "from labkit.checks.authoring import Exercise, Message, function",
    ),
    ("@exercise.mistake(earns=1)\ndef mean", "@exercise.mistake(earns=2)\ndef mean"),
    ("exercise.wrong(earns=1, always", "exercise.wrong(earns=2, always"),
    (
        "@exercise.mistake(earns=1)\ndef pixels",
        '''@exercise.criterion(1, asks="as a number from 0 to 1")
def _(ink):
    """a share is at most 1"""
    if any(agreement.as_array(call.result) > 1 for call in ink.calls):
        return Message("ink returned more than 1", "a share", "Divide by the number of pixels.")


@exercise.mistake(earns=1)
def pixels''',
    ),
)


def test_a_criterion_takes_one_file(course, tmp_path):
    """And the points, in the headings and in all, are counted anew."""
    for name in ("labkit", "tools", "notebooks", "solutions"):
        shutil.copytree(course.folder / name, tmp_path / name)
    before = _texts(tmp_path)
    path = tmp_path / DIGITS / "ink.py"
    text = path.read_text(encoding="utf-8")
    for old, new in CHANGES:
        assert text.count(old) == 1
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    written = _gained(before, _texts(tmp_path))
    assert set(written) == {f"{DIGITS}ink.py"}
    assert _row("a criterion of `ink`", "`ink.py`", sum(written.values())) in GUIDE
    tried = _run("labkit try lab7-digits ink\npython -m tools.assemble lab7-digits", tmp_path)
    assert "All is as it should be." in tried
    made = (tmp_path / "notebooks" / "lab7-digits" / "lab7-digits.ipynb").read_text("utf-8")
    assert "How much ink? (6 points)" in made and "45 minutes, 16 points" in made
