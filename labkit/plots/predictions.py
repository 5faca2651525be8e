"""What a network predicts, beside what is true."""

from collections.abc import Sequence

import numpy as np
import seaborn as sns
from matplotlib import axes as mpl_axes
from matplotlib import patches
from matplotlib import pyplot as plt
from numpy.typing import ArrayLike

from labkit.plots import alt_text, given, look


@look.drawn_in_our_look
def show_predictions(
    images: ArrayLike,
    probabilities: ArrayLike,
    labels: ArrayLike,
    *,
    class_names: Sequence[str] | None = None,
    columns: int = 5,
) -> np.ndarray:
    """Show images in a grid with the class that a network predicts for each.

    A right prediction has the mark ✓ and a green solid frame; a wrong one has ✗, a vermilion
    dashed frame and the name of the true class.

    Parameters
    ----------
    images : array_like, shape (n, height, width) or (n, height, width, 1)
        1 to 100 greyscale images; 0 is white.
    probabilities : array_like, shape (n, classes)
        What ``model.predict(images)`` returns: each row adds up to 1.
    labels : array_like, shape (n,) or (n, classes)
        The true classes: numbers, or one-hot rows.
    class_names : sequence of str, optional
        The names of the classes, in the order of their numbers. Default: Fashion-MNIST's.
    columns : int, default 5
        Images in a row.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes, shape (n,)
        One Axes for each image.

    Raises
    ------
    TypeError
        If an argument is still the placeholder ``...``.
    ValueError
        If shapes, lengths or values do not fit.
    """
    names = given.class_names(class_names)
    pictures = given.images(images)
    rows = given.rows_of_probabilities(probabilities, names, len(pictures))
    truth = given.labels(labels, names, "labels", len(pictures))
    predicted = rows.argmax(axis=1)
    grid = look.image_grid(pictures, columns, title_lines=2)
    for axes, row, label in zip(grid, rows, truth, strict=True):
        _mark_prediction(axes, row, label, names)
    right = int((predicted == truth).sum())
    heading = f"{right} of {look.count(len(grid), 'prediction')} right"
    grid[0].figure.suptitle(f"{heading} (✓), {len(grid) - right} wrong (✗)")
    wrong = [
        f"image {index} is {names[truth[index]]}, predicted {names[predicted[index]]}"
        for index in np.flatnonzero(predicted != truth)
    ]
    alt_text.describe(
        grid[0].figure, f"{heading}." + (f" Wrong: {'; '.join(wrong)}." if wrong else "")
    )
    return grid


@look.drawn_in_our_look
def show_probabilities(
    probabilities: ArrayLike,
    *,
    label: int | None = None,
    class_names: Sequence[str] | None = None,
    ax: mpl_axes.Axes | None = None,
) -> mpl_axes.Axes:
    """Draw the probabilities of one image's classes as bars.

    Parameters
    ----------
    probabilities : array_like, shape (classes,) or (1, classes)
        One row of what ``model.predict`` returns; it adds up to 1.
    label : int, optional
        The true class. It is marked, and the title says whether the prediction is right.
    class_names : sequence of str, optional
        The names of the classes, in the order of their numbers. Default: Fashion-MNIST's.
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The first class is at the top; the bar of the predicted class is hatched.

    Raises
    ------
    TypeError
        If an argument is still the placeholder ``...``.
    ValueError
        If this is not one row of probabilities, or there is no such class.
    """
    names = given.class_names(class_names)
    row = given.one_row(probabilities, names)
    predicted = int(row.argmax())
    title = f"Predicted: {names[predicted]} ({row[predicted]:.1%})"
    words = title
    colour = look.BLUE
    truth = None
    if label is not None:
        truth = int(given.labels([given.filled_in(label, "label")], names, "label", 1)[0])
        verdict = look.RIGHT if predicted == truth else look.WRONG
        colour = verdict["color"]
        title = f"{verdict['mark']} {title}" + (
            "" if predicted == truth else f"\nTrue: {names[truth]} ({row[truth]:.1%})"
        )
        words += ", right" if predicted == truth else f", wrong; true: {names[truth]}"
    axes = look.new_axes((6.4, 3.8)) if ax is None else ax
    _draw_bars(axes, row, [f"{n} (true)" if i == truth else n for i, n in enumerate(names)])
    axes.patches[predicted].set(facecolor=colour, hatch="//", edgecolor="white")
    axes.get_yticklabels()[predicted].set_fontweight("bold")
    axes.set_title(title, color="black" if label is None else colour)
    each = ", ".join(f"{name} {share:.1%}" for name, share in zip(names, row, strict=True))
    look.describe(
        axes, ax is None, f"Bars of the probabilities of one image. {words}. All: {each}."
    )
    return axes


