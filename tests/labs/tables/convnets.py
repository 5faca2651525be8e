"""Right and wrong answers to lab 6."""

import functools
import pathlib
import tempfile
from types import SimpleNamespace

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tensorflow as tf
from sklearn.metrics import confusion_matrix

from labkit import plots
from labkit.checks.result import Outcome
from labkit.labs import convnets as lab
from tests.labs import histories
from tests.labs.table import Table

TABLE = Table()
right, wrong, blank = TABLE.right, TABLE.wrong, TABLE.blank
layers = keras.layers

# --- the networks, right and with mistakes ----------------------------------------------------


def _sequential(*stack, shape=(28, 28, 1)):
    return keras.Sequential([keras.Input(shape), *stack])


def _functional(*stack, shape=(28, 28, 1)):
    inputs = x = keras.Input(shape)
    for layer in stack:
        x = layer(x)
    return keras.Model(inputs, x)


def _lenet_layers(activation="tanh", padding="same", pool=layers.MaxPooling2D, last="softmax"):
    return [
        layers.Conv2D(20, 5, padding=padding, activation=activation),
        pool(2),
        layers.Conv2D(50, 5, padding=padding, activation=activation),
        pool(2),
        layers.Flatten(),
        layers.Dense(500, activation=activation),
        layers.Dense(10, activation=last),
    ]


def _lenet_with_activation_layers():
    return _sequential(
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
    )


def _deep_layers(
    initializer="he_normal", padding="same", pool=layers.AveragePooling2D, last="softmax"
):
    shared = {"padding": padding, "activation": "relu", "kernel_initializer": initializer}
    return [
        layers.Conv2D(6, 5, **shared),
        pool(2),
        *(layers.Conv2D(filters, 3, **shared) for filters in (32, 64, 128, 256, 512)),
        layers.Flatten(),
        layers.Dense(256, activation="relu", kernel_initializer=initializer),
        layers.Dense(10, activation=last, kernel_initializer=initializer),
    ]


def _convnet_layers(rates=(0.25, 0.25, 0.4, 0.3), padding="valid", last="softmax", after=True):
    first, second, third, fourth = (layers.Dropout(rate) for rate in rates)
    stack = [
        layers.Conv2D(32, 5, activation="relu", padding=padding),
        layers.MaxPooling2D(2),
        first,
        layers.Conv2D(64, 3, activation="relu", padding=padding),
        layers.MaxPooling2D(2),
        second,
        layers.Conv2D(128, 3, activation="relu", padding=padding),
        third,
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        fourth,
        layers.Dense(10, activation=last),
    ]
    return stack if after else [layer for layer in stack if "dropout" not in layer.name]


def _compiled(model):
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# --- trained once for all ---------------------------------------------------------------------


@functools.cache
def _scaled(g):
    return SimpleNamespace(
        x_train=g.x_train.astype("float32")[..., np.newaxis] / 255,
        x_test=g.x_test.astype("float32")[..., np.newaxis] / 255,
    )


@functools.cache
def _trained(g):
    """Return the ConvNet, its history, and the file that it was saved to."""
    keras.utils.set_random_seed(1)
    model = _compiled(_sequential(*_convnet_layers()))
    history = model.fit(
        _scaled(g).x_train, g.y_train, epochs=3, batch_size=256, validation_split=0.2, verbose=0
    )
    path = pathlib.Path(tempfile.mkdtemp(prefix="labkit-table-")) / "convnet.keras"
    model.save(path)
    return model, history, path


def _convnet(g):
    return _trained(g)[0]


