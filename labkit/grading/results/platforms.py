"""All that goes back to a platform: the table of grades, the feedback, and what to do with both."""

import dataclasses
import datetime
import pathlib
from collections.abc import Sequence

from labkit import files
from labkit.grading.graded import Graded
from labkit.grading.results import csv_text, feedback_zips, formats, totals, worksheets
from labkit.grading.results.formats import outcome
from labkit.grading.results.worksheets import sheet
from labkit.grading.submissions import handed_out

NOTES = "upload.txt"


@dataclasses.dataclass(frozen=True)
class Request:
    """What is wanted beside the tables that are always written.

    Attributes
    ----------
    worksheet : pathlib.Path or None
        The table that was downloaded from the platform, to be filled in.
    assignment : str
        The title of the column that takes the grades.
    forms : tuple of str
        The names of other graders' forms to write.
    """

    worksheet: pathlib.Path | None = None
    assignment: str = ""
    forms: tuple[str, ...] = ()


def verify(request: Request, lab: str) -> None:
    """See that the worksheet can be filled in, before hours of grading.

    Raises
    ------
    worksheets.WorksheetError
        If it cannot.
    """
    if request.worksheet is not None:
        worksheets.recognise(request.worksheet, request.assignment, lab)


def write(
    lab: handed_out.CourseLab, graded: Sequence[Graded], output: pathlib.Path, request: Request
) -> list[str]:
    """Write what goes back to the platforms, after the feedback pages, and say what to do with it.

    Returns
    -------
    list of str
        Lines for people, which ``upload.txt`` has, too.
    """
    given = totals.of_class(lab, graded)
    files.write_text(output / "totals.csv", csv_text.text(totals.rows(given), totals.COLUMNS))
    lines, filled = [], ""
    if request.worksheet is not None:
        worksheet, done = worksheets.fill(
            request.worksheet, given, request.assignment, lab.lab.name
        )
        filled = worksheet.name
        ending = request.worksheet.suffix.lower() or ".csv"
        path = output / f"{filled}{ending}"
        files.write(path, done.content)
        lines += [_upload(worksheet, path), *(f"  {note}" for note in done.notes)]
    arrived = {item.submission.platform for item in graded}
    for worksheet in worksheets.ALL:
        if worksheet.name in arrived and worksheet.name != filled:
            lines += _fresh(worksheet, given, lab.lab.name, output, request.assignment)
    for platform in feedback_zips.NAMES:
        if platform in arrived:
            lines += _feedback(platform, lab.lab.name, graded, output)
    now = datetime.datetime.now(datetime.UTC)
    students = [outcome.of(lab, item, now) for item in graded] if request.forms else []
    for form in request.forms:
        lines.append(f"As {form}: {formats.write(form, students, output)}.")
    lines += _unknown(given)
    files.write_text(output / NOTES, "".join(f"{line}\n" for line in lines))
    return lines


def _upload(worksheet: sheet.Worksheet, path: pathlib.Path) -> str:
    return f"To {worksheet.title}: {path} ({worksheet.upload})."


def _fresh(
    worksheet: sheet.Worksheet,
    given: Sequence[totals.Total],
    lab: str,
    output: pathlib.Path,
    assignment: str,
) -> list[str]:
    own = [item for item in given if item.submission.platform in (worksheet.name, "")]
    text, notes = worksheet.fresh(lab, own, assignment)
    if not text:
        return [f"To {worksheet.title}: {note}" for note in notes]
    path = output / f"{worksheet.name}.csv"
    files.write_text(path, text)
    return [_upload(worksheet, path), *(f"  {note}" for note in notes)]


def _feedback(platform: str, lab: str, graded: Sequence[Graded], output: pathlib.Path) -> list[str]:
    pages = [
        (item.submission, path.read_bytes)
        for item in graded
        for path in [output / "feedback" / f"{item.submission.key}.html"]
        if item.submission.platform == platform and path.is_file()
    ]
    content, count = feedback_zips.pack(platform, lab, pages)
    if not count:
        return []
    path = output / f"feedback-{platform}.zip"
    files.write(path, content)
    where = {
        "moodle": "the assignment, Actions, Upload multiple feedback files in a zip",
        "canvas": "the assignment, Upload Submissions",
    }
    return [f"Feedback for {count} students: {path} ({where[platform]})."]


def _unknown(given: Sequence[totals.Total]) -> list[str]:
    """Say whose grade is empty, and why."""
    empty = [item for item in given if item.points is None]
    reasons: dict[str, list[str]] = {}
    for item in empty:
        reasons.setdefault(item.reason, []).append(item.submission.student)
    lines = [f"No grade for {len(empty)} of {len(given)}: left empty, not 0."] if empty else []
    for reason, students in reasons.items():
        named = ", ".join(students[:8]) + (f" and {len(students) - 8} more" * (len(students) > 8))
        lines.append(f"  {reason}: {named}")
    return lines
