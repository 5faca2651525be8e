"""When each submission was handed in and graded, and with which points: a line for each change."""

import csv
import datetime
import io
import pathlib
from collections.abc import Sequence

from labkit import files
from labkit.grading.graded import Graded
from labkit.grading.results import csv_text

_MOST = 2**28
COLUMNS = ("graded", "lab", "student", "handed_in", "points", "max_points")


def text(path: pathlib.Path, lab: str, graded: Sequence[Graded], most: float) -> str:
    """Return the table at `path` with what is new since then; empty if nothing is."""
    before = _text(path)
    latest = {(row[1], row[2]): tuple(row[3:]) for row in _rows(before)}
    now = datetime.datetime.now().isoformat(timespec="seconds")
    new = []
    for item in graded:
        row = (now, lab, item.submission.student, _time(item.submission.time), item.total, most)
        (shown,) = _rows(csv_text.text([row], COLUMNS))
        if latest.get((shown[1], shown[2])) != tuple(shown[3:]):
            new.append(row)
    if not new:
        return ""
    added = csv_text.text(new, COLUMNS)
    return before + added.partition("\n")[2] if before else added


def _text(path: pathlib.Path) -> str:
    """Return the table; empty where there is none that can be read."""
    try:
        text = files.read_kept(path, _MOST).decode()
    except (OSError, ValueError):
        return ""
    return text if text.startswith(",".join(COLUMNS) + "\n") else ""


def _rows(text: str) -> list[list[str]]:
    rows = list(csv.reader(io.StringIO(text.replace("\0", ""), newline="")))[1:]
    return [row for row in rows if len(row) == len(COLUMNS)]


def _time(seconds: float) -> str:
    if not seconds:
        return ""
    return datetime.datetime.fromtimestamp(seconds).isoformat(timespec="seconds")
