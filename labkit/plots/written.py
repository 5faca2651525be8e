"""Many short texts on an Axes as one artist: 784 of Matplotlib's own take seconds to draw."""

import dataclasses
import functools
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib import axes as mpl_axes
from matplotlib import collections, font_manager, textpath, transforms
from matplotlib import path as mpl_path

_FONT = font_manager.FontProperties(family="DejaVu Sans")


@dataclasses.dataclass(frozen=True)
class Text:
    """One of the texts, with what Matplotlib's own tells of itself: to make those takes longer."""

    text: str
    position: tuple[float, float]
    colour: Any
    transform: transforms.Transform

    def get_text(self) -> str:
        return self.text

    def get_position(self) -> tuple[float, float]:
        return self.position

    def get_color(self) -> Any:
        return self.colour

    def get_transform(self) -> transforms.Transform:
        return self.transform

    def get_alpha(self) -> None:
        return None

    def get_visible(self) -> bool:
        return True


class Written(collections.PathCollection):
    """Texts whose outlines are drawn all at once, each centred on its place.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where they are added.
    texts : sequence of str
    places : array_like, shape (n, 2)
        The centre of each text, in the coordinates of the data.
    colours : sequence of color
        One for each text.
    size : float
        In points.
    """

    def __init__(
        self,
        axes: mpl_axes.Axes,
        texts: Sequence[str],
        places: np.ndarray,
        colours: Sequence[Any],
        size: float,
    ) -> None:
        super().__init__(
            [_outline(text, size) for text in texts],
            sizes=[1.0],  # an outline is in points; the collection scales it by the figure's dpi
            offsets=places,
            offset_transform=axes.transData,
            facecolors=colours,
            linewidths=0,
        )
        self.set_transform(transforms.IdentityTransform())
        self.set_in_layout(False)
        self._texts, self._colours = list(texts), list(colours)
        axes.add_collection(self, autolim=False)

    def get_texts(self) -> list[Text]:
        """Return each text with its place and colour, as a legend does."""
        places, data = np.asarray(self.get_offsets()), self.get_offset_transform()
        return [
            Text(text, (x, y), colour, data)
            for (x, y), text, colour in zip(places, self._texts, self._colours, strict=True)
        ]


@functools.lru_cache(maxsize=4096)
def _outline(text: str, size: float) -> mpl_path.Path:
    """Return the outline of `text` in points, centred on (0, 0)."""
    width, parts = 0.0, []
    for sign in text:
        outline, advance = _sign(sign, size)
        parts.append(mpl_path.Path(np.add(outline.vertices, (width, 0)), outline.codes))
        width += advance
    whole = mpl_path.Path.make_compound_path(*parts)
    height = _sign("0", size)[0].get_extents().y1
    return mpl_path.Path(whole.vertices - (width / 2, height / 2), whole.codes)


@functools.lru_cache(maxsize=256)
def _sign(sign: str, size: float) -> tuple[mpl_path.Path, float]:
    """Return the outline of one sign, and how far to the right the next one stands."""
    advance = textpath.text_to_path.get_text_width_height_descent(sign, _FONT, False)[0]
    scale = size / _FONT.get_size_in_points()
    return textpath.TextPath((0, 0), sign, size=size, prop=_FONT), advance * scale
