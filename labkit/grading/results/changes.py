"""What grading again has changed: each total, by student and criterion, before and after."""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence

from labkit.checks import Result
from labkit.checks.result import number
from labkit.grading.graded import Graded

COLUMNS = ("student", "exercise", "criterion", "before", "after", "max_points")


@dataclasses.dataclass(frozen=True)
class Change:
    """Points that are others than before: of a criterion, or of a whole exercise.

    Attributes
    ----------
    exercise : str
    criterion : str
        Empty for the exercise as a whole, where no single criterion explains it.
    before, after, most : float
    """

    exercise: str
    criterion: str
    before: float
    after: float
    most: float


def between(before: Sequence[Result], after: Sequence[Result]) -> list[Change]:
    """Return what differs in points between two gradings of one student."""
    earlier = {result.exercise: result for result in before}
    found: list[Change] = []
    for result in after:
        old = earlier.get(result.exercise)
        if old is None or old.points == result.points:
            continue
        parts = list(_criteria(old, result))
        if sum(part.after - part.before for part in parts) != result.points - old.points:
            # Such as an answer that could not be judged at all.
            parts = [Change(result.exercise, "", old.points, result.points, result.max_points)]
        found += parts
    return found


def _criteria(old: Result, new: Result) -> Iterator[Change]:
    earlier = {verdict.title: verdict for verdict in old.verdicts}
    for verdict in new.verdicts:
        was = earlier.pop(verdict.title, None)
        before = was.points if was else 0.0
        if before != verdict.points:
            yield Change(new.exercise, verdict.title, before, verdict.points, verdict.max_points)
    for gone in earlier.values():
        if gone.points:
            yield Change(new.exercise, gone.title, gone.points, 0.0, gone.max_points)


def rows(graded: Iterable[Graded]) -> Iterator[tuple[object, ...]]:
    """Yield a row for each change; see `COLUMNS`."""
    for item in graded:
        for change in item.changes:
            yield (
                item.submission.student,
                change.exercise,
                change.criterion,
                change.before,
                change.after,
                change.most,
            )


def lines(graded: Sequence[Graded]) -> Iterator[str]:
    """Say which totals the machine gives otherwise than before, and why."""
    changed = [item for item in graded if item.changes]
    if not changed:
        yield "Grading again changed no points."
        return
    yield f"Grading again changed the points of {len(changed)} of {len(graded)}:"
    for item in changed:
        difference = sum(change.after - change.before for change in item.changes)
        after = item.machine
        yield f"  {item.submission.student}: {number(after - difference)} → {number(after)}"
        for change in item.changes:
            what = f"{change.exercise}, {change.criterion}" if change.criterion else change.exercise
            points = f"{number(change.before)} → {number(change.after)} of {number(change.most)}"
            yield f"    {what}: {points}"
