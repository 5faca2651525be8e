"""The look that all pictures share: colours, marks, fonts, and words for who cannot see them."""

import contextlib
import functools
import textwrap
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ParamSpec, TypeVar

import matplotlib as mpl
import numpy as np
from matplotlib import axes as mpl_axes
from matplotlib import colors as mpl_colors
from matplotlib import pyplot as plt

from labkit.plots import alt_text, drawing, late_ticks

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


def drawn_in_our_look(function: Callable[_Arguments, _Result]) -> Callable[_Arguments, _Result]:
    @functools.wraps(function)
    def drawn(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> _Result:
        with _look():
            return function(*args, **kwargs)

    return drawn


def new_axes(size: tuple[float, float]) -> mpl_axes.Axes:
    return plt.subplots(figsize=size)[1]


def image_grid(pictures: np.ndarray, columns: int, title_lines: int = 1) -> np.ndarray:
    if isinstance(columns, bool) or not isinstance(columns, int | np.integer) or columns < 1:
        raise ValueError(f"columns must be a whole number of at least 1, not {columns!r}.")
    columns = min(int(columns), len(pictures))
    rows = -(-len(pictures) // columns)
    grid = _axes_of_a_grid(rows, columns, title_lines)
    low, high = value_range(pictures)
    used = grid.ravel()[: len(pictures)]
    for unused in grid.ravel()[len(pictures) :]:
        unused.remove()
    for axes, picture in zip(used, pictures, strict=True):
        axes.imshow(picture, cmap="gray_r", vmin=low, vmax=high, interpolation="nearest")
        axes.xaxis.set_visible(False)
        axes.yaxis.set_visible(False)
    return used


def _axes_of_a_grid(rows: int, columns: int, title_lines: int) -> np.ndarray:
    """Return square Axes with room for titles, placed by measure.

    A layout engine would draw each of them several times to find out how large their titles are.
    """
    side, aside = 1.40, 0.15
    above = 0.05 + 0.20 * title_lines
    width, height = max(columns * (side + aside), 4.0), rows * (side + above) + 0.30
    left = (width - columns * (side + aside) + aside) / 2
    places = {
        "left": left / width,
        "right": 1 - left / width,
        "bottom": 0.05 / height,
        "top": (0.05 + rows * (side + above) - above) / height,
        "wspace": aside / side,
        "hspace": above / side,
    }
    figure = plt.figure(figsize=(width, height), layout="none")
    drawing.is_placed(figure)
    own = {"axes_class": late_ticks.Axes}
    return figure.subplots(rows, columns, squeeze=False, gridspec_kw=places, subplot_kw=own)


def value_range(array: np.ndarray) -> tuple[float, float]:
    """Return the values that are drawn white and black; the same for pictures of one kind."""
    if array.dtype == np.uint8:
        return 0, 255
    low, high = min(array.min(), 0), array.max()
    if low < 0:  # standardized images, feature maps
        return low, max(high, low + 1e-6)
    return 0, 1 if high <= 1 else max(255, high)


def make_numbers_readable(axes: mpl_axes.Axes) -> None:
    """Write each cell's number in black or white, whichever has more contrast to the cell."""
    cells = axes.collections[-1]
    for text, colour in zip(axes.texts, cells.get_facecolors(), strict=True):
        text.set_color(readable_on(colour))


def readable_on(background: Any) -> str:
    """Return black or white, whichever has more contrast to `background`."""
    on_black, on_white = contrast(background, "black"), contrast(background, "white")
    return "black" if on_black > on_white else "white"


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


def count(number: int, noun: str, plural: str | None = None) -> str:
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def wrap(name: str) -> str:
    return textwrap.fill(name, 16)


def describe(axes: mpl_axes.Axes, own_figure: bool, text: str) -> None:
    """Describe the figure where it was made for this plot, else only the part that was drawn."""
    alt_text.describe(axes.figure if own_figure else axes, text)
