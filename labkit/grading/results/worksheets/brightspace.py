"""Brightspace's (D2L's) export of grades.

*OrgDefinedId* or *Username*, each with a ``#`` before it; ``Title Points Grade <Numeric
MaxPoints:100 …>``; last *End-of-Line Indicator*, ``#`` in each row. In another language the words
are other ones, but the signs are not. An item that is not there has to be made first.
"""

import re
from collections.abc import Sequence

from labkit.grading.results import csv_text, totals
from labkit.grading.results.worksheets import sheet
from labkit.grading.submissions import tables

_END = "End-of-Line Indicator"
_IDS = ("OrgDefinedId", "Username")
_POINTS = re.compile(r"(?P<title>.+) Points Grade(?: ?<.*>)?", re.DOTALL)
_MOST = re.compile(r"MaxPoints: ?([\d.,]+)")


def _find(table: tables.Table, wanted: str, lab: str) -> sheet.Place | None:
    header = table.header
    columns = [column for column, title in enumerate(header) if _POINTS.fullmatch(title)]
    columns = columns or [column for column, title in enumerate(header) if _MOST.search(title)]
    ends = {text for text in table.column(len(header) - 1) if text}
    if not columns or not (set(header) & set(_IDS) or ends == {"#"}):
        return None
    column = sheet.one_of(columns, table, wanted, lab)
    most = _MOST.search(header[column])
    return sheet.Place(
        column,
        sheet.number(most[1]) if most else None,
        tuple(range(1, len(table.rows))),
        people=tuple(range(columns[0])),
    )


def _fresh(lab: str, given: Sequence[totals.Total], wanted: str) -> tuple[str, list[str]]:
    rows = [
        (
            f"#{item.submission.login}",
            "" if item.points is None else sheet.written(item.points),
            "#",
        )
        for item in given
        if item.submission.login
    ]
    title = wanted if _POINTS.fullmatch(wanted) else f"{wanted or lab} Points Grade"
    if rows:
        notes = [f"Brightspace wants a grade item for the column {title!r}: make it first."]
    else:
        notes = [
            "Brightspace wants user names, which its download does not have: export the grades "
            "there and name the file with --worksheet, or give a list with --class."
        ]
    return csv_text.text(rows, ["Username", title, _END]) if rows else "", notes


SHEET = sheet.Worksheet("brightspace", "Brightspace", "Grades, Enter Grades, Import", _find, _fresh)
