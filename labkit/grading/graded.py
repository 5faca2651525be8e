"""One student's grades and marks by hand: what all results are made from."""

import dataclasses

from labkit.checks import Outcome, Result
from labkit.grading.runs import records, running
from labkit.grading.submissions import find

UNSANDBOXED, LATE = "UNSANDBOXED", "LATE"


@dataclasses.dataclass(frozen=True)
class Mark:
    """What a person gave for an answer.

    Attributes
    ----------
    points : float or None
        None while it is not marked.
    comment : str
    """

    points: float | None
    comment: str = ""


@dataclasses.dataclass(frozen=True)
class Graded:
    """One student's grades in one lab.

    Attributes
    ----------
    submission : find.Submission
    results : list of Result
        One for each machine-marked exercise, in order.
    run : running.Run or None
        None where nothing was run.
    left : records.Records
        What the run left behind.
    marks : dict of str to Mark
        What was given by hand, by exercise.
    machine : float
        The points that the machine gives, whatever a person gave.
    changes : tuple
        What the machine gives otherwise than when this student was graded last; see
        `labkit.grading.results.changes`.
    """

    submission: find.Submission
    results: list[Result]
    run: running.Run | None
    left: records.Records = dataclasses.field(default_factory=records.Records)
    marks: dict[str, Mark] = dataclasses.field(default_factory=dict)
    machine: float = 0.0
    changes: tuple = ()

    @property
    def points(self) -> float:
        """The points given by the machine."""
        return sum(result.points for result in self.results)

    @property
    def total(self) -> float:
        """All points, those given by hand for questions that only a person marks among them."""
        judged = {result.exercise for result in self.results}
        by_hand = [mark.points for name, mark in self.marks.items() if name not in judged]
        return self.points + sum(points for points in by_hand if points is not None)

    @property
    def flags(self) -> list[str]:
        """What holds for the whole submission and has to be seen in the table."""
        found = {UNSANDBOXED: self.unsandboxed, LATE: self.submission.late}
        return [flag for flag, holds in found.items() if holds]

    @property
    def unsandboxed(self) -> bool:
        return self.run is not None and not self.run.sandboxed

    @property
    def could_not_grade(self) -> bool:
        return any(result.outcome is Outcome.COULD_NOT_GRADE for result in self.results)

    @property
    def waiting(self) -> int:
        """How many answers wait for a person to mark them."""
        answered = self.run.essays if self.run else {}
        marked = {name for name, mark in self.marks.items() if mark.points is not None}
        return len(set(answered) - marked)
