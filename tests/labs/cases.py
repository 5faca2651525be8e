"""The right and wrong answers of all labs, as they stand in the exercises' files."""

import dataclasses
import time

from labkit import labs
from labkit.checks.authoring import Case, Exercise
from labkit.checks.given import reference
from labkit.evidence import saved_networks
from labkit.notebook import feeding

LONG = 1.0  # seconds of the processor
_TRAINED: dict[tuple[str, str], tuple] = {}

# What `labkit.setup` does for a notebook: the answers are trained as a student trains them.
feeding.mend()


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
        """Return the variables that the check takes.

        They are made anew, but for those that take long, since networks are trained for them: no
        check changes what it is given, so they are trained once in each process.
        """
        key = self.lab, str(self)
        if key in _TRAINED:
            return _TRAINED[key]
        defined = self.exercise.notebook(reference(self.exercise.dataset))
        self.exercise.cases()[0].make(defined)  # what other answers are made of, too
        begun = time.process_time()
        made = self.case.make(defined)
        if time.process_time() - begun > LONG and not self._is_in_a_file():
            _TRAINED[key] = made
        return made

    def _is_in_a_file(self) -> bool:
        """Tell whether an answer names a file, which the next answer may write anew."""
        kinds = self.exercise.answers.values()
        return any(answer.collector is saved_networks.saved for answer in kinds)

    def __str__(self) -> str:
        return f"{self.exercise.name}: {self.case.name}"


def of(lab: str) -> list[OfLab]:
    """Return all answers to the exercises of `lab`."""
    return [OfLab(lab, item, case) for item in labs.load(lab) for case in item.cases()]
