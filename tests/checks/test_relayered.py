"""Networks that put out the same by other layers: that they do, and that it is seen."""

import keras
import numpy as np
import pytest

from labkit.checks import canonical, relayered, structures
from labkit.checks.exercise import MODEL, Criterion, Exercise
from labkit.checks.result import Message

pytestmark = pytest.mark.usefixtures("sample_data")
DENSE = canonical.chain(
    (28, 28), canonical.flatten(), canonical.dense(12, "relu"), canonical.dense(10, "softmax")
)


def _network(*more):
    parts = [keras.layers.Flatten(), keras.layers.Dense(12, "relu"), *more]
    stack = [keras.Input((28, 28)), *parts, keras.layers.Dense(10, "softmax")]
    model = keras.Sequential(stack)
    model.compile("rmsprop", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def _exercise(once=None):
    layers = structures.as_defined("model", lambda seen: DENSE, 1, "Define it anew.", once=once)
    return Exercise("network", "Network", {"model": MODEL}, [layers], ("", "", ""))


@pytest.mark.parametrize("words", relayered.KINDS)
@pytest.mark.parametrize("dropout", [(), (0.3,)])
def test_a_network_puts_out_the_same_by_other_layers(words, dropout):
    model = _network(*map(keras.layers.Dropout, dropout))
    made = relayered.KINDS[words](model)
    images = np.random.default_rng(0).random((20, 28, 28), np.float32)
    assert np.allclose(made(images), model(images), atol=1e-6)
    assert type(made.optimizer) is type(model.optimizer)
    assert len(made.layers) > len(model.layers) or made.count_params() > model.count_params()


@pytest.mark.parametrize("words", relayered.KINDS)
def test_other_layers_are_not_those_of_the_definition(words):
    model = _network()
    assert _exercise().check(model)
    result = _exercise().check(relayered.KINDS[words](model))
    assert not result and "model has, from first to last: " in result.text()


def test_layers_earn_nothing_before_what_they_wait_for():
    waits = Criterion("it has learnt", 2, lambda answers: Message("It guesses."))
    result = _exercise(once=waits).check(_network())
    assert not result and "it has learnt" in result.text()
