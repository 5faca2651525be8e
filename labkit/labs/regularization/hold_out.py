"""Hold images out

The fewer images a network sees, the sooner it knows them by heart. So you train on a small part: fifty
epochs on all images would take many minutes, and the same can be seen in one.

- `x_part`, `y_part`: the **first 4,800** scaled training images and their labels, to train on;
- `x_valid`, `y_valid`: the **last fifth** of the scaled training images and their labels, to look at
  after every epoch. This is the part that `validation_split=0.2` would set aside.

The test images stay in their box until the last exercise but one.
"""

import numpy as np

from labkit.checks import criteria
from labkit.checks.authoring import ARRAY, Exercise, Message
from labkit.checks.exercise import Criterion
from labkit.labs.regularization import shared

exercise = Exercise(
    __doc__,
    x_part=ARRAY,
    y_part=ARRAY,
    x_valid=ARRAY,
    y_valid=ARRAY,
    hints=(
        "Four slices: two of the images, two of the labels, cut at the same places.",
        "x[:n] are the first n entries, x[n:] is everything from entry n on; a fifth is held out, "
        "so n is four fifths of len(x_train).",
        "x_part = x_train_scaled[:…]; y_part = y_train[:…]; start = len(x_train) * … // …; "
        "x_valid = x_train_scaled[start:]; y_valid = …",
    ),
)


@exercise.solution
def solution(x_train, x_train_scaled, y_train):
    start = len(x_train) * 4 // 5
    x_part, y_part = x_train_scaled[:4800], y_train[:4800]
    x_valid, y_valid = x_train_scaled[start:], y_train[start:]
    return x_part, y_part, x_valid, y_valid


def _is(fact, wanted):
    return criteria.agrees(fact, wanted, divided_by=255 if wanted.ndim == 3 else 1)


def _another(fact, wanted, data):
    """Return what a part of the right shape holds instead, and what to do about it."""
    if wanted.ndim == 1:
        return "holds other labels", "Cut the labels where you cut the images."
    if fact.maximum > 1:
        return "holds pixels from 0 to 255", "Cut it out of x_train_scaled."
    if abs(fact.maximum - 1) < 1e-6:
        first = np.rint(fact.sample[0] * 255)
        if np.array_equal(first, wanted[0]):
            return "begins as it should, but others follow", "A slice keeps images in their order."
        found = np.flatnonzero((data.x_train == first).all(axis=(1, 2)))
        begins = f", beginning with x_train_scaled[{found[0]}]" if found.size else ""
        return f"holds other images{begins}", "A slice begins with the number before its colon."
    saw = f"holds pixels up to {fact.maximum:.4g}, which are scaled otherwise"
    return saw, "Cut it out of x_train_scaled, as it is."


def _cut(name, points, words, asks):
    """Require a slice. All images are never scaled for it: a check has to be quick."""

    def test(answers):
        fact = getattr(answers, name)
        cut = shared.part_of if name.endswith("part") else shared.valid_of
        wanted = cut(answers.data)[name.startswith("y")]
        if fact.type in ("list", "tuple"):
            saw, next_step = (
                f"is a {fact.type}",
                "fit() takes arrays: cut it out of the array itself.",
            )
        elif not fact.shape:
            saw, next_step = "is a single number", "Cut it out of the training images by a slice."
        elif fact.shape != wanted.shape:
            saw, next_step = f"has the shape {fact.shape}", "Count the images of your slice."
        elif not _is(fact, wanted):
            saw, next_step = _another(fact, wanted, answers.data)
        else:
            return None
        return Message(f"{name} {saw}", words, next_step)

    exercise.require(Criterion(f"{name}: {words}", points, test), asks=asks)


_cut(
    "x_part",
    2,
    "the first 4,800 scaled training images",
    "the **first 4,800** scaled training images",
)
_cut("y_part", 1, "the labels of the same images", "and their labels, to train on")
_cut(
    "x_valid",
    2,
    "the last fifth of the scaled training images",
    "the **last fifth** of the scaled training images",
)
_cut(
    "y_valid", 2, "the labels of the same images", "and their labels, to look at after every epoch"
)


@exercise.sign
def unscaled_pixels(x_part, x_valid):
    """These are pixels from 0 to 255. Cut your parts from x_train_scaled."""
    return max(x_part.maximum, x_valid.maximum) > 1


@exercise.sign(shown_by=lambda x_test_scaled, y_test: (..., ..., x_test_scaled, y_test), earns=3)
def validation_on_the_test_set(x_valid, data):
    """x_valid comes from the test set.

    Whoever chooses by it has no unseen images left in the end.
    """
    return _is(x_valid, data.x_test[: x_valid.shape[0]])


@exercise.sign(
    shown_by=lambda x_train_scaled, y_train: (x_train_scaled, y_train, ..., ...), earns=4
)
def validation_among_the_training_images(x_part, x_valid):
    """Some images are in both parts.

    A network may know the images it trains on by heart: what it makes of them says nothing about
    others.
    """
    ends = x_valid.sample[0], x_valid.sample[-1]
    return any(np.array_equal(end, image) for end in ends for image in x_part.sample)


@exercise.sign(shown_by=lambda y_train: (..., ..., ..., y_train[: len(y_train) // 5]), earns=5)
def labels_of_others(x_valid, y_valid, data):
    """The labels belong to other images: cut them exactly as you cut the images."""
    images, labels = shared.valid_of(data)
    return _is(x_valid, images) and len(y_valid.shape) == 1 and not _is(y_valid, labels)


@exercise.right
def from_the_end_in_double_precision(x_train, y_train):
    held_out = len(x_train) // 5
    images = x_train / 255.0
    return images[0:4800], y_train[0:4800], images[-held_out:], y_train[-held_out:]


@exercise.right
def by_index(x_train_scaled, y_train):
    order = np.arange(len(y_train))
    part, valid = order[order < 4800], order[order >= 0.8 * len(order)]
    return x_train_scaled[part], y_train[part].astype(int), x_train_scaled[valid], y_train[valid]


exercise.wrong(earns=5, labels_in_a_list=lambda y_valid: (..., ..., ..., y_valid.tolist()))
exercise.wrong(constant=lambda: (0, 0, 0, 0))
exercise.wrong(
    earns=5,
    in_another_order=lambda x_part: (x_part[np.r_[0, len(x_part) - 1 : 0 : -1]], ..., ..., ...),
    scaled_twice=lambda x_part: (x_part / 255, ..., ..., ...),
    other_images=lambda x_train_scaled: (x_train_scaled[1:4801], ..., ..., ...),
)
exercise.wrong(earns=3, half_of_it=lambda: (..., ..., None, None))


@exercise.wrong(earns=3, shows="unscaled-pixels")
def not_scaled(x_train, y_train):
    start = len(x_train) * 4 // 5
    return x_train[:4800], y_train[:4800], x_train[start:], y_train[start:]


@exercise.wrong(earns=3, shows="validation-among-the-training-images")
def overlapping(x_train, x_train_scaled, y_train):
    count = len(x_train) // 5
    return ..., ..., x_train_scaled[:4800][:count], y_train[:4800][:count]
