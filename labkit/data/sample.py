"""The drawn sample: images made from a small statistical model of the real data.

The model holds, per class, a mean image, principal components and their spread, and how many real
images there are. An image is the mean plus each component times a normally distributed number. No
picture of the real data is stored. ``tools/fit_sample.py`` fits the models.
"""

from __future__ import annotations

import dataclasses
import math
import pathlib

import numpy as np

N_TRAIN = 6_000
N_TEST = 1_000
SEED = 20_170_825

# Everything is drawn in whole numbers, counted in these fractions of a grey level and of a standard
# deviation. Both are powers of two, so that scaling is exact.
_PIXEL_STEPS = 2**8
_NORMAL_STEPS = 2**12


@dataclasses.dataclass(frozen=True)
class Model:
    """A normal distribution of images per class.

    Attributes
    ----------
    mean : np.ndarray
        Shape (classes, pixels), float16, in grey levels 0 to 255.
    components : np.ndarray
        Shape (classes, components, pixels), float16, each of unit length.
    spread : np.ndarray
        Shape (classes, components), float32: the standard deviation along each component.
    counts : np.ndarray
        Shape (2, classes), int64: how many real images of each class are for training and for
        testing.
    """

    mean: np.ndarray
    components: np.ndarray
    spread: np.ndarray
    counts: np.ndarray


def fit(
    images: np.ndarray, labels: np.ndarray, test_labels: np.ndarray, n_components: int = 32
) -> Model:
    """Fit the model to real images.

    Parameters
    ----------
    images : np.ndarray
        Shape (n, rows, columns), uint8.
    labels, test_labels : np.ndarray
        Shape (n,), class numbers from 0. Of the test images only the classes are counted.
    n_components : int
        Principal components per class.

    Returns
    -------
    Model
        The same for the same input, apart from rounding in the linear algebra library.
    """
    pixels = images.reshape(len(images), -1).astype(np.float64)
    classes = int(labels.max()) + 1
    fitted = [_fit_class(pixels[labels == c], n_components) for c in range(classes)]
    mean, components, spread = (np.stack(parts) for parts in zip(*fitted, strict=True))
    counts = np.stack([np.bincount(part, minlength=classes) for part in (labels, test_labels)])
    return Model(
        mean.astype(np.float16), components.astype(np.float16), spread.astype(np.float32), counts
    )


def _fit_class(pixels: np.ndarray, n_components: int) -> tuple[np.ndarray, ...]:
    variances, vectors = np.linalg.eigh(np.cov(pixels, rowvar=False))
    largest = np.arange(len(variances))[::-1][:n_components]
    components = vectors.T[largest]
    # The sign of an eigenvector is arbitrary: make its largest entry positive.
    peaks = np.take_along_axis(components, np.abs(components).argmax(1, keepdims=True), axis=1)
    return pixels.mean(0), components * np.sign(peaks), np.sqrt(np.maximum(variances[largest], 0))


def save(path: pathlib.Path, model: Model) -> None:
    """Write a model file (``.npz``); the same model gives the same bytes."""
    np.savez_compressed(path, **dataclasses.asdict(model))


def load(path: pathlib.Path) -> Model:
    """Read a model file (``.npz``)."""
    with np.load(path, allow_pickle=False) as file:
        return Model(file["mean"], file["components"], file["spread"], file["counts"])


def draw(
    model: Model,
    n_train: int = N_TRAIN,
    n_test: int = N_TEST,
    seed: int = SEED,
    image: tuple[int, ...] | None = None,
) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Draw a training set and a test set, each in mixed order.

    The classes have the shares that they have in the real data; two classes of different sizes
    there have different sizes here, too, so that no count of images is right by chance.

    Parameters
    ----------
    model : Model
        What to draw from.
    n_train, n_test : int
        Number of images.
    seed : int
        The same seed gives the same images.
    image : tuple of int, optional
        The shape of an image; it is a square if left out.

    Returns
    -------
    tuple
        ``(x_train, y_train), (x_test, y_test)``: uint8 of shape (n, *image) and (n,).

    Notes
    -----
    The same arrays come out on every machine. ``RandomState`` is the generator whose numbers NumPy
    promises never to change. The matrix products multiply and add whole numbers far below 2**53,
    which float64 holds exactly, so neither the order of the additions nor the linear algebra
    library matters. One thing is left: ``log`` of the C library, inside the normal numbers, may
    differ in its last bit, and a number exactly between two steps would then round to the other
    one; that moves a pixel by far less than one grey level.
    """
    rng = np.random.RandomState(seed)
    training, testing = model.counts
    side = math.isqrt(model.mean.shape[1])
    image = image or (side, side)
    (x_train, y_train), (x_test, y_test) = (
        _draw_set(model, counts, n, rng) for counts, n in ((training, n_train), (testing, n_test))
    )
    return (x_train.reshape(-1, *image), y_train), (x_test.reshape(-1, *image), y_test)


def class_sizes(counts: np.ndarray, n: int) -> np.ndarray:
    """Return how many of `n` images are of each class, in the shares of `counts`.

    Parameters
    ----------
    counts : np.ndarray
        Shape (classes,): the number of real images.
    n : int

    Returns
    -------
    np.ndarray
        Shape (classes,), int64, adding up to `n`. Classes with different counts have different
        sizes, unless there are too few images for that.
    """
    exact = counts * n / counts.sum()
    sizes = np.floor(exact).astype(np.int64)
    # The largest remainders are rounded up; of equal ones, those of the first classes.
    sizes[np.argsort(sizes - exact, kind="stable")[: n - sizes.sum()]] += 1
    for _ in range(n):
        pairs = (sizes[:, None] == sizes) & (counts[:, None] > counts)
        if not pairs.any():
            break
        larger, smaller = np.argwhere(pairs)[0]
        if sizes[smaller] < 2:
            break
        sizes[larger] += 1
        sizes[smaller] -= 1
    return sizes


def _draw_set(
    model: Model, counts: np.ndarray, n: int, rng: np.random.RandomState
) -> tuple[np.ndarray, np.ndarray]:
    n_classes, n_components, n_pixels = model.components.shape
    sizes = class_sizes(counts, n)
    labels = rng.permutation(np.repeat(np.arange(n_classes, dtype=np.uint8), sizes))
    normal = np.rint(rng.standard_normal((n, n_components)) * _NORMAL_STEPS)
    images = np.empty((n, n_pixels), np.uint8)
    for c in range(n_classes):
        spread = model.spread[c].astype(np.float64)[:, None]
        weights = np.rint(model.components[c].astype(np.float64) * spread * _PIXEL_STEPS)
        offset = model.mean[c].astype(np.float64) * (_PIXEL_STEPS * _NORMAL_STEPS)
        levels = (normal[labels == c] @ weights + offset) / (_PIXEL_STEPS * _NORMAL_STEPS)
        images[labels == c] = np.clip(np.floor(levels + 0.5), 0, 255)
    return images, labels
