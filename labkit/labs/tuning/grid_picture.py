"""Accuracy by decay

Draw it: the decays on a logarithmic axis, a line through the means, and at each decay a bar of one
spread up and one down. Label both axes. `grid_axes` is the picture's axes.
"""

import re

import numpy as np

from labkit import evidence
from labkit.checks.authoring import ARRAY, Exercise, Message
from labkit.checks.exercise import Answer
from labkit.evidence import searches
from labkit.labs.tuning import shared

exercise = Exercise(
    __doc__,
    grid_axes=Answer(searches.error_bars, evidence.Value, "the axes of a picture"),
    needs={"accuracies": ARRAY},
    hints=(
        "A line with a bar at each point: the bar is as long as the spread.",
        "ax.errorbar(x, y, yerr=...) draws both; ax.set_xscale('log') spaces the decays.",
        "grid_axes.errorbar(decays, ..., yerr=..., marker='o', capsize=3)",
    ),
)


@exercise.solution(free=("figsize=(7, 3.5)", "capsize=3"))
def solution(plt, decays, mean_accuracy, spread):
    figure, grid_axes = plt.subplots(figsize=(7, 3.5))
    grid_axes.errorbar(decays, mean_accuracy, yerr=spread, marker="o", capsize=3)
    grid_axes.set(xscale="log", xlabel="weight decay", ylabel="accuracy on the fold left out")
    grid_axes.set_title("Mean over five folds; bars are one standard deviation")
    return grid_axes


def _meets(parts, decays, heights, factor):
    """Tell whether lines have points at `factor` times these heights, each over its decay."""
    points = np.array([point for part in parts for point in part]).reshape(-1, 2)
    return all(
        np.any(
            np.isclose(points[:, 0], x, rtol=1e-3)
            & np.isclose(points[:, 1], factor * y, rtol=0, atol=2 * shared.FOUR_PLACES * factor)
        )
        for x, y in zip(decays, heights, strict=True)
    )


def _draws_means(grid_axes, decays, accuracies, factors=(1, 100)):
    """Tell whether a line goes through the means, as shares or in per cent."""
    means = np.asarray(accuracies.sample).mean(axis=1)
    return any(
        _meets([line], decays, means, factor) for line in grid_axes["lines"] for factor in factors
    )


def _draws_spread(grid_axes, decays, accuracies):
    # A picture that was kept by an earlier version has all its points among its lines.
    parts = grid_axes["spans"] + grid_axes["lines"] + grid_axes.get("points", [])
    table = np.asarray(accuracies.sample)
    means, spreads = table.mean(axis=1), [table.std(axis=1, ddof=ddof) for ddof in (1, 0)]
    factor = 100 if _draws_means(grid_axes, decays, accuracies, (100,)) else 1
    return any(
        all(_meets(parts, decays, means + sign * spread, factor) for sign in (-1, 1))
        for spread in spreads
    )


@exercise.criterion(2, asks="a line through the means")
def _(grid_axes, decays, accuracies):
    """a line through the means"""
    shared.verify_grid(accuracies)
    if not _draws_means(grid_axes, decays, accuracies):
        lines = len(grid_axes["lines"])
        if _draws_means({"lines": grid_axes.get("points", [])}, decays, accuracies):
            return Message(
                "The means are there, but no line joins them",
                "a line through the means",
                "Line styles such as '-' and '--' draw one; 'o' alone draws points.",
            )
        return Message(
            "No line in the picture goes through the means" if lines else "The picture has no line",
            "mean_accuracy over decays",
            "decays go to the right, mean_accuracy upwards.",
        )


@exercise.criterion(2, asks="at each decay a bar of one spread up and one down")
def _(grid_axes, decays, accuracies):
    """the spread over the folds at each decay"""
    shared.verify_grid(accuracies)
    if not _draws_spread(grid_axes, decays, accuracies):
        return Message(
            "The picture has no bars, or other ones"
            if grid_axes["spans"]
            else "The picture does not show the spread",
            "from one spread below the mean to one above it, at each decay",
            "Matplotlib has a function that draws a line with bars of error.",
        )


