"""The drawing of a network: what it counts, what it says in words, and what it refuses."""

import keras
import matplotlib.pyplot as plt
import numpy as np
import pytest

from labkit import plots
from labkit.plots import alt_text, networks


def _texts(axes):
    return [text.get_text() for text in axes.texts]


def _nodes(axes):
    return [len(column.get_offsets()) for column in axes.collections]


def _network():
    return keras.Sequential(
        [
            keras.Input((28, 28)),
            keras.layers.Flatten(),
            keras.layers.Dense(5, "relu"),
            keras.layers.Dropout(0.2),
            keras.layers.Dense(10, "softmax"),
        ]
    )


def test_draws_each_node_of_a_small_layer_and_some_of_a_large_one():
    axes = plots.draw_network([784, 5, 10])
    assert _nodes(axes) == [networks.MOST_NODES, 5, 10]
    assert [text.split("\n")[0] for text in _texts(axes) if text != "⋮"] == [
        "784 inputs",
        "5 nodes",
        "10 outputs",
    ]
    assert _texts(axes).count("⋮") == 1


def test_draws_the_dense_layers_of_a_keras_network():
    network = _network()
    axes = plots.draw_network(network)
    assert axes.get_title() == f"784 – 5 – 10: {network.count_params():,} parameters"
    assert "5 nodes\nrelu" in _texts(axes) and "10 outputs\nsoftmax" in _texts(axes)


def test_says_itself_in_words():
    words = alt_text.alt_text(plots.draw_network(_network()).figure)
    assert "784 inputs, 5 nodes with relu, 10 outputs with softmax" in words


def test_draws_where_it_is_told():
    _, axes = plt.subplots(1, 2)
    assert plots.draw_network([3, 2], ax=axes[1], title="small") is axes[1]
    assert axes[1].get_title() == "small" and not axes[0].has_data()


@pytest.mark.parametrize(
    ("network", "error", "said"),
    [
        (..., TypeError, "still the placeholder"),
        ([784], ValueError, "numbers of nodes"),
        ([784, 0], ValueError, "numbers of nodes"),
        ([784, 2.5], ValueError, "numbers of nodes"),
        ("784", ValueError, "numbers of nodes"),
        (np.ones((2, 2)), ValueError, "numbers of nodes"),
        (keras.Sequential([keras.layers.Dense(3)]), ValueError, "keras.Input"),
        (keras.Sequential([keras.Input((4,))]), ValueError, "no dense layer"),
    ],
)
def test_refuses_what_is_no_network(network, error, said):
    with pytest.raises(error, match=said):
        plots.draw_network(network)
