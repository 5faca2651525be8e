"""Who is taken for whom?

An accuracy says how often the network is wrong, not how. A *confusion matrix* does: row *i*, column
*j* counts the images of class *i* that were taken for class *j*. Make `confusion` for the test images
with `sklearn.metrics`, then find the mistake that happens most often. Write it as
`most_confused`, a pair of class names (or of their numbers): the true class, then the one it was taken for.
"""

import numpy as np

from labkit.checks import agreement, criteria
from labkit.checks.authoring import ARRAY, VALUE, Exercise, Message
from labkit.labs.mlp import shared

exercise = Exercise(
    __doc__,
    confusion=ARRAY,
    most_confused=VALUE,
    needs=("model",),
    hints=(
        "Each image adds 1 to one cell: its true class is the row, its predicted class the column.",
        "sklearn.metrics.confusion_matrix takes the true labels first, then the predicted ones.",
        "confusion = sklearn.metrics.confusion_matrix(…, …); "
        'most_confused = ("true class", "predicted class")',
    ),
)


@exercise.solution
def solution(np, sklearn, labkit, y_test, predicted_classes):
    confusion = sklearn.metrics.confusion_matrix(y_test, predicted_classes)
    mistakes = confusion - np.diag(np.diag(confusion))
    true_class, taken_for = np.unravel_index(mistakes.argmax(), mistakes.shape)
    most_confused = (labkit.CLASS_NAMES[true_class], labkit.CLASS_NAMES[taken_for])
    return confusion, most_confused


def _counts(model, x_test, y_test):
    """Return how often each class (rows) was taken by the network for each class (columns)."""
    cells = y_test.astype(int) * shared.CLASSES + shared.outputs(model, x_test).argmax(axis=1)
    shape = shared.CLASSES, shared.CLASSES
    return np.bincount(cells, minlength=shared.CLASSES**2).reshape(shape)


def _mistakes(model, x_test, y_test):
    counts = _counts(model, x_test, y_test)
    return counts - np.diag(np.diag(counts))


def _undecided(model, x_test):
    """Return how many images are as good as tied: they may be counted differently elsewhere."""
    return agreement.undecided(shared.outputs(model, x_test))


def _are_counts(fact, counts, undecided):
    """Tell whether a matrix holds `counts`, but for so many images in another column."""
    return (
        fact.shape == counts.shape
        and np.abs(fact.sample - counts).sum() <= 2 * undecided
        and np.array_equal(np.sum(fact.sample, axis=1), counts.sum(axis=1))
    )


@exercise.criterion(1, asks="Make `confusion` for the test images", stop=True)
def _(confusion):
    """confusion has a row and a column for each class"""
    if confusion.shape != (shared.CLASSES, shared.CLASSES):
        return Message(
            f"confusion has the shape {confusion.shape}",
            "the shape (10, 10)",
            "Compare the labels with the predicted classes, not with the probabilities.",
        )


@exercise.criterion(
    2, asks="row *i*, column *j* counts the images of class *i* that were taken for class *j*"
)
@shared.on_test_images
def _(confusion, model, x_test, y_test):
    """the test images are counted, true classes in rows"""
    if not _are_counts(confusion, _counts(model, x_test, y_test), _undecided(model, x_test)):
        return Message(
            "confusion holds other numbers than the check has counted",
            "true classes in rows, predicted classes in columns, counted over all test images",
            "Look at row 0: its sum should be the number of true T-shirts among the test images.",
        )


def _pair(plain, class_names):
    """Return the classes that the student named, by name or number; None where they are none."""
    names = {name.lower(): number for number, name in enumerate(class_names)}
    if not isinstance(plain, list) or len(plain) != 2:
        return None
    found = tuple(names.get(part.lower()) if isinstance(part, str) else part for part in plain)
    return found if all(type(part) is int and 0 <= part < len(names) for part in found) else None


@exercise.criterion(
    1,
    asks="find the mistake that happens most often. Write it as `most_confused`, a pair of class "
    "names (or of their numbers): the true class, then the one it was taken for.",
)
@shared.on_test_images
def _(most_confused, model, x_test, y_test, class_names):
    """most_confused is the most frequent mistake"""
    pair = _pair(most_confused, class_names)
    saw = f"most_confused is {criteria.show(most_confused)}"
    if pair is None:
        return Message(
            saw,
            "a pair of class names: the true one, then the one it was taken for",
            "Copy the names as labkit.CLASS_NAMES spells them.",
        )
    wrong = _mistakes(model, x_test, y_test)
    if pair[0] == pair[1] or wrong[pair] < wrong.max() - 2 * _undecided(model, x_test):
        return Message(
            f"{saw}, but another mistake happens more often",
            "the pair with the largest number off the diagonal",
            "Look for it in the picture, or set the diagonal to 0 and let NumPy find the largest.",
        )


