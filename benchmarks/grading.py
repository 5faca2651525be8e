"""Time `labkit grade` and `nbgrader autograde` on classes of the real solutions, in turn.

    python -m benchmarks.grading                      # lab 1, where nothing is trained, and lab 2
    python -m benchmarks.grading --labs lab1-data --rounds 5

A class is copies of a lab's own solution. Each way grades a small and a large class, so that what a
start costs is told from what a further notebook costs. Everything is done in turn, some rounds, so
that what slows the machine slows all of them. Prints medians and spreads; `--json` stores them.
"""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator

ROOT = pathlib.Path(__file__).resolve().parent.parent
LABS = ("lab1-data", "lab2-mlp")
SMALL, LARGE = 2, 8
Seconds = dict[str, list[float]]


def measure(lab: str, rounds: int, folder: pathlib.Path) -> Seconds:
    """Return the seconds of each way's start and of each further notebook, by round."""
    ways: dict[str, Callable[[pathlib.Path, pathlib.Path], None]] = {
        "labkit grade, 1 worker": lambda place, out: _labkit(lab, place, out, "--jobs", "1"),
        "labkit grade, 2 workers": lambda place, out: _labkit(lab, place, out, "--jobs", "2"),
        "nbgrader autograde": lambda place, out: _nbgrader(lab, place, out),
    }
    seconds: Seconds = {}
    for number in range(rounds):
        for name, grade in ways.items():
            took = []
            for students in (SMALL, LARGE):
                place = _class(lab, students, folder / f"class-{students}")
                out = folder / f"out-{number}-{len(took)}"
                took.append(_timed(lambda place=place, out=out, grade=grade: grade(place, out)))
                if name == "labkit grade, 1 worker" and students == LARGE:
                    again = _timed(lambda p=place, o=out: _labkit(lab, p, o, "--regrade"))
                    seconds.setdefault("labkit grade --regrade: a class of 8", []).append(again)
                shutil.rmtree(out)
            each = (took[1] - took[0]) / (LARGE - SMALL)
            seconds.setdefault(f"{name}: a notebook more", []).append(each)
            seconds.setdefault(f"{name}: the start", []).append(took[0] - SMALL * each)
    return seconds


def _class(lab: str, students: int, place: pathlib.Path) -> pathlib.Path:
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


def _labkit(lab: str, place: pathlib.Path, out: pathlib.Path, *more: str) -> None:
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


def table(lab: str, seconds: Seconds) -> Iterator[str]:
    """Return the lines of a table: medians and spreads, and the ratios that users feel."""
    yield f"{lab}: seconds, median (least to most) of {len(next(iter(seconds.values())))} rounds"
    for name, values in seconds.items():
        spread = f"({min(values):.2f} to {max(values):.2f})"
        yield f"  {name:<44}{statistics.median(values):>8.2f}  {spread}"
    each = {
        name.split(":")[0]: statistics.median(values)
        for name, values in seconds.items()
        if name.endswith("a notebook more")
    }
    one = each["labkit grade, 1 worker"]
    for name, value in each.items():
        yield f"  {name} takes {value / one:.2f} times one worker's seconds for a notebook more"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--labs", nargs="+", default=LABS)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=pathlib.Path, help="store the seconds in this file")
    arguments = parser.parse_args()
    found = {}
    for lab in arguments.labs:
        with tempfile.TemporaryDirectory(prefix="labkit-bench-") as name:
            found[lab] = measure(lab, arguments.rounds, pathlib.Path(name))
        print("\n".join(table(lab, found[lab])), flush=True)
    if arguments.json:
        arguments.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
