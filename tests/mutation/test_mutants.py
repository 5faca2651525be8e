"""A seeded part of the mutants of the solutions, those that need no training."""

import ast
import warnings

import keras
import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn import model_selection, neural_network

from labkit.notebook import fits as notes
from tools.mutate import course, operators
from tools.mutate.__main__ import measure

pytestmark = pytest.mark.usefixtures("sample_data")
SOURCE = """
def f(x, y):
    result = []
    for row in x:
        result.append(row * 2 - y[1:3].mean(axis=0))
    return result
"""


def test_every_mutant_is_other_code_that_can_be_read():
    found = dict(reversed(list(operators.mutants(SOURCE))))
    texts = [text for _, text in operators.mutants(SOURCE)]
    assert len(texts) == len(set(texts)) > 30
    for text in texts:
        assert ast.dump(ast.parse(text)) != ast.dump(ast.parse(SOURCE))
    assert {"return inside the loop", "2 → 3", "axis= left out", "Mult → Div"} <= set(found)


def test_what_has_a_lower_bound_gets_an_upper_one():
    found = dict(operators.mutants("y = np.maximum(x @ w, 0)"))
    assert found["maximum → clip at 6"] == "y = np.clip(x @ w, 0, 6)"


def test_what_changes_something_is_done_twice_and_nothing_else():
    source = "x = x / 2\ny = 3\ny += 1\nmodel.fit(x, y)\nz = model.fit(x, y)\nz = [y for _ in x]"
    twice = [words for words, _ in operators.mutants(source) if words.startswith("twice: ")]
    changing = ("x = x / 2", "y += 1", "model.fit(x, y)", "z = model.fit(x, y)")
    assert twice == [f"twice: {line}" for line in changing]


def test_what_an_author_calls_free_may_be_changed_and_nothing_else():
    source = "x = f(128, 10)\ny = 128 + 3"
    free = ("128",)
    assert operators.is_free(source, "x = f(64, 10)\ny = 3 * 2 + 3", free)
    for changed in ("x = f(128, 11)\ny = 128 + 3", "x = f(128, 10)", "x = f(128)\ny = 128 + 3"):
        assert not operators.is_free(source, changed, free), changed
    assert not operators.is_free(source, "x = f(64, 10)\ny = 128 + 3", ())


def test_a_keyword_that_is_free_may_be_left_out():
    source, free = "x = f(9, 5, width=8, end=1)", ("width=8", "9")
    assert operators.is_free(source, "x = f(9, 5, end=1)", free)
    for changed in ("x = f(9, 5, width=8)", "x = f(5, width=8, end=1)", "x = f(9, 5)"):
        assert not operators.is_free(source, changed, free), changed


def _network(*hidden, rate=0.2):
    layers = [keras.Input((4, 4)), *hidden, keras.layers.Dense(3), keras.layers.Dropout(rate)]
    return keras.Sequential([*layers, keras.layers.Dense(2)])


def test_networks_are_the_same_where_they_learn_and_put_out_the_same():
    flat, again = keras.layers.Flatten, keras.layers.Reshape
    one = _network(flat())
    assert course._same_network(one, _network(flat(), flat()))
    assert course._same_network(one, _network(again((-1,))))
    others = [
        _network(),
        _network(flat(), rate=0.3),
        _network(keras.layers.Permute((2, 1)), flat()),
    ]
    others.append(_network(flat(), keras.layers.ReLU(), keras.layers.Dropout(0.1)))
    assert [course._same_network(one, other) for other in others] == [False] * 4
    one.compile("adam", "mse")
    assert not course._same_network(one, _network(flat()))


def _trained(images, labels, seed=1, metrics=(), **settings):
    keras.utils.set_random_seed(seed)
    model = _network(keras.layers.Flatten())
    model.compile("sgd", "mse", metrics=list(metrics))
    record = model.fit(images, labels, **({"epochs": 2, "batch_size": 8, "verbose": 0} | settings))
    return model, record


