"""Pictures for the labs: images, learning curves, predictions and the confusion matrix.

Every function draws with Matplotlib or seaborn, returns the Axes that it drew on, changes none of
its arguments and leaves showing the figure to the notebook. In every picture of an image 0 is white
and the greatest value is black. Nothing is told by colour alone, and every picture describes itself
in words (`labkit.figures`).
"""

import contextlib
import functools
import textwrap
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ParamSpec, TypeVar

import matplotlib as mpl
import numpy as np
import seaborn as sns
from matplotlib import axes as mpl_axes
from matplotlib import colors as mpl_colors
from matplotlib import patches
from matplotlib import pyplot as plt
from numpy.typing import ArrayLike

from labkit import data, drawings, figures

# Blue, vermilion and bluish green of Okabe and Ito's colour-blind-safe palette. The last two are
# darkened: as text on white each of the colours has a contrast of at least 4.5:1.
BLUE = "#0072B2"
VERMILION = "#B84F00"
GREEN = "#00795A"
GREY = "#595959"

TRAINING = {"color": BLUE, "linestyle": "-", "marker": "o"}
VALIDATION = {"color": VERMILION, "linestyle": "--", "marker": "s"}
RIGHT = {"color": GREEN, "linestyle": "-", "mark": "✓"}
WRONG = {"color": VERMILION, "linestyle": "--", "mark": "✗"}

MOST_IMAGES = 100
MOST_PIXELS = 32  # per side, for written values that can still be read

# A student's own style (dark, with a grid) would make the contrast above untrue; DejaVu Sans has
# the marks; few dots per inch keep notebooks small.
_LOOK = {
    "axes.edgecolor": "black",
    "axes.facecolor": "white",
    "axes.grid": False,
    "axes.labelcolor": "black",
    "axes.titlecolor": "auto",
    "figure.autolayout": False,
    "figure.constrained_layout.use": True,
    "figure.dpi": 80,
    "figure.edgecolor": "white",
    "figure.facecolor": "white",
    "font.family": ["DejaVu Sans"],
    "font.size": 10,
    "text.color": "black",
    "xtick.color": "black",
    "xtick.labelcolor": "inherit",
    "ytick.color": "black",
    "ytick.labelcolor": "inherit",
}

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


@contextlib.contextmanager
def _look() -> Iterator[None]:
    # Not matplotlib.rc_context: leaving it would undo what loading the backend sets.
    before = {key: mpl.rcParams[key] for key in _LOOK}
    mpl.rcParams.update(_LOOK)
    try:
        yield
    finally:
        mpl.rcParams.update(before)


