"""Moodle's offline grading worksheet.

Moodle takes a file only if it has *Identifier*, *Grade* and *Last modified (grade)*, each in the
language of the site; it passes over an empty grade, one above the maximum, and one that was changed
in Moodle after the row's date, unless *Allow updating records that have been modified more
recently* is ticked. Every feedback column that is there is imported. Moodle:
mod/assign/feedback/offline/importgradeslib.php and locallib.php.
"""

import datetime
import re
from collections.abc import Sequence

from labkit.grading.results import csv_text, totals
from labkit.grading.results.worksheets import sheet
from labkit.grading.submissions import roster, tables

_IDENTIFIER = re.compile(r"(\D*[^\W\d]) ?\d+")
_GRADE = {
    *("grade", "bewertung", "note", "calificacion", "valutazione", "beoordeling", "nota"),
    *("cijfer", "betyg", "karakter", "karakterer", "arvosana", "ocena", "hodnoceni", "puan"),
}
_NO = {"no", "nein", "non", "nee", "nej", "nei", "ne", "nie", "ei", "hayir", "nao"}
_COLUMNS = ("Identifier", "Full name", "Grade", "Maximum grade", "Last modified (grade)")


def _find(table: tables.Table, wanted: str, lab: str) -> sheet.Place | None:
    told = [_IDENTIFIER.fullmatch(text) for text in table.column(0) if text]
    # One word for all, in the language of the site; some are written without a space after them.
    if not told or not all(told) or len({match[1] for match in told}) > 1:
        return None
    rows = tuple(row for row in range(1, len(table.rows)) if table.at(row, 0))
    column = _column(table, wanted)
    if column is None:
        return None
    most = sheet.number(table.at(rows[0], column + 1))
    answers = {row: roster.plain(table.at(row, column + 2)) for row in rows}
    locked = frozenset(row for row, answer in answers.items() if answer in _NO)
    comma = "," in table.at(rows[0], column + 1)
    return sheet.Place(column, most, rows, locked, comma, (0,), tuple(range(1, column)), True)


def _column(table: tables.Table, wanted: str) -> int | None:
    """Return the column of grades: it stands before the maximum, which is the same for all.

    None where the table is none of Moodle's.
    """
    whole = range(1, len(table.header) - 1)
    before_maximum = [column for column in whole if _is_maximum(table, column + 1)]
    fitting = [column for column in before_maximum if _may_hold_grades(table, column)]
    if not fitting and " " not in table.at(1, 0):
        return None  # logins that are numbered
    if wanted:
        return sheet.one_of(fitting, table, wanted, "")
    named = [column for column in fitting if roster.plain(table.header[column]) in _GRADE]
    if len(named or fitting) == 1:
        return (named or fitting)[0]
    if not fitting:
        raise sheet.WorksheetError(
            "it has no column of points. Does the assignment give points, and not a scale?"
        )
    return sheet.one_of(fitting, table, wanted, "")


def _is_maximum(table: tables.Table, column: int) -> bool:
    values = {sheet.number(text) for text in table.column(column)}
    return len(values) == 1 and all(value is not None and value > 0 for value in values)


def _may_hold_grades(table: tables.Table, column: int) -> bool:
    texts = table.column(column)
    return all(text in ("", "-") or sheet.number(text) is not None for text in texts)


def _fresh(lab: str, given: Sequence[totals.Total], wanted: str) -> tuple[str, list[str]]:
    taken = [item for item in given if item.submission.number.isdecimal()]
    teams = [item for item in taken if item.submission.team]
    now = f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d %H:%M:%S} UTC"
    rows = [
        (
            f"Participant {item.submission.number}",
            item.submission.name,
            "" if item.points is None else sheet.written(item.points),
            item.most,
            now,
        )
        for item in taken
        if not item.submission.team
    ]
    notes = [
        "Made for a Moodle in English whose maximum is the lab's. For any other, and to keep what "
        "was changed in Moodle: download its grading worksheet and name it with --worksheet."
    ]
    if teams or len(taken) < len(given):
        notes.append(
            "Moodle's numbers of teams and of those who are only in the class list are no "
            "students' numbers: use --worksheet for them."
        )
    return csv_text.text(rows, _COLUMNS) if rows else "", notes


SHEET = sheet.Worksheet(
    "moodle", "Moodle", "the assignment, Actions, Upload grading worksheet", _find, _fresh
)
