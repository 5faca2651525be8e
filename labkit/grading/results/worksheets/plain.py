"""Any other table with a row for each student, in whose column that is named the grades go."""

import re
from collections.abc import Sequence

from labkit.grading.results import totals
from labkit.grading.results.worksheets import sheet
from labkit.grading.submissions import tables

_WITH_A_POINT = re.compile(r"-?\d+\.\d{1,2}")


def _find(table: tables.Table, wanted: str, lab: str) -> sheet.Place | None:
    if not wanted:
        return None
    column = sheet.one_of(range(len(table.header)), table, wanted, lab)
    people = tuple(other for other in range(len(table.header)) if other != column)
    # Programs cut with semicolons where the comma stands in numbers.
    pointed = any(_WITH_A_POINT.fullmatch(cell.text.strip()) for row in table.rows for cell in row)
    comma = table.separator == ";" and not pointed
    rows = tuple(range(1, len(table.rows)))
    return sheet.Place(column, None, rows, comma=comma, people=people)


def _fresh(lab: str, given: Sequence[totals.Total], wanted: str) -> tuple[str, list[str]]:
    return "", []


SHEET = sheet.Worksheet("table", "the place of the table", "as it came", _find, _fresh, None)
