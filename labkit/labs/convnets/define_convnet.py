"""A ConvNet with dropout

The report R1 gets the best figure of all, 0.9185, with a network a hundred times smaller.
Nothing is padded, every layer but the last has relu, and dropout stands in four places.

| layer | puts out |
| --- | --- |
| convolution, 32 filters of 5×5 | 24 × 24 × 32 |
| max pooling 2×2, dropout 0.25 | 12 × 12 × 32 |
| convolution, 64 filters of 3×3 | 10 × 10 × 64 |
| max pooling 2×2, dropout 0.25 | 5 × 5 × 64 |
| convolution, 128 filters of 3×3, dropout 0.4 | 3 × 3 × 128 |
| flatten, dense with 128 nodes, dropout 0.3 | 128 |
| dense with 10 nodes, softmax | 10 |

Build it as `convnet`: 242,058 parameters.
"""

import numpy as np

from labkit.checks import criteria, structures
from labkit.checks.authoring import Exercise, Message
from labkit.labs.convnets import shared

exercise = Exercise(
    __doc__,
    convnet=shared.STRUCTURE,
    hints=(
        "Nothing is padded here: each convolution makes the image a little smaller.",
        "keras.layers.Dropout(rate) is a layer of its own.",
        "Conv2D(32, 5, activation=...), MaxPooling2D(2), Dropout(...), Conv2D(64, 3, ...), ...",
    ),
)


@exercise.solution
def solution(keras):
    convnet = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.Conv2D(32, 5, activation="relu"),
            keras.layers.MaxPooling2D(2),
            keras.layers.Dropout(0.25),
            keras.layers.Conv2D(64, 3, activation="relu"),
            keras.layers.MaxPooling2D(2),
            keras.layers.Dropout(0.25),
            keras.layers.Conv2D(128, 3, activation="relu"),
            keras.layers.Dropout(0.4),
            keras.layers.Flatten(),
            keras.layers.Dense(128, activation="relu"),
            keras.layers.Dropout(0.3),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    return convnet


exercise.require(criteria.takes_images("convnet", 1, channel=True), asks="24 × 24 × 32")
exercise.require(
    structures.order(
        "convnet",
        shared.CONVNET.order("dropout"),
        1,
        "three convolutions with max pooling between them, then two dense layers",
        "Go through the table above from top to bottom.",
    ),
    asks="| layer | puts out |",
)
exercise.require(
    shared.filters("convnet", (32, 64, 128), 1, "32, 64 and 128 filters"),
    asks="convolution, 32 filters of 5×5",
)


@exercise.criterion(1, asks="dropout stands in four places")
def _(convnet):
    """dropout has its four places"""
    seen = shared.chain(convnet)
    if not structures.same_dropout(seen, shared.CONVNET, places_alone=True):
        return Message(
            f"convnet has, from first to last: {seen.words()}",
            "dropout after both poolings, after the last convolution, and after the first dense layer",
            "Look for the lines with dropout in the table above.",
        )


@exercise.criterion(1, asks="max pooling 2×2, dropout 0.25")
def _(convnet):
    """with the rates of the report"""
    seen = _rates(convnet)
    if not _are_rates(seen, shared.RATES):
        told = ", ".join(f"{rate:.4g}" for rate in seen)
        return Message(
            f"The rates of convnet's dropout are {told}" if told else "convnet has no dropout",
            "those of the table, from top to bottom",
            "Compare with the table above, line by line.",
        )


def _rates(convnet):
    return [rate for _, rate in shared.chain(convnet).dropouts()]


def _are_rates(seen, wanted):
    return len(seen) == len(wanted) and np.allclose(seen, wanted, rtol=0, atol=1e-6)


exercise.require(
    shared.hidden_activation("convnet", "relu", 1), asks="every layer but the last has relu"
)
exercise.require(shared.ten_probabilities("convnet", 1), asks="dense with 10 nodes, softmax")
exercise.require(
    shared.as_in_the_report("convnet", shared.CONVNET, 242_058, 1),
    asks="Build it as `convnet`: 242,058 parameters.",
)

exercise.knows(shared.no_channel("convnet"))


@exercise.sign(shown_by=lambda convnet: shared.rebuilt(convnet, without="Dropout"), earns=6)
def dropout_forgotten(convnet):
    """There is no dropout. It changes no parameter count, so the summary's last lines cannot tell."""
    return shared.chain(convnet).steps and not _rates(convnet)


@exercise.sign
def kept_for_dropped(convnet):
    """Keras's rate is the share of values that are dropped, not the share that is kept."""
    return _are_rates(_rates(convnet), 1 - np.array(shared.RATES))


shared.add_softmax(exercise, "convnet", earned=7)


@exercise.sign(shown_by=lambda convnet: shared.rebuilt(convnet, padding="same"), earns=7)
def padded_same(convnet):
    """A convolution pads the image at its edges; this network does not."""
    return any(shared.padded(convnet))


exercise.right(compiled=lambda keras, convnet: shared.fresh(keras, convnet))
exercise.wrong(constant=lambda: 242_058)


@exercise.wrong(earns=7, shows="kept-for-dropped")
def rates_kept(keras, convnet):
    layers = shared.rebuilt(convnet).layers
    for layer in layers:
        if isinstance(layer, keras.layers.Dropout):
            layer.rate = 1 - layer.rate
    return keras.Sequential([keras.Input((28, 28, 1)), *layers])


exercise.wrong(earns=1, another_network=lambda lenet: lenet)
