"""Images in a grid, one image with its values, and the maps of a layer."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import seaborn as sns
from matplotlib import axes as mpl_axes
from matplotlib import pyplot as plt
from numpy.typing import ArrayLike

from labkit.plots import alt_text, drawing, given, look, written


@look.drawn_in_our_look
def show_images(
    images: ArrayLike,
    labels: ArrayLike | None = None,
    *,
    class_names: Sequence[str] | None = None,
    columns: int = 5,
) -> np.ndarray:
    """Show images in a grid, each under the name of its class.

    Parameters
    ----------
    images : array_like, shape (n, height, width) or (n, height, width, 1)
        1 to 100 greyscale images of any numeric dtype. 0 is white; black is 255, or 1 where the
        values are fractions from 0 to 1.
    labels : array_like, shape (n,) or (n, classes), optional
        Class numbers, or one-hot rows. Without them the images are numbered.
    class_names : sequence of str, optional
        The names of the classes, in the order of their numbers. Default: Fashion-MNIST's.
    columns : int, default 5
        Images in a row.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes, shape (n,)
        One Axes for each image.

    Raises
    ------
    TypeError
        If an argument is still the placeholder ``...``.
    ValueError
        If shapes, lengths or label values do not fit.
    """
    names = given.class_names(class_names)
    pictures = given.images(images)
    titles = [f"image {index}" for index in range(len(pictures))]
    if labels is not None:
        titles = [names[label] for label in given.labels(labels, names, "labels", len(pictures))]
    above = [look.wrap(title) for title in titles]
    grid = look.image_grid(pictures, columns, max(title.count("\n") + 1 for title in above))
    for axes, title in zip(grid, above, strict=True):
        axes.set_title(title, fontsize=10, y=1.0)  # where it is put anyway, but not searched for
    alt_text.describe(grid[0].figure, f"{look.count(len(grid), 'image')}: {', '.join(titles)}.")
    return grid


@look.drawn_in_our_look
def show_pixels(image: ArrayLike, *, ax: mpl_axes.Axes | None = None) -> mpl_axes.Axes:
    """Show one image as a heat map with the value of every pixel written in.

    Parameters
    ----------
    image : array_like, shape (height, width) or (height, width, 1)
        One greyscale image of at most 32 by 32 pixels. Fractions are written with two digits and
        without the leading zero.
    ax : matplotlib.axes.Axes, optional
        Where to draw; the values need about 10 by 10 inches. Default: a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    TypeError
        If the image is still the placeholder ``...``.
    ValueError
        If it is not one small greyscale image.
    """
    pixels = given.one_image(image)
    axes = _axes_for_values() if ax is None else ax
    low, high = look.value_range(pixels)
    mesh = axes.pcolormesh(
        pixels, vmin=low, vmax=high, cmap="gray_r", edgecolors="#DDDDDD", linewidth=0.2
    )
    sns.despine(ax=axes, left=True, bottom=True)
    _write_values(axes, pixels, mesh.to_rgba(pixels.ravel()))
    _number_pixels(axes, pixels.shape)
    height, width = pixels.shape
    values = f"values from {pixels.min():.3g} to {pixels.max():.3g}"
    axes.set_title(
        f"{height} × {width} pixels, {values} ({pixels.dtype}); "
        f"{low:.3g} is white, {high:.3g} is black",
        y=1.0 if ax is None else None,  # else the student's axes may have numbers up there
    )
    look.describe(
        axes,
        ax is None,
        f"Heat map of one image of {height} by {width} pixels with every value written in its "
        f"cell, {values}, mean {pixels.mean():.3g}.",
    )
    return axes


@look.drawn_in_our_look
def feature_maps(maps: ArrayLike, *, columns: int = 8, title: str | None = None) -> np.ndarray:
    """Show what the filters of one layer make of one image.

    Parameters
    ----------
    maps : array_like, shape (height, width, filters) or (1, height, width, filters)
        The layer's output for one image; 1 to 100 filters. All maps share one scale: 0 is white,
        the greatest value of all is black, so a blank map is a filter that found nothing.
    columns : int, default 8
        Maps in a row.
    title : str, optional
        A title for the picture, for example the name of the layer.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes, shape (filters,)
        One Axes for each filter, under its number.

    Raises
    ------
    TypeError
        If the maps are still the placeholder ``...``.
    ValueError
        If this is not one layer's output for one image.
    """
    array = given.numbers(maps, "maps")
    if array.ndim == 4 and len(array) == 1:
        array = array[0]
    if array.ndim != 3 or not 1 <= array.shape[2] <= given.MOST_IMAGES:
        raise ValueError(
            f"maps has the shape {np.shape(maps)}. Expected the maps of one image, shape (height, "
            f"width, filters) with at most {given.MOST_IMAGES} filters; cut them, for example "
            "maps[0, :, :, :32]."
        )
    heading = title or "Feature maps"
    pictures = array.transpose(2, 0, 1)
    grid = look.image_grid(pictures, columns)
    low = min(array.min(), 0)
    for number, axes in enumerate(grid):
        axes.images[0].set_clim(low, max(array.max(), low + 1e-6))
        axes.set_title(str(number), fontsize=8, y=1.0)
    silent = int((pictures.max(axis=(1, 2)) <= 0).sum())
    height, width, count = array.shape
    words = f"{heading}: {look.count(count, 'map')} of {height} × {width}, {silent} of them blank"
    grid[0].figure.suptitle(words)
    alt_text.describe(grid[0].figure, f"{words}. Largest value {array.max():.3g}.")
    return grid


def _axes_for_values() -> mpl_axes.Axes:
    # Placed by measure: a layout engine would draw all of it twice to find out the same. A cell of
    # 28 by 28 is 25 whole dots wide, so that every 7 looks like every other one.
    figure = plt.figure(figsize=(752 / 80, 776 / 80), layout="none")
    drawing.is_placed(figure)
    return figure.add_axes((44 / 752, 46 / 776, 700 / 752, 700 / 776))


def _write_values(axes: mpl_axes.Axes, pixels: np.ndarray, shades: np.ndarray) -> None:
    rows, columns = np.indices(pixels.shape)
    places = np.column_stack([columns.ravel() + 0.5, rows.ravel() + 0.5])
    shade, which = np.unique(shades, axis=0, return_inverse=True)
    colours = np.array([look.readable_on(colour) for colour in shade])[which.ravel()]
    written.Written(axes, [_short(value) for value in pixels.ravel()], places, colours, 7.5)


def _short(value: Any) -> str:
    """Write a pixel's value in four characters where that is possible."""
    if float(value).is_integer():
        return str(int(value))
    text = f"{value:.2f}"
    return text.replace("0.", ".", 1) if abs(value) < 1 else text


def _number_pixels(axes: mpl_axes.Axes, shape: tuple[int, int]) -> None:
    rows, columns = np.arange(shape[0]), np.arange(shape[1])
    axes.set(aspect="equal", xlim=(0, shape[1]), ylim=(shape[0], 0))
    axes.set_xticks(columns + 0.5, columns, rotation=0, fontsize=8)
    axes.set_yticks(rows + 0.5, rows, rotation=0, fontsize=8)
    axes.set_xlabel("column")
    axes.set_ylabel("row")
