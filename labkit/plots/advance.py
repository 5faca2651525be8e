"""What drawing finds out once in a process, found out before the process forks."""

import io

import numpy as np
from matplotlib import figure as mpl_figure
from matplotlib.backends import backend_agg

from labkit.plots import drawing, images


def draw_in_advance() -> None:
    """Draw pixels as they are and as fractions: fonts, outlines of numbers, how PNG is written.

    pyplot is left alone: it looks for the notebook's shell, which a fork has later.
    """
    whole = np.arange(256, dtype=np.uint8).reshape(16, 16)
    for image in (whole, np.arange(100).reshape(10, 10) / 100):
        figure = mpl_figure.Figure(layout="none")
        images.show_pixels(image, ax=figure.add_subplot())
        written = io.BytesIO()
        backend_agg.FigureCanvasAgg(figure).print_png(written)
        drawing.smaller(written.getvalue())
