"""Measure everything in turn, in one run, and print the table.

    python -m benchmarks                # as `make bench` does
    python -m benchmarks --record       # stored, too: docs/performance.json and docs/performance.md

It wants the real data (LABKIT_DATA), an otherwise idle machine and about half an hour.
"""

import argparse
import dataclasses
import json
import pathlib
import sys
from collections.abc import Iterator

from benchmarks import burst, checks, grading, load_data, rows, scale, start_up, training

DOCS = pathlib.Path(__file__).resolve().parent.parent / "docs"
RECORD, PAGE = DOCS / "performance.json", DOCS / "performance.md"
LIGHT, TRAINS = grading.LABS


def measure(burst_of: int) -> Iterator[rows.Row]:
    """Yield all rows."""
    yield from start_up.measure()
    yield from load_data.measure()
    yield from checks.measure()
    yield from training.measure()
    yield from grading.measure(LIGHT)
    yield grading.whole_class(LIGHT, 100)
    yield from grading.measure(TRAINS, rounds=1)
    yield from burst.measure(LIGHT, burst_of)


def page(record: dict) -> str:
    """Return the page of what was measured."""
    machine = "\n".join(f"- {name}: {value}" for name, value in record["machine"].items())
    text = """# How fast it is

`make bench` measures real labs and real classes beside the usual ways, everything in turn in one
run. This page shows the last run that was stored (`python -m benchmarks --record`). The machine:
"""
    return "\n".join([text, machine, *rows.lines(rows.read(record)), ""])


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.splitlines()[0])
    parser.add_argument("--record", action="store_true", help="store it in docs/")
    parser.add_argument("--burst", type=int, default=500, help="submissions that arrive at once")
    arguments = parser.parse_args()
    found = []
    for row in measure(arguments.burst):
        found.append(row)
        print(f"{row.topic}: {row.what}: {row.median:.3f} {row.unit}", file=sys.stderr, flush=True)
    record = {"machine": rows.machine(), "rows": [dataclasses.asdict(row) for row in found]}
    print(page(record))
    if arguments.record:
        RECORD.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
        PAGE.write_text(page(record), encoding="utf-8")
        scale.PAGE.write_text(scale.page(record), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
