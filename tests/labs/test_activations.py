"""Curves are seen however their values were made."""

import importlib

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

activations = importlib.import_module("labkit.labs.mlp.activations")
POINTS = st.integers(activations.FEWEST_POINTS, 400)


def _is_curve(x):
    return activations._is_curve(np.column_stack([x, np.tanh(x)]), np.tanh)


@given(POINTS, st.sampled_from([-5, -5.0, -10, -7.5]))
def test_a_curve_over_enough_values_is_one(points, start):
    """NumPy's arange leaves the end out, as it is usually written."""
    assert _is_curve(np.arange(start, -start, 10 / points))
    assert _is_curve(np.linspace(-5, 5, points))


@given(POINTS, st.floats(0.1, 4.4))
def test_a_curve_that_does_not_go_so_far_is_none(points, end):
    assert not _is_curve(np.linspace(-end, 5, points))
    assert not _is_curve(np.linspace(-5, end, points))


@given(st.integers(2, activations.FEWEST_POINTS - 1))
def test_a_curve_over_few_values_is_none(points):
    assert not _is_curve(np.linspace(-5, 5, points))
