"""Define the network

Now build `model2` in Keras after the blueprint. Begin with `keras.Input`. Use relu in the
convolution and in the first dense layer (128 nodes, or fewer if your computer is slow, but at least
16), and in the last layer the activation that makes ten probabilities which add up to 1.

How is a layer called, and what does it take? Run `keras.layers.Conv2D?` in a new cell: the question
mark opens its documentation, as `?layer_conv_2d` does in R.
"""

from labkit.checks import canonical, criteria, structures
from labkit.checks.authoring import MODEL, Exercise, Message
from labkit.checks.exercise import Criterion
from labkit.labs.cnn import shared

exercise = Exercise(
    __doc__,
    model2=MODEL,
    hints=(
        "Input, then five layers, each of which you have met: two by hand in this lab, two kinds "
        "in lab 2.",
        "keras.Input, keras.layers.Conv2D, MaxPooling2D, Flatten and Dense, in a keras.Sequential.",
        "keras.Sequential([keras.Input(...), keras.layers.Conv2D(filters, kernel_size, "
        "activation=...), keras.layers.MaxPooling2D(...), ...])",
    ),
)


# Whoever has a slow computer takes fewer nodes.
@exercise.solution(free="128")
def solution(keras):
    model2 = keras.Sequential(
        [
            keras.Input(shape=(28, 28, 1)),
            keras.layers.Conv2D(32, (3, 3), activation="relu"),
            keras.layers.MaxPooling2D((2, 2)),
            keras.layers.Flatten(),
            keras.layers.Dense(128, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    return model2


def _chain(model2):
    return canonical.canonical(model2.config)


exercise.require(criteria.takes_images("model2", 2, channel=True), asks="Begin with `keras.Input`.")
exercise.require(
    structures.order(
        "model2",
        shared.blueprint().order(),
        3,
        "convolution, max pooling, flatten, dense, dense, in this order",
        "Take the layers one by one from the blueprint above.",
        free=(),
    ),
    asks="after the blueprint",
)


@exercise.criterion(2, asks="after the blueprint")
def _(model2):
    """32 filters of 3×3"""
    settings = _chain(model2).of("convolution")[0].settings
    filters, kernel = settings["filters"], settings["kernel"]
    if (filters, kernel) != (32, (3, 3)):
        return Message(
            f"The convolution has {filters} filters of {'×'.join(map(str, kernel))}",
            "32 filters of 3×3",
            "Conv2D takes the number of filters first, then the size of the kernel.",
        )


@exercise.criterion(2, asks="after the blueprint")
def _(model2):
    """pooling fields of 2×2"""
    settings = _chain(model2).of("max pooling")[0].settings
    if not settings["size"] == settings["strides"] == (2, 2):
        size, steps = ("×".join(map(str, settings[key])) for key in ("size", "strides"))
        return Message(
            f"Pooling takes fields of {size} in steps of {steps}",
            "fields of 2×2, side by side",
            "MaxPooling2D takes the size of the field; the step follows from it.",
        )


@exercise.criterion(1, asks="Use relu in the convolution and in the first dense layer")
def _(model2):
    """relu in the convolution and in the first dense layer"""
    layers = "convolution", "first dense layer"
    for layer, name in zip(layers, _chain(model2).activations(), strict=False):
        if name != "relu":
            return Message(
                f"The {layer} has the activation {name}",
                "relu in the convolution and in the first dense layer",
                "Every layer has an argument for it.",
            )


@exercise.criterion(1, asks="(128 nodes, or fewer if your computer is slow")
def _(model2):
    """a first dense layer of 128 nodes, or of fewer on a slow computer"""
    width = structures.units(_chain(model2))[0]
    if not shared.LEAST_UNITS <= width <= shared.UNITS:
        return Message(
            f"The first dense layer has {structures.nodes(width)}",
            f"{shared.UNITS}, or fewer, but no fewer than {shared.LEAST_UNITS}",
            "Its first argument is the number of nodes.",
        )


def _ends_in_probabilities(answers):
    chain = _chain(answers.model2)
    units, name = structures.units(chain)[-1], chain.activations()[-1]
    if (units, name) != (10, "softmax"):
        return Message(
            f"The last layer has {structures.nodes(units)} and the activation {name}",
            "one probability for each class, which add up to 1",
            "Which activation makes ten probabilities out of ten numbers?",
        )
    return structures.computes("model2", answers, chain)


def _is_the_blueprints(answers):
    wanted = shared.blueprint(structures.units(_chain(answers.model2))[0])
    unlike = structures.built_like("model2", wanted, answers)
    if unlike is not None:
        return Message(
            unlike.saw,
            "as many values and parameters as follow from the shapes that you predicted",
            "Compare the shapes in model2.summary() with those that you predicted.",
        )


exercise.require(
    Criterion("ten probabilities come out", 2, _ends_in_probabilities),
    asks="in the last layer the activation that makes ten probabilities which add up to 1",
)
exercise.require(
    Criterion("shapes and parameters are those of the blueprint", 1, _is_the_blueprints),
    asks="after the blueprint",
)


@exercise.sign
def missing_channel_axis(model2):
    """The input has no channel axis: a convolution wants rows, columns and channels."""
    return (model2.input_shape or ())[1:] == (28, 28)


@exercise.sign(
    shown_by=lambda keras: shared.network(keras, pool=keras.layers.AveragePooling2D(2)), earns=2
)
def average_pooling(model2):
    """This network takes the mean of each field. Asked is max pooling."""
    return _chain(model2).of("average pooling")


@exercise.sign
def missing_pooling(model2):
    """Nothing between the convolution and the dense layers makes the images smaller."""
    chain = _chain(model2)
    return chain.steps and not chain.of("max pooling", "average pooling")


@exercise.sign
def missing_flatten(model2):
    """The dense layers see images instead of a vector.

    And so there are ten numbers for every place in the image.
    """
    return _chain(model2).of("convolution") and not _chain(model2).of("flatten")


@exercise.sign
def filters_and_kernel_swapped(model2):
    """Three filters? The number of filters comes first, the size of the kernel second."""
    return [step.settings["filters"] for step in _chain(model2).of("convolution")][:1] == [3]


@exercise.sign(shown_by=lambda keras: shared.network(keras, last="sigmoid"), earns=12)
def sigmoid_for_softmax(model2):
    """Sigmoid rates each class for itself: the ten numbers do not add up to 1.

    Here exactly one class is right.
    """
    return _chain(model2).activations()[-1:] == ["sigmoid"]


@exercise.sign(shown_by=lambda keras: shared.network(keras, last=None), earns=12)
def no_softmax(model2):
    """The last layer has no activation: its ten numbers are scores, not probabilities."""
    return _chain(model2).activations()[-1:] == ["linear"]


@exercise.sign(shown_by=lambda keras: shared.network(keras, classes=1), earns=11)
def wrong_number_of_classes(model2):
    """The last layer needs one node for each class."""
    return structures.units(_chain(model2))[-1:] not in ([], [10])


@exercise.sign
def hidden_without_activation(model2):
    """A layer before the last has no activation.

    Layers without one, one behind the other, do no more than a single one.
    """
    return "linear" in _chain(model2).activations()[:-1]


@exercise.sign(
    shown_by=lambda keras: shared.network(keras, shared.convolution(keras, padding="same")),
    earns=13,
)
def padded_same(model2):
    """The convolution pads the image at its edges; nobody asked for that here."""
    return any(
        any(map(any, step.settings["padding"])) for step in _chain(model2).of("convolution")[:1]
    )


@exercise.right
def functional(keras):
    layers = keras.layers
    image = keras.Input((28, 28, 1), name="image")
    x = layers.MaxPool2D(2)(layers.Conv2D(32, 3, activation="relu")(image))
    x = layers.Dense(128, activation="relu")(layers.Flatten()(x))
    return keras.Model(image, layers.Dense(10, activation="softmax")(x))


@exercise.right
def added_layer_by_layer(keras):
    layers = keras.layers
    model = keras.Sequential()
    model.add(layers.Input((28, 28, 1)))
    model.add(layers.Convolution2D(filters=32, kernel_size=[3, 3]))
    model.add(layers.ReLU())
    model.add(layers.MaxPooling2D(pool_size=(2, 2), strides=2))
    model.add(layers.Flatten())
    model.add(layers.Dense(64))
    model.add(layers.Activation("relu"))
    model.add(layers.Dense(10))
    model.add(layers.Softmax())
    return model


@exercise.right
def through_tensorflow():
    import tensorflow as tf

    parts, activations = tf.keras.layers, tf.keras.activations
    return tf.keras.models.Sequential(
        [
            parts.Input(shape=(28, 28, 1)),
            parts.Conv2D(32, (3, 3), activation=tf.nn.relu),
            parts.MaxPooling2D(),
            parts.Flatten(),
            parts.Dense(16, activation=activations.relu),
            parts.Dense(10, activation=activations.softmax),
        ]
    )


exercise.wrong(
    constant=lambda: 0,
    list_of_layers=lambda keras: [shared.convolution(keras), *shared.dense_part(keras)],
)


@exercise.wrong
def no_input(keras):
    images = shared.convolution(keras), keras.layers.MaxPooling2D()
    return keras.Sequential([*images, *shared.dense_part(keras)])


@exercise.wrong(shows="missing-channel-axis")
def no_channel(keras):
    inside = keras.layers.Reshape((28, 28, 1)), shared.convolution(keras)
    rest = keras.layers.MaxPooling2D(), *shared.dense_part(keras)
    return shared.sequence(keras, *inside, *rest, shape=(28, 28))


@exercise.wrong(earns=2, shows="missing-pooling")
def no_pooling(keras):
    return shared.sequence(keras, shared.convolution(keras), *shared.dense_part(keras))


@exercise.wrong(earns=2, shows="missing-flatten")
def no_flatten(keras):
    _, *dense = shared.dense_part(keras)
    images = shared.convolution(keras), keras.layers.MaxPooling2D()
    return shared.sequence(keras, *images, *dense)


@exercise.wrong(earns=11, shows="filters-and-kernel-swapped")
def filters_for_the_kernel(keras):
    return shared.network(keras, shared.convolution(keras, 3, (32, 32), padding="same"))


@exercise.wrong(earns=13, shows="hidden-without-activation")
def a_layer_without_activation(keras):
    yield shared.network(keras, shared.convolution(keras, activation=None))
    yield shared.network(keras, hidden=None)


@exercise.wrong(earns=11)
def other_sizes(keras):
    yield shared.network(keras, shared.convolution(keras, 64))
    yield shared.network(keras, shared.convolution(keras, kernel=5))
    yield shared.network(keras, pool=keras.layers.MaxPooling2D(2, 1))


@exercise.wrong(earns=2)
def dropout_that_the_blueprint_has_not(keras):
    for place in range(1, 6):
        images = shared.convolution(keras), keras.layers.MaxPooling2D()
        layers = [*images, *shared.dense_part(keras)]
        layers.insert(place, keras.layers.Dropout(0.25))
        yield shared.sequence(keras, *layers)


exercise.wrong(
    earns=13,
    narrow=lambda keras: shared.network(keras, units=4),
    wide=lambda keras: shared.network(keras, units=129),
)
exercise.alike.update(shared.FEWER_NODES)
exercise.wrong(
    earns=2, network_of_lab_2=lambda keras: shared.sequence(keras, *shared.dense_part(keras))
)
