"""One result, three faces: text, HTML, and (in `Result.to_json`) JSON.

The HTML needs no JavaScript and no style sheet of the page. Its colours are the page's own text
colour on the page's own background, so they work in light and dark; the outcome is carried by
a mark and a word, and by a border whose colour only repeats it.
"""

import dataclasses
import html as escaping
from collections.abc import Iterable

from labkit.checks.result import Message, Outcome, Result, Verdict

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


def text(result: Result) -> str:
    """Return `result` as plain text, one line per criterion."""
    lines = [headline(result)]
    if result.message:
        lines.append(str(result.message))
    for verdict in one_step_at_a_time(result.verdicts):
        lines.append(f"  {_verdict_line(verdict)}")
        if verdict.message:
            lines.append(f"      {verdict.message}")
    if result.data != "real":
        lines.append("Made with the drawn sample, not the real data.")
    return "\n".join(lines)


def headline(result: Result) -> str:
    """Return the first line: mark, title, outcome in words, points."""
    return (
        f"{_MARKS[result.outcome]} {result.title}: {result.outcome}. "
        f"{number(result.points)} of {points(result.max_points)}."
    )


def html(result: Result) -> str:
    """Return `result` as an HTML fragment."""
    rows = "".join(map(_verdict_html, one_step_at_a_time(result.verdicts)))
    parts = [
        f'<div role="status" style="border-left: 4px solid {_BORDERS[result.outcome]}; '
        'padding: 0.2em 0 0.2em 0.8em; margin: 0.3em 0;">',
        f"<strong>{_escape(headline(result))}</strong>",
        _message_html(result.message) if result.message else "",
        f'<ul style="list-style: none; margin: 0.3em 0; padding: 0;">{rows}</ul>' if rows else "",
        "<div><em>Made with the drawn sample, not the real data.</em></div>"
        if result.data != "real"
        else "",
        "</div>",
    ]
    return "".join(parts)


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
    return escaping.escape(value, quote=True)
