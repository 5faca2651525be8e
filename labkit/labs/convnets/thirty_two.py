"""Thirty-two predictions

Take R1's images, the 10th, 20th, 30th … 320th as R counts, from the **test** set. Predict all of them
in one call (`chosen_probabilities`), and show them with `labkit.plots.show_predictions`
(`chosen_axes`; `columns=8` makes a good width).
"""

import numpy as np

from labkit.checks import agreement, captions, criteria, measure
from labkit.checks.authoring import ARRAY, PICTURE, Exercise, Message
from labkit.labs.convnets import shared

exercise = Exercise(
    __doc__,
    needs=("restored",),
    needs_first=True,
    chosen_probabilities=ARRAY,
    chosen_axes=PICTURE,
    hints=(
        "Every tenth image, and no loop: a slice cuts all of them out at once.",
        "x_test_scaled[start:stop:step], then restored.predict(...) and "
        "labkit.plots.show_predictions(...).",
        "chosen_probabilities = restored.predict(x_test_scaled[...:...:10], verbose=0); "
        "labkit.plots.show_predictions(x_test[...:...:10], ..., y_test[...:...:10]) returns the axes",
    ),
)

COUNT = 32
EVERY_TENTH = slice(9, 320, 10)  # as Python counts


@exercise.solution(free="columns=8")
def solution(labkit, restored, x_test, x_test_scaled, y_test):
    every_tenth = slice(9, 320, 10)
    chosen_probabilities = restored.predict(x_test_scaled[every_tenth], verbose=0)
    chosen_axes = labkit.plots.show_predictions(
        x_test[every_tenth], chosen_probabilities, y_test[every_tenth], columns=8
    )
    return chosen_probabilities, chosen_axes


exercise.require(
    criteria.shape(
        "chosen_probabilities",
        lambda answers: (COUNT, 10),
        1,
        "predict() takes all 32 images in one call.",
        "chosen_probabilities has a row for each of the 32 images",
        "32 rows of 10 probabilities",
    ),
    asks="Predict all of them in one call",
)


@exercise.criterion(3, asks="the 10th, 20th, 30th … 320th as R counts, from the **test** set")
@shared.measured
def _(restored, chosen_probabilities, x_test):
    """the rows are restored's probabilities"""
    if _are_of(chosen_probabilities, restored, x_test[EVERY_TENTH]):
        return None
    if _are_of(chosen_probabilities, restored, x_test[EVERY_TENTH], scale=1):
        return Message(
            "chosen_probabilities are those of pixels from 0 to 255",
            "those of the 32 test images, scaled as in the training",
            "Cut them out of x_test_scaled.",
        )
    return Message(
        "chosen_probabilities are not restored's probabilities of these images",
        "those of the 32 test images that R1 shows, scaled",
        "Python counts from 0. Cut the images out with a slice that has a step.",
    )


def _are_of(fact, restored, images, scale=255):
    wanted = measure.outputs(restored, images, scale)
    return fact.shape == wanted.shape and np.allclose(
        fact.sample, wanted, rtol=0, atol=agreement.OUTPUTS
    )


@exercise.criterion(2, asks="show them with `labkit.plots.show_predictions`")
def _(chosen_axes, x_test):
    """the figure shows these 32 images"""
    if not _shows(chosen_axes, x_test[EVERY_TENTH]):
        return Message(
            f"The figure shows {len(chosen_axes.panels)} images, and they are not all the right ones",
            "the same 32 test images, in their order",
            "Hand the same slice to labkit.plots.show_predictions.",
        )


def _shows(picture, images):
    panels = picture.panels
    return len(panels) == len(images) and all(map(_same_picture, panels, images))


def _same_picture(panel, image):
    """Tell whether a panel shows `image`: on a white or a black ground, or in other colours."""
    return _go_together(panel.shades, image) or _go_together(panel.image, image)


def _go_together(shown, image):
    if shown is None or shown.shape != image.shape:
        return False
    with np.errstate(invalid="ignore"):  # one shade alone goes with nothing
        return abs(float(np.corrcoef(shown.ravel(), image.ravel())[0, 1])) > 0.99