@exercise.criterion(1, asks="Label both axes.")
def _(grid_axes):
    """a logarithmic axis, and words at both axes"""
    if grid_axes["xscale"] not in ("log", "symlog"):
        return Message(
            f"The decays stand on a {grid_axes['xscale']} axis",
            "the decays as they are, on an axis with equal room for equal factors",
            "Axes have set_xscale.",
        )
    if not (grid_axes["xlabel"].strip() and grid_axes["ylabel"].strip()):
        return Message("An axis has no label", "words at both axes", "set_xlabel and set_ylabel.")
    if _says_the_other(grid_axes):
        return Message(
            f"The axis to the right is called {grid_axes['xlabel']!r}, the one upwards "
            f"{grid_axes['ylabel']!r}",
            "at each axis the words for what stands on it",
            "Decays go to the right, accuracies upwards: compare the labels with that.",
        )


_OF_DECAYS = re.compile("decay|alpha|lambda|penalt", re.IGNORECASE)
_OF_ACCURACIES = re.compile("accura|score|share|mean|right", re.IGNORECASE)


def _says_the_other(grid_axes):
    """Tell whether an axis has words for what stands on the other one, and none for its own."""
    across, upwards = grid_axes["xlabel"], grid_axes["ylabel"]
    return bool(
        (_OF_ACCURACIES.search(across) and not _OF_DECAYS.search(across))
        or (_OF_DECAYS.search(upwards) and not _OF_ACCURACIES.search(upwards))
    )


@exercise.sign
def no_spread(grid_axes, decays, accuracies):
    """A mean without its spread does not say whether a difference means anything."""
    given = grid_axes, decays, accuracies
    return _draws_means(*given) and not (grid_axes["spans"] or _draws_spread(*given))


@exercise.sign
def linear_axis(grid_axes):
    """On a linear axis half of the decays share a twentieth of the width."""
    return bool(grid_axes["lines"]) and grid_axes["xscale"] == "linear"


@exercise.sign
def axes_without_words(grid_axes):
    """Nobody can tell what the axes show."""
    return bool(grid_axes["lines"]) and not (grid_axes["xlabel"] and grid_axes["ylabel"])


@exercise.sign
def place_for_decay(grid_axes, decays):
    """The points stand at 0, 1, 2, …: give the decays first."""
    places = list(range(len(decays)))
    return any([x for x, _ in line] == places for line in grid_axes["lines"])


def _picture(plt, x, mean, spread, shown="bars", scale="log", words=("weight decay", "accuracy")):
    _, ax = plt.subplots()
    ax.errorbar(x, mean, yerr=spread if shown == "bars" else None, marker="o")
    if shown == "band":
        ax.fill_between(x, mean - spread, mean + spread, alpha=0.2)
    if shown == "lines":
        ax.plot(x, mean - spread, "--")
        ax.plot(x, mean + spread, "--")
    ax.set(xscale=scale, xlabel=words[0], ylabel=words[1])
    return ax


@exercise.right
def band(plt, decays, mean_accuracy, spread):
    return _picture(plt, decays, mean_accuracy, spread, shown="band")


@exercise.right
def in_per_cent(plt, decays, mean_accuracy, spread):
    return _picture(plt, decays, 100 * mean_accuracy, 100 * spread)


@exercise.right
def lines(plt, decays, mean_accuracy, spread):
    return _picture(plt, decays, mean_accuracy, spread, shown="lines")


@exercise.right
def the_whole_figure(plt, decays, mean_accuracy, spread):
    return _picture(plt, decays, mean_accuracy, spread).figure


exercise.wrong(constant=lambda: 0)


@exercise.right
def what_errorbar_returns(plt, decays, mean_accuracy, spread):
    _, ax = plt.subplots()
    ax.set(xscale="log", xlabel="weight decay", ylabel="accuracy")
    return ax.errorbar(decays, mean_accuracy, yerr=spread)


