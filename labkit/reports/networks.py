"""The networks of the five reports, each as it would be written in a notebook.

Every function builds its network anew, compiled and ready to train on images scaled to [0, 1] and
integer labels: sparse categorical cross-entropy is what the reports' categorical cross-entropy
becomes when the labels are not one-hot. How each is trained is in `labkit.reports.recipes`.
"""

import functools
from collections.abc import Callable

import keras
from keras import layers


def r0_1() -> keras.Model:
    """Return three dense layers with dropout, for large batches: 567,434 parameters."""
    model = keras.Sequential(
        [
            keras.Input((28, 28)),
            layers.Flatten(),
            layers.Dense(512, activation="relu"),
            layers.Dropout(0.4),
            layers.Dense(256, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(128, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(10, activation="softmax"),
        ]
    )
    return _compiled(model, keras.optimizers.Adam())


def r0_2() -> keras.Model:
    """Return two dense layers without dropout: 235,146 parameters."""
    model = keras.Sequential(
        [
            keras.Input((28, 28)),
            layers.Flatten(),
            layers.Dense(256, activation="relu"),
            layers.Dense(128, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    return _compiled(model, keras.optimizers.Adam())


def r1_simple() -> keras.Model:
    """Return three dense layers of 256 with dropout: 335,114 parameters."""
    model = keras.Sequential(
        [
            keras.Input((28, 28)),
            layers.Flatten(),
            layers.Dense(256, activation="relu"),
            layers.Dropout(0.4),
            layers.Dense(256, activation="relu"),
            layers.Dropout(0.3),
            layers.Dense(256, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(10, activation="softmax"),
        ]
    )
    return _compiled(model, keras.optimizers.Adam())


def r1_conv() -> keras.Model:
    """Return three convolutions with dropout after each: 242,058 parameters."""
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 5, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Dropout(0.25),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Dropout(0.25),
            layers.Conv2D(128, 3, activation="relu"),
            layers.Dropout(0.4),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dropout(0.3),
            layers.Dense(10, activation="softmax"),
        ]
    )
    return _compiled(model, keras.optimizers.Adam())


def r2_dense() -> keras.Model:
    """Return two dense layers that learn slowly: 104,938 parameters."""
    dense = functools.partial(layers.Dense, activation="relu", kernel_initializer="he_normal")
    model = keras.Sequential(
        [
            keras.Input((28, 28)),
            layers.Flatten(),
            dense(128),
            dense(32),
            dense(10, activation="softmax"),
        ]
    )
    return _compiled(model, keras.optimizers.Adam(learning_rate=1e-5))


def r2_conv() -> keras.Model:
    """Return six convolutions and a wide dense layer: 27,262,534 parameters."""
    dense = functools.partial(layers.Dense, activation="relu", kernel_initializer="he_normal")
    convolution = functools.partial(
        layers.Conv2D, activation="relu", padding="same", kernel_initializer="he_normal"
    )
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            convolution(6, 5),
            layers.AveragePooling2D(2),
            convolution(32, 3),
            convolution(64, 3),
            convolution(128, 3),
            convolution(256, 3),
            convolution(512, 3),
            layers.Flatten(),
            dense(256),
            dense(10, activation="softmax"),
        ]
    )
    return _compiled(model, keras.optimizers.Adam(learning_rate=1e-4))


def r3_lenet() -> keras.Model:
    """Return LeNet with hyperbolic tangents: 1,256,080 parameters."""
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(20, 5, padding="same", activation="tanh"),
            layers.MaxPooling2D(2),
            layers.Conv2D(50, 5, padding="same", activation="tanh"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(500, activation="tanh"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    return _compiled(model, keras.optimizers.Adam())


def r4_mlp() -> keras.Model:
    """Return one dense layer of 128, the course's first network: 101,770 parameters."""
    model = keras.Sequential(
        [
            keras.Input((28, 28)),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    return _compiled(model, keras.optimizers.Adam())


def r4_cnn(nodes: int = 128) -> keras.Model:
    """Return one convolution before the dense layers: with 128 nodes, 693,962 parameters."""
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(nodes, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    return _compiled(model, keras.optimizers.RMSprop())


BUILDERS: dict[str, Callable[[], keras.Model]] = {
    "R0-1": r0_1,
    "R0-2": r0_2,
    "R1-simple": r1_simple,
    "R1-conv": r1_conv,
    "R2-dense": r2_dense,
    "R2-conv": r2_conv,
    "R2-conv-full": r2_conv,
    "R3-lenet": r3_lenet,
    "R4-mlp": r4_mlp,
    "R4-cnn": r4_cnn,
}


def build(network: str) -> keras.Model:
    """Return the network that is called `network` in `labkit.reports.recipes`, compiled.

    Parameters
    ----------
    network : str
        For example ``"R1-conv"``.

    Raises
    ------
    KeyError
        If there is no such network; the message lists those that there are.
    """
    if network not in BUILDERS:
        raise KeyError(f"There is no network {network!r}; there are {', '.join(BUILDERS)}.")
    return BUILDERS[network]()


def _compiled(model: keras.Model, optimizer: keras.optimizers.Optimizer) -> keras.Model:
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
