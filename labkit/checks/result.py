"""What a check found: one outcome, the points, and a verdict for every criterion.

A result has three faces: text, HTML, and JSON for a machine. The HTML needs no JavaScript and no
style sheet of the page. Its colours are the page's own text colour on the page's own background, so
they work in light and dark; the outcome is carried by a mark and a word, and by a border whose
colour only repeats it.
"""

import dataclasses
import enum
import html
import json
from collections.abc import Iterable
from typing import Any, Self


class Outcome(enum.StrEnum):
    """The five ways in which a check can end."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_ATTEMPTED = "not attempted"
    BLOCKED = "blocked"
    COULD_NOT_GRADE = "could not grade"


_MARKS = {
    Outcome.PASSED: "✓",
    Outcome.FAILED: "✗",
    Outcome.NOT_ATTEMPTED: "○",
    Outcome.BLOCKED: "⏸",
    Outcome.COULD_NOT_GRADE: "!",
}
_BORDERS = {
    Outcome.PASSED: "#0072B2",
    Outcome.FAILED: "#D55E00",
    Outcome.NOT_ATTEMPTED: "#767676",
    Outcome.BLOCKED: "#767676",
    Outcome.COULD_NOT_GRADE: "#B2457F",
}


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
        """Return the whole result as plain text, one line per criterion."""
        lines = [self.headline()]
        if self.message:
            lines.append(str(self.message))
        for verdict in one_step_at_a_time(self.verdicts):
            lines.append(f"  {_verdict_line(verdict)}")
            if verdict.message:
                lines.append(f"      {verdict.message}")
        if self.data != "real":
            lines.append("Made with the drawn sample, not the real data.")
        return "\n".join(lines)

    def headline(self) -> str:
        """Return the first line: mark, title, outcome in words, points."""
        return (
            f"{_MARKS[self.outcome]} {self.title}: {self.outcome}. "
            f"{number(self.points)} of {points(self.max_points)}."
        )

    def _repr_html_(self) -> str:
        """Return the result as an HTML fragment."""
        rows = "".join(map(_verdict_html, one_step_at_a_time(self.verdicts)))
        parts = [
            f'<div role="status" style="border-left: 4px solid {_BORDERS[self.outcome]}; '
            'padding: 0.2em 0 0.2em 0.8em; margin: 0.3em 0;">',
            f"<strong>{_escape(self.headline())}</strong>",
            _message_html(self.message) if self.message else "",
            f'<ul style="list-style: none; margin: 0.3em 0; padding: 0;">{rows}</ul>'
            if rows
            else "",
            "<div><em>Made with the drawn sample, not the real data.</em></div>"
            if self.data != "real"
            else "",
            "</div>",
        ]
        return "".join(parts)

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


def one_step_at_a_time(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Return the verdicts with a next step for the first unmet criterion only.

    Of the later ones only what was seen remains: mending the first often mends them too.
    """
    shown: list[Verdict] = []
    step_given = False
    for verdict in verdicts:
        message = verdict.message
        if message and step_given:
            verdict = dataclasses.replace(verdict, message=Message(message.saw))
        step_given = step_given or message is not None
        shown.append(verdict)
    return shown


def number(value: float) -> str:
    """Return a number of points without needless decimals."""
    return f"{round(value, 2):g}"


def points(value: float) -> str:
    """Return ``"1 point"``, ``"2 points"``."""
    return f"{number(value)} point" + ("" if value == 1 else "s")


def _verdict_line(verdict: Verdict) -> str:
    mark = {True: "✓", False: "✗", None: "–"}[verdict.met]
    word = {True: "", False: "", None: " (not reached yet)"}[verdict.met]
    earned = f"{number(verdict.points)}/{number(verdict.max_points)}"
    return f"{mark} {verdict.title}{word} [{earned}]"


def _verdict_html(verdict: Verdict) -> str:
    message = _message_html(verdict.message) if verdict.message else ""
    return f'<li style="margin: 0.15em 0;">{_escape(_verdict_line(verdict))}{message}</li>'


def _message_html(message: Message) -> str:
    lines = [_escape(message.saw)]
    if message.expected:
        lines.append(f"<em>Expected:</em> {_escape(message.expected)}")
    if message.next_step:
        lines.append(f"<em>Next:</em> {_escape(message.next_step)}")
    return f'<div style="margin-left: 1.3em;">{"<br>".join(lines)}</div>'


def _escape(value: str) -> str:
    return html.escape(value, quote=True)
