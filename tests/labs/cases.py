"""The right and wrong answers of all labs, as they stand in the exercises' files."""

import dataclasses

from labkit import labs
from labkit.checks.authoring import Case, Exercise
from labkit.checks.given import reference
from labkit.notebook import shuffling

# What `labkit.setup` does for a notebook: the answers are trained as a student trains them.
shuffling.in_every_epoch()


@dataclasses.dataclass(frozen=True)
class OfLab:
    """One answer to one exercise of a lab."""

    lab: str
    exercise: Exercise
    case: Case

    @property
    def points(self) -> float:
        """What it must earn."""
        return self.exercise.points if self.case.earns is None else self.case.earns

    def answers(self) -> tuple:
        """Return the variables that the check takes, made anew."""
        return self.case.make(self.exercise.notebook(reference(self.exercise.dataset)))

    def __str__(self) -> str:
        return f"{self.exercise.name}: {self.case.name}"


def of(lab: str) -> list[OfLab]:
    """Return all answers to the exercises of `lab`."""
    return [OfLab(lab, item, case) for item in labs.load(lab) for case in item.cases()]
