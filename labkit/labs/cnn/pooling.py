"""Max pooling by hand

A map of edges need not be exact to the pixel. **Max pooling** cuts it into fields of 2 × 2 and keeps
the largest value of each. A quarter of the numbers is left, and a pattern that moves by a pixel
often changes nothing.

Write `max_pool(image)`. The fields lie side by side. If a side is odd, its last row or column is
left out, as Keras does. The image stays as it is.
"""

import numpy as np

from labkit import evidence
from labkit.checks import agreement
from labkit.checks.authoring import Exercise, Message, function
from labkit.labs.cnn import shared

EVEN = 3


def images(random):
    """Return small images: `EVEN` ones with even sides, then one with odd sides.

    The first holds no number above 0: a result that began with zeros would stay 0. The third has
    the sides of the first and other numbers, which no result of before fits.
    """
    sides = [(6, 4), (4, 2 * int(random.integers(4, 7))), (6, 4), (7, 5)]
    first, *others = (random.normal(size=shape) for shape in sides)
    return [(-1 - np.abs(first),), *((image,) for image in others)]


exercise = Exercise(
    __doc__,
    max_pool=function(images),
    hints=(
        "Half as many rows, half as many columns. Field (i, j) begins in row 2i and column 2j.",
        "image[2 * i : 2 * i + 2, 2 * j : 2 * j + 2].max() is the largest value of one field; "
        "// divides without a remainder.",
        "result = np.zeros((... // 2, ... // 2)); two loops; result[i, j] = image[...].max()",
    ),
)


@exercise.solution
def solution():
    def max_pool(image):
        """Return the largest value of every field of 2 × 2 pixels."""
        rows, columns = image.shape[0] // 2, image.shape[1] // 2
        fields = image[: 2 * rows, : 2 * columns].reshape(rows, 2, columns, 2)
        return fields.max(axis=(1, 3))

    return max_pool


def _fields(image):
    rows, columns = image.shape[0] // 2, image.shape[1] // 2
    return image[: 2 * rows, : 2 * columns].reshape(rows, 2, columns, 2)


def _pools(max_pool, probes, like):
    """Tell whether the function does what `like` does, as long as the sides are even."""
    pairs = list(zip(shared.results(max_pool.calls), probes, strict=True))
    return all(shared.same(result, like(image)) for result, (image,) in pairs[:EVEN])


def _pools_odd(max_pool, probes, like):
    (result,) = shared.results(max_pool.calls[EVEN:])
    return shared.same(result, like(*probes[EVEN]))


@exercise.criterion(1, stop=True, asks="The fields lie side by side.")
def _(max_pool, right, probes):
    """one value for each field of 2×2 pixels"""
    calls = max_pool.calls[:EVEN]
    unusable = shared.returns_arrays(calls, "Read the number of rows and columns from image.shape.")
    if unusable:
        return unusable
    for shape, (image,) in zip(shared.shapes(calls), probes[:EVEN], strict=True):
        if shape != right.max_pool(image).shape:
            return Message(
                f"From an image of shape {image.shape} your function made an array of shape {shape}",
                "one value for each field of 2×2 pixels",
                "The fields lie side by side: none covers a part of another.",
            )


@exercise.criterion(3, asks="keeps the largest value of each")
def _(max_pool, right, probes):
    """each is the largest of its field"""
    if not _pools(max_pool, probes, right.max_pool):
        return Message(
            "The size is right, some values are not",
            "of every four values the largest",
            "Try your function on np.arange(16).reshape(4, 4) and compare with what you expect.",
        )
    return agreement.spoiled("max_pool", max_pool)


@exercise.criterion(2, asks="If a side is odd, its last row or column is left out")
def _(max_pool, right, probes):
    """odd sides: the last row or column is left out"""
    if _pools_odd(max_pool, probes, right.max_pool):
        return None
    result, (image,) = max_pool.calls[EVEN].result, probes[EVEN]
    did = "returned something else"
    if isinstance(result, evidence.Raised):
        did = f"raised {result.type}: {result.text}"
    return Message(
        f"On an image of shape {image.shape} it {did}",
        "a last row or column without a partner is left out, as in Keras",
        "How many whole fields fit into an odd number of rows?",
    )


@exercise.sign(shown_by=lambda: lambda image: _fields(image).mean(axis=(1, 3)), earns=1)
def average_pooling(max_pool, probes):
    """You took the mean of each field. Max pooling keeps its largest value."""
    return _pools(max_pool, probes, lambda image: _fields(image).mean(axis=(1, 3)))


@exercise.sign(shown_by=lambda: lambda image: _fields(image).min(axis=(1, 3)), earns=1)
def smallest_for_largest(max_pool, probes):
    """You kept the smallest value of each field."""
    return _pools(max_pool, probes, lambda image: _fields(image).min(axis=(1, 3)))


@exercise.sign(shown_by=lambda: lambda image: image[::2, ::2], earns=1)
def every_second_pixel(max_pool, probes):
    """You kept the first pixel of each field, whatever the other three are."""
    return _pools(max_pool, probes, lambda image: image[::2, ::2])


@exercise.sign
def fields_overlap(max_pool, probes):
    """Your fields overlap: the window moves on by one pixel instead of two."""
    overlapping = [image[1:, 1:].shape for (image,) in probes[:EVEN]]
    return shared.shapes(max_pool.calls[:EVEN]) == overlapping


@exercise.sign(
    shown_by=lambda: lambda image: image.reshape(len(image) // 2, 2, -1, 2).max(axis=(1, 3)),
    earns=4,
)
def odd_sides(max_pool, right, probes):
    """All is well while the sides are even. Think of an image of 7 rows."""
    even = _pools(max_pool, probes, right.max_pool)
    return even and not _pools_odd(max_pool, probes, right.max_pool)


@exercise.right
def two_loops():
    def max_pool(image):
        result = np.zeros((image.shape[0] // 2, image.shape[1] // 2))
        for i, j in np.ndindex(result.shape):
            result[i, j] = image[2 * i : 2 * i + 2, 2 * j : 2 * j + 2].max()
        return result

    return max_pool


@exercise.right
def slices():
    def max_pool(image):
        image = image[: len(image) // 2 * 2, : image.shape[1] // 2 * 2]
        above = np.maximum(image[::2, ::2], image[::2, 1::2])
        return np.maximum(above, np.maximum(image[1::2, ::2], image[1::2, 1::2]))

    return max_pool


@exercise.right
def in_keras(keras):
    return lambda image: keras.layers.MaxPooling2D()(image[None, :, :, None])[0, :, :, 0]


exercise.wrong(no_function=lambda x_train: x_train[0, ::2, ::2], constant=lambda: lambda image: 0)


@exercise.wrong(shows="fields-overlap")
def overlapping():
    windows = np.lib.stride_tricks.sliding_window_view
    return lambda image: windows(image, (2, 2)).max(axis=(2, 3))


@exercise.wrong(earns=4, shows="odd-sides")
def rest_kept():
    def max_pool(image):
        rest = [(0, side % 2) for side in image.shape]
        return _fields(np.pad(image, rest, constant_values=-np.inf)).max(axis=(1, 3))

    return max_pool


exercise.wrong(unchanged=lambda: lambda image: image)


@exercise.wrong(earns=3)
def spoils_the_image(max_pool):
    def spoiling(image):
        result = max_pool(image)
        image[...] = 0
        return result

    return spoiling
