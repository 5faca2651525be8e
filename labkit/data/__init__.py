"""The images of the course: find, verify, cache, download, read and write them.

``load_fashion_mnist()`` and ``load_mnist()`` give what Keras's loaders give. They look in the
folder named by the environment variable ``LABKIT_DATA`` (``sample`` stands for the drawn sample),
then in the user's cache, then on the published mirrors; with none of these at hand the images are
drawn from a small model of the real data, which is said.
"""

from __future__ import annotations

import numpy as np

from labkit.data import examples, sources, specs
from labkit.data.errors import DataError, DownloadError
from labkit.data.examples import ExampleFiles, example_files
from labkit.data.idx import read_idx, write_idx
from labkit.data.sources import Source
from labkit.data.specs import CLASS_NAMES, DIGIT_NAMES
from labkit.data.table import read_csv, write_csv

__all__ = [
    "CLASS_NAMES",
    "DIGIT_NAMES",
    "DataError",
    "DownloadError",
    "ExampleFiles",
    "Source",
    "class_names",
    "example_files",
    "load_data",
    "load_fashion_mnist",
    "load_in_advance",
    "load_mnist",
    "read_csv",
    "read_idx",
    "source",
    "stamp",
    "write_csv",
    "write_idx",
]

Pair = tuple[np.ndarray, np.ndarray]


def load_fashion_mnist() -> tuple[Pair, Pair]:
    """Load Fashion-MNIST: 28×28 grey images of clothes in ten classes (`CLASS_NAMES`).

    Returns
    -------
    tuple
        ``(x_train, y_train), (x_test, y_test)``. Images are uint8 of shape (n, 28, 28), 0 black to
        255 white; labels are uint8 of shape (n,), 0 to 9. 60,000 training and 10,000 test images,
        or 6,000 and 1,000 if they are drawn.

    Raises
    ------
    DataError
        If the folder in ``LABKIT_DATA`` lacks a file or holds a bad one.

    References
    ----------
    H. Xiao, K. Rasul, R. Vollgraf: Fashion-MNIST, arXiv:1708.07747 (2017). MIT licence, Zalando SE.
    """
    return _load(specs.FASHION_MNIST)


def load_mnist() -> tuple[Pair, Pair]:
    """Load MNIST: 28×28 grey images of handwritten digits, the label being the digit.

    Returns
    -------
    tuple
        As `load_fashion_mnist`.

    Raises
    ------
    DataError
        If the folder in ``LABKIT_DATA`` lacks ``mnist.npz`` or holds a bad one.

    References
    ----------
    Y. LeCun, C. Cortes, C. J. C. Burges: The MNIST database. CC BY-SA 3.0.
    """
    return _load(specs.MNIST)


def load_data(dataset: str) -> tuple[Pair, Pair]:
    """Load a data set by its name: a published one, or one with an entry in ``labkit/data/own.py``.

    Parameters
    ----------
    dataset : str
        ``"fashion-mnist"``, ``"mnist"`` or another name.

    Returns
    -------
    tuple
        As `load_fashion_mnist`, in the shapes of the data set.

    Raises
    ------
    DataError
        If there is no such data set, or it cannot be loaded.
    """
    return _load(_spec(dataset))


def class_names(dataset: str) -> tuple[str, ...]:
    """Return the names of a data set's classes, in the order of the labels; errors as `source`."""
    return _spec(dataset).class_names


def source(dataset: str = "fashion-mnist") -> Source:
    """Tell what `load_data` gives here, loading it if need be.

    Parameters
    ----------
    dataset : str
        Its name.

    Returns
    -------
    Source
        ``str(source())`` is one line for people.

    Raises
    ------
    DataError
        If there is no such data set, or it cannot be loaded.
    """
    return sources.source(_spec(dataset))


def load_in_advance(dataset: str) -> None:
    """Load a data set, and its example files, for the processes that this one will fork.

    Parameters
    ----------
    dataset : str
        Its name.

    Raises
    ------
    DataError
        If there is no such data set, or it cannot be loaded.
    """
    spec = _spec(dataset)
    loaded = sources.load_in_advance(spec)
    if spec is specs.FASHION_MNIST:
        examples.make_in_advance(loaded)


def stamp(dataset: str) -> str:
    """Return what is another text where other data is at hand; parameters as of `source`."""
    return sources.stamp(_spec(dataset))


def _spec(dataset: str) -> specs.Dataset:
    if dataset not in specs.DATASETS:
        raise DataError(
            f"There is no data set {dataset!r}. Choose one of: {', '.join(specs.DATASETS)}."
        )
    return specs.DATASETS[dataset]


def _load(spec: specs.Dataset) -> tuple[Pair, Pair]:
    arrays = sources.load(spec).arrays
    return (arrays["x_train"], arrays["y_train"]), (arrays["x_test"], arrays["y_test"])
