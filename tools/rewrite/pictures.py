"""Pictures in other clothes: what a picture shows, drawn again by other libraries."""

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np


@dataclasses.dataclass(frozen=True)
class Panel:
    """What one Axes shows: an image with its name, or lines with theirs."""

    image: np.ndarray | None
    limits: tuple[float, float]
    name: str
    numbers: bool
    lines: tuple
    bars: tuple
    words: dict


def panels(answer: Any) -> list[Panel]:
    """Return what a picture shows, panel by panel."""
    return [_panel(ax) for ax in _axes(answer) if ax.has_data()]


def _panel(ax: Any) -> Panel:
    image = ax.images[0] if ax.images else None
    return Panel(
        image=None if image is None else np.asarray(image.get_array()),
        limits=(0, 255) if image is None else image.get_clim(),
        name=ax.get_title() or ax.get_xlabel(),
        numbers=len(ax.texts) > 100,
        lines=tuple((line.get_label(), line.get_xydata()) for line in ax.get_lines()),
        bars=tuple(
            np.array(c.get_segments()) for c in ax.collections if hasattr(c, "get_segments")
        ),
        words={
            "xlabel": ax.get_xlabel(),
            "ylabel": ax.get_ylabel(),
            "title": ax.get_title(),
            "xscale": ax.get_xscale(),
        },
    )


# A check may ask for names above the images, and need not look for them elsewhere.
MAY_BE_REFUSED = ("names below", "names written beside", "names written above the image")


