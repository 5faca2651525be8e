"""Where the parameters are

Before you print a summary: one layer of LeNet holds nearly all of its parameters. Which one, and how
many are they? Work the number out and write it down as `largest_count`.
"""

from labkit.checks.authoring import NUMBER, Exercise

exercise = Exercise(
    __doc__,
    largest_count=NUMBER,
    hints=(
        "A convolution shares its few weights over the whole image. Which layers do not?",
        "A dense layer has a weight for every value that comes in, and a bias, for each node.",
        "largest_count = (rows * columns * channels + 1) * nodes",
    ),
)


@exercise.solution
def solution():
    largest_count = (7 * 7 * 50 + 1) * 500
    return largest_count


exercise.equal(
    "largest_count",
    4,
    "all weights and biases of one layer",
    "Follow the shape of an image to the layer, then count: inputs, nodes, biases.",
    asks="Which one, and how many are they?",
    title="largest_count is the number of parameters of LeNet's largest layer",
)


@exercise.mistake
def without_biases():
    """The weights are there, the biases are missing: one for each node."""
    return 7 * 7 * 50 * 500


@exercise.mistake
def pooling_forgotten():
    """Each of the two poolings halves rows and columns before Flatten lines them up."""
    yield (28 * 28 * 50 + 1) * 500
    yield (14 * 14 * 50 + 1) * 500


@exercise.mistake
def largest_convolution():
    """This is the larger one of the two convolutions. Another layer has far more."""
    return 5 * 5 * 20 * 50 + 50


@exercise.mistake
def channels_forgotten():
    """Flatten lines up 50 channels, of 7 × 7 values each."""
    return (7 * 7 + 1) * 500


@exercise.mistake
def whole_network():
    """This is the whole network. How much of it is in one layer?"""
    return 1_256_080


exercise.right(
    typed=lambda: 1_225_500, asked_of_the_layer=lambda lenet: lenet.layers[5].count_params()
)
exercise.wrong(constant=lambda: 0, text=lambda: "1,225,500")
