"""From a figure to a PNG: drawn no more often than it has to be, and small."""

import functools
import io
import weakref

import matplotlib as mpl
import numpy as np
from matplotlib import figure as mpl_figure
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
        settings["bbox_inches"] = _seen_part(figure)
    drawn = draw(figure, **settings)
    if drawn is None:
        return None
    content, size = drawn if isinstance(drawn, tuple) else (drawn, {})
    return smaller(content), size


def _is_known(figure: mpl_figure.Figure, draw: functools.partial) -> bool:
    """Tell whether it can be known what part of a figure to show without drawing it."""
    return (
        figure in _placed
        and figure.get_layout_engine() is None
        and draw.keywords.get("fmt") == "png"
        and draw.keywords.get("bbox_inches", "tight") == "tight"
        and hasattr(figure.canvas, "get_renderer")
    )


def _seen_part(figure: mpl_figure.Figure) -> mpl.transforms.Bbox:
    """Return what Matplotlib finds by drawing all of it once more: its artists and a margin."""
    seen = figure.get_tightbbox(figure.canvas.get_renderer())
    return seen.padded(mpl.rcParams["savefig.pad_inches"])


def smaller(content: bytes) -> bytes:
    """Return a PNG in greys, or 256 colours; one that is partly transparent keeps its colours."""
    picture = Image.open(io.BytesIO(content))
    if "A" in picture.getbands() and picture.getextrema()[-1][0] < 255:
        return _written(picture)
    picture = picture.convert("RGB")
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
