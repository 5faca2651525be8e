"""Right and wrong answers to lab 2."""

import functools
import math

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import sklearn.metrics
import tensorflow as tf

from labkit.checks.result import Outcome
from tests.labs import histories
from tests.labs.table import Table

TABLE = Table()
right, wrong, blank = TABLE.right, TABLE.wrong, TABLE.blank
layers = keras.layers

# --- one-layer --------------------------------------------------------------------------------
E = "one-layer"


def _softmax(scores, axis=1):
    powers = np.exp(scores)
    return powers / powers.sum(axis=axis, keepdims=True)


def _relu(x):
    return np.maximum(x, 0)


def _formula(hidden=_relu, output=_softmax, first=1, second=1):
    def mlp_output(x, weights1, bias1, weights2, bias2):
        return output(hidden(x @ weights1 + first * bias1) @ weights2 + second * bias2)

    return mlp_output


def _stable(x, weights1, bias1, weights2, bias2):
    hidden = np.dot(x, weights1) + bias1
    scores = np.dot(hidden * (hidden > 0), weights2) + bias2
    powers = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    return powers / np.sum(powers, axis=-1, keepdims=True)


def _image_by_image(x, weights1, bias1, weights2, bias2):
    rows = []
    for image in x:
        hidden = [max(0.0, float(image @ w + b)) for w, b in zip(weights1.T, bias1, strict=True)]
        powers = [math.exp(hidden @ w + b) for w, b in zip(weights2.T, bias2, strict=True)]
        rows.append([power / sum(powers) for power in powers])
    return rows


def _with_keras(x, weights1, bias1, weights2, bias2):
    hidden = keras.ops.relu(x @ weights1 + bias1)
    return keras.ops.softmax(keras.ops.matmul(hidden, weights2) + bias2)


def _uniform(x, weights1, bias1, weights2, bias2):
    return np.full((len(x), len(bias2)), 1 / len(bias2))


def _fixed_size(x, weights1, bias1, weights2, bias2):
    return _formula()(x.reshape(-1, 784), weights1, bias1, weights2, bias2)


def _nothing(*arguments):
    """Do nothing, like a function whose body is still to be written."""


right(E, "two lines", lambda g: (_formula(),))
right(E, "stable softmax", lambda g: (_stable,))
right(E, "loops and lists", lambda g: (_image_by_image,))
right(E, "keras.ops in single precision", lambda g: (_with_keras,))
blank(E, lambda g: (_nothing,))
wrong(E, "constant", lambda g: (0.5,))
wrong(E, "a constant function", lambda g: (lambda *arguments: 1,))
wrong(E, "all alike", lambda g: (_uniform,), 4)
wrong(E, "for 784 pixels only", lambda g: (_fixed_size,))
wrong(E, "transposed", lambda g: (lambda *a: _formula()(*a).T,))
wrong(E, "no bias", lambda g: (_formula(first=0, second=0),), 4, "bias-missing")
wrong(E, "second bias missing", lambda g: (_formula(second=0),), 4, "bias-missing")
wrong(E, "linear", lambda g: (_formula(hidden=lambda x: x),), 4, "hidden-without-activation")
wrong(E, "scores", lambda g: (_formula(output=lambda x: x),), 2, "no-softmax")
wrong(
    E,
    "sigmoid",
    lambda g: (_formula(output=lambda x: 1 / (1 + np.exp(-x))),),
    2,
    "sigmoid-for-softmax",
)
wrong(
    E,
    "over the images",
    lambda g: (_formula(output=lambda x: _softmax(x, 0)),),
    2,
    "softmax-over-wrong-axis",
)
wrong(
    E,
    "over everything",
    lambda g: (_formula(output=lambda x: _softmax(x, None)),),
    2,
    "softmax-over-wrong-axis",
)
wrong(
    E,
    "relu twice",
    lambda g: (_formula(output=lambda x: _softmax(_relu(x))),),
    4,
    "relu-on-output",
)
wrong(E, "softmax twice", lambda g: (_formula(hidden=_softmax),), 4, "softmax-on-hidden")