def _drawn_in_our_look(function: Callable[_Arguments, _Result]) -> Callable[_Arguments, _Result]:
    @functools.wraps(function)
    def drawn(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> _Result:
        with _look():
            return function(*args, **kwargs)

    return drawn


@_drawn_in_our_look
def show_images(
    images: ArrayLike,
    labels: ArrayLike | None = None,
    *,
    class_names: Sequence[str] | None = None,
    columns: int = 5,
) -> np.ndarray:
    """Show images in a grid, each under the name of its class.

    Parameters
    ----------
    images : array_like, shape (n, height, width) or (n, height, width, 1)
        1 to 100 greyscale images of any numeric dtype. 0 is white; black is 255, or 1 where the
        values are fractions from 0 to 1.
    labels : array_like, shape (n,) or (n, classes), optional
        Class numbers, or one-hot rows. Without them the images are numbered.
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
        If shapes, lengths or label values do not fit.
    """
    names = _class_names(class_names)
    pictures = _images(images)
    titles = [f"image {index}" for index in range(len(pictures))]
    if labels is not None:
        titles = [names[label] for label in _labels(labels, names, "labels", len(pictures))]
    grid = _image_grid(pictures, columns)
    for axes, title in zip(grid, titles, strict=True):
        axes.set_title(_wrap(title), fontsize=10)
    figures.describe(grid[0].figure, f"{_count(len(grid), 'image')}: {', '.join(titles)}.")
    return grid


@_drawn_in_our_look
def show_pixels(image: ArrayLike, *, ax: mpl_axes.Axes | None = None) -> mpl_axes.Axes:
    """Show one image as a heat map with the value of every pixel written in.

    Parameters
    ----------
    image : array_like, shape (height, width) or (height, width, 1)
        One greyscale image of at most 32 by 32 pixels. Fractions are written with two digits and
        without the leading zero.
    ax : matplotlib.axes.Axes, optional
        Where to draw; the values need about 10 by 10 inches. Default: a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    TypeError
        If the image is still the placeholder ``...``.
    ValueError
        If it is not one small greyscale image.
    """
    pixels = _one_image(image)
    axes = _new_axes((9.6, 9.8)) if ax is None else ax
    low, high = _value_range(pixels)
    sns.heatmap(
        pixels,
        vmin=low,
        vmax=high,
        cmap="gray_r",
        cbar=False,
        square=True,
        annot=np.vectorize(_short, otypes=[object])(pixels),
        fmt="",
        annot_kws={"fontsize": 7.5},
        linewidths=0.2,
        linecolor="#DDDDDD",
        ax=axes,
    )
    _make_numbers_readable(axes)
    _number_pixels(axes, pixels.shape)
    height, width = pixels.shape
    values = f"values from {pixels.min():.3g} to {pixels.max():.3g}"
    axes.set_title(
        f"{height} × {width} pixels, {values} ({pixels.dtype}); "
        f"{low:.3g} is white, {high:.3g} is black"
    )
    _describe(
        axes,
        ax is None,
        f"Heat map of one image of {height} by {width} pixels with every value written in its "
        f"cell, {values}, mean {pixels.mean():.3g}.",
    )
    return axes


@_drawn_in_our_look
def feature_maps(maps: ArrayLike, *, columns: int = 8, title: str | None = None) -> np.ndarray:
    """Show what the filters of one layer make of one image.

    Parameters
    ----------
    maps : array_like, shape (height, width, filters) or (1, height, width, filters)
        The layer's output for one image; 1 to 100 filters. All maps share one scale: 0 is white,
        the greatest value of all is black, so a blank map is a filter that found nothing.
    columns : int, default 8
        Maps in a row.
    title : str, optional
        A title for the picture, for example the name of the layer.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes, shape (filters,)
        One Axes for each filter, under its number.

    Raises
    ------
    TypeError
        If the maps are still the placeholder ``...``.
    ValueError
        If this is not one layer's output for one image.
    """
    array = _numbers(maps, "maps")
    if array.ndim == 4 and len(array) == 1:
        array = array[0]
    if array.ndim != 3 or not 1 <= array.shape[2] <= MOST_IMAGES:
        raise ValueError(
            f"maps has the shape {np.shape(maps)}. Expected the maps of one image, shape (height, "
            f"width, filters) with at most {MOST_IMAGES} filters; cut them, for example "
            "maps[0, :, :, :32]."
        )
    heading = title or "Feature maps"
    pictures = array.transpose(2, 0, 1)
    grid = _image_grid(pictures, columns)
    low = min(array.min(), 0)
    for number, axes in enumerate(grid):
        axes.images[0].set_clim(low, max(array.max(), low + 1e-6))
        axes.set_title(str(number), fontsize=8)
    silent = int((pictures.max(axis=(1, 2)) <= 0).sum())
    height, width, count = array.shape
    words = f"{heading}: {_count(count, 'map')} of {height} × {width}, {silent} of them blank"
    grid[0].figure.suptitle(words)
    figures.describe(grid[0].figure, f"{words}. Largest value {array.max():.3g}.")
    return grid


@_drawn_in_our_look
def learning_curves(
    history: Any, *, title: str | None = None, mark_best: bool = True
) -> np.ndarray:
    """Draw loss and accuracy over the epochs, for training and for validation.

    Parameters
    ----------
    history : keras.callbacks.History or dict
        What ``model.fit`` returned, or its ``history`` attribute: lists of one number per epoch
        under ``loss`` and ``accuracy`` and, where there were validation data, ``val_loss`` and
        ``val_accuracy``. Other accuracies, such as ``sparse_categorical_accuracy``, will do.
    title : str, optional
        A title for both plots, for example the name of the network.
    mark_best : bool, default True
        Whether to mark the epoch of the lowest validation loss.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes, shape (2,)
        Loss and accuracy.

    Raises
    ------
    TypeError
        If the history is still the placeholder ``...`` or something else altogether.
    ValueError
        If curves are missing, empty or of different lengths.
    """
    curves = _curves(history)
    figure, grid = plt.subplots(1, 2, figsize=(10, 3.8))
    if title:
        figure.suptitle(title)
    best = _best_epoch(curves) if mark_best else None
    for axes, (name, lines) in zip(grid, curves.items(), strict=True):
        _draw_curves(axes, name, lines, best)
    figures.describe(figure, _curves_in_words(curves, best, title))
    return grid


@_drawn_in_our_look
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
    names = _class_names(class_names)
    pictures = _images(images)
    rows = _probabilities(probabilities, names, len(pictures))
    truth = _labels(labels, names, "labels", len(pictures))
    predicted = rows.argmax(axis=1)
    grid = _image_grid(pictures, columns, title_lines=2)
    for axes, row, label in zip(grid, rows, truth, strict=True):
        _mark_prediction(axes, row, label, names)
    right = int((predicted == truth).sum())
    heading = f"{right} of {_count(len(grid), 'prediction')} right"
    grid[0].figure.suptitle(f"{heading} (✓), {len(grid) - right} wrong (✗)")
    wrong = [
        f"image {index} is {names[truth[index]]}, predicted {names[predicted[index]]}"
        for index in np.flatnonzero(predicted != truth)
    ]
    figures.describe(
        grid[0].figure, f"{heading}." + (f" Wrong: {'; '.join(wrong)}." if wrong else "")
    )
    return grid


@_drawn_in_our_look
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
    names = _class_names(class_names)
    row = _one_row(probabilities, names)
    predicted = int(row.argmax())
    title = f"Predicted: {names[predicted]} ({row[predicted]:.1%})"
    words = title
    colour = BLUE
    truth = None
    if label is not None:
        truth = int(_labels([_given(label, "label")], names, "label", 1)[0])
        verdict = RIGHT if predicted == truth else WRONG
        colour = verdict["color"]
        title = f"{verdict['mark']} {title}" + (
            "" if predicted == truth else f"\nTrue: {names[truth]} ({row[truth]:.1%})"
        )
        words += ", right" if predicted == truth else f", wrong; true: {names[truth]}"
    axes = _new_axes((6.4, 3.8)) if ax is None else ax
    _draw_bars(axes, row, [f"{n} (true)" if i == truth else n for i, n in enumerate(names)])
    axes.patches[predicted].set(facecolor=colour, hatch="//", edgecolor="white")
    axes.get_yticklabels()[predicted].set_fontweight("bold")
    axes.set_title(title, color="black" if label is None else colour)
    each = ", ".join(f"{name} {share:.1%}" for name, share in zip(names, row, strict=True))
    _describe(axes, ax is None, f"Bars of the probabilities of one image. {words}. All: {each}.")
    return axes


@_drawn_in_our_look
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
    names = _class_names(class_names)
    truth = _labels(labels, names, "labels")
    predicted = _predictions(predictions, names, len(truth))
    classes = len(names)
    counts = np.bincount(truth * classes + predicted, minlength=classes**2)
    counts = counts.reshape(classes, classes)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes = _new_axes((8, 6.8)) if ax is None else ax
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
    _make_numbers_readable(axes)
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
    _describe(axes, ax is None, _confusion_in_words(counts, names, accuracy))
    return axes


draw_network = _drawn_in_our_look(drawings.draw_network)


# Checking what was given -------------------------------------------------------------------------


def _given(value: Any, name: str) -> Any:
    if value is ...:
        raise TypeError(f"{name} is still the placeholder ...: do the exercise above first.")
    return value


def _numbers(value: Any, name: str) -> np.ndarray:
    """Return an argument as a numeric array; the argument itself stays as it is."""
    try:
        array = np.asarray(_given(value, name))
    except ValueError as error:
        raise ValueError(f"{name} cannot be made into one array: its rows differ.") from error
    if array.dtype.kind not in "buif":
        raise ValueError(
            f"{name} must be an array of numbers, but it is a {type(value).__name__} "
            f"(dtype {array.dtype})."
        )
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds values that are not finite (nan or inf).")
    return array


def _class_names(class_names: Sequence[str] | None) -> list[str]:
    if class_names is None:
        return list(data.CLASS_NAMES)
    if isinstance(_given(class_names, "class_names"), str) or len(class_names) == 0:
        raise ValueError('class_names must be a list of names, for example ["cat", "dog"].')
    return [str(name) for name in class_names]


def _images(images: Any) -> np.ndarray:
    array = _numbers(images, "images")
    if array.ndim == 4 and array.shape[-1] == 1:
        array = array[..., 0]
    advice = "Expected (n, 28, 28) or (n, 28, 28, 1)."
    if array.ndim == 2 or (array.ndim == 3 and array.shape[-1] == 1):
        advice += (
            " For one image x[i] pass x[i:i + 1]; flat rows of 784 values need "
            ".reshape(-1, 28, 28)."
        )
        raise ValueError(f"images has the shape {array.shape}. {advice}")
    if array.ndim != 3 or 0 in array.shape[1:]:
        raise ValueError(f"images has the shape {array.shape}. {advice}")
    if not 1 <= len(array) <= MOST_IMAGES:
        raise ValueError(
            f"images holds {len(array):,} images; 1 to {MOST_IMAGES} can be shown at once. "
            "Choose some, for example images[:25]."
        )
    return array


def _one_image(image: Any) -> np.ndarray:
    array = _numbers(image, "image")
    if array.ndim == 3 and array.shape[-1] == 1:
        array = array[..., 0]
    if array.ndim != 2 or 0 in array.shape or 1 in array.shape:
        advice = "Choose one with an index: images[0]." if array.ndim > 2 else ""
        advice = "Use .reshape(28, 28)." if array.size == 784 and array.ndim < 3 else advice
        raise ValueError(
            f"image has the shape {array.shape}; one image of (28, 28) or (28, 28, 1) is expected. "
            f"{advice}".strip()
        )
    if max(array.shape) > MOST_PIXELS:
        raise ValueError(
            f"image has the shape {array.shape}: values can be read in at most {MOST_PIXELS} × "
            f"{MOST_PIXELS} pixels. Cut a part out, for example image[:28, :28]."
        )
    return array


def _labels(labels: Any, names: Sequence[str], name: str, length: int | None = None) -> np.ndarray:
    """Return class numbers of shape (n,) from numbers or one-hot rows."""
    array = _numbers(labels, name)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim == 2 and array.shape[1] == len(names):
        if not (np.isin(array, (0, 1)).all() and (array.sum(axis=1) == 1).all()):
            raise ValueError(f"{name} has {len(names)} columns, but its rows are not one-hot.")
        array = array.argmax(axis=1)
    if array.ndim != 1:
        raise ValueError(
            f"{name} has the shape {array.shape}. Expected class numbers of shape (n,) or one-hot "
            f"rows of shape (n, {len(names)})."
        )
    if length is not None and len(array) != length:
        raise ValueError(
            f"{name} has {_count(len(array), 'entry', 'entries')} for {_count(length, 'image')}: "
            "cut both in the same way, for example [:25]."
        )
    return _class_numbers(array, names, name)


def _class_numbers(array: np.ndarray, names: Sequence[str], name: str) -> np.ndarray:
    if array.size == 0:
        raise ValueError(f"{name} is empty.")
    if (array != np.floor(array)).any():
        raise ValueError(f"{name} must hold whole class numbers, but has {array.dtype} fractions.")
    if array.min() < 0 or array.max() >= len(names):
        raise ValueError(
            f"{name} holds numbers from {array.min()} to {array.max()}, but there are "
            f"{len(names)} class names: expected 0 to {len(names) - 1}."
        )
    return array.astype(np.int64)


def _predictions(predictions: Any, names: Sequence[str], length: int) -> np.ndarray:
    array = _numbers(predictions, "predictions")
    if array.ndim != 1:
        raise ValueError(
            f"predictions has the shape {array.shape}, but one class number for each image is "
            "expected, shape (n,). From probabilities make them with .argmax(axis=1)."
        )
    if len(array) != length:
        raise ValueError(
            f"predictions has {_count(len(array), 'entry', 'entries')}, but labels has {length:,}: "
            "predict for the same images whose labels you pass."
        )
    return _class_numbers(array, names, "predictions")


def _probabilities(probabilities: Any, names: Sequence[str], length: int) -> np.ndarray:
    array = _numbers(probabilities, "probabilities")
    if array.shape != (length, len(names)):
        raise ValueError(
            f"probabilities has the shape {array.shape}, but {_count(length, 'image')} and "
            f"{len(names)} classes need {(length, len(names))}."
        )
    if array.min() < 0 or array.max() > 1 + 1e-6:
        raise ValueError(
            f"probabilities holds values from {array.min():.3g} to {array.max():.3g}, but "
            "probabilities lie between 0 and 1. Does the network end with softmax?"
        )
    sums = array.sum(axis=1, dtype=np.float64)
    bad = np.flatnonzero(np.abs(sums - 1) > 0.01)  # float16 rounds this much
    if bad.size:
        raise ValueError(
            f"probabilities must add up to 1 in each row, but row {bad[0]} adds up to "
            f"{sums[bad[0]]:.3g}. Does the network end with softmax?"
        )
    return array


def _one_row(probabilities: Any, names: Sequence[str]) -> np.ndarray:
    array = _numbers(probabilities, "probabilities")
    if array.shape not in [(len(names),), (1, len(names))]:
        advice = " Choose one row: probabilities[0]." if array.ndim == 2 else ""
        raise ValueError(
            f"probabilities has the shape {array.shape}, but one image and {len(names)} classes "
            f"need {(len(names),)}.{advice}"
        )
    return _probabilities(array.reshape(1, -1), names, 1)[0]


# Images ------------------------------------------------------------------------------------------


def _new_axes(size: tuple[float, float]) -> mpl_axes.Axes:
    return plt.subplots(figsize=size)[1]


def _image_grid(pictures: np.ndarray, columns: int, title_lines: int = 1) -> np.ndarray:
    if isinstance(columns, bool) or not isinstance(columns, int | np.integer) or columns < 1:
        raise ValueError(f"columns must be a whole number of at least 1, not {columns!r}.")
    columns = min(int(columns), len(pictures))
    rows = -(-len(pictures) // columns)
    size = (max(1.55 * columns, 4), (1.45 + 0.2 * title_lines) * rows + 0.3)
    grid = plt.subplots(rows, columns, figsize=size, squeeze=False)[1]
    low, high = _value_range(pictures)
    used = grid.ravel()[: len(pictures)]
    for unused in grid.ravel()[len(pictures) :]:
        unused.remove()
    for axes, picture in zip(used, pictures, strict=True):
        axes.imshow(picture, cmap="gray_r", vmin=low, vmax=high, interpolation="nearest")
        axes.set(xticks=[], yticks=[])
    return used


def _value_range(array: np.ndarray) -> tuple[float, float]:
    """Return the values that are drawn white and black; the same for pictures of one kind."""
    if array.dtype == np.uint8:
        return 0, 255
    low, high = min(array.min(), 0), array.max()
    if low < 0:  # standardized images, feature maps
        return low, max(high, low + 1e-6)
    return 0, 1 if high <= 1 else max(255, high)


def _short(value: Any) -> str:
    """Write a pixel's value in four characters where that is possible."""
    if float(value).is_integer():
        return str(int(value))
    text = f"{value:.2f}"
    return text.replace("0.", ".", 1) if abs(value) < 1 else text


def _number_pixels(axes: mpl_axes.Axes, shape: tuple[int, int]) -> None:
    rows, columns = np.arange(shape[0]), np.arange(shape[1])
    axes.set_xticks(columns + 0.5, columns, rotation=0, fontsize=8)
    axes.set_yticks(rows + 0.5, rows, rotation=0, fontsize=8)
    axes.set_xlabel("column")
    axes.set_ylabel("row")


def _make_numbers_readable(axes: mpl_axes.Axes) -> None:
    """Write each cell's number in black or white, whichever has more contrast to the cell."""
    cells = axes.collections[-1]
    for text, colour in zip(axes.texts, cells.get_facecolors(), strict=True):
        text.set_color(
            "black" if contrast(colour, "black") > contrast(colour, "white") else "white"
        )


def contrast(first: Any, second: Any) -> float:
    """Return the contrast ratio of two colours as WCAG 2 defines it.

    Parameters
    ----------
    first, second : color
        Colours in any of Matplotlib's notations.

    Returns
    -------
    float
        From 1 (the same lightness) to 21 (black and white). Text needs 4.5.
    """
    dark, light = sorted(_luminance(mpl_colors.to_rgb(colour)) for colour in (first, second))
    return (light + 0.05) / (dark + 0.05)


def _luminance(rgb: Sequence[float]) -> float:
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in rgb]
    return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))


