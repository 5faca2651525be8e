"""Let it stop by itself

Train `simple_model` on your part of the images for **at most 50 epochs**, in batches of 128, with the
same validation data, and hand `fit` a list of `callbacks` with a `keras.callbacks.EarlyStopping`. It
watches the validation loss with a patience of **5** and brings the best weights back in the end. Keep
`simple_history`. Layers and settings of `compile` stay as they are, and all images count alike.
"""

import math

import numpy as np

from labkit.checks import histories, measure, trainings
from labkit.checks import losses as measured
from labkit.checks.authoring import HISTORY, Exercise, Message
from labkit.labs.regularization import shared

BATCH, MOST_EPOCHS, PATIENCE = 128, 50, 5
_OTHERS = {*range(20)} - {PATIENCE}
_MEASURED = 1e-4  # a loss is measured at least as exactly as this

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


def _end(values, patience=PATIENCE):
    """Return after how many epochs Keras ends a training that has these values, and its patience.

    It goes on as long as it is told to where the values are too few to stop it.
    """
    lowest, waited = math.inf, 0
    for epoch, value in enumerate(values[:MOST_EPOCHS], 1):
        waited += 1
        if value < lowest:
            lowest, waited = value, 0
        elif waited >= patience and epoch > 1:
            return epoch
    return MOST_EPOCHS


def _stops_after(values, patience=PATIENCE):
    return len(values) == _end(values, patience)


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
    if not _stops_after(losses):
        end, lowest = _end(losses), 1 + int(np.argmin(losses))
        when = f"the one with the lowest validation loss is epoch {lowest}"
        if end < len(losses):
            when = f"and by epoch {end} the validation loss had not fallen for {PATIENCE} epochs"
        return Message(
            f"simple_history holds {len(losses)} epochs, {when}",
            f"an end as soon as {PATIENCE} epochs bring no lower one, or after {MOST_EPOCHS}",
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


def _its_epoch(losses, seen):
    """Return which of the losses was measured; None where it is none of them.

    Where several may be, it is the lowest, unless another is far nearer.
    """
    lowest, nearest = min(losses), min(losses, key=lambda told: abs(told - seen))
    off = abs(seen - lowest)
    clearly = off > _MEASURED and abs(seen - nearest) < off / 10
    if measured.same(seen, lowest) and not clearly:
        return lowest
    return nearest if measured.same(seen, nearest) else None


@exercise.criterion(3, asks="brings the best weights back in the end")
@shared.tried
def _(simple_history, simple_model, data):
    """has the weights of its best epoch"""
    losses, seen = _losses(simple_history), _loss(simple_model, data)
    if not losses or _its_epoch(losses, seen) != min(losses):
        lowest = f"{min(losses):.5f}" if losses else "unknown"
        return Message(
            f"Measured on the images held out, simple_model has a loss of {seen:.5f}; the lowest "
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
    return len(losses) >= MOST_EPOCHS and not _stops_after(losses) and not _heeded(simple_history)


@exercise.sign(shown_by=lambda: _stopped(last=True), earns=5)
def weights_of_the_last_epoch(simple_history, simple_model, data):
    """The network has the weights of the last epoch.

    By then it had been getting worse for a while.
    """
    losses = _losses(simple_history)
    told = _its_epoch(losses, _loss(simple_model, data))
    return told is not None and abs(told - losses[-1]) < _MEASURED


def _heeded(history):
    """Tell whether it is known that a callback watched the validation loss."""
    return bool(history.fit and history.fit.stopped_by == "val_loss")


def _watched(history, kind, validation):
    if _heeded(history):
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
    losses = _losses(simple_history)
    stopped = len(losses) < MOST_EPOCHS or _heeded(simple_history)
    return stopped and any(_stops_after(losses, other) for other in _OTHERS)


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
