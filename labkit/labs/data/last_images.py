"""The last 25 images

Take the first training images, **as many as the next cell says**, and show the **last** 25 of these
in the same way, with the names of their classes. Whether they are dark on light or light on dark is
up to you.

```python your-images
many = lab.last_images.yours()
print(f"Your images are the first {many:,}, x_train[:{many}].")
```
"""

import numpy as np

from labkit.checks import captions
from labkit.checks.authoring import PICTURE, Exercise, Message
from labkit.labs.data import shared

exercise = Exercise(
    __doc__,
    last_axes=PICTURE,
    hints=(
        "The example above took the first 25. Only the slice changes, for images and labels.",
        "x_train[:25] are the first 25 images. A negative start counts from the end of a slice.",
        "last_axes = labkit.plots.show_images(x_train[:many][...:], y_train[:many][...:])",
    ),
)


@exercise.varies("many")
def your_images(x_train, variant):
    # Less than there are, also in the drawn sample; never 25 images that another variant has.
    return 500 + 53 * variant if variant else len(x_train)


@exercise.solution
def solution(labkit, x_train, y_train, many):
    last_axes = labkit.plots.show_images(x_train[:many][-25:], y_train[:many][-25:])
    return last_axes


@exercise.criterion(3, stop=True, asks="show the **last** 25 of these")
def _(last_axes):
    """the figure shows 25 images"""
    count = len(shared.images_shown(last_axes))
    if count != 25:
        return Message(
            f"The figure shows {count} images",
            "25 images",
            "Cut the last 25 entries out of your images and of their labels.",
        )


@exercise.criterion(5, asks="show the **last** 25 of these")
def _(last_axes, x_train, many):
    """they are the last 25 of your images, in order"""
    if not shared.shows_all(last_axes, x_train[:many][-25:]):
        return Message(
            f"These are not the last 25 of the first {many:,} training images in their order",
            f"x_train[:{many}] from its 25th-last image to its last",
            "A slice with a negative start counts from the end.",
        )


@exercise.criterion(4, asks="with the names of their classes")
def _(last_axes, class_names, y_train, many):
    """each has the name of its class above it"""
    if not any(_written(last_axes, class_names)):
        return Message(
            "No name of a class stands at the images",
            "the class name of each image as its title",
            "labkit.CLASS_NAMES has the name of each label; show_images takes the labels, too.",
        )
    if not _names_are(last_axes, class_names, y_train[:many][-25:]):
        return Message(
            "The names at the images are not those of the last 25 of your images",
            "the class name of each image as its title",
            "Cut the labels exactly as the images are to be cut.",
        )


def _written(picture, names):
    return [captions.classes_at(panel, names) for panel in picture.panels]


def _names_are(picture, names, labels):
    """Tell whether at each panel stands the name of its label, and no other one."""
    return _written(picture, names) == [[names[label]] for label in labels]


@exercise.sign(
    shown_by=lambda labkit, x_train, y_train: labkit.plots.show_images(x_train[:25], y_train[:25]),
    earns=3,
)
def first_not_last(last_axes, x_train):
    """These are the first 25 images."""
    return shared.shows_all(last_axes, x_train[:25])


@exercise.sign(
    shown_by=lambda labkit, x_test, y_test: labkit.plots.show_images(x_test[-25:], y_test[-25:]),
    earns=3,
)
def test_set_shown(last_axes, x_test):
    """These images come from the test set."""
    return shared.shows_all(last_axes, x_test[-25:])


@exercise.sign
def reversed(last_axes, x_train, many):
    """The right images, but from the last to the first."""
    return shared.shows_all(last_axes, x_train[:many][::-1][:25])


@exercise.sign
def last_one_missing(last_axes, x_train, many):
    """Your slice stops before the last image: leave its end empty."""
    return shared.shows_all(last_axes, x_train[:many][-26:-1])


@exercise.sign
def labels_of_others(last_axes, class_names, y_train):
    """The names belong to the first 25 images."""
    return _names_are(last_axes, class_names, y_train[:25])


@exercise.sign
def alphabetical_classes(last_axes, class_names, y_train, many):
    """The names are sorted by the alphabet: class 0 is not the first of them."""
    return _names_are(last_axes, sorted(class_names), y_train[:many][-25:])


@exercise.sign
def on_their_side(last_axes, x_train, many):
    """The images lie on their side: rows and columns are swapped."""
    return shared.shows_all(last_axes, x_train[:many][-25:].transpose(0, 2, 1))


def _grid(images, names):
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(5, 5)
    for ax, image, name in zip(axes.flat, images, names, strict=True):
        ax.imshow(image, cmap="gray")
        ax.set_title(name)
        ax.axis("off")
    return figure


# What the text leaves free.
exercise.alike.update(
    {
        "last_axes: shades inverted": "on a white ground or a black one: the text leaves that free",
        "last_axes: *light for dark": "on a white ground or a black one: the text leaves that free",
    }
)


@exercise.right
def with_own_loop(x_train, y_train, class_names, many):
    names = [class_names[label] for label in y_train[:many][-25:]]
    return _grid(x_train[:many][-25:], names)


@exercise.right
def cut_by_length(labkit, x_train, y_train, many):
    start = many - 25
    return labkit.plots.show_images(x_train[start:many] / 255, y_train[start:many])


@exercise.right
def white_on_black(x_train, y_train, class_names, many):
    names = [class_names[label] for label in y_train[many - 25 : many]]
    return _grid(255 - x_train[many - 25 : many], names)


exercise.wrong(earns=3, constant=lambda: _grid(np.ones((25, 28, 28)), ["Shirt"] * 25))


@exercise.wrong(earns=3, shows="reversed")
def from_the_end(labkit, x_train, y_train, many):
    return labkit.plots.show_images(x_train[:many][:-26:-1], y_train[:many][:-26:-1])


@exercise.wrong(earns=3, shows="last-one-missing")
def stops_early(labkit, x_train, y_train, many):
    return labkit.plots.show_images(x_train[:many][-26:-1], y_train[:many][-26:-1])


@exercise.wrong(earns=8, shows="labels-of-others")
def labels_of_the_first(labkit, x_train, y_train, many):
    return labkit.plots.show_images(x_train[:many][-25:], y_train[:25])


@exercise.wrong(earns=8, shows="alphabetical-classes")
def names_by_the_alphabet(x_train, y_train, class_names, many):
    names = [sorted(class_names)[label] for label in y_train[:many][-25:]]
    return _grid(x_train[:many][-25:], names)


@exercise.wrong(earns=7, shows="on-their-side")
def turned_on_their_side(x_train, y_train, class_names, many):
    names = [class_names[label] for label in y_train[:many][-25:]]
    return _grid(x_train[:many][-25:].transpose(0, 2, 1), names)


@exercise.wrong
def too_few(labkit, x_train, y_train, many):
    return labkit.plots.show_images(x_train[:many][-24:], y_train[:many][-24:])


@exercise.wrong(earns=8)
def numbers_above(x_train, y_train, many):
    return _grid(x_train[:many][-25:], [str(label) for label in y_train[:many][-25:]])
