"""Changed objects: that they differ from the right ones, and that the checks refuse them."""

import dataclasses
import itertools

import keras
import matplotlib.pyplot as plt
import numpy as np
import pytest

from labkit import evidence, labs
from labkit.evidence import functions
from labkit.evidence import networks as collected
from labkit.labs.tuning import shared
from tools.mutate.objects import answers, arrays, files, pictures, values
from tools.mutate.objects import functions as of_functions
from tools.mutate.objects import networks as of_networks

pytestmark = pytest.mark.usefixtures("sample_data", "beside_its_files")
_TRAINED = (evidence.Model, evidence.Networks, evidence.History)
UNTRAINED = [
    pytest.param(exercise, id=f"{lab}: {exercise.name}", marks=pytest.mark.xdist_group(lab))
    for lab in ("lab1-data", "lab2-mlp", "lab3-cnn")
    for exercise in labs.load(lab)
    if not exercise.needs
    and not any(answer.kind in _TRAINED for answer in exercise.answers.values())
]


@pytest.fixture(autouse=True)
def _no_open_figures():
    yield
    plt.close("all")


def _held(found, record_property):
    title = f"changed objects: {found.exercise}"
    record_property(title, f"{found.killed} of {found.made - len(found.same)} refused")
    assert found.made
    assert not found.broken
    assert not found.survivors


@pytest.mark.parametrize("exercise", UNTRAINED)
def test_what_needs_no_training_is_refused_where_it_is_changed(exercise, record_property):
    _held(answers.tally(exercise, share=0.1, seed=1), record_property)


def _built(*nodes):
    stack = [keras.Input((28, 28)), keras.layers.Flatten()]
    stack += [keras.layers.Dense(count, "relu") for count in nodes]
    return keras.Sequential([*stack, keras.layers.Dense(10, "softmax")])


@pytest.mark.slow
def test_a_network_that_is_changed_where_it_is_compiled_is_refused():
    """Its layers, as much as what compile() is told."""
    exercise = next(item for item in labs.load("lab2-mlp") if item.name == "compile-mlp")
    tried, left = 0, []
    for words, made in itertools.islice(answers.mutants(exercise), 3, None, 9):
        tried += 1
        if answers.judged(exercise, made.given()).points < exercise.points:
            continue
        _, right, changed = made.pairs[0]
        if not exercise.why_alike(words) and not of_networks.alike(right, changed):
            left.append(words)
    assert tried > 15
    assert left == []


@pytest.mark.slow
def test_an_answer_stays_right_where_the_solution_says_the_same_of_a_changed_network():
    exercise = next(item for item in labs.load("lab2-mlp") if item.name == "predict-classes")
    tried = 0
    for words, made in answers.mutants(exercise):
        if made.again is None:
            continue
        tried += 1
        alike = dict(zip(exercise.answers, made.again(), strict=True))["model"] is made.pairs[0][2]
        assert alike, "the solution followed on the network that was changed"
        if words in ("model: untrained", "model: its weights turned"):
            assert not answers._still_right(exercise, made)
    assert tried >= 5
    same = dataclasses.replace(made, again=made.given)
    assert answers._still_right(exercise, same)


def test_a_change_of_a_network_can_be_made_alone():
    right, other = _built(8), _built(9)
    made = list(of_networks.mutants(right))
    assert len(made) > 60
    for mutant in made[::15]:
        alone = of_networks.change(right, mutant.words)
        kinds = [[type(layer) for layer in model.layers] for model in (alone, mutant.value)]
        assert kinds[0] == kinds[1]
        assert alone.output_shape == mutant.value.output_shape
        elsewhere = of_networks.change(other, mutant.words)
        assert of_networks.alike(other, elsewhere) == of_networks.alike(right, mutant.value)


def test_networks_whose_weights_nobody_asks_for_are_changed_in_the_same_ways():
    made = [list(of_networks.mutants(_built(8), weights=told)) for told in (True, False)]
    assert [mutant.words for mutant in made[0]] == [mutant.words for mutant in made[1]]
    for pair in list(zip(*made, strict=True))[::9]:
        one, other = (collected.model(mutant.value) for mutant in pair)
        assert (one.parameters, one.output_shape) == (other.parameters, other.output_shape)
        kinds = [[type(layer) for layer in mutant.value.layers] for mutant in pair]
        assert kinds[0] == kinds[1]
        assert [part.shape for part in one.weights] == [part.shape for part in other.weights]


def _building(rate=None, loss="sparse_categorical_crossentropy"):
    def build(nodes, rate):
        model = _built(nodes)
        model.compile(keras.optimizers.Adam(rate), loss, metrics=["accuracy"])
        return model

    return build if rate is None else lambda nodes, _: build(nodes, rate)


