"""How a check is carried out in a notebook: first it looks whether the cell above has been run.

A value that was left by an earlier text of a cell says nothing about the cell. Where the cell ended
in an error, was changed since it ran, was emptied, or never ran, the check says so and judges
nothing.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
from typing import Any

from labkit import evidence
from labkit.checks.exercise import Exercise
from labkit.checks.result import Message, Outcome, Result
from labkit.notebook import box, lab, limits, terminal, troubles
from labkit.notebook.cells import Cells, cells

_RUN = "Run the cell above (click into it, then Shift+Enter), then this one."
_named_sample: list[str] = []


def check(exercise: Exercise, *args: Any, **kwargs: Any) -> Result:
    """Carry out a check: judge the answer, or say why its cell has to be run first.

    Parameters
    ----------
    exercise : labkit.checks.exercise.Exercise
    *args, **kwargs
        The student's variables.
    """
    at_its_cell = cells.checks(exercise.name)
    unmade = _missing(exercise, cells) if exercise.name not in cells.runs else []
    if unmade and not at_its_cell:
        return _unjudged(exercise, _unmade(exercise, unmade, cells))
    if cells.current is None:  # nobody says which cell this is
        return exercise.judge(exercise.collect(*args, **kwargs))
    if at_its_cell and (reason := why_not(exercise, cells)):
        return _unjudged(exercise, reason)
    try:
        with limits.at_most(_seconds(exercise)):
            found = exercise.collect(*args, **kwargs)
    except limits.DoesNotEnd:
        return _unjudged(exercise, _does_not_end(exercise))
    result = exercise.judge(found)
    if not at_its_cell:
        return result
    if not result and exercise.name not in cells.runs:
        return _unjudged(exercise, _never_run(exercise, cells))
    lab.note(exercise, result)
    return _with_help(exercise, result)


def _with_help(exercise: Exercise, result: Result) -> Result:
    """Return the result with hints, from the first failure on; the sample is named once."""
    once = not _named_sample
    if result.data != "real":
        _named_sample.append(result.data)
    if result.outcome is not Outcome.FAILED:
        return box.shown(result, name_the_data=once)
    question = box.question(result)
    return box.shown(result, question=question, hints=tuple(exercise.hints), name_the_data=once)


def why_not(exercise: Exercise, known: Cells) -> Message | None:
    """Return why the answer's cell says nothing about the answer; None if it does."""
    shown, run = known.shown(exercise.name), known.runs.get(exercise.name)
    if shown is not None and not shown.strip():
        return Message(
            "The answer cell above is empty",
            "",
            "Undo it (click into the cell, then Ctrl+Z). Or get the exercise back as it was, in a "
            f"terminal: {terminal.command('reset', lab.name_of(exercise), exercise.name)}",
        )
    if shown is not None and run is not None and not troubles.same_code(shown, run.source):
        return _changed(shown)
    if run is None:
        return _never_run(exercise, known) if _missing(exercise, known) else None
    if run.trouble:
        return _trouble(exercise, run.trouble, _texts(exercise), known)
    missing = _missing(exercise, known)
    if missing:
        return _not_made(exercise, missing, run.source)
    own = [name for name, answer in exercise.answers.items() if not answer.earlier]
    left = [name for name in own if known.is_left_over(name, exercise.name)]
    return _left_over(exercise, left, run.source) if left else None


def _changed(shown: str) -> Message:
    unreadable = troubles.of_source(shown)
    if unreadable:
        return troubles.message(unreadable)
    return Message("The cell above was changed after it ran last", "", _RUN)


def _never_run(exercise: Exercise, known: Cells) -> Message:
    shown = known.shown(exercise.name)
    if shown is None and known.page is not None and known.page.sources:
        return _gone(exercise)
    unreadable = troubles.of_source(shown) if shown is not None else None
    if unreadable:
        return troubles.message(unreadable)
    also = "" if shown is not None else " (or it is empty)"
    return Message(f"The cell above has not run since the kernel started{also}", "", _RUN)


def _gone(exercise: Exercise) -> Message:
    return Message(
        "The answer cell of this exercise is not in the notebook any more",
        "",
        "Choose Edit, then Undo Cell Operation. Or get the cell back as it was handed out, in a "
        f"terminal: {terminal.command('reset', lab.name_of(exercise), exercise.name)}",
    )


