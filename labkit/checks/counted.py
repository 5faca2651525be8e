"""The numbers in a lab's texts: what can be counted is filled in, what was typed is found."""

import re
from collections.abc import Callable, Mapping

from labkit.checks.author_file import AuthorError
from labkit.checks.authoring import Essay, Exercise

_EXERCISE = re.compile(r"\{exercise:([\w-]+)\}")
_POINTS = re.compile(r"\{points:([^{}]+)\}")
_TYPED = re.compile(
    r"\bexercises? \d+|(?:\bworth |\bgives? |\()\d+(?:\.\d+)? points?\b", flags=re.IGNORECASE
)


def numbers_of(text: str, items: Mapping[str, Exercise | Essay], path: str, line: int) -> str:
    """Return the text with the number of each exercise in the place of ``{exercise:NAME}``.

    Parameters
    ----------
    text : str
    items : dict of str to Exercise or Essay
        By the names of their files.
    path, line : str, int
        Where the text stands.

    Raises
    ------
    AuthorError
        If it names an exercise that there is not.
    """

    def number(match: re.Match) -> str:
        item = items.get(match[1].replace("-", "_"))
        if item is None:
            problem = f"{match[0]} stands for no exercise of this lab"
            raise AuthorError(problem, f"There are: {', '.join(items)}.", path, line)
        return str(item.number)

    return _EXERCISE.sub(number, text)


def points_in(item: Exercise | Essay) -> str:
    """Return the text of an exercise with points in the place of ``{points:CRITERION}``.

    Raises
    ------
    AuthorError
        If it names a criterion that the exercise has not.
    """
    due = {criterion.title: criterion.points for criterion in getattr(item, "criteria", ())}

    def points(match: re.Match) -> str:
        if match[1] not in due:
            problem = f"{match[0]} stands for no criterion of this exercise"
            raise item.error(problem, f"There are: {'; '.join(due) or 'none'}.")
        return f"{due[match[1]]:g}"

    return _POINTS.sub(points, item.text)


def typed(text: str, where: Callable[[int], tuple[str, int]]) -> list[AuthorError]:
    """Return what is wrong with a text in which numbers of exercises or points are typed.

    Parameters
    ----------
    text : str
        As its author wrote it.
    where : callable
        From the number of a line of the text, 0 for its first, to file and line.
    """
    return [
        AuthorError(
            f"{match[0]!r} is typed, and stays when something moves",
            "Write {exercise:NAME}, or {points:TITLE OF A CRITERION} in the exercise's own text.",
            *where(text.count("\n", 0, match.start())),
        )
        for match in _TYPED.finditer(text)
    ]
