"""Let it stop by itself

Train `simple_model` on your part of the images for **at most 50 epochs**, in batches of 128, with the
same validation data, and hand `fit` a list of `callbacks` with a `keras.callbacks.EarlyStopping`. It
watches the validation loss with a patience of **5** and brings the best weights back in the end. Keep
`simple_history`. Layers and settings of `compile` stay as they are, and all images count alike.
"""

import numpy as np

from labkit.checks import histories, measure, trainings
from labkit.checks.authoring import HISTORY, Exercise, Message
from labkit.labs.regularization import shared

BATCH, MOST_EPOCHS, PATIENCE = 128, 50, 5

exercise = Exercise(
    __doc__,
    simple_history=HISTORY,
    needs=("simple_model",),
    hints=(
        "Somebody has to look at the validation loss after every epoch. Not you.",
        "keras.callbacks.EarlyStopping has the arguments monitor, patience and "
        "restore_best_weights; fit() takes a list of callbacks.",
        'stop = keras.callbacks.EarlyStopping(monitor="…", patience=…, restore_best_weights=…); '
        "simple_model.fit(…, epochs=…, callbacks=[…], verbose=0)",
    ),
)


@exercise.solution
def solution(keras, x_part, y_part, x_valid, y_valid, simple_model):
    stop = keras.callbacks.EarlyStopping(monitor="val_loss", patience=5, restore_best_weights=True)
    simple_history = simple_model.fit(
        x_part,
        y_part,
        epochs=50,
        batch_size=128,
        validation_data=(x_valid, y_valid),
        callbacks=[stop],
        verbose=0,
    )
    return simple_history


def _losses(history):
    return trainings.curve(history, "loss", validation=True)


def _stops_after(values, patience=PATIENCE):
    """Tell whether training ended `patience` epochs after its best one, or ran out of epochs."""
    waited = len(values) - 1 - int(np.argmin(values))
    return waited == patience if len(values) < MOST_EPOCHS else waited <= patience


def _noted(answers):
    fit = answers.simple_history.fit
    plan = shared.plan(BATCH)
    return trainings.noted(answers, fit, "simple_model", plan) or trainings.compiled_otherwise(
        fit or answers.simple_model, "simple_model", plan
    )


def _stopped_by(answers):
    fit = answers.simple_history.fit
    watched = fit.stopped_by if fit else ""
    if watched in ("", "val_loss"):
        return None
    return Message(
        f"simple_model was stopped by {watched}",
        "a callback that watches the validation loss",
        "EarlyStopping has an argument that says what it monitors.",
    )


def _once(answers):
    return trainings.trained_once(answers.simple_history, answers.simple_model, "simple_model")


def _ends(answers):
    losses = _losses(answers.simple_history)
    if not losses:
        return Message(
            "simple_history has no validation loss",
            "one for each epoch",
            "Hand the images held out to fit(): early stopping has to look at something.",
        )
    if seldom := trainings.seldom_watched(answers.simple_history, "simple_history"):
        return seldom
    if len(losses) > MOST_EPOCHS or not _stops_after(losses):
        return Message(
            f"simple_history holds {len(losses)} epochs, the one with the lowest validation loss "
            f"is epoch {1 + int(np.argmin(losses))}",
            f"an end {PATIENCE} epochs after the best one, or after {MOST_EPOCHS}",
            "A callback watches over the training. Define and compile the network anew before "
            "fit().",
        )
    return None


exercise.require(
    shared.first_of(
        "ends some epochs after the lowest validation loss",
        3,
        _noted,
        shared.batches("simple_history", BATCH),
        _ends,
        _stopped_by,
        _once,
    ),
    asks="It watches the validation loss with a patience of **5**",
)


def _loss(model, data, part=shared.valid_of):
    return measure.cross_entropy(model, *part(data))


def _near(seen, told):
    return abs(seen - told) <= 2e-3 * max(1.0, abs(told))


@exercise.criterion(3, asks="brings the best weights back in the end")
@shared.tried
def _(simple_history, simple_model, data):
    """has the weights of its best epoch"""
    losses, seen = _losses(simple_history), _loss(simple_model, data)
    if not losses or not _near(seen, min(losses)):
        lowest = f"{min(losses):.4f}" if losses else "unknown"
        return Message(
            f"Measured on the images held out, simple_model has a loss of {seen:.4f}; the lowest "
            f"in its history is {lowest}",
            "the weights of the best epoch",
            "EarlyStopping has an argument that brings them back.",
        )


