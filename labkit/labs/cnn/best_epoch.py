"""How many epochs?

Looking at loss and accuracy, after how many epochs would you stop? Store the number of the epoch,
**counted from 1**, in `best_epoch`. Read it off, or have it computed from `history2.history`. You
may be off by one: neighbouring epochs differ by chance.
"""

import math

import numpy as np

from labkit.checks import criteria, histories, trainings
from labkit.checks.authoring import NUMBER, Exercise, Message
from labkit.labs.cnn import shared

exercise = Exercise(
    __doc__,
    best_epoch=NUMBER,
    needs=("history2",),
    hints=(
        "Training loss nearly always goes on falling. Look at the curve of the images that were "
        "set aside.",
        "np.argmin(history2.history[...]) finds the place of the smallest value, counted from 0.",
        'best_epoch = int(np.argmin(history2.history["..."])) + ...',
    ),
)


# An epoch beside the best one is right, too, and which that is differs from training to training.
@exercise.solution(free="int(np.argmin(history2.history['val_loss'])) + 1")
def solution(np, history2):
    best_epoch = int(np.argmin(history2.history["val_loss"])) + 1
    return best_epoch


def _best_epochs(history2):
    """Return the epochs, from 1, of the lowest validation loss and the highest accuracy."""
    loss = trainings.curve(history2, "loss", validation=True)
    accuracy = trainings.curve(history2, "accuracy", validation=True)
    best = [int(np.argmin(loss)) + 1] if loss else []
    return best + ([int(np.argmax(accuracy)) + 1] if accuracy else [])


@exercise.criterion(5, asks="after how many epochs would you stop?")
def _(best_epoch, history2):
    """best_epoch is where the validation curves are best"""
    best, last = _best_epochs(history2), len(trainings.curve(history2, "loss"))
    if not best:
        return Message("history2 has no validation curves to choose by")
    saw, epoch = f"best_epoch is {criteria.show(best_epoch)}", shared.told(best_epoch)
    if epoch not in range(1, last + 1):
        return Message(saw, f"a whole number from 1 to {last}", "Count epochs from 1.")
    if min(abs(epoch - right) for right in best) > 1:
        return Message(
            saw,
            "the epoch after which training on stops to help on unseen images",
            "Which of the curves in the picture was measured on images that were not trained on?",
        )


@exercise.sign(shown_by=lambda: (np.argmin(EARLY["val_loss"]), histories.history(EARLY)))
def counted_from_zero(best_epoch):
    """There is no epoch 0: argmin counts from 0, epochs are counted from 1."""
    return shared.told(best_epoch) == 0


@exercise.sign
def value_for_epoch(best_epoch, history2):
    """This is a value of a curve. Asked is the epoch in which the curve has it."""
    number, curves = shared.told(best_epoch), history2.series.values()
    return any(math.isclose(number, value, rel_tol=1e-3) for curve in curves for value in curve)


@exercise.sign(shown_by=lambda: (9, histories.history(CURVES)))
def lowest_training_loss(best_epoch, history2):
    """You chose by the training loss.

    It keeps falling while the network learns its training images by heart.
    """
    loss = trainings.curve(history2, "loss")
    return loss and shared.told(best_epoch) == np.argmin(loss) + 1


@exercise.sign(shown_by=lambda: (10, histories.history(CURVES)))
def last_epoch(best_epoch, history2):
    """More epochs are not always better: look where the validation loss turns."""
    return shared.told(best_epoch) == len(trainings.curve(history2, "loss"))


# Loss lowest after 4 epochs, accuracy highest after 5; training loss lowest after 9.
CURVES = {
    "loss": [0.9, 0.5, 0.4, 0.3, 0.25, 0.2, 0.15, 0.1, 0.05, 0.06],
    "accuracy": [0.7, 0.8, 0.85, 0.9, 0.91, 0.93, 0.95, 0.97, 0.98, 0.98],
    "val_loss": [0.6, 0.5, 0.45, 0.4, 0.41, 0.43, 0.45, 0.5, 0.55, 0.6],
    "val_accuracy": [0.75, 0.8, 0.84, 0.87, 0.88, 0.87, 0.87, 0.86, 0.86, 0.86],
}
# Both are best after the first epoch.
EARLY = CURVES | {
    "val_loss": [0.1 * n for n in range(4, 14)],
    "val_accuracy": [0.9 - 0.01 * n for n in range(10)],
}


exercise.right(
    computed=lambda: (np.argmin(CURVES["val_loss"]) + 1, histories.history(CURVES)),
    by_accuracy=lambda: (int(np.argmax(CURVES["val_accuracy"])) + 1, histories.history(CURVES)),
    one_epoch_off=lambda: (3.0, histories.history(CURVES)),
)


@exercise.wrong(shows="value-for-epoch")
def value():
    return min(CURVES["val_loss"]), histories.history(CURVES)


@exercise.wrong
def no_epoch():
    yield -1, histories.history(CURVES)
    yield list(range(1, 11)), histories.history(CURVES)
    yield 1, histories.history(CURVES)


exercise.wrong(never_validated=lambda: (4, histories.history({"loss": CURVES["loss"]})))


exercise.alike.update(
    dict.fromkeys(
        ("best_epoch: one less", "best_epoch: one more"), "the text lets one be off by one epoch"
    )
)