@functools.cache
def _quick(g, validation="held out", factor=1.0, shuffled=False):
    """Return a small network for the challenge and its history."""
    keras.utils.set_random_seed(1)
    images, tests = _scaled(g).x_train * factor, _scaled(g).x_test * factor
    held_out = len(images) // 12
    labels = np.random.default_rng(0).permutation(g.y_train) if shuffled else g.y_train
    model = _sequential(
        layers.Conv2D(16, 5, 2, padding="same", activation="relu"),
        layers.BatchNormalization(momentum=0.8),
        layers.Conv2D(32, 3, 2, padding="same", activation="relu"),
        layers.BatchNormalization(momentum=0.8),
        layers.Flatten(),
        layers.Dense(10, activation="softmax"),
    )
    model.compile(
        keras.optimizers.Adam(0.003), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    watched = {
        "held out": (images[:held_out], g.y_train[:held_out]),
        "test": (tests, g.y_test),
        "": None,
    }
    history = model.fit(
        images[held_out:],
        labels[held_out:],
        validation_data=watched[validation],
        epochs=4,
        batch_size=64,
        verbose=0,
    )
    return model, history


def _outputs(g, images):
    return np.asarray(_convnet(g)(images, training=False))


# --- define-lenet -----------------------------------------------------------------------------
E = "define-lenet"
right(E, "Sequential", lambda g: (_sequential(*_lenet_layers()),))
right(E, "functional", lambda g: (_functional(*_lenet_layers()),))
right(E, "layers of activation", lambda g: (_lenet_with_activation_layers(),))
right(E, "tf.keras", lambda g: (_sequential(*_lenet_layers(activation=tf.keras.activations.tanh)),))
blank(E, lambda g: (...,))
wrong(E, "constant", lambda g: (1_256_080,))
wrong(
    E,
    "no channel",
    lambda g: (_functional(layers.Reshape((28, 28, 1)), *_lenet_layers(), shape=(28, 28)),),
    0,
    "missing-channel-axis",
)
wrong(
    E,
    "average pooling",
    lambda g: (_sequential(*_lenet_layers(pool=layers.AveragePooling2D)),),
    1,
    "average-pooling",
)
wrong(E, "relu", lambda g: (_sequential(*_lenet_layers("relu")),), 6, "relu-for-tanh")
wrong(
    E, "sigmoid", lambda g: (_sequential(*_lenet_layers(last="sigmoid")),), 7, "sigmoid-for-softmax"
)
wrong(E, "no softmax", lambda g: (_sequential(*_lenet_layers(last=None)),), 7, "no-softmax")
wrong(E, "not padded", lambda g: (_sequential(*_lenet_layers(padding="valid")),), 7, "not-padded")
wrong(E, "another network", lambda g: (_sequential(*_convnet_layers()),), 1)

# --- lenet-parameters -------------------------------------------------------------------------
E = "lenet-parameters"
right(E, "worked out", lambda g: ((7 * 7 * 50 + 1) * 500,))
right(E, "typed", lambda g: (1_225_500,))
right(E, "asked of the layer", lambda g: (_sequential(*_lenet_layers()).layers[5].count_params(),))
blank(E, lambda g: (...,))
wrong(E, "constant", lambda g: (0,))
wrong(E, "no biases", lambda g: (7 * 7 * 50 * 500,), 0, "without-biases")
wrong(E, "no pooling", lambda g: ((28 * 28 * 50 + 1) * 500,), 0, "pooling-forgotten")
wrong(E, "convolution", lambda g: (25_050,), 0, "largest-convolution")
wrong(E, "all", lambda g: (1_256_080,), 0, "whole-network")
wrong(E, "text", lambda g: ("1,225,500",))

# --- why-relu ---------------------------------------------------------------------------------
E = "why-relu"
right(E, "letter", lambda g: ("b",))
right(E, "capital", lambda g: ("B",))
right(E, "with a bracket", lambda g: ("b)",))
blank(E, lambda g: (...,))
wrong(E, "a", lambda g: ("a",), 0, "why_relu-a")
wrong(E, "c", lambda g: ("c",), 0, "why_relu-c")
wrong(E, "d", lambda g: ("d",), 0, "why_relu-d")
wrong(E, "number", lambda g: (2,))

# --- define-deep ------------------------------------------------------------------------------
E = "define-deep"
right(E, "Sequential", lambda g: (_sequential(*_deep_layers()),))
right(E, "functional", lambda g: (_functional(*_deep_layers()),))
right(E, "initializer", lambda g: (_sequential(*_deep_layers(keras.initializers.HeNormal(1))),))
blank(E, lambda g: (...,))
wrong(E, "constant", lambda g: ("deep",))
wrong(
    E,
    "no channel",
    lambda g: (_functional(layers.Reshape((28, 28, 1)), *_lenet_layers(), shape=(28, 28)),),
    0,
    "missing-channel-axis",
)
wrong(
    E,
    "max pooling",
    lambda g: (_sequential(*_deep_layers(pool=layers.MaxPooling2D)),),
    1,
    "max-pooling",
)
wrong(
    E,
    "Glorot",
    lambda g: (_sequential(*_deep_layers("glorot_uniform")),),
    7,
    "default-initializer",
)
wrong(
    E, "sigmoid", lambda g: (_sequential(*_deep_layers(last="sigmoid")),), 7, "sigmoid-for-softmax"
)
wrong(E, "no softmax", lambda g: (_sequential(*_deep_layers(last=None)),), 7, "no-softmax")
wrong(E, "not padded", lambda g: (_sequential(*_deep_layers(padding="valid")),), 7, "not-padded")
wrong(E, "LeNet", lambda g: (_sequential(*_lenet_layers()),), 1)

# --- define-convnet ---------------------------------------------------------------------------
E = "define-convnet"
right(E, "Sequential", lambda g: (_sequential(*_convnet_layers()),))
right(E, "functional", lambda g: (_functional(*_convnet_layers()),))
right(E, "compiled", lambda g: (_compiled(_sequential(*_convnet_layers())),))
blank(E, lambda g: (...,))
wrong(E, "constant", lambda g: (242_058,))
wrong(
    E,
    "no channel",
    lambda g: (_functional(layers.Reshape((28, 28, 1)), *_convnet_layers(), shape=(28, 28)),),
    0,
    "missing-channel-axis",
)
wrong(
    E, "no dropout", lambda g: (_sequential(*_convnet_layers(after=False)),), 6, "dropout-forgotten"
)
wrong(
    E,
    "rates kept",
    lambda g: (_sequential(*_convnet_layers((0.75, 0.75, 0.6, 0.7))),),
    7,
    "kept-for-dropped",
)
wrong(
    E,
    "sigmoid",
    lambda g: (_sequential(*_convnet_layers(last="sigmoid")),),
    7,
    "sigmoid-for-softmax",
)
wrong(E, "no softmax", lambda g: (_sequential(*_convnet_layers(last=None)),), 7, "no-softmax")
wrong(E, "padded", lambda g: (_sequential(*_convnet_layers(padding="same")),), 7, "padded-same")
wrong(E, "LeNet", lambda g: (_sequential(*_lenet_layers()),), 1)


def _history(g, **ends):
    return histories.changed(_trained(g)[1], _trained(g)[1].history | ends)


# --- train-convnet ----------------------------------------------------------------------------
E = "train-convnet"
right(E, "history", lambda g: _trained(g)[:2])
right(E, "put together", lambda g: (_convnet(g), _history(g)))
right(
    E,
    "another name of the accuracy",
    lambda g: (
        _convnet(g),
        histories.changed(
            _trained(g)[1],
            {
                key.replace("accuracy", "sparse_categorical_accuracy"): values
                for key, values in _trained(g)[1].history.items()
            },
        ),
    ),
)
blank(E, lambda g: (_sequential(*_convnet_layers()), ...))
wrong(E, "constant", lambda g: (_convnet(g), 3), 4)
wrong(E, "its dictionary", lambda g: (_convnet(g), _trained(g)[1].history), 4)
wrong(E, "network missing", lambda g: (..., _trained(g)[1]), 0, outcome=Outcome.BLOCKED)
wrong(
    E,
    "not trained",
    lambda g: (_compiled(_sequential(*_convnet_layers())), _trained(g)[1]),
    3,
)


def _last_two_epochs(g):
    series = {key: values[1:] for key, values in _trained(g)[1].history.items()}
    return histories.changed(_trained(g)[1], series)


wrong(E, "two epochs", lambda g: (_convnet(g), _last_two_epochs(g)), 5, "too-few-epochs")
wrong(
    E,
    "no validation",
    lambda g: (
        _convnet(g),
        histories.changed(
            _trained(g)[1], {k: v for k, v in _trained(g)[1].history.items() if "val" not in k}
        ),
    ),
    5,
    "no-validation",
)


@functools.cache
def _on_whole_pixels(g):
    """Return the ConvNet that does on pixels from 0 to 255 what the trained one does on scaled."""
    model = _compiled(_sequential(*_convnet_layers()))
    weights = _convnet(g).get_weights()
    model.set_weights([weights[0] / 255, *weights[1:]])
    return model


wrong(
    E,
    "unscaled",
    lambda g: (_on_whole_pixels(g), _trained(g)[1]),
    3,
    "trained-on-unscaled-images",
)
wrong(
    E,
    "on the test set",
    lambda g: (_compiled_copy_of_half(g), _history_on_test(g)),
    6,
    "validation-on-the-test-set",
)


@functools.cache
def _compiled_copy_of_half(g):
    """Return a network whose accuracies on the validation part and on the test set differ."""
    keras.utils.set_random_seed(2)
    model = _compiled(_sequential(*_convnet_layers()))
    start = int(len(g.x_train) * 0.8)
    model.fit(_scaled(g).x_train[start:], g.y_train[start:], epochs=14, batch_size=32, verbose=0)
    return model


def _history_on_test(g):
    model = _compiled_copy_of_half(g)
    outputs = np.asarray(model(_scaled(g).x_test, training=False))
    share = float((outputs.argmax(axis=1) == g.y_test).mean())
    loss = float(-np.log(outputs[np.arange(len(g.y_test)), g.y_test]).mean())
    ends = {"val_accuracy": [0.1, 0.2, share], "val_loss": [2.0, 1.0, loss]}
    return _history(g, **ends)


# --- save-and-load ----------------------------------------------------------------------------
E = "save-and-load"


def _file(g):
    return _trained(g)[2]


def _saved(g, name, save):
    path = _file(g).with_name(name)
    if not path.exists():
        save(path)
    return str(path)


def _fresh(g):
    return _compiled(_sequential(*_convnet_layers()))


def _uncompiled(g):
    return keras.models.load_model(_file(g), compile=False)


right(E, "as asked", lambda g: (_convnet(g), str(_file(g)), keras.models.load_model(_file(g))))
right(E, "path", lambda g: (_convnet(g), _file(g), keras.saving.load_model(str(_file(g)))))
right(
    E,
    "loaded twice",
    lambda g: (keras.models.load_model(_file(g)), _file(g), keras.models.load_model(_file(g))),
)
blank(E, lambda g: (_convnet(g), ..., ...))
wrong(E, "constant", lambda g: (_convnet(g), 1, 1))
wrong(E, "not trained", lambda g: (..., "x", "y"), 0, outcome=Outcome.BLOCKED)
wrong(E, "no such file", lambda g: (_convnet(g), "nowhere.keras", _convnet(g)), 2)
wrong(E, "never loaded", lambda g: (_convnet(g), _file(g), _convnet(g)), 5)
wrong(
    E,
    "old format",
    lambda g: (
        _convnet(g),
        _saved(g, "convnet.h5", _convnet(g).save),
        keras.models.load_model(_saved(g, "convnet.h5", _convnet(g).save)),
    ),
    5,
)
wrong(
    E,
    "too early",
    lambda g: (
        _convnet(g),
        _saved(g, "early.keras", _fresh(g).save),
        keras.models.load_model(_saved(g, "early.keras", _fresh(g).save)),
    ),
    2,
    "saved-before-training",
)
wrong(
    E,
    "clone",
    lambda g: (_convnet(g), _file(g), keras.models.clone_model(_convnet(g))),
    5,
    "layers-without-weights",
)
wrong(
    E,
    "not compiled",
    lambda g: (_convnet(g), _file(g), _uncompiled(g)),
    6,
    "weights-without-settings",
)
wrong(
    E,
    "weights alone",
    lambda g: (
        _convnet(g),
        _saved(g, "convnet.weights.h5", _convnet(g).save_weights),
        keras.models.load_model(_file(g)),
    ),
    5,
)

# --- feature-maps -----------------------------------------------------------------------------
E = "feature-maps"


def _maps(g, images=None, first="Conv2D", early=0, late=-1):
    model = _convnet(g)
    images = _scaled(g).x_test[:1] if images is None else images
    chosen = [layer for layer in model.layers if type(layer).__name__ == first]
    looker = keras.Model(model.inputs, [chosen[early].output, chosen[late].output])
    return [np.asarray(maps) for maps in looker(images, training=False)]


right(E, "two outputs", lambda g: (_convnet(g), *_maps(g)))
right(E, "without the batch axis", lambda g: (_convnet(g), *(maps[0] for maps in _maps(g))))
right(E, "tensors", lambda g: (_convnet(g), *map(tf.constant, _maps(g))))
blank(E, lambda g: (_convnet(g), ..., ...))
wrong(
    E, "constant", lambda g: (_convnet(g), np.zeros((1, 24, 24, 32)), np.zeros((1, 3, 3, 128))), 4
)
wrong(E, "nothing restored", lambda g: (..., *_maps(g)), 0, outcome=Outcome.BLOCKED)
wrong(E, "pooling", lambda g: (_convnet(g), *_maps(g, first="MaxPooling2D")), 0, "after-pooling")
wrong(E, "second convolution", lambda g: (_convnet(g), *_maps(g, late=1)), 2, "middle-for-late")
wrong(E, "swapped", lambda g: (_convnet(g), *_maps(g)[::-1]), 0, "early-and-late-swapped")
wrong(E, "three images", lambda g: (_convnet(g), *_maps(g, _scaled(g).x_test[:3])), 0, "all-images")
wrong(
    E,
    "unscaled",
    lambda g: (_convnet(g), *_maps(g, _scaled(g).x_test[:1] * 255)),
    4,
    "unscaled-pixels",
)
wrong(
    E,
    "training image",
    lambda g: (_convnet(g), *_maps(g, _scaled(g).x_train[:1])),
    4,
    "training-image",
)
wrong(E, "late missing", lambda g: (_convnet(g), _maps(g)[0], ...), 2)

# --- thirty-two -------------------------------------------------------------------------------
E = "thirty-two"


def _chosen(g, where=slice(9, 320, 10), images="x_test"):
    labels = getattr(g, images.replace("x", "y"))[where]
    probabilities = _outputs(g, getattr(_scaled(g), images)[where])
    axes = plots.show_predictions(getattr(g, images)[where], probabilities, labels, columns=8)
    return _convnet(g), probabilities, axes


def _own_grid(g):
    chosen = np.arange(1, 33) * 10 - 1
    probabilities = np.concatenate([_outputs(g, _scaled(g).x_test[i : i + 1]) for i in chosen])
    figure, grid = plt.subplots(4, 8)
    for ax, i, row in zip(grid.flat, chosen, probabilities, strict=True):
        ax.imshow(g.x_test[i], cmap="gray")
        ax.set_title(g.class_names[row.argmax()])
    return _convnet(g), probabilities, figure


right(E, "slice", _chosen)
right(E, "own loop", _own_grid)
right(E, "list of indices", lambda g: _chosen(g, [*range(9, 320, 10)]))
blank(E, lambda g: (_convnet(g), ..., ...))
wrong(E, "constant", lambda g: (_convnet(g), np.full((32, 10), 0.1), 0), 1)
wrong(E, "counted from one", lambda g: _chosen(g, slice(10, 321, 10)), 2, "counted-from-one")
wrong(E, "from zero", lambda g: _chosen(g, slice(0, 320, 10)), 2, "started-at-zero")
wrong(E, "training images", lambda g: _chosen(g, images="x_train"), 2, "training-images")
wrong(E, "first 32", lambda g: _chosen(g, slice(0, 32)), 2)
wrong(E, "no picture", lambda g: (*_chosen(g)[:2], ...), 4)
wrong(E, "one image", lambda g: _chosen(g, slice(9, 10)), 0)

# --- confusions -------------------------------------------------------------------------------
E = "confusions"


def _counts(g, images="test"):
    labels = getattr(g, f"y_{images}")[: lab.PART]
    outputs = _outputs(g, getattr(_scaled(g), f"x_{images}")[: lab.PART])
    return confusion_matrix(labels, outputs.argmax(axis=1), labels=range(10))


def _both(g, change=lambda counts: counts):
    return _convnet(g), change(_counts(g, "train")), change(_counts(g))


def _by_hand(g):
    classes = _outputs(g, _scaled(g).x_test).argmax(axis=1)
    counts = np.zeros((10, 10))
    np.add.at(counts, (g.y_test, classes), 1)
    return _convnet(g), _counts(g, "train").tolist(), counts


right(E, "scikit-learn", _both)
right(E, "by hand", _by_hand)
right(E, "tables", lambda g: _both(g, pd.DataFrame))
blank(E, lambda g: (_convnet(g), ..., ...))
wrong(E, "constant", lambda g: (_convnet(g), np.zeros((10, 10)), np.eye(10)))
wrong(E, "transposed", lambda g: _both(g, np.transpose), 0, "transposed")
wrong(
    E,
    "shares",
    lambda g: _both(g, lambda counts: counts / counts.sum(axis=1, keepdims=True)),
    0,
    "shares-for-counts",
)
wrong(
    E,
    "swapped",
    lambda g: (_convnet(g), _counts(g), _counts(g, "train")),
    0,
    "train-and-test-swapped",
)
wrong(
    E,
    "training twice",
    lambda g: (_convnet(g), _counts(g, "train"), _counts(g, "train")),
    4,
    "training-images-twice",
)
wrong(E, "test missing", lambda g: (_convnet(g), _counts(g, "train"), ...), 4)

# --- confused-pair ----------------------------------------------------------------------------
E = "confused-pair"


def _pairs(g):
    """Return all pairs of class numbers, the most confused one first."""
    both = np.triu(_counts(g) + _counts(g).T, k=1)
    order = np.argsort(-both[np.triu_indices(10, k=1)], kind="stable")
    return [tuple(pair) for pair in np.transpose(np.triu_indices(10, k=1))[order]]


def _named(g, place=0):
    return tuple(g.class_names[number] for number in _pairs(g)[place])


right(E, "tuple", lambda g: (_convnet(g), _named(g)))
right(E, "turned round", lambda g: (_convnet(g), list(_named(g))[::-1]))
right(E, "array in capitals", lambda g: (_convnet(g), np.array([n.upper() for n in _named(g)])))
blank(E, lambda g: (_convnet(g), ...))
wrong(E, "constant", lambda g: (_convnet(g), ""))
wrong(E, "same class", lambda g: (_convnet(g), ("Shirt", "Shirt")), 0, "pair-with-itself")
wrong(
    E,
    "numbers",
    lambda g: (_convnet(g), tuple(map(int, _pairs(g)[0]))),
    0,
    "numbers-for-names",
)
wrong(E, "seldom confused", lambda g: (_convnet(g), _named(g, -1)), 1, "seldom-confused")
wrong(E, "one name", lambda g: (_convnet(g), "Shirt"))
wrong(E, "no such class", lambda g: (_convnet(g), ("Shirt", "Hat")))

# --- compare-networks -------------------------------------------------------------------------
E = "compare-networks"


def _networks(keep=lambda row: True):
    return [row["network"] for row in lab.all_networks() if keep(row)]


def _above(row):
    return row["accuracy"] > lab.BASELINE


right(E, "list", lambda g: (_networks(_above),))
right(E, "array", lambda g: (np.array(_networks(_above)),))
right(E, "set", lambda g: (set(_networks(_above)),))
blank(E, lambda g: (...,))
wrong(E, "constant", lambda g: (0.897,))
wrong(E, "all", lambda g: (_networks(),), 3, "all-of-them")
wrong(E, "the others", lambda g: (_networks(lambda row: not _above(row)),), 1, "worse-for-better")
wrong(E, "empty", lambda g: ([],))
wrong(E, "best missing", lambda g: (_networks(_above)[:-1],), 2)

# --- challenge --------------------------------------------------------------------------------
E = "challenge"


def _batches_of_tensors(g):
    model, history = _quick(g)
    return _functional(*model.layers), history


def _both_sides(g):
    model, history = _quick(g)
    inputs = keras.Input((28, 28, 1))
    return keras.Model(inputs, layers.Average()([model(inputs), model(inputs)])), history


right(E, "Sequential", _quick)
right(E, "functional", _batches_of_tensors)
right(E, "of two branches", _both_sides)
blank(E, lambda g: (..., ...))
wrong(E, "constant", lambda g: (0, 0))
wrong(E, "not validated", lambda g: _quick(g, ""), 13, "no-validation")
wrong(E, "on the test set", lambda g: _quick(g, "test"), 13, "validation-on-the-test-set")
wrong(E, "unscaled", lambda g: _quick(g, factor=255), 1, "trained-on-unscaled-images")
wrong(E, "shuffled labels", lambda g: _quick(g, shuffled=True), 2, "not-trained")
wrong(
    E,
    "history of another",
    lambda g: (_quick(g)[0], histories.history({"val_accuracy": [0.1, 0.2]})),
    13,
)
