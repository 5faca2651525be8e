"""The data that a judge compares with: the same arrays that the student loaded."""

import functools

import numpy as np

from labkit import data


class Reference:
    """Training and test images and labels, loaded when first asked for.

    Attributes
    ----------
    kind : str
        ``"real"`` or ``"sample"``.
    x_train, x_test : ndarray of uint8, shape (n, 28, 28)
    y_train, y_test : ndarray of uint8, shape (n,)
    """

    def __init__(self, dataset: str = "fashion-mnist") -> None:
        self.dataset = dataset

    @functools.cached_property
    def kind(self) -> str:
        return data.source(self.dataset).kind

    @functools.cached_property
    def _arrays(self) -> tuple:
        load = {"fashion-mnist": data.load_fashion_mnist, "mnist": data.load_mnist}[self.dataset]
        arrays = load()
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
        return data.CLASS_NAMES if self.dataset == "fashion-mnist" else data.DIGIT_NAMES


@functools.lru_cache(maxsize=2)
def reference(dataset: str = "fashion-mnist") -> Reference:
    """Return the reference data of `dataset`; loaded once per process."""
    return Reference(dataset)
