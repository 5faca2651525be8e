"""A deep stack

The report R2 stacks six convolutions and pools only once. All layers but the last have relu,
all convolutions are padded, and all weights, those of the last layer too, start from **He's normal
distribution** (`kernel_initializer="he_normal"`), which suits relu.

| layer | puts out |
| --- | --- |
| convolution, 6 filters of 5×5 | 28 × 28 × 6 |
| **average** pooling 2×2 | 14 × 14 × 6 |
| convolutions of 3×3 with 32, 64, 128, 256 and 512 filters | 14 × 14 × 512 |
| flatten, dense with 256 nodes | 256 |
| dense with 10 nodes, softmax | 10 |

What many layers share is written once, with `functools.partial`: it makes a function of a function by
filling in some of the arguments. Build the network as `deep`: 27,262,534 parameters.
"""

from labkit.checks import canonical, criteria, structures
from labkit.checks.authoring import Exercise, Message
from labkit.labs.convnets import shared

exercise = Exercise(
    __doc__,
    deep=shared.STRUCTURE,
    hints=(
        "Many layers that differ in one number: write what they share only once.",
        "functools.partial(keras.layers.Conv2D, kernel_size=3, padding=..., ...) makes a function "
        "that needs the number of filters alone.",
        "same = functools.partial(keras.layers.Conv2D, padding='same', activation=..., "
        "kernel_initializer=...); same(32, 3)",
    ),
)

DEEP = canonical.chain(
    (28, 28, 1),
    canonical.convolution(6, 5, "relu", padding="same"),
    canonical.average_pooling(2),
    *(canonical.convolution(2**n, 3, "relu", padding="same") for n in range(5, 10)),
    canonical.flatten(),
    canonical.dense(256, "relu"),
    canonical.dense(10, "softmax"),
)


@exercise.solution
def solution(functools, keras):
    convolution = functools.partial(
        keras.layers.Conv2D, padding="same", activation="relu", kernel_initializer="he_normal"
    )
    dense = functools.partial(keras.layers.Dense, kernel_initializer="he_normal")
    deep = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            convolution(6, 5),
            keras.layers.AveragePooling2D(2),
            *(convolution(filters, 3) for filters in (32, 64, 128, 256, 512)),
            keras.layers.Flatten(),
            dense(256, activation="relu"),
            dense(10, activation="softmax"),
        ]
    )
    return deep


exercise.require(criteria.takes_images("deep", 1, channel=True), asks="28 × 28 × 6")
exercise.require(
    structures.order(
        "deep",
        DEEP.order("dropout"),
        2,
        "six convolutions with one average pooling after the first, then two dense layers",
        "Go through the table above from top to bottom.",
        free=(),
    ),
    asks="stacks six convolutions and pools only once",
)
exercise.require(
    shared.filters("deep", (6, 32, 64, 128, 256, 512), 1, "6 filters, then 32, doubled up to 512"),
    asks="convolutions of 3×3 with 32, 64, 128, 256 and 512 filters",
)
exercise.require(
    shared.hidden_activation("deep", "relu", 1), asks="All layers but the last have relu"
)


@exercise.criterion(1, asks="all weights, those of the last layer too, start from **He's normal")
def _(deep):
    """every layer starts from He's normal distribution"""
    seen = _initializers(deep)
    if seen != {"he_normal"}:
        return Message(
            f"The layers of deep start from {', '.join(sorted(seen))}",
            "He's normal distribution in every convolution and every dense layer",
            "The argument is kernel_initializer; functools.partial writes it only once.",
        )


def _initializers(deep):
    return {step.initializer for step in shared.chain(deep).of("convolution", "dense")}


exercise.require(shared.ten_probabilities("deep", 1), asks="dense with 10 nodes, softmax")
exercise.require(
    shared.as_in_the_report("deep", DEEP, 27_262_534, 1),
    asks="Build the network as `deep`: 27,262,534 parameters.",
)

exercise.knows(shared.no_channel("deep"))


@exercise.sign(shown_by=lambda deep: shared.rebuilt(deep, pooling="MaxPooling2D"), earns=1)
def max_pooling(deep):
    """This network keeps the largest value of each field. Asked is the mean."""
    return shared.chain(deep).of("max pooling")


@exercise.sign(
    shown_by=lambda deep: shared.rebuilt(deep, kernel_initializer="glorot_uniform"), earns=7
)
def default_initializer(deep):
    """Keras's default suits tanh. relu switches half of the values off, so its weights start larger: that is He's rule."""
    return "glorot_uniform" in _initializers(deep)


shared.add_softmax(exercise, "deep", earned=7)


@exercise.sign(shown_by=lambda deep: shared.rebuilt(deep, padding="valid"), earns=7)
def not_padded(deep):
    """The convolutions lose rows and columns at the edges: they have to be padded."""
    return not all(shared.padded(deep))


@exercise.right
def initializer(keras, deep):
    he_normal = keras.initializers.serialize(keras.initializers.HeNormal(1))
    return shared.rebuilt(deep, kernel_initializer=he_normal)


exercise.wrong(constant=lambda: "deep")
exercise.wrong(earns=1, another_network=lambda lenet: lenet)
