"""Right and wrong answers to lab 3."""

import functools

import keras
import numpy as np
import scipy.signal
import tensorflow as tf

from labkit.checks.result import Outcome
from tests.labs import histories
from tests.labs.histories import history
from tests.labs.table import Table

TABLE = Table()
right, wrong, blank = TABLE.right, TABLE.wrong, TABLE.blank
layers = keras.layers

# --- convolve ---------------------------------------------------------------------------------
E = "convolve"


def _loops(image, kernel):
    rows = image.shape[0] - kernel.shape[0] + 1
    columns = image.shape[1] - kernel.shape[1] + 1
    result = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            window = image[i : i + kernel.shape[0], j : j + kernel.shape[1]]
            result[i, j] = np.sum(window * kernel)
    return result


def _shifted_images(image, kernel):
    rows, columns = np.array(image.shape) - kernel.shape + 1
    shifted = (
        weight * image[i : i + rows, j : j + columns] for (i, j), weight in np.ndenumerate(kernel)
    )
    return np.sum(list(shifted), axis=0)


def _sliding(image, kernel):
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.tensordot(windows, kernel)


def _lists(image, kernel):
    return _loops(image, kernel).tolist()


def _in_keras(image, kernel):
    return keras.ops.conv(image[None, :, :, None], kernel[:, :, None, None])[0, :, :, 0]


def _convolve_stub(image, kernel):
    """Return the sums of `kernel` times window."""


def _past_the_edge(image, kernel):
    result = np.zeros(image.shape)
    for i in range(image.shape[0]):
        for j in range(image.shape[1]):
            window = image[i : i + kernel.shape[0], j : j + kernel.shape[1]]
            result[i, j] = np.sum(window * kernel)
    return result


def _three_by_three(image, kernel):
    rows, columns = image.shape[0] - 2, image.shape[1] - 2
    return [
        [np.sum(image[i : i + 3, j : j + 3] * kernel) for j in range(columns)] for i in range(rows)
    ]


def _last_missing(image, kernel):
    return _loops(image, kernel)[:-1, :-1]


def _products(image, kernel):
    return np.lib.stride_tricks.sliding_window_view(image, kernel.shape) * kernel


def _largest(image, kernel):
    return np.lib.stride_tricks.sliding_window_view(image, kernel.shape).max(axis=(2, 3))


right(E, "two loops", lambda g: (_loops,))
right(E, "shifted images", lambda g: (_shifted_images,))
right(E, "sliding windows", lambda g: (_sliding,))
right(E, "lists", lambda g: (_lists,))
right(E, "Keras", lambda g: (_in_keras,))
right(E, "SciPy", lambda g: (lambda i, k: scipy.signal.correlate2d(i, k, mode="valid"),))
blank(E, lambda g: (_convolve_stub,))
wrong(E, "no function", lambda g: (_loops(g.x_train[0], np.ones((3, 3))),))
wrong(E, "constant", lambda g: (lambda image, kernel: np.zeros((26, 26)),), 3)
wrong(E, "a number", lambda g: (lambda image, kernel: 0.0,))
wrong(E, "whole image", lambda g: (lambda i, k: i * k,), 0, "elementwise-only")
wrong(E, "products not summed", lambda g: (_products,), 3, "elementwise-only")
wrong(E, "past the edge", lambda g: (_past_the_edge,), 0, "window-not-kernel-sized")
wrong(E, "3 by 3 only", lambda g: (_three_by_three,), 0, "window-not-kernel-sized")
wrong(
    E,
    "flipped",
    lambda g: (lambda i, k: scipy.signal.convolve2d(i, k, "valid"),),
    7,
    "kernel-flipped",
)
wrong(E, "same", lambda g: (lambda i, k: scipy.signal.correlate2d(i, k, "same"),), 3, "padded-same")
wrong(E, "turned", lambda g: (lambda i, k: _loops(i, k).T,), 3, "rows-and-columns-swapped")
wrong(E, "one too few", lambda g: (_last_missing,), 3, "last-place-missing")
wrong(E, "mean", lambda g: (lambda i, k: _loops(i, k) / k.size,), 7, "mean-for-sum")
wrong(E, "largest of the window", lambda g: (_largest,), 7)

