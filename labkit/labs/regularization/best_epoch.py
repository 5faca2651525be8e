"""Where should it have stopped?

In which epoch was the validation loss of the plain network lowest? Count the epochs from 1, as the
picture does, and let NumPy look: `plain_history.history` is a dictionary of four lists.
"""

import numpy as np

from labkit.checks import criteria, trainings
from labkit.checks.authoring import NUMBER, Exercise, Message
from labkit.labs.regularization import shared

exercise = Exercise(
    __doc__,
    best_epoch=NUMBER,
    needs=("plain_history",),
    hints=(
        "Which of the four curves tells how the network does on images that it does not train on?",
        'np.argmin(plain_history.history["val_loss"]) finds the place of the smallest number, '
        "counted from 0.",
        "best_epoch = 1 + np.argmin(plain_history.history[…])",
    ),
)


@exercise.solution
def solution(np, plain_history):
    best_epoch = 1 + int(np.argmin(plain_history.history["val_loss"]))
    return best_epoch


def _best(history, kind="loss", validation=True):
    """Return the epoch, counted from 1, with the lowest loss or the highest accuracy."""
    told = trainings.curve(history, kind, validation)
    return 1 + int(np.argmin(told) if kind == "loss" else np.argmax(told)) if told else None


@exercise.criterion(5, asks="In which epoch was the validation loss of the plain network lowest?")
def _(best_epoch, plain_history):
    """best_epoch has the lowest validation loss"""
    best = _best(plain_history)
    if best is None:
        return Message(
            "plain_history has no validation loss",
            "one for each epoch",
            "Train the plain network anew, with the images held out as validation data.",
        )
    if shared.as_number(best_epoch) != best:
        return Message(
            f"best_epoch is {criteria.show(best_epoch)}",
            "of all epochs, the one with the smallest of these numbers, counted from 1",
            "Find the place of the smallest number in one of the four lists of the history.",
        )


@exercise.sign(shown_by=lambda: (11, shared.turning()))
def counted_from_zero(best_epoch, plain_history):
    """This counts from 0. The picture, and everybody who talks of epochs, counts from 1."""
    return best_epoch == _best(plain_history) - 1


@exercise.sign(shown_by=lambda: (30, shared.turning()))
def training_loss(best_epoch, plain_history):
    """This is the epoch with the lowest training loss.

    That one nearly always falls on and on, so it never says stop.
    """
    return best_epoch == _best(plain_history, validation=False)


@exercise.sign(shown_by=lambda: (min(shared.turning().history["val_loss"]), shared.turning()))
def loss_itself(best_epoch):
    """This is the loss itself. Asked is the epoch in which it was reached."""
    return 0 < best_epoch < 1


@exercise.sign(shown_by=lambda: (20, shared.turning()))
def accuracy_for_loss(best_epoch, plain_history):
    """This is the epoch with the highest validation accuracy.

    The accuracy jumps from image to image; the loss is the steadier sign.
    """
    return best_epoch == _best(plain_history, "accuracy")


@exercise.right
def a_number_of_numpy():
    history = shared.turning()
    return np.argmin(history.history["val_loss"]) + 1, history


exercise.right(a_float=lambda: (12.0, shared.turning()))


@exercise.wrong
def no_epoch():
    yield 1, shared.turning()
    yield "twelve", shared.turning()
