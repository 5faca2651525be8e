"""What a class's results say: about its students, its exercises, and what to teach again."""

import collections
import dataclasses
import statistics
from collections.abc import Iterator

import numpy as np

from labkit.checks import Exercise, Lab, Outcome, Result
from labkit.checks.result import number, points
from labkit.grading.graded import Graded

TEACH_AGAIN = 3
LOOK_AT = 10
_MOST_BINS = 10
_WIDTHS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 500)
# Fewer students say nothing about how an exercise tells them apart.
_ENOUGH = 8
_OPEN = (Outcome.NOT_ATTEMPTED, Outcome.BLOCKED)


@dataclasses.dataclass(frozen=True)
class Student:
    """One row of the table of students.

    Attributes
    ----------
    name, key : str
        As the class knows them, and in the form that is safe as a file name.
    points : float
        All that are known, those given by hand among them.
    late : bool
    open, not_graded, waiting : int
        Exercises not attempted or waiting for an earlier one; exercises that could not be graded;
        answers that wait for a person.
    seconds : float or None
        How long the notebook ran; None where nothing was run.
    """

    name: str
    key: str
    points: float
    late: bool
    open: int
    not_graded: int
    waiting: int
    seconds: float | None


@dataclasses.dataclass(frozen=True)
class ExerciseFigures:
    """How a class did in one exercise; the counts add up to the class.

    Attributes
    ----------
    number : int
    name, title : str
    passed, in_part, missed, skipped, not_graded, waiting : int
        Skipped are those who did not attempt it, and those whom an earlier exercise kept from it.
    share : float or None
        The mean share of the points over the whole class, what was skipped as 0: 1 is easy.
        Only those who wait for a person, or could not be graded, are left out.
    discrimination : float or None
        How the points in it go with the points in all the others, from -1 to 1. None where all did
        alike, or there are too few students to say.
    """

    number: int
    name: str
    title: str
    passed: int
    in_part: int
    missed: int
    skipped: int
    not_graded: int
    waiting: int
    share: float | None
    discrimination: float | None


@dataclasses.dataclass(frozen=True)
class CriterionFigures:
    """How many of the whole class met a criterion, and how many were judged on it."""

    exercise: str
    number: int
    title: str
    met: int
    judged: int
    size: int


@dataclasses.dataclass(frozen=True)
class Misunderstood:
    """A mistake that several students share.

    Attributes
    ----------
    exercise : str
    number : int
    title : str
        The exercise's.
    name : str
        The misconception's; empty where it is a criterion that many did not meet.
    told : str
        What the students were told, or the criterion.
    who : tuple of Student
    """

    exercise: str
    number: int
    title: str
    name: str
    told: str
    who: tuple[Student, ...]


