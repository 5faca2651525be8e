"""Turn a student's pictures into facts."""

import itertools
from typing import Any

import numpy as np

from labkit.evidence import facts, values

MAX_PANELS = 100
MAX_IMAGE = 64
MAX_POINTS = 2_000
MAX_TEXTS = 1_000


def picture(answer: Any, seed: int = 0) -> facts.Picture | facts.Other:
    """Collect a Matplotlib figure, an Axes, or an array or list of Axes."""
    axes = _axes_of(answer)
    if axes is None:
        return facts.Other(values.type_name(answer))
    panels = tuple(_panel(ax) for ax in axes[:MAX_PANELS] if ax.get_visible() and ax.has_data())
    return facts.Picture(values.type_name(answer), panels)


def _axes_of(answer: Any) -> list[Any] | None:
    import matplotlib.axes
    import matplotlib.figure

    if isinstance(answer, matplotlib.figure.FigureBase):
        return list(answer.axes)
    if isinstance(answer, matplotlib.axes.Axes):
        return [answer]
    if isinstance(answer, np.ndarray | list | tuple):
        axes = list(np.array(answer, object).ravel())
        if axes and all(isinstance(ax, matplotlib.axes.Axes) for ax in axes):
            return axes
    return None


def _panel(ax: Any) -> facts.Panel:
    legend = ax.get_legend()
    return facts.Panel(
        title=_title(ax),
        xlabel=ax.get_xlabel()[: values.MAX_TEXT],
        ylabel=ax.get_ylabel()[: values.MAX_TEXT],
        image=_image(ax),
        lines=tuple(
            np.asarray(line.get_xydata(), float)[:MAX_POINTS] for line in ax.get_lines()[:20]
        ),
        labels=tuple(text.get_text()[: values.MAX_TEXT] for text in legend.get_texts())
        if legend
        else (),
        texts=tuple(text.get_text()[:100] for text in _texts(ax)[:MAX_TEXTS]),
    )


def _texts(ax: Any) -> list[Any]:
    """Return the texts on the panel; some collections write many of them at once."""
    of_collections = [getattr(artist, "get_texts", list)() for artist in ax.collections]
    return [*ax.texts, *itertools.chain.from_iterable(of_collections)]


def _title(ax: Any) -> str:
    titles = (ax.get_title(loc=where) for where in ("center", "left", "right"))
    return " ".join(title for title in titles if title)[: values.MAX_TEXT]


def _image(ax: Any) -> np.ndarray | None:
    """Return the values that the panel shows as a picture, first row at the top."""
    for artist in (*ax.images, *ax.collections):
        values = artist.get_array()
        if values is None:
            continue
        values = np.ma.getdata(values)
        if values.ndim != 2 or max(values.shape) > MAX_IMAGE or values.dtype.kind not in "biuf":
            continue
        low, high = ax.get_ylim()
        # imshow puts row 0 at the top and so has a falling y axis; so has seaborn's heatmap.
        return values.copy() if low > high else values[::-1].copy()
    return None
