"""From probabilities to classes

Make `probabilities` for all scaled test images (`verbose=0` again), then `predicted_classes`: for each
image the class with the highest probability.
"""

import math

import numpy as np

from labkit.checks import agreement, criteria
from labkit.checks.authoring import ARRAY, Exercise, Message
from labkit.labs.mlp import shared

exercise = Exercise(
    __doc__,
    probabilities=ARRAY,
    predicted_classes=ARRAY,
    needs=("model",),
    hints=(
        "predict() gives ten numbers for each image. The class is the place of the highest.",
        "model.predict, then .argmax along the axis of the classes.",
        "probabilities = model.predict(x_test_…, verbose=0); "
        "predicted_classes = probabilities.argmax(axis=…)",
    ),
)


@exercise.solution
def solution(model, x_test_scaled):
    probabilities = model.predict(x_test_scaled, verbose=0)
    predicted_classes = probabilities.argmax(axis=1)
    return probabilities, predicted_classes


@exercise.criterion(1, asks="Make `probabilities` for all scaled test images", stop=True)
def _(probabilities, x_test):
    """probabilities has a row for each test image"""
    if probabilities.shape != (len(x_test), shared.CLASSES):
        return Message(
            f"probabilities has the shape {probabilities.shape}",
            "the shape (test images, 10)",
            "Predict for all test images in one call.",
        )


@exercise.criterion(3, asks="Make `probabilities` for all scaled test images")
@shared.on_test_images
def _(probabilities, model, x_test):
    """probabilities are what the network puts out"""
    if not agreement.puts_out(probabilities, shared.probabilities(model, x_test)):
        return shared.holds_scores("probabilities", probabilities) or Message(
            "probabilities differ from what your network puts out for the test images",
            "the ten probabilities of each test image, as predict() returns them",
            "Predict for the scaled test images, after the last training.",
        )


@exercise.criterion(3, asks="for each image the class with the highest probability")
@shared.on_test_images
def _(predicted_classes, model, x_test):
    """predicted_classes are the most probable ones"""
    if predicted_classes.shape != (len(x_test),):
        return Message(
            f"predicted_classes has the shape {predicted_classes.shape}",
            "one class number for each test image",
            "Along which axis of probabilities do the ten classes lie?",
        )
    if not math.isfinite(predicted_classes.mean):
        return Message(
            "There are values in predicted_classes that are no numbers",
            "one class number for each test image",
            "NumPy finds the place where the highest of the ten numbers stands.",
        )
    right = agreement.name_the_highest(predicted_classes, shared.outputs(model, x_test))
    if not right.all():
        return Message(
            f"Of {len(right):,} predicted_classes that were looked at, {right.sum():,} are the class "
            "with the highest probability",
            "the place of the highest of the ten numbers, for each image",
            "NumPy finds the highest number, or the place where it stands. Which do you need?",
        )


@exercise.sign
def training_images_predicted(probabilities, x_train):
    """These are predictions for the training images, which the network has seen."""
    return probabilities.shape == (len(x_train), shared.CLASSES)


@exercise.sign(shown_by=lambda probabilities: (..., probabilities.argmax(axis=0)), earns=4)
def argmax_over_wrong_axis(predicted_classes):
    """Ten numbers for the whole test set.

    argmax went down the images instead of along the classes.
    """
    return predicted_classes.shape == (shared.CLASSES,)


@exercise.sign(shown_by=lambda probabilities: (..., probabilities.argmax()), earns=4)
def argmax_over_everything(predicted_classes):
    """One number for the whole test set: argmax needs an axis to go along."""
    return predicted_classes.shape == ()


@exercise.sign(shown_by=lambda probabilities: (..., probabilities.max(axis=1)), earns=4)
def max_for_argmax(predicted_classes, x_test):
    """These are the highest probabilities themselves. Which place do they stand in?"""
    return (
        predicted_classes.shape == (len(x_test),)
        and predicted_classes.dtype.startswith("float")
        and 0 < predicted_classes.maximum <= 1
    )


@exercise.mistake(earns=4)
def true_labels_copied(y_test):
    """These are the true labels. Asked is what the network says."""
    return ..., y_test


@exercise.sign(
    shown_by=lambda probabilities: (probabilities.round(), probabilities.round().argmax(axis=1)),
    earns=1,
)
def rounded_probabilities(probabilities, model, x_test):
    """The probabilities were rounded.

    An image with .45 and .44 then looks like a tie, and a row may no longer add up to 1.
    """
    told, seen = probabilities.sample, shared.outputs(model, x_test)[probabilities.rows]
    return np.array_equal(told, told.round(2)) and np.allclose(told, seen, atol=0.51)


@exercise.sign(shown_by=lambda predicted_classes: (..., predicted_classes + 1), earns=4)
def counted_from_one(predicted_classes, model, x_test):
    """Your classes count from 1, as R's which.max does. The labels count from 0."""
    highest = shared.outputs(model, x_test).argmax(axis=1)
    return criteria.agrees(predicted_classes, highest + 1)


@exercise.right
def called_as_tensors(model, x_test_scaled):
    import tensorflow as tf

    rows = model(x_test_scaled)
    return rows, tf.argmax(rows, axis=-1)


@exercise.right
def list_of_integers(probabilities):
    return probabilities, [int(row.argmax()) for row in probabilities]


@exercise.right
def double_precision(probabilities):
    return probabilities.astype(float), np.argsort(probabilities, axis=1)[:, -1]


def _of_scores(x_test_scaled):
    model = shared.network(output=None)
    scores = model.predict(x_test_scaled, verbose=0)
    return scores, scores.argmax(axis=1), model


@exercise.right
def softmax_of_scores(keras, x_test_scaled):
    scores, classes, model = _of_scores(x_test_scaled)
    return keras.activations.softmax(scores), classes, model


exercise.wrong(earns=4, scores_as_they_are=lambda x_test_scaled: _of_scores(x_test_scaled))


@exercise.wrong(earns=1)
def constant(x_test):
    rows = np.zeros((len(x_test), 10))
    return rows, rows


exercise.wrong(
    earns=4,
    all_class_0=lambda y_test: (..., np.zeros_like(y_test)),
    classes_missing=lambda: (..., None),
)


@exercise.wrong(earns=1)
def not_scaled(model, x_test):
    rows = model.predict(x_test, verbose=0)
    return rows, rows.argmax(axis=1)


@exercise.wrong(shows="training-images-predicted")
def training_images(model, x_train_scaled):
    rows = model.predict(x_train_scaled, verbose=0)
    return rows, rows.argmax(axis=1)
