"""Evaluate it

Measure loss and accuracy on the scaled test images, which the network has never learnt from, as
`test_loss` and `test_accuracy`.
"""

import numpy as np

from labkit.checks import measured, networks
from labkit.checks.authoring import NUMBER, Exercise

exercise = Exercise(
    __doc__,
    test_loss=NUMBER,
    test_accuracy=NUMBER,
    needs=("model",),
    hints=(
        "One call measures both, on images that the network has never seen.",
        "model.evaluate returns the loss and the metrics, in the order in which it knows them.",
        "test_loss, test_accuracy = model.evaluate(x_test_…, y_test, verbose=0)",
    ),
)


@exercise.solution
def solution(model, x_test_scaled, y_test):
    test_loss, test_accuracy = model.evaluate(x_test_scaled, y_test, verbose=0)
    return test_loss, test_accuracy


TWO = "evaluate() returns two numbers. Give it the scaled test images and their labels."
exercise.require(
    networks.measured_loss(
        "test_loss", "model", 3, "test_loss is the loss on the test images", TWO
    ),
    asks="Measure loss and accuracy on the scaled test images, which the network has never learnt "
    "from, as `test_loss`",
)
exercise.require(
    networks.measured_accuracy(
        "test_accuracy", "model", 4, "test_accuracy is the accuracy on the test images", TWO
    ),
    asks="and `test_accuracy`",
)
exercise.knows(*networks.evaluate_mistakes("test_loss", "test_accuracy", "model"))
measured.add_answers(
    exercise,
    "test_loss",
    "test_accuracy",
    "model",
    learnt=("x_train_scaled", "y_train"),
    tested=("x_test_scaled", "y_test"),
)


@exercise.right
def by_hand(keras, model, x_test_scaled, y_test):
    rows = model.predict(x_test_scaled, verbose=0)
    loss = keras.losses.sparse_categorical_crossentropy(y_test, rows)
    return np.mean(loss), np.mean(rows.argmax(axis=1) == y_test)
