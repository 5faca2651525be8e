"""A drawing of a network of dense layers: its nodes, and how many there are in each layer."""

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib import axes as mpl_axes
from matplotlib import pyplot as plt

from labkit.plots import alt_text, look

# More nodes than these are drawn as some, a gap, and some: all of them would be a grey wall.
MOST_NODES = 12
_FILL = "#CFE3F1"
_EDGE = "#0072B2"
_LINK = "#8C8C8C"
_TEXT = "#1A1A1A"


@look.drawn_in_our_look
def draw_network(
    network: Any, *, title: str | None = None, ax: mpl_axes.Axes | None = None
) -> mpl_axes.Axes:
    """Draw a network of dense layers: a column of nodes for each layer.

    A layer of more than 12 nodes is drawn with a gap in the middle; its number stands below it.

    Parameters
    ----------
    network : keras.Model or sequence of int
        A built network, whose dense layers are drawn, or the numbers of nodes from the input to
        the output: ``[784, 128, 10]``.
    title : str, optional
        Default: the numbers of nodes, and the number of weights and biases between them.
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The layers from left to right.

    Raises
    ------
    TypeError
        If `network` is still the placeholder ``...``.
    ValueError
        If it has no dense layer, is not built, or the numbers are no numbers of nodes.
    """
    sizes, activations = _layers(network)
    axes = plt.subplots(figsize=(1.7 * len(sizes) + 1, 3.8))[1] if ax is None else ax
    columns = [_heights(size) for size in sizes]
    for place in range(len(sizes) - 1):
        _draw_links(axes, place, columns[place], columns[place + 1])
    for place, (size, heights) in enumerate(zip(sizes, columns, strict=True)):
        axes.scatter(np.full(len(heights), place), heights, 60, c=_FILL, edgecolors=_EDGE, zorder=3)
        if size > len(heights):
            axes.text(place, 0, "⋮", ha="center", va="center", fontsize=16, color=_TEXT)
        words = f"{size} {_role(place, len(sizes))}\n{activations[place]}".rstrip()
        axes.text(place, -1.15, words, ha="center", va="top", color=_TEXT)
    axes.set(xlim=(-0.6, len(sizes) - 0.4), ylim=(-1.55, 1.1))
    axes.axis("off")
    weights = sum((before + 1) * after for before, after in itertools.pairwise(sizes))
    heading = f"{' – '.join(map(str, sizes))}: {weights:,} parameters"
    axes.set_title(heading if title is None else title, color=_TEXT, fontsize=11)
    alt_text.describe(
        axes.figure if ax is None else axes,
        f"A network of {len(sizes)} layers, drawn from left to right with all links between "
        f"neighbours: {', '.join(_words(sizes, activations))}. {weights:,} parameters.",
    )
    return axes


def _layers(network: Any) -> tuple[list[int], list[str]]:
    """Return the numbers of nodes and the activations, input and output included."""
    if network is ...:
        raise TypeError("network is still the placeholder ...: do the exercise above first.")
    if hasattr(network, "layers"):
        return _dense_layers(network)
    if isinstance(network, Sequence | np.ndarray) and not isinstance(network, str):
        sizes = list(network)
        whole = all(isinstance(size, int | np.integer) and size > 0 for size in sizes)
        if whole and len(sizes) >= 2:
            return [int(size) for size in sizes], [""] * len(sizes)
    raise ValueError(
        f"network must be a Keras network or numbers of nodes such as [784, 128, 10], not "
        f"{str(network)[:60]!r}."
    )


def _dense_layers(network: Any) -> tuple[list[int], list[str]]:
    dense = [layer for layer in network.layers if type(layer).__name__ == "Dense"]
    if not dense or not network.built:
        raise ValueError(
            "The network has no dense layer or is not built yet: begin it with keras.Input(...)."
        )
    inputs = int(dense[0].kernel.shape[0])
    names = [getattr(layer.activation, "__name__", "") for layer in dense]
    return [inputs, *(int(layer.units) for layer in dense)], ["", *names]


def _heights(size: int) -> np.ndarray:
    """Return where a layer's nodes are drawn, from -1 to 1; a gap stands for those left out."""
    if size <= MOST_NODES:
        return np.linspace(-1, 1, size) * (size - 1) / (MOST_NODES - 1)
    half = np.linspace(0.25, 1, MOST_NODES // 2)
    return np.concatenate([-half[::-1], half])


def _draw_links(axes: mpl_axes.Axes, place: int, left: np.ndarray, right: np.ndarray) -> None:
    for start in left:
        for end in right:
            axes.plot([place, place + 1], [start, end], color=_LINK, linewidth=0.3, zorder=1)


def _role(place: int, count: int) -> str:
    return {0: "inputs", count - 1: "outputs"}.get(place, "nodes")


def _words(sizes: Sequence[int], activations: Sequence[str]) -> list[str]:
    return [
        f"{size} {_role(place, len(sizes))}" + (f" with {activation}" if activation else "")
        for place, (size, activation) in enumerate(zip(sizes, activations, strict=True))
    ]
