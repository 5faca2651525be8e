"""Define the network with dropout

Build the table's left column and call it `dropout_model`. Keras has a layer for what you have written:
`keras.layers.Dropout(rate)`.
"""

from labkit.checks.authoring import MODEL, Exercise
from labkit.labs.regularization import shared

exercise = Exercise(
    __doc__,
    dropout_model=MODEL,
    hints=(
        "One line of the table is one layer, in the same order.",
        "keras.layers.Dropout(rate) is a layer like any other; rate is the share that is dropped.",
        "keras.Sequential([keras.Input(shape=…), keras.layers.Flatten(…), "
        'keras.layers.Dense(…, activation="relu"), keras.layers.Dropout(…), …])',
    ),
)


@exercise.solution
def solution(keras):
    dropout_model = keras.Sequential(
        [
            keras.Input(shape=(28, 28)),
            keras.layers.Flatten(),
            keras.layers.Dense(512, activation="relu"),
            keras.layers.Dropout(0.4),
            keras.layers.Dense(256, activation="relu"),
            keras.layers.Dropout(0.2),
            keras.layers.Dense(128, activation="relu"),
            keras.layers.Dropout(0.2),
            keras.layers.Dense(10, activation="softmax"),
        ],
        name="with_dropout",
    )
    return dropout_model


shared.define(exercise, "dropout", (1, 1, 2, 3, 1), asks="Build the table's left column")