# --- activations ------------------------------------------------------------------------------
E = "activations"
X = np.linspace(-5, 5, 101)
NAMES = ("relu", "sigmoid", "tanh")


def _sigmoid(x):
    return 1 / (1 + np.exp(-x))


def _axes(functions=(_relu, _sigmoid, np.tanh), names=NAMES, x=X):
    _, axes = plt.subplots()
    for function, name in zip(functions, names, strict=True):
        axes.plot(x, function(x), label=name)
    if any(names):
        axes.legend()
    return axes


def _three_panels():
    figure, panels = plt.subplots(1, 3)
    for ax, function, name in zip(panels, (_relu, _sigmoid, np.tanh), NAMES, strict=True):
        ax.plot(X, function(X))
        ax.set_title(name.title())
    return figure


def _table():
    table = pd.DataFrame({"relu": _relu(X), "sigmoid": _sigmoid(X), "tanh": np.tanh(X)}, index=X)
    return table.plot()


def _in_place(x):
    x[x < 0] = 0
    return x


def _by_powers(x):
    return (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))


right(E, "one picture", lambda g: (_relu, _sigmoid, np.tanh, _axes()))
right(
    E,
    "three panels",
    lambda g: (
        lambda x: np.where(x > 0, x, 0),
        lambda x: np.exp(x) / (1 + np.exp(x)),
        _by_powers,
        _three_panels(),
    ),
)
right(
    E,
    "Keras and pandas",
    lambda g: (keras.ops.relu, keras.ops.sigmoid, keras.activations.tanh, _table()),
)
blank(E, lambda g: (_nothing, _nothing, _nothing, ...))
wrong(E, "constant", lambda g: (0, 0, 0, 0))
wrong(E, "constant functions", lambda g: (lambda x: 0, lambda x: 0.5, lambda x: 0, ...))
wrong(E, "functions alone", lambda g: (_relu, _sigmoid, np.tanh, ...), 6)
wrong(E, "picture alone", lambda g: (_nothing, _nothing, _nothing, _axes()), 4)
wrong(
    E,
    "no names",
    lambda g: (_relu, _sigmoid, np.tanh, _axes(names=("", "", ""))),
    9,
)
wrong(E, "only above 0", lambda g: (_relu, _sigmoid, np.tanh, _axes(x=X[X > 0])), 7)
wrong(E, "two curves", lambda g: (_relu, _sigmoid, np.tanh, _axes([_relu, _sigmoid], NAMES[:2])), 6)


def _finely_drawn():
    return _axes(x=np.linspace(-6, 6, 6_001))


def _figure_legend():
    axes = _axes()
    axes.get_legend().remove()
    axes.figure.legend()
    return axes.figure


right(E, "many points", lambda g: (_relu, _sigmoid, np.tanh, _finely_drawn()))
right(E, "the figure's legend", lambda g: (_relu, _sigmoid, np.tanh, _figure_legend()))
wrong(
    E,
    "legend swapped",
    lambda g: (_relu, _sigmoid, np.tanh, _axes(names=("relu", "tanh", "sigmoid"))),
    9,
)
wrong(E, "wrong type", lambda g: (_relu, _sigmoid, np.tanh, X), 6)
wrong(E, "in place", lambda g: (_in_place, _sigmoid, np.tanh, _axes()), 8, "changes-its-input")
wrong(
    E,
    "Python's max and math",
    lambda g: (lambda x: max(0, x), lambda x: 1 / (1 + math.exp(-x)), math.tanh, _axes()),
    4,
    "one-number-only",
)
wrong(
    E,
    "sign forgotten",
    lambda g: (
        _relu,
        lambda x: _sigmoid(-x),
        np.tanh,
        _axes((_relu, lambda x: _sigmoid(-x), np.tanh)),
    ),
    5,
    "sigmoid-mirrored",
)
wrong(
    E,
    "vectorized",
    lambda g: (np.vectorize(lambda v: max(0, v)), _sigmoid, np.tanh, _axes()),
    8,
)
wrong(E, "absolute value", lambda g: (np.abs, _sigmoid, np.tanh, _axes()), 8, "absolute-value")
wrong(E, "tangent", lambda g: (_relu, _sigmoid, np.tan, _axes()), 8, "tan-for-tanh")

