"""Right answers that a machine writes: solutions in other clothes, whole notebooks of answers."""

import ast
import types

import keras
import matplotlib.pyplot as plt
import numpy as np
import pytest

from labkit import labs
from tools.rewrite import calls, code, networks, objects, pictures, wardrobe, whole

pytestmark = pytest.mark.usefixtures("sample_data", "beside_its_files")
NAMES = {"np": np, "keras": keras, "x": np.arange(12.0).reshape(3, 4)}

# Each piece of code makes `result`; each rewriter finds something to change in one of them.
SOURCES = (
    "parts = [row.sum() for row in x if row[0] > 1]\nresult = np.array(parts, dtype=float)",
    "first, second = divmod(17, 5)\nresult = {name: 2 * 3 + number for name, number in "
    "[('a', first), ('b', second)]}",
    "def result(v, by=0.5):\n    total = v.mean(axis=1)\n    return total[:2] * by",
    "result = 0\nfor row in x:\n    result = result + row.max()",
    # What scikit-learn fits knows neither Keras's settings nor its histories.
    "from sklearn.linear_model import LinearRegression\n"
    "line = LinearRegression().fit(x, x @ [1.0, 2, 3, 0])\n"
    "parts = [line.coef_.sum(), line.coef_.max()]\nresult = np.array(parts, dtype=float)",
)
NETWORK = """
result = keras.Sequential([
    keras.Input((8, 8, 1)),
    keras.layers.Conv2D(3, (3, 3), activation="relu"),
    keras.layers.MaxPooling2D(2),
    keras.layers.Flatten(),
    keras.layers.Dense(5, activation="tanh"),
    keras.layers.Dense(4, activation="softmax"),
])
"""


def _made(source):
    names = dict(NAMES)
    exec(source, names)
    result = names["result"]
    return result(NAMES["x"]) if isinstance(result, types.FunctionType) else result


@pytest.mark.parametrize("source", SOURCES)
def test_code_in_other_clothes_does_the_same(source):
    wanted = _made(source)
    dressed = dict(code.rewrites(source, NAMES, (*code.GENERAL, *calls.CALLS, *networks.TRAININGS)))
    assert len(dressed) >= 5
    for words, text in dressed.items():
        assert ast.dump(ast.parse(text)) != ast.dump(ast.parse(source)), words
        if isinstance(wanted, dict):
            assert _made(text) == wanted, words
        else:
            np.testing.assert_allclose(_made(text), wanted, err_msg=words)


def test_every_rewriter_of_code_finds_something_to_change():
    more = "result = keras.ops.mean(x + 1, axis=0, keepdims=True)"
    used = {
        words
        for source in (*SOURCES, more)
        for words, _ in code.rewrites(source, NAMES, (*code.GENERAL, calls.by_dictionary))
    }
    assert used == {code.title(one) for one in (*code.GENERAL, calls.by_dictionary)}


def test_networks_in_other_clothes_put_out_the_same():
    model = _made(NETWORK)
    images = np.random.default_rng(0).random((2, 8, 8, 1), np.float32)
    wanted = model(images)
    dressed = dict(code.rewrites(NETWORK, NAMES, networks.LAYERS))
    assert dressed.keys() == {code.title(one) for one in networks.LAYERS}
    for words, text in dressed.items():
        other = _made(text)
        other.set_weights(model.get_weights())
        np.testing.assert_allclose(other(images), wanted, atol=1e-6, err_msg=words)


def test_trainings_in_other_clothes_are_the_same_trainings():
    source = (
        "model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])\n"
        "result = model.fit(x, y, validation_split=0.2, epochs=2, verbose=0)"
    )
    random = np.random.default_rng(0)
    images, labels = random.random((50, 4)), random.integers(0, 3, 50)

    def curves(text):
        keras.utils.set_random_seed(0)
        layers = [keras.Input((4,)), keras.layers.Dense(3, "softmax")]
        names = {"keras": keras, "x": images, "y": labels, "model": keras.Sequential(layers)}
        exec(text, names)
        return sorted(curve[-1] for curve in names["result"].history.values())

    dressed = dict(code.rewrites(source, {"keras": keras}, networks.TRAININGS))
    assert len(dressed) == len(networks.TRAININGS)
    for words, text in dressed.items():
        np.testing.assert_allclose(curves(text), curves(source), rtol=1e-4, err_msg=words)


VALUES = (
    np.arange(6.0).reshape(2, 3),
    np.arange(4),
    0.25,
    3,
    True,
    "words",
    ["a", "b"],
    (1.5, 2.5),
    {(0.1, 8): 0.5, (0.2, 16): 0.25},
)


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_objects_in_other_clothes_have_the_same_value(value):
    ways = list(objects.ways(value))
    assert any(has_to_be for _, has_to_be, _ in ways)
    for words, _, dress in ways:
        dressed = dress(value)
        if isinstance(value, str):
            assert dressed.strip() == value
        elif isinstance(value, dict):
            assert [float(one) for one in dict(dressed).values()] == list(value.values()), words
        else:
            assert np.array_equal(np.asarray(dressed), np.asarray(value)), words


def test_pictures_in_other_clothes_show_the_same():
    _, axes = plt.subplots(1, 2)
    for ax, name in zip(axes, ("left", "right"), strict=True):
        ax.imshow(np.arange(12).reshape(3, 4), cmap="gray_r")
        ax.set_title(name)
    ways = dict(pictures.ways(axes))
    assert len(ways) > 8
    for draw in ways.values():
        shown = pictures.panels(draw())
        assert len(shown) == 2
        plt.close("all")


# --- the labs -------------------------------------------------------------------------------

# The tests of a lab stay in one process: what its answers are made of is trained once in each.
# The notebooks of the later labs train for minutes: `make rewrite` tries those.
QUICK = [name for name in labs.MODULES if name in ("lab1-data", "lab2-mlp", "lab3-cnn")]
each_lab = pytest.mark.parametrize(
    "lab", [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in QUICK]
)


@pytest.mark.slow
@each_lab
def test_solutions_in_other_clothes_are_accepted(lab, record_property):
    """A seeded third of them; `make rewrite` tries all, and with --trainings those as well."""
    refused = []
    for tried in wardrobe.of_lab(lab, share=0.34):
        for number in range(tried.made):
            record_property("rewritten solutions accepted", number < tried.accepted)
        refused += [f"{tried.name}: {words}" for words in tried.refused]
    assert refused == []


@pytest.mark.slow
@each_lab
def test_notebooks_run_to_their_end_with_right_answers_in_them(lab):
    for number in range(1, whole.right_answers(lab)):
        done = whole.run(lab, whole.with_right_answers(number))
        assert done.errors == [], number
