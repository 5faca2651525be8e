"""One image, number by number

Draw the **second** training image in the same way.
"""

import numpy as np

from labkit.checks.authoring import PICTURE, Exercise, Message
from labkit.labs.data import shared

exercise = Exercise(
    __doc__,
    pixel_axes=PICTURE,
    hints=(
        "The example above drew x_train[0]. Yours is the image after it.",
        "labkit.plots.show_pixels(image) draws one image and returns its axes.",
        "pixel_axes = labkit.plots.show_pixels(x_train[...])",
    ),
)


@exercise.solution
def solution(labkit, x_train):
    pixel_axes = labkit.plots.show_pixels(x_train[1])
    return pixel_axes


@exercise.criterion(3, asks="Draw the **second** training image")
def _(pixel_axes, x_train):
    """the figure shows the second training image"""
    if not _shows(pixel_axes, x_train[1]):
        return Message(
            "The figure does not show the second training image",
            "x_train[1], the right way up",
            "Hand the image over by its index; Python counts from 0.",
        )


@exercise.criterion(3, asks="in the same way")
def _(pixel_axes, x_train):
    """the values stand in their fields"""
    for panel in pixel_axes.panels:
        written = {text.strip() for text in panel.texts}
        if len(panel.texts) >= 300 and {str(n) for n in np.unique(x_train[1])[1:]} <= written:
            return None
    return Message(
        "The values of the pixels are not written into the picture",
        "a number in each of the 28×28 fields",
        "labkit.plots.show_pixels writes them; seaborn's heatmap does with annot=True.",
    )


def _shows(picture, image):
    return any(shared.same_picture(shown, image) for shown in shared.images_shown(picture))


@exercise.sign
def first_image_again(pixel_axes, x_train):
    """This is the first image. The second has the index 1."""
    return _shows(pixel_axes, x_train[0])


@exercise.sign
def counted_from_one(pixel_axes, x_train):
    """This is the third image: Python counts from 0."""
    return _shows(pixel_axes, x_train[2])


@exercise.sign
def test_image(pixel_axes, x_test):
    """This image comes from the test set."""
    return _shows(pixel_axes, x_test[1])


def _with_imshow(image, annotate=True):
    import matplotlib.pyplot as plt

    _, ax = plt.subplots()
    ax.imshow(image, cmap="gray_r")
    if annotate:
        for (row, column), value in np.ndenumerate(image):
            ax.text(column, row, str(value))
    return ax


@exercise.right
def with_seaborn(x_train):
    import seaborn

    return seaborn.heatmap(x_train[1], annot=True, fmt="d", cbar=False)


@exercise.right
def imshow_with_text(x_train):
    return _with_imshow(x_train[1])


@exercise.right
def the_whole_figure(labkit, x_train):
    return labkit.plots.show_pixels(x_train[1]).figure


@exercise.wrong
def constant(labkit):
    return labkit.plots.show_pixels(np.zeros((28, 28), np.uint8))


@exercise.wrong(shows="first-image-again")
def first_image(labkit, x_train):
    return labkit.plots.show_pixels(x_train[0])


@exercise.wrong(shows="counted-from-one")
def third_image(labkit, x_train):
    return labkit.plots.show_pixels(x_train[2])


@exercise.wrong(shows="test-image")
def image_of_the_test_set(labkit, x_test):
    return labkit.plots.show_pixels(x_test[1])


@exercise.wrong(earns=3)
def no_values(x_train):
    return _with_imshow(x_train[1], annotate=False)


@exercise.wrong
def the_image_itself(x_train):
    return x_train[1]


@exercise.wrong(earns=3)
def upside_down(x_train):
    return _with_imshow(x_train[1][::-1])
