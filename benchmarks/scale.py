"""Say what a course of many students costs, from the seconds that were recorded.

python -m benchmarks.scale          # writes docs/scale.md from docs/performance.json
"""

import json
import math
import pathlib
import sys
from collections.abc import Sequence

from benchmarks import grading, rows

DOCS = pathlib.Path(__file__).resolve().parent.parent / "docs"
PAGE = DOCS / "scale.md"
STUDENTS = (100, 1_000, 10_000, 100_000)
# A machine of a cluster, and how long a teacher is ready to wait for a lab's grades.
CORES, MINUTES = 16, 60


def page(records: Sequence[dict]) -> str:
    """Return the page, from what `benchmarks` has recorded on the machine with the most rows."""
    record = max(records, key=lambda one: len(one["rows"]))
    cores = record["machine"]["cores"]
    heading = " | ".join(HEADINGS).format(cores=cores)
    lines = [f"| {heading} |", f"|{' --- |' + ' ---: |' * (len(HEADINGS) - 1)}"]
    measured = {lab: seconds_each(record, lab) for lab in grading.LABS}
    known = {lab: seconds for lab, seconds in measured.items() if seconds is not None}
    if not known:
        return f"{TITLE}\n\nNo grading is recorded yet: `python -m benchmarks --record`.\n"
    for lab, seconds in known.items():
        for students in STUDENTS:
            lines.append(f"| {lab} | {students:,} | {_cost(students, seconds, cores)} |")
    each = " and ".join(f"{seconds:.2f} s ({lab})" for lab, seconds in known.items())
    arrived = [row for row in rows.read(record) if " at once, " in row.topic]
    burst = "\n".join(rows.lines(arrived)) or "\nNot measured yet."
    return TEXT.format(title=TITLE, table="\n".join(lines), each=each, cores=cores, burst=burst)


def seconds_each(record: dict, lab: str) -> float | None:
    """Return the wall seconds that one notebook more takes two workers; None if not recorded."""
    topic, what = f"Grading the solution of {lab}", f"{grading.TWO}: a notebook more"
    found = (r.median for r in rows.read(record) if (r.topic, r.what) == (topic, what))
    return next(found, None)


def machines(core_hours: float) -> int:
    """Return how many machines grade so much within `MINUTES`."""
    return max(1, math.ceil(core_hours / (CORES * MINUTES / 60)))


def _cost(students: int, seconds: float, cores: int) -> str:
    core_hours = students * seconds * cores / 3_600
    here = students * seconds / 60
    needed = machines(core_hours)
    there = core_hours / (needed * CORES) * 60
    return f"{core_hours:.1f} | {here:,.0f} | {needed} | {there:.0f}"


HEADINGS = (
    "lab",
    "students",
    "core-hours",
    "minutes on {cores} cores",
    f"machines of {CORES} cores for an answer within {MINUTES} minutes",
    "minutes on those",
)
TITLE = "# A course of many students"
TEXT = """{title}

What grading costs, computed by `python -m benchmarks.scale` from the times in
[performance.md](performance.md). There a further notebook takes {each}, with two workers on
{cores} cores. A submission is graded by itself, so that twice the machines take half the time; what
a start costs (some seconds a machine) is left out. `labkit grade --cluster` spreads a class over
the machines of a Dask cluster.

{table}

Measured was one machine. What stands in the last two columns is computed: no cluster of several
machines was at hand.

## A class that arrives at once
{burst}
"""


def main() -> int:
    records = json.loads((DOCS / "performance.json").read_text(encoding="utf-8"))
    PAGE.write_text(page(records), encoding="utf-8")
    print(f"Written: {PAGE.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