# Predictions -------------------------------------------------------------------------------------


def _mark_prediction(
    axes: mpl_axes.Axes, row: np.ndarray, label: int, names: Sequence[str]
) -> None:
    predicted = int(row.argmax())
    verdict = RIGHT if predicted == label else WRONG
    title = f"{verdict['mark']} {names[predicted]} {row[predicted]:.0%}"
    if predicted != label:
        title += f"\ntrue: {names[label]}"
    axes.set_title(title, color=verdict["color"], fontsize=9)
    for spine in axes.spines.values():
        spine.set(color=verdict["color"], linestyle=verdict["linestyle"], linewidth=2)


def _draw_bars(axes: mpl_axes.Axes, row: np.ndarray, names: Sequence[str]) -> None:
    places = np.arange(len(row))
    bars = axes.barh(places, row, color=BLUE)
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
        f"{names[row]} taken for {names[column]} ({_count(wrong[row, column], 'time')})"
        for row, column in places
        if wrong[row, column]
    ]
    words = (
        f"Confusion matrix of {len(names)} classes, true classes in rows, predicted classes in "
        f"columns. Overall accuracy {accuracy}."
    )
    return words + (f" Most frequent confusions: {'; '.join(pairs)}." if pairs else "")


# Learning curves ---------------------------------------------------------------------------------

