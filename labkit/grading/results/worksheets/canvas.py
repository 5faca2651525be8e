"""Canvas's gradebook.

Columns up to *Section* say who it is, each later one is an assignment, ``Title (id)``. Any other
title becomes a new assignment, and the row *Points Possible* changes the assignment's maximum: it
stays as it is, and in a fresh table it is left out. Canvas: lib/gradebook_importer.rb.
"""

import re
from collections.abc import Sequence

from labkit.grading.results import csv_text, totals
from labkit.grading.results.worksheets import sheet
from labkit.grading.submissions import tables

_PEOPLE = {
    *("Student", "LastName", "FirstName", "ID", "SIS User ID", "SIS Login ID"),
    *("Integration ID", "Root Account", "Section"),
}
_ASSIGNMENT = re.compile(r".*\(\d+\)", re.DOTALL)
_COMPUTED = re.compile(r"(?:Current|Final|Override|Unposted) .*|.* (?:Score|Points|Grade)$")
_COLUMNS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")


def _find(table: tables.Table, wanted: str, lab: str) -> sheet.Place | None:
    header = table.header
    named = header[0] in ("Student", "LastName") and "ID" in header[1:3]
    if not named:
        return None
    others = [column for column, title in enumerate(header) if title not in _PEOPLE and title]
    tasks = [column for column in others if _ASSIGNMENT.fullmatch(header[column])]
    columns = tasks or [column for column in others if not _COMPUTED.fullmatch(header[column])]
    column = sheet.one_of(columns, table, wanted, lab)
    limits = [row for row in range(1, len(table.rows)) if "Points Possible" in table.at(row, 0)]
    limit = table.at(limits[0], column) if limits else ""
    if "read only" in limit.lower():
        raise sheet.WorksheetError(f"Canvas takes no grades for {header[column]} (read only).")
    who = header.index("ID")
    rows = [row for row in range(1, len(table.rows)) if row not in limits and table.at(row, who)]
    comma = table.separator == ";" and "," in limit
    people = tuple(c for c, title in enumerate(header) if title in _PEOPLE and c != who)
    most = sheet.number(limit)
    return sheet.Place(column, most, tuple(rows), comma=comma, ids=(who,), people=people)


def _fresh(lab: str, given: Sequence[totals.Total], wanted: str) -> tuple[str, list[str]]:
    taken = [item for item in given if item.submission.number.isdecimal()]
    rows = [
        (
            item.submission.name,
            item.submission.number,
            *("", "", ""),
            "" if item.points is None else sheet.written(item.points),
        )
        for item in taken
    ]
    notes = []
    if not _ASSIGNMENT.fullmatch(wanted):
        notes.append(
            f"Canvas makes a new assignment unless one is called exactly {wanted or lab}. Better: "
            "export its gradebook and name it with --worksheet, or give --assignment 'Title (id)' "
            "as it stands there."
        )
    if len(taken) < len(given):
        notes.append(
            f"{len(given) - len(taken)} have no Canvas number (handed in anonymously, or only in "
            "the class list): use --worksheet for them."
        )
    if any(item.submission.team for item in given):
        notes.append("The import gives a group's grade to one of its members only.")
    return csv_text.text(rows, [*_COLUMNS, wanted or lab]) if rows else "", notes


SHEET = sheet.Worksheet(
    "canvas", "Canvas", "Grades, Import", _find, _fresh, sheet.Form(",;", ("utf-8",))
)
