"""Trained networks that put out what they did, by other layers.

All of them take a chain of layers that ends in a dense one with relu and the one that puts out
probabilities; dropout may stand between these two.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np


def with_dropout_before_its_last_layer(model: Any) -> Any:
    import keras

    return _with(model, keras.layers.Dropout(0.5), [])


def with_a_dense_layer_more(model: Any) -> Any:
    """Return a copy with a layer that hands on what it gets, for nothing of it is below 0."""
    import keras

    width = model.layers[-1].get_weights()[0].shape[0]
    same = [np.eye(width, dtype="float32"), np.zeros(width, "float32")]
    return _with(model, keras.layers.Dense(width, "relu"), same)


def with_twice_the_nodes_in_a_layer(model: Any) -> Any:
    """Return a copy whose last hidden layer has each node twice, each of which counts half."""
    weights = [part.get_weights() for part in model.layers]
    hidden = max(n for n, part in enumerate(model.layers[:-1]) if part.get_weights())
    kernel, bias = weights[hidden]
    weights[hidden] = [np.hstack([kernel, kernel]), np.hstack([bias, bias])]
    kernel, bias = weights[-1]
    weights[-1] = [np.vstack([kernel, kernel]) / 2, bias]
    layers = [*model.layers]
    settings = layers[hidden].get_config()
    layers[hidden] = type(layers[hidden]).from_config(settings | {"units": 2 * settings["units"]})
    return _made(model, layers, weights)


KINDS: Mapping[str, Callable[[Any], Any]] = {
    change.__name__.replace("_", " "): change
    for change in (
        with_dropout_before_its_last_layer,
        with_a_dense_layer_more,
        with_twice_the_nodes_in_a_layer,
    )
}
"""From what is changed, in words, to what makes such a copy, compiled like the network."""


def _with(model: Any, layer: Any, weights: list[np.ndarray]) -> Any:
    *before, last = model.layers
    kept = [part.get_weights() for part in before]
    return _made(model, [*before, layer, last], [*kept, weights, last.get_weights()])


def _made(model: Any, layers: list[Any], weights: list[list[np.ndarray]]) -> Any:
    import keras

    copies = [type(part).from_config(part.get_config()) for part in layers]
    made = keras.Sequential([keras.Input(model.input_shape[1:]), *copies])
    made.set_weights([array for each in weights for array in each])
    made.compile_from_config(model.get_compile_config())
    return made
