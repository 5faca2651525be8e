"""Grade a class of 30 students (right, blank, wrong, broken, hostile, mixed) and time it.

``python benchmarks/grade_class.py lab1-data`` grades the class on the drawn sample, once in one
go and once killed with SIGKILL half-way and run again, and compares the two tables of grades.
``python benchmarks/grade_class.py --warm`` runs a light class instead, each notebook cold and warm
in turn, and compares how long that takes.
"""

import argparse
import json
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
KINDS = ("right", "blank", "wrong", "broken", "hostile", "mixed")
HOSTILE = (
    "import numpy\nnumpy.array_equal = numpy.allclose = lambda *a, **k: True",
    "import os\nos._exit(0)",
    "import os\nfor _ in range(20):\n    os.write(1, b'x' * 1_000_000)",
    "get_ipython().ast_transformers.append(None)",
    "import pathlib\npathlib.Path('/course/labkit/__init__.py').write_text('')",
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lab", nargs="?", default="lab1-data")
    parser.add_argument("--students", type=int, default=30)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--warm", action="store_true", help="compare cold and warm workers")
    arguments = parser.parse_args()
    if arguments.warm:
        return compare_workers(arguments.students)
    with tempfile.TemporaryDirectory(prefix="labkit-class-") as name:
        folder = pathlib.Path(name)
        hand_in(arguments.lab, folder / "in", arguments.students)
        started = time.perf_counter()
        status = start(arguments, folder, "whole").wait()
        whole = time.perf_counter() - started
        killed = kill_half_way(arguments, folder)
        started = time.perf_counter()
        again = start(arguments, folder, "killed").wait()
        rest = time.perf_counter() - started
        tables = [(folder / name / "grades.csv").read_bytes() for name in ("whole", "killed")]
    same = tables[0] == tables[1] and status == again
    print(f"{arguments.lab}: {arguments.students} students, {arguments.jobs} jobs")
    print(f"in one go: {whole:.0f} s, {whole / arguments.students:.1f} s a student")
    print(f"killed after {killed} students, run again: {rest:.0f} s")
    print(f"the same grades.csv and exit status ({status}): {'yes' if same else 'NO'}")
    return 0 if same else 1


def compare_workers(students: int) -> int:
    """Run a light class, each notebook cold and warm in turn, and print what each took."""
    os.environ |= {"LABKIT_DATA": "sample", "LABKIT_OFFLINE": "1"}
    sys.path.insert(0, str(ROOT))
    from labkit.grading.runs import machine, running
    from labkit.grading.submissions import repair
    from tests.grading import classroom

    seconds: dict[str, list[float]] = {"cold": [], "warm": []}
    with (
        tempfile.TemporaryDirectory(prefix="labkit-class-") as name,
        machine.Machine(["fashion-mnist"], classroom.LIMITS, keep_warm=False) as cold,
        machine.Machine(["fashion-mnist"], classroom.LIMITS) as warm,
    ):
        folder = pathlib.Path(name)
        root = classroom.light_course(folder / "course")
        lab = classroom.lab(root)
        book = classroom.Book(root).right()
        book.cell("setup")["source"] += "\nimport keras, pandas, seaborn"  # as the real one does
        notebook = repair.repair(book.content(), lab)

        def run(ready: machine.Machine) -> float:
            started = time.perf_counter()
            running.run(notebook, lab, ready, classroom.LIMITS, folder)
            return time.perf_counter() - started

        getting_warm = run(warm)
        for _ in range(students):
            seconds["cold"].append(run(cold))
            seconds["warm"].append(run(warm))
    middle = {kind: statistics.median(taken) for kind, taken in seconds.items()}
    print(f"a light notebook, {students} times cold and warm in turn")
    for kind, taken in seconds.items():
        print(f"{kind}: {middle[kind]:.2f} s ({min(taken):.2f} to {max(taken):.2f})")
    print(f"getting warm, with the first run: {getting_warm:.1f} s")
    print(f"warm is {middle['cold'] / middle['warm']:.1f} times as quick")
    return 0


def hand_in(lab: str, place: pathlib.Path, students: int) -> None:
    """Write the submissions of a class whose kinds of students take turns."""
    for number in range(students):
        kind = KINDS[number % len(KINDS)]
        path = place / f"{number:02}-{kind}" / f"{lab}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(submission(lab, kind, number // len(KINDS)))


def submission(lab: str, kind: str, number: int) -> bytes:
    """Return a notebook of a kind of student."""
    source = "notebooks" if kind in ("blank", "hostile") else "solutions"
    content = (ROOT / source / lab / f"{lab}.ipynb").read_bytes()
    if kind == "broken":
        return content[: len(content) // 2]
    notebook = json.loads(content)
    answers = [cell for cell in notebook["cells"] if is_answer(cell)]
    spoilt = {"wrong": answers, "mixed": answers[number::2]}.get(kind, [])
    for cell in spoilt:
        cell["source"] = "1 / 0"
    if kind == "hostile":
        answers[0]["source"] = HOSTILE[number % len(HOSTILE)]
    return json.dumps(notebook).encode()


def is_answer(cell: dict) -> bool:
    marks = cell["metadata"].get("nbgrader", {})
    return cell["cell_type"] == "code" and bool(marks.get("solution"))


def start(arguments: argparse.Namespace, folder: pathlib.Path, name: str) -> subprocess.Popen:
    """Start the command as an instructor does."""
    environment = os.environ | {"LABKIT_DATA": "sample", "LABKIT_OFFLINE": "1"}
    line = [sys.executable, "-m", "labkit", "grade", arguments.lab, "--jobs", str(arguments.jobs)]
    line += ["--submissions", str(folder / "in"), "--output", str(folder / name)]
    return subprocess.Popen(line, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)


def kill_half_way(arguments: argparse.Namespace, folder: pathlib.Path) -> int:
    """Start grading, kill it when half of the runs are kept, and return how many are."""
    process = start(arguments, folder, "killed")
    kept = folder / "killed" / ".kept" / arguments.lab
    runs = arguments.students - arguments.students // len(KINDS)  # the broken ones do not run
    while process.poll() is None and len(list(kept.glob("[0-9]*/run.json"))) < runs // 2:
        time.sleep(0.1)
    process.send_signal(signal.SIGKILL)
    process.wait()
    return len(list(kept.glob("[0-9]*/run.json")))


if __name__ == "__main__":
    sys.exit(main())
