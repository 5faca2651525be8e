"""Time `otter run` beside `labkit grade`, on one notebook with lab 1's own code.

    python -m benchmarks.otter                        # three rounds, in turn
    python -m benchmarks.otter --rounds 5

The otter form is made from the solution: the same cells, `grader.check("…")` where `lab.….check(…)`
stood, and for each exercise a test that calls the same check. otter-grader and labkit cannot have
the same versions of what both need, so otter gets an environment of its own in the cache folder,
which sees everything else that is installed here; the first run makes it, in some minutes.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
import venv

import nbformat

from benchmarks import grading, rows
from labkit.data import cache

REQUIREMENT = "otter-grader[grading]==7.0.0"
OTTER, ONE, MORE = "otter run: a notebook", "labkit grade: one notebook", "labkit grade: one more"
LARGE = 5

_TEST = """from otter.test_files import test_case

OK_FORMAT = False
name = {name!r}
points = {points!r}


@test_case(points={points!r})
def test_answers(env):
    assert eval({check!r}, env)
"""


class NotInstallableError(RuntimeError):
    """otter-grader cannot be had here."""


def measure(lab: str = "lab1-data", rounds: int = 3) -> list[rows.Row]:
    """Return the seconds of both for one notebook, and of labkit for each one more.

    Raises
    ------
    NotInstallableError
        If otter-grader cannot be installed.
    ValueError
        If otter does not find everything right.
    """
    python = environment()
    seconds: dict[str, list[float]] = {OTTER: [], ONE: [], MORE: []}
    with tempfile.TemporaryDirectory(prefix="labkit-bench-") as name:
        folder = pathlib.Path(name)
        write_form(lab, folder)
        for number in range(rounds):
            seconds[OTTER].append(_otter_run(python, folder, lab))
            one, many = (_labkit(lab, count, folder / f"{number}-{count}") for count in (1, LARGE))
            seconds[ONE].append(one)
            seconds[MORE].append((many - one) / (LARGE - 1))
    topic = f"One notebook: the solution of {lab}"
    return [
        *(rows.Row(topic, what, tuple(values)) for what, values in seconds.items()),
        rows.ratio(topic, "otter's seconds to labkit's for one", seconds[OTTER], seconds[ONE]),
        rows.ratio(
            topic, "otter's seconds to labkit's for one more", seconds[OTTER], seconds[MORE]
        ),
    ]


def environment() -> pathlib.Path:
    """Return the Python of an environment with otter-grader; make it where it is not there yet.

    Raises
    ------
    NotInstallableError
        If pip cannot install it.
    """
    folder = cache.root() / f"bench-otter-{REQUIREMENT.partition('==')[2]}"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    done = folder / "installed"
    if not done.exists():
        shutil.rmtree(folder, ignore_errors=True)
        venv.create(folder, with_pip=True)
    # What is installed here, and this copy of labkit: another one may have made the environment.
    place = _printed(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))")
    beside = f"{sysconfig.get_path('purelib')}\n{grading.ROOT}\n"
    (pathlib.Path(place.strip()) / "beside.pth").write_text(beside, encoding="utf-8")
    if not done.exists():
        try:
            _printed(python, "-m", "pip", "install", "--quiet", REQUIREMENT)
        except subprocess.CalledProcessError as error:
            raise NotInstallableError(f"{REQUIREMENT} is not to be had:\n{error.stderr}") from None
        done.touch()
    return python


def write_form(lab: str, folder: pathlib.Path) -> None:
    """Write the otter form of a lab's solution into `folder`: the notebook and its tests."""
    path = grading.ROOT / "solutions" / lab / f"{lab}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    tests = folder / "tests"
    tests.mkdir()
    cells = [nbformat.v4.new_code_cell(f'import otter\ngrader = otter.Notebook("{lab}.ipynb")')]
    for cell in notebook.cells:
        about = cell.metadata.get("nbgrader", {})
        if about.get("grade") and cell.cell_type == "code":
            test = {"name": about["grade_id"], "points": about["points"], "check": cell.source}
            name = test["name"].replace("-", "_")
            text = _TEST.format(**{**test, "name": name})
            (tests / f"{name}.py").write_text(text, encoding="utf-8")
            cell = nbformat.v4.new_code_cell(f'grader.check("{name}")')
        if cell.source != "lab.submit()":
            cells.append(cell)
    notebook.cells = cells
    nbformat.write(notebook, folder / f"{lab}.ipynb")


def _otter_run(python: pathlib.Path, folder: pathlib.Path, lab: str) -> float:
    """Return the seconds of `otter run`; the autograder's zip file is made before."""
    out = folder / "otter"
    archive = folder / "autograder.zip"
    if not archive.exists():
        _otter(python, folder, "generate", "--tests-dir", "tests", "--output-path", archive.name)
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    start = time.perf_counter()
    _otter(python, folder, "run", "-a", archive.name, "-o", out.name, "--no-logo", f"{lab}.ipynb")
    seconds = time.perf_counter() - start
    results = json.loads((out / "results.json").read_text(encoding="utf-8"))["tests"]
    wrong = [test["name"] for test in results if test.get("score") != test.get("max_score")]
    if wrong:
        raise ValueError(f"otter does not find these right: {', '.join(wrong)}.")
    return seconds


def _otter(python: pathlib.Path, folder: pathlib.Path, *arguments: str) -> None:
    # otter starts the kernel that is first on the path.
    path = os.pathsep.join([str(python.parent), os.environ["PATH"]])
    settings = os.environ | {"PATH": path, "TF_CPP_MIN_LOG_LEVEL": "3"}
    _printed(python, "-m", "otter", *arguments, cwd=folder, env=settings)


def _printed(python: pathlib.Path, *arguments: str, **settings) -> str:
    done = subprocess.run(
        [str(python), *arguments], check=True, capture_output=True, text=True, **settings
    )
    return done.stdout


def _labkit(lab: str, students: int, folder: pathlib.Path) -> float:
    place = grading.hand_in(lab, students, folder / "in")
    start = time.perf_counter()
    grading.labkit(lab, place, folder / "out", "--jobs", "1")
    return time.perf_counter() - start


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    print(*rows.lines(measure(rounds=arguments.rounds)), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
