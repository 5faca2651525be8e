"""The form of the right/wrong tables: what an answer is, and what it must earn."""

import dataclasses
from collections.abc import Callable
from typing import Any

from labkit.checks.result import Outcome


@dataclasses.dataclass(frozen=True)
class Case:
    """One answer to one exercise.

    Attributes
    ----------
    exercise, name : str
    make : callable
        From `Given` to the tuple of variables that the check takes. Called anew for each use.
    points : float or None
        What it must earn; None for full points.
    outcome : Outcome
    misconception : str
        The one that must be recognised first; empty where none is asked for.
    """

    exercise: str
    name: str
    make: Callable[[Any], tuple]
    points: float | None
    outcome: Outcome
    misconception: str = ""

    @property
    def is_right(self) -> bool:
        return self.outcome is Outcome.PASSED

    def __str__(self) -> str:
        return f"{self.exercise}: {self.name}"


class Table:
    """The cases of one lab, written down exercise by exercise."""

    def __init__(self) -> None:
        self.cases: list[Case] = []

    def right(self, exercise: str, name: str, make: Callable[[Any], tuple]) -> None:
        """Add an answer that must get full points."""
        self.cases.append(Case(exercise, name, make, None, Outcome.PASSED))

    def wrong(
        self,
        exercise: str,
        name: str,
        make: Callable[[Any], tuple],
        points: float = 0,
        misconception: str = "",
        outcome: Outcome = Outcome.FAILED,
    ) -> None:
        """Add an answer that must get exactly `points`."""
        self.cases.append(Case(exercise, name, make, points, outcome, misconception))

    def blank(self, exercise: str, make: Callable[[Any], tuple]) -> None:
        """Add the untouched answer."""
        self.wrong(exercise, "nothing", make, 0, outcome=Outcome.NOT_ATTEMPTED)