def test_trainings_are_the_same_where_the_same_is_learnt_in_the_same_steps():
    """Whatever comes out: an epoch more may change next to nothing."""
    notes.note()
    random = np.random.default_rng(0)
    images, labels = random.random((32, 4, 4), np.float32), random.random((32, 2), np.float32)
    one, record = _trained(images, labels)
    again, like_it = _trained(images, labels, shuffle=True)
    assert course._alike(None, one, again)
    assert course._alike(None, {"a": one}, {"a": again})
    assert course._alike(None, record, like_it)
    measured = [_trained(images, labels, metrics=["mae"] * times)[1] for times in (0, 1, 2)]
    assert course._alike(None, *measured[1:]) and not course._alike(None, *measured[:2])
    longer = [
        _trained(images, labels, epochs=3),
        _trained(images, labels, batch_size=9),
        _trained(images, labels, validation_split=0.25),
    ]
    for other, told in longer:
        assert not course._alike(None, one, other)
        assert not course._alike(None, {"a": one}, {"a": other})
        assert not course._alike(None, record, told)
    for other, _ in (_trained(images * 0.5, labels), _trained(images, labels, seed=2)):
        assert not course._alike(None, one, other)


@pytest.mark.slow
@pytest.mark.parametrize(("lab", "share"), [("lab1-data", 0.1), ("lab2-mlp", 0.1)])
def test_mutants_that_differ_are_refused(lab, share, record_property):
    total = left = 0
    survivors = []
    for found in measure(lab, share):
        total += found.made - len(found.same)
        left += len(found.survivors)
        survivors += [f"{found.exercise}: {words}" for words in found.survivors]
    record_property("mutants", f"{lab}: {total - left} of {total} that differ are refused")
    assert total > 20
    assert not survivors


def _plot(x, *formulas, style="-", **look):
    _, axes = plt.subplots(**look)
    for formula in formulas:
        axes.plot(x, formula(x), style, label=formula.__name__)
    return axes


def test_searches_are_the_same_where_they_try_and_find_the_same():
    images, labels = np.random.default_rng(1).random((60, 4)), np.arange(60) % 3

    def searched(alphas=(0.1, 1.0), seed=1, **settings):
        network = neural_network.MLPClassifier((3,), max_iter=5, random_state=seed)
        search = model_selection.GridSearchCV(network, {"alpha": alphas}, **settings)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return search.fit(images, labels)

    def are_alike(one, other):
        return course._alike(None, one, other)

    assert are_alike(searched(), searched(cv=5)) and are_alike(searched(), searched(n_jobs=2))
    others = {"cv": 3}, {"seed": 2}, {"alphas": (0.1, 2.0)}, {"refit": False}
    assert not any(are_alike(searched(), searched(**settings)) for settings in others)


def test_pictures_of_curves_are_the_same_where_they_show_the_same():
    x = np.linspace(-5, 5, 101)
    one = _plot(x, np.sin, np.tanh)
    same = (
        _plot(x, np.sin, np.tanh),
        _plot(x[::-1], np.tanh, np.sin, figsize=(2, 3), dpi=30),
        _plot(np.linspace(-6, 7, 300), np.sin, np.tanh),
    )
    others = (
        _plot(x, np.sin),
        _plot(x, np.sin, np.tan),
        _plot(x, np.sin, np.tanh, style="--"),
        _plot(x[:90], np.sin, np.tanh),
        _plot(np.linspace(-5, 5, 9), np.sin, np.tanh),
        None,
    )
    plt.close("all")  # as between two attempts
    assert [course._same_picture(one, other) for other in same] == [True] * 3
    assert [course._same_picture(one, other) for other in others] == [False] * 6
    images = [
        plt.subplots()[1].imshow(np.eye(3) * shade, vmin=0, vmax=2).axes for shade in (1, 1, 2)
    ]
    assert [course._same_picture(images[0], image) for image in images] == [True, True, False]
    plt.close("all")


def test_a_mutant_that_does_not_end_is_ended():
    def endless():
        while True:
            pass

    with course.alone(1), pytest.raises(course.TooLong):
        endless()
