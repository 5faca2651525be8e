"""Attacks gain nothing, accidents cost nothing, and nobody else is touched."""

import dataclasses
import os
import pathlib
import subprocess
import sys

import pytest

from tests.grading import attacks, cases, classroom

pytestmark = pytest.mark.usefixtures("sandboxed")

ROOT = pathlib.Path(__file__).parents[2]

QUICK = (
    *("edit the check cells to pass", "os._exit", "evidence with a pickle in it"),
    *("all metadata lost", "an error in a cell of one's own"),
)
# Without a warm process, all that a check needs has to be there before the first cell is run.
COLD = (
    *("no names of Python's own", "a module of one's own", "what a stream is asked"),
    *("a process that never ends", "an end that never comes", "a window to draw in"),
    *("a folder that is gone", "no way to import", "no file left to open", "what opens files"),
    *("another folder, home and path", "the first three files closed", "few open files"),
    *("warnings as errors", "NumPy's errors raised", "files that hide modules", "modules loaded"),
)
# They run until a limit ends them. All that is waited for is that it does: less time shows as much.
ENDLESS = ("endless loop that catches everything", "patched len", "an endless loop")
SOON = dataclasses.replace(classroom.LIMITS, seconds=40)


def _chosen(names: tuple[str, ...] = ()) -> list[cases.Case]:
    if not names:
        return [case for case in cases.CASES if case.name not in (*QUICK, *ENDLESS)]
    chosen = [case for case in cases.CASES if case.name in names]
    assert len(chosen) == len(names)
    return chosen


def test_quick_cases(tmp_path):
    """A handful of them, for every run of the tests."""
    rows = attacks.run(tmp_path, _chosen(QUICK))
    assert all(row.as_it_should_be for row in rows), attacks.table(rows)
    assert attacks.left_behind() == []


@pytest.mark.slow
def test_what_runs_until_it_is_ended(tmp_path, record_property):
    # All at once, beside one honest student at a time: they wait for the same seconds.
    rows = attacks.run(tmp_path, _chosen(ENDLESS), jobs=len(ENDLESS) + 1, limits=SOON)
    record_property("what runs until it is ended", attacks.table(rows))
    assert all(row.as_it_should_be for row in rows), attacks.table(rows)
    assert attacks.left_behind() == []


@pytest.mark.slow
@pytest.mark.longest
def test_all_other_cases(tmp_path, record_property):
    """All of them as one class, in which everyone else keeps what is due."""
    rows = attacks.run(tmp_path, _chosen())
    record_property("attacks and accidents", attacks.table(rows))
    assert all(row.as_it_should_be for row in rows), attacks.table(rows)
    assert attacks.left_behind() == []


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="these tests run as an ordinary user anyway")
@pytest.mark.parametrize("words", [QUICK, ("--cold", *COLD)], ids=["warm", "cold"])
def test_cases_as_an_ordinary_user(words):
    """CI is often root, and who grades seldom is: the sandbox is then made in other ways."""
    user = ["bwrap", "--unshare-user", "--uid", "1000", "--gid", "1000"]
    user += ["--bind", "/", "/", "--dev-bind", "/dev", "/dev", "--proc", "/proc", "--"]
    command = [*user, sys.executable, "-m", "tools.attacks", *words]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    number = len(words) - words.count("--cold")
    assert f"{number} of {number} as they should be" in finished.stdout, finished.stderr
    assert finished.returncode == 0, finished.stdout
