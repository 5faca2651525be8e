"""How many parameters?

Before you build it, predict: how many numbers must be learnt in the hidden layer, and how many in the
output layer? Look at your formula and count. Keras will tell you below whether you were right.
"""

import numpy as np

from labkit.checks.authoring import NUMBER, Exercise
from labkit.labs.mlp import shared

exercise = Exercise(
    __doc__,
    hidden_parameters=NUMBER,
    output_parameters=NUMBER,
    hints=(
        "Begin with one node: a weight for every value that comes in, and one number more.",
        "The formula has a matrix and a bias for each layer. How many numbers do they hold?",
        "hidden_parameters = (inputs + 1) * nodes, and the same for the layer after it.",
    ),
)


@exercise.solution
def solution():
    hidden_parameters = 784 * 128 + 128
    output_parameters = 128 * 10 + 10
    return hidden_parameters, output_parameters


LOOK = "How many lines end in one node of the layer? And what else does a node have?"
exercise.equal(
    "hidden_parameters",
    3,
    "the size of the hidden layer",
    LOOK,
    asks="how many numbers must be learnt in the hidden layer",
)
exercise.equal(
    "output_parameters",
    2,
    "the size of the output layer",
    LOOK,
    asks="how many in the output layer",
)


@exercise.mistake(earns=(2, 3))
def biases_forgotten():
    """You counted the weights. Every node has one parameter more."""
    yield 784 * 128, ...
    yield ..., 128 * 10


@exercise.mistake(earns=(2, 3))
def one_bias_for_the_layer():
    """You counted one bias for the whole layer. Each of its nodes has its own."""
    yield 784 * 128 + 1, ...
    yield ..., 128 * 10 + 1


@exercise.mistake(earns=(2, 3))
def added_not_multiplied():
    """You added. Every node is joined to every value that comes in."""
    yield 784 + 128, ...
    yield ..., 128 + 10


@exercise.mistake(earns=(2, 3))
def whole_network():
    """This is the whole network. Asked is one layer at a time."""
    yield 101_770, ...
    yield ..., 101_770


exercise.right(plain=lambda: (100_480, 1_290))


@exercise.right
def asked_of_keras():
    _, hidden, output = shared.network().layers
    return hidden.count_params(), output.count_params()


exercise.right(numpys=lambda: (np.int64(785) * 128, np.float64(1_290)))
exercise.wrong(constant=lambda: (0, 0), swapped=lambda: (1_290, 100_480))
exercise.wrong(shows="biases-forgotten", weights_alone=lambda: (784 * 128, 128 * 10))
exercise.wrong(shows="added-not-multiplied", sums=lambda: (784 + 128, 128 + 10))
