"""Time `labkit grade` and `nbgrader autograde` on classes of the real solutions, in turn.

    python -m benchmarks.grading                      # lab 1, where nothing is trained, and lab 2
    python -m benchmarks.grading --labs lab1-data --rounds 5

A class is copies of a lab's own solution. Each way grades a small and a large class, so that what a
start costs is told from what a further notebook costs. Everything is done in turn, some rounds, so
that what slows the machine slows all of them.
"""

import argparse
import collections
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

from benchmarks import rows

ROOT = pathlib.Path(__file__).resolve().parent.parent
LABS = ("lab1-data", "lab2-mlp")
ONE, TWO = "labkit grade, 1 worker", "labkit grade, 2 workers"
NBGRADER = "nbgrader autograde"


def measure(lab: str, rounds: int = 3) -> list[rows.Row]:
    """Return the seconds of each way's start and of a notebook more, and their ratios."""
    with tempfile.TemporaryDirectory(prefix="labkit-bench-") as name:
        seconds = _in_turn(lab, rounds, pathlib.Path(name))
    topic = f"Grading the solution of {lab}"
    found = [rows.Row(topic, what, tuple(values)) for what, values in seconds.items()]
    each = [f"{way}: a notebook more" for way in (ONE, TWO, NBGRADER)]
    one, two, usual = (seconds[what] for what in each)
    return [
        *found,
        rows.ratio(topic, "one worker's seconds to two workers'", one, two),
        rows.ratio(topic, "nbgrader's seconds to one worker's", usual, one),
        rows.ratio(topic, "nbgrader's seconds to two workers'", usual, two),
    ]


def whole_class(lab: str, students: int, jobs: int = 2) -> rows.Row:
    """Return the seconds of a whole class, from the command to its end."""
    with tempfile.TemporaryDirectory(prefix="labkit-bench-") as name:
        folder = pathlib.Path(name)
        place = hand_in(lab, students, folder / "in")
        took = _timed(lambda: labkit(lab, place, folder / "out", "--jobs", str(jobs)))
    topic = f"Grading the solution of {lab}"
    return rows.Row(topic, f"a class of {students}, {jobs} workers, all in all", (took,))


def cold_and_warm(lab: str) -> list[rows.Row]:
    """Return the seconds of the first notebook, all in all, and of one more once all is warm."""
    with tempfile.TemporaryDirectory(prefix="labkit-bench-") as name:
        folder = pathlib.Path(name)
        one, three = (hand_in(lab, students, folder / f"in-{students}") for students in (1, 3))
        cold = _timed(lambda: labkit(lab, one, folder / "cold", "--jobs", "1"))
        labkit(lab, three, folder / "warm", "--jobs", "1")
        kept = (folder / "warm" / ".kept").rglob("results.json")
        *_, second, third = sorted(path.stat().st_mtime for path in kept)
    topic = f"Grading the solution of {lab}"
    return [
        rows.Row(topic, "labkit grade: one notebook, cold, with the start", (cold,)),
        rows.Row(topic, "labkit grade: the third notebook, warm", (third - second,)),
    ]


def _in_turn(lab: str, rounds: int, folder: pathlib.Path) -> dict[str, list[float]]:
    seconds: dict[str, list[float]] = collections.defaultdict(list)
    for number in range(rounds):
        for name, (grade, small, large) in WAYS.items():
            took = {}
            for students in (small, large):
                place = hand_in(lab, students, folder / f"class-{students}")
                out = folder / f"out-{number}-{students}"
                took[students] = _timed(lambda p=place, o=out, g=grade: g(lab, p, o))
                if (name, students) == (ONE, large):
                    again = _timed(lambda p=place, o=out: labkit(lab, p, o, "--regrade"))
                    seconds[f"labkit grade --regrade: a class of {large}"].append(again)
                shutil.rmtree(out)
            each = (took[large] - took[small]) / (large - small)
            seconds[f"{name}: a class of {large}"].append(took[large])
            seconds[f"{name}: a notebook more"].append(each)
            seconds[f"{name}: the start"].append(took[small] - small * each)
    return seconds


def hand_in(lab: str, students: int, place: pathlib.Path) -> pathlib.Path:
    """Write a class of right submissions, where it is not there yet."""
    source = ROOT / "solutions" / lab / f"{lab}.ipynb"
    for number in range(students):
        path = place / f"student-{number}" / lab / f"{lab}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, path)
    return place


def _timed(function: Callable[[], None]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def labkit(lab: str, place: pathlib.Path, out: pathlib.Path, *more: str) -> None:
    line = [sys.executable, "-m", "labkit", "grade", lab, "--submissions", str(place)]
    _run([*line, "--output", str(out), *more], ROOT)


def _nbgrader(lab: str, place: pathlib.Path, out: pathlib.Path) -> None:
    for name in ("solutions", "notebooks"):
        shutil.copytree(ROOT / name / lab, out / name / lab)
    shutil.copy(ROOT / "nbgrader_config.py", out)
    shutil.copytree(place, out / "submitted")
    _run([sys.executable, "-m", "nbgrader", "generate_assignment", lab, "--force", "--create"], out)
    _run([sys.executable, "-m", "nbgrader", "autograde", lab, "--create"], out)


def _run(command: list[str], folder: pathlib.Path) -> None:
    beside = str(pathlib.Path(sys.executable).parent)
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}
    environment["PATH"] = beside + os.pathsep + environment["PATH"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")


# How each grades, and the sizes of its classes: two workers get warm for more than two runs only.
WAYS: dict[str, tuple[Callable[[str, pathlib.Path, pathlib.Path], None], int, int]] = {
    ONE: (lambda lab, place, out: labkit(lab, place, out, "--jobs", "1"), 4, 20),
    TWO: (lambda lab, place, out: labkit(lab, place, out, "--jobs", "2"), 4, 20),
    NBGRADER: (_nbgrader, 2, 8),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--labs", nargs="+", default=LABS)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--students", type=int, help="a whole class of so many, too")
    arguments = parser.parse_args()
    for lab in arguments.labs:
        found = measure(lab, arguments.rounds)
        if arguments.students:
            found.append(whole_class(lab, arguments.students))
        print(*rows.lines(found), sep="\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
