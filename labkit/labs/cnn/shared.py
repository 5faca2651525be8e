"""What the exercises of this lab have in common."""

import math

import numpy as np

from labkit import evidence
from labkit.checks import agreement, canonical, criteria, structures
from labkit.checks.result import Message

# The fewest nodes of the first dense layer; tools/measure_floors.py trains a network with so many.
LEAST_UNITS, UNITS = 16, 128
# What tools/mutate calls networks with 127 and with 64 of them.
FEWER_NODES = dict.fromkeys(
    ("model2: layer 3, Dense, units=127", "model2: layer 3, Dense, units=64"),
    "fewer than 128 nodes: the text leaves them to whoever has a slow computer",
)


def blueprint(units=UNITS):
    """Return the network of the blueprint, with as many nodes in its first dense layer."""
    return canonical.chain(
        (28, 28, 1),
        canonical.convolution(32, 3, "relu"),
        canonical.max_pooling(2),
        canonical.flatten(),
        canonical.dense(units, "relu"),
        canonical.dense(10, "softmax"),
    )


def blueprint_like(chain):
    """Return the blueprint with the nodes of a network, where the text leaves them free."""
    units = (structures.units(chain) or [UNITS])[0]
    return blueprint(units if LEAST_UNITS <= units <= UNITS else UNITS)


def results(calls):
    """Return what calls of a student's function returned; None where that is no array."""
    arrays = [agreement.as_array(call.result) for call in calls]
    return [None if array is None or array.ndim == 0 else array for array in arrays]


def shapes(calls):
    """Return the shapes of what calls of a student's function returned."""
    return [None if array is None else array.shape for array in results(calls)]


def same(array, wanted):
    """Tell whether an array, or None, is the wanted one."""
    return (
        array is not None
        and array.shape == wanted.shape
        and np.allclose(array, wanted, rtol=1e-5, atol=1e-6)
    )


def raised(calls):
    """Return the texts of the errors that a student's function raised."""
    return [call.result.text for call in calls if isinstance(call.result, evidence.Raised)]


def returns_arrays(calls, next_step):
    """Say which call of a student's function returned no array; None where all did."""
    for call, array in zip(calls, results(calls), strict=True):
        if isinstance(call.result, evidence.Raised):
            return Message(
                f"On a small test image your function raised {call.result.type}: "
                f"{call.result.text.strip()}",
                "a function that works for images of any size",
                next_step,
            )
        if array is None:
            if isinstance(call.result, evidence.Placeholder):
                saw, step = "Your function returned nothing", "End the function with return."
            else:
                kind = agreement.kind_of(call.result)
                saw = f"Your function returned something of type {kind}"
                step = "Return the array that the function has filled."
            return Message(saw, "an array with rows and columns", step)
    return None


def told(plain):
    """Return the number that a student has found, NaN where it is none: nothing equals it."""
    return float(plain) if criteria.is_number(evidence.Value("", plain)) else math.nan


def convolution(keras, filters=32, kernel=(3, 3), activation="relu", **settings):
    """Return the blueprint's convolution, or one that differs from it."""
    return keras.layers.Conv2D(filters, kernel, activation=activation, **settings)


def sequence(keras, *parts, shape=(28, 28, 1)):
    """Return a network of these layers."""
    return keras.Sequential([keras.Input(shape), *parts])


def dense_part(keras, units=128, hidden="relu", classes=10, last="softmax"):
    """Return the blueprint's layers after pooling, or some that differ from them."""
    return (
        keras.layers.Flatten(),
        keras.layers.Dense(units, activation=hidden),
        keras.layers.Dense(classes, activation=last),
    )


def network(keras, conv=None, pool=None, **dense):
    """Return the blueprint's network, or one that differs from it."""
    images = conv or convolution(keras), pool or keras.layers.MaxPooling2D((2, 2))
    return sequence(keras, *images, *dense_part(keras, **dense))


def compiled(
    keras, optimizer="rmsprop", loss="categorical_crossentropy", metrics=("accuracy",), **dense
):
    """Return the blueprint's network, compiled as asked or otherwise."""
    model = network(keras, **dense)
    model.compile(optimizer=optimizer, loss=loss, metrics=list(metrics))
    return model
