"""The networks are those of the reports."""

import keras
import pytest

from labkit.reports import networks, recipes

KERAS_RECIPES = [name for name in recipes.RECIPES if name != "R3-nnet"]


def test_every_recipe_has_its_network():
    in_full = {recipe.network for recipe in recipes.IN_FULL.values()}
    assert set(networks.BUILDERS) == {*KERAS_RECIPES, *in_full}


@pytest.mark.parametrize("name", KERAS_RECIPES)
def test_parameters_are_exact(name):
    model = networks.build(name)
    assert model.count_params() == recipes.RECIPES[name].parameters
    assert model.output_shape == (None, 10)


@pytest.mark.parametrize(
    ("name", "optimizer", "rate"),
    [
        ("R0-1", keras.optimizers.Adam, 1e-3),
        ("R2-dense", keras.optimizers.Adam, 1e-5),
        ("R2-conv", keras.optimizers.Adam, 1e-4),
        ("R4-cnn", keras.optimizers.RMSprop, 1e-3),
    ],
)
def test_optimizers_are_the_reports(name, optimizer, rate):
    model = networks.build(name)
    assert isinstance(model.optimizer, optimizer)
    assert float(model.optimizer.learning_rate.numpy()) == pytest.approx(rate)


@pytest.mark.parametrize(
    ("name", "rates"),
    [
        ("R0-1", [0.4, 0.2, 0.2]),
        ("R1-simple", [0.4, 0.3, 0.2]),
        ("R1-conv", [0.25, 0.25, 0.4, 0.3]),
        ("R0-2", []),
    ],
)
def test_dropout_is_the_reports(name, rates):
    layers = networks.build(name).layers
    assert [layer.rate for layer in layers if isinstance(layer, keras.layers.Dropout)] == rates


def test_an_unknown_network_is_named_with_those_that_there_are():
    with pytest.raises(KeyError, match=r"no network 'R9'.*R1-conv"):
        networks.build("R9")
