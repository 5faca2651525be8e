"""A third network

Build it as `simple_model`. It has 335,114 parameters.
"""

from labkit.checks.authoring import MODEL, Exercise
from labkit.labs.regularization import shared

exercise = Exercise(
    __doc__,
    simple_model=MODEL,
    hints=(
        "The same three times: a dense layer, a dropout layer. Then the output.",
        "keras.layers.Dense(256, …) and keras.layers.Dropout(…) take turns.",
        "keras.Sequential([keras.Input(shape=…), keras.layers.Flatten(…), "
        "keras.layers.Dense(256, activation=…), keras.layers.Dropout(…), …])",
    ),
)


@exercise.solution
def solution(keras):
    simple_model = keras.Sequential([keras.Input(shape=(28, 28)), keras.layers.Flatten()])
    for rate in (0.4, 0.3, 0.2):
        simple_model.add(keras.layers.Dense(256, activation="relu"))
        simple_model.add(keras.layers.Dropout(rate))
    simple_model.add(keras.layers.Dense(10, activation="softmax"))
    return simple_model


shared.define(
    exercise,
    "simple",
    (1, 1, 1, 1, 1),
    asks="Build it as `simple_model`. It has 335,114 parameters.",
)
