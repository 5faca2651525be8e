"""Alt text: a description in words for every picture that a notebook shows.

JupyterLab 4.6 and nbconvert's default template show an ``image/png`` output without any alternative
text; only nbconvert's *classic* template reads ``metadata['image/png']['alt']``. What both of them
keep is the ``alt`` of an ``<img>`` in a ``text/html`` output. A figure is therefore stored as
HTML with its alt text *and* as PNG with the same text in its metadata: the first is what browsers
show, the second is for exports that cannot use HTML (LaTeX, PDF) and for other tools. Reduced to
256 colours, both together take less room in a notebook than the one original.
"""

import base64
import functools
import html
import weakref
from typing import Any

from matplotlib import axes as mpl_axes
from matplotlib import collections, container, pyplot
from matplotlib import figure as mpl_figure

from labkit.plots import drawing

_LONGEST = 1_000  # characters: a screen reader reads alt text in one go
_PNG_FORMATS = {"png", "png2x", "retina"}  # the inline backend's names
_texts: weakref.WeakKeyDictionary[Any, str] = weakref.WeakKeyDictionary()


def describe(figure_or_axes: mpl_figure.Figure | mpl_axes.Axes, text: str) -> None:
    """Attach alt text to a figure, or to one Axes of it.

    Parameters
    ----------
    figure_or_axes : matplotlib.figure.Figure or matplotlib.axes.Axes
        What the text describes.
    text : str
        What somebody who cannot see the picture needs to know. It replaces an earlier text.

    Raises
    ------
    TypeError
        If the first argument is neither a figure nor an Axes.
    ValueError
        If the text is empty.
    """
    if not isinstance(figure_or_axes, mpl_figure.FigureBase | mpl_axes.Axes):
        raise TypeError(
            f"describe() takes a Matplotlib Figure or Axes, not {type(figure_or_axes).__name__}."
        )
    words = " ".join(str(text).split())
    if not words:
        raise ValueError("The description is empty: say in words what the picture shows.")
    _texts[figure_or_axes] = words


def alt_text(figure: mpl_figure.Figure) -> str:
    """Return the alt text of a figure.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Any figure.

    Returns
    -------
    str
        The text given to `describe`; where there is none, one made from the titles, the axis
        labels and the legends. Never empty.
    """
    if figure in _texts:
        return _texts[figure]
    plots = [
        axes for axes in figure.axes if axes.get_visible() and axes.get_label() != "<colorbar>"
    ]
    parts = [_texts.get(axes) or _words_of(axes) for axes in plots]
    heading = figure.get_suptitle()
    if len(plots) > 1:
        heading = f"{heading + ': ' if heading else ''}{len(plots)} plots"
        parts = [f"({number}) {part}" for number, part in enumerate(parts, start=1)]
    text = " ".join(
        part if part.endswith(".") else part + "." for part in [heading, *parts] if part
    )
    if len(text) > _LONGEST:
        text = text[: _LONGEST - 1].rsplit(" ", 1)[0] + "…"
    return text or "Empty figure."


def install(ip: Any) -> None:
    """Let an IPython shell show every Matplotlib figure with its alt text.

    The inline backend goes on drawing and closing figures, with its own settings
    (``%config InlineBackend.figure_formats``). Its PNG and retina pictures get alt text; other
    formats are left as they are. Calling this twice changes nothing.

    Parameters
    ----------
    ip : IPython.core.interactiveshell.InteractiveShell
        The shell, as returned by ``IPython.get_ipython()``.
    """
    _draw_for_the_page_first()
    bundles = ip.display_formatter.mimebundle_formatter
    if not isinstance(bundles.for_type(mpl_figure.Figure), _Bundle):
        bundles.for_type(mpl_figure.Figure, _Bundle(ip))


def _draw_for_the_page_first() -> None:
    """Keep Matplotlib from drawing each figure once more than it is shown.

    At the end of a cell pyplot draws what has changed, as a window needs it, and the inline backend
    draws it for the page and closes it. With the backend first, nothing is left for pyplot.
    """
    pyplot.switch_backend(pyplot.get_backend())  # which loads it: now it has its place
    pyplot.uninstall_repl_displayhook()
    pyplot.install_repl_displayhook()


class _Bundle:
    """Draw a figure once, for the HTML output and for the PNG output."""

    def __init__(self, ip: Any) -> None:
        self._shell = ip
        self._draw: functools.partial | None = None

    def __call__(self, figure: mpl_figure.Figure) -> tuple[dict[str, str], dict[str, Any]]:
        """Return a figure's data and metadata by MIME type, as IPython's display wants them."""
        drawn = self._png(figure)
        if drawn is None:  # nothing in the figure, or PNG is not among the chosen formats
            return {}, {}
        content, metadata = drawn
        png = base64.b64encode(content).decode("ascii")
        text = alt_text(figure)
        size = "".join(
            f' {key}="{metadata[key]}"' for key in ("width", "height") if key in metadata
        )
        image = f'<img alt="{html.escape(text)}"{size} src="data:image/png;base64,{png}">'
        return {"text/html": image, "image/png": png}, {"image/png": {**metadata, "alt": text}}

    def _png(self, figure: mpl_figure.Figure) -> tuple[bytes, dict[str, int]] | None:
        from matplotlib_inline import config

        # The inline backend registers its drawing function for PNG anew whenever its formats
        # change. IPython would call it after this bundle and draw everything twice, so it is taken
        # from there whenever it shows up.
        registered = self._shell.display_formatter.formatters["image/png"].pop(
            mpl_figure.Figure, None
        )
        self._draw = registered or self._draw
        formats = config.InlineBackend.instance(parent=self._shell).figure_formats
        if self._draw is None or not _PNG_FORMATS & set(formats):
            return None
        return drawing.png(figure, self._draw)


def _words_of(axes: mpl_axes.Axes) -> str:
    """Describe one Axes by what is written on it."""
    kind = _kind(axes)
    words = [kind + (f" “{' '.join(axes.get_title().split())}”" if axes.get_title() else "")]
    if axes.axison:
        words += [f"x axis: {axes.get_xlabel()}"] if axes.get_xlabel() else []
        words += [f"y axis: {axes.get_ylabel()}"] if axes.get_ylabel() else []
    _, labels = axes.get_legend_handles_labels()
    words += [f"shows: {', '.join(labels)}"] if labels else []
    return "; ".join(words) if len(words) > 1 or axes.get_title() else f"{kind} without a title"


def _kind(axes: mpl_axes.Axes) -> str:
    if axes.images:
        return "Image"
    if any(isinstance(collection, collections.QuadMesh) for collection in axes.collections):
        return "Heat map"
    if any(isinstance(part, container.BarContainer) for part in axes.containers):
        return "Bar chart"
    return "Plot"
