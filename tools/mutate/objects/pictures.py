"""Pictures that do not show quite what the right one shows: its artists moved, swapped, hidden.

Each change is made to a copy of the figure.
"""

import contextlib
import pickle
from collections.abc import Callable, Iterator
from typing import Any

import matplotlib.axes
import matplotlib.figure
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg

from tools.mutate.objects.mutant import Mutant

Change = Callable[[list[Any]], None]
# A drawing of networks has hundreds of lines: of more than these, few are changed alone.
_MANY = 20


def mutants(value: Any) -> Iterator[Mutant]:
    """Yield changed copies of the figure that `value` is, or whose axes it is."""
    figure = figure_of(value)
    axes = [ax for ax in figure.axes if ax.has_data()]
    kept = pickle.dumps(figure)
    for words, change in _changes(axes):
        copied = pickle.loads(kept)
        with contextlib.suppress(StopIteration):
            change([ax for ax in copied.axes if ax.has_data()])
            yield Mutant(words, copied)
    yield Mutant("an empty figure", matplotlib.figure.Figure())
    yield Mutant("its name alone", "figure")
    if len(axes) > 1:
        yield Mutant("one of its panels alone", pickle.loads(kept).axes[0])


def alike(one: Any, other: Any) -> bool:
    """Tell whether two figures are the same, pixel by pixel."""
    if _is_one_of_several(other) and not _is_one_of_several(one):
        return False
    drawn = []
    for value in (one, other):
        canvas = FigureCanvasAgg(figure_of(value))  # one that was closed has another canvas
        try:
            canvas.draw()
        except (ValueError, OverflowError):  # what cannot be drawn is like nothing
            return False
        drawn.append(np.asarray(canvas.buffer_rgba()))
    return np.array_equal(*drawn)


def _is_one_of_several(value: Any) -> bool:
    return isinstance(value, matplotlib.axes.Axes) and len(value.figure.axes) > 1


def figure_of(value: Any) -> matplotlib.figure.Figure:
    """Return the figure of a figure, of axes or of a list of axes."""
    first = np.ravel(np.asarray(value, object))[0]
    return getattr(first, "figure", first)


def _changes(axes: list[Any]) -> Iterator[tuple[str, Change]]:
    if any(_drawn(ax) for ax in axes):
        yield from _of_images(axes)
    if any(ax.get_lines() for ax in axes):
        yield from _of_lines(axes)
    if any(ax.texts for ax in axes):
        yield from _of_texts(axes)
    yield from _of_panels(axes)


# --- images ---------------------------------------------------------------------------------


def _drawn(ax: Any) -> list[Any]:
    """Return what is drawn of numbers: an image, or the mesh of a heat map."""
    found = (*ax.images, *ax.collections)
    return [artist for artist in found if artist.get_array() is not None]


def _of_images(axes: list[Any]) -> Iterator[tuple[str, Change]]:
    for words, change in {
        "upside down": lambda a: a[::-1],
        "left for right": lambda a: a[:, ::-1],
        "rows and columns swapped": lambda a: a.T,
        "a row off": lambda a: np.roll(a, 1, 0),
        "a column off": lambda a: np.roll(a, 1, 1),
        "light for dark": lambda a: a.max() - a,
        "all alike": np.zeros_like,
        "half of it": lambda a: np.where(np.arange(len(a))[:, None] < len(a) / 2, a, 0),
        "in two shades": lambda a: np.where(a > a.mean(), a.max(), a.min()),
    }.items():
        yield f"an image {words}", lambda panels, c=change: _redraw(panels[:1], c)
        if len(axes) > 1:
            yield f"the last image {words}", lambda panels, c=change: _redraw(panels[-1:], c)
            yield f"all images {words}", lambda panels, c=change: _redraw(panels, c)
    yield "shades inverted", lambda panels: _each(panels, _invert_shades)
    yield "axes turned left for right", lambda panels: _each(panels, lambda ax: ax.invert_xaxis())
    yield "axes turned upside down", lambda panels: _each(panels, lambda ax: ax.invert_yaxis())
    yield "the image hidden", lambda panels: _hide(_drawn(panels[0])[0])
    yield "the image as clear as glass", lambda panels: _drawn(panels[0])[0].set_alpha(0)
    yield "all in one shade", lambda panels: _drawn(panels[0])[0].set_clim(1e6, 2e6)
    yield "a part of the image", lambda panels: _zoom(panels[0])
    if len(axes) > 1:
        yield "two images swapped", _swap_images
        yield "one image everywhere", _one_image


