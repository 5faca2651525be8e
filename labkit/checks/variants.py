"""Exercises that ask each student about something else: which image, which pixel.

A notebook may hold a number that is its student's own: ``lab.number = 483920``, in a cell that
`labkit start` puts there. It stands in the code, so that it is the same wherever the notebook runs:
in JupyterLab, elsewhere, and where it is graded. Without a number an exercise is as it is written.
"""

import ast
import dataclasses
import secrets
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from labkit.checks import names

COUNT = 100
"""How many variants an exercise has besides the one without a number."""
MOST = 10**12
_NAME = "number"


def variant_of(number: int) -> int:
    """Return which variant a student with this number gets, from 1 to `COUNT`; 0 without one.

    Numbers that follow each other, as those of a list of students do, get different ones.
    """
    return 1 + number % COUNT if number else 0


def new_number() -> int:
    """Return a number for another notebook: not even the students of a huge course share one."""
    least = MOST // 10
    return least + secrets.randbelow(MOST - least)


def is_number(number: Any) -> bool:
    """Tell whether this can be a student's number."""
    return type(number) is int and 0 <= number <= MOST


def number_in(sources: Iterable[str]) -> int:
    """Return the number that a notebook's code gives its student, the first; 0 if it gives none.

    It has to stand there as such: ``lab.number = 483920``.
    """
    for source in sources:
        if _NAME not in source:
            continue
        try:
            statements = ast.parse(source).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for statement in statements:
            number = _assigned(statement)
            if is_number(number) and number:
                return number
    return 0


def _assigned(statement: ast.stmt) -> Any:
    if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.Constant):
        return None
    wanted = (
        isinstance(target, ast.Attribute)
        and target.attr == _NAME
        and isinstance(target.value, ast.Name)
        and target.value.id == "lab"
        for target in statement.targets
    )
    return statement.value.value if any(wanted) else None


class _AtHand:
    """The number of the student whose notebook this process runs."""

    number = 0


at_hand = _AtHand()


@dataclasses.dataclass(frozen=True)
class Variant:
    """What is each student's own in an exercise.

    Attributes
    ----------
    variables : tuple of str
        What a given cell calls it: ``row, column = lab.read_pixel.yours()``.
    make : callable
        Returns it; it may ask for ``variant``, from 0 to `COUNT`, and for the data.
    """

    variables: tuple[str, ...]
    make: Callable

    def source(self) -> names.Source:
        """Return the variables as names that the exercise, and what stands below, may ask for."""

        def make(find: Callable[[str], Any], name: str) -> Mapping[str, Any]:
            made = self.make(**{key: find(key) for key in names.parameters(self.make)})
            return dict(zip(self.variables, made, strict=True)) if self.is_several else {name: made}

        return names.Source(frozenset(self.variables), make)

    def of(self, data: Any) -> Any:
        """Return what the given cell gets, on data of one variant."""
        return names.Names(data).call(self.make)

    @property
    def is_several(self) -> bool:
        return len(self.variables) > 1
