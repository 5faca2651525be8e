"""A question that a person marks, as an author writes it."""

import inspect
from collections.abc import Sequence

from labkit.checks import author_file, exercise
from labkit.checks.author_file import AuthorError


class Essay(exercise.Essay):
    """A question that a person marks, as an author writes it.

    Parameters
    ----------
    doc : str
        Title and text, as of an `Exercise`.
    rubric : sequence of (float, str)
        Points, and what earns them.
    answer : str
        A good answer, shown in the worked notebook above the rubric.
    """

    def __init__(self, doc: str, *, rubric: Sequence[tuple[float, str]], answer: str) -> None:
        self.path, self.line = author_file.caller()
        title, self.text = author_file.title_and_text(doc, self)
        points = sum(part for part, _ in rubric)
        super().__init__("", title, points, tuple(rubric))
        self.answer = inspect.cleandoc(answer)

    def error(self, problem: str, cure: str) -> AuthorError:
        return AuthorError(problem, cure, self.path, self.line)