class ClassFigures:
    """What the report is made from.

    Parameters
    ----------
    lab : Lab
    graded : list of Graded
        All of the class. Who handed in nothing is in `absent`, and in no figure.
    """

    def __init__(self, lab: Lab, graded: list[Graded]) -> None:
        self.lab = lab
        self.graded = [item for item in graded if not item.submission.absent]
        self.students = [_student(lab, item) for item in self.graded]
        self.absent = [_student(lab, item) for item in graded if item.submission.absent]

    @property
    def size(self) -> int:
        return len(self.graded)

    @property
    def unsandboxed(self) -> bool:
        return any(item.unsandboxed for item in self.graded)

    @property
    def waiting(self) -> int:
        """How many answers wait for a person."""
        return sum(student.waiting for student in self.students)

    @property
    def median(self) -> float:
        return statistics.median([student.points for student in self.students] or [0.0])

    # --- points ------------------------------------------------------------------------------

    def histogram(self) -> list[tuple[float, float, int]]:
        """Return from, to and how many students, in steps of a round width.

        A step holds its lower end; the last holds both.
        """
        most = self.lab.points
        width = next((w for w in _WIDTHS if w * _MOST_BINS >= most), most / _MOST_BINS)
        steps = max(1, int(np.ceil(most / width)))
        counts = [0] * steps
        for student in self.students:
            counts[min(steps - 1, max(0, int(student.points / width)))] += 1
        return [(step * width, (step + 1) * width, count) for step, count in enumerate(counts)]

    # --- exercises ---------------------------------------------------------------------------

    def exercises(self) -> list[ExerciseFigures]:
        """Return all exercises, the hardest first; those that wait for a person at the end."""
        shape = self.size, len(self.lab.exercises)  # also of a class of none
        shares = [
            _share(self.lab, item, e.name) for item in self.graded for e in self.lab.exercises
        ]
        shares = np.array(shares, dtype=float).reshape(shape)
        figures = [self._exercise(place, shares) for place, _ in enumerate(self.lab.exercises)]

        def order(item: ExerciseFigures) -> tuple[bool, float, int]:
            # While some answers wait, the points of those who skipped it are all that is known.
            unknown = item.share is None or item.waiting > 0
            return unknown, item.share or 0, item.number

        return sorted(figures, key=order)

    def _exercise(self, place: int, shares: np.ndarray) -> ExerciseFigures:
        exercise = self.lab.exercises[place]
        states = collections.Counter(_state(item, exercise) for item in self.graded)
        known = shares[:, place][~np.isnan(shares[:, place])]
        return ExerciseFigures(
            exercise.number,
            exercise.name,
            exercise.title,
            *(states[name] for name in _STATES),
            float(known.mean()) if known.size else None,
            _discrimination(shares, place, [item.points for item in self.lab.exercises]),
        )

    def criteria(self) -> list[CriterionFigures]:
        """Return all criteria, in the order of the lab."""
        met: collections.Counter[tuple[str, str]] = collections.Counter()
        judged: collections.Counter[tuple[str, str]] = collections.Counter()
        for _, result in self._results():
            for verdict in result.verdicts:
                judged[result.exercise, verdict.title] += 1
                met[result.exercise, verdict.title] += verdict.met is True
        return [
            CriterionFigures(
                exercise.name, exercise.number, criterion.title, met[key], judged[key], self.size
            )
            for exercise in self.lab
            for criterion in exercise.criteria
            for key in [(exercise.name, criterion.title)]
        ]

    # --- what to do --------------------------------------------------------------------------

    def misconceptions(self) -> list[Misunderstood]:
        """Return what was recognised, that of most students first."""
        who = collections.defaultdict(list)
        for student, result in self._results():
            for name in result.misconceptions:
                who[result.exercise, name].append(student)
        found = [
            Misunderstood(
                exercise.name, exercise.number, exercise.title, mistake.name, mistake.message,
                tuple(who.pop((exercise.name, mistake.name))),
            )
            for exercise in self.lab
            for mistake in exercise.misconceptions
            if (exercise.name, mistake.name) in who
        ]  # fmt: skip
        # Of a kept result that was judged by an earlier edition of the lab, the name is known.
        found += [
            Misunderstood(exercise, 0, exercise, name, "", tuple(students))
            for (exercise, name), students in who.items()
        ]
        return sorted(found, key=lambda item: (-len(item.who), item.number, item.name))

    def teach_again(self) -> list[Misunderstood]:
        """Return the misconceptions of most students, and after them what most did not meet."""
        found = self.misconceptions()[:TEACH_AGAIN]
        named = {item.exercise for item in found}
        missed = [item for item in self._not_met() if item.exercise not in named]
        first_of_each = {item.exercise: item for item in reversed(missed)}
        rest = sorted(first_of_each.values(), key=lambda item: (-len(item.who), item.number))
        return [*found, *rest][:TEACH_AGAIN]

    def _not_met(self) -> list[Misunderstood]:
        who = collections.defaultdict(list)
        for student, result in self._results():
            for verdict in result.verdicts:
                if verdict.met is False:
                    who[result.exercise, verdict.title].append(student)
        found = [
            Misunderstood(
                exercise.name, exercise.number, exercise.title, "", criterion.title,
                tuple(who[exercise.name, criterion.title]),
            )
            for exercise in self.lab
            for criterion in exercise.criteria
            if len(who[exercise.name, criterion.title]) > 1
        ]  # fmt: skip
        return sorted(found, key=lambda item: (-len(item.who), item.number))

    def look_at(self) -> list[tuple[Student, str]]:
        """Return the students who may need help, and why; the fewest points first."""
        found = []
        for student, item in zip(self.students, self.graded, strict=True):
            reasons = list(self._reasons(student, item))
            if reasons:
                found.append((student, "; ".join(reasons)))
        return sorted(found, key=lambda pair: (pair[0].points, pair[0].name))

    def _reasons(self, student: Student, item: Graded) -> Iterator[str]:
        if student.not_graded:
            reason = next(
                str(r.message) for r in item.results if r.outcome is Outcome.COULD_NOT_GRADE
            )
            some = (
                ""
                if student.not_graded == len(item.results)
                else f"{student.not_graded} exercises "
            )
            yield f"{some}could not be graded: {reason}"
            return
        if student.open >= len(self.lab.exercises):
            yield "nothing was attempted"
            return
        if student.points < self.median / 2:
            middle = number(self.median)
            yield f"{points(student.points)}, less than half of the middle of the class ({middle})"
        if student.open > len(self.lab.exercises) / 2:
            yield f"{student.open} of {len(self.lab.exercises)} exercises are open"

    def same_number(self) -> list[tuple[int, list[Student]]]:
        """Return the numbers that more than one student has, and who: one may be another's copy.

        `labkit start` gives each notebook a number of its own.
        """
        who = collections.defaultdict(list)
        for student, item in zip(self.students, self.graded, strict=True):
            if item.run is not None and item.run.student:
                who[item.run.student].append(student)
        return sorted((number, found) for number, found in who.items() if len(found) > 1)

    def not_graded(self) -> list[tuple[Student, str]]:
        """Return who could not be graded, at least in part, and the first reason."""
        return [
            (student, next(str(r.message) for r in item.results
                           if r.outcome is Outcome.COULD_NOT_GRADE))
            for student, item in zip(self.students, self.graded, strict=True)
            if student.not_graded
        ]  # fmt: skip

    def _results(self) -> Iterator[tuple[Student, Result]]:
        for student, item in zip(self.students, self.graded, strict=True):
            for result in item.results:
                yield student, result


