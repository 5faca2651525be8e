"""Predict the test images

Let each network name the digit in each test image: three arrays of class numbers.
"""

import numpy as np

from labkit.checks import agreement, measure
from labkit.checks.authoring import ARRAY, Exercise, Message
from labkit.labs.tuning import shared

exercise = Exercise(
    __doc__,
    predictions_one=ARRAY,
    predictions_rate=ARRAY,
    predictions_three=ARRAY,
    needs=shared.FINAL,
    hints=(
        "predict() gives ten probabilities for each image. Which class do they name?",
        "argmax(axis=...) finds the place of the largest value along an axis.",
        "predictions_one = model_one.predict(x_test_scaled, verbose=0).argmax(axis=...)",
    ),
)


@exercise.solution
def solution(model_one, model_rate, model_three, x_test_scaled):
    predictions_one = model_one.predict(x_test_scaled, verbose=0).argmax(axis=1)
    predictions_rate = model_rate.predict(x_test_scaled, verbose=0).argmax(axis=1)
    predictions_three = model_three.predict(x_test_scaled, verbose=0).argmax(axis=1)
    return predictions_one, predictions_rate, predictions_three


@exercise.criterion(2, stop=True, asks="three arrays of class numbers")
def _(predictions_one, predictions_rate, predictions_three, y_test):
    """a class number for each test image"""
    for name, seen in zip(
        exercise.own, (predictions_one, predictions_rate, predictions_three), strict=True
    ):
        whole = np.array_equal(seen.sample, np.round(np.asarray(seen.sample, float)))
        if seen.shape != y_test.shape or not whole:
            return Message(
                f"{name} has the shape {seen.shape} and the type {seen.dtype}",
                f"a whole number for each of the {len(y_test):,} test images",
                "From each row of probabilities take the place of the largest.",
            )


@exercise.criterion(3, asks="Let each network name the digit in each test image")
def _(
    predictions_one, predictions_rate, predictions_three, model_one, model_rate, model_three, data
):
    """the numbers are what the networks predict"""
    told = predictions_one, predictions_rate, predictions_three
    models = model_one, model_rate, model_three
    for name, made, by, model in zip(exercise.own, told, shared.FINAL, models, strict=True):
        try:
            outputs = measure.outputs(model, data.x_test)
        except measure.NotMeasurable as error:
            return Message(f"{by} cannot be tried on the test images: {error}")
        right = agreement.name_the_highest(made, outputs)
        if not right.all():
            return Message(
                f"{name} agrees with {by} on {right.sum():,} of {len(right):,} test images",
                f"what {by} predicts for x_test_scaled",
                f"Hand x_test_scaled, and nothing else, to {by}.predict, then take argmax of each row. Was {by} trained "
                "again since? Then run this cell again.",
            )


@exercise.sign
def probabilities_for_classes(predictions_one):
    """These are probabilities, ten for each image. Asked is one class for each."""
    return predictions_one.shape[1:] == (10,)


@exercise.sign
def argmax_over_wrong_axis(predictions_one):
    """For each class this is the image that looks most like it: the other axis."""
    return predictions_one.shape == (10,)


@exercise.sign
def training_images_predicted(predictions_one, y_train):
    """There is a prediction for each training image. The test images are asked for."""
    return predictions_one.shape == y_train.shape


@exercise.sign
def true_labels_copied(predictions_one, y_test):
    """These are the true labels. No network gets all of them."""
    return np.array_equal(predictions_one.sample, y_test)


@exercise.sign
def max_for_argmax(predictions_one, y_test):
    """This is how large the largest probability is, not where it stands."""
    return (
        predictions_one.shape == y_test.shape
        and 0 < predictions_one.maximum <= 1
        and predictions_one.dtype.startswith("float")
    )


@exercise.right
def lists(predictions_one, predictions_rate, predictions_three):
    return predictions_one.tolist(), predictions_rate.tolist(), predictions_three.tolist()


@exercise.right
def floats(predictions_one, predictions_rate, predictions_three):
    return predictions_one * 1.0, predictions_rate * 1.0, predictions_three * 1.0


exercise.wrong(constant=lambda: (0, 0, 0), one_missing=lambda: (..., None, ...))


# Three good networks may agree on every image of the sample: another's answer would be right.
# And a good one may be right on every image of the sample; one that was only built is not.
@exercise.wrong(earns=(2, 2), shows="true-labels-copied")
def true_labels(build_mlp, x_test_scaled, y_test):
    model = build_mlp(8)
    predicted = model.predict(x_test_scaled, verbose=0).argmax(axis=1)
    yield y_test, y_test, y_test, model, model, model
    yield y_test, predicted, predicted, model, model, model


@exercise.wrong(earns=2)
def images_turned(predictions_one, predictions_rate, predictions_three):
    return predictions_one[::-1], predictions_rate[::-1], predictions_three[::-1]


def _probabilities(x_test_scaled, *models):
    return [model.predict(x_test_scaled, verbose=0) for model in models]


@exercise.wrong(shows="probabilities-for-classes")
def probabilities(x_test_scaled, model_one, model_rate, model_three):
    return tuple(_probabilities(x_test_scaled, model_one, model_rate, model_three))


@exercise.wrong(shows="argmax-over-wrong-axis")
def wrong_axis(x_test_scaled, model_one, model_rate, model_three):
    rows = _probabilities(x_test_scaled, model_one, model_rate, model_three)
    return tuple(part.argmax(axis=0) for part in rows)


@exercise.wrong(shows="max-for-argmax")
def largest_probability(x_test_scaled, model_one, model_rate, model_three):
    rows = _probabilities(x_test_scaled, model_one, model_rate, model_three)
    return tuple(part.max(axis=1) for part in rows)


@exercise.wrong(shows="training-images-predicted")
def training_images(x_train_scaled, model_one):
    (rows,) = _probabilities(x_train_scaled, model_one)
    return (rows.argmax(axis=1),) * 3
