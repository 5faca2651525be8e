"""The object that a notebook calls ``lab``: its exercises as attributes, and what it can do.

``lab = labkit.setup("lab1-data")`` returns one, and the modules of `labkit.labs` offer the same
functions of the same object, so that older notebooks go on working.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from typing import Any

from labkit.checks import exercise as checked
from labkit.checks import variants
from labkit.checks.result import Outcome, Result
from labkit.notebook import document, handin, next_steps, progress, start_page
from labkit.notebook.cells import cells

_open: dict[str, Lab] = {}
_DISPLAY = "labkit-progress"


def of(description: checked.Lab) -> Lab:
    """Return the one object for this lab: whoever asks, the same progress is shown."""
    if description.name not in _open:
        _open[description.name] = Lab(description)
    return _open[description.name]


def maker_of(variable: str) -> checked.Exercise | None:
    """Return the exercise of an open lab whose answer `variable` is; None if there is none."""
    for opened in _open.values():
        for exercise in opened.description:
            answer = exercise.answers.get(variable)
            if answer is not None and not answer.earlier:
                return exercise
    return None


def asks_for(variable: str) -> bool:
    """Tell whether a check of an open lab takes `variable`."""
    return any(
        variable in exercise.answers for opened in _open.values() for exercise in opened.description
    )


def name_of(exercise: checked.Exercise) -> str:
    """Return the name of the open lab that `exercise` belongs to."""
    owners = (name for name, opened in _open.items() if exercise.name in opened.names)
    return next(owners, "LAB")


def note(exercise: checked.Exercise, result: Result) -> None:
    """Let the lab of `exercise` keep what a check in a notebook found."""
    # A list: the first note loads the course's other labs, for the start page.
    for opened in list(_open.values()):
        if any(exercise is own for own in opened.description):
            opened.note(exercise, result)


class Lab:
    """A lab in a notebook: ``lab.count_images`` is the exercise ``count-images``.

    Parameters
    ----------
    description : labkit.checks.exercise.Lab

    Attributes
    ----------
    course : callable
        Returns all labs of the course, for the page on which a student begins.
    """

    def __init__(self, description: checked.Lab) -> None:
        self.description = description
        self._exercises = {item.name.replace("-", "_"): item for item in description}
        self._last: checked.Exercise | None = None
        self._steps = 0
        self._shows_progress = False
        self._unkept: set[str] = set()
        self.course: Callable[[], Iterable[checked.Lab]] = tuple

    @property
    def names(self) -> set[str]:
        """The names of the exercises that a check marks."""
        return {exercise.name for exercise in self._exercises.values()}

    def __getattr__(self, name: str) -> Any:
        exercises = self.__dict__.get("_exercises", {})
        if name in exercises:
            return exercises[name]
        others = ("hint", "progress", "submit")
        meant = next_steps.nearest(name, [*exercises, *others])
        asked = f" Is lab.{meant} meant?" if meant else ""
        raise AttributeError(
            f"lab has nothing called {name!r}.{asked} It has {', '.join(others)}, and the exercises"
            f" {', '.join(exercises)}."
        )

    @property
    def number(self) -> int:
        """The student's own number, which says what some exercises ask for; 0 if there is none."""
        return variants.at_hand.number

    @number.setter
    def number(self, number: int) -> None:
        if not variants.is_number(number):
            raise ValueError(
                f"lab.number has to be a whole number from 0 to {variants.MOST:,}, "
                f"not {number!r}. Put back the one that your notebook came with."
            )
        variants.at_hand.number = number

    def __dir__(self) -> list[str]:
        return sorted([*self._exercises, "hint", "progress", "submit"])

    def __repr__(self) -> str:
        return f"{self.description.name}: {self.description.title}"

    def progress(self) -> progress.Progress | None:
        """Show what was checked, what was answered in words, and what is next.

        Returns
        -------
        labkit.notebook.progress.Progress or None
            None in JupyterLab, where the box is shown at once and follows every later check.
        """
        shown = self._view()
        if cells.current is None:
            return shown
        from IPython.display import display

        display(shown, display_id=_DISPLAY)
        self._shows_progress = True
        return None

    def hint(self, step: int | None = None) -> None:
        """Print a hint for the exercise that was worked on last; the next one at the next call.

        Parameters
        ----------
        step : {1, 2, 3}, optional
            Which of its hints, from a nudge to the skeleton.

        Raises
        ------
        ValueError
            If there is no such step.
        """
        exercise = self._worked_on()
        if exercise is None:
            print("Every exercise that a check marks is passed: there is nothing left to hint at.")
            return
        if exercise is not self._last:
            self._last, self._steps = exercise, 0
        self._steps = min(self._steps + 1, len(exercise.hints)) if step is None else step
        print(f"Exercise {exercise.number}, {exercise.title}")
        exercise.hint(self._steps)

    def submit(self) -> handin.HandIn:
        """Make the file to hand in, and show what is open, and a receipt.

        The notebook is saved first where JupyterLab can be asked to. What is open is no
        obstacle: whoever hands in again replaces the file.
        """
        handed = handin.from_notebook(self.description, self._entries())
        self._renew_start_page()
        return handed

    def note(self, exercise: checked.Exercise, result: Result) -> None:
        """Keep what a check found, and show it in the boxes that are on the page."""
        if cells.current is None:
            return
        self._unkept.discard(exercise.name)
        try:
            self._store().record(result)
        except OSError:  # it must not keep a student from an answer
            self._unkept.add(exercise.name)
        self._renew_start_page()
        if self._shows_progress:
            from IPython.display import update_display

            update_display(self._view(), display_id=_DISPLAY)

    def _renew_start_page(self) -> None:
        """Let the page on which the student began say where the student is now."""
        path = document.of_this_kernel()
        if path is None or not start_page.is_in(path.parent.parent):
            return
        # Whatever is in the way of it, a check goes on.
        with contextlib.suppress(Exception):
            start_page.write(path.parent.parent, self.course())

    def _worked_on(self) -> checked.Exercise | None:
        """Return the exercise worked on last that is not passed; else the first that is not."""
        entries = self._entries()
        unsolved = {
            exercise.name: exercise
            for exercise in self.description
            if exercise.name not in entries or entries[exercise.name].outcome != Outcome.PASSED
        }
        for name in reversed(cells.runs):
            if (exercise := unsolved.get(name.removesuffix("-check"))) is not None:
                return exercise
        tried = [name for name in entries if name in unsolved]
        if tried:
            return unsolved[max(tried, key=lambda name: entries[name].when)]
        return next(iter(unsolved.values()), None)

    def _view(self) -> progress.Progress:
        answers = None
        if cells.current is not None:
            answers = _answers()
        return progress.view(self.description, self._entries(), answers, cells.first_error)

    def _entries(self) -> dict[str, progress.Entry]:
        now = progress.of_results(self.description)
        if cells.current is None:
            return now
        # What a reset has taken out of the file is not what this kernel remembers.
        return {name: now[name] for name in self._unkept & set(now)} | self._store().entries()

    def _store(self) -> progress.Store:
        return progress.kept_for(document.of_this_kernel(), self.description.name)


def _answers() -> dict[str, str] | None:
    """Return the texts of the answer cells: from the page, else as they were saved."""
    if cells.page is not None:
        return dict(cells.page.sources)
    path = document.of_this_kernel()
    if path is None:
        return None
    try:
        return document.read(path).sources
    except (OSError, document.UnreadableError):
        return None
