"""What the exercises about pictures have in common."""

import contextlib

import numpy as np


def same_picture(panel, image):
    """Tell whether a panel shows `image`: by its values, in whatever range, or by its shades.

    Whoever turns values round and draws them white on black shows the same as others do.
    """
    if panel.image is not None and panel.image.shape == image.shape:
        values = np.asarray(panel.image, float)
        for top in (1.0, 255.0):
            if np.allclose(values, image / 255.0 * top, rtol=0, atol=top * 2e-3):
                return True
    if panel.shades is None or panel.shades.shape != image.shape:
        return False
    with np.errstate(invalid="ignore"):  # one shade alone goes with nothing
        return abs(float(np.corrcoef(panel.shades.ravel(), image.ravel())[0, 1])) > 0.999


def images_shown(picture):
    """Return the panels of a figure that show an image."""
    return [panel for panel in picture.panels if panel.shades is not None]


def shows_all(picture, images):
    """Tell whether the panels of a figure are `images`, in their order."""
    panels = picture.panels
    return len(panels) == len(images) and all(map(same_picture, panels, images))


def numbers_written(panel):
    """Return the numbers that are written on a picture, by the row and column of their field."""
    found = {}
    for text, (row, column) in zip(panel.texts, panel.fields, strict=False):
        with contextlib.suppress(ValueError, OverflowError):
            found[int(np.floor(row + 1e-6)), int(np.floor(column + 1e-6))] = float(text)
    return found
