"""What a notebook has defined before an exercise: the data, and networks trained once."""

import functools

import numpy as np

from labkit import data


class Given:
    """The variables that the answers of the tables are made from."""

    class_names = data.CLASS_NAMES

    @functools.cached_property
    def _arrays(self):
        return data.load_fashion_mnist()

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

    @functools.cached_property
    def files(self):
        return data.example_files()


@functools.lru_cache(maxsize=1)
def given() -> Given:
    """Return the variables, made once per test run."""
    return Given()