@look.drawn_in_our_look
def confusion_matrix(
    labels: ArrayLike,
    predictions: ArrayLike,
    *,
    class_names: Sequence[str] | None = None,
    normalize: bool = False,
    ax: mpl_axes.Axes | None = None,
) -> mpl_axes.Axes:
    """Draw how often each class was taken for each other one.

    Parameters
    ----------
    labels : array_like, shape (n,) or (n, classes)
        The true classes: numbers, or one-hot rows.
    predictions : array_like of int, shape (n,)
        The predicted class numbers, for example ``probabilities.argmax(axis=1)``.
    class_names : sequence of str, optional
        The names of the classes, in the order of their numbers. Default: Fashion-MNIST's.
    normalize : bool, default False
        Write shares of each true class, so that every row adds up to 1, instead of counts. A class
        without images has "–" in its row.
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        True classes in rows, predicted classes in columns, the overall accuracy in the title. The
        right predictions are in the framed cells of the diagonal.

    Raises
    ------
    TypeError
        If an argument is still the placeholder ``...``.
    ValueError
        If lengths or values do not fit.
    """
    names = given.class_names(class_names)
    truth = given.labels(labels, names, "labels")
    predicted = given.predictions(predictions, names, len(truth))
    classes = len(names)
    counts = np.bincount(truth * classes + predicted, minlength=classes**2)
    counts = counts.reshape(classes, classes)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes = look.new_axes((8, 6.8)) if ax is None else ax
    sns.heatmap(
        shares,
        vmin=0,
        vmax=1,
        cmap="Blues",
        cbar=False,
        square=True,
        annot=_cell_texts(counts, shares, normalize),
        fmt="",
        annot_kws={"fontsize": 9},
        linewidths=0.5,
        linecolor="#DDDDDD",
        xticklabels=names,
        yticklabels=names,
        ax=axes,
    )
    look.make_numbers_readable(axes)
    for place in range(classes):
        axes.add_patch(
            patches.Rectangle((place, place), 1, 1, fill=False, linewidth=1.2, clip_on=False)
        )
    axes.set_xlabel("predicted class")
    axes.set_ylabel("true class")
    plt.setp(axes.get_xticklabels(), rotation=40, ha="right", rotation_mode="anchor")
    plt.setp(axes.get_yticklabels(), rotation=0)
    right = int(np.trace(counts))
    what = "shares of each true class" if normalize else "numbers of images"
    accuracy = f"{right / len(truth):.2%} ({right:,} of {len(truth):,})"
    axes.set_title(f"Overall accuracy {accuracy}\nCells: {what}")
    look.describe(axes, ax is None, _confusion_in_words(counts, names, accuracy))
    return axes


def _mark_prediction(
    axes: mpl_axes.Axes, row: np.ndarray, label: int, names: Sequence[str]
) -> None:
    predicted = int(row.argmax())
    verdict = look.RIGHT if predicted == label else look.WRONG
    title = f"{verdict['mark']} {names[predicted]} {row[predicted]:.0%}"
    if predicted != label:
        title += f"\ntrue: {names[label]}"
    axes.set_title(title, color=verdict["color"], fontsize=9)
    for spine in axes.spines.values():
        spine.set(color=verdict["color"], linestyle=verdict["linestyle"], linewidth=2)


def _draw_bars(axes: mpl_axes.Axes, row: np.ndarray, names: Sequence[str]) -> None:
    places = np.arange(len(row))
    bars = axes.barh(places, row, color=look.BLUE)
    axes.bar_label(bars, labels=[f"{share:.1%}" for share in row], padding=3, fontsize=9)
    axes.set_yticks(places, names)
    axes.invert_yaxis()
    axes.set_xlim(0, 1.12)
    axes.set_xticks(np.linspace(0, 1, 6))
    axes.set_xlabel("probability")
    axes.set_ylabel("class")
    sns.despine(ax=axes)


def _cell_texts(counts: np.ndarray, shares: np.ndarray, normalize: bool) -> np.ndarray:
    if not normalize:
        return counts.astype(str)
    texts = np.array([[f"{share:.2f}" for share in row] for row in shares])
    texts[counts.sum(axis=1) == 0] = "–"
    return texts


def _confusion_in_words(counts: np.ndarray, names: Sequence[str], accuracy: str) -> str:
    wrong = counts.copy()
    np.fill_diagonal(wrong, 0)
    most = np.argsort(wrong, axis=None, kind="stable")[::-1][:3]
    places = [np.unravel_index(place, wrong.shape) for place in most]
    pairs = [
        f"{names[row]} taken for {names[column]} ({look.count(wrong[row, column], 'time')})"
        for row, column in places
        if wrong[row, column]
    ]
    words = (
        f"Confusion matrix of {len(names)} classes, true classes in rows, predicted classes in "
        f"columns. Overall accuracy {accuracy}."
    )
    return words + (f" Most frequent confusions: {'; '.join(pairs)}." if pairs else "")
