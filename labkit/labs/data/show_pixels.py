"""One image, number by number

Draw the training image that **the next cell names** in the same way. Whether it is dark on light or
light on dark, and what stands above and beside it, is up to you.

```python your-image
index = lab.show_pixels.yours()
print(f"Your image is x_train[{index}].")
```
"""

import numpy as np

from labkit.checks.authoring import PICTURE, Exercise, Message
from labkit.labs.data import shared

exercise = Exercise(
    __doc__,
    pixel_axes=PICTURE,
    hints=(
        "The example above drew x_train[0]. Only the index changes.",
        "labkit.plots.show_pixels(image) draws one image and returns its axes.",
        "pixel_axes = labkit.plots.show_pixels(x_train[...])",
    ),
)


@exercise.varies("index")
def your_image(variant):
    # The test set has as many, also in the drawn sample.
    return 1 + variant * 7


@exercise.solution
def solution(labkit, x_train, index):
    pixel_axes = labkit.plots.show_pixels(x_train[index])
    return pixel_axes


@exercise.criterion(3, asks="Draw the training image that **the next cell names**")
def _(pixel_axes, x_train, index):
    """the figure shows your training image"""
    image = x_train[index]
    if not _shows(pixel_axes, image):
        turned = (image.T, image[::-1], image[:, ::-1], image[::-1, ::-1])
        return Message(
            f"The figure does not show the training image with the index {index}",
            f"x_train[{index}], the right way up",
            "It is the right image, but turned: leave its rows and columns in their order."
            if any(_shows(pixel_axes, other) for other in turned)
            else "Hand the image over by its index; Python counts from 0.",
        )


@exercise.criterion(3, asks="in the same way")
def _(pixel_axes, x_train, index):
    """the values stand in their fields"""
    values = set(np.unique(x_train[index])[1:].tolist())
    numbers = [shared.numbers_written(panel) for panel in pixel_axes.panels]
    for panel, written in zip(pixel_axes.panels, numbers, strict=True):
        if values <= set(written.values()) and _are_of_what_is_drawn(panel, written):
            return None
    seen = "The values of the pixels are not written into the picture"
    if not _shows(pixel_axes, x_train[index]):
        seen = "The values of your image are not written into the picture"
    elif any(len(written) > 100 for written in numbers):
        seen = "The numbers in the picture are not the values of the pixels that they stand on"
    return Message(
        seen,
        "a number in each of the 28×28 fields",
        "labkit.plots.show_pixels writes them; seaborn's heatmap does with annot=True.",
    )


def _are_of_what_is_drawn(panel, written):
    """Tell whether each pixel of the picture has its value written on it, 0 perhaps left out."""
    if panel.image is None:
        return False
    drawn = panel.image * (255 if panel.image.max(initial=0) <= 1 else 1)
    fields = np.argwhere(drawn > 0)
    return all(
        abs(written.get((row, column), -1) - drawn[row, column]) < 0.5
        for row, column in fields.tolist()
    )


def _shows(picture, image):
    return any(shared.same_picture(shown, image) for shown in shared.images_shown(picture))


@exercise.sign(shown_by=lambda labkit, x_train: labkit.plots.show_pixels(x_train[0]))
def first_image_again(pixel_axes, x_train):
    """This is the first image, which was drawn above. Take yours."""
    return _shows(pixel_axes, x_train[0])


@exercise.sign(shown_by=lambda labkit, x_train, index: labkit.plots.show_pixels(x_train[index + 1]))
def counted_from_one(pixel_axes, x_train, index):
    """This is the image after yours: Python counts from 0."""
    return _shows(pixel_axes, x_train[index + 1])


@exercise.sign(shown_by=lambda labkit, x_test, index: labkit.plots.show_pixels(x_test[index]))
def test_image(pixel_axes, x_test, index):
    """This image comes from the test set."""
    return _shows(pixel_axes, x_test[index])


def _with_imshow(image, annotate=True):
    import matplotlib.pyplot as plt

    _, ax = plt.subplots()
    ax.imshow(image, cmap="gray_r")
    if annotate:
        for (row, column), value in np.ndenumerate(image):
            ax.text(column, row, str(value))
    return ax


# What the text leaves free.
exercise.alike.update(
    {
        "pixel_axes: shades inverted": "on a white ground or a black one: the text leaves that free",
        "pixel_axes: *title*": "the text leaves free what stands above the image",
        "pixel_axes: axes without names": "the text leaves free what stands beside the image",
        "pixel_axes: names of the axes swapped": "the text leaves free what stands beside the image",
    }
)


@exercise.right
def with_seaborn(x_train, index):
    import seaborn

    return seaborn.heatmap(x_train[index], annot=True, fmt="d", cbar=False)


exercise.right(
    imshow_with_text=lambda x_train, index: _with_imshow(x_train[index]),
    the_whole_figure=lambda labkit, x_train, index: labkit.plots.show_pixels(x_train[index]).figure,
)
exercise.wrong(constant=lambda labkit: labkit.plots.show_pixels(np.zeros((28, 28), np.uint8)))


@exercise.right
def with_an_extent(x_train, index):
    import matplotlib.pyplot as plt

    _, ax = plt.subplots()
    ax.imshow(x_train[index], extent=(0, 28, 0, 28))
    for (row, column), value in np.ndenumerate(x_train[index]):
        if value:
            ax.text(column + 0.5, 27.5 - row, f"{value:.1f}", ha="center")
    return ax


@exercise.wrong(earns=3)
def numbers_on_their_side(x_train, index):
    ax = _with_imshow(x_train[index], annotate=False)
    for (row, column), value in np.ndenumerate(x_train[index]):
        ax.text(row, column, str(value))
    return ax


@exercise.wrong(earns=3)
def numbers_upside_down(x_train, index):
    ax = _with_imshow(x_train[index], annotate=False)
    for (row, column), value in np.ndenumerate(x_train[index]):
        ax.text(column, 27 - row, str(value))
    return ax


exercise.wrong(
    earns=3, no_values=lambda x_train, index: _with_imshow(x_train[index], annotate=False)
)
exercise.wrong(the_image_itself=lambda x_train, index: x_train[index])
exercise.wrong(earns=3, upside_down=lambda x_train, index: _with_imshow(x_train[index][::-1]))
