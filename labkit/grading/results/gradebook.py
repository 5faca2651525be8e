"""nbgrader's gradebook beside the grades, so that its formgrader serves what a person marks.

The machine's points go in; points and comments given by hand come out, and are never
overwritten. The notebooks that formgrader shows are the course's, with the student's code and
texts in their places: no output of a student's gets into the instructor's browser, and what they
wrote is text there and nothing else, since formgrader's reader of Markdown is not ours to choose.
"""

import contextlib
import copy
import dataclasses
import json
import logging
import os
import pathlib
import sys
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from labkit import files
from labkit.checks import Message, Outcome, Result
from labkit.grading import boundary
from labkit.grading.graded import Mark
from labkit.grading.results import pages
from labkit.grading.submissions import handed_out

if TYPE_CHECKING:
    from nbgrader.api import Grade

_MOST_OF_A_NOTEBOOK = 2**28


def with_marks(results: list[Result], marks: dict[str, Mark]) -> list[Result]:
    """Return the results with the points that a person has changed."""
    return [_with_mark(result, marks.get(result.exercise)) for result in results]


def _with_mark(result: Result, mark: Mark | None) -> Result:
    if mark is None or mark.points is None:
        return result
    outcome = Outcome.PASSED if mark.points >= result.max_points else Outcome.FAILED
    message = Message("These points were given by hand.")
    return dataclasses.replace(result, points=mark.points, outcome=outcome, message=message)


def make_alembic_findable() -> None:
    """Put the folder of this Python first: nbgrader starts `alembic` by its bare name."""
    beside = str(pathlib.Path(sys.executable).parent)
    if beside not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = beside + os.pathsep + os.environ.get("PATH", "")


def address(path: pathlib.Path) -> Any:
    """Return how nbgrader finds the gradebook at `path`, whatever characters are in there."""
    import sqlalchemy

    return sqlalchemy.URL.create("sqlite", database=os.path.realpath(path))


def _newest_form() -> str:
    """Return the form of nbgrader's database, which it starts a program of its own to ask for."""
    from alembic import config, script
    from nbgrader import dbutil

    with dbutil._temp_alembic_ini("sqlite://") as settings:
        return script.ScriptDirectory.from_config(config.Config(settings)).get_current_head()


class GradebookError(boundary.ClassFault):
    """The gradebook cannot be used; the message says what to do."""


