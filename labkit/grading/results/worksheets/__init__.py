"""The tables of grades that platforms take back: theirs, filled in, or fresh ones."""

import pathlib
from collections.abc import Sequence

from labkit.grading.results import totals
from labkit.grading.results.worksheets import (
    blackboard,
    brightspace,
    canvas,
    ilias,
    moodle,
    plain,
    sheet,
)
from labkit.grading.submissions import tables

# The plain one is the last: any table is one.
ALL = (moodle.SHEET, canvas.SHEET, brightspace.SHEET, blackboard.SHEET, ilias.SHEET, plain.SHEET)
BY_NAME = {item.name: item for item in ALL}
WorksheetError = sheet.WorksheetError


def recognise(
    path: pathlib.Path, wanted: str, lab: str
) -> tuple[sheet.Worksheet, tables.Table, sheet.Place]:
    """Return whose worksheet a file is, the table in it, and where the grades go.

    Raises
    ------
    WorksheetError
        If it cannot be read, is none of a known platform, or has no column for the grades.
    """
    try:
        table = tables.read(path)
    except tables.TableError as error:
        raise WorksheetError(str(error)) from error
    for worksheet in ALL:
        try:
            place = worksheet.find(table, wanted, lab)
        except WorksheetError as error:
            raise WorksheetError(f"{path} ({worksheet.title}): {error}") from error
        if place is not None:
            return worksheet, table, place
    known = ", ".join(worksheet.title for worksheet in ALL if worksheet is not plain.SHEET)
    raise WorksheetError(
        f"{path}: this is not the table of grades of any of {known}, as they are downloaded "
        "there. In another table name the column for the grades as it stands there, --assignment "
        f"'TITLE'. Its columns: {', '.join(table.header[:12])}."
    )


def fill(
    path: pathlib.Path, given: Sequence[totals.Total], wanted: str, lab: str
) -> tuple[sheet.Worksheet, sheet.Filled]:
    """Fill totals into the worksheet at `path`; see `recognise`."""
    worksheet, table, place = recognise(path, wanted, lab)
    return worksheet, sheet.fill(worksheet, table, place, given)
