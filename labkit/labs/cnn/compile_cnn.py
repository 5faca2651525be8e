"""Compile the network

Compile `model2` as you have defined it, with the optimizer **RMSprop** at a usual learning rate (Keras's own
will do) and the **categorical cross-entropy** as loss, and have the accuracy reported, first of all metrics.
(Lab 2 had the class numbers as labels, here they are one-hot: that is why the loss has another name.)
"""

from labkit.checks import networks, structures
from labkit.checks.authoring import MODEL, Exercise
from labkit.labs.cnn import shared

exercise = Exercise(
    __doc__,
    model2=MODEL,
    hints=(
        "Three settings: how to step, what to make small, what to report besides.",
        "model2.compile has the arguments optimizer, loss and metrics.",
        'model2.compile(optimizer="...", loss="..._crossentropy", metrics=[...])',
    ),
)


@exercise.solution
def solution(model2):
    model2.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["accuracy"])
    return model2


exercise.require(networks.compiled("model2", 1), asks="Compile `model2`")
exercise.require(
    structures.as_defined(
        "model2",
        shared.blueprint_like,
        1,
        "compile() changes no layer. Run the cell that defines the network, then this one.",
    ),
    asks="Compile `model2` as you have defined it",
)
exercise.require(
    networks.optimizer(
        "model2",
        "rmsprop",
        1,
        "the optimizer is RMSprop, at a usual rate",
        "compile() takes the optimizer by its name or as keras.optimizers.RMSprop().",
    ),
    asks="with the optimizer **RMSprop** at a usual learning rate",
)
exercise.require(
    networks.loss(
        "model2",
        "categorical_crossentropy",
        3,
        "the loss is the one for one-hot labels",
        "Labels are one-hot here. Which of Keras's losses compares ten probabilities with a "
        "one-hot row?",
    ),
    asks="the **categorical cross-entropy** as loss",
)
exercise.require(
    networks.accuracy_metric("model2", 1), asks="have the accuracy reported, first of all metrics"
)
exercise.knows(
    *networks.compile_mistakes(
        "model2",
        {
            "sparse_categorical_crossentropy": (
                "labels-and-loss-mismatch",
                "The sparse loss wants the class's number as label. This lab's labels are "
                "one-hot rows.",
            ),
            "binary_crossentropy": (
                "binary-cross-entropy",
                "Binary cross-entropy is for yes or no. Here one of ten classes is right.",
            ),
            "mean_squared_error": (
                "squared-error",
                "The squared error is for amounts. Probabilities of classes are compared by "
                "cross-entropy.",
            ),
        },
    )
)


@exercise.sign(shown_by=lambda keras: shared.compiled(keras, "adam"), earns=6)
def adam_for_rmsprop(model2):
    """Adam was lab 2's optimizer. This lab asks for another one."""
    return model2.optimizer == "adam"


@exercise.right
def as_objects(keras):
    loss, accuracy = keras.losses.CategoricalCrossentropy(), keras.metrics.CategoricalAccuracy()
    return shared.compiled(keras, keras.optimizers.RMSprop(1e-3), loss, [accuracy])


@exercise.right
def as_a_function(keras):
    return shared.compiled(keras, "RMSprop", keras.losses.categorical_crossentropy, ["acc"])


@exercise.right
def scores_and_a_loss_that_is_told_so(keras):
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    return shared.compiled(keras, loss=loss, last=None)


exercise.wrong(constant=lambda: "rmsprop", not_compiled=lambda keras: shared.network(keras))
exercise.wrong(
    earns=4,
    shows="labels-and-loss-mismatch",
    sparse=lambda keras: shared.compiled(keras, loss="sparse_categorical_crossentropy"),
)
exercise.wrong(
    earns=4,
    shows="binary-cross-entropy",
    binary=lambda keras: shared.compiled(keras, loss="binary_crossentropy"),
)
exercise.wrong(
    earns=4, shows="squared-error", squared_error=lambda keras: shared.compiled(keras, loss="mse")
)


@exercise.wrong(earns=4, shows="softmax-and-from-logits")
def softmax_twice(keras):
    return shared.compiled(keras, loss=keras.losses.CategoricalCrossentropy(from_logits=True))


exercise.wrong(
    earns=6, shows="no-accuracy", no_metric=lambda keras: shared.compiled(keras, metrics=())
)


@exercise.wrong(earns=6)
def a_metric_called_loss(keras):
    named = keras.metrics.CategoricalAccuracy(name="loss")
    return shared.compiled(keras, metrics=[named])


exercise.wrong(
    earns=6,
    plain_descent=lambda keras: shared.compiled(keras, "sgd"),
    no_usual_rate=lambda keras: shared.compiled(keras, keras.optimizers.RMSprop(1e-6)),
)


@exercise.wrong(earns=(6, 6, 6))
def defined_anew_with_other_layers(keras):
    yield shared.compiled(keras, units=256)
    yield shared.compiled(keras, hidden="tanh")
    yield shared.compiled(keras, pool=keras.layers.AveragePooling2D(2))


exercise.alike.update(shared.FEWER_NODES)