def test_functions_that_build_networks_are_changed_in_what_they_build_and_how_it_is_compiled():
    probing = functions.calls(
        lambda random: [(int(nodes), 0.002) for nodes in random.choice(np.arange(4, 40), 2, False)]
    )
    right = _building()
    made = {mutant.words: mutant for mutant in of_functions.mutants(right, probing)}
    assert of_functions.alike(probing, right, _building())
    others = (_building(0.001), _building(loss="mse"), lambda *_: 7, lambda *_: None)
    assert not any(of_functions.alike(probing, right, other) for other in others)
    kept = right(8, 0.002)
    assert not of_functions.alike(probing, right, lambda *_: kept)
    by_words = {
        words: made[f"returns its network {words}"].fresh()(11, 0.002)
        for words in ("compiled with loss mse", "not compiled", "layer 1, Dense, trainable=False")
    }
    assert by_words["compiled with loss mse"].optimizer.learning_rate == np.float32(0.002)
    assert not by_words["not compiled"].compiled
    assert by_words["layer 1, Dense, trainable=False"].layers[1].units == 11
    assert len(made) > 100


def test_a_network_whose_weights_are_constrained_is_another_one():
    right = _built(8)
    for mutant in of_networks.mutants(right):
        if "constraint" in mutant.words:
            assert not of_networks.alike(right, mutant.value)


def test_networks_under_the_same_keys_are_compared_one_by_one():
    right = {"8": _built(8), "9": _built(9)}
    layers = [keras.Input((28, 28)), *right["8"].layers]
    idle = keras.Sequential([*layers, keras.layers.Activation("linear")])
    assert of_networks.all_alike(right, right | {"8": idle})
    more = keras.Sequential([*layers, keras.layers.Activation("tanh")])
    others = (right | {"8": more}, right | {"8": right["9"]}, right | {"7": idle}, [*right])
    assert not any(of_networks.all_alike(right, other) for other in others)


@pytest.mark.slow
def test_a_network_of_a_search_that_is_built_otherwise_than_the_others_is_seen():
    """In whatever it differs, but for its number of nodes, which is compared with its key."""
    right = _built(8)
    others = {str(nodes): collected.model(_built(nodes)) for nodes in (16, 32)}
    assert shared.built_otherwise({"8": collected.model(right)} | others) is None
    tried, left = 0, []
    for mutant in itertools.islice(of_networks.mutants(right), 0, None, 3):
        found = collected.model(mutant.value)
        tried += 1
        if shared.hidden(found) == [8] and not shared.built_otherwise({"8": found} | others):
            left += [] if of_networks.alike(right, mutant.value) else [mutant.words]
    assert tried > 30
    assert left == []


@pytest.mark.slow
def test_a_network_of_more_layers_that_is_built_otherwise_than_the_others_is_seen():
    right = _built(8, 8, 8)
    others = {str(nodes): collected.model(_built(nodes)) for nodes in (16, 32)}
    whole = {"8": collected.model(right)} | others
    assert shared.built_otherwise(whole, shared.blocks) is None
    tried, left = 0, []
    for mutant in itertools.islice(of_networks.mutants(right), 0, None, 3):
        found = collected.model(mutant.value)
        tried += 1
        told = shared.built_otherwise(whole | {"8": found}, shared.blocks)
        if shared.hidden(found) == [8, 8, 8] and not told:
            left += [] if of_networks.alike(right, mutant.value) else [mutant.words]
    assert tried > 60
    assert left == []


def test_networks_of_equal_layers_are_told_apart_by_their_weights():
    right = _built(8)
    right.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    for mutant in of_networks.reweighted(right):
        if mutant.words != "its biases 0":  # as they are before a training
            assert of_networks.reweighs(right, mutant.value)
            assert not of_networks.all_alike({"8": right}, {"8": mutant.value})
    copied = keras.models.clone_model(right)
    copied.set_weights(right.get_weights())
    assert not of_networks.reweighs(right, copied)