@exercise.sign(shown_by=lambda confusion: (confusion.T, ...), earns=2)
def transposed(confusion, model, x_test, y_test):
    """Rows and columns are swapped: hand over the truth first."""
    counts = _counts(model, x_test, y_test)
    return np.abs(confusion.sample - counts.T).sum() <= 2 * _undecided(model, x_test)


@exercise.sign(
    shown_by=lambda confusion: (confusion / confusion.sum(axis=1, keepdims=True), ...), earns=2
)
def shares_for_counts(confusion, model, x_test, y_test):
    """These are shares. Asked are counts: how many images."""
    counts = _counts(model, x_test, y_test).astype(float)
    totals = counts.sum(axis=1, keepdims=True), counts.sum(axis=0, keepdims=True), counts.sum()
    return any(criteria.agrees(confusion, counts / np.maximum(n, 1), 0.01) for n in totals)


@exercise.sign
def on_training_images(confusion, x_train):
    """You counted the training images, which the network has seen."""
    return confusion.sample.sum() == len(x_train)


@exercise.sign
def pair_swapped(most_confused, model, x_test, y_test, class_names):
    """The right two classes, the wrong way round: the true one comes first."""
    pair, wrong = _pair(most_confused, class_names), _mistakes(model, x_test, y_test)
    return pair and wrong[pair] < wrong.max() and wrong[pair[::-1]] == wrong.max()


@exercise.sign(shown_by=lambda: (..., ("Bag", "Bag")), earns=3)
def diagonal_chosen(most_confused, class_names):
    """The diagonal counts the right answers. Look beside it."""
    pair = _pair(most_confused, class_names)
    return pair and pair[0] == pair[1]


@exercise.right
def pandas_and_numbers(y_test, predicted_classes, most_confused, class_names):
    import pandas as pd

    numbers = [class_names.index(name) for name in most_confused]
    return pd.crosstab(y_test, predicted_classes), numbers


@exercise.right
def tensorflow(y_test, predicted_classes):
    import tensorflow as tf

    return tf.math.confusion_matrix(y_test, predicted_classes), ...


@exercise.right
def added_up_in_small_letters(y_test, predicted_classes, most_confused):
    counts = np.zeros((10, 10))
    np.add.at(counts, (y_test, predicted_classes), 1)
    return counts, [name.lower() for name in most_confused]


exercise.wrong(earns=1, constant=lambda: (np.zeros((10, 10)), 0))
exercise.wrong(earns=3, pair_missing=lambda: (..., None))


@exercise.wrong(earns=(3, 3, 3, 3))
def no_such_pair():
    yield ..., "Shirt"
    yield ..., ("Shirt", "Hat")
    yield ..., ("Sandal", "Trouser")
    yield ..., (True, [0])


@exercise.wrong(earns=(2, 2, 2))
def images_counted_elsewhere(confusion, model, x_test_scaled):
    """In another column, one more than are as good as tied; one in another row, or not at all."""
    place = np.zeros((10, 10), int)
    place[3, 3] = 1
    undecided = agreement.undecided(model.predict(x_test_scaled, verbose=0))
    moved = (1 + undecided) * place
    yield confusion - moved + np.roll(moved, 1, axis=1), ...
    yield confusion - place + np.roll(place, 1, axis=0), ...
    yield confusion - place, ...


exercise.wrong(earns=2, diagonal_taken_out=lambda confusion: (confusion * (1 - np.eye(10)), ...))


@exercise.wrong(earns=2, shows="on-training-images")
def training_images(sklearn, model, x_train_scaled, y_train):
    predicted = model.predict(x_train_scaled, verbose=0).argmax(axis=1)
    return sklearn.metrics.confusion_matrix(y_train, predicted), ...


@exercise.wrong(earns=3, shows="pair-swapped")
def swapped(sklearn, y_test, class_names):
    """Two classes may be taken for each other equally often, but not by a network that says one thing."""
    model = shared.network()
    *weights, bias = map(np.zeros_like, model.get_weights())
    always = class_names.index("Shirt")
    bias[always] = 1
    model.set_weights([*weights, bias])
    confusion = sklearn.metrics.confusion_matrix(y_test, np.full_like(y_test, always))
    other = (confusion * (1 - np.eye(10))).sum(axis=1).argmax()
    return confusion, (class_names[always], class_names[other]), model
