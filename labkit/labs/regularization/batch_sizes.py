"""How many steps in an epoch?

The report gives `fit` 60,000 training images and holds a fifth of them out. How many steps does an
epoch have with batches of 480, of 128, and of 96?
"""

import math

from labkit.checks.authoring import NUMBER, Exercise
from labkit.labs.regularization import shared

SIZES = (480, 128, 96)

exercise = Exercise(
    __doc__,
    updates_480=NUMBER,
    updates_128=NUMBER,
    updates_96=NUMBER,
    hints=(
        "After every batch the weights take one step. How many batches make up an epoch?",
        "First find how many of the 60,000 images are left to train on, then divide.",
        "updates_480 = … / 480, where … is four fifths of 60,000",
    ),
)


@exercise.solution
def solution():
    trained_on = 60_000 * 4 // 5
    updates_480 = trained_on // 480
    updates_128 = trained_on // 128
    updates_96 = trained_on // 96
    return updates_480, updates_128, updates_96


for size, points, asks in zip(
    SIZES,
    (2, 1, 2),
    ("How many steps does an epoch have with batches of 480", "of 128", "of 96"),
    strict=True,
):
    exercise.equal(
        f"updates_{size}",
        points,
        f"the number of steps with batches of {size}",
        "How often does the batch fit into the images that are trained on?",
        asks=asks,
    )


def _steps(images):
    return tuple(images / size for size in SIZES)


def _some_are(seen, wanted):
    pairs = zip(map(shared.as_number, seen), wanted, strict=True)
    return any(abs(told - steps) < 1 for told, steps in pairs)


@exercise.sign(shown_by=lambda: _steps(60_000))
def held_out_images_counted(updates_480, updates_128, updates_96):
    """The report holds a fifth of the images out. They are not trained on."""
    return _some_are((updates_480, updates_128, updates_96), _steps(60_000))


@exercise.sign(shown_by=lambda: _steps(48_000 * 50))
def all_epochs_counted(updates_480, updates_128, updates_96):
    """These are the steps of the whole training. Asked is one epoch."""
    return _some_are((updates_480, updates_128, updates_96), _steps(50 * 48_000))


@exercise.sign(shown_by=lambda: SIZES)
def batch_size_for_steps(updates_480, updates_128, updates_96):
    """This is the size of a batch. Asked is how many of them there are."""
    return _some_are((updates_480, updates_128, updates_96), SIZES)


@exercise.sign(shown_by=lambda: _steps(4_800))
def own_part_counted(updates_480, updates_128, updates_96):
    """You counted your own part of the images. The question is about the report."""
    return _some_are((updates_480, updates_128, updates_96), _steps(shared.PART))


exercise.right(
    floats=lambda: _steps(48_000),
    rounded_up=lambda: tuple(math.ceil(steps) for steps in _steps(48_000.0)),
)
exercise.wrong(earns=2, constant=lambda: (100, 100, 100))
exercise.wrong(words=lambda: ("few", "more", "most"))
