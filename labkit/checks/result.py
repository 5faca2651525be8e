"""What a check found: one outcome, the points, and a verdict for every criterion."""

import dataclasses
import enum
import json
from typing import Any, Self


class Outcome(enum.StrEnum):
    """The five ways in which a check can end."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_ATTEMPTED = "not attempted"
    BLOCKED = "blocked"
    COULD_NOT_GRADE = "could not grade"


@dataclasses.dataclass(frozen=True)
class Message:
    """What to tell a student: what was seen, what kind of thing was expected, one next step."""

    saw: str
    expected: str = ""
    next_step: str = ""

    def __str__(self) -> str:
        parts = [self.saw]
        if self.expected:
            parts.append(f"Expected: {self.expected}")
        if self.next_step:
            parts.append(f"Next: {self.next_step}")
        return " ".join(
            part if part.endswith((".", "?", "!", ":")) else part + "." for part in parts
        )


@dataclasses.dataclass(frozen=True)
class Verdict:
    """One criterion's outcome.

    Attributes
    ----------
    title : str
        The criterion in a few words.
    points, max_points : float
        Earned and possible.
    met : bool or None
        None when it was not reached, because an earlier criterion has to be met first.
    message : Message or None
        Set where `met` is False.
    """

    title: str
    points: float
    max_points: float
    met: bool | None
    message: Message | None = None


@dataclasses.dataclass(frozen=True)
class Result:
    """The result of one check.

    Its ``repr`` is the points as a plain number: that is the text from which nbgrader reads
    partial credit. `text` says everything in words, `_repr_html_` shows the same in a notebook
    and `to_json` keeps it for a machine.

    Attributes
    ----------
    exercise, title : str
        The exercise's name and its heading.
    outcome : Outcome
    points, max_points : float
    verdicts : tuple of Verdict
        Empty unless the answer was judged.
    message : Message or None
        Why an answer was not judged, or what to do first.
    misconceptions : tuple of str
        Names of the misconceptions that were recognised.
    data : str
        The data that the answer was made with: ``"real"`` or ``"sample"``.
    """

    exercise: str
    title: str
    outcome: Outcome
    points: float
    max_points: float
    verdicts: tuple[Verdict, ...] = ()
    message: Message | None = None
    misconceptions: tuple[str, ...] = ()
    data: str = "real"

    def __repr__(self) -> str:
        return f"{float(self.points):.12g}"

    def __bool__(self) -> bool:
        return self.outcome is Outcome.PASSED

    def text(self) -> str:
        """Return the whole result as plain text."""
        from labkit.checks import render

        return render.text(self)

    def _repr_html_(self) -> str:
        from labkit.checks import render

        return render.html(self)

    def to_json(self) -> str:
        """Return the result as JSON, with stable key order."""
        return json.dumps(dataclasses.asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read back what `to_json` wrote."""
        fields = json.loads(text)
        fields["outcome"] = Outcome(fields["outcome"])
        fields["verdicts"] = tuple(_verdict(item) for item in fields["verdicts"])
        fields["message"] = _message(fields["message"])
        fields["misconceptions"] = tuple(fields["misconceptions"])
        return cls(**fields)


def _verdict(fields: dict[str, Any]) -> Verdict:
    return Verdict(**{**fields, "message": _message(fields["message"])})


def _message(fields: dict[str, str] | None) -> Message | None:
    return None if fields is None else Message(**fields)
