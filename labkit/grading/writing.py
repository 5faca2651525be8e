"""Write what a class gets: a page for each student, the grades, then all pages over the class.

The grades are written before anything over the whole class is made, and each of those is made on
its own (`results.whole_class`).
"""

import pathlib
from collections.abc import Iterator, Sequence

from labkit import files
from labkit.grading import boundary
from labkit.grading.graded import Graded
from labkit.grading.graders import could_not_grade
from labkit.grading.judging import sound
from labkit.grading.results import (
    changes,
    class_figures,
    csv_text,
    feedback,
    grades,
    history,
    platforms,
    report,
    whole_class,
)
from labkit.grading.submissions import account, find, handed_out


def write(
    lab: handed_out.CourseLab,
    graded: Sequence[Graded],
    output: pathlib.Path,
    request: platforms.Request,
    arrivals: find.Arrivals,
    regraded: bool = False,
) -> tuple[list[Graded], whole_class.Told]:
    """Write everything to `output`.

    Returns
    -------
    list of Graded
        As they were written: a student whose page could not be written could not be graded.
    whole_class.Told
        What to do with what was written, and what could not be made.

    Raises
    ------
    files.Unwritable
        If the folder, or the table of grades, cannot be written.
    """
    make_folders(output)
    graded = [_sound(lab, item) for item in graded]
    graded = [_with_page(lab, item, output / "feedback") for item in graded]
    written = [_with_rows(lab, item) for item in graded]
    graded = [item for item, _ in written]
    rows = [row for _, own in written for row in own]
    files.write_text(output / "grades.csv", csv_text.text(rows))

    def without(item: Graded, reason: str) -> Graded:
        # Not what else is known of the submission, which may be what cannot be shown.
        known = item.submission
        plain = find.Submission(known.student, known.key, bytes, absent=known.absent)
        return could_not_grade(lab, plain, f"this page could not show it: {reason}")

    def made(*pages: whole_class.Page) -> whole_class.Told:
        return whole_class.write(pages, graded, output, without)

    account_of_it = made(*_of_the_account(lab, output, arrivals, regraded))
    back = made(*platforms.pages(lab, graded, output, request))
    further = made(platforms.notes(back.said), *_of_the_report(lab))
    all_told = [account_of_it, back, further]
    said = [line for told in all_told for line in told.said]
    return graded, whole_class.Told(said, [line for told in all_told for line in told.faults])


def make_folders(output: pathlib.Path) -> None:
    """Make the folders that are written to.

    Raises
    ------
    files.Unwritable
        If something else is in their place, or nothing may be written there.
    """
    for name in ("feedback", "report"):
        with files.writing(output / name):
            (output / name).mkdir(exist_ok=True)


def _sound(lab: handed_out.CourseLab, item: Graded) -> Graded:
    return boundary.within(
        lambda: sound.graded(lab.lab, item),
        lambda why: could_not_grade(lab, item.submission, why),
    )


def _with_page(lab: handed_out.CourseLab, item: Graded, folder: pathlib.Path) -> Graded:
    """Write a student's page and return what it shows."""

    def write(item: Graded) -> Graded:
        files.write_text(folder / f"{item.submission.key}.html", feedback.page(lab.lab, item))
        return item

    def without(reason: str) -> Graded:
        return could_not_grade(lab, item.submission, f"the page could not be written: {reason}")

    return boundary.within(
        lambda: write(item),
        lambda why: boundary.within(lambda: write(without(why)), lambda _: without(why)),
    )


def _with_rows(lab: handed_out.CourseLab, item: Graded) -> tuple[Graded, list[list[object]]]:
    """Return a student's grades with the rows of the table that say them."""

    def rows(item: Graded) -> tuple[Graded, list[list[object]]]:
        found = list(grades.rows(lab.lab, item))
        csv_text.text(found)  # what cannot be written is found out here, for this student alone
        return item, found

    def without(reason: str) -> tuple[Graded, list[list[object]]]:
        return rows(could_not_grade(lab, item.submission, f"it could not be written: {reason}"))

    return boundary.within(lambda: rows(item), without)


def _of_the_report(lab: handed_out.CourseLab) -> Iterator[whole_class.Page]:
    def figures(students: Sequence[Graded]) -> class_figures.ClassFigures:
        return class_figures.ClassFigures(lab.lab, list(students))

    def page(students: Sequence[Graded]) -> whole_class.Made:
        return whole_class.Made({"report.html": report.page(figures(students))})

    yield whole_class.Page("report.html", page)
    for name, table in report.TABLES.items():
        yield whole_class.Page(
            name,
            lambda students, name=name, table=table: whole_class.Made(
                {name: table(figures(students))}
            ),
        )


def _of_the_account(
    lab: handed_out.CourseLab, output: pathlib.Path, arrivals: find.Arrivals, regraded: bool
) -> Iterator[whole_class.Page]:
    """Yield what tells how it came to this: files, times, what grading again has changed."""

    def arrived(_: Sequence[Graded]) -> whole_class.Made:
        text = csv_text.text(account.rows(arrivals), account.COLUMNS)
        return whole_class.Made({"arrivals.csv": text})

    def dated(students: Sequence[Graded]) -> whole_class.Made:
        path = output / "history.csv"
        text = history.text(path, lab.lab.name, students, lab.lab.points)
        return whole_class.Made({path.name: text} if text else {})

    def changed(students: Sequence[Graded]) -> whole_class.Made:
        text = csv_text.text(changes.rows(students), changes.COLUMNS)
        said = tuple(changes.lines(students))
        return whole_class.Made({"changes.csv": text}, said)

    yield whole_class.Page("arrivals.csv", arrived)
    yield whole_class.Page("history.csv", dated, leaves_out=True)
    if regraded:
        yield whole_class.Page("changes.csv", changed, leaves_out=True)
