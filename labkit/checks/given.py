"""The data that a judge compares with: the same arrays that the student loaded."""

import copy
import dataclasses
import functools
from typing import Any

import numpy as np

from labkit import data, evidence


class Reference:
    """Training and test images and labels, loaded when first asked for.

    Attributes
    ----------
    kind : str
        ``"real"`` or ``"sample"``.
    x_train, x_test : ndarray of uint8, shape (n, rows, columns)
    y_train, y_test : ndarray of uint8, shape (n,)
    variant : int
        Which variant of an exercise is meant; 0 where it has none, or nobody says.
    """

    variant = 0

    def __init__(self, dataset: str = "fashion-mnist") -> None:
        self.dataset = dataset

    @functools.cached_property
    def kind(self) -> str:
        return data.source(self.dataset).kind

    def of_variant(self, variant: int) -> "Reference":
        """Return the same data for one variant of the exercises."""
        return _of_variant(self, variant) if variant else self

    @functools.cached_property
    def _arrays(self) -> tuple:
        arrays = data.load_data(self.dataset)
        for part in arrays:
            for array in part:
                array.flags.writeable = False
        return arrays

    @property
    def x_train(self) -> np.ndarray:
        return self._arrays[0][0]

    @property
    def y_train(self) -> np.ndarray:
        return self._arrays[0][1]

    @property
    def x_test(self) -> np.ndarray:
        return self._arrays[1][0]

    @property
    def y_test(self) -> np.ndarray:
        return self._arrays[1][1]

    @property
    def class_names(self) -> tuple[str, ...]:
        return data.class_names(self.dataset)


# A few rows of the training and of the test images: to find out what an answer looks like.
FEW = (range(2), range(3))


@dataclasses.dataclass(frozen=True, eq=False)
class Few:
    """Some rows of the data, in place of all of them.

    Attributes
    ----------
    length : int
        The number of rows that stand for these: of the training or of the test images.
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    class_names: tuple[str, ...]
    length: int = 0
    variant: int = 0

    @classmethod
    def of(cls, data: Reference, train: Any, test: Any, length: int = 0) -> "Few":
        train, test = np.asarray(train, int), np.asarray(test, int)
        images = data.x_train[train], data.y_train[train], data.x_test[test], data.y_test[test]
        return cls(*images, data.class_names, length)

    @classmethod
    def kept_by(cls, data: Reference, fact: evidence.Array) -> "Few":
        """Return the rows that `fact` keeps of an array that was made of the data, row by row.

        The other set is cut to another length, so that an array made of the one is told from an
        array made of the other.
        """
        counts = len(data.x_train), len(data.x_test)
        other = range(len(fact.rows) + 1)
        parts = [fact.rows if count == fact.shape[0] else other[:count] for count in counts]
        return cls.of(data, *parts, fact.shape[0] if fact.shape[0] in counts else -1)


@functools.lru_cache(maxsize=4)
def _of_variant(data: Reference, variant: int) -> Reference:
    _ = data.kind, data.x_train  # loaded once for all
    other = copy.copy(data)
    other.variant = variant
    return other


@functools.lru_cache(maxsize=2)
def reference(dataset: str = "fashion-mnist") -> Reference:
    """Return the reference data of `dataset`; loaded once per process."""
    return Reference(dataset)
