"""What a check found: one outcome, the points, and a verdict for every criterion.

A result has three faces: text, HTML, and JSON for a machine. The HTML needs no JavaScript and no
style sheet of the page. Its colours are the page's own text colour on the page's own background, so
they work in light and dark; the outcome is carried by a mark and a word, and by a border whose
colour only repeats it.
"""

import dataclasses
import enum
import functools
import json
from collections.abc import Iterable
from typing import Any, Self

import labkit


class Outcome(enum.StrEnum):
    """The five ways in which a check can end."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_ATTEMPTED = "not attempted"
    BLOCKED = "blocked"
    COULD_NOT_GRADE = "could not grade"


# In fonts that Linux, too, comes with; a test looks into one.
MARKS = {
    Outcome.PASSED: "✓",
    Outcome.FAILED: "✗",
    Outcome.NOT_ATTEMPTED: "○",
    Outcome.BLOCKED: "…",
    Outcome.COULD_NOT_GRADE: "!",
}
_BORDERS = {
    Outcome.PASSED: "#0072B2",
    Outcome.FAILED: "#D55E00",
    Outcome.NOT_ATTEMPTED: "#767676",
    Outcome.BLOCKED: "#767676",
    Outcome.COULD_NOT_GRADE: "#B2457F",
}
LONGEST = 600
"""The most characters that are told of what was seen."""
ALMOST = 0.75
"""The share of the points from which an answer that is not right yet is *almost*."""
ALMOST_MARK = "◐"
SAMPLE_NOTE = "Made with the drawn sample, not the real data."


@dataclasses.dataclass(frozen=True)
class Message:
    """What to tell a student: what was seen, what kind of thing was expected, one next step.

    What was seen may quote the student; of a long text only the beginning is kept.
    """

    saw: str
    expected: str = ""
    next_step: str = ""

    def __post_init__(self) -> None:
        if len(self.saw) > LONGEST:
            object.__setattr__(self, "saw", self.saw[: LONGEST - 3] + "...")

    def below(self, title: str) -> "Message":
        """Return the message without what was expected, where the criterion's title has said it."""
        return dataclasses.replace(self, expected="") if self.expected in title else self

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
            lines.append(SAMPLE_NOTE)
        return "\n".join(lines)

    def headline(self) -> str:
        """Return the first line: mark, title, outcome in words, points."""
        mark = ALMOST_MARK if self.is_almost else MARKS[self.outcome]
        return (
            f"{mark} {self.title}: {self.in_words()}. "
            f"{number(self.points)} of {points(self.max_points)}."
        )

    @property
    def is_almost(self) -> bool:
        """Whether most of the points were earned, but not all."""
        return self.outcome is Outcome.FAILED and self.points >= ALMOST * self.max_points

    def in_words(self) -> str:
        """Return the outcome as a student reads it: 10 of 12 points is *almost*, not *failed*."""
        return "almost" if self.is_almost else str(self.outcome)

    def _repr_html_(self) -> str:
        """Return the result as an HTML fragment."""
        return html(self)

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


def html(
    result: Result, question: str = "", hints: tuple[str, ...] = (), name_the_data: bool = True
) -> str:
    """Return `result` as an HTML fragment.

    Parameters
    ----------
    result : Result
    question : str
        What the student is asked before the first hint.
    hints : tuple of str
        In their order; each is folded away, the second within the first.
    name_the_data : bool
        Whether the sample's name is said where the answer was made with it.
    """
    shown = one_step_at_a_time(result.verdicts)
    return _template().render(
        border=_BORDERS[result.outcome],
        # A students' edition has a version of its own; the course's is in the set-up line.
        edition=labkit.__version__ if "+" in labkit.__version__ else "",
        headline=result.headline(),
        message=result.message,
        verdicts=[(_verdict_line(verdict), verdict.message) for verdict in shown],
        question=question,
        hints=hints,
        data_note=SAMPLE_NOTE if name_the_data and result.data != "real" else "",
    )


@functools.cache
def _template() -> Any:
    import jinja2

    loader = jinja2.PackageLoader("labkit.checks")
    return jinja2.Environment(loader=loader, autoescape=True).get_template("result.html")