_STATES = ("passed", "in_part", "missed", "skipped", "not_graded", "waiting")


def _state(item: Graded, exercise: object) -> str:
    """Return how one student did in one exercise, as one of `_STATES`."""
    if not isinstance(exercise, Exercise):
        return _state_of_essay(item, exercise)
    result = next(r for r in item.results if r.exercise == exercise.name)
    if result.outcome is Outcome.COULD_NOT_GRADE:
        return "not_graded"
    if result.outcome in _OPEN:
        return "skipped"
    return _by_points(result.points, result.max_points)


def _state_of_essay(item: Graded, essay: object) -> str:
    mark = item.marks.get(essay.name)
    if mark is not None and mark.points is not None:
        return _by_points(mark.points, essay.points)
    if item.run is None:
        return "not_graded"
    return "waiting" if essay.name in item.run.essays else "skipped"


def _by_points(earned: float, most: float) -> str:
    if earned >= most:
        return "passed"
    return "in_part" if earned > 0 else "missed"


def _share(lab: Lab, item: Graded, name: str) -> float:
    """Return the share of an exercise's points; NaN where it is not known."""
    exercise = next(exercise for exercise in lab.exercises if exercise.name == name)
    if _state(item, exercise) in ("waiting", "not_graded"):
        return np.nan
    if isinstance(exercise, Exercise):
        earned = next(r.points for r in item.results if r.exercise == name)
    else:
        mark = item.marks.get(name)
        earned = mark.points if mark is not None and mark.points is not None else 0.0
    return earned / exercise.points if exercise.points else np.nan


def _discrimination(shares: np.ndarray, place: int, weights: list[float]) -> float | None:
    """Return the correlation of one exercise's points with the sum of all the others'."""
    known = ~np.isnan(shares[:, place])
    own = shares[known, place]
    others = np.nan_to_num(np.delete(shares, place, axis=1)[known])
    rest = others @ np.delete(np.array(weights, dtype=float), place)
    if own.size < _ENOUGH or np.ptp(own) == 0 or np.ptp(rest) == 0:
        return None
    return float(np.corrcoef(own, rest)[0, 1])


def _student(lab: Lab, item: Graded) -> Student:
    states = collections.Counter(_state(item, exercise) for exercise in lab.exercises)
    return Student(
        item.submission.student,
        item.submission.key,
        item.total,
        item.submission.late,
        states["skipped"],
        sum(result.outcome is Outcome.COULD_NOT_GRADE for result in item.results),
        states["waiting"],
        item.run.seconds if item.run else None,
    )
