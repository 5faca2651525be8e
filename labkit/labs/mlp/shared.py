"""What the exercises on functions have in common, and those on what the network puts out."""

import functools

import numpy as np

from labkit.checks import agreement, canonical, measure
from labkit.checks.authoring import Message

CLASSES = 10


def no_numbers(name, result, expected):
    """Say what is wrong with a result that is no array of numbers, nor a list of them."""
    if agreement.as_array(result) is not None:
        return None
    problem = agreement.not_returned(name, result, np.zeros(1), expected)
    return problem or Message(f"{name} returned something else than numbers", expected)


def outputs(model, x_test):
    """Return what the student's network puts out for the test images."""
    return measure.outputs(model, x_test)


def _are_scores(rows):
    return rows.min() < 0 or rows.max() > 1


def probabilities(model, x_test):
    """Return what the student's network puts out, as probabilities where it puts out scores.

    Pictures that follow take nothing else.
    """
    rows = outputs(model, x_test)
    if not _are_scores(rows):
        return rows
    powers = np.exp(rows - rows.max(axis=1, keepdims=True))
    return np.divide(powers, powers.sum(axis=1, keepdims=True))


def holds_scores(name, fact):
    """Say that an array holds scores where probabilities are due; None where it may hold them."""
    if not _are_scores(fact.sample):
        return None
    return Message(
        f"{name} holds numbers from {fact.minimum:.3g} to {fact.maximum:.3g}",
        "probabilities: none is below 0 or above 1",
        "Your network puts out scores. Let keras.activations.softmax make probabilities of them.",
    )


def on_test_images(test):
    """Make a message of it where the student's network cannot be run on the test images."""

    @functools.wraps(test)
    def tried(**asked):
        try:
            return test(**asked)
        except measure.NotMeasurable as error:
            return Message(f"model cannot be tried on the test images: {error}")

    return tried


def blueprint():
    """Return the network of the blueprint, in canonical form."""
    dense = canonical.dense
    return canonical.chain((28, 28), canonical.flatten(), dense(128, "relu"), dense(10, "softmax"))


def network(hidden="relu", output="softmax", units=128, classes=CLASSES, shape=(28, 28)):
    """Return the network of the blueprint, or one that differs from it, for further answers."""
    import keras

    dense = keras.layers.Dense
    layers = [
        keras.layers.Flatten(),
        dense(units, activation=hidden),
        dense(classes, activation=output),
    ]
    return keras.Sequential([keras.Input(shape), *layers])


def compiled(
    optimizer="adam", loss="sparse_categorical_crossentropy", metrics=("accuracy",), **differing
):
    """Return such a network, compiled and not trained."""
    model = network(**differing)
    model.compile(optimizer, loss, metrics=list(metrics))
    return model
