"""Train it

Train `model` for 5 epochs on the scaled training images and set a fifth of them aside for
validation. Optimizer and loss are those of exercise {exercise:compile-mlp}. Keep what `fit` returns
as `history`, and pass `verbose=0`. Its layers stay as you have defined them, and all images count
alike. It takes about half a minute on the real data. To start again, run the cells of exercises
{exercise:define-mlp}, {exercise:compile-mlp} and {exercise:fit-mlp} in this order: `fit` goes on with
the weights that it finds.
"""

import dataclasses

import numpy as np

from labkit.checks import histories, losses, trainings
from labkit.checks.authoring import HISTORY, Exercise
from labkit.labs import floors
from labkit.labs.mlp import shared

EPOCHS = 5

exercise = Exercise(
    __doc__,
    history=HISTORY,
    needs=("model",),
    hints=(
        "fit() needs the images, their labels, how often to go through them, and what share to "
        "set aside.",
        "Its arguments are called epochs and validation_split; verbose=0 keeps it quiet.",
        "model.fit(x_train_…, y_train, epochs=…, validation_split=…, verbose=0) returns the history",
    ),
)


@exercise.solution
def solution(model, x_train_scaled, y_train):
    history = model.fit(
        x_train_scaled,
        y_train,
        epochs=5,
        validation_split=0.2,
        verbose=0,
    )
    return history


exercise.require(trainings.epochs("history", EPOCHS, 3), asks="Train `model` for 5 epochs")
exercise.require(trainings.validated("history", 3), asks="set a fifth of them aside for validation")
exercise.require(
    trainings.belongs(
        "history",
        "model",
        3,
        dataclasses.replace(trainings.A_FIFTH, **trainings.ADAM_ON_LABELS),
    ),
    asks="Keep what `fit` returns as `history`",
)
LEARNT, LAYERS = floors.learnt(
    "model",
    "mlp",
    lambda seen: shared.blueprint(),
    2,
    "the network has learnt to tell the classes apart",
    "Train on scaled images: define, compile and fit the network anew, in this order.",
)
exercise.require(LEARNT, asks="Train `model` for 5 epochs on the scaled training images")
exercise.require(LAYERS, asks="Its layers stay as you have defined them")
exercise.knows(*trainings.mistakes("history", "model", EPOCHS))


def _trained(images, labels, epochs=EPOCHS, optimizer="adam", **settings):
    """Return what `fit` returns, and the network; with a fifth set aside where none is named."""
    import keras

    keras.utils.set_random_seed(1)
    model = shared.compiled(optimizer)
    settings = settings or {"validation_split": 0.2}
    history = model.fit(images, labels, epochs=epochs, verbose=0, **settings)
    return history, model


def _without(images, labels, held):
    part = images[held], labels[held]
    return _trained(np.delete(images, held, 0), np.delete(labels, held), validation_data=part)


@exercise.right
def last_fifth_by_hand(x_train_scaled, y_train):
    return _without(x_train_scaled, y_train, slice(len(y_train) - len(y_train) // 5, None))


@exercise.right
def first_fifth_by_hand(x_train_scaled, y_train):
    return _without(x_train_scaled, y_train, slice(0, len(y_train) // 5))


exercise.wrong(constant=lambda: (0, shared.compiled()))
exercise.wrong(
    earns=3, its_dictionary=lambda history: history.history, trained_but_not_kept=lambda: None
)
exercise.wrong(earns=6, history_of_another_network=lambda: (..., shared.compiled()))


@exercise.right
def network_read_from_a_file(keras, x_train_scaled, y_train):
    history, model = _trained(x_train_scaled, y_train)
    model.save("trained.keras")
    return history, keras.models.load_model("trained.keras")


@exercise.right
def history_that_the_network_keeps(x_train_scaled, y_train):
    _, model = _trained(x_train_scaled, y_train)
    return model.history, model


@exercise.wrong(earns=6, shows="no-validation")
def training_alone(history):
    alone = {name: told for name, told in history.history.items() if not name.startswith("val_")}
    return histories.changed(history, alone)


@exercise.wrong(earns=9)
def compiled_anew_with_another_optimizer(x_train_scaled, y_train):
    return _trained(x_train_scaled, y_train, optimizer="rmsprop")


@exercise.wrong(earns=9, shows="too-few-epochs")
def too_few_epochs(x_train_scaled, y_train):
    return _trained(x_train_scaled, y_train, epochs=2, validation_split=0.2)


@exercise.wrong(earns=9, shows="validation-on-the-test-set")
def test_set(x_train_scaled, y_train, x_test_scaled, y_test):
    return _trained(x_train_scaled, y_train, validation_data=(x_test_scaled, y_test))


@exercise.wrong(earns=6, shows="trained-on-unscaled-images")
def not_scaled(x_train_scaled, y_train):
    # What pixels from 0 to 255 teach is a matter of luck. This network suits them at any number of
    # threads.
    history, model = _trained(x_train_scaled, y_train)
    first = next(layer for layer in model.layers if layer.weights)
    weights, bias = first.get_weights()
    first.set_weights([weights / 255, bias])
    return history, model


exercise.alike["model compiled with half the rate"] = "the text names an optimizer, and no rate"
exercise.alike["model in batches *"] = "the text names no size of a batch"
exercise.alike["model stopped by *, weights restored"] = losses.ANY_EPOCH
