"""What the judge measures is what Keras says of the same network."""

import keras
import numpy as np
import pytest

from labkit.checks import measure
from labkit.evidence import networks

layers = keras.layers


def _overconfident(*last):
    """Return a network that gives some right classes a probability far below 1e-7."""
    keras.utils.set_random_seed(3)
    model = keras.Sequential([keras.Input((28, 28)), layers.Flatten(), *last])
    model.set_weights([10 * weight for weight in model.get_weights()])
    model.compile("sgd", "categorical_crossentropy", metrics=["accuracy"])
    return model


@pytest.mark.parametrize(
    "last",
    [
        (layers.Dense(10, activation="softmax"),),
        (layers.Dense(10), layers.Softmax()),
    ],
    ids=["activation", "layer"],
)
def test_loss_and_accuracy_agree_with_keras(last):
    random = np.random.default_rng(4)
    images = random.integers(0, 256, (300, 28, 28), dtype=np.uint8)
    labels = random.integers(0, 10, 300)
    model = _overconfident(*last)
    one_hot = keras.utils.to_categorical(labels, 10)
    loss, accuracy = model.evaluate(images / np.float32(255), one_hot, verbose=0)
    probabilities = model.predict(images / np.float32(255), verbose=0)
    of_probabilities = np.mean(keras.losses.categorical_crossentropy(one_hot, probabilities))
    assert of_probabilities < loss - 1e-2  # the case is one in which they part

    fact = networks.model(model)
    assert measure.accuracy(fact, images, labels) == pytest.approx(accuracy, abs=1e-6)
    assert measure.cross_entropy(fact, images, labels) == pytest.approx(loss, rel=1e-4)
    clipped = measure.cross_entropy(fact, images, labels, least=measure.KERAS_LEAST)
    assert clipped == pytest.approx(of_probabilities, rel=1e-4)
