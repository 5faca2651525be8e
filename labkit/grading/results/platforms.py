"""All that goes back to a platform: the table of grades, the feedback, and what to do with both."""

import contextlib
import dataclasses
import datetime
import pathlib
from collections.abc import Iterator, Sequence

from labkit.grading.graded import Graded
from labkit.grading.results import (
    csv_text,
    feedback_zips,
    formats,
    totals,
    whole_class,
    worksheets,
)
from labkit.grading.results.formats import outcome
from labkit.grading.results.worksheets import sheet
from labkit.grading.submissions import handed_out

NOTES = "upload.txt"
_FIRST_LOOK = (
    "A first look on the drawn sample: nothing is written for upload. Leave --data out to grade."
)


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
    first_look : bool
        Whether the grades are those of a first look on the drawn sample: then nothing is written
        that could be uploaded.
    """

    worksheet: pathlib.Path | None = None
    assignment: str = ""
    forms: tuple[str, ...] = ()
    first_look: bool = False


def verify(request: Request, lab: str) -> None:
    """See that the worksheet can be filled in, before hours of grading.

    Raises
    ------
    worksheets.WorksheetError
        If it cannot.
    """
    if request.worksheet is not None:
        worksheets.recognise(request.worksheet, request.assignment, lab)


def pages(
    lab: handed_out.CourseLab, graded: Sequence[Graded], output: pathlib.Path, request: Request
) -> Iterator[whole_class.Page]:
    """Yield what goes back to the platforms, made after the feedback pages.

    What each says is what to do with it.
    """
    name = lab.lab.name

    def given(students: Sequence[Graded]) -> list[totals.Total]:
        return totals.of_class(lab, students)

    def table(students: Sequence[Graded]) -> whole_class.Made:
        text = csv_text.text(totals.rows(given(students)), totals.COLUMNS)
        return whole_class.Made({"totals.csv": text})

    yield whole_class.Page("totals.csv", table)
    if request.first_look:
        yield whole_class.Page(
            "the list of what is left out", lambda _: whole_class.Made({}, (_FIRST_LOOK,))
        )
        return
    filled = ""
    if request.worksheet is not None:
        with contextlib.suppress(worksheets.WorksheetError):  # the page itself says so
            filled = worksheets.recognise(request.worksheet, request.assignment, name)[0].name
        yield whole_class.Page(
            f"the worksheet {request.worksheet.name}, filled in",
            lambda students: _filled(given(students), name, output, request),
        )
    arrived = {item.submission.platform for item in graded}
    for worksheet in worksheets.ALL:
        if worksheet.name in arrived and worksheet.name != filled:
            yield whole_class.Page(
                f"{worksheet.name}.csv",
                lambda students, sheet=worksheet: _fresh(
                    sheet, given(students), name, output, request.assignment
                ),
            )
    for platform in feedback_zips.NAMES:
        if platform in arrived:
            yield whole_class.Page(
                f"feedback-{platform}.zip",
                lambda students, platform=platform: _feedback(platform, name, students, output),
            )
    now = datetime.datetime.now(datetime.UTC)
    for form in request.forms:
        yield whole_class.Page(
            f"formats/{form}",
            lambda students, form=form: _formatted(
                form, [outcome.of(lab, item, now) for item in students], output
            ),
        )
    yield whole_class.Page(
        "the list of those without a grade",
        lambda students: whole_class.Made({}, tuple(_unknown(given(students)))),
    )


def notes(said: Sequence[str]) -> whole_class.Page:
    """Return the file that repeats what the pages say."""
    text = "".join(f"{line}\n" for line in said)
    return whole_class.Page(NOTES, lambda _: whole_class.Made({NOTES: text}))


def _filled(
    given: Sequence[totals.Total], lab: str, output: pathlib.Path, request: Request
) -> whole_class.Made:
    worksheet, done = worksheets.fill(request.worksheet, given, request.assignment, lab)
    name = f"{worksheet.name}{request.worksheet.suffix.lower() or '.csv'}"
    said = [_upload(worksheet, output / name), *(f"  {note}" for note in done.notes)]
    return whole_class.Made({name: done.content}, tuple(said))


def _formatted(
    form: str, students: Sequence[outcome.Student], output: pathlib.Path
) -> whole_class.Made:
    place, content = formats.made(form, students)
    return whole_class.Made(content, (f"As {form}: {output / place}.",))


def _upload(worksheet: sheet.Worksheet, path: pathlib.Path) -> str:
    return f"To {worksheet.title}: {path} ({worksheet.upload})."


def _fresh(
    worksheet: sheet.Worksheet,
    given: Sequence[totals.Total],
    lab: str,
    output: pathlib.Path,
    assignment: str,
) -> whole_class.Made:
    own = [item for item in given if item.submission.platform in (worksheet.name, "")]
    text, notes = worksheet.fresh(lab, own, assignment)
    if not text:
        return whole_class.Made({}, tuple(f"To {worksheet.title}: {note}" for note in notes))
    name = f"{worksheet.name}.csv"
    said = [_upload(worksheet, output / name), *(f"  {note}" for note in notes)]
    return whole_class.Made({name: text}, tuple(said))


def _feedback(
    platform: str, lab: str, graded: Sequence[Graded], output: pathlib.Path
) -> whole_class.Made:
    pages = [
        (item.submission, path.read_bytes)
        for item in graded
        for path in [output / "feedback" / f"{item.submission.key}.html"]
        if item.submission.platform == platform and path.is_file()
    ]
    content, count = feedback_zips.pack(platform, lab, pages)
    if not count:
        return whole_class.Made({})
    name = f"feedback-{platform}.zip"
    where = {
        "moodle": "the assignment, Actions, Upload multiple feedback files in a zip",
        "canvas": "the assignment, Upload Submissions",
    }
    said = f"Feedback for {count} students: {output / name} ({where[platform]})."
    return whole_class.Made({name: content}, (said,))


def _unknown(given: Sequence[totals.Total]) -> list[str]:
    """Say whose grade is empty, and why."""
    empty = [item for item in given if item.points is None]
    reasons: dict[str, list[str]] = {}
    for item in empty:
        reasons.setdefault(item.reason, []).append(item.submission.student)
    lines = (
        [f"For upload, no grade for {len(empty)} of {len(given)}: left empty, not 0."]
        if empty
        else []
    )
    for reason, students in reasons.items():
        named = ", ".join(students[:8]) + (f" and {len(students) - 8} more" * (len(students) > 8))
        lines.append(f"  {reason}: {named}")
    return lines