@exercise.wrong(earns=3)
def what_errorbar_returns_without_bars(plt, decays, mean_accuracy):
    _, ax = plt.subplots()
    ax.set(xscale="log", xlabel="weight decay", ylabel="accuracy")
    return ax.errorbar(decays, mean_accuracy)


exercise.wrong(
    bars_of_nothing=lambda plt: plt.subplots()[1].errorbar([], [], fmt="none"),
    empty=lambda plt: plt.subplots()[1],
)


@exercise.wrong(earns=3, shows="no-spread")
def only_means(plt, decays, mean_accuracy, spread):
    return _picture(plt, decays, mean_accuracy, spread, shown="")


@exercise.wrong(earns=3)
def points_without_a_line(plt, decays, mean_accuracy, spread):
    ax = _picture(plt, decays, mean_accuracy, spread)
    for line in ax.lines:
        line.set_linestyle("none")
    return ax


@exercise.wrong(earns=3)
def invisible_line(plt, decays, mean_accuracy, spread):
    ax = _picture(plt, decays, mean_accuracy, spread)
    for line in ax.lines:
        line.set_visible(False)
    return ax


@exercise.right
def four_places(plt, decays, mean_accuracy, spread):
    return _picture(plt, decays, mean_accuracy.round(4), spread.round(4))


@exercise.wrong(earns=1)
def a_part_of_it(plt, decays, mean_accuracy, spread):
    ax = _picture(plt, decays, mean_accuracy, spread)
    ax.set_xlim(decays[3], decays[-2])
    return ax


@exercise.wrong
def hidden(plt, decays, mean_accuracy, spread):
    ax = _picture(plt, decays, mean_accuracy, spread)
    ax.set_visible(False)
    return ax


@exercise.wrong(earns=4, shows="linear-axis")
def linear(plt, decays, mean_accuracy, spread):
    return _picture(plt, decays, mean_accuracy, spread, scale="linear")


@exercise.wrong(earns=4, shows="axes-without-words")
def no_words(plt, decays, mean_accuracy, spread):
    return _picture(plt, decays, mean_accuracy, spread, words=("", ""))


@exercise.right
def words_for_both(plt, decays, mean_accuracy, spread):
    words = "decay (log scale)", "mean accuracy at each decay"
    return _picture(plt, decays, mean_accuracy, spread, words=words)


@exercise.wrong(earns=4)
def words_swapped(plt, decays, mean_accuracy, spread):
    yield _picture(plt, decays, mean_accuracy, spread, words=("accuracy", "weight decay"))
    yield _picture(plt, decays, mean_accuracy, spread, words=("Mean accuracy", "Mean accuracy"))
    yield _picture(plt, decays, mean_accuracy, spread, words=("alpha", "alpha"))


@exercise.wrong(earns=1, shows="place-for-decay")
def places(plt, decays, mean_accuracy, spread):
    return _picture(plt, range(len(decays)), mean_accuracy, spread, scale="symlog")


_LOOKS = "size, marks, caps and title of the picture are free, and a line may be drawn twice"
exercise.alike.update(
    dict.fromkeys(
        (
            "code: figsize= left out",
            "code: marker= left out",
            "code: capsize= left out",
            "code: .set_title() left away",
            "code: left out: grid_axes = ...",
            "code: left out: grid_axes.set_title(*",
            "code: twice: grid_axes.*",
            "code: swapped: grid_axes.set*",
        ),
        _LOOKS,
    )
)
_ENDS = "what stands at the ends of the bars is free"
exercise.alike.update(
    {
        "grid_axes: line [12] *": _ENDS,
        "grid_axes: lines 1 and 2 swapped": _ENDS,
        "grid_axes: all lines alike": _ENDS,
        "grid_axes: *title*": "the text leaves a title free",
        "grid_axes: another scale along y": "the text asks for the scale of the decays alone",
    }
)