def ways(answer: Any) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield how a picture may be drawn: in words, and what draws it."""
    try:
        shown = panels(answer)
    except (AttributeError, IndexError):
        return
    if not shown or any(ax.patches for ax in _axes(answer)):
        return
    if len({ax.figure for ax in _axes(answer)}) == 1:
        yield "as its figure", lambda: _axes(answer)[0].figure
    yield "as a list of its axes", lambda: list(_axes(answer))
    if all(panel.image is not None for panel in shown):
        yield from _of_images(shown)
    elif len(shown) == 1 and shown[0].bars:
        yield from _of_bars(shown[0])
    elif len(shown) == 1 and shown[0].lines:
        yield from _of_lines(shown[0])


def _axes(answer: Any) -> list:
    first = np.ravel(np.asarray(answer, object))[0]
    return list(
        np.ravel(np.asarray(answer, object)) if hasattr(first, "get_images") else first.axes
    )


# --- images ---------------------------------------------------------------------------------


def _of_images(shown: list[Panel]) -> Iterator[tuple[str, Callable[[], Any]]]:
    names = {
        "titles": lambda ax, name: ax.set_title(name),
        "names below": lambda ax, name: ax.set_xlabel(name),
        "names written beside": lambda ax, name: ax.text(0.5, -0.1, name, transform=ax.transAxes),
        "names written above the image": lambda ax, name: ax.text(0, -1, name),
    }
    if any(panel.numbers for panel in shown):
        yield "each number written by text", lambda: _grid(shown, _gray_r, _no_name)
        yield "as a heat map of seaborn", lambda: _grid(shown, _heat_map, _no_name)
        return
    for words, name in names.items():
        yield f"drawn by hand, {words}", lambda name=name: _grid(shown, _gray_r, name)
    title = names["titles"]
    for words, draw in {
        "white on black": _gray,
        "turned in its shades": _inverted,
        "by matshow": _matshow,
        "by pcolormesh": _mesh,
        "in colours": _colours,
    }.items():
        yield words, lambda draw=draw: _grid(shown, draw, title)
    yield "one figure, subplot by subplot", lambda: _one_by_one(shown)


def _grid(shown: list[Panel], draw: Callable, name: Callable) -> Any:
    import matplotlib.pyplot as plt

    rows = int(np.ceil(np.sqrt(len(shown))))
    figure, axes = plt.subplots(rows, -(-len(shown) // rows), figsize=(6, 6), dpi=50, squeeze=False)
    for ax, panel in zip(axes.flat, shown, strict=False):
        draw(ax, panel)
        name(ax, panel.name)
    for ax in axes.flat[len(shown) :]:
        ax.axis("off")
    return figure


def _no_name(ax: Any, name: str) -> None:
    pass


def _numbers(ax: Any, panel: Panel) -> None:
    if panel.numbers:
        for (row, column), shade in np.ndenumerate(panel.image):
            ax.text(column, row, int(shade), ha="center", va="center", fontsize=5)


def _gray_r(ax: Any, panel: Panel) -> None:
    ax.imshow(panel.image, cmap="gray_r")
    _numbers(ax, panel)


def _gray(ax: Any, panel: Panel) -> None:
    ax.imshow(panel.image, cmap="gray", vmin=panel.limits[0], vmax=panel.limits[1])
    ax.axis("off")


def _inverted(ax: Any, panel: Panel) -> None:
    ax.imshow(panel.limits[1] - panel.image.astype(float), cmap="gray")


def _matshow(ax: Any, panel: Panel) -> None:
    ax.matshow(panel.image, cmap="Greys")


def _colours(ax: Any, panel: Panel) -> None:
    ax.imshow(panel.image / panel.limits[1])
    ax.set_xticks([])


def _mesh(ax: Any, panel: Panel) -> None:
    ax.pcolormesh(panel.image, cmap="gray_r")
    ax.invert_yaxis()
    ax.set_aspect("equal")


def _heat_map(ax: Any, panel: Panel) -> None:
    import seaborn

    whole = panel.image.astype(int)
    settings = {"annot": True, "fmt": "d", "annot_kws": {"size": 5}} if panel.numbers else {}
    seaborn.heatmap(whole, ax=ax, cmap="Greys", cbar=panel.numbers, square=True, **settings)


def _one_by_one(shown: list[Panel]) -> Any:
    import matplotlib.pyplot as plt

    figure = plt.figure(figsize=(6, 6), dpi=50)
    rows = int(np.ceil(np.sqrt(len(shown))))
    for place, panel in enumerate(shown, start=1):
        plt.subplot(rows, rows, place)
        plt.imshow(panel.image, cmap=plt.cm.binary)
        plt.title(panel.name, fontsize=6)
        plt.axis("off")
    return figure


# --- lines ----------------------------------------------------------------------------------

_STYLES = ("-", "--", ":", "-.")


def _of_lines(panel: Panel) -> Iterator[tuple[str, Callable[[], Any]]]:
    for words, draw in {
        "by plt, step by step": _by_pyplot,
        "by pandas": _by_pandas,
        "by seaborn": _by_seaborn,
        "names beside the lines": _named_beside,
        "with a legend of the figure": _figure_legend,
        "of ten thousand points": _many_points,
    }.items():
        yield words, lambda draw=draw: draw(panel)


def _new(panel: Panel) -> Any:
    import matplotlib.pyplot as plt

    _, ax = plt.subplots()
    ax.set(xlabel=panel.words["xlabel"], ylabel=panel.words["ylabel"], title=panel.words["title"])
    return ax


def _drawn(panel: Panel, ax: Any, points: Callable = lambda line: line) -> Any:
    for style, (name, line) in zip(_STYLES, panel.lines, strict=False):
        ax.plot(*points(line).T, style, label=name)
    return ax


def _by_pyplot(panel: Panel) -> Any:
    import matplotlib.pyplot as plt

    plt.figure()
    for style, (name, line) in zip(_STYLES, panel.lines, strict=False):
        plt.plot(line[:, 0], line[:, 1], linestyle=style, label=name, color="black")
    plt.xlabel(panel.words["xlabel"])
    plt.ylabel(panel.words["ylabel"])
    plt.legend(loc="upper left")
    return plt.gca()


def _by_pandas(panel: Panel) -> Any:
    import pandas as pd

    x = panel.lines[0][1][:, 0]
    table = pd.DataFrame({name: line[:, 1] for name, line in panel.lines}, index=x)
    ax = table.plot(style=list(_STYLES[: len(panel.lines)]))
    ax.set(xlabel=panel.words["xlabel"], ylabel=panel.words["ylabel"])
    return ax


def _by_seaborn(panel: Panel) -> Any:
    import matplotlib.pyplot as plt
    import pandas as pd
    import seaborn

    x = panel.lines[0][1][:, 0]
    table = pd.DataFrame({name: line[:, 1] for name, line in panel.lines}, index=x)
    plt.figure()
    ax = seaborn.lineplot(data=table)
    ax.set(xlabel=panel.words["xlabel"], ylabel=panel.words["ylabel"])
    return ax


def _named_beside(panel: Panel) -> Any:
    ax = _drawn(panel, _new(panel))
    for name, line in panel.lines:
        ax.annotate(name, line[len(line) * 4 // 5])
    ax.legend()
    return ax


def _figure_legend(panel: Panel) -> Any:
    ax = _drawn(panel, _new(panel))
    ax.figure.legend()
    return ax.figure


def _many_points(panel: Panel) -> Any:
    def more(line: np.ndarray) -> np.ndarray:
        x = np.linspace(line[0, 0], line[-1, 0], 10_001)
        return np.stack([x, np.interp(x, *line.T)], axis=1)

    ax = _drawn(panel, _new(panel), more)
    ax.legend()
    return ax


# --- lines with bars ------------------------------------------------------------------------


def _of_bars(panel: Panel) -> Iterator[tuple[str, Callable[[], Any]]]:
    for words, draw in {
        "bars by errorbar of a table": _bars_by_pandas,
        "a line and bars, one after the other": _line_and_bars,
        "a band around the line": _band,
        "bars by vlines": _vlines,
    }.items():
        yield words, lambda draw=draw: draw(panel)


def _with_bars(panel: Panel) -> tuple[Any, np.ndarray, np.ndarray, np.ndarray]:
    """Return new axes, and where the line and the ends of its bars run."""
    ax = _new(panel)
    x, y = panel.lines[0][1].T
    ends = panel.bars[0][:, :, 1]
    return ax, x, y, (ends.max(axis=1) - ends.min(axis=1)) / 2


def _bars_by_pandas(panel: Panel) -> Any:
    import pandas as pd

    ax, x, y, spread = _with_bars(panel)
    pd.Series(y, index=x).plot(ax=ax, yerr=spread, logx=True, marker="s")
    ax.set(xlabel=panel.words["xlabel"], ylabel=panel.words["ylabel"])
    return ax


def _line_and_bars(panel: Panel) -> Any:
    ax, x, y, spread = _with_bars(panel)
    ax.semilogx(x, y)
    ax.errorbar(x, y, spread, fmt="none", ecolor="gray")
    return ax


def _band(panel: Panel) -> Any:
    ax, x, y, spread = _with_bars(panel)
    ax.semilogx(x, y, "o-")
    ax.fill_between(x, y - spread, y + spread, alpha=0.3)
    return ax


def _vlines(panel: Panel) -> Any:
    ax, x, y, spread = _with_bars(panel)
    ax.plot(x, y, "o-")
    ax.vlines(x, y - spread, y + spread)
    ax.set_xscale("log")
    return ax
