"""Confusions, seen and unseen

Count the predictions of `restored` in two tables of 10 × 10 numbers, with the true classes in rows and
the predicted ones in columns: `train_counts` for the **first 10,000 training images** and
`test_counts` for the test images.
"""

import numpy as np

from labkit.checks.authoring import ARRAY, Exercise, Message
from labkit.labs.convnets import shared

exercise = Exercise(
    __doc__,
    needs=("restored",),
    needs_first=True,
    train_counts=ARRAY,
    test_counts=ARRAY,
    hints=(
        "Predict, take the class of the greatest probability, count pairs. Twice.",
        "restored.predict(...).argmax(axis=1) and sklearn.metrics.confusion_matrix.",
        "train_counts = confusion_matrix(y_train[:10_000], "
        "restored.predict(x_train_scaled[:10_000], verbose=0).argmax(axis=...))",
    ),
)

FEW = 20  # images that another machine's rounding may put into another class


@exercise.solution
def solution(confusion_matrix, restored, x_train_scaled, y_train, x_test_scaled, y_test):
    train_classes = restored.predict(x_train_scaled[:10_000], verbose=0).argmax(axis=1)
    test_classes = restored.predict(x_test_scaled, verbose=0).argmax(axis=1)
    train_counts = confusion_matrix(y_train[:10_000], train_classes)
    test_counts = confusion_matrix(y_test, test_classes)
    return train_counts, test_counts


@exercise.criterion(4, asks="`train_counts` for the **first 10,000 training images**")
@shared.measured
def _(restored, train_counts, x_train, y_train):
    """train_counts counts restored's predictions on the first 10,000 training images"""
    wanted = shared.counts(restored, x_train, y_train)
    return _unlike("train_counts", train_counts, wanted, "the first 10,000 training images")


@exercise.criterion(4, asks="`test_counts` for the test images")
@shared.measured
def _(restored, test_counts, x_test, y_test):
    """test_counts counts restored's predictions on the test images"""
    wanted = shared.counts(restored, x_test, y_test)
    return _unlike("test_counts", test_counts, wanted, "the test images")


def _unlike(name, fact, wanted, words):
    if _near(fact, wanted) and _counts_as_many(fact, wanted):
        return None
    total = f" that adds up to {fact.sample.sum():.6g}" if fact.sample.size else ""
    next_step = "sklearn.metrics.confusion_matrix takes the true labels first."
    if fact.shape == wanted.shape and abs(fact.sample.sum() - wanted.sum()) > 0.5:
        next_step = "A table of counts adds up to the number of images. Which are counted here?"
    return Message(
        f"{name} is another table of shape {fact.shape}{total}",
        f"counts: true classes in rows, predicted ones in columns, {words}",
        next_step,
    )


def _counts_as_many(fact, wanted):
    """Tell whether as many images of each class are counted: that is no matter of rounding."""
    whole = np.allclose(fact.sample, np.rint(fact.sample), rtol=0, atol=1e-6)
    return whole and np.allclose(fact.sample.sum(axis=1), wanted.sum(axis=1), rtol=0, atol=0.5)


def _near(fact, wanted, few=FEW):
    return fact.shape == wanted.shape and np.abs(fact.sample - wanted).sum() <= few


@exercise.sign(shown_by=lambda train_counts, test_counts: (train_counts.T, test_counts.T))
def transposed(restored, train_counts, test_counts, data):
    """Rows and columns are swapped: the true labels come first."""
    pairs = _with_right_counts(restored, train_counts, test_counts, data)
    return any(_near(fact, wanted.T) for fact, wanted in pairs)


@exercise.sign
def shares_for_counts(restored, train_counts, test_counts, data):
    """These are shares of each class. Asked are counts."""
    pairs = _with_right_counts(restored, train_counts, test_counts, data)
    return any(
        _near(fact, wanted / wanted.sum(axis=1, keepdims=True), 0.1) for fact, wanted in pairs
    )


@exercise.sign(
    shown_by=lambda confusion_matrix, restored, train_counts, x_test, y_test: (
        train_counts,
        confusion_matrix(y_test, restored.predict(x_test[..., None], verbose=0).argmax(axis=1)),
    ),
    earns=4,
)
def pixels_that_are_not_scaled(restored, train_counts, test_counts, data):
    """restored was given pixels from 0 to 255. It has learnt from scaled ones."""
    own, unscaled = _both_counts(restored, data), _both_counts(restored, data, scale=1.0)
    counted = zip((train_counts, test_counts), own, unscaled, strict=True)
    return any(_near(fact, seen) and not _near(fact, right) for fact, right, seen in counted)


def _with_right_counts(restored, train_counts, test_counts, data):
    """Return each table that is not the right one with the right one."""
    pairs = zip((train_counts, test_counts), _both_counts(restored, data), strict=True)
    return [(fact, wanted) for fact, wanted in pairs if not _near(fact, wanted)]


def _both_counts(restored, data, scale=255.0):
    parts = ((data.x_train, data.y_train), (data.x_test, data.y_test))
    return [shared.counts(restored, *part, scale) for part in parts]


@exercise.sign(shown_by=lambda train_counts, test_counts: (test_counts, train_counts))
def train_and_test_swapped(restored, train_counts, data):
    """train_counts holds the predictions on the test images."""
    own, other = _both_counts(restored, data)
    return not _near(train_counts, own) and _near(train_counts, other)


@exercise.sign(shown_by=lambda train_counts: (train_counts, train_counts), earns=4)
def training_images_twice(restored, test_counts, data):
    """Both tables count training images. What about those that the network has not seen?"""
    other, own = _both_counts(restored, data)
    return not _near(test_counts, own) and _near(test_counts, other)


@exercise.right
def by_hand(np, restored, train_counts, x_test_scaled, y_test):
    counts = np.zeros((10, 10))
    np.add.at(counts, (y_test, restored.predict(x_test_scaled, verbose=0).argmax(axis=1)), 1)
    return train_counts.tolist(), counts


@exercise.right
def tables(pd, train_counts, test_counts):
    return pd.DataFrame(train_counts), pd.DataFrame(test_counts)


@exercise.wrong(earns=4)
def one_image_less(train_counts, test_counts):
    fewer = np.array(test_counts)
    fewer[0, 0] -= 1
    return train_counts, fewer


exercise.wrong(
    earns=4,
    no_whole_numbers=lambda train_counts, test_counts: (train_counts, test_counts * 255 / 256),
)
exercise.wrong(constant=lambda: (np.zeros((10, 10)), np.eye(10)))


@exercise.wrong(shows="shares-for-counts")
def shares(train_counts, test_counts):
    return tuple(c / c.sum(axis=1, keepdims=True) for c in (train_counts, test_counts))


exercise.wrong(earns=4, test_missing=lambda train_counts: (train_counts, None))
