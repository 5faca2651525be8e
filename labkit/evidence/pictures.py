"""Turn a student's pictures into facts."""

import contextlib
import itertools
from typing import Any, NamedTuple

import numpy as np

from labkit.evidence import facts, values

MAX_PANELS = 100
MAX_IMAGE = 64
MAX_POINTS = 2_000
MAX_LINES = 20
MAX_TEXTS = 1_000
_NO_PLACE = (TypeError, ValueError, AttributeError, np.linalg.LinAlgError)


def picture(answer: Any, seed: int = 0) -> facts.Picture | facts.Other:
    """Collect a Matplotlib figure, an Axes, or an array or list of Axes."""
    axes = _axes_of(answer)
    if axes is None:
        return facts.Other(values.type_name(answer), _strange_within(answer))
    seen = (ax for ax in axes if ax.get_visible() and ax.has_data() and not _is_colorbar(ax))
    panels = tuple(_panel(ax) for ax in itertools.islice(seen, MAX_PANELS))
    return facts.Picture(values.type_name(answer), panels)


def _strange_within(answer: Any) -> str:
    """Say what else than Axes lies in a list; nothing of an answer that is none."""
    import matplotlib.axes

    if not isinstance(answer, list | tuple):
        return ""
    for place, part in enumerate(answer):
        if not isinstance(part, matplotlib.axes.Axes):
            return f"its entry {place} is {values.of_type(values.type_name(part)[:100])}"
    return "it is empty"


def _is_colorbar(ax: Any) -> bool:
    return ax.get_label() == "<colorbar>" or hasattr(ax, "_colorbar")


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
    ax.get_xlim(), ax.get_ylim()  # Matplotlib settles the limits of an axis when it is asked
    lines = list(filter(_is_seen, ax.get_lines()))[:MAX_LINES]
    legends = [ax.get_legend(), *ax.figure.legends]
    entries = [entry for legend in legends if legend for entry in _entries(legend)]
    texts = _texts(ax)[:MAX_TEXTS]
    image, shades, sides = _image(ax)
    places = _places(texts, ax)
    return facts.Panel(
        title=_title(ax),
        xlabel=ax.get_xlabel()[: values.MAX_TEXT],
        ylabel=ax.get_ylabel()[: values.MAX_TEXT],
        image=image,
        lines=tuple(_points(line, ax) for line in lines),
        labels=tuple(words for words, _ in entries),
        texts=tuple(text.get_text()[:100] for text in texts),
        shades=shades,
        named=tuple(_name_of(line, entries) for line in lines),
        styles=tuple(_style(line) for line in lines),
        places=places,
        fields=_fields(places, sides),
    )


def _is_seen(artist: Any) -> bool:
    """Tell whether an artist leaves a trace: neither hidden nor as clear as glass."""
    alpha = artist.get_alpha()
    if not artist.get_visible() or (np.ndim(alpha) == 0 and alpha == 0):
        return False
    drawn = getattr(artist, "get_marker", lambda: "None")() not in ("None", "none", "", " ", None)
    stroke = getattr(artist, "get_linestyle", lambda: "-")() not in ("None", "none", "", " ")
    return drawn or stroke or not hasattr(artist, "get_marker")


def _points(line: Any, ax: Any) -> np.ndarray:
    """Return the points of a line from the left edge of the axes to the right one.

    Some of them where they are too many. A logarithmic axis shows what is above 0 alone.
    """
    points = np.asarray(line.get_xydata(), float)
    low, high = sorted(ax.get_xlim())
    with np.errstate(invalid="ignore"):
        beyond = (points[:, 0] < low) | (points[:, 0] > high)
        if ax.get_yscale() == "log":
            beyond |= points[:, 1] <= 0
    points = points[~beyond]
    if len(points) <= MAX_POINTS:
        return points
    return points[np.linspace(0, len(points) - 1, MAX_POINTS).astype(int)]


def _entries(legend: Any) -> list[tuple[str, Any]]:
    """Return the texts of a legend, each with what it shows beside it."""
    handles = getattr(legend, "legend_handles", [])
    texts = [text.get_text()[: values.MAX_TEXT] for text in legend.get_texts()]
    return list(itertools.zip_longest(texts, handles[: len(texts)]))


def _name_of(line: Any, entries: list[tuple[str, Any]]) -> str:
    """Return what the legend calls a line: the entry that looks like it, if there is one alone."""
    looks = _look(line)
    found = {words for words, handle in entries if handle is not None and _look(handle) == looks}
    return found.pop() if len(found) == 1 else ""


def _look(line: Any) -> tuple | None:
    """Return colour, line style and marker, by which a legend tells lines apart."""
    import matplotlib.colors
    import matplotlib.lines

    if not isinstance(line, matplotlib.lines.Line2D):
        return None
    color = matplotlib.colors.to_hex(line.get_color(), keep_alpha=True)
    return color, _dashes(line), str(line.get_marker())


def _style(line: Any) -> str:
    """Return what tells a line apart without its colour: dashes, marker and width."""
    return f"{_dashes(line)} {line.get_marker()} {float(line.get_linewidth()):g}"


def _dashes(line: Any) -> str:
    """Return the style of a line; of dashes also how long they are."""
    style = str(line.get_linestyle())
    # Matplotlib calls all dashes "--" that somebody has chosen the lengths of, and has no public
    # name for these.
    _, lengths = getattr(line, "_unscaled_dash_pattern", (0, None))
    return f"{style} {lengths}" if style == "--" else style