# --- popular-activation -----------------------------------------------------------------------
E = "popular-activation"
right(E, "letter", lambda g: ("b",))
right(E, "capital", lambda g: ("B",))
right(E, "with a bracket", lambda g: ("b)",))
blank(E, lambda g: (...,))
wrong(E, "constant", lambda g: (0,))
wrong(E, "in words", lambda g: ("relu",))
for letter in "acd":
    wrong(E, letter, lambda g, letter=letter: (letter,), 0, f"popular_activation-{letter}")

# --- layer-sizes ------------------------------------------------------------------------------
E = "layer-sizes"
right(E, "plain", lambda g: (784, 10))
right(E, "measured", lambda g: (g.x_train[0].size, len(g.class_names)))
right(E, "NumPy and float", lambda g: (np.prod(g.x_train.shape[1:]), 10.0))
blank(E, lambda g: (..., ...))
wrong(E, "constant", lambda g: (0, 0))
wrong(E, "shape", lambda g: ((28, 28), 10), 2)
wrong(E, "output missing", lambda g: (784, ...), 2)
wrong(E, "side", lambda g: (28, 10), 2, "side-for-pixels")
wrong(E, "images", lambda g: (len(g.x_train), 10), 2, "images-counted")
wrong(E, "swapped", lambda g: (10, 784), 0, "input-and-output-swapped")
wrong(E, "one output", lambda g: (784, 1), 2, "one-output-node")

# --- parameter-count --------------------------------------------------------------------------
E = "parameter-count"
right(E, "plain", lambda g: (100_480, 1_290))
right(E, "counted", lambda g: (784 * 128 + 128, 128 * 10 + 10))
right(E, "asked of Keras", lambda g: tuple(layer.count_params() for layer in _mlp().layers[1:]))
right(E, "NumPy", lambda g: (np.int64(785) * 128, np.float64(1_290)))
blank(E, lambda g: (..., ...))
wrong(E, "constant", lambda g: (0, 0))
wrong(E, "swapped", lambda g: (1_290, 100_480))
wrong(E, "weights alone", lambda g: (784 * 128, 128 * 10), 0, "biases-forgotten")
wrong(E, "one bias", lambda g: (784 * 128 + 1, 1_290), 2, "one-bias-for-the-layer")
wrong(E, "sum", lambda g: (784 + 128, 128 + 10), 0, "added-not-multiplied")
wrong(E, "all", lambda g: (101_770, 1_290), 2, "whole-network")

# --- define-mlp -------------------------------------------------------------------------------
E = "define-mlp"


def _network(*stack, shape=(28, 28)):
    return keras.Sequential([keras.Input(shape), *(make() for make in stack)])


def _dense(units, activation=None):
    return lambda: layers.Dense(units, activation=activation)


def _mlp(hidden="relu", output="softmax", units=128, classes=10, shape=(28, 28)):
    return _network(layers.Flatten, _dense(units, hidden), _dense(classes, output), shape=shape)


def _functional(g):
    inputs = keras.Input((28, 28))
    hidden = layers.Dense(128, activation=keras.activations.relu)(layers.Flatten()(inputs))
    return keras.Model(inputs, layers.Dense(10, activation="softmax")(hidden))


def _tensorflow():
    """Return the network as TensorFlow's tutorials write it."""
    model = tf.keras.Sequential()
    model.add(tf.keras.Input((28, 28, 1)))
    model.add(tf.keras.layers.Flatten())
    model.add(tf.keras.layers.Dense(128, activation=tf.nn.relu))
    model.add(tf.keras.layers.Dense(10, activation=tf.nn.softmax))
    return model


def _own_layers():
    return _network(
        *(layers.Flatten, _dense(128), layers.ReLU),
        *(_dense(10), lambda: layers.Activation("softmax")),
    )


def _built_later():
    model = keras.Sequential([layers.Flatten(), _dense(128, "relu")(), _dense(10, "softmax")()])
    model.build((None, 28, 28))
    return model


