"""LeNet

LeNet read handwritten numbers on bank cheques in the 1990s; R3 trains it on clothes. Its activation
is **tanh**, in every layer but the last, and its convolutions are padded, so that only pooling makes
the images smaller.

| layer | puts out |
| --- | --- |
| convolution, 20 filters of 5×5, padded, tanh | 28 × 28 × 20 |
| max pooling 2×2 | 14 × 14 × 20 |
| convolution, 50 filters of 5×5, padded, tanh | 14 × 14 × 50 |
| max pooling 2×2 | 7 × 7 × 50 |
| flatten, dense with 500 nodes, tanh | 500 |
| dense with 10 nodes, softmax | 10 |

Build it as `lenet`: 1,256,080 parameters.
"""

from labkit.checks import canonical, criteria, structures
from labkit.checks.authoring import Exercise
from labkit.labs.convnets import shared

exercise = Exercise(
    __doc__,
    lenet=shared.STRUCTURE,
    hints=(
        "The blueprint is that of lab 3 with one more convolution. Mind the edges: an image of "
        "28×28 stays 28×28.",
        "keras.layers.Conv2D takes padding='same' and activation='tanh'.",
        "keras.Sequential([keras.Input(...), keras.layers.Conv2D(20, 5, padding=..., "
        "activation=...), keras.layers.MaxPooling2D(...), ...])",
    ),
)

LENET = canonical.chain(
    (28, 28, 1),
    canonical.convolution(20, 5, "tanh", padding="same"),
    canonical.max_pooling(2),
    canonical.convolution(50, 5, "tanh", padding="same"),
    canonical.max_pooling(2),
    canonical.flatten(),
    canonical.dense(500, "tanh"),
    canonical.dense(10, "softmax"),
)


@exercise.solution
def solution(keras):
    lenet = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.Conv2D(20, 5, padding="same", activation="tanh"),
            keras.layers.MaxPooling2D(2),
            keras.layers.Conv2D(50, 5, padding="same", activation="tanh"),
            keras.layers.MaxPooling2D(2),
            keras.layers.Flatten(),
            keras.layers.Dense(500, activation="tanh"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    return lenet


exercise.require(criteria.takes_images("lenet", 1, channel=True), asks="28 × 28 × 20")
exercise.require(
    structures.order(
        "lenet",
        LENET.order("dropout"),
        2,
        "two times convolution and max pooling, then flatten and two dense layers",
        "Go through the table above from top to bottom.",
        free=(),
    ),
    asks="| layer | puts out |",
)
exercise.require(
    shared.filters("lenet", (20, 50), 1, "20 and 50 filters"), asks="convolution, 20 filters of 5×5"
)
exercise.require(
    shared.hidden_activation("lenet", "tanh", 2),
    asks="Its activation is **tanh**, in every layer but the last",
)
exercise.require(shared.ten_probabilities("lenet", 1), asks="dense with 10 nodes, softmax")
exercise.require(
    shared.as_in_the_report("lenet", LENET, 1_256_080, 1),
    asks="Build it as `lenet`: 1,256,080 parameters.",
)

exercise.knows(shared.no_channel("lenet"))


@exercise.sign(shown_by=lambda lenet: shared.rebuilt(lenet, pooling="AveragePooling2D"), earns=1)
def average_pooling(lenet):
    """This network takes the mean of each field. Asked is max pooling."""
    return shared.chain(lenet).of("average pooling")


@exercise.sign(shown_by=lambda lenet: shared.rebuilt(lenet, activation="relu"), earns=6)
def relu_for_tanh(lenet):
    """relu is what one would take today. LeNet is older: its layers use tanh."""
    return "relu" in shared.chain(lenet).activations()[:-1]


shared.add_softmax(exercise, "lenet", earned=7)


@exercise.sign(shown_by=lambda lenet: shared.rebuilt(lenet, padding="valid"), earns=7)
def not_padded(lenet):
    """A convolution loses rows and columns at the edges of the image. LeNet pads them."""
    return not all(shared.padded(lenet))


@exercise.right
def layers_of_activation(keras):
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(20, (5, 5), padding="same"),
            layers.Activation("tanh"),
            layers.MaxPooling2D((2, 2), strides=(2, 2)),
            layers.Conv2D(50, (5, 5), padding="same"),
            layers.Activation("tanh"),
            layers.MaxPooling2D((2, 2), strides=(2, 2)),
            layers.Flatten(),
            layers.Dense(500),
            layers.Activation("tanh"),
            layers.Dense(10),
            layers.Softmax(),
        ]
    )


@exercise.right
def tf_keras(lenet):
    import tensorflow as tf

    return shared.rebuilt(lenet, activation=tf.keras.activations.tanh)


exercise.wrong(constant=lambda: 1_256_080)


@exercise.wrong(earns=1)
def another_network(keras):
    layers = keras.layers
    return keras.Sequential(
        [keras.Input((28, 28, 1)), layers.Conv2D(32, 5), layers.Flatten(), layers.Dense(10)]
    )
