"""Results such as count: one for each exercise, with points that are a number within its own.

What is made from results (rows, totals, the report on the class) need not ask again.
"""

import dataclasses
import math
from collections.abc import Sequence

from labkit.checks import Lab, Message, Outcome, Result
from labkit.grading.graded import Graded
from labkit.grading.judging import judge

# Points are sums of decimal fractions.
_ROUNDING = 1e-6


def results(lab: Lab, found: Sequence[Result]) -> tuple[list[Result], str]:
    """Return one result for each machine-marked exercise of `lab`, in its order.

    Returns
    -------
    list of Result
        Where the one in `found` does not count, it is one that could not be graded.
    str
        Why the first of those does not count; empty if all do.
    """
    by_name: dict[str, list[Result]] = {}
    for result in found:
        by_name.setdefault(result.exercise, []).append(result)
    sound, first = [], ""
    for exercise in lab:
        own = by_name.get(exercise.name, [])
        why = _why_not(own[0], exercise.points) if len(own) == 1 else f"it gave {len(own)} results"
        if why:
            first = first or f"{exercise.name}: {why}"
            reason = f"what the judge said does not count ({why}): give its points by hand"
            sound.append(judge.ungraded(exercise, reason))
        else:
            sound.append(own[0])
    return sound, first


def graded(lab: Lab, item: Graded) -> Graded:
    """Return a student's grades with sound results, and only those marks that are numbers."""
    marks = {
        name: mark
        for name, mark in item.marks.items()
        if mark.points is None or _is_number(mark.points)
    }
    sound, _ = results(lab, item.results)
    return dataclasses.replace(item, results=sound, marks=marks)


def _why_not(result: Result, most: float) -> str:
    """Return why a result does not count; empty if it does.

    More than `most` points count: a person may give them.
    """
    if not isinstance(result.outcome, Outcome):
        return f"its outcome is {result.outcome!r}"
    messages = [result.message, *(verdict.message for verdict in result.verdicts)]
    if not all(map(_is_message, messages)):
        return "its message is no text"
    if result.outcome is Outcome.COULD_NOT_GRADE and not str(result.message or ""):
        return "it gives no reason"
    numbers = [result.points, result.max_points]
    numbers += [points for v in result.verdicts for points in (v.points, v.max_points)]
    if not all(map(_is_number, numbers)):
        return f"it gave {result.points} points"
    if result.points < 0 or abs(result.max_points - most) > _ROUNDING:
        return f"it gave {result.points:g} points of {result.max_points:g}, not of {most:g}"
    return ""


def _is_message(value: object) -> bool:
    if value is None:
        return True
    return isinstance(value, Message) and all(
        isinstance(part, str) for part in (value.saw, value.expected, value.next_step)
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)