_Curves = dict[str, dict[str, np.ndarray]]


def _curves(history: Any) -> _Curves:
    """Return {"loss": {"training": values, "validation": values}, "accuracy": ...}."""
    _given(history, "history")
    record = getattr(history, "history", history)
    if not isinstance(record, dict):
        raise TypeError(
            "history must be what model.fit(...) returned, or its .history dictionary, not a "
            f"{type(history).__name__}."
        )
    if "loss" not in record:
        raise ValueError('history has no "loss": train the network with model.fit(...) first.')
    measure = _accuracy_name(record)
    curves = {
        name: {
            part: _curve(record[key], key)
            for part, key in [("training", source), ("validation", f"val_{source}")]
            if key in record
        }
        for name, source in [("loss", "loss"), ("accuracy", measure)]
    }
    lengths = {len(values) for lines in curves.values() for values in lines.values()}
    if len(lengths) > 1 or 0 in lengths:
        raise ValueError(
            "Every curve in history needs one number per epoch, but their lengths are "
            f"{sorted(lengths)}."
        )
    return curves


def _accuracy_name(record: dict[str, Any]) -> str:
    for key in ["accuracy", "acc", *sorted(record)]:
        if key in record and key.endswith(("accuracy", "acc")) and not key.startswith("val_"):
            return key
    raise ValueError(
        'history has no accuracy: compile the model with metrics=["accuracy"] and train it again. '
        f"It holds {', '.join(sorted(record))}."
    )