def _redraw(panels: list[Any], change: Callable[[np.ndarray], np.ndarray]) -> None:
    for ax in panels:
        for artist in _drawn(ax)[:1]:
            values = np.ma.getdata(artist.get_array())
            if change(values).shape != values.shape:
                raise StopIteration
            artist.set_array(change(values))


def _each(panels: list[Any], change: Callable[[Any], None]) -> None:
    for ax in panels:
        change(ax)


def _invert_shades(ax: Any) -> None:
    for artist in _drawn(ax):
        artist.set_cmap(artist.get_cmap().reversed())


def _hide(artist: Any) -> None:
    artist.set_visible(False)


def _zoom(ax: Any) -> None:
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    ax.set_xlim(left, (left + right) / 2)
    ax.set_ylim(low, (low + high) / 2)


def _swap_images(panels: list[Any]) -> None:
    one, other = _drawn(panels[0])[0], _drawn(panels[1])[0]
    values = one.get_array().copy(), other.get_array().copy()
    one.set_array(values[1]), other.set_array(values[0])


def _one_image(panels: list[Any]) -> None:
    for ax in panels[1:]:
        _drawn(ax)[0].set_array(_drawn(panels[0])[0].get_array().copy())


# --- lines ----------------------------------------------------------------------------------


def _of_lines(axes: list[Any]) -> Iterator[tuple[str, Change]]:
    count = len(_lines(axes))
    if count > _MANY:
        yield "all lines left out", lambda panels: [line.remove() for line in _lines(panels)]
        yield "all lines hidden", lambda panels: [_hide(line) for line in _lines(panels)]
        yield "all lines as clear as glass", lambda p: [line.set_alpha(0) for line in _lines(p)]
        yield "all lines without a stroke", lambda p: [line.set_ls("none") for line in _lines(p)]
        yield "half of the lines", lambda panels: [line.remove() for line in _lines(panels)[::2]]
    for number in range(count) if count <= _MANY else (0, count // 2, count - 1):
        for words, change in {
            "cut on the right": lambda x, y: (x[: len(x) // 2], y[: len(y) // 2]),
            "cut on the left": lambda x, y: (x[len(x) // 2 :], y[len(y) // 2 :]),
            "turned": lambda x, y: (x, -y),
            "left for right": lambda x, y: (x, y[::-1]),
            "moved to the right": lambda x, y: (x + (x.max() - x.min()) / 5, y),
            "moved up": lambda x, y: (x, y + (np.ptp(y) or 1) / 5),
            "twice as high": lambda x, y: (x, 2 * y),
            "flat": lambda x, y: (x, np.full_like(y, y.mean())),
            "of two points": lambda x, y: (x[[0, -1]], y[[0, -1]]),
            "with a gap": lambda x, y: (x, np.where(np.arange(len(y)) % 2, y, np.nan)),
        }.items():
            yield (
                f"line {number} {words}",
                lambda panels, n=number, c=change: _bend(_lines(panels)[n], c),
            )
        yield f"line {number} left out", lambda panels, n=number: _lines(panels)[n].remove()
        yield f"line {number} hidden", lambda panels, n=number: _hide(_lines(panels)[n])
        yield f"line {number} as clear as glass", lambda p, n=number: _lines(p)[n].set_alpha(0)
        yield f"line {number} without a stroke", lambda p, n=number: _lines(p)[n].set_ls("none")
    for number in range(1, count) if count <= _MANY else (1, count - 1):
        yield f"lines {number - 1} and {number} swapped", lambda p, n=number: _swap_lines(p, n)
    if count > 1:
        yield "all lines alike", _in_one_style
    yield "a part of the lines", lambda panels: _zoom(panels[0])
    for words, scale in (("x", "set_xscale"), ("y", "set_yscale")):
        yield (
            f"another scale along {words}",
            lambda panels, s=scale: _each(panels, lambda ax: _other_scale(ax, s)),
        )
    if any(ax.get_legend() for ax in axes):
        yield "without a legend", lambda panels: _each(panels, _no_legend)
        yield "the legend turned round", lambda panels: _each(panels, _turn_legend)
        yield "a wrong word in the legend", lambda panels: _each(panels, _wrong_legend)


def _lines(axes: list[Any]) -> list[Any]:
    return [line for ax in axes for line in ax.get_lines()]


def _bend(line: Any, change: Callable) -> None:
    x, y = (np.asarray(part, float) for part in line.get_data())
    line.set_data(*change(x, y))


def _swap_lines(axes: list[Any], number: int) -> None:
    one, other = _lines(axes)[number - 1], _lines(axes)[number]
    data = one.get_data(), other.get_data()
    one.set_data(*data[1]), other.set_data(*data[0])


def _in_one_style(axes: list[Any]) -> None:
    first, *rest = _lines(axes)
    for line in rest:
        line.update_from(first)


def _no_legend(ax: Any) -> None:
    if ax.get_legend():
        ax.get_legend().remove()


def _turn_legend(ax: Any) -> None:
    texts = ax.get_legend().get_texts() if ax.get_legend() else []
    words = [text.get_text() for text in texts]
    for text, word in zip(texts, words[::-1], strict=True):
        text.set_text(word)


def _wrong_legend(ax: Any) -> None:
    if ax.get_legend():
        ax.get_legend().get_texts()[0].set_text("something else")


# --- texts and panels -----------------------------------------------------------------------


def _of_texts(axes: list[Any]) -> Iterator[tuple[str, Change]]:
    yield "texts left out", lambda panels: [t.remove() for t in _texts(panels)]
    yield "texts hidden", lambda panels: [_hide(t) for t in _texts(panels)]
    yield "texts as clear as glass", lambda panels: [t.set_alpha(0) for t in _texts(panels)]
    yield "texts one off", lambda panels: _rename(_texts(panels), lambda w: w[1:] + w[:1])
    yield "texts turned round", lambda panels: _rename(_texts(panels), lambda w: w[::-1])
    yield "texts all alike", lambda panels: _rename(_texts(panels), lambda w: w[:1] * len(w))
    yield "texts in one heap", lambda panels: [t.set_position((0, 0)) for t in _texts(panels)]
    yield (
        "texts with rows and columns swapped",
        lambda panels: [t.set_position(t.get_position()[::-1]) for t in _texts(panels)],
    )
    yield "half of the texts", lambda panels: [t.remove() for t in _texts(panels)[::2]]


def _texts(axes: list[Any]) -> list[Any]:
    return [text for ax in axes for text in ax.texts]


def _rename(texts: list[Any], change: Callable[[list[str]], list[str]]) -> None:
    words = [text.get_text() for text in texts]
    for text, word in zip(texts, change(words), strict=True):
        text.set_text(word)


def _of_panels(axes: list[Any]) -> Iterator[tuple[str, Change]]:
    if any(ax.get_title() for ax in axes):
        yield "without titles", lambda panels: _retitle(panels, lambda w: [""] * len(w))
        yield "titles one off", lambda panels: _retitle(panels, lambda w: w[1:] + w[:1])
        yield "titles turned round", lambda panels: _retitle(panels, lambda w: w[::-1])
        yield "titles all alike", lambda panels: _retitle(panels, lambda w: w[:1] * len(w))
        yield "all words in every title", lambda p: _retitle(p, lambda w: [" ".join(w)] * len(w))
        yield "letters for titles", lambda p: _retitle(p, lambda w: [word[:1] for word in w])
        yield "a wrong word in each title", lambda p: _retitle(p, lambda w: [f"no {x}" for x in w])
    if any(ax.get_xlabel() or ax.get_ylabel() for ax in axes):
        yield "axes without names", lambda panels: _each(panels, _unname)
        yield "names of the axes swapped", lambda panels: _each(panels, _swap_names)
    yield "the first panel hidden", lambda panels: _hide(panels[0])
    yield "the last panel left out", lambda panels: panels[-1].remove()


def _other_scale(ax: Any, name: str) -> None:
    now = getattr(ax, name.replace("set_", "get_"))()
    getattr(ax, name)("linear" if now == "log" else "log")


def _retitle(axes: list[Any], change: Callable[[list[str]], list[str]]) -> None:
    titles = [ax.get_title() for ax in axes]
    for ax, title in zip(axes, change(titles), strict=True):
        ax.set_title(title)


def _unname(ax: Any) -> None:
    ax.set_xlabel("")
    ax.set_ylabel("")


def _swap_names(ax: Any) -> None:
    names = ax.get_xlabel(), ax.get_ylabel()
    ax.set_xlabel(names[1])
    ax.set_ylabel(names[0])
