"""Blackboard's Grade Center, *Work Offline*.

``Title [Total Pts: 100 Score] |12345``, where 12345 is the column's number; without it an upload
makes a new column of text that counts for nothing. The download is UTF-16 with tabs and ends in
``.xls``.
"""

import re
from collections.abc import Sequence

from labkit.grading.results import csv_text, totals
from labkit.grading.results.worksheets import sheet
from labkit.grading.submissions import tables

_GRADES = re.compile(r"(?P<title>.+?) ?\[[^\]]*?(?P<most>[\d.,]+)?[^\]\d]*\] ?\|[\d_]+", re.DOTALL)


def _find(table: tables.Table, wanted: str, lab: str) -> sheet.Place | None:
    columns = [column for column, title in enumerate(table.header) if _GRADES.fullmatch(title)]
    if not columns:
        return None
    column = sheet.one_of(columns, table, wanted, lab)
    most = _GRADES.fullmatch(table.header[column])["most"]
    return sheet.Place(
        column,
        sheet.number(most) if most else None,
        tuple(range(1, len(table.rows))),
        people=tuple(range(columns[0])),
    )


def _fresh(lab: str, given: Sequence[totals.Total], wanted: str) -> tuple[str, list[str]]:
    if not _GRADES.fullmatch(wanted):
        return "", [
            "Blackboard takes grades only into a column whose number is named: choose Work "
            "Offline, Download there and name the file with --worksheet, or give --assignment "
            "with the column's whole title, 'Lab 1 [Total Pts: 100 Score] |12345'."
        ]
    rows = [
        (item.submission.login, "" if item.points is None else sheet.written(item.points))
        for item in given
        if item.submission.login
    ]
    return csv_text.text(rows, ["Username", wanted]), []


SHEET = sheet.Worksheet(
    "blackboard",
    "Blackboard",
    "Grade Center, Work Offline, Upload",
    _find,
    _fresh,
    sheet.Form(",\t", ("utf-8", "utf-16-le", "utf-16-be")),
)
