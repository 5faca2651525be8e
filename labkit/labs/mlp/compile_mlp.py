"""Compile it

Before it can learn, the network needs three settings. Its layers stay as you have defined them.

| setting | its task | here |
| --- | --- | --- |
| optimizer | changes the weights after every batch | Adam, at a usual learning rate: Keras's own will do |
| loss | a number to make smaller: how bad the probabilities are | a cross-entropy |
| metrics | numbers for people to read, which steer nothing | accuracy, first of all |

Keras has several cross-entropies. Choose the one that fits the labels as they are: look at
`y_train[:5]` above. The wrong one either stops with an error or, worse, trains without a word.
"""

from labkit.checks import networks, structures
from labkit.checks.authoring import MODEL, Exercise
from labkit.labs.mlp import shared

exercise = Exercise(
    __doc__,
    model=MODEL,
    hints=(
        "compile() takes three settings, and the table above says what each has to do.",
        "optimizer=, loss= and metrics=. The losses are listed under keras.losses.",
        'model.compile(optimizer="…", loss="…_crossentropy", metrics=["…"])',
    ),
)


@exercise.solution
def solution(model):
    model.compile(
        optimizer="adam",
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


exercise.require(networks.compiled("model", 1), asks="the network needs three settings")
exercise.require(
    structures.as_defined(
        "model",
        lambda seen: shared.blueprint(),
        1,
        "compile() changes no layer. Run the cell that defines the network, then this one.",
    ),
    asks="Its layers stay as you have defined them.",
)
exercise.require(
    networks.optimizer(
        "model",
        "adam",
        2,
        "the optimizer is Adam, at a usual rate",
        "Read the table above once more.",
    ),
    asks="Adam, at a usual learning rate",
)
exercise.require(
    networks.loss(
        "model",
        "sparse_categorical_crossentropy",
        3,
        "the loss fits the labels and the output",
        "Look at y_train[:5]: class numbers, or rows of ten? Keras has a cross-entropy for each.",
    ),
    asks="Choose the one that fits the labels as they are",
)
exercise.require(
    networks.accuracy_metric("model", 1),
    asks="| metrics | numbers for people to read, which steer nothing | accuracy, first of all |",
)
exercise.knows(
    *networks.compile_mistakes(
        "model",
        {
            "categorical_crossentropy": (
                "labels-and-loss-mismatch",
                "This loss expects one-hot rows. The labels in y_train are class numbers.",
            ),
            "binary_crossentropy": (
                "binary-cross-entropy",
                "This loss is for questions with two answers. Here there are ten.",
            ),
            "mean_squared_error": (
                "squared-error",
                "The squared error measures distances between amounts. Class numbers are names.",
            ),
        },
    )
)


@exercise.right
def by_objects(keras):
    return shared.compiled(
        keras.optimizers.Adam(learning_rate=0.002),
        keras.losses.SparseCategoricalCrossentropy(),
        [keras.metrics.SparseCategoricalAccuracy(name="right")],
    )


exercise.right(acc=lambda: shared.compiled("Adam", metrics=["acc"]))


@exercise.right
def scores_and_from_logits(keras):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return shared.compiled(loss=loss, output=None)


exercise.wrong(constant=lambda: 0, not_compiled=lambda: shared.network())
exercise.wrong(earns=6, another_optimizer=lambda: shared.compiled("sgd"))


@exercise.wrong(earns=(6, 6))
def no_usual_rate(keras):
    yield shared.compiled(keras.optimizers.Adam(1e-7))
    yield shared.compiled(keras.optimizers.Adam(1.0))


exercise.wrong(
    earns=5,
    shows="labels-and-loss-mismatch",
    one_hot_loss=lambda: shared.compiled(loss="categorical_crossentropy"),
)
exercise.wrong(
    earns=5,
    shows="binary-cross-entropy",
    binary=lambda: shared.compiled(loss="binary_crossentropy"),
)


@exercise.wrong(earns=(5, 5), shows="squared-error")
def squares(keras):
    yield shared.compiled(loss="mse")
    yield shared.compiled(loss=keras.losses.MeanSquaredError())


@exercise.wrong(earns=5, shows="softmax-and-from-logits")
def softmax_twice(keras):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return shared.compiled(loss=loss)


exercise.wrong(earns=7, shows="no-accuracy", no_metric=lambda: shared.compiled(metrics=[]))


@exercise.wrong(earns=(7, 7, 7))
def defined_anew_with_other_layers():
    yield shared.compiled(units=64)
    yield shared.compiled(hidden="tanh")
    yield shared.compiled(shape=(32, 32))