def _missing(exercise: Exercise, known: Cells) -> list[str]:
    """Return the variables of this exercise that do not exist."""
    own = [name for name, answer in exercise.answers.items() if not answer.earlier]
    return [name for name in own if name in known.missing]


def _not_made(exercise: Exercise, missing: list[str], source: str) -> Message:
    saw = f"The cell above ran, but it made no {' and no '.join(missing)}"
    if missing[0] in troubles.compared(source):
        return Message(saw, "", _compared(missing[0], source))
    alike = _alike(exercise, missing[0], source)
    if alike:
        return Message(saw, "", f"It made {alike[0]}. Is that the one? Check the spelling.")
    return Message(saw, "", f"Give the answer this name: {missing[0]} = ...")


def _unmade(exercise: Exercise, missing: list[str], known: Cells) -> Message:
    """Return why there is no answer, where nobody says which run was its cell's."""
    saw = f"No cell has made {' or '.join(missing)} so far"
    latest = known.history[-1] if known.history else None
    alike = _alike(exercise, missing[0], latest.source) if latest and not latest.trouble else []
    if alike:
        step = f"The cell that ran last made {alike[0]}. Is that the one? Check the spelling."
        return Message(saw, "", step)
    words = re.compile(rf"\b({'|'.join(map(re.escape, missing))})\b")
    run = next((run for run in reversed(known.history) if words.search(run.source)), None)
    if run and run.trouble:
        return _trouble(exercise, run.trouble, _texts(exercise), known)
    if run and missing[0] in troubles.compared(run.source):
        return Message(saw, "", _compared(missing[0], run.source))
    return Message(saw, "", f"{_RUN} If it ran, give the answer this name: {missing[0]} = ...")


def _alike(exercise: Exercise, missing: str, source: str) -> list[str]:
    """Return the name that a cell's text makes in place of one that is missing, if it does."""
    made = troubles.assigned(source)
    others = [name for name in made if name not in exercise.answers and not lab.asks_for(name)]
    return difflib.get_close_matches(missing, others, n=1)


def _texts(exercise: Exercise) -> list[str]:
    """Return the variables that take a text in quotation marks."""
    return [name for name, answer in exercise.answers.items() if "quotation" in answer.words]


def _left_over(exercise: Exercise, left: list[str], source: str) -> Message:
    names = " and ".join(left)
    saw = f"The cell above makes no {names} any more; the value at hand is from an earlier text"
    if left[0] in troubles.compared(source):
        return Message(saw, "", _compared(left[0], source))
    alike = _alike(exercise, left[0], source)
    also = f" It makes {alike[0]}: is that the one?" if alike else ""
    return Message(saw, "", f"Give the answer this name again: {left[0]} = ...{also}")


def _compared(name: str, source: str) -> str:
    sign = troubles.compared(source)[name]
    return f"{sign} compares two values. A single = gives one: {name} = ..."


def _trouble(
    exercise: Exercise, trouble: troubles.Trouble, texts: list[str], known: Cells
) -> Message:
    maker = lab.maker_of(trouble.name)
    if maker is not None and maker.number < exercise.number:
        found = troubles.message(trouble)
        step = (
            f"{trouble.name} is made in Exercise {maker.number}, {maker.title}: run that cell "
            "first, or do the exercise."
        )
        return dataclasses.replace(found, next_step=step)
    return troubles.message(trouble, texts, _names_at_hand() - known.missing)


def _names_at_hand() -> set[str]:
    import __main__

    return {name for name in vars(__main__) if not name.startswith("_")}


def _seconds(exercise: Exercise) -> float:
    """Return how long collecting may take: only functions of the student's may not end."""
    called = any(answer.kind is evidence.Calls for answer in exercise.answers.values())
    return limits.SECONDS if called else 100 * limits.SECONDS


def _does_not_end(exercise: Exercise) -> Message:
    called = [n for n, answer in exercise.answers.items() if answer.kind is evidence.Calls]
    return Message(
        f"On a small test {' or '.join(called) or 'the answer'} had not ended after "
        f"{limits.SECONDS:g} seconds, and was stopped",
        "",
        "Is there a loop that never ends? Look at what it waits for, and whether that changes.",
    )


def _unjudged(exercise: Exercise, message: Message) -> Result:
    title = f"Exercise {exercise.number}, {exercise.title}" if exercise.number else exercise.title
    return box.Shown(
        exercise.name,
        title,
        Outcome.COULD_NOT_GRADE,
        0.0,
        exercise.points,
        message=message,
        word="not judged",
    )