right(E, "Sequential", lambda g: (_mlp(),))
right(E, "functional", lambda g: (_functional(g),))
right(E, "TensorFlow's way", lambda g: (_tensorflow(),))
right(E, "activations as layers", lambda g: (_own_layers(),))
right(E, "built later", lambda g: (_built_later(),))
right(E, "with a channel axis", lambda g: (_mlp(shape=(28, 28, 1)),))
blank(E, lambda g: (...,))
wrong(E, "constant", lambda g: (0,))
wrong(E, "the layers alone", lambda g: (_mlp().layers,))
wrong(E, "input alone", lambda g: (_network(layers.Flatten),), 2)
wrong(E, "other hidden size", lambda g: (_mlp(units=64),), 12)
wrong(E, "one layer more", lambda g: (_network(layers.Flatten, *[_dense(128, "relu")] * 3),), 2)
wrong(E, "for digits of 8×8", lambda g: (_mlp(shape=(8, 8)),))
wrong(
    E,
    "no input",
    lambda g: (keras.Sequential([layers.Flatten(), layers.Dense(128), layers.Dense(10)]),),
    0,
    "no-input",
)
wrong(
    E,
    "no Flatten",
    lambda g: (_network(_dense(128, "relu"), _dense(10, "softmax")),),
    2,
    "missing-flatten",
)
wrong(
    E,
    "flattened by hand",
    lambda g: (_network(_dense(128, "relu"), _dense(10, "softmax"), shape=(784,)),),
    0,
    "missing-flatten",
)
wrong(E, "nine classes", lambda g: (_mlp(classes=9),), 12, "wrong-number-of-classes")
wrong(E, "one output", lambda g: (_mlp(classes=1),), 12, "wrong-number-of-classes")
wrong(E, "softmax twice", lambda g: (_mlp(hidden="softmax"),), 12, "softmax-on-hidden")
wrong(E, "sigmoid", lambda g: (_mlp(output="sigmoid"),), 11, "sigmoid-for-softmax")
wrong(E, "no softmax", lambda g: (_mlp(output=None),), 11, "no-softmax")
wrong(E, "relu at the end", lambda g: (_mlp(output="relu"),), 11, "no-softmax")
wrong(E, "linear hidden", lambda g: (_mlp(hidden=None),), 12, "hidden-without-activation")

# --- compile-mlp ------------------------------------------------------------------------------
E = "compile-mlp"
SPARSE = "sparse_categorical_crossentropy"


def _compiled(optimizer="adam", loss=SPARSE, metrics=("accuracy",), **network):
    model = _mlp(**network)
    model.compile(optimizer, loss, metrics=list(metrics))
    return model


def _compiled_by_objects():
    return _compiled(
        keras.optimizers.Adam(learning_rate=0.002),
        keras.losses.SparseCategoricalCrossentropy(),
        [keras.metrics.SparseCategoricalAccuracy()],
    )


right(E, "names", lambda g: (_compiled(),))
right(E, "objects", lambda g: (_compiled_by_objects(),))
right(E, "acc", lambda g: (_compiled("Adam", metrics=["acc"]),))
right(
    E,
    "scores and from_logits",
    lambda g: (
        _compiled(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), output=None),
    ),
)
blank(E, lambda g: (...,))
wrong(E, "constant", lambda g: (0,))
wrong(E, "not compiled", lambda g: (_mlp(),))
wrong(E, "another optimizer", lambda g: (_compiled("sgd"),), 6)
wrong(
    E,
    "one-hot loss",
    lambda g: (_compiled(loss="categorical_crossentropy"),),
    5,
    "labels-and-loss-mismatch",
)
wrong(E, "binary", lambda g: (_compiled(loss="binary_crossentropy"),), 5, "binary-cross-entropy")
wrong(E, "mse", lambda g: (_compiled(loss="mse"),), 5, "squared-error")
wrong(
    E,
    "mse as object",
    lambda g: (_compiled(loss=keras.losses.MeanSquaredError()),),
    5,
    "squared-error",
)
wrong(
    E,
    "softmax twice",
    lambda g: (_compiled(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True)),),
    5,
    "softmax-and-from-logits",
)
wrong(E, "no metric", lambda g: (_compiled(metrics=[]),), 6, "no-accuracy")

# --- fit-mlp ----------------------------------------------------------------------------------
E = "fit-mlp"


