"""Our figures beside the reports', in one table made from the recorded runs.

A report gives the figure of a single run. Over at least three seeds, it is *beaten* when our mean
is above it and *reached* when it is within two standard deviations of our mean. Where it is neither
of them, the 95 % confidence interval of our mean is told.
"""

import dataclasses
import math
import pathlib
import statistics
from collections.abc import Iterable, Sequence

from labkit.reports import recipes, recordings

SEEDS = 3
"""The fewest over which a figure can count as reached."""


@dataclasses.dataclass(frozen=True)
class Spread:
    """Mean and standard deviation of a measure over `count` seeds."""

    mean: float
    deviation: float
    count: int

    def __str__(self) -> str:
        if self.count < 2:
            return f"{self.mean:.4f}"
        return f"{self.mean:.4f} ± {self.deviation:.4f}"

    def bounds(self) -> tuple[float, float]:
        """Return the confidence interval of the mean, by Student's t distribution.

        Of intervals made like this, 95 % hold the mean over all seeds.
        """
        from scipy import stats  # scikit-learn brings it; only this needs it

        reach = float(stats.t.ppf(0.975, self.count - 1)) * self.deviation / math.sqrt(self.count)
        return self.mean - reach, self.mean + reach


def spread(values: Sequence[float]) -> Spread:
    """Return mean and sample standard deviation; the latter is not a number for one value."""
    deviation = statistics.stdev(values) if len(values) > 1 else math.nan
    return Spread(statistics.fmean(values), deviation, len(values))


def verdict(ours: Spread, figure: float) -> str:
    """Tell whether a report's accuracy was beaten, reached or neither.

    Parameters
    ----------
    ours : Spread
        Our accuracy over the seeds.
    figure : float
        The report's.

    Returns
    -------
    str
        ``"beaten"``, ``"reached"``, ``"not reached"`` with the bounds of our mean, or with fewer
        than three seeds ``"1 of 3 seeds"``.
    """
    if ours.count < SEEDS:
        return f"{ours.count} of {SEEDS} seeds"
    if ours.mean > figure:
        return "beaten"
    if ours.mean + 2 * ours.deviation >= figure:
        return "reached"
    least, most = ours.bounds()
    return f"not reached: our mean is within {least:.4f}–{most:.4f} (95 %)"


COLUMNS = (
    "network",
    "what it is",
    "figure in the report",
    "ours",
    "verdict",
    "seconds (of processor)",
    "MiB",
    "further figures: the report's → ours",
    "note",
)


def row(recipe: recipes.Recipe, runs: Sequence[recordings.Run]) -> tuple[str, ...]:
    """Return the table's row for `recipe`, made from its recorded runs."""
    figure, further = first_figure(recipe), recipe.figures[1:]
    reported = "none" if math.isnan(figure.value) else f"{figure.measure} {figure.value:.4f}"
    head = (recipe.network, recipe.title, reported)
    if not runs:
        return (*head, "not run", "–", "–", "–", "–", recipe.note)
    ours = spread([recordings.MEASURES[figure.measure](run) for run in runs])
    return (
        *head,
        str(ours),
        "–" if math.isnan(figure.value) else verdict(ours, figure.value),
        f"{_mean(runs, 'seconds'):.0f} ({_mean(runs, 'processor_seconds'):.0f})",
        str(max(run["memory_mib"] or 0 for run in runs) or "–"),
        "; ".join(_compared(other, runs) for other in further) or "–",
        recipe.note,
    )


def _mean(runs: Sequence[recordings.Run], name: str) -> float:
    return statistics.fmean(run[name] for run in runs)


def first_figure(recipe: recipes.Recipe) -> recipes.Figure:
    """Return the figure to reach; where the report has none, the test accuracy is of interest."""
    return recipe.figures[0] if recipe.figures else recipes.Figure("test accuracy", math.nan)


def _compared(figure: recipes.Figure, runs: Sequence[recordings.Run]) -> str:
    ours = spread([recordings.MEASURES[figure.measure](run) for run in runs])
    return f"{figure.measure} {figure.value:.4f} → {ours}"


def rows(
    chosen: Iterable[recipes.Recipe], folder: pathlib.Path = recordings.FOLDER
) -> list[tuple[str, ...]]:
    """Return the rows of the table for `chosen`, by name.

    What was trained in full stands in the place of what was reduced.
    """
    return sorted(row(*recordings.fullest(recipe, folder)) for recipe in chosen)


def as_markdown(cells: Iterable[Sequence[str]]) -> str:
    """Return the table as Markdown, ready for the README."""
    lines = [COLUMNS, ("---",) * len(COLUMNS), *cells]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def as_text(cells: Iterable[Sequence[str]]) -> str:
    """Return the table for a terminal: one line a network, what follows it indented below."""
    lines = [COLUMNS[:7], *(line[:7] for line in cells)]
    widths = [max(len(line[column]) for line in lines) for column in range(7)]
    below = [("", ""), *(line[7:] for line in cells)]
    text = []
    for line, more in zip(lines, below, strict=True):
        text.append("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)))
        text.extend(f"    {part}" for part in more if part not in ("", "–"))
    return "\n".join(line.rstrip() for line in text) + "\n"
