"""Totals in the forms that learning platforms import."""

from collections.abc import Iterable

from labkit.grading.results import csv_text
from labkit.grading.submissions import find


def moodle(lab: str, totals: Iterable[tuple[str, str, float]], most: float) -> str:
    """Return Moodle's offline grading worksheet.

    Parameters
    ----------
    lab : str
    totals : iterable of (str, str, float)
        Name and number as in the names of the files in Moodle's zip, and all points.
    most : float
    """
    columns = ("Identifier", "Full name", "Grade", "Maximum Grade", "Feedback comments")
    return csv_text.text(
        ((f"Participant {number}", name, points, most, lab) for name, number, points in totals),
        columns,
    )


def canvas(lab: str, totals: Iterable[tuple[str, str, float]], most: float) -> str:
    """Return a file for Canvas's *Import* in the gradebook; parameters as `moodle`."""
    columns = ("Student", "ID", "SIS Login ID", "Section", lab)
    limits = [("Points Possible", "", "", "", most)]
    students = ((name, number, "", "", points) for name, number, points in totals)
    return csv_text.text([*limits, *students], columns)


FORMS = {find.MOODLE: moodle, find.CANVAS: canvas}
