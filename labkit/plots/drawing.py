"""From a figure to a PNG: drawn no more often than it has to be, and small."""

import functools
import io
import math
import weakref

import matplotlib as mpl
import numpy as np
from matplotlib import colors as mpl_colors
from matplotlib import figure as mpl_figure
from matplotlib.backends import backend_agg
from PIL import Image

# What Matplotlib writes is read once, here, and then thrown away.
_QUICKLY = {"pil_kwargs": {"compress_level": 1}}
_placed: weakref.WeakSet[mpl_figure.Figure] = weakref.WeakSet()


def is_placed(figure: mpl_figure.Figure) -> None:
    """Say that everything in a figure has its place before it is drawn."""
    _placed.add(figure)


def png(figure: mpl_figure.Figure, draw: functools.partial) -> tuple[bytes, dict[str, int]] | None:
    """Return a figure's PNG, and its size if that is to be said; None for an empty figure.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    draw : functools.partial
        The inline backend's function, with its settings.
    """
    settings = {"base64": False, **_QUICKLY}
    if _is_known(figure, draw):
        renderer = figure.canvas.get_renderer()
        part = figure.get_tightbbox(renderer)
        if np.all(part.min >= 0) and np.all(part.max <= figure.get_size_inches()):
            return _small(Image.fromarray(_drawn(figure, part))), {}
        settings["bbox_inches"] = part.padded(mpl.rcParams["savefig.pad_inches"])
    drawn = draw(figure, **settings)
    if drawn is None:
        return None
    content, size = drawn if isinstance(drawn, tuple) else (drawn, {})
    return smaller(content), size


def _is_known(figure: mpl_figure.Figure, draw: functools.partial) -> bool:
    """Tell whether it can be known what part of a figure to show without drawing it."""
    settings = {"bbox_inches": "tight", **draw.keywords, "base64": False}
    return (
        figure in _placed
        and bool(figure.axes)
        and figure.get_layout_engine() is None
        and settings == {"bbox_inches": "tight", "fmt": "png", "base64": False}
        and isinstance(figure.canvas, backend_agg.FigureCanvasAgg)
        and mpl_colors.to_rgba(figure.get_facecolor())[3] == 1
    )


def _drawn(figure: mpl_figure.Figure, part: mpl.transforms.Bbox) -> np.ndarray:
    """Return the pixels of a part of a figure, in inches, and of the margin around it.

    Matplotlib would draw all of it twice, to find that part and to show it alone.
    """
    figure.canvas.draw()
    dots = np.asarray(figure.canvas.buffer_rgba())[..., :3]
    margin = mpl.rcParams["savefig.pad_inches"]
    left, bottom, right, top = part.padded(margin).extents * figure.dpi
    background = np.round(255 * np.array(mpl_colors.to_rgb(figure.get_facecolor())))
    over = max(0, math.ceil(margin * figure.dpi))
    whole = np.full(np.add(dots.shape, (2 * over, 2 * over, 0)), background, np.uint8)
    whole[over : over + len(dots), over : over + dots.shape[1]] = dots
    rows = len(dots) - top, len(dots) - bottom
    (above, below), (left, right) = (
        (over + math.floor(first), over + math.ceil(last)) for first, last in (rows, (left, right))
    )
    return np.ascontiguousarray(whole[above:below, left:right])


def smaller(content: bytes) -> bytes:
    """Return a PNG in greys, or 256 colours; one that is partly transparent keeps its colours."""
    picture = Image.open(io.BytesIO(content))
    if "A" in picture.getbands() and picture.getextrema()[-1][0] < 255:
        return _written(picture)
    return _small(picture.convert("RGB"))


def _small(picture: Image.Image) -> bytes:
    return _written(_in_greys(picture) or picture.quantize(256))


def _in_greys(picture: Image.Image) -> Image.Image | None:
    """Return a picture without colour as it is, in a third of the bytes; None if it has some."""
    red, green, blue = np.moveaxis(np.asarray(picture), -1, 0)
    if np.array_equal(red, green) and np.array_equal(red, blue):
        return Image.fromarray(np.ascontiguousarray(red))
    return None


def _written(picture: Image.Image) -> bytes:
    written = io.BytesIO()
    picture.save(written, "png")  # the last twentieth of its bytes would take ten times as long
    return written.getvalue()
