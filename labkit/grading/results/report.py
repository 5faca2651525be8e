"""The report on a class: points, criteria, misconceptions, times, and what was not graded."""

import collections
import statistics
from collections.abc import Iterable, Sequence

from labkit.checks import Lab, Outcome, Result
from labkit.grading.results import csv_text, pages

_BINS = 10


class ClassResults:
    """What the report is made from.

    Parameters
    ----------
    lab : Lab
    results : dict of str to list of Result
        By the student's name.
    seconds : dict of str to float
        How long each submission ran.
    unsandboxed : bool
        Whether any of them ran without a sandbox.
    """

    def __init__(
        self,
        lab: Lab,
        results: dict[str, list[Result]],
        seconds: dict[str, float],
        unsandboxed: bool,
    ) -> None:
        self.lab, self.results, self.seconds = lab, results, seconds
        self.unsandboxed = unsandboxed

    @property
    def points(self) -> dict[str, float]:
        """The points given by the machine, by student."""
        return {who: sum(r.points for r in found) for who, found in self.results.items()}

    @property
    def most(self) -> float:
        """The most points that the machine can give."""
        return sum(exercise.points for exercise in self.lab)

    def distribution(self) -> list[tuple[str, int]]:
        """Return how many students have how many points, in ten equal steps."""
        width = self.most / _BINS
        counts = [0] * _BINS
        for points in self.points.values():
            counts[min(_BINS - 1, int(points / width))] += 1
        return [
            (f"{width * step:g} to {width * (step + 1):g}", count)
            for step, count in enumerate(counts)
        ]

    def criteria(self) -> list[tuple[str, str, int, int]]:
        """Return exercise, criterion, how many met it, how many were judged on it."""
        met: collections.Counter[tuple[str, str]] = collections.Counter()
        judged: collections.Counter[tuple[str, str]] = collections.Counter()
        for result in self._all():
            for verdict in result.verdicts:
                judged[result.exercise, verdict.title] += 1
                met[result.exercise, verdict.title] += verdict.met is True
        return [
            (exercise.name, criterion.title, met[key], judged[key])
            for exercise in self.lab
            for criterion in exercise.criteria
            for key in [(exercise.name, criterion.title)]
        ]

    def misconceptions(self) -> list[tuple[str, str, int, str]]:
        """Return exercise, misconception, how many showed it, and what they were told."""
        seen = collections.Counter(
            (result.exercise, name) for result in self._all() for name in result.misconceptions
        )
        told = {
            (exercise.name, mistake.name): mistake.message
            for exercise in self.lab
            for mistake in exercise.misconceptions
        }
        return [(*key, count, told.get(key, "")) for key, count in seen.most_common()]

    def not_graded(self) -> list[tuple[str, int, str]]:
        """Return student, how many exercises could not be graded, and the first reason."""
        found = []
        for student, results in self.results.items():
            open_ones = [r for r in results if r.outcome is Outcome.COULD_NOT_GRADE]
            if open_ones:
                found.append((student, len(open_ones), str(open_ones[0].message)))
        return found

    def _all(self) -> Iterable[Result]:
        return (result for found in self.results.values() for result in found)


def page(found: ClassResults) -> str:
    """Return the report as an HTML page."""
    points = list(found.points.values())
    middle = statistics.median(points)
    body = [
        f"<p>{len(points)} submissions; median {middle:g} of {found.most:g} points given by "
        "the machine.</p>"
    ]
    if found.unsandboxed:
        body.append("<p><strong>UNSANDBOXED: notebooks were run without a sandbox.</strong></p>")
    body += _section(
        "Could not grade",
        ("student", "exercises", "reason"),
        found.not_graded(),
        "Every submission was graded.",
    )
    most = max(count for _, count in found.distribution())
    shares = [(*row, pages.Bar(row[1] / most)) for row in found.distribution()]
    body += _section("Points", ("points", "students", ""), shares)
    body += _section(
        "Common misconceptions",
        ("exercise", "misconception", "students", "what they were told"),
        found.misconceptions(),
        "None was recognised.",
    )
    criteria = [(*row, pages.Bar(row[2] / row[3] if row[3] else 0)) for row in found.criteria()]
    body += _section("Criteria", ("exercise", "criterion", "met", "judged", ""), criteria)
    slow = sorted(found.seconds.items(), key=lambda item: -item[1])
    body += _section("Seconds for each submission", ("student", "seconds"), slow)
    return pages.page(f"Class report: {found.lab.title}", body)


def tables(found: ClassResults) -> dict[str, str]:
    """Return the same as CSV, by file name."""
    return {
        "points.csv": csv_text.text(found.points.items(), ("student", "points")),
        "criteria.csv": csv_text.text(found.criteria(), ("exercise", "criterion", "met", "judged")),
        "misconceptions.csv": csv_text.text(
            found.misconceptions(), ("exercise", "misconception", "students", "message")
        ),
        "seconds.csv": csv_text.text(found.seconds.items(), ("student", "seconds")),
        "not-graded.csv": csv_text.text(found.not_graded(), ("student", "exercises", "reason")),
    }


def _section(
    title: str, head: Sequence[str], body: Sequence[Sequence[object]], nothing: str = ""
) -> list[str]:
    content = pages.rows(head, body) if body else f"<p>{pages.escaped(nothing)}</p>"
    return [f"<section><h2>{pages.escaped(title)}</h2>{content}</section>"]
