"""What `labkit grade` says: how far it is, what it wrote, who is missing, what waits."""

import io
import os
import re
import time

import pytest
from hypothesis import given, settings

from labkit.checks.result import points
from labkit.commands import grade as command
from labkit.commands import speaking
from tests.grading import hostile, made_class

REASON = "The file is empty."


@pytest.fixture(scope="module")
def graded():
    lab = made_class.lab()
    return [*made_class.graded(lab, 6, 3), made_class.broken(lab, "zoe", REASON)]


def test_without_a_terminal_there_is_a_plain_line_for_each(graded):
    file = io.StringIO()
    with speaking.Progress(file) as progress:
        progress.begins(len(graded))
        for item in graded:
            progress.starts()
            progress.ends(item)
    lines = file.getvalue().splitlines()
    assert len(lines) == 7 and "\x1b" not in file.getvalue()
    assert lines[0].startswith("1 of 7: Student 01, ") and "to go" in lines[0]
    assert lines[-1] == f"7 of 7: zoe, could not grade all: {REASON}"


def test_who_handed_in_nothing_is_no_problem(graded):
    file = io.StringIO()
    with speaking.Progress(file) as progress:
        progress.begins(2)
        for item in (made_class.absent(made_class.lab(), "kim"), graded[0]):
            progress.starts()
            progress.ends(item)
    lines = file.getvalue().splitlines()
    assert lines[0].startswith("1 of 2: kim, handed in nothing")
    assert lines[1] == f"2 of 2: Student 01, {points(graded[0].points)}"
    assert "problem" not in progress.line()


def test_before_and_after_the_notebooks_it_says_what_it_does(graded):
    progress = speaking.Progress(io.StringIO())
    assert progress.line() == "Getting ready …"
    progress.begins(1)
    progress.starts()
    assert progress.line() == "0 of 1 done, 1 running, 0 left"
    progress.ends(graded[0])
    assert progress.line() == "1 of 1 done, writing grades and pages …"


def test_a_terminal_gets_one_line_that_changes(graded):
    """Seen from the other end of a terminal."""
    ours, theirs = os.openpty()
    with open(theirs, "w", encoding="utf-8") as file, speaking.Progress(file) as progress:
        progress.begins(len(graded) + 2)
        for item in graded:
            progress.starts()
            progress.ends(item)
        progress.starts()
        time.sleep(0.5)  # it is drawn four times a second
        shown = os.read(ours, 100_000).decode()
        assert progress.line().startswith("7 of 9 done, 1 running, 1 left, about a minute")
    os.close(ours)
    assert "7 of 9 done, 1 running, 1 left" in shown
    assert "7 of 7" not in shown


def test_the_summary_names_every_file_and_what_waits(graded, tmp_path):
    names = {"grades.csv", "report.html", "report.csv", "moodle.csv", "new-one.txt"}
    for name in names:
        (tmp_path / name).write_text("")
    for name in ("feedback", "report", ".kept", "autograded"):
        (tmp_path / name).mkdir()
    old = tmp_path / "canvas.csv"
    old.write_text("")
    os.utime(old, (1, 1))
    lines = list(command.summary("lab1-data", graded, tmp_path, time.time()))
    named = {line.split()[0] for line in lines if line.startswith("  ")}
    assert names | {"feedback/", "report/"} <= named
    assert not {"canvas.csv", ".kept/", "autograded/"} & named
    assert f"  zoe, {len(list(made_class.lab()))} exercises: {REASON}" in lines
    waiting = sum(item.waiting for item in graded)
    assert waiting > 1
    (line,) = (line for line in lines if "labkit mark" in line)
    assert line == (
        f"{waiting} answers wait to be marked by hand: labkit mark lab1-data --output {tmp_path}"
    )


@settings(max_examples=100, deadline=None)
@given(hostile.texts, hostile.texts)
def test_nothing_that_a_terminal_obeys_is_printed(tmp_path_factory, name, reason):
    folder = tmp_path_factory.mktemp("out")
    item = made_class.broken(made_class.lab(), name, f"R {reason}")
    file = io.StringIO()
    with speaking.Progress(file) as progress:
        progress.begins(1)
        progress.starts()
        progress.ends(item)
    summary = "\n".join(command.summary("lab1-data", [item], folder, 0.0))
    for said in (file.getvalue(), progress.line(), summary):
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", said)
    assert len(file.getvalue().splitlines()) == 1
