"""Rows that show images are kept without them, and come back to the last bit."""

import numpy as np
import pytest

from labkit.checks import folding
from labkit.checks.given import reference
from labkit.evidence import values

pytestmark = pytest.mark.usefixtures("sample_data")


def _scaled(data):
    return data.x_train.astype("float32") / 255


def _inverted(data):
    return 1 - data.x_test[..., np.newaxis] / 255


def _transposed(data):
    return data.x_test[:500].transpose(0, 2, 1).astype(np.int64)


def _with_the_label(data):
    flat = data.x_test[:500].reshape(500, -1)
    return np.concatenate([data.y_test[:500, np.newaxis], flat], axis=1)


@pytest.mark.parametrize("make", [_scaled, _inverted, _transposed, _with_the_label])
def test_rows_of_images_are_folded_and_unfolded(make):
    data = reference()
    fact = values.array(make(data))
    folded, made = folding.fold(fact, data)
    assert folded.sample.size == 0
    back = folding.unfold(folded, made, data)
    assert back.sample.dtype == fact.sample.dtype
    np.testing.assert_array_equal(back.sample, fact.sample)


def test_other_arrays_stay_as_they_are():
    data = reference()
    mean = data.x_train.mean(axis=0)
    for array in (np.eye(10)[data.y_train], data.x_train - mean, data.x_train[0, 0], np.zeros(3)):
        assert folding.fold(values.array(array), data) is None
