"""Grades as a table, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence

COLUMNS = (
    *("student", "lab", "exercise", "points", "max_points"),
    *("outcome", "reason", "data"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def text(rows: Iterable[Sequence[object]], columns: Sequence[str] = COLUMNS) -> str:
    """Return `rows` as CSV with a header; no cell can be taken for a formula."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_defused(cell) for cell in row])
    return file.getvalue()


def _defused(cell: object) -> object:
    if isinstance(cell, int | float):
        return f"{cell:g}"
    plain = str(cell)
    if not plain.isprintable():
        plain = "".join(c if c.isprintable() else " " for c in plain)
    return f"'{plain}" if plain.startswith(_FORMULA) else plain
