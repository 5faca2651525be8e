"""Curves are seen however their values were made, and an activation is judged where it stands."""

import importlib
import inspect

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.labs import mlp
from labkit.labs.mlp import shared

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


HIDDEN = [name for name, _ in inspect.getmembers(keras.activations, inspect.isfunction)]


@pytest.mark.usefixtures("sample_data")
@pytest.mark.parametrize("name", sorted(set(HIDDEN) - {"get", "serialize", "deserialize"}))
def test_the_output_layer_is_right_whatever_the_hidden_one_does(name):
    result = mlp.define_mlp.check(shared.network(hidden=name))
    met = {verdict.title: verdict.met for verdict in result.verdicts}
    assert met["the output layer has the activation asked for"], result.text()
    assert met["the hidden layer has the activation asked for"] == (name == "relu")