def _places(texts: list[Any], ax: Any) -> np.ndarray:
    """Return where texts stand, in the numbers of the axes; NaN where that cannot be told."""
    found = np.full((len(texts), 2), np.nan)
    with contextlib.suppress(*_NO_PLACE):
        to_numbers = ax.transData.inverted()
        as_they_are = ax.transData if _is_linear(ax) else None
        for place, text in zip(found, texts, strict=True):
            with contextlib.suppress(*_NO_PLACE):
                if getattr(text, "xycoords", None) == "data":  # an annotation stands at its point
                    place[:] = text.xy
                    continue
                if text.get_transform() is as_they_are:
                    place[:] = text.get_position()
                    continue
                seen = text.get_transform().transform(text.get_position())
                place[:] = to_numbers.transform(seen)
    return found


def _is_linear(ax: Any) -> bool:
    return ax.get_xscale() == ax.get_yscale() == "linear"


def _texts(ax: Any) -> list[Any]:
    """Return the texts on the panel; some collections write many of them at once."""
    of_collections = [getattr(artist, "get_texts", list)() for artist in ax.collections]
    return list(filter(_is_seen, [*ax.texts, *itertools.chain.from_iterable(of_collections)]))


def _title(ax: Any) -> str:
    titles = (ax.get_title(loc=where) for where in ("center", "left", "right"))
    return " ".join(title for title in titles if title)[: values.MAX_TEXT]


class _Side(NamedTuple):
    """The rows of a picture, or its columns, along one axis of the axes.

    Attributes
    ----------
    first, last : float
        The outer edges of the first and of the last field, in the numbers of the axis.
    count : int
    begin, end : float
        Where the axis begins as it is seen, at the top or at the left, and where it ends.
    """

    first: float
    last: float
    count: int
    begin: float
    end: float

    @property
    def turned(self) -> bool:
        """Whether the first field is seen below or to the right of the last."""
        return (self.first > self.last) != (self.begin > self.end)

    def inside(self) -> slice:
        """Return which fields have their middle in the limits of the axis."""
        step = (self.last - self.first) / self.count
        middles = self.first + (np.arange(self.count) + 0.5) * step
        low, high = sorted((self.begin, self.end))
        places = np.flatnonzero((middles >= low) & (middles <= high))
        return slice(places[0], places[-1] + 1) if len(places) else slice(0, 0)

    def seen(self, places: np.ndarray) -> np.ndarray:
        """Return over which field some places of the axis stand, counted as fields are seen."""
        inside = self.inside()
        fields = (places - self.first) / (self.last - self.first) * self.count - inside.start
        return inside.stop - inside.start - fields if self.turned else fields


_Sides = tuple[_Side, _Side]


def _image(ax: Any) -> tuple[np.ndarray | None, np.ndarray | None, _Sides | None]:
    """Return the values of the picture on a panel and its shades, both as they are seen.

    The first row is the one at the top, the first column the one at the left; a shade is 0 for
    white and 1 for black, whatever the colour map. With them comes where rows and columns lie.
    """
    for artist in (*ax.images, *ax.collections):
        drawn = artist.get_array()
        if drawn is None or not _is_seen(artist):
            continue
        drawn = np.ma.getdata(drawn)
        colours = drawn.ndim == 3 and drawn.shape[-1] in (3, 4)
        if not (colours or drawn.ndim == 2) or max(drawn.shape[:2]) > MAX_IMAGE:
            continue
        if drawn.dtype.kind not in "biuf":
            continue
        sides = _sides(artist, drawn.shape, ax)
        shades = _as_seen(_shades(artist, drawn), sides)
        if np.ptp(shades) == 0 < np.ptp(drawn):
            continue  # values that are all of one shade are not seen
        return (None if colours else _as_seen(drawn, sides)), shades, sides
    return None, None, None


def _fields(places: np.ndarray, sides: _Sides | None) -> np.ndarray:
    """Return over which row and column of a picture each place lies."""
    if sides is None:
        return np.zeros((0, 2))
    rows, columns = sides
    return np.column_stack([rows.seen(places[:, 1]), columns.seen(places[:, 0])])


def _sides(artist: Any, shape: tuple[int, ...], ax: Any) -> _Sides:
    """Return where the rows and the columns of a picture lie, and how its axes run."""
    import matplotlib.image

    rows, columns = (0.0, float(shape[0])), (0.0, float(shape[1]))
    if isinstance(artist, matplotlib.image.AxesImage):
        left, right, bottom, top = artist.get_extent()
        # Row 0 is at the top, whichever way the axis runs, unless the origin is the lower edge.
        rows, columns = (top, bottom) if artist.origin == "upper" else (bottom, top), (left, right)
    elif hasattr(artist, "get_coordinates"):
        corners = np.asarray(artist.get_coordinates(), float)
        rows = corners[0, 0, 1], corners[-1, 0, 1]
        columns = corners[0, 0, 0], corners[0, -1, 0]
    return _Side(*rows, shape[0], *ax.get_ylim()[::-1]), _Side(*columns, shape[1], *ax.get_xlim())


def _shades(artist: Any, drawn: np.ndarray) -> np.ndarray:
    """Return how dark each pixel is: 0 for white, 1 for black."""
    rgba = np.asarray(artist.to_rgba(drawn), float)
    light = rgba[..., :3] @ np.array([0.2126, 0.7152, 0.0722])
    covered = rgba[..., 3] if rgba.shape[-1] == 4 else 1.0
    return ((1 - light) * covered).astype(np.float32)


def _as_seen(drawn: np.ndarray, sides: _Sides) -> np.ndarray:
    """Return what lies within the axes, from the top to the bottom and from left to right."""
    seen = drawn[tuple(side.inside() for side in sides)]
    rows, columns = (slice(None, None, -1 if side.turned else 1) for side in sides)
    return seen[rows, columns].copy()