@exercise.criterion(1, asks="show them with `labkit.plots.show_predictions`")
def _(chosen_probabilities, chosen_axes, x_test, y_test, class_names):
    """the predicted names stand above them"""
    if chosen_probabilities.shape != (COUNT, 10):
        return Message("There are no 32 rows of probabilities to compare the names with")
    predicted = chosen_probabilities.sample.argmax(axis=1)
    written = [captions.classes_at(panel, class_names) for panel in chosen_axes.panels]
    if [names[:1] for names in written] != [[class_names[number]] for number in predicted]:
        return Message(
            "At the images are not the names of the predicted classes",
            "the class with the greatest probability at each image, and first if there are two",
            "labkit.plots.show_predictions takes images, probabilities and labels, and writes them.",
        )
    if not _shows(chosen_axes, x_test[EVERY_TENTH]):
        return None  # what other images truly are is not known
    panels = chosen_axes.panels
    for panel, names, label in zip(panels, written, y_test[EVERY_TENTH], strict=True):
        if "✓" in panel.title and names[0] != class_names[label]:
            return Message(
                f"An image is marked ✓, and what it shows is no {names[0]}",
                "✓ where the prediction is the true class",
                "The labels are those of the data set, not what the network predicts.",
            )
        if not set(names[1:]) <= {class_names[label]}:
            return Message(
                f"At an image stands {names[1]}, which it neither is nor is taken for",
                "the true class of each image, where any stands there besides the predicted one",
                "Hand over the labels of the same images.",
            )


@exercise.sign
def counted_from_one(restored, chosen_probabilities, x_test):
    """R's image 10 is Python's image 9: R counts from 1."""
    return _are_of(chosen_probabilities, restored, x_test[10:321:10])


@exercise.sign
def started_at_zero(restored, chosen_probabilities, x_test):
    """Your slice begins with the very first image. The report's first is its tenth."""
    return _are_of(chosen_probabilities, restored, x_test[0:320:10])


@exercise.sign
def training_images(restored, chosen_probabilities, x_train):
    """These are training images, which the network has seen: nothing to be proud of."""
    return _are_of(chosen_probabilities, restored, x_train[EVERY_TENTH])


exercise.alike.update(
    {
        "chosen_axes: shades inverted": "on a white ground or a black one: the text asks for neither",
        "chosen_axes: *light for dark": "on a white ground or a black one: the text asks for neither",
    }
)


def _predicted(labkit, restored, images, labels):
    scaled = (images / 255).astype("float32")[..., np.newaxis]
    probabilities = restored.predict(scaled, verbose=0)
    return probabilities, labkit.plots.show_predictions(images, probabilities, labels, columns=8)


@exercise.right
def own_loop(class_names, chosen_probabilities, x_test):
    import matplotlib.pyplot as plt

    figure, grid = plt.subplots(4, 8)
    for ax, image, row in zip(grid.flat, x_test[EVERY_TENTH], chosen_probabilities, strict=True):
        ax.imshow(image, cmap="gray")
        ax.set_title(class_names[row.argmax()])
    return chosen_probabilities, figure


@exercise.right
def list_of_indices(labkit, restored, x_test, y_test):
    chosen = [*range(9, 320, 10)]
    return _predicted(labkit, restored, x_test[chosen], y_test[chosen])


exercise.wrong(earns=1, constant=lambda: (np.full((32, 10), 0.1), 0))


@exercise.wrong(earns=2, shows="counted-from-one")
def tenth_as_python_counts(labkit, restored, x_test, y_test):
    return _predicted(labkit, restored, x_test[10:321:10], y_test[10:321:10])


@exercise.wrong(earns=2, shows="started-at-zero")
def from_zero(labkit, restored, x_test, y_test):
    return _predicted(labkit, restored, x_test[0:320:10], y_test[0:320:10])


@exercise.wrong(earns=2, shows="training-images")
def of_the_training_images(labkit, restored, x_train, y_train):
    return _predicted(labkit, restored, x_train[EVERY_TENTH], y_train[EVERY_TENTH])


@exercise.wrong(earns=2)
def first_32(labkit, restored, x_test, y_test):
    return _predicted(labkit, restored, x_test[:32], y_test[:32])


exercise.wrong(earns=4, no_picture=lambda chosen_probabilities: (chosen_probabilities, None))


@exercise.wrong(earns=6)
def labels_of_training_images(labkit, chosen_probabilities, x_test, y_train):
    return chosen_probabilities, labkit.plots.show_predictions(
        x_test[EVERY_TENTH], chosen_probabilities, y_train[EVERY_TENTH], columns=8
    )


@exercise.wrong(earns=3)
def predictions_for_labels(labkit, chosen_probabilities, x_test):
    """A good network may be right on all 32: this one takes each class for the next."""
    others = np.roll(chosen_probabilities, 1, axis=1)
    return others, labkit.plots.show_predictions(
        x_test[EVERY_TENTH], others, others.argmax(axis=1), columns=8
    )


@exercise.wrong
def one_image(labkit, restored, x_test, y_test):
    return _predicted(labkit, restored, x_test[9:10], y_test[9:10])
