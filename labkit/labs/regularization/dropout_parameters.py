"""What does dropout cost?

Predict before you build. How many parameters do the three dropout layers learn, together, and how many
does the whole network with dropout learn?
"""

import itertools

import numpy as np

from labkit.checks.authoring import NUMBER, Exercise
from labkit.labs.regularization import shared

WEIGHTS = shared.parameters("dropout", biases=False)
FIRST = (28 * 28 + 1) * 512

exercise = Exercise(
    __doc__,
    dropout_parameters=NUMBER,
    all_parameters=NUMBER,
    hints=(
        "Your function drop gets values, a rate and chance. Does it learn anything?",
        "A dense layer has a weight for every pair of an input and a node, and a bias for every "
        "node.",
        "all_parameters = (784 + 1) * 512 + (512 + 1) * … + …",
    ),
)


@exercise.solution
def solution():
    dropout_parameters = 0
    all_parameters = (784 + 1) * 512 + (512 + 1) * 256 + (256 + 1) * 128 + (128 + 1) * 10
    return dropout_parameters, all_parameters


exercise.equal(
    "dropout_parameters",
    2,
    "what the three dropout layers learn",
    "Look at your function drop: which of its numbers are learnt?",
    asks="How many parameters do the three dropout layers learn, together",
)
exercise.equal(
    "all_parameters",
    2,
    "what the whole network learns",
    "Count each dense layer by itself, then add them up.",
    asks="how many does the whole network with dropout learn",
)


@exercise.sign(shown_by=lambda: (1, 1))
def dropout_learns(dropout_parameters):
    """A dropout layer throws dice. It has a rate, which you choose, and nothing to learn."""
    return dropout_parameters > 0


@exercise.mistake(earns=2)
def biases_forgotten():
    """You counted the weights. Every node has a bias, too."""
    return ..., WEIGHTS


@exercise.sign(shown_by=lambda: (..., _of_nodes_that_stay(1)), earns=2)
def fewer_for_dropout(all_parameters):
    """You took something off. Dropped nodes come back in the next batch: all weights are learnt."""
    return any(abs(all_parameters - _of_nodes_that_stay(bias)) <= FIRST // 100 for bias in (0, 1))


def _of_nodes_that_stay(bias):
    """Return how many parameters there were if dropped nodes had none."""
    sizes = zip(shared.SIZES["dropout"], shared.RATES["dropout"], strict=True)
    nodes = [784, *(units * (1 - rate) for units, rate in sizes), 10]
    return sum((before + bias) * after for before, after in itertools.pairwise(nodes))


@exercise.mistake(earns=2)
def first_layer_only():
    """This is the first dense layer. Three more follow."""
    return ..., FIRST


exercise.right(
    floats=lambda: (0.0, 567_434.0),
    counted_by_keras=lambda: (np.int64(0), shared.build("dropout").count_params()),
)
exercise.wrong(earns=2, shows="dropout-learns", a_rate_for_each_node=lambda: (512 + 256 + 128, ...))
exercise.wrong(words=lambda: ("none", "many"))
