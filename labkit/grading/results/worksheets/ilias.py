"""ILIAS's status file of an exercise, which comes with *Multi-Feedback*.

``update;usr_id;login;…;mark;…``: a row is imported if 1 stands in *update*.
"""

from collections.abc import Sequence

from labkit.grading.results import totals
from labkit.grading.results.worksheets import sheet
from labkit.grading.submissions import tables

_UPDATE, _ID, _MARK = "update", "usr_id", "mark"


def _find(table: tables.Table, wanted: str, lab: str) -> sheet.Place | None:
    header = table.header
    if not {_UPDATE, _ID, _MARK} <= set(header):
        return None
    # A mark is a text there, and has no maximum.
    mark, rows = header.index(_MARK), tuple(range(1, len(table.rows)))
    who = [header.index(title) for title in ("login", "lastname", "firstname") if title in header]
    return sheet.Place(
        mark,
        None,
        rows,
        ids=(header.index(_ID),),
        people=tuple(who),
        beside=((header.index(_UPDATE), "1"),),
    )


def _fresh(lab: str, given: Sequence[totals.Total], wanted: str) -> tuple[str, list[str]]:
    return "", [
        "ILIAS takes grades in the status file of Multi-Feedback, saved as CSV: name it with "
        "--worksheet."
    ]


SHEET = sheet.Worksheet(
    "ilias",
    "ILIAS",
    "Submissions and Grades, Multi-Feedback, Upload",
    _find,
    _fresh,
    sheet.Form(",;", ("utf-8",)),
)
