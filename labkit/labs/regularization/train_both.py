"""Train them side by side

Train both networks for **30 epochs** on your part of the images, with `validation_data=(x_valid,
y_valid)` and `verbose=0`: `dropout_model` in batches of **480**, `plain_model` in batches of **96**.
Keep what `fit` returns as `dropout_history` and `plain_history`. Layers and settings of `compile` stay
as they are, and all images count alike. Together it takes about a minute. To
start again, define, compile and fit anew: `fit` goes on with the weights that it finds.
"""

from labkit.checks import histories, losses, trainings
from labkit.checks.authoring import HISTORY, Exercise
from labkit.checks.exercise import Criterion, Misconception
from labkit.labs.regularization import shared

BATCHES = {"dropout": 480, "plain": 96}

exercise = Exercise(
    __doc__,
    dropout_history=HISTORY,
    plain_history=HISTORY,
    needs=("dropout_model", "plain_model"),
    hints=(
        "Two calls of fit. They differ in the network and in the size of the batches.",
        "Its arguments are called epochs, batch_size and validation_data; the last takes a pair "
        "(images, labels).",
        "dropout_history = dropout_model.fit(x_part, y_part, epochs=…, batch_size=…, "
        "validation_data=(…, …), verbose=0)",
    ),
)


@exercise.solution
def solution(x_part, y_part, x_valid, y_valid, dropout_model, plain_model):
    settings = {"epochs": 30, "validation_data": (x_valid, y_valid), "verbose": 0}
    dropout_history = dropout_model.fit(x_part, y_part, batch_size=480, **settings)
    plain_history = plain_model.fit(x_part, y_part, batch_size=96, **settings)
    return dropout_history, plain_history


for name in BATCHES:
    exercise.require(
        trainings.epochs(f"{name}_history", shared.EPOCHS, 1), asks="for **30 epochs**"
    )
for name, size in BATCHES.items():
    history = f"{name}_history"
    exercise.require(
        Criterion(f"{history}: batches of {size}", 1, shared.batches(history, size)),
        asks=f"`{name}_model` in batches of **{size}**",
    )
for name in BATCHES:
    exercise.require(
        trainings.belongs(f"{name}_history", f"{name}_model", 2, shared.plan()),
        asks="on your part of the images, with `validation_data=(x_valid, y_valid)`",
    )
for name in BATCHES:
    has_learnt, by_its_layers = shared.learnt(name)
    exercise.require(has_learnt, asks="Train both networks")
    exercise.require(by_its_layers, asks="Layers and settings of `compile` stay")


def _either(first, second):
    return Misconception(
        first.name, lambda answers: first.seen(answers) or second.seen(answers), first.message
    )


exercise.knows(
    *map(
        _either,
        trainings.mistakes("dropout_history", "dropout_model", shared.EPOCHS),
        trainings.mistakes("plain_history", "plain_model", shared.EPOCHS),
    )
)


@exercise.sign(shown_by=lambda: _both((50, 10)), earns=10)
def batch_sizes_swapped(dropout_history, plain_history):
    """The sizes of the batches are swapped: the network with dropout gets the large ones."""
    return (dropout_history.steps, plain_history.steps) == (50, 10)


@exercise.sign(shown_by=lambda: _both((150, 150)), earns=10)
def batch_size_left_out(dropout_history, plain_history):
    """These are batches of 32, which is what fit() takes where nothing is said."""
    return shared.PART // 32 in (dropout_history.steps, plain_history.steps)


@exercise.sign(shown_by=lambda: _both((100, 500)), earns=8)
def trained_on_everything(dropout_history, plain_history):
    """You trained on more than your part of the images, among them those held out."""
    seen = (dropout_history.steps, 480), (plain_history.steps, 96)
    return any(steps in (48_000 // size, 60_000 // size) for steps, size in seen)


def _both(steps=(10, 50), part="valid", epochs=(30, 30), scale=1):
    """Return both histories and both networks; the second may be fitted to another scale."""
    first, second = shared.knows_as("dropout", "part"), shared.knows_as("plain", "part", scale)
    return (
        shared.record(first, steps[0], epochs=epochs[0]),
        shared.record(first, steps[1], part, epochs[1]),  # as good on images of its own scale
        first,
        second,
    )


exercise.right(made_elsewhere=lambda: _both())


@exercise.right
def another_accuracy():
    *records, first, second = _both()
    return *(histories.changed(record, _renamed(record)) for record in records), first, second


def _renamed(record):
    return {
        name.replace("accuracy", "sparse_categorical_accuracy"): told
        for name, told in record.history.items()
    }


@exercise.wrong(earns=4)
def no_histories():
    first, second, *models = _both()
    yield 0, 0, *models
    yield first.history, second.history, *models


@exercise.wrong(earns=8)
def one_of_two():
    first, _, *models = _both()
    return first, None, *models


exercise.wrong(earns=8, untrained=lambda: (*_both()[:3], shared.build("plain")))


@exercise.wrong(earns=8, shows="no-validation")
def training_alone():
    *records, first, second = _both()
    kept = ({name: r.history[name] for name in ("loss", "accuracy")} for r in records)
    return *map(histories.changed, records, kept), first, second


exercise.wrong(earns=11, shows="too-few-epochs", too_short=lambda: _both(epochs=(30, 5)))
exercise.wrong(earns=10, shows="validation-on-the-test-set", test_set=lambda: _both(part="test"))
exercise.wrong(earns=8, shows="trained-on-unscaled-images", not_scaled=lambda: _both(scale=255))

for name in BATCHES:
    exercise.alike[f"{name}_model stopped by *, weights restored"] = losses.ANY_EPOCH
exercise.alike["code: swapped: plain_history = *"] = "in which order the two are trained is free"
