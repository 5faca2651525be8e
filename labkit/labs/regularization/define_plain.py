"""Define the smaller, plain one

Build the right column as `plain_model`.
"""

from labkit.checks import canonical, structures
from labkit.checks.authoring import MODEL, Exercise
from labkit.labs.regularization import shared

exercise = Exercise(
    __doc__,
    plain_model=MODEL,
    hints=(
        "This network has two hidden layers and the output layer, and nothing between them.",
        "keras.Input, keras.layers.Flatten, then keras.layers.Dense three times.",
        "keras.Sequential([keras.Input(shape=…), keras.layers.Flatten(…), "
        "keras.layers.Dense(256, activation=…), …])",
    ),
)


@exercise.solution
def solution(keras):
    plain_model = keras.Sequential(
        [
            keras.Input(shape=(28, 28)),
            keras.layers.Flatten(),
            keras.layers.Dense(256, activation="relu"),
            keras.layers.Dense(128, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ],
        name="plain",
    )
    return plain_model


shared.define(exercise, "plain", (1, 1, 1, 1, 1), asks="Build the right column")


@exercise.sign(shown_by=lambda: shared.build("plain", rates=(0.4, 0.2)), earns=4)
def dropout_in_the_plain_network(plain_model):
    """There is dropout in it. The plain network is there to be compared with: it has none."""
    return canonical.canonical(plain_model.config).dropouts()


@exercise.sign(shown_by=lambda: shared.build("plain", sizes=(128, 256)), earns=4)
def layers_swapped(plain_model):
    """The two hidden layers are swapped: the larger one comes first."""
    return structures.units(canonical.canonical(plain_model.config)) == [128, 256, 10]
