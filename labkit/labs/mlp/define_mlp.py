"""Define the network

Build the blueprint in Keras and call it `model`. Begin with `keras.Input`, so that the network knows
its shapes at once. (Older texts, the lab that this course grew from among them, give the first layer
an `input_shape`; Keras now warns about that.)
"""

from labkit.checks import criteria, forward, structures
from labkit.checks.authoring import MODEL, Exercise, Message
from labkit.checks.canonical import canonical
from labkit.labs.mlp import shared

exercise = Exercise(
    __doc__,
    model=MODEL,
    hints=(
        "One line of the blueprint is one layer, in the same order.",
        "keras.Sequential takes a list: keras.Input, keras.layers.Flatten, keras.layers.Dense.",
        "keras.Sequential([keras.Input(shape=(…, …)), keras.layers.Flatten(…), "
        "keras.layers.Dense(…, activation=…), keras.layers.Dense(…, activation=…)])",
    ),
)


@exercise.solution
def solution(keras):
    model = keras.Sequential(
        [
            keras.Input(shape=(28, 28)),
            keras.layers.Flatten(),
            keras.layers.Dense(128, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ],
        name="mlp",
    )
    return model


BLUEPRINT = "Build the blueprint in Keras and call it `model`."
exercise.require(
    criteria.takes_images("model", 2, channel=False),
    asks="Begin with `keras.Input`, so that the network knows its shapes at once.",
)
exercise.require(
    structures.order(
        "model",
        ("flatten", "dense", "dense"),
        3,
        "flattens, then two dense layers",
        "Compare with the blueprint: Input, Flatten, Dense, Dense.",
        free=(),
    ),
    asks=BLUEPRINT,
)


def _units(model):
    return structures.units(canonical(model.config))


def _activations(model):
    return canonical(model.config).activations()


def _has_nodes(seen, wanted, words, next_step):
    if seen == wanted:
        return None
    saw = f"The {words} layer has {structures.nodes(seen)}"
    return Message(saw, structures.nodes(wanted), next_step)


def _has_activation(seen, wanted, words, next_step):
    if seen == wanted:
        return None
    saw = "no activation function" if seen == "linear" else f"the activation function {seen}"
    return Message(f"The {words} layer has {saw}", "", next_step)


@exercise.criterion(2, asks=BLUEPRINT)
def _(model):
    """the hidden layer has 128 nodes"""
    tool = "The first argument of Dense is the number of nodes."
    return _has_nodes(_units(model)[0], 128, "hidden", tool)


@exercise.criterion(2, asks=BLUEPRINT)
def _(model):
    """the hidden layer has the activation asked for"""
    place = "Read the blueprint's row of the hidden layer."
    return _has_activation(_activations(model)[0], "relu", "hidden", place)


@exercise.criterion(2, asks=BLUEPRINT)
def _(model):
    """the output layer has 10 nodes"""
    reason = "The output layer has a node for each class."
    return _has_nodes(_units(model)[-1], 10, "output", reason)


@exercise.criterion(3, asks=BLUEPRINT)
def _(model, answers):
    """the output layer has the activation asked for"""
    question = "Which function makes probabilities that share a total of 1?"
    hidden, output = _activations(model)
    found = _has_activation(output, "softmax", "output", question)
    if found or hidden not in forward.ACTIVATIONS:  # the hidden layer has a criterion of its own
        return found
    # What the network puts out is held against what its layers would put out.
    return structures.computes("model", answers, canonical(model.config))


@exercise.sign(shown_by=lambda keras: keras.Sequential(_stack(keras)))
def no_input(model):
    """The network has not been told what goes in, so it has no weights yet."""
    return model.input_shape is None


exercise.knows(structures.missing_flatten("model"))


@exercise.sign
def wrong_number_of_classes(model):
    """The last layer does not have one node for each class."""
    return _units(model)[-1] != 10


@exercise.sign(shown_by=lambda: shared.network(hidden="softmax"), earns=12)
def softmax_on_hidden(model):
    """The hidden layer ends in softmax.

    Its nodes share no total: they look for different things, and several may find theirs.
    """
    return _activations(model)[0] == "softmax"


@exercise.sign(shown_by=lambda: shared.network(output="sigmoid"), earns=11)
def sigmoid_for_softmax(model):
    """With a sigmoid each class gets a number of its own, and they add up to anything.

    An image belongs to one class alone.
    """
    return _activations(model)[-1] == "sigmoid"


@exercise.sign
def no_softmax(model):
    """The network puts out scores. The blueprint asks for probabilities."""
    return _activations(model)[-1] in ("linear", "relu")


@exercise.sign(shown_by=lambda: shared.network(hidden=None), earns=12)
def hidden_without_activation(model):
    """Without an activation function between them, two dense layers are worth no more than one."""
    return _activations(model)[0] == "linear"


@exercise.right
def functional(keras):
    inputs = keras.Input((28, 28))
    flat = keras.layers.Flatten()(inputs)
    hidden = keras.layers.Dense(128, activation=keras.activations.relu)(flat)
    return keras.Model(inputs, keras.layers.Dense(10, activation="softmax")(hidden))


@exercise.right
def as_tensorflows_tutorials_write_it():
    import tensorflow as tf

    model = tf.keras.Sequential()
    model.add(tf.keras.Input((28, 28, 1)))
    model.add(tf.keras.layers.Flatten())
    model.add(tf.keras.layers.Dense(128, activation=tf.nn.relu))
    model.add(tf.keras.layers.Dense(10, activation=tf.nn.softmax))
    return model


@exercise.right
def activations_as_layers(keras):
    layers = keras.layers
    ends = layers.Dense(10), layers.Activation("softmax")
    stack = keras.Input((28, 28)), layers.Flatten(), layers.Dense(128), layers.ReLU(), *ends
    return keras.Sequential([*stack])


@exercise.right
def built_later(keras):
    model = keras.Sequential(_stack(keras))
    model.build((None, 28, 28))
    return model


exercise.right(with_a_channel_axis=lambda: shared.network(shape=(28, 28, 1)))


def _stack(keras, hidden=1, flatten=True):
    """Return the blueprint's layers without an input, with some hidden ones."""
    start = [keras.layers.Flatten()] if flatten else []
    middle = [keras.layers.Dense(128, activation="relu") for _ in range(hidden)]
    return [*start, *middle, keras.layers.Dense(10, activation="softmax")]


exercise.wrong(constant=lambda: 0, the_layers_alone=lambda: shared.network().layers)
exercise.wrong(
    earns=2,
    input_alone=lambda keras: keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten()]),
)
exercise.wrong(earns=12, other_hidden_size=lambda: shared.network(units=64))
exercise.wrong(
    earns=2,
    layers_more=lambda keras: keras.Sequential([keras.Input((28, 28)), *_stack(keras, hidden=3)]),
)
exercise.wrong(for_digits_of_8_by_8=lambda: shared.network(shape=(8, 8)))


@exercise.wrong(earns=(2, 0), shows="missing-flatten")
def without_flatten(keras):
    yield keras.Sequential([keras.Input((28, 28)), *_stack(keras, flatten=False)])
    yield keras.Sequential([keras.Input((784,)), *_stack(keras, flatten=False)])


@exercise.wrong(earns=(12, 12), shows="wrong-number-of-classes")
def nine_classes_and_one_output():
    yield shared.network(classes=9)
    yield shared.network(classes=1)


@exercise.wrong(earns=(11, 11), shows="no-softmax")
def scores_at_the_end():
    yield shared.network(output=None)
    yield shared.network(output="relu")