@functools.cache
def _trained(g, way="right"):
    """Return a network and its history, trained once for the whole table."""
    keras.utils.set_random_seed(1)
    model = _compiled()
    images = g.x_train if way == "unscaled" else g.x_train / np.float32(255)
    settings = {
        "test set": {"validation_data": (g.x_test / np.float32(255), g.y_test)},
    }.get(way, {"validation_split": 0.2})
    labels, count = g.y_train, len(images) // 5
    if way.endswith("fifth by hand"):
        held = slice(0, count) if way.startswith("first") else slice(len(images) - count, None)
        settings = {"validation_data": (images[held], labels[held])}
        images, labels = np.delete(images, held, 0), np.delete(labels, held)
    epochs = 2 if way == "too short" else 5
    history = model.fit(images, labels, epochs=epochs, verbose=0, **settings)
    return model, history


def _fit(g, way="right"):
    model, history = _trained(g, way)
    return history, model


def _history(g, way="right"):
    return _trained(g, way)[1]


def _training_alone(g):
    series = _history(g).history
    alone = {name: values for name, values in series.items() if not name.startswith("val_")}
    return histories.changed(_history(g), alone)


def _untrained(g):
    keras.utils.set_random_seed(2)
    return _compiled()


right(E, "validation_split", lambda g: _fit(g))
right(E, "last fifth by hand", lambda g: _fit(g, "last fifth by hand"))
right(E, "first fifth by hand", lambda g: _fit(g, "first fifth by hand"))
blank(E, lambda g: (..., _mlp()))
wrong(E, "not defined", lambda g: (_history(g), ...), outcome=Outcome.BLOCKED)
wrong(E, "constant", lambda g: (0, _untrained(g)))
wrong(E, "its dictionary", lambda g: (_history(g).history, _trained(g)[0]), 3)
wrong(E, "trained but not kept", lambda g: (None, _trained(g)[0]), 3)
wrong(E, "history of another network", lambda g: (_history(g), _untrained(g)), 6)
wrong(E, "no validation", lambda g: (_training_alone(g), _trained(g)[0]), 6, "no-validation")
wrong(E, "too few epochs", lambda g: _fit(g, "too short"), 9, "too-few-epochs")
wrong(E, "test set", lambda g: _fit(g, "test set"), 9, "validation-on-the-test-set")
wrong(E, "not scaled", lambda g: _fit(g, "unscaled"), 9, "trained-on-unscaled-images")

# --- evaluate-mlp -----------------------------------------------------------------------------
E = "evaluate-mlp"


def _scaled(g, part="test"):
    return (g.x_test if part == "test" else g.x_train).astype("float32") / 255


@functools.cache
def _evaluated(g, part="test"):
    labels = g.y_test if part == "test" else g.y_train
    loss, accuracy = _trained(g)[0].evaluate(_scaled(g, part), labels, verbose=0)
    return loss, accuracy


def _tensor_numbers(g):
    rows = _probabilities(g)
    loss = keras.losses.sparse_categorical_crossentropy(g.y_test, rows)
    return np.mean(loss), sklearn.metrics.accuracy_score(g.y_test, rows.argmax(1)), _trained(g)[0]


right(E, "evaluate", lambda g: (*_evaluated(g), _trained(g)[0]))
right(E, "rounded", lambda g: (*(round(n, 3) for n in _evaluated(g)), _trained(g)[0]))
right(E, "by hand", _tensor_numbers)
blank(E, lambda g: (..., ..., _trained(g)[0]))
wrong(E, "not defined", lambda g: (0.3, 0.9, ...), outcome=Outcome.BLOCKED)
wrong(E, "constant", lambda g: (0, 0, _trained(g)[0]))
wrong(E, "loss alone", lambda g: (_evaluated(g)[0], ..., _trained(g)[0]), 3)
wrong(E, "both in one", lambda g: (_evaluated(g), _evaluated(g), _trained(g)[0]))
wrong(E, "made up", lambda g: (0.1, 0.99, _trained(g)[0]))
wrong(
    E, "swapped", lambda g: (*_evaluated(g)[::-1], _trained(g)[0]), 0, "loss-and-accuracy-swapped"
)
wrong(
    E,
    "per cent",
    lambda g: (_evaluated(g)[0], 100 * _evaluated(g)[1], _trained(g)[0]),
    3,
    "per-cent-for-share",
)
wrong(
    E,
    "training images",
    lambda g: (*_evaluated(g, "train"), _trained(g)[0]),
    0,
    "training-accuracy-called-test",
)

