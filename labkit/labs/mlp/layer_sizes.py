"""Input layer and output layer

The **input layer** is no layer that computes: it is the values that go in, one node for each. The
**output layer** is the last one, whose values are the answer. How many nodes do they have when a
dense network sorts these images into their classes?
"""

import numpy as np

from labkit.checks.authoring import NUMBER, Exercise

exercise = Exercise(
    __doc__,
    input_nodes=NUMBER,
    output_nodes=NUMBER,
    hints=(
        "The input layer has a node for each value of one image, the output layer a node for each "
        "possible answer.",
        "x_train[0].size counts the values of one image; len(labkit.CLASS_NAMES) the classes.",
        "input_nodes = rows * columns; output_nodes = number of classes",
    ),
)


@exercise.solution
def solution(x_train, labkit):
    input_nodes = x_train[0].size
    output_nodes = len(labkit.CLASS_NAMES)
    return input_nodes, output_nodes


exercise.equal(
    "input_nodes",
    2,
    "the number of values that describe one image",
    "One node for every number that goes in. What is one image made of?",
    asks="it is the values that go in, one node for each",
)
exercise.equal(
    "output_nodes",
    2,
    "the number of values that come out",
    "One node for every number that comes out. What is there a probability of?",
    asks="How many nodes do they have when a dense network sorts these images into their classes?",
)


@exercise.mistake(earns=(2, 2))
def side_for_pixels():
    """28 is the length of a side. A dense layer wants every pixel of the image."""
    yield 28, ...
    yield 56, ...


@exercise.mistake(earns=(2, 2))
def images_counted(x_train):
    """You counted images.

    They go through the network one after the other; the input layer is as large as one of them.
    """
    yield len(x_train), ...
    yield x_train.size, ...


@exercise.mistake
def input_and_output_swapped():
    """The two look swapped: pixels go in, probabilities come out."""
    return 10, 28 * 28


@exercise.mistake(earns=2)
def one_output_node():
    """A single output would have to say “class 8 is twice as much as class 4”.

    Each class gets its own node.
    """
    return ..., 1


exercise.right(
    plain=lambda: (784, 10), numpy_and_float=lambda x_train: (np.prod(x_train.shape[1:]), 10.0)
)
exercise.wrong(constant=lambda: (0, 0))
exercise.wrong(earns=2, shape=lambda: ((28, 28), 10), output_missing=lambda: (784, None))
