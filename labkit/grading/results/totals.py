"""What each student gets for a whole lab, as far as that is known.

What could not be graded or was not marked by hand yet has no total: never 0, and the reason is
said.
"""

import dataclasses
from collections.abc import Iterator, Sequence

from labkit.checks import Outcome
from labkit.grading.graded import Graded
from labkit.grading.submissions import find, handed_out

COLUMNS = (
    *("student", "name", "number", "login", "email"),
    *("points", "max_points", "late", "reason"),
)
WAITS = "waits for marking by hand"


@dataclasses.dataclass(frozen=True)
class Total:
    """One student's total.

    Attributes
    ----------
    submission : find.Submission
    points : float or None
        None where it is not known.
    most : float
        What can be reached.
    reason : str
        Why it is not known; empty if it is.
    """

    submission: find.Submission
    points: float | None
    most: float
    reason: str = ""


def of_class(lab: handed_out.CourseLab, graded: Sequence[Graded]) -> list[Total]:
    """Return the total of each student in `graded`."""
    return [_total(lab, item) for item in graded]


def _total(lab: handed_out.CourseLab, item: Graded) -> Total:
    reason = _why_not(lab, item)
    return Total(item.submission, None if reason else item.total, lab.lab.points, reason)


def _why_not(lab: handed_out.CourseLab, item: Graded) -> str:
    for result in item.results:
        if result.outcome is Outcome.COULD_NOT_GRADE:
            return str(result.message) or "could not be graded"
    answered = item.run.essays if item.run else {}
    for essay in lab.lab.essays:
        mark = item.marks.get(essay.name)
        if essay.name in answered and (mark is None or mark.points is None):
            return WAITS
    return ""


def rows(totals: Sequence[Total]) -> Iterator[list[object]]:
    """Return a row for each student, for people; see `COLUMNS`."""
    for total in totals:
        item = total.submission
        points = "" if total.points is None else total.points
        late = "late" if item.late else ""
        who = [item.student, item.name, item.number, item.login, item.email]
        yield [*who, points, total.most, late, total.reason]
