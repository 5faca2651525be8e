"""Make large weights cost something

Build the plain network again as `l2_model`, and give both **hidden** layers a
`kernel_regularizer`: `keras.regularizers.L2` with a factor of **0.001**. (The kernel is the layer's
matrix of weights; biases go free.) Compile it as before and train it like the plain one: 30 epochs,
batches of 96, the same validation data, `l2_history`. Then compute `l2_penalty`, what the regularized
weights add to the loss in the end: `layer.kernel` is a layer's matrix.
"""

import functools
import math

import numpy as np

from labkit.checks import canonical, criteria, losses, measure, networks, trainings
from labkit.checks.authoring import HISTORY, MODEL, NUMBER, Exercise, Message
from labkit.labs.regularization import shared

FACTOR = 1e-3

exercise = Exercise(
    __doc__,
    l2_model=MODEL,
    l2_history=HISTORY,
    l2_penalty=NUMBER,
    hints=(
        "It is the plain network again. Only the two hidden layers get one argument more.",
        "keras.layers.Dense(…, kernel_regularizer=keras.regularizers.L2(…)); after the training, "
        "layer.kernel holds a layer's weights.",
        "l2_penalty = 0.001 * sum(np.square(layer.kernel).sum() for layer in …)",
    ),
)


@exercise.solution
def solution(keras, np, x_part, y_part, x_valid, y_valid):
    l2 = keras.regularizers.L2(0.001)
    l2_model = keras.Sequential(
        [
            keras.Input(shape=(28, 28)),
            keras.layers.Flatten(),
            keras.layers.Dense(256, activation="relu", kernel_regularizer=l2),
            keras.layers.Dense(128, activation="relu", kernel_regularizer=l2),
            keras.layers.Dense(10, activation="softmax"),
        ],
        name="with_l2",
    )
    l2_model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    l2_history = l2_model.fit(
        x_part, y_part, epochs=30, batch_size=96, validation_data=(x_valid, y_valid), verbose=0
    )
    l2_penalty = 0.001 * sum(np.square(layer.kernel).sum() for layer in l2_model.layers[1:3])
    return l2_model, l2_history, l2_penalty


def _factors(model, part="kernel"):
    """Return the L1 and the L2 factor of each dense layer."""
    dense = canonical.canonical(model.config).of("dense")
    return [step.penalties.get(part, (0.0, 0.0)) for step in dense]


def _in_words(factors):
    l1, l2 = factors
    if math.isnan(l2):
        return "of another kind"
    return f"{l2:g}" + (f" (and {l1:g} of L1)" if l1 else "")


def _penalty(model):
    """Return what the squares of the regularized weights add to the network's loss."""
    squares = [float(np.square(kernel).sum()) for kernel in model.weights[::2]]
    factors = [l2 for _, l2 in _factors(model)]
    if len(squares) != len(factors):
        raise measure.NotMeasurable("it has other weights than those of its dense layers")
    return sum(l2 * square for l2, square in zip(factors, squares, strict=True))


def _is(told, wanted):
    return wanted > 0 and math.isclose(shared.as_number(told), wanted, rel_tol=2e-3)


_PLAIN = shared.criteria_of("plain", "l2_model", (0,) * 5, regularized=True)
exercise.require(
    shared.first_of(_PLAIN[2].title, 1, *(criterion.test for criterion in _PLAIN)),
    asks="Build the plain network again as `l2_model`",
)


@exercise.criterion(3, asks="give both **hidden** layers a `kernel_regularizer`")
def _(l2_model):
    """the weights of both hidden layers are regularized"""
    *hidden, output = _factors(l2_model) or [(0.0, 0.0)]
    if not hidden or not np.allclose(hidden, (0, FACTOR), rtol=1e-4, atol=0):
        return Message(
            "The L2 factors of the weights of the hidden layers are: "
            f"{', '.join(map(_in_words, hidden)) or 'none'}",
            f"{FACTOR:g} in both",
            "Dense has an argument for a regularizer of its kernel, the matrix of weights.",
        )
    regularized = canonical.canonical(l2_model.config).regularized()
    others = [words for words in regularized if "its weights" not in words]
    if output != (0.0, 0.0):
        others.append("the output layer has a regularizer on its weights")
    if others:
        return Message(
            f"Beside the weights of the hidden layers, {others[0]}",
            "a penalty on the weights of the two hidden layers alone",
            "Leave the other layers, biases and outputs as they are in the plain network.",
        )


exercise.require(trainings.epochs("l2_history", shared.EPOCHS, 1), asks="30 epochs")
exercise.require(
    shared.first_of(
        "l2_history belongs to l2_model",
        2,
        networks.compiled_for_classes("l2_model", 0).test,
        trainings.belongs("l2_history", "l2_model", 0, shared.plan(96)).test,
    ),
    asks="Compile it as before and train it like the plain one: 30 epochs, batches of 96, the same "
    "validation data, `l2_history`",
)


