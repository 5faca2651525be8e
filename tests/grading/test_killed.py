"""A class is killed at random moments, anywhere in it, and graded to its end: the same table.

The class has thirty students, with one of each kind of break: what ends a run or a reader, one of
each group of attacks, and one of each of accidents. What is killed is found by its place below the
grader: the grader itself; a process that forks (for the notebooks, or in the judge), which is the
third below it, after the two of a sandbox; a worker, which is whatever a process that forks has
started.
"""

import pathlib
import random
import subprocess
import time

import psutil
import pytest

from tests.grading import attacks, classroom, light_command

pytestmark = [
    pytest.mark.slow,
    pytest.mark.longest,
    pytest.mark.usefixtures("sandboxed"),
]
LAB = classroom.LAB
KILLS, SEED, STUDENTS = 10, 7, 30
PLACES = ("worker", "forking", "grader")
_LONGEST = 900
BREAKS = {
    "honest": "",
    "raises": "raise ValueError('half \\ud83d')",
    "leaves": "import os; os._exit(3)",
    "kills": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "forks": "import os\nwhile True:\n    os.fork()",
    "writes": 'import os, sys; os.write(int(sys.argv[1]), b\'{"kind": "end"}\\n[[[\')',
    "magics": "%time 1\n" * 501,
}
# Of the attacks and accidents of the other tests.
FURTHER = (
    *("delete the check cells", "kill every process in sight", "crash"),
    *("patched comparison in NumPy", "evidence with a pickle in it", "records that are malformed"),
    *("import labkit.checks.criteria by its name", "ask the kernel: unshare, users and mounts"),
    *("a note for the next student in /tmp", "a network with 'config.set_floatx' of keras"),
    *("all metadata lost", "every cell duplicated", "notebook format 3", "packed by gzip"),
    *("UTF-16 of the other order", "the kernel dies in an answer", "one answer does not parse"),
    *("an error of ten megabytes, after the set-up", "no file left to open, after the set-up"),
    "a process that never ends, at the end",
)
FILES = {"empty": b"", "cut": b'{"cells": [{"cell', "many": b'{"cells": [' + b"{}," * 999 + b"{}]}"}


@pytest.fixture(scope="module")
def place(light_course, tmp_path_factory):
    """Return the folder of what the class has handed in."""
    folder = tmp_path_factory.mktemp("killed") / "in"
    for name, source in BREAKS.items():
        book = classroom.Book(light_course).right()
        classroom.hand_in(folder, name, book.after("array-or-matrix", source).content())
    for name, content in FILES.items():
        classroom.hand_in(folder, name, content)
    by_name = {case.name: case for case in attacks.cases.CASES}
    for number, name in enumerate(FURTHER):
        book = classroom.Book(light_course)
        classroom.hand_in(folder, f"further-{number:02}", by_name[name].make(book))
    assert len(list(folder.iterdir())) == STUDENTS
    return folder


class Grading:
    """A grading of the class that runs."""

    def __init__(self, root, place, output):
        line = light_command.grading(root, place, output, "--minutes", "3")
        self._log = open(f"{output}.log", "ab")  # noqa: SIM115  closed at the end
        self._process = subprocess.Popen(
            line, cwd=classroom.ROOT, stdout=self._log, stderr=self._log
        )
        self._all = psutil.Process(self._process.pid)

    def status(self):
        """Return the exit status, None while it runs."""
        return self._process.poll()

    def finish(self):
        status = self._process.wait(timeout=_LONGEST)
        self._log.close()
        return status

    def kill_one(self, where, draw):
        """Kill a process in that place; tell whether there was one."""
        found = self._at(where)
        if not found:
            return False
        victim = draw.choice(found)
        below = self._below(self._all)
        try:
            victim.kill()
        except psutil.NoSuchProcess:
            return False
        if where == "grader":
            self.finish()
            _, alive = psutil.wait_procs(below, timeout=20)
            assert not alive, "something has survived the grader"
        return True

    def _at(self, where):
        if where == "grader":
            # Not before there is something to lose.
            return [self._all] if self._at("worker") else []
        try:
            thirds = [
                third
                for sandbox in self._all.children()
                for first in sandbox.children()
                for third in first.children()
            ]
        except psutil.NoSuchProcess:
            return []
        if where == "forking":
            return thirds
        leaves = [process for third in thirds for process in self._below(third)]
        return [process for process in leaves if not self._below(process)]

    def _below(self, process):
        try:
            return process.children(recursive=True)
        except psutil.NoSuchProcess:
            return []


def test_a_class_that_is_killed_ten_times_gets_the_same_grades(light_course, place, tmp_path):
    draw = random.Random(SEED)
    assert Grading(light_course, place, tmp_path / "whole").finish() == 1
    whole = (tmp_path / "whole" / "grades.csv").read_text(encoding="utf-8")
    left = [PLACES[number % len(PLACES)] for number in range(KILLS)]
    rounds = 0
    while left:
        rounds += 1
        output = tmp_path / f"killed-{rounds}"
        _grade_and_kill(light_course, place, output, left, draw)
        table = (output / "grades.csv").read_text(encoding="utf-8")
        assert table == whole, _log(output)


def _grade_and_kill(root, place, output, left, draw):
    """Grade to the end, and kill what is in `left` meanwhile, as far as there is time for it."""
    grading = Grading(root, place, output)
    at = time.monotonic() + draw.uniform(0, 3)
    killed = []
    while grading.status() is None:
        time.sleep(0.01)
        if left and time.monotonic() > at and grading.kill_one(left[0], draw):
            killed.append(left.pop(0))
            at = time.monotonic() + draw.uniform(0, 3)
            if killed[-1] == "grader":
                grading = Grading(root, place, output)
    status = grading.finish()
    assert status == 1, _log(output)
    # What was lost from outside twice is told, and graded the next time.
    assert Grading(root, place, output).finish() == 1, _log(output)


def _log(output: pathlib.Path) -> str:
    return pathlib.Path(f"{output}.log").read_text(encoding="utf-8")