class Book:
    """The gradebook of one lab in the folder of the grades. Use it in a ``with`` statement."""

    def __init__(self, folder: pathlib.Path, lab: handed_out.CourseLab) -> None:
        self._lab, self._name = lab, lab.lab.name
        self._autograded = folder / "autograded"
        # Seconds, in which boxes and the judge get ready: not when this module is imported.
        import nbformat
        from nbgrader import api
        from nbgrader.preprocessors import SaveCells

        api.get_alembic_version = _newest_form
        api.app_log.setLevel(logging.CRITICAL)  # what fails there is told in a line of ours
        self._path = folder / "gradebook.db"
        url = address(self._path)
        if self._path.exists() and not self._path.is_file():
            # A pipe that nobody writes to would be waited for.
            raise GradebookError(f"{self._path} is no file: move it out of the way.")
        with files.writing(self._path), self._usable():
            self._book = api.Gradebook(url)
            self._book.update_or_create_assignment(self._name)
        resources = {"notebook": self._name, "assignment": self._name, "db_url": url}
        notebook = nbformat.from_dict(copy.deepcopy(lab.notebook))
        try:
            with self._usable():
                SaveCells().preprocess(notebook, {"nbgrader": resources})
        except RuntimeError as error:
            self._book.close()
            raise handed_out.CourseError(_changed(self._name, folder)) from error
        self._list(folder / "source" / self._name)

    def _list(self, source: pathlib.Path) -> None:
        """Write the student's notebook where formgrader looks for labs; it lists no other."""
        files.write_text(source / f"{self._name}.ipynb", json.dumps(self._lab.notebook))

    def __enter__(self) -> "Book":
        return self

    def __exit__(self, *_: object) -> None:
        import sqlalchemy.exc

        with contextlib.suppress(sqlalchemy.exc.DBAPIError):  # each student's points are in
            self._book.close()

    @contextlib.contextmanager
    def _usable(self) -> Iterator[None]:
        """Say what is wrong where the file cannot be read or written."""
        import sqlalchemy.exc
        from nbgrader import api

        try:
            yield
        except (sqlalchemy.exc.DBAPIError, api.InvalidEntry) as error:
            # nbgrader raises its own for what a database does not take, and for one that fails.
            found = error.__context__ if isinstance(error, api.InvalidEntry) else error
            if found is not error and not isinstance(found, sqlalchemy.exc.OperationalError):
                raise
            why = getattr(found, "orig", None) or found
            raise GradebookError(
                f"The gradebook {self._path} cannot be used ({why}). See that there is space and "
                "that you may write there. If another program has it open, such as formgrader, "
                "close that and grade again. If it is damaged, move it out of the way: it is made "
                "anew, but what was marked by hand is in that file. No notebook runs again for it."
            ) from error

    def enter(
        self, key: str, results: list[Result], answers: dict[str, str], essays: dict[str, str]
    ) -> dict[str, Mark]:
        """Enter a student's points, and return what was given by hand.

        Parameters
        ----------
        key : str
            The student's safe name: nbgrader makes folders of it.
        results : list of Result
        answers, essays : dict of str to str
            The student's code and texts, by exercise.
        """
        import sqlalchemy.exc

        with warnings.catch_warnings():
            # nbgrader adds a submission's parts before the submission itself, to no harm.
            warnings.filterwarnings("ignore", category=sqlalchemy.exc.SAWarning)
            try:
                with self._usable(), self._written_at_once():
                    return self._entered(key, results, answers, essays)
            except Exception:
                with self._usable():
                    self._book.db.rollback()  # else nobody after this student could be entered
                raise

    @contextlib.contextmanager
    def _written_at_once(self) -> Iterator[None]:
        """Write at the end what is entered: nbgrader would wait for the disk after each step."""
        session = self._book.db
        session.commit = session.flush
        try:
            yield
        finally:
            del session.commit
        session.commit()

    def _entered(
        self, key: str, results: list[Result], answers: dict[str, str], essays: dict[str, str]
    ) -> dict[str, Mark]:
        changed = self._write_notebook(key, answers, essays)
        self._book.update_or_create_student(key)
        self._book.update_or_create_submission(self._name, key)
        marks = {}
        for result in results:
            score = None if result.outcome is Outcome.COULD_NOT_GRADE else result.points
            grade = self._enter(key, f"{result.exercise}-check", score, again=False)
            marks[result.exercise] = Mark(grade.manual_score, "")
        for essay in self._lab.lab.essays:
            cell = f"{essay.name}-answer"
            score = None if essay.name in essays else 0.0
            grade = self._enter(key, cell, score, again=essay.name in changed)
            found = self._book.find_comment(cell, self._name, self._name, key)
            marks[essay.name] = Mark(grade.manual_score, found.manual_comment or "")
        return {name: mark for name, mark in marks.items() if mark != Mark(None)}

    def _enter(self, key: str, cell: str, score: float | None, again: bool) -> "Grade":
        grade = self._book.find_grade(cell, self._name, self._name, key)
        grade.auto_score = score
        unmarked = grade.manual_score is None
        grade.needs_manual_grade = (score is None) if unmarked else again
        return grade

    def _write_notebook(
        self, key: str, answers: dict[str, str], essays: dict[str, str]
    ) -> set[str]:
        """Write what formgrader shows, and return the essays that differ from before."""
        rubrics = {essay.name: essay.rubric for essay in self._lab.lab.essays}
        texts, cells = {}, []
        for ours, cell in zip(self._lab.cells, self._lab.notebook["cells"], strict=True):
            shown = dict(cell)
            cells.append(shown)
            if ours.kind == handed_out.ANSWER and ours.exercise in answers:
                shown["source"] = pages.plain(answers[ours.exercise])
            if ours.kind == handed_out.ESSAY:
                if ours.exercise in essays:
                    shown["source"] = pages.inert(essays[ours.exercise])
                    texts[ours.id] = pages.from_inert(shown["source"])
                cells.append(_rubric_cell(ours.id, rubrics[ours.exercise]))
        notebook = {**self._lab.notebook, "cells": cells}
        path = self._autograded / key / self._name / f"{self._name}.ipynb"
        before = sources(path)
        files.write_text(path, json.dumps(notebook))
        by_id = {ours.id: ours.exercise for ours in self._lab.cells}
        earlier = {cell: pages.from_inert(source) for cell, source in before.items()}
        return {by_id[cell] for cell, text in texts.items() if earlier.get(cell) != text}


def _changed(lab: str, folder: pathlib.Path) -> str:
    return (
        f"The notebook of {lab} has other exercises than when {folder / 'gradebook.db'} was made, "
        "and nbgrader's gradebook cannot change them once there are submissions. Move gradebook.db "
        "and the folder autograded out of the way and grade again: all machine's points come back, "
        "and what was marked by hand stays in the file that you moved."
    )


def _rubric_cell(essay_cell: str, rubric: tuple[tuple[float, str], ...]) -> dict[str, Any]:
    """Return a cell for the one who marks: what earns how many points."""
    lines = [f"- {pages.points(worth)}: {words}" for worth, words in rubric]
    source = "\n".join(["**Rubric**", "", *lines])
    cell = {"cell_type": "markdown", "id": f"{essay_cell}-rubric", "metadata": {}}
    return cell | {"source": source}


def sources(path: pathlib.Path) -> dict[str, str]:
    """Return the sources in a notebook by the cell's id; none where there is no notebook yet."""
    try:
        notebook = json.loads(files.read_kept(path, _MOST_OF_A_NOTEBOOK))
        return {cell["id"]: handed_out.source_of(cell) for cell in notebook["cells"]}
    except Exception:
        return {}  # unreadable, for whatever reason, is the same as absent