@exercise.criterion(2, asks="compute `l2_penalty`, what the regularized weights add to the loss")
@shared.tried
def _(l2_penalty, l2_model):
    """l2_penalty is what the weights add to the loss"""
    if not _is(l2_penalty, _penalty(l2_model)):
        return Message(
            criteria.beside("l2_penalty", l2_penalty, "found another sum"),
            "the factor times the sum of the squares of all weights that are regularized",
            "layer.kernel is the matrix of a dense layer; np.square and .sum() do the rest.",
        )


@exercise.sign(shown_by=lambda: _answer(lambda model: 0, factor=0), earns=4)
def no_regularizer(l2_model):
    """No layer has a regularizer: this is the plain network once more."""
    chain = canonical.canonical(l2_model.config)
    return chain.steps and not chain.regularized()


def _sits_on(model, part):
    """Tell whether a regularizer sits on this part of the layers, and none on the weights."""
    return not any(map(any, _factors(model))) and any(map(any, _factors(model, part)))


@exercise.sign(shown_by=lambda: _answer(where="bias"), earns=4)
def biases_regularized(l2_model):
    """The regularizer sits on the biases. There are 384 of them, and 200,000 weights."""
    return _sits_on(l2_model, "bias")


@exercise.sign(shown_by=lambda: _answer(where="activity"), earns=4)
def activity_regularized(l2_model):
    """The regularizer sits on the layer's output, not on its weights."""
    return _sits_on(l2_model, "activity")


@exercise.sign(
    shown_by=lambda: _answer(lambda model: float(sum(model.losses)), factor=0.01), earns=6
)
def default_factor(l2_model):
    """The factor is 0.01, which is what "l2" or L2() means where nothing is said."""
    return any(math.isclose(l2, 0.01) for _, l2 in _factors(l2_model)[:-1])


@exercise.sign(
    shown_by=lambda: _answer(lambda model: FACTOR * _sum(np.abs, model), kind="L1"), earns=4
)
def l1_for_l2(l2_model):
    """This regularizer adds up absolute values. L2 adds up squares."""
    return any(l1 > 0 for l1, _ in _factors(l2_model))


@exercise.sign(shown_by=lambda: _answer(lambda model: _sum(np.square, model)), earns=7)
def sum_without_factor(l2_penalty, l2_model):
    """The sum of squares is right, but the factor is missing."""
    return _is(l2_penalty, _penalty(l2_model) / FACTOR)


@exercise.sign(shown_by=lambda: _answer(lambda model: FACTOR * _sum(np.abs, model)), earns=7)
def absolute_values(l2_penalty, l2_model):
    """You added up absolute values. L2 adds up squares."""
    kernels = l2_model.weights[0:4:2]
    return _is(l2_penalty, FACTOR * sum(float(np.abs(kernel).sum()) for kernel in kernels))


@functools.cache
def untrained(kind="L2", factor=FACTOR, where="kernel", output=False):
    """Return an untrained network with a regularizer, one of Keras's or a function."""
    import keras

    keras.utils.set_random_seed(1)
    regularizer = _squares_of
    if kind != "own":
        name = "l2" if "2" in kind else "l1"
        regularizer = getattr(keras.regularizers, kind)(**{name: factor})
    more = {f"{where}_regularizer": regularizer}
    model = shared.build("plain", more=more, output=more if output else {})
    shared.compile_as_told(model)
    return model


def _squares_of(weights):
    import keras

    return FACTOR * keras.ops.sum(keras.ops.square(weights))


def _sum(of, model):
    return sum(float(of(layer.kernel.numpy()).sum()) for layer in model.layers[1:3])


def _answer(penalty=lambda model: FACTOR * _sum(np.square, model), **settings):
    model = untrained(**settings)
    return model, shared.record(model), penalty(model)


@exercise.right
def both_kinds_of_penalty_and_the_sum_of_keras():
    return _answer(lambda model: float(sum(model.losses)), kind="L1L2")


exercise.right(a_function_of_ones_own=lambda: _answer(kind="own"))
exercise.wrong(constant=lambda: (0, 0, 0))
exercise.wrong(
    earns=6, on_the_output_too=lambda: _answer(lambda model: float(sum(model.losses)), output=True)
)
exercise.wrong(earns=7, penalty_left_out=lambda: (*_answer()[:2], None))


@exercise.wrong(earns=7)
def another_history():
    model, _, penalty = _answer()
    return model, shared.turning(), penalty


@exercise.wrong(earns=7)
def compiled_otherwise():
    model, history, penalty = _answer()
    other = shared.build("plain", more={"kernel_regularizer": _squares_of})
    other.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    other.set_weights(model.get_weights())
    return other, history, penalty


exercise.alike["l2_model stopped by *, weights restored"] = losses.ANY_EPOCH