# --- pooling ----------------------------------------------------------------------------------
E = "pooling"


def _pool_loops(image):
    result = np.zeros((image.shape[0] // 2, image.shape[1] // 2))
    for i in range(result.shape[0]):
        for j in range(result.shape[1]):
            result[i, j] = image[2 * i : 2 * i + 2, 2 * j : 2 * j + 2].max()
    return result


def _pool_fields(image, statistic=np.max):
    rows, columns = image.shape[0] // 2, image.shape[1] // 2
    fields = image[: 2 * rows, : 2 * columns].reshape(rows, 2, columns, 2)
    return statistic(fields, axis=(1, 3))


def _pool_slices(image):
    image = image[: len(image) // 2 * 2, : image.shape[1] // 2 * 2]
    above = np.maximum(image[::2, ::2], image[::2, 1::2])
    return np.maximum(above, np.maximum(image[1::2, ::2], image[1::2, 1::2]))


def _pool_keras(image):
    return layers.MaxPooling2D()(image[None, :, :, None])[0, :, :, 0]


def _pool_stub(image):
    """Return the largest value of every field."""


def _pool_overlapping(image):
    return np.lib.stride_tricks.sliding_window_view(image, (2, 2)).max(axis=(2, 3))


def _pool_even_only(image):
    return image.reshape(image.shape[0] // 2, 2, image.shape[1] // 2, 2).max(axis=(1, 3))


def _pool_rest_kept(image):
    padded = np.pad(image, [(0, side % 2) for side in image.shape], constant_values=-np.inf)
    return _pool_fields(padded)


right(E, "two loops", lambda g: (_pool_loops,))
right(E, "fields", lambda g: (_pool_fields,))
right(E, "slices", lambda g: (_pool_slices,))
right(E, "Keras", lambda g: (_pool_keras,))
blank(E, lambda g: (_pool_stub,))
wrong(E, "no function", lambda g: (g.x_train[0, ::2, ::2],))
wrong(E, "constant", lambda g: (lambda image: 0,))
wrong(E, "mean", lambda g: (lambda i: _pool_fields(i, np.mean),), 1, "average-pooling")
wrong(E, "smallest", lambda g: (lambda i: _pool_fields(i, np.min),), 1, "smallest-for-largest")
wrong(E, "thinned out", lambda g: (lambda i: i[::2, ::2],), 1, "every-second-pixel")
wrong(E, "overlapping", lambda g: (_pool_overlapping,), 0, "fields-overlap")
wrong(E, "even sides only", lambda g: (_pool_even_only,), 4, "odd-sides")
wrong(E, "rest kept", lambda g: (_pool_rest_kept,), 4, "odd-sides")
wrong(E, "unchanged", lambda g: (lambda image: image,))

# --- output-shapes ----------------------------------------------------------------------------
E = "output-shapes"
right(E, "tuples", lambda g: ((26, 26, 32), (13, 13, 32), 5408))
right(E, "lists", lambda g: ([26, 26, 32], [13, 13, 32], [5408]))
right(E, "with a batch axis", lambda g: ((None, 26, 26, 32), (None, 13, 13, 32), (None, 5408)))
right(E, "NumPy", lambda g: (np.array([26, 26, 32]), np.array([13, 13, 32]), np.int64(5408)))
blank(E, lambda g: (..., ..., ...))
wrong(E, "constant", lambda g: (0, 0, 0))
wrong(E, "padded", lambda g: ((28, 28, 32), (14, 14, 32), 6272), 0, "padded-same")
wrong(E, "no channels", lambda g: ((26, 26), (13, 13), 169), 0, "channels-forgotten")
wrong(E, "3 subtracted", lambda g: ((25, 25, 32), (12, 12, 32), 4608), 0, "kernel-subtracted")
wrong(E, "channels pooled", lambda g: ((26, 26, 32), (13, 13, 16), 2704), 2, "channels-pooled")
wrong(E, "channels first", lambda g: ((32, 26, 26), (32, 13, 13), 5408), 2, "channel-first")
wrong(E, "last missing", lambda g: ((26, 26, 32), (13, 13, 32), ...), 4)
wrong(E, "text", lambda g: ("26x26x32", "13x13x32", "5408"))

# --- conv-parameters --------------------------------------------------------------------------
E = "conv-parameters"
right(E, "numbers", lambda g: (320, 692_352))
right(E, "formula", lambda g: ((3 * 3 * 1 + 1) * 32, (13 * 13 * 32 + 1) * 128))
right(E, "NumPy", lambda g: (np.int64(320), np.float64(692_352)))
blank(E, lambda g: (..., ...))
wrong(E, "constant", lambda g: (0, 0))
wrong(E, "no biases", lambda g: (288, 692_224), 0, "biases-forgotten")
wrong(E, "like a dense layer", lambda g: (25_120, 692_352), 2, "counted-like-a-dense-layer")
wrong(E, "every place", lambda g: (26 * 26 * 320, 692_352), 2, "weights-for-every-place")
wrong(E, "one filter", lambda g: (10, 692_352), 2, "one-filter-only")
wrong(E, "one bias", lambda g: (289, 692_225), 0, "one-bias-for-the-layer")
wrong(E, "no pooling", lambda g: (320, (26 * 26 * 32 + 1) * 128), 3, "pooling-forgotten")
wrong(E, "half done", lambda g: (320, ...), 3)

# --- define-cnn -------------------------------------------------------------------------------
E = "define-cnn"


def _sequential(*parts, shape=(28, 28, 1)):
    return keras.Sequential([keras.Input(shape), *parts])


def _conv(filters=32, kernel=(3, 3), activation="relu", **settings):
    return layers.Conv2D(filters, kernel, activation=activation, **settings)


def _end(units=128, hidden="relu", classes=10, last="softmax"):
    yield layers.Flatten()
    yield layers.Dense(units, activation=hidden)
    yield layers.Dense(classes, activation=last)


def _network(conv=None, pool=None, **end):
    return _sequential(conv or _conv(), pool or layers.MaxPooling2D((2, 2)), *_end(**end))


def _functional(g):
    image = keras.Input((28, 28, 1), name="image")
    x = layers.MaxPool2D(2)(layers.Conv2D(32, 3, activation="relu")(image))
    x = layers.Dense(128, activation="relu")(layers.Flatten()(x))
    return (keras.Model(image, layers.Dense(10, activation="softmax")(x)),)


def _added(g):
    model = keras.Sequential()
    model.add(layers.Input((28, 28, 1)))
    model.add(layers.Convolution2D(filters=32, kernel_size=[3, 3]))
    model.add(layers.ReLU())
    model.add(layers.MaxPooling2D(pool_size=(2, 2), strides=2))
    model.add(layers.Flatten())
    model.add(layers.Dense(64))
    model.add(layers.Activation("relu"))
    model.add(layers.Dropout(0.2))
    model.add(layers.Dense(10))
    model.add(layers.Softmax())
    return (model,)


def _through_tensorflow(g):
    parts = tf.keras.layers
    return (
        tf.keras.models.Sequential(
            [
                parts.Input(shape=(28, 28, 1)),
                parts.Conv2D(32, (3, 3), activation=tf.nn.relu),
                parts.MaxPooling2D(),
                parts.Flatten(),
                parts.Dense(16, activation=tf.keras.activations.relu),
                parts.Dense(10, activation=tf.keras.activations.softmax),
            ]
        ),
    )


def _without_input(g):
    return (keras.Sequential([_conv(), layers.MaxPooling2D(), *_end()]),)


def _without_flatten(g):
    dense = layers.Dense(128, activation="relu"), layers.Dense(10, activation="softmax")
    return (_sequential(_conv(), layers.MaxPooling2D(), *dense),)


def _reshaped(g):
    inside = layers.Reshape((28, 28, 1)), _conv(), layers.MaxPooling2D()
    return (_sequential(*inside, *_end(), shape=(28, 28)),)


right(E, "Sequential", lambda g: (_network(),))
right(E, "functional", _functional)
right(E, "added layer by layer", _added)
right(E, "tf.keras", _through_tensorflow)
blank(E, lambda g: (...,))
wrong(E, "constant", lambda g: (0,))
wrong(E, "list of layers", lambda g: ([_conv(), layers.MaxPooling2D(), *_end()],))
wrong(E, "no input", _without_input)
wrong(E, "no channel", _reshaped, 0, "missing-channel-axis")
wrong(E, "average", lambda g: (_network(pool=layers.AveragePooling2D(2)),), 2, "average-pooling")
wrong(E, "no pooling", lambda g: (_sequential(_conv(), *_end()),), 2, "missing-pooling")
wrong(E, "no Flatten", _without_flatten, 2, "missing-flatten")
wrong(
    E,
    "filters and kernel swapped",
    lambda g: (_network(_conv(3, (32, 32), padding="same")),),
    11,
    "filters-and-kernel-swapped",
)
wrong(E, "sigmoid", lambda g: (_network(last="sigmoid"),), 12, "sigmoid-for-softmax")
wrong(E, "no softmax", lambda g: (_network(last=None),), 12, "no-softmax")
wrong(E, "one class", lambda g: (_network(classes=1),), 11, "wrong-number-of-classes")
wrong(
    E,
    "convolution without activation",
    lambda g: (_network(_conv(activation=None)),),
    13,
    "hidden-without-activation",
)
wrong(
    E,
    "dense layer without activation",
    lambda g: (_network(hidden=None),),
    13,
    "hidden-without-activation",
)
wrong(E, "padded", lambda g: (_network(_conv(padding="same")),), 13, "padded-same")
wrong(E, "64 filters", lambda g: (_network(_conv(64)),), 11)
wrong(E, "5 by 5", lambda g: (_network(_conv(kernel=5)),), 11)
wrong(E, "overlapping pools", lambda g: (_network(pool=layers.MaxPooling2D(2, 1)),), 11)
wrong(E, "narrow", lambda g: (_network(units=4),), 13)
wrong(E, "lab 2's network", lambda g: (_sequential(*_end()),), 2)

# --- compile-cnn ------------------------------------------------------------------------------
E = "compile-cnn"
CROSS_ENTROPY = "categorical_crossentropy"


def _compiled(optimizer="rmsprop", loss=CROSS_ENTROPY, metrics=("accuracy",), **end):
    model = _network(**end)
    model.compile(optimizer=optimizer, loss=loss, metrics=list(metrics))
    return (model,)


right(E, "names", lambda g: _compiled())
right(
    E,
    "objects",
    lambda g: _compiled(
        keras.optimizers.RMSprop(1e-3),
        keras.losses.CategoricalCrossentropy(),
        [keras.metrics.CategoricalAccuracy()],
    ),
)
right(E, "function", lambda g: _compiled("RMSprop", keras.losses.categorical_crossentropy, ["acc"]))
right(
    E,
    "scores, and the loss told so",
    lambda g: _compiled(loss=keras.losses.CategoricalCrossentropy(from_logits=True), last=None),
)
blank(E, lambda g: (...,))
wrong(E, "constant", lambda g: ("rmsprop",))
wrong(E, "not compiled", lambda g: (_network(),))
wrong(
    E,
    "sparse",
    lambda g: _compiled(loss="sparse_categorical_crossentropy"),
    4,
    "labels-and-loss-mismatch",
)
wrong(E, "binary", lambda g: _compiled(loss="binary_crossentropy"), 4, "binary-cross-entropy")
wrong(E, "squared error", lambda g: _compiled(loss="mse"), 4, "squared-error")
wrong(
    E,
    "softmax twice",
    lambda g: _compiled(loss=keras.losses.CategoricalCrossentropy(from_logits=True)),
    4,
    "softmax-and-from-logits",
)
wrong(E, "no metric", lambda g: _compiled(metrics=[]), 6, "no-accuracy")
wrong(E, "Adam", lambda g: _compiled("adam"), 5, "adam-for-rmsprop")
wrong(E, "plain descent", lambda g: _compiled("sgd"), 5)

# --- networks trained on the sample -----------------------------------------------------------


def _scaled(images):
    return (images.astype("float32") / 255)[..., np.newaxis]


@functools.cache
def _trained(g):
    """Return the lab's network and its history."""
    keras.utils.set_random_seed(1)
    (model,) = _compiled(units=32)
    labels = keras.utils.to_categorical(g.y_train, 10)
    history = model.fit(
        *(_scaled(g.x_train), labels),
        **{"epochs": 10, "batch_size": 64, "validation_split": 0.2, "verbose": 0},
    )
    return model, history


@functools.cache
def _badly_trained(g):
    """Return a network that has seen some images, all of them unscaled."""
    keras.utils.set_random_seed(1)
    (model,) = _compiled(units=16)
    labels = keras.utils.to_categorical(g.y_train[:3000], 10)
    model.fit(_scaled(g.x_train[:3000]) * 255, labels, epochs=2, verbose=0)
    return model


@functools.cache
def _baseline(g):
    """Return a dense network that is clearly worse."""
    keras.utils.set_random_seed(1)
    model = _sequential(*_end(units=16))
    model.compile("adam", CROSS_ENTROPY, metrics=["accuracy"])
    model.fit(_scaled(g.x_train), keras.utils.to_categorical(g.y_train, 10), epochs=1, verbose=0)
    return model


def _model(g):
    return _trained(g)[0]


def _history(g, **changed):
    return histories.changed(_trained(g)[1], _trained(g)[1].history | changed)


def _first(g, count):
    record = _history(g)
    return histories.changed(record, {name: part[:count] for name, part in record.history.items()})


def _unvalidated(g):
    record = _history(g)
    alone = {name: part for name, part in record.history.items() if not name.startswith("val_")}
    return histories.changed(record, alone)


@functools.cache
def _evaluated(g, baseline=False, training=False):
    images, labels = (g.x_train, g.y_train) if training else (g.x_test, g.y_test)
    model = _baseline(g) if baseline else _model(g)
    labels = keras.utils.to_categorical(labels, 10)
    return tuple(model.evaluate(_scaled(images), labels, verbose=0))


def _validated_on_test(g):
    loss, accuracy = _evaluated(g)
    series = _history(g).history
    ends = {
        "val_loss": [*series["val_loss"][:-1], loss],
        "val_accuracy": [*series["val_accuracy"][:-1], accuracy],
    }
    return _history(g, **ends)


def _of_another(g):
    return _history(g, val_accuracy=[0.5] * 10)


# --- fit-cnn ----------------------------------------------------------------------------------
E = "fit-cnn"
right(E, "History", lambda g: (_trained(g)[1], _model(g)))
right(E, "put together", lambda g: (_history(g), _model(g)))
right(
    E,
    "another name for accuracy",
    lambda g: (
        histories.changed(
            _history(g),
            {
                name.replace("acc", "categorical_acc"): series
                for name, series in _history(g).history.items()
            },
        ),
        _model(g),
    ),
)
blank(E, lambda g: (..., _model(g)))
wrong(E, "constant", lambda g: (0, _model(g)), 4)
wrong(E, "dictionary", lambda g: (_history(g).history, _model(g)), 4)
wrong(E, "no network", lambda g: (_history(g), ...), outcome=Outcome.BLOCKED)
wrong(E, "5 epochs", lambda g: (_first(g, 5), _model(g)), 7, "too-few-epochs")
wrong(E, "no validation", lambda g: (_unvalidated(g), _model(g)), 7, "no-validation")
wrong(
    E,
    "validated on the test set",
    lambda g: (_validated_on_test(g), _model(g)),
    10,
    "validation-on-the-test-set",
)
wrong(E, "unscaled", lambda g: (_of_another(g), _badly_trained(g)), 6, "trained-on-unscaled-images")
wrong(E, "another network's", lambda g: (_of_another(g), _model(g)), 10)
wrong(E, "network defined anew", lambda g: (_history(g), _network()), 6)

# --- best-epoch -------------------------------------------------------------------------------
E = "best-epoch"

# Loss lowest after 4 epochs, accuracy highest after 5; training loss lowest after 9.
CURVES = {
    "loss": [0.9, 0.5, 0.4, 0.3, 0.25, 0.2, 0.15, 0.1, 0.05, 0.06],
    "accuracy": [0.7, 0.8, 0.85, 0.9, 0.91, 0.93, 0.95, 0.97, 0.98, 0.98],
    "val_loss": [0.6, 0.5, 0.45, 0.4, 0.41, 0.43, 0.45, 0.5, 0.55, 0.6],
    "val_accuracy": [0.75, 0.8, 0.84, 0.87, 0.88, 0.87, 0.87, 0.86, 0.86, 0.86],
}
EARLY = CURVES | {
    "val_loss": [0.1 * n for n in range(4, 14)],
    "val_accuracy": [0.9 - 0.01 * n for n in range(10)],
}
right(E, "computed", lambda g: (np.argmin(CURVES["val_loss"]) + 1, history(CURVES)))
right(E, "by accuracy", lambda g: (int(np.argmax(CURVES["val_accuracy"])) + 1, history(CURVES)))
right(E, "one epoch off", lambda g: (3.0, history(CURVES)))
right(
    E,
    "trained here",
    lambda g: (np.argmin(_history(g).history["val_loss"]) + np.int64(1), _trained(g)[1]),
)
blank(E, lambda g: (..., history(CURVES)))
wrong(E, "constant", lambda g: (-1, history(CURVES)))
wrong(E, "no history", lambda g: (4, ...), outcome=Outcome.BLOCKED)
wrong(
    E, "from zero", lambda g: (np.argmin(EARLY["val_loss"]), history(EARLY)), 0, "counted-from-zero"
)
wrong(E, "value", lambda g: (min(CURVES["val_loss"]), history(CURVES)), 0, "value-for-epoch")
wrong(E, "training loss", lambda g: (9, history(CURVES)), 0, "lowest-training-loss")
wrong(E, "last", lambda g: (10, history(CURVES)), 0, "last-epoch")
wrong(E, "all epochs", lambda g: (list(range(1, 11)), history(CURVES)))
wrong(E, "too early", lambda g: (1, history(CURVES)))
wrong(E, "never validated", lambda g: (4, history({"loss": CURVES["loss"]})))

# --- which-curve ------------------------------------------------------------------------------
E = "which-curve"
right(E, "letter", lambda g: ("b",))
right(E, "capital", lambda g: ("B",))
right(E, "with a bracket", lambda g: ("b)",))
blank(E, lambda g: (...,))
wrong(E, "a", lambda g: ("a",), 0, "which_curve-a")
wrong(E, "c", lambda g: ("c",), 0, "which_curve-c")
wrong(E, "d", lambda g: ("d",), 0, "which_curve-d")
wrong(E, "constant", lambda g: (0,))
wrong(E, "in words", lambda g: ("validation",))

# --- evaluate-cnn -----------------------------------------------------------------------------
E = "evaluate-cnn"


def _by_hand(g):
    chosen = _model(g).predict(_scaled(g.x_test), verbose=0)
    loss = -np.log(chosen[np.arange(len(g.y_test)), g.y_test]).mean()
    return loss, np.mean(chosen.argmax(axis=1) == g.y_test)


right(E, "evaluate", lambda g: (*_evaluated(g), _model(g)))
right(E, "by hand", lambda g: (*_by_hand(g), _model(g)))
right(E, "rounded", lambda g: (*(round(value, 3) for value in _evaluated(g)), _model(g)))
blank(E, lambda g: (..., ..., _model(g)))
wrong(E, "constant", lambda g: (0.5, 0.5, _model(g)))
wrong(E, "no network", lambda g: (*_evaluated(g), ...), outcome=Outcome.BLOCKED)
wrong(E, "swapped", lambda g: (*_evaluated(g)[::-1], _model(g)), 0, "loss-and-accuracy-swapped")
wrong(
    E,
    "per cent",
    lambda g: (_evaluated(g)[0], 100 * _evaluated(g)[1], _model(g)),
    2,
    "per-cent-for-share",
)
wrong(
    E,
    "training images",
    lambda g: (*_evaluated(g, baseline=True, training=True), _baseline(g)),
    0,
    "training-accuracy-called-test",
)
wrong(E, "both in one", lambda g: (_evaluated(g), ..., _model(g)))
wrong(E, "loss missing", lambda g: (..., _evaluated(g)[1], _model(g)), 3)

# --- compare-models ---------------------------------------------------------------------------
E = "compare-models"


def _gain(g, training=False):
    return _evaluated(g, training=training)[1] - _evaluated(g, True, training)[1]


def _both(g):
    return _model(g), _baseline(g)


def _compared(gain, name):
    return lambda g: (gain(g), name, *_both(g))


right(E, "difference", _compared(_gain, "model2"))
right(E, "rounded", _compared(lambda g: round(_gain(g), 3), " Model2"))
right(E, "NumPy", _compared(lambda g: np.float32(_gain(g)), "model2"))
right(E, "the other is better", lambda g: (-_gain(g), "baseline", _baseline(g), _model(g)))
blank(E, lambda g: (..., ..., *_both(g)))
wrong(E, "constant", _compared(lambda g: -0.5, "none"))
wrong(E, "no networks", lambda g: (0.1, "model2", ..., ...), outcome=Outcome.BLOCKED)
wrong(E, "per cent", _compared(lambda g: 100 * _gain(g), "model2"), 1, "per-cent-for-share")
wrong(E, "sign", _compared(lambda g: -_gain(g), "model2"), 1, "sign-turned")
wrong(E, "one only", _compared(lambda g: _evaluated(g)[1], "model2"), 1, "one-accuracy-only")
wrong(
    E,
    "training images",
    _compared(lambda g: _gain(g, training=True), "model2"),
    1,
    "compared-on-training-images",
)
wrong(E, "the worse one", _compared(_gain, "baseline"), 2)

# --- tenth-image ------------------------------------------------------------------------------
E = "tenth-image"


def _predicted(g, start=9, stop=10):
    return _model(g).predict(_scaled(g.x_test[start:stop]), verbose=0)


def _named(g, probabilities=None):
    probabilities = _predicted(g) if probabilities is None else probabilities
    return g.class_names[probabilities.argmax()]


def _tenth(probabilities, name=_named):
    return lambda g: (probabilities(g), name(g), _model(g))


right(E, "slice", _tenth(_predicted))
right(E, "called", _tenth(lambda g: _model(g)(_scaled(g.x_test[9:10]))))
right(E, "new axis", _tenth(lambda g: _predicted(g).tolist(), lambda g: _named(g).lower()))
right(E, "cut out of all", _tenth(lambda g: _predicted(g, 0, 20)[9:10]))
blank(E, lambda g: (..., ..., _model(g)))
wrong(E, "constant", lambda g: (0, 0, _model(g)))
wrong(E, "no network", lambda g: (_predicted(g), _named(g), ...), outcome=Outcome.BLOCKED)
wrong(E, "no batch axis", _tenth(lambda g: _predicted(g)[0]), 0, "missing-batch-axis")
wrong(E, "index 10", _tenth(lambda g: _predicted(g, 10, 11)), 2, "counted-from-one")
wrong(E, "all images", _tenth(lambda g: _predicted(g, 0, None)), 0, "whole-test-set")
wrong(E, "number", _tenth(_predicted, lambda g: _predicted(g).argmax()), 2, "number-for-name")
wrong(E, "another name", _tenth(_predicted, lambda g: "Hat"), 2)
wrong(
    E,
    "another network's",
    _tenth(lambda g: _baseline(g).predict(_scaled(g.x_test[9:10]), verbose=0)),
    2,
)
