"""One student's grades as plain facts, from which every other grader's form is made."""

import dataclasses
import datetime

from labkit.checks import Outcome, Result
from labkit.grading import harmless
from labkit.grading.graded import Graded
from labkit.grading.results import totals
from labkit.grading.submissions import handed_out

MACHINE, PERSON = "machine", "person"


@dataclasses.dataclass(frozen=True)
class Test:
    """One exercise.

    Attributes
    ----------
    name, title : str
        For programs and for people.
    points : float or None
        None where they are not known (yet).
    most : float
    outcome : str
        As in ``grades.csv``.
    message : str
    by : str
        Who marks it: one of the words above.
    """

    name: str
    title: str
    points: float | None
    most: float
    outcome: str
    message: str = ""
    by: str = MACHINE

    @property
    def passed(self) -> bool:
        return self.points is not None and self.points >= self.most


@dataclasses.dataclass(frozen=True)
class Student:
    """One student's lab.

    Attributes
    ----------
    total : totals.Total
    lab : str
    tests : tuple of Test
    seconds : float
    time : datetime.datetime
        When it was graded.
    """

    total: totals.Total
    lab: str
    tests: tuple[Test, ...]
    seconds: float
    time: datetime.datetime

    @property
    def key(self) -> str:
        return self.total.submission.key

    @property
    def user(self) -> str:
        """The student as a platform knows them, as far as that is known."""
        item = self.total.submission
        return item.login or item.number or item.email or item.student

    @property
    def known(self) -> bool:
        """Whether the machine could mark all that it marks."""
        return all(test.points is not None for test in self.by_machine)

    @property
    def by_machine(self) -> list[Test]:
        return [test for test in self.tests if test.by == MACHINE]


def of(lab: handed_out.CourseLab, item: Graded, time: datetime.datetime) -> Student:
    """Return the facts of one student's grades."""
    (total,) = totals.of_class(lab, [item])
    results = {result.exercise: result for result in item.results}
    tests = [_by_machine(results[e.name]) for e in lab.lab if e.name in results]
    tests += [_by_hand(essay, item) for essay in lab.lab.essays if essay.name not in results]
    seconds = item.run.seconds if item.run else 0.0
    return Student(total, lab.lab.name, tuple(tests), seconds, time)


def _by_machine(result: Result) -> Test:
    known = result.outcome is not Outcome.COULD_NOT_GRADE
    message = harmless.text(str(result.message)) if result.message else ""
    points = result.points if known else None
    name, title, most = result.exercise, result.title, result.max_points
    return Test(name, title or name, points, most, str(result.outcome), message)


def _by_hand(essay, item: Graded) -> Test:
    title = essay.name.replace("-", " ").capitalize()
    mark = item.marks.get(essay.name)
    if mark is not None and mark.points is not None:
        given = mark.points, "marked by hand", mark.comment
    elif item.run is None or essay.name in item.run.essays:
        given = None, "to be marked by hand", ""
    else:
        given = 0.0, str(Outcome.NOT_ATTEMPTED), ""
    points, outcome, comment = given
    return Test(essay.name, title, points, essay.points, outcome, comment, PERSON)
