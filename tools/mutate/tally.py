"""What became of an exercise's mutants."""

import collections
import dataclasses
from typing import Any


@dataclasses.dataclass
class Tally:
    """What became of an exercise's mutants.

    Attributes
    ----------
    exercise : str
    made, killed : int
    same : dict of str to str
        Those that are the same in behaviour, and why.
    survivors : list of str
        Mistakes that got full points.
    broken : list of str
        Those that no verdict could be reached on.
    """

    exercise: str
    made: int = 0
    killed: int = 0
    same: dict[str, str] = dataclasses.field(default_factory=dict)
    survivors: list[str] = dataclasses.field(default_factory=list)
    broken: list[str] = dataclasses.field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Count those of another exercise, too."""
        self.made += other.made
        self.killed += other.killed
        self.same |= {f"{other.exercise}: {words}": why for words, why in other.same.items()}
        self.survivors += other.survivors
        self.broken += other.broken

    @property
    def refused(self) -> float:
        """Return the share of those that differ from a right answer that was refused."""
        differ = self.made - len(self.same)
        return self.killed / differ if differ else 1.0

    def counted(self, share: float) -> dict[str, Any]:
        """Return what is kept of it, where `share` of the mutants was tried."""
        return {
            "made": self.made,
            "refused": self.killed,
            "same": dict(collections.Counter(self.same.values())),
            "through": [*self.survivors, *(f"{words} (no verdict)" for words in self.broken)],
            "share": share,
        }

    def row(self) -> str:
        """Return the numbers as a line of a table."""
        left = len(self.survivors) + len(self.broken)
        return f"{self.exercise:31} {self.made:8} {self.killed:7} {len(self.same):6} {left:13}"

    def __str__(self) -> str:
        reasons = collections.Counter(why for why in self.same.values() if why != "equal")
        return "\n".join(
            (
                self.row(),
                *(f"     the same, {count}: {why}" for why, count in reasons.items()),
                *(f"     full points for: {words}" for words in self.survivors),
                *(f"     no verdict on: {words}" for words in self.broken),
            )
        )
