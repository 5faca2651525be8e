"""Train the network

Train `model2` on `x_train_channel` and `y_train_one_hot` for **10 epochs** with
`validation_split=0.2`, and keep what `fit` returns in `history2`. Optimizer and loss are those of
exercise {exercise:compile-cnn}; the layers stay as you have defined them, and all images count alike.
On the real data this takes about three to four minutes on two processor cores. With `verbose=2` you
see a line for each epoch.

If you run the cell again, training goes on from where it stopped. To start afresh, run the cells
that define and compile the network first.
"""

import dataclasses

from labkit.checks import histories, losses, trainings
from labkit.checks.authoring import HISTORY, Exercise
from labkit.labs import floors
from labkit.labs.cnn import shared

EPOCHS = 10

exercise = Exercise(
    __doc__,
    history2=HISTORY,
    needs=("model2",),
    hints=(
        "Everything is prepared: images with a channel, one-hot labels, a compiled network.",
        "model2.fit takes images, labels, epochs and validation_split, and returns the history.",
        "history2 = model2.fit(..., ..., epochs=..., validation_split=..., verbose=...)",
    ),
)


@exercise.solution
def solution(model2, x_train_channel, y_train_one_hot):
    history2 = model2.fit(
        x_train_channel, y_train_one_hot, epochs=10, validation_split=0.2, verbose=0
    )
    return history2


exercise.require(trainings.epochs("history2", EPOCHS, 3), asks="for **10 epochs**")
exercise.require(trainings.validated("history2", 3), asks="with `validation_split=0.2`")
exercise.require(
    trainings.belongs(
        "history2",
        "model2",
        2,
        dataclasses.replace(
            trainings.LAST_FIFTH, optimizer="rmsprop", loss="categorical_crossentropy"
        ),
    ),
    asks="keep what `fit` returns in `history2`",
)
LEARNT, LAYERS = floors.learnt(
    "model2",
    "cnn",
    shared.blueprint_like,
    3,
    "the network has learnt to tell the classes apart",
    "Train on x_train_channel and y_train_one_hot, in a network that is newly defined and compiled.",
)
exercise.require(LEARNT, asks="Train `model2` on `x_train_channel` and `y_train_one_hot`")
exercise.require(LAYERS, asks="the layers stay as you have defined them")
exercise.knows(*trainings.mistakes("history2", "model2", EPOCHS))


exercise.right(put_together=lambda history2: histories.changed(history2, history2.history))


@exercise.right
def another_name_for_accuracy(history2):
    curves = history2.history.items()
    renamed = {name.replace("acc", "categorical_acc"): curve for name, curve in curves}
    return histories.changed(history2, renamed)


exercise.wrong(earns=4, constant=lambda: 0, dictionary=lambda history2: history2.history)


@exercise.wrong(earns=7, shows="too-few-epochs")
def five_epochs(history2):
    return histories.changed(history2, {n: curve[:5] for n, curve in history2.history.items()})


@exercise.wrong(earns=7, shows="no-validation")
def no_validation(history2):
    curves = history2.history.items()
    return histories.changed(history2, {n: c for n, c in curves if not n.startswith("val_")})


@exercise.wrong(earns=10, shows="validation-on-the-test-set")
def validated_on_the_test_set(
    keras, history2, x_train_channel, y_train_one_hot, x_test_channel, y_test_one_hot
):
    """The network does otherwise on the last fifth, which it knows, than on the test images."""
    learns, model = shared.compiled(keras), shared.compiled(keras)
    learns.set_weights(history2.model.get_weights())
    start = len(y_train_one_hot) * 4 // 5
    learns.fit(x_train_channel[start:], y_train_one_hot[start:], epochs=3, verbose=0)
    model.set_weights(learns.get_weights())
    loss, accuracy = model.evaluate(x_test_channel, y_test_one_hot, verbose=0)
    curves = {name: list(curve) for name, curve in history2.history.items()}
    curves["val_loss"][-1], curves["val_accuracy"][-1] = loss, accuracy
    return histories.changed(history2, curves), model


def _of_another(history2):
    return histories.changed(history2, history2.history | {"val_accuracy": [0.5] * EPOCHS})


@exercise.wrong(earns=6, shows="trained-on-unscaled-images")
def unscaled(keras, history2):
    """What pixels up to 255 teach is luck. On them, this network does what the trained one does."""
    model = shared.compiled(keras)
    kernel, *others = history2.model.get_weights()
    model.set_weights([kernel / 255, *others])
    return _of_another(history2), model


exercise.wrong(earns=10, of_another_network=lambda history2: _of_another(history2))
exercise.wrong(
    earns=6, network_defined_anew=lambda keras, history2: (history2, shared.network(keras))
)


exercise.alike["model2 compiled with half the rate"] = "the text names an optimizer, and no rate"
exercise.alike["model2 in batches *"] = "the text names no size of a batch"
exercise.alike["model2 stopped by *, weights restored"] = losses.ANY_EPOCH
