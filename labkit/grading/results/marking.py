"""Mark by hand, question by question, in the gradebook that formgrader shows, too."""

import dataclasses
import json
import math
import pathlib
import warnings
from typing import Any, Self

import sqlalchemy.exc
from nbgrader.api import Grade, Gradebook, MissingEntry

from labkit.checks import Essay
from labkit.grading.results import alike, gradebook, pages
from labkit.grading.submissions import handed_out

MAX_COMMENT = 5_000


class MarkingError(ValueError):
    """A mark cannot be given, or there is nothing to mark; the message says why."""


@dataclasses.dataclass(frozen=True)
class Answer:
    """One answer to a question.

    Attributes
    ----------
    id : str
        The gradebook's; it names nobody.
    student : str
    text : str
    points : float or None
        None while it is not marked.
    comment : str
    waits : bool
        Whether a person has to look at it: it is not marked, or was changed after that.
    """

    id: str
    student: str
    text: str
    points: float | None
    comment: str
    waits: bool


@dataclasses.dataclass(frozen=True)
class Question:
    """A question with its answers, those that are alike together."""

    essay: Essay
    words: str
    groups: list[list[Answer]]

    @property
    def answers(self) -> list[Answer]:
        return [answer for group in self.groups for answer in group]

    @property
    def left(self) -> int:
        """How many answers wait."""
        return sum(answer.waits for answer in self.answers)


class Marking:
    """The answers of one lab's class. Use it in a ``with`` statement, from one thread.

    Parameters
    ----------
    folder : pathlib.Path
        The folder of the grades, as `labkit grade` has written it.
    lab : handed_out.CourseLab

    Raises
    ------
    MarkingError
        If there is nothing of the lab in that folder.
    """

    def __init__(self, folder: pathlib.Path, lab: handed_out.CourseLab) -> None:
        self.lab = lab.lab
        self._cells, self._folder = lab.cells, folder / "autograded"
        path = folder / "gradebook.db"
        if not path.is_file() or not self._notebooks():
            raise MarkingError(
                f"There are no grades of {self.lab.name} in {folder}: grade first, "
                f"labkit grade {self.lab.name} --submissions PLACE --output {folder}"
            )
        gradebook.make_alembic_findable()
        self._book = Gradebook(gradebook.address(path))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._book.close()

    def question(self, name: str) -> Question:
        """Return a question and all answers to it.

        Raises
        ------
        MarkingError
            If the lab has no such question.
        """
        essay = self._essay(name)
        # What formgrader may have saved meanwhile is read anew.
        self._book.db.rollback()
        answers = [
            self._answer(essay, path.parent.parent.name, text)
            for path in self._notebooks()
            for text in [self._text(path, name)]
            if text
        ]
        found = [answer for answer in answers if answer is not None]
        groups = alike.groups([answer.text for answer in found])
        together = [[found[place] for place in group] for group in groups]
        return Question(essay, self._words(name), together)

    def give(self, identity: object, points: object, comment: object) -> None:
        """Save a mark.

        Parameters
        ----------
        identity : str
            The answer's.
        points : float or None
            None takes the mark back.
        comment : str

        Raises
        ------
        MarkingError
            If there is no such answer, or the points are not between 0 and the most.
        """
        grade = self._grade(identity)
        essay = self._essay(grade.name.removesuffix("-answer"))
        if not isinstance(comment, str) or len(comment) > MAX_COMMENT:
            raise MarkingError(f"A comment is a text of at most {MAX_COMMENT:,} characters.")
        if points is not None and not _is_between(points, essay.points):
            raise MarkingError(f"Points are between 0 and {pages.number(essay.points)}.")
        try:
            self._save(grade, points, comment)
        except sqlalchemy.exc.DBAPIError as error:
            self._book.db.rollback()
            why = error.orig or error
            raise MarkingError(f"The gradebook cannot be written ({why}): save again.") from error

    def _save(self, grade: Grade, points: float | None, comment: str) -> None:
        student = grade.student.id
        grade.manual_score = points
        grade.needs_manual_grade = points is None and grade.auto_score is None
        saved = self._book.find_comment(grade.name, self.lab.name, self.lab.name, student)
        saved.manual_comment = pages.plain(comment)
        self._book.db.commit()

    def _essay(self, name: str) -> Essay:
        for essay in self.lab.essays:
            if essay.name == name:
                return essay
        raise MarkingError(f"{self.lab.name} has no question {name!a} that is marked by hand.")

    def _grade(self, identity: object) -> Grade:
        self._book.db.rollback()
        try:
            grade = self._book.find_grade_by_id(str(identity))
        except MissingEntry:
            grade = None
        names = {f"{essay.name}-answer" for essay in self.lab.essays}
        if grade is None or grade.name not in names or grade.assignment.name != self.lab.name:
            raise MarkingError("There is no such answer.")
        return grade

    def _answer(self, essay: Essay, student: str, text: str) -> Answer | None:
        cell, lab = f"{essay.name}-answer", self.lab.name
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", category=sqlalchemy.exc.SAWarning)
            try:
                grade = self._book.find_grade(cell, lab, lab, student)
                comment = self._book.find_comment(cell, lab, lab, student)
            except MissingEntry:
                return None  # a folder of someone whom the gradebook does not know
        said, waits = comment.manual_comment or "", bool(grade.needs_manual_grade)
        return Answer(grade.id, student, text, grade.manual_score, said, waits)

    def _notebooks(self) -> list[pathlib.Path]:
        lab = self.lab.name
        return sorted(self._folder.glob(f"*/{lab}/{lab}.ipynb"))

    def _text(self, path: pathlib.Path, name: str) -> str:
        """Return an answer's text; empty where nothing was written."""
        (ours,) = (c for c in self._cells if c.kind == handed_out.ESSAY and c.exercise == name)
        source = gradebook.sources(path).get(ours.id, ours.source)
        return "" if source == ours.source else pages.from_inert(source)

    def _words(self, name: str) -> str:
        """Return the question as the notebook asks it."""
        before = ""
        for cell in self._cells:
            if cell.kind == handed_out.ESSAY and cell.exercise == name:
                break
            before = cell.source if cell.kind == handed_out.TEXT else before
        return before


def earlier_comments(question: Question) -> list[str]:
    """Return the comments that were given to this question, each once, in order of use."""
    counts: dict[str, int] = {}
    for answer in question.answers:
        if answer.comment:
            counts[answer.comment] = counts.get(answer.comment, 0) + 1
    return sorted(counts, key=lambda comment: -counts[comment])


def _is_between(points: Any, most: float) -> bool:
    number = isinstance(points, int | float) and not isinstance(points, bool)
    return number and math.isfinite(points) and 0 <= points <= most


def request(body: bytes) -> tuple[object, object, object]:
    """Return what a page asks to save: the answer, its points, its comment.

    Raises
    ------
    MarkingError
        If it is not that.
    """
    try:
        fields = json.loads(body)
        return fields["id"], fields["points"], fields["comment"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise MarkingError("This is no mark.") from error
