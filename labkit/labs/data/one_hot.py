"""One-hot labels

Encode `y_train` and `y_test`. Keras has a function for it in `keras.utils`.
"""

import numpy as np

from labkit.checks.authoring import ARRAY, Exercise

exercise = Exercise(
    __doc__,
    y_train_one_hot=ARRAY,
    y_test_one_hot=ARRAY,
    by_rows=True,
    hints=(
        "Label 3 becomes ten numbers: all 0 but the one in column 3.",
        "keras.utils.to_categorical does it. It takes the labels and the number of classes.",
        "y_train_one_hot = keras.utils.to_categorical(..., 10), and the same for the test labels.",
    ),
)


@exercise.solution
def solution(keras, y_train, y_test):
    y_train_one_hot = keras.utils.to_categorical(y_train, 10)
    y_test_one_hot = keras.utils.to_categorical(y_test, 10)
    return y_train_one_hot, y_test_one_hot


exercise.shape(
    "y_train_one_hot",
    2,
    "the shape (labels, 10)",
    "Every label becomes a row of ten numbers.",
    asks="Encode `y_train`",
    title="y_train_one_hot has one row for each label",
)
exercise.equal(
    "y_train_one_hot",
    4,
    "a single 1 in each row, and 0 elsewhere",
    "Compare y_train[:3] with the first three rows.",
    asks="Encode `y_train`",
    title="each row has its one in the column of its class",
)
exercise.equal(
    "y_test_one_hot",
    2,
    "a single 1 in each row, in the column of the test label",
    "Do with y_test exactly what you did with y_train.",
    asks="and `y_test`",
    title="the test labels are encoded in the same way",
)


def _one_hot(labels, columns=10):
    return np.eye(columns)[labels]


@exercise.mistake(earns=(2, 4))
def alphabetical_classes(y_train, y_test, class_names):
    """The columns follow the alphabet, not the class numbers: column 0 is to stand for class 0."""
    rank = np.argsort(np.argsort(class_names))
    yield _one_hot(rank[y_train]), _one_hot(rank[y_test])
    yield _one_hot(rank[y_train]), ...


@exercise.mistake(earns=(2, 4, 4, 0))
def off_by_one(y_train, y_test):
    """Your ones are a column off: the classes count from 0."""
    yield np.roll(_one_hot(y_train), 1, axis=1), np.roll(_one_hot(y_test), 1, axis=1)
    yield np.roll(_one_hot(y_train), 1, axis=1), ...
    yield np.roll(_one_hot(y_train), -1, axis=1), ...
    yield _one_hot(y_train + 1, 11), ...


@exercise.mistake
def labels_not_encoded(y_train):
    """These are still the class numbers, one for each image."""
    return y_train, ...


@exercise.mistake(earns=(6, 6))
def test_labels_from_training(y_train, y_test):
    """y_test_one_hot was not made from y_test: look at what you handed over."""
    yield ..., _one_hot(y_train)
    yield ..., y_test


exercise.right(with_eye=lambda y_train, y_test: (_one_hot(y_train), _one_hot(y_test)))


@exercise.right
def by_comparison(y_train, y_test):
    return y_train[:, np.newaxis] == np.arange(10), y_test[:, np.newaxis] == np.arange(10)


exercise.right(
    as_tables=lambda pd, y_train, y_test: (pd.get_dummies(y_train), pd.get_dummies(y_test))
)


@exercise.wrong(earns=2, shows="alphabetical-classes")
def made_from_names(pd, y_train, y_test, class_names):
    names = [[class_names[label] for label in labels] for labels in (y_train, y_test)]
    return tuple(pd.get_dummies(pd.Series(part)) for part in names)


exercise.wrong(
    earns=2,
    constant=lambda y_train, y_test: (np.zeros((len(y_train), 10)), np.zeros((len(y_test), 10))),
)
exercise.wrong(
    shows="labels-not-encoded", neither_encoded=lambda y_train, y_test: (y_train, y_test)
)


@exercise.wrong(shows="off-by-one")
def both_with_eleven_columns(y_train, y_test):
    return _one_hot(y_train + 1, 11), _one_hot(y_test + 1, 11)


exercise.wrong(earns=6, test_labels_missing=lambda y_train: (_one_hot(y_train), None))