def test_files_hold_other_networks(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    right = _built(8)
    right.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    right.layers[-1].bias.assign(np.arange(10.0))
    right.save("right.keras")
    right.save("again.keras")
    assert files.alike("right.keras", "again.keras")
    made = list(files.mutants("right.keras"))
    assert len(made) > 40
    assert len({mutant.words for mutant in made}) == len(made)
    alike = [mutant.words for mutant in made if files.alike("right.keras", mutant.fresh())]
    assert all("at place" in words for words in alike)  # a layer that changes nothing
    assert len(alike) < len(made) / 10


def test_of_many_lines_few_are_changed_alone():
    _, axes = plt.subplots(1, 2)
    for ax in axes:
        for number in range(15):
            ax.plot([0, 1, 2], [number, 2, number])
    made = list(pictures.mutants(axes))
    assert {"all lines left out", "line 29 left out"} <= {mutant.words for mutant in made}
    assert 40 < len(made) < 100
    for mutant in made:
        if mutant.words.startswith("all lines"):
            assert not pictures.alike(axes, mutant.value)


def test_numbers_are_the_same_but_for_the_last_digits_of_their_width():
    rng = np.random.default_rng(4)
    rows = rng.dirichlet(np.ones(10), 5)
    for width in (np.float32, np.float64):
        right = rows.astype(width)
        shares = right.astype(float) / right.astype(float).sum(axis=1, keepdims=True)
        assert answers._same_numbers(right, shares)
        assert not answers._same_numbers(right, right.astype(float) ** 1.0001)
        assert not answers._same_numbers(right, right + 1e-5)


def _with_dropout(*more, at=4, rate=0.4, kind=keras.layers.Dropout):
    layers = keras.layers
    parts = [layers.Flatten(), layers.Dense(32, "relu"), kind(rate)]
    parts += [layers.Dense(16, "relu"), layers.Dropout(0.2)]
    parts[at:at] = more
    return keras.Sequential([keras.Input((28, 28)), *parts, layers.Dense(10, "softmax")])


def test_networks_with_dropout_are_alike_where_they_drop_the_same():
    layers, right = keras.layers, _with_dropout()
    for same in (
        _with_dropout(),
        _with_dropout(layers.Flatten()),
        _with_dropout(layers.ReLU(), at=3),
        _with_dropout(layers.Dropout(0.0)),
    ):
        assert of_networks.alike(right, same)
    for other in (
        _with_dropout(layers.Dropout(0.01)),
        _with_dropout(rate=0.35),
        _with_dropout(kind=layers.GaussianDropout),
        _with_dropout(kind=layers.AlphaDropout),
    ):
        assert not of_networks.alike(right, other)


def test_an_array_is_changed_in_every_way():
    right = np.random.default_rng(2).permutation(60).reshape(5, 3, 4) + 0.0
    made = dict(arrays.changes(right))
    assert len(made) > 50
    same = [words for words, other in made.items() if np.array_equal(right, other)]
    assert same == ["whole numbers", "rounded up"]
    table = pytest.importorskip("pandas").DataFrame(right[0], columns=list("abcd"))
    words = {mutant.words for mutant in arrays.mutants(table)}
    assert {"headings turned round", "a heading wrong", "axis 1 turned round"} <= words


@pytest.mark.parametrize("right", [3, 0.5, -1.0, "Shirt", (28, 27), ["a", "b"], {"x": 1, "y": 2}])
def test_plain_values_are_changed_into_others(right):
    made = [mutant.value for mutant in values.mutants(right)]
    assert len(made) > 5
    assert all(repr(other) != repr(right) for other in made)


def test_pictures_are_changed_so_that_it_is_seen():
    _, axes = plt.subplots(1, 2)
    for number, ax in enumerate(axes):
        ax.imshow(np.arange(12).reshape(3, 4) * (number + 1) % 7)
        ax.set_title(f"image {number}")
    plt.subplots()[1].plot([1, 2, 3], [1, 4, 2], "--", label="a")
    plt.gca().plot([1, 2, 3], [3, 1, 2], label="b")
    plt.legend()
    for right in (axes, plt.gcf()):
        assert pictures.alike(right, right)
        made = list(pictures.mutants(right))
        assert len({mutant.words for mutant in made}) == len(made) > 25
        changed = [one for one in made if not isinstance(one.value, str)]
        assert not any(pictures.alike(right, mutant.value) for mutant in changed)


def test_functions_are_changed_in_what_they_take_remember_and_return():
    probing = functions.calls(
        lambda random: [(random.normal(size=(2, 3)), 2), (np.ones((2, 3)), 3)]
    )

    def right(x, times):
        return x - times

    made = {mutant.words: mutant for mutant in of_functions.mutants(right, probing)}
    assert of_functions.alike(probing, right, lambda x, times: (-times + x).tolist())
    alike = {
        words
        for words, mutant in made.items()
        if callable(mutant.value) and of_functions.alike(probing, right, mutant.fresh())
    }
    assert len(made) > 60
    # Two rows may be shuffled into the order that they had, and whoever remembers every argument
    # with its answer is right; that is wrong only where each call has to build something new.
    assert alike <= {
        "returns its result rows flat",
        "returns its result rows shuffled",
        "remembers all answers",
    }
    table = made["a table of answers"]
    assert 0 not in table.seeds
    arguments = probing.arguments(0)[0]
    np.testing.assert_array_equal(table.value(*arguments), right(*arguments))