# --- predict-classes --------------------------------------------------------------------------
E = "predict-classes"


@functools.cache
def _probabilities(g, part="test"):
    return _trained(g)[0].predict(_scaled(g, part), verbose=0)


def _predicted(g, classes, rows=None):
    rows = _probabilities(g) if rows is None else rows
    return rows, classes(rows), _trained(g)[0]


right(E, "predict", lambda g: _predicted(g, lambda p: p.argmax(axis=1)))
right(
    E,
    "called, as tensors",
    lambda g: _predicted(g, lambda p: tf.argmax(p, axis=-1), _trained(g)[0](_scaled(g))),
)
right(E, "list of integers", lambda g: _predicted(g, lambda p: [int(row.argmax()) for row in p]))
right(
    E,
    "double precision",
    lambda g: _predicted(
        g, lambda p: np.argsort(p, axis=1)[:, -1], _probabilities(g).astype(float)
    ),
)
blank(E, lambda g: (..., ..., _trained(g)[0]))
wrong(E, "not defined", lambda g: (_probabilities(g), [0], ...), outcome=Outcome.BLOCKED)
wrong(E, "constant", lambda g: _predicted(g, np.zeros_like, np.zeros((len(g.x_test), 10))), 1)
wrong(E, "all class 0", lambda g: _predicted(g, lambda p: np.zeros(len(p), int)), 4)
wrong(E, "classes missing", lambda g: _predicted(g, lambda p: ...), 4)
wrong(E, "not scaled", lambda g: _predicted(g, lambda p: p.argmax(1), _unscaled_rows(g)), 1)
wrong(
    E,
    "training images",
    lambda g: _predicted(g, lambda p: p.argmax(1), _probabilities(g, "train")),
    0,
    "training-images-predicted",
)
wrong(
    E,
    "wrong axis",
    lambda g: _predicted(g, lambda p: p.argmax(axis=0)),
    4,
    "argmax-over-wrong-axis",
)
wrong(E, "no axis", lambda g: _predicted(g, lambda p: p.argmax()), 4, "argmax-over-everything")
wrong(E, "max", lambda g: _predicted(g, lambda p: p.max(axis=1)), 4, "max-for-argmax")
wrong(E, "labels", lambda g: _predicted(g, lambda p: g.y_test), 4, "true-labels-copied")
wrong(
    E,
    "rounded",
    lambda g: _predicted(g, lambda p: p.argmax(1), _probabilities(g).round()),
    1,
    "rounded-probabilities",
)
wrong(E, "from one", lambda g: _predicted(g, lambda p: p.argmax(1) + 1), 4, "counted-from-one")


def _unscaled_rows(g):
    return _trained(g)[0].predict(g.x_test, verbose=0)


# --- single-image -----------------------------------------------------------------------------
E = "single-image"


def _single(g, image, row=None):
    row = _probabilities(g)[:1] if row is None else row
    return image, row, _trained(g)[0]


def _row_of(g, batch):
    return _trained(g)[0].predict(batch, verbose=0)


