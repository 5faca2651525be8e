"""Measure everything in turn, in one run, and print the table.

    python -m benchmarks                           # as `make bench` does
    python -m benchmarks --record                  # stored, too, in docs/
    python -m benchmarks --only start class        # some parts

It wants the real data (LABKIT_DATA), an otherwise idle machine and about an hour. A part is printed
and stored as soon as it is measured; in the end all of them are printed in one table.
"""

import argparse
import dataclasses
import json
import pathlib
import sys
from collections.abc import Callable, Iterable, Sequence

from benchmarks import (
    both_cores,
    burst,
    checks,
    grading,
    load_data,
    otter,
    rows,
    scale,
    start_up,
    training,
    tuning_grid,
)

DOCS = pathlib.Path(__file__).resolve().parent.parent / "docs"
RECORD, PAGE = DOCS / "performance.json", DOCS / "performance.md"
LIGHT, TRAINS = grading.LABS


def parts(rounds: int, burst_of: int) -> dict[str, Callable[[], Iterable[rows.Row]]]:
    """Return what can be measured, in its order."""
    return {
        "start": start_up.measure,
        "loading": load_data.measure,
        "checks": checks.measure,
        "cores": both_cores.measure,
        "training": training.measure,
        "grid": tuning_grid.measure,
        "grading": lambda: grading.measure(LIGHT, rounds),
        "class": lambda: [grading.whole_class(LIGHT, 100)],
        "otter": lambda: otter.measure(LIGHT, rounds),
        "one-of-training": lambda: grading.cold_and_warm(TRAINS),
        "grading-of-training": lambda: grading.measure(TRAINS, rounds=1),
        "burst": lambda: burst.measure(LIGHT, burst_of),
    }


def merged(earlier: Sequence[rows.Row], new: Sequence[rows.Row]) -> list[rows.Row]:
    """Return the rows, each as it was measured last, those of a topic beside each other."""
    found = {(row.topic, row.what): row for row in (*earlier, *new)}
    topics = list(dict.fromkeys(topic for topic, _ in found))
    return sorted(found.values(), key=lambda row: topics.index(row.topic))


def store(new: Sequence[rows.Row]) -> None:
    """Store rows, beside what was stored before of the same machine and versions."""
    records = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else []
    own = {"machine": rows.machine(), "rows": []}
    record = next((one for one in records if one["machine"] == own["machine"]), own)
    if record is own:
        records.append(own)
    every = merged(rows.read(record), new)
    record["rows"] = [dataclasses.asdict(row) for row in every]
    RECORD.write_text(json.dumps(records, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(page(records), encoding="utf-8")
    scale.PAGE.write_text(scale.page(records), encoding="utf-8")


def page(records: Sequence[dict]) -> str:
    """Return the page of what was measured, machine by machine."""
    text = """# How fast it is

`make bench` measures real labs and real classes beside the usual ways, what is compared in turn and
in one run. This page shows what was stored last on each machine (`python -m benchmarks --record`).
"""
    parts = [text]
    for number, record in enumerate(records, start=1):
        named = "\n".join(f"- {name}: {value}" for name, value in record["machine"].items())
        parts += [f"## Machine {number}\n", named, *rows.lines(rows.read(record)), ""]
    return "\n".join(parts)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.splitlines()[0])
    known = list(parts(0, 0))
    parser.add_argument("--record", action="store_true", help="store it in docs/")
    parser.add_argument("--only", nargs="+", choices=known, default=known, metavar="PART")
    parser.add_argument("--rounds", type=int, default=3, help="how often a class is graded")
    parser.add_argument("--burst", type=int, default=500, help="submissions that arrive at once")
    arguments = parser.parse_args()
    chosen = parts(arguments.rounds, arguments.burst)
    everything: list[rows.Row] = []
    for name in arguments.only:
        try:
            found = list(chosen[name]())
        except otter.NotInstallableError as error:  # the other parts are worth having without it
            print(f"\n{error}", flush=True)
            continue
        print(*rows.lines(found), sep="\n", flush=True)
        if arguments.record:
            store(found)
        everything = merged(everything, found)
    if len(arguments.only) > 1:
        print(*rows.lines(everything), sep="\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
