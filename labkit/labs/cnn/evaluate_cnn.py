"""Evaluate the network

Measure the loss (`test_loss2`) and the accuracy (`test_accuracy2`) of `model2` on the test images, which
it has never learnt from.
"""

import numpy as np

from labkit.checks import measured, networks
from labkit.checks.authoring import NUMBER, Exercise

exercise = Exercise(
    __doc__,
    test_loss2=NUMBER,
    test_accuracy2=NUMBER,
    needs=("model2",),
    hints=(
        "The network has a method that runs through a set of images and compares.",
        "model2.evaluate(images, labels, verbose=0) returns the loss and the metrics.",
        "test_loss2, test_accuracy2 = model2.evaluate(..., ..., verbose=0)",
    ),
)


@exercise.solution
def solution(model2, x_test_channel, y_test_one_hot):
    test_loss2, test_accuracy2 = model2.evaluate(x_test_channel, y_test_one_hot, verbose=0)
    return test_loss2, test_accuracy2


exercise.require(
    networks.measured_loss(
        "test_loss2",
        "model2",
        2,
        "test_loss2 is the loss on the test images",
        "evaluate() returns two numbers. Which comes first?",
    ),
    asks="Measure the loss (`test_loss2`)",
)
exercise.require(
    networks.measured_accuracy(
        "test_accuracy2",
        "model2",
        3,
        "test_accuracy2 is the accuracy on the test images",
        "Give evaluate() the scaled test images with their channel, and their labels.",
    ),
    asks="the accuracy (`test_accuracy2`) of `model2` on the test images, which it has never learnt "
    "from",
)
exercise.knows(*networks.evaluate_mistakes("test_loss2", "test_accuracy2", "model2"))
measured.add_answers(
    exercise,
    "test_loss2",
    "test_accuracy2",
    "model2",
    learnt=("x_train_channel", "y_train_one_hot"),
    tested=("x_test_channel", "y_test_one_hot"),
)


@exercise.right
def by_hand(model2, x_test_channel, y_test):
    chosen = model2.predict(x_test_channel, verbose=0)
    loss = -np.log(chosen[np.arange(len(y_test)), y_test]).mean()
    return loss, np.mean(chosen.argmax(axis=1) == y_test)
