"""The image in the 10th position

Predict the test image in the **10th position** alone, with `model2.predict`. A network takes batches,
so give it a batch of one and keep its answer, of shape (1, 10), in `tenth_probabilities`. Then put the
name of the class that it predicts into `tenth_name`.

R counts from 1 and Python from 0. Which index has the 10th image?
"""

import numpy as np

from labkit.checks import agreement, criteria, measure
from labkit.checks.authoring import ARRAY, TEXT, Exercise, Message
from labkit.labs.cnn import shared

TENTH = 9

exercise = Exercise(
    __doc__,
    tenth_probabilities=ARRAY,
    tenth_name=TEXT,
    needs=("model2",),
    hints=(
        "A network takes a batch of images, even if it is a batch of one.",
        "x[i : i + 1] is a batch of one; model2.predict(batch, verbose=0) gives the "
        "probabilities; .argmax() finds the largest.",
        "tenth_probabilities = model2.predict(x_test_channel[...:...], verbose=0); "
        "tenth_name = labkit.CLASS_NAMES[...]",
    ),
)


@exercise.solution
def solution(labkit, model2, x_test_channel):
    tenth_probabilities = model2.predict(x_test_channel[9:10], verbose=0)
    tenth_name = labkit.CLASS_NAMES[tenth_probabilities.argmax()]
    return tenth_probabilities, tenth_name


def _expected(model2, x_test, index=TENTH, scale=255):
    return measure.outputs(model2, x_test[index : index + 1], scale)


# The shape is known without the solution, which would have to train.
exercise.require(
    criteria.shape(
        "tenth_probabilities",
        lambda answers: (1, 10),
        1,
        "A slice of length one keeps the batch axis, an index drops it.",
        "tenth_probabilities is a batch of one",
        "one row of ten probabilities, with its batch axis",
    ),
    asks="give it a batch of one and keep its answer, of shape (1, 10), in `tenth_probabilities`",
)


@exercise.criterion(1, asks="Predict the test image in the **10th position** alone")
def _(tenth_probabilities, model2, x_test):
    """they are model2's for that image"""
    try:
        if agreement.puts_out(tenth_probabilities, _expected(model2, x_test)):
            return None
        unscaled = agreement.puts_out(tenth_probabilities, _expected(model2, x_test, scale=1))
    except measure.NotMeasurable as error:
        return Message(f"model2 cannot be tried on the image: {error}")
    return Message(
        "tenth_probabilities is not what model2 puts out for the image in the 10th position",
        "ten probabilities for that one test image, scaled as in training",
        "Its pixels go from 0 to 255: take it out of the scaled images."
        if unscaled
        else "Python counts from 0: which index does the 10th image have?",
    )


@exercise.criterion(1, asks="put the name of the class that it predicts into `tenth_name`")
def _(tenth_name, model2, x_test, class_names):
    """tenth_name is the class with the largest"""
    try:
        place = int(_expected(model2, x_test).argmax())
    except measure.NotMeasurable as error:
        return Message(f"model2 cannot be tried on the image: {error}")
    wanted = class_names[place].casefold() if place < len(class_names) else None
    if not (isinstance(tenth_name, str) and tenth_name.strip().casefold() == wanted):
        return Message(
            f"tenth_name is {criteria.show(tenth_name)}",
            "the name of the class with the largest of the ten probabilities",
            "labkit.CLASS_NAMES holds the names in the order of the class numbers.",
        )


@exercise.sign(shown_by=lambda tenth_probabilities: (tenth_probabilities[0], ...))
def missing_batch_axis(tenth_probabilities):
    """The batch axis is gone: ten numbers instead of one row of ten."""
    return tenth_probabilities.shape == (10,)


@exercise.sign
def counted_from_one(tenth_probabilities, model2, x_test):
    """This is the image with the index 10, the eleventh. R counts from 1, Python from 0."""
    return agreement.puts_out(tenth_probabilities, _expected(model2, x_test, TENTH + 1))


@exercise.sign(
    shown_by=lambda model2, x_test_channel: (model2.predict(x_test_channel, verbose=0), ...)
)
def whole_test_set(tenth_probabilities, x_test):
    """These are the probabilities of all test images. Asked is a single one."""
    return tenth_probabilities.shape == (len(x_test), 10)


@exercise.sign(shown_by=lambda tenth_probabilities: (..., tenth_probabilities.argmax()), earns=2)
def number_for_name(tenth_name):
    """tenth_name is a number. Look up the name that belongs to it."""
    return isinstance(tenth_name, int | float)


exercise.right(called=lambda model2, x_test_channel: (model2(x_test_channel[9:10]), ...))


@exercise.right
def as_lists(tenth_probabilities, tenth_name):
    return tenth_probabilities.tolist(), tenth_name.lower()


@exercise.right
def cut_out_of_many(model2, x_test_channel):
    return model2.predict(x_test_channel[:20], verbose=0)[9:10], ...


exercise.wrong(constant=lambda: (0, 0))


@exercise.wrong(earns=2, shows="counted-from-one")
def index_10(keras, x_test_channel, class_names):
    """A trained network may be as sure of both images; one that is not puts out other numbers."""
    model = shared.network(keras)
    tenth, eleventh = model.predict(x_test_channel[9:11], verbose=0)
    return eleventh[np.newaxis], class_names[tenth.argmax()], model


@exercise.wrong(earns=2)
def another_name():
    yield ..., "Hat"
    yield ..., ["Hat"]


@exercise.wrong(earns=2)
def unscaled_where_the_network_is_sure(keras, labkit, x_test, x_test_channel):
    image = x_test_channel[9:10]
    model = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Flatten()])
    model.add(keras.layers.Dense(10, "softmax"))
    kernel = np.zeros((784, 10))
    kernel[:, 4] = 10 / image.sum()
    model.set_weights([kernel, np.zeros(10)])
    sure = model.predict(x_test[9:10, ..., np.newaxis], verbose=0)
    return sure, labkit.CLASS_NAMES[4], model


@exercise.wrong(earns=2)
def of_another_network(keras, x_test_channel):
    return shared.network(keras).predict(x_test_channel[9:10], verbose=0), ...
