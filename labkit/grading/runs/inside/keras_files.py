"""Runs inside the box, where there is no network: Keras's own loaders get the data at hand.

``keras.datasets.fashion_mnist.load_data()`` and the like fetch files that they do not find. Here,
those files are written from the images that the course's own loader gives, real or drawn.
"""

import gzip
import pathlib
from collections.abc import Callable
from typing import Any

import numpy as np

_WORDS = ("load_data", "get_file")


def are_wanted(sources: list[str]) -> bool:
    """Tell whether any of the cells may ask for such files: looking imports no Keras."""
    return any(word in source for source in sources for word in _WORDS)


def provide() -> None:
    """Write the files where Keras would fetch them, when it does."""
    from keras.src.utils import file_utils

    fetch, verify = file_utils.urlretrieve, file_utils.validate_file
    written: set[str] = set()

    def urlretrieve(origin: str, target: str, *more: Any, **others: Any) -> tuple[str, Any]:
        write = _FILES.get(origin.rsplit("/", 1)[-1])
        if write is None:
            return fetch(origin, target, *more, **others)
        write(target)
        written.add(str(target))
        return target, None

    def validate_file(path: str, *more: Any, **others: Any) -> bool:
        # The drawn sample is not, bit for bit, what Keras knows the digest of.
        return str(path) in written or verify(path, *more, **others)

    file_utils.urlretrieve, file_utils.validate_file = urlretrieve, validate_file


def _idx(part: int, kind: int) -> Callable[[str], None]:
    """Return what writes a part of Fashion-MNIST, its images (0) or labels (1), as IDX."""

    def write(target: str) -> None:
        from labkit import data
        from labkit.data import idx

        array = data.load_fashion_mnist()[part][kind]
        # The fastest of its levels: it is read once, and the disk is memory.
        pathlib.Path(target).write_bytes(gzip.compress(idx.idx_bytes(array), 1, mtime=0))

    return write


def _mnist(target: str) -> None:
    from labkit import data

    (x_train, y_train), (x_test, y_test) = data.load_mnist()
    with open(target, "wb") as file:
        np.savez(file, x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)


_FILES = {
    "train-images-idx3-ubyte.gz": _idx(0, 0),
    "train-labels-idx1-ubyte.gz": _idx(0, 1),
    "t10k-images-idx3-ubyte.gz": _idx(1, 0),
    "t10k-labels-idx1-ubyte.gz": _idx(1, 1),
    "mnist.npz": _mnist,
}