def _curve(values: Any, key: str) -> np.ndarray:
    array = np.asarray(_given(values, f'history["{key}"]'))
    if array.ndim != 1 or array.dtype.kind not in "iuf":
        raise ValueError(f'history["{key}"] must be a list of numbers, one for each epoch.')
    return array.astype(np.float64)


def _best_epoch(curves: _Curves) -> int | None:
    losses = curves["loss"].get("validation")
    if losses is None or np.isnan(losses).all():  # a loss becomes nan where training diverges
        return None
    return int(np.nanargmin(losses)) + 1


def _draw_curves(
    axes: mpl_axes.Axes, name: str, lines: dict[str, np.ndarray], best: int | None
) -> None:
    for part, values in lines.items():
        style = TRAINING if part == "training" else VALIDATION
        epochs = np.arange(1, len(values) + 1)
        axes.plot(
            epochs, values, label=part, markersize=5, markevery=max(1, len(values) // 12), **style
        )
    if best is not None:
        axes.axvline(best, color=GREY, linestyle=":", linewidth=1.5, zorder=0)
    if best is not None and "validation" in lines:
        axes.plot(
            best,
            lines["validation"][best - 1],
            color="black",
            linestyle=":",
            marker="*",
            markersize=12,
            zorder=5,
            label=f"lowest validation loss (epoch {best})",
        )
    count = len(lines["training"])
    axes.set_xticks(_epoch_ticks(count))
    axes.set_xlim(0.5 if count < 12 else 1 - 0.03 * count, count + max(0.5, 0.03 * count))
    axes.set_xlabel("epoch")
    axes.set_ylabel(name)
    axes.set_title(name.capitalize())
    axes.grid(color="#E5E5E5", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.legend(fontsize=9)


def _epoch_ticks(count: int) -> list[int]:
    step = next(step for step in _steps() if count / step <= 12)
    return sorted({1, *range(step, count + 1, step)})


def _steps() -> Iterator[int]:
    power = 1
    while True:
        yield from (power, 2 * power, 5 * power)
        power *= 10


def _curves_in_words(curves: _Curves, best: int | None, title: str | None) -> str:
    count = len(curves["loss"]["training"])
    words = [f"Learning curves{f' of {title}' if title else ''} over {_count(count, 'epoch')}."]
    for name, lines in curves.items():
        ends = [f"{part} from {v[0]:.3g} to {v[-1]:.3g}" for part, v in lines.items()]
        words.append(f"{name.capitalize()}: {', '.join(ends)}.")
    if best is not None:
        lowest = curves["loss"]["validation"][best - 1]
        words.append(f"Lowest validation loss {lowest:.3g} at epoch {best}.")
    return " ".join(words)


# Words -------------------------------------------------------------------------------------------


def _count(number: int, noun: str, plural: str | None = None) -> str:
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def _wrap(name: str) -> str:
    return textwrap.fill(name, 16)


def _describe(axes: mpl_axes.Axes, own_figure: bool, text: str) -> None:
    """Describe the figure where it was made for this plot, else only the part that was drawn."""
    figures.describe(axes.figure if own_figure else axes, text)
