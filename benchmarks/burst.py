"""Grade a class that arrives at once, and say how long each submission waits for its grade.

python -m benchmarks.burst --students 500
"""

import argparse
import csv
import pathlib
import sys
import tempfile
import time

import numpy as np

from benchmarks import grading, rows

SHARES = (50, 95, 99, 100)


def measure(lab: str = "lab1-data", students: int = 500, jobs: int = 2) -> list[rows.Row]:
    """Return the seconds after which a share of the class was graded, and all pages were written.

    Raises
    ------
    ValueError
        If a submission was lost.
    """
    with tempfile.TemporaryDirectory(prefix="labkit-bench-") as name:
        folder = pathlib.Path(name)
        place = grading.hand_in(lab, students, folder / "in")
        begun, clock = time.time(), time.perf_counter()
        grading.labkit(lab, place, folder / "out", "--jobs", str(jobs))
        whole = time.perf_counter() - clock
        kept = (folder / "out" / ".kept").rglob("results.json")
        waited = [path.stat().st_mtime - begun for path in kept]
        lost = students - len(waited) + students - len(_students(folder / "out" / "grades.csv"))
    if lost:
        raise ValueError(f"{lost} of {students} submissions were lost.")
    topic = f"{students} submissions of {lab} at once, {jobs} workers"
    ends = np.percentile(waited, SHARES)
    return [
        *(
            rows.Row(topic, f"{share} % are graded after", (float(end),))
            for share, end in zip(SHARES, ends, strict=True)
        ),
        rows.Row(topic, "all pages are written after", (whole,)),
    ]


def _students(grades: pathlib.Path) -> set[str]:
    with open(grades, encoding="utf-8-sig", newline="") as file:
        return {row["student"] for row in csv.DictReader(file)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lab", default="lab1-data")
    parser.add_argument("--students", type=int, default=500)
    arguments = parser.parse_args()
    print(*rows.lines(measure(arguments.lab, arguments.students)), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