LEARNT, LAYERS = shared.learnt("simple")
exercise.require(
    LEARNT,
    asks="Train `simple_model` on your part of the images for **at most 50 epochs**, in batches of "
    "128, with the same validation data",
)
exercise.require(LAYERS, asks="Layers and settings of `compile` stay")


@exercise.sign
def no_validation(simple_history):
    """Nothing was held out for validation, so early stopping has nothing to look at."""
    return not _losses(simple_history)


@exercise.sign(shown_by=lambda: _stopped(part="test"), earns=5)
def validation_on_the_test_set(simple_history, simple_model, data):
    """The test images decided when to stop. Then they are no test any more."""
    seen = _loss(simple_model, data, shared.test_of)
    return abs(seen - min(_losses(simple_history))) <= 1e-4


@exercise.sign(shown_by=lambda: _stopped(50, 12, last=True), earns=2)
def never_stopped(simple_history):
    """The training went on to the last epoch, though the validation loss had long been rising.

    Did fit() get the callback?
    """
    losses = _losses(simple_history)
    return len(losses) >= MOST_EPOCHS and not _stops_after(losses)


@exercise.sign(shown_by=lambda: _stopped(last=True), earns=5)
def weights_of_the_last_epoch(simple_history, simple_model, data):
    """The network has the weights of the last epoch.

    By then it had been getting worse for a while.
    """
    return _near(_loss(simple_model, data), _losses(simple_history)[-1])


def _watched(history, kind, validation):
    if history.fit and history.fit.stopped_by == "val_loss":
        return False
    values = np.array(trainings.curve(history, kind, validation))
    values = values if kind == "loss" else -values
    return len(values) < MOST_EPOCHS and _stops_after(values)


@exercise.sign(shown_by=lambda: _stopped(turning="val_accuracy"), earns=5)
def accuracy_watched(simple_history):
    """It stopped by the validation accuracy.

    The exercise asks for the loss, which is the steadier sign.
    """
    return _watched(simple_history, "accuracy", True)


@exercise.sign(shown_by=lambda: _stopped(turning="loss"), earns=5)
def training_loss_watched(simple_history):
    """It stopped by the training loss, which says nothing about unseen images."""
    return _watched(simple_history, "loss", False)


@exercise.sign(shown_by=lambda: _stopped(16, 13), earns=5)
def another_patience(simple_history):
    """It waited for another number of epochs than asked for."""
    others = (0, 1, 2, 3, 4, 6, 7, 8, 10)
    return any(_stops_after(_losses(simple_history), other) for other in others)


def _stopped(epochs=18, best=13, part="valid", last=False, turning="val_loss", steps=38):
    """Return a history whose curve `turning` is at its best in epoch `best`, and its network."""
    model = shared.knows_as("simple", "part")
    loss = shared.measured(model, part)[0]
    curves = shared.curves(shared.measured(model, part), epochs)
    distance = np.abs(np.arange(1, epochs + 1) - best) / 100
    curves["val_loss"] = list((loss - distance[-1] if last else loss) + distance)
    if turning != "val_loss":
        curves["val_loss"] = list(loss + np.abs(np.arange(1, epochs + 1) - best + 3) / 100)
        curves[turning] = list(0.95 - distance if turning == "val_accuracy" else 0.1 + distance)
    return histories.history(curves, steps), model


exercise.right(
    stopped=lambda: _stopped(),
    ran_out_of_epochs=lambda: _stopped(50, 48),
    early=lambda: _stopped(9, 4),
)


@exercise.wrong(earns=2)
def no_history():
    yield 0, shared.knows_as("simple", "part")
    yield _stopped()[0].history, shared.knows_as("simple", "part")


exercise.wrong(earns=3, untrained=lambda: (_stopped()[0], shared.build("simple")))
exercise.wrong(earns=5, batches_of_32=lambda: _stopped(steps=150))


@exercise.wrong(earns=2, shows="no-validation")
def unwatched():
    record, model = _stopped()
    kept = {name: record.history[name] for name in ("loss", "accuracy")}
    return histories.changed(record, kept), model