right(E, "slice", lambda g: _single(g, _scaled(g)[:1], _row_of(g, _scaled(g)[:1])))
right(E, "newaxis", lambda g: _single(g, _scaled(g)[0][np.newaxis]))
right(E, "expand_dims", lambda g: _single(g, np.expand_dims(g.x_test[0] / 255, 0)))
right(E, "tensor", lambda g: _single(g, tf.constant(_scaled(g)[:1])))
right(E, "with a channel", lambda g: _single(g, _scaled(g)[:1, ..., np.newaxis]))
blank(E, lambda g: (..., ..., _trained(g)[0]))
wrong(
    E,
    "not defined",
    lambda g: (_scaled(g)[:1], _probabilities(g)[:1], ...),
    outcome=Outcome.BLOCKED,
)
wrong(E, "constant", lambda g: (np.zeros((1, 28, 28)), np.zeros((1, 10)), _trained(g)[0]))
wrong(E, "image alone", lambda g: (_scaled(g)[:1], ..., _trained(g)[0]), 2)
wrong(E, "no batch axis", lambda g: _single(g, _scaled(g)[0]), 2, "missing-batch-axis")
wrong(
    E,
    "second image",
    lambda g: _single(g, _scaled(g)[1:2], _probabilities(g)[1:2]),
    0,
    "counted-from-one",
)
wrong(E, "not scaled", lambda g: _single(g, g.x_test[:1]), 2, "unscaled-pixels")
wrong(
    E,
    "training image",
    lambda g: _single(g, _scaled(g, "train")[:1], _probabilities(g, "train")[:1]),
    0,
    "training-image",
)
wrong(
    E,
    "row taken out",
    lambda g: _single(g, _scaled(g)[:1], _probabilities(g)[0]),
    2,
    "row-without-batch",
)
wrong(E, "all images", lambda g: _single(g, _scaled(g), _probabilities(g)), 0, "all-images")

# --- confusion --------------------------------------------------------------------------------
E = "confusion"


def _matrix(g, part="test"):
    labels = g.y_test if part == "test" else g.y_train
    return sklearn.metrics.confusion_matrix(labels, _probabilities(g, part).argmax(1))


def _worst(g):
    mistakes = _matrix(g) * (1 - np.eye(10, dtype=int))
    return tuple(int(n) for n in np.unravel_index(mistakes.argmax(), mistakes.shape))


def _worst_names(g):
    return tuple(g.class_names[n] for n in _worst(g))


def _confused(g, matrix=None, pair=None):
    matrix = _matrix(g) if matrix is None else matrix
    return matrix, _worst_names(g) if pair is None else pair, _trained(g)[0]


def _added_up(g):
    counts = np.zeros((10, 10))
    np.add.at(counts, (g.y_test, _probabilities(g).argmax(1)), 1)
    return counts


right(E, "scikit-learn", lambda g: _confused(g))
right(
    E,
    "pandas and numbers",
    lambda g: _confused(g, pd.crosstab(g.y_test, _probabilities(g).argmax(1)), list(_worst(g))),
)
right(
    E,
    "TensorFlow",
    lambda g: _confused(g, tf.math.confusion_matrix(g.y_test, _probabilities(g).argmax(1))),
)
right(
    E,
    "added up, small letters",
    lambda g: _confused(g, _added_up(g), [name.lower() for name in _worst_names(g)]),
)
blank(E, lambda g: (..., ..., _trained(g)[0]))
wrong(E, "not defined", lambda g: (_matrix(g), _worst_names(g), ...), outcome=Outcome.BLOCKED)
wrong(E, "constant", lambda g: _confused(g, np.zeros((10, 10)), 0), 1)
wrong(E, "pair missing", lambda g: _confused(g, None, ...), 3)
wrong(E, "one name", lambda g: _confused(g, None, "Shirt"), 3)
wrong(E, "no such class", lambda g: _confused(g, None, ("Shirt", "Hat")), 3)
wrong(E, "another pair", lambda g: _confused(g, None, ("Sandal", "Trouser")), 3)
wrong(E, "diagonal taken out", lambda g: _confused(g, _matrix(g) * (1 - np.eye(10))), 2)
wrong(E, "transposed", lambda g: _confused(g, _matrix(g).T), 2, "transposed")
wrong(
    E,
    "shares",
    lambda g: _confused(
        g,
        sklearn.metrics.confusion_matrix(g.y_test, _probabilities(g).argmax(1), normalize="true"),
    ),
    2,
    "shares-for-counts",
)
wrong(E, "training", lambda g: _confused(g, _matrix(g, "train")), 2, "on-training-images")
wrong(E, "pair swapped", lambda g: _confused(g, None, _worst_names(g)[::-1]), 3, "pair-swapped")
wrong(E, "diagonal", lambda g: _confused(g, None, ("Bag", "Bag")), 3, "diagonal-chosen")
