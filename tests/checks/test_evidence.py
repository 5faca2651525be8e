"""Evidence is plain data: it survives a file, holds no code, and refuses what is not evidence."""

import json
import pickle
import zipfile

import keras
import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit import evidence
from labkit.checks import measure
from labkit.evidence import fits, functions, networks, pictures, searches, values


def _saved(facts, path):
    found = evidence.Evidence("an-exercise", "sample", facts)
    found.save(path)
    return evidence.Evidence.load(path)


def _network():
    layers = keras.layers
    model = keras.Sequential(
        [keras.Input((28, 28)), layers.Flatten(), layers.Dense(10, activation="softmax")]
    )
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(), metrics=["acc"])
    return model


def test_a_loss_is_the_same_however_compile_is_told():
    model, seen = _network(), set()
    name = "sparse_categorical_crossentropy"
    for loss in (name, getattr(keras.losses, name), keras.losses.SparseCategoricalCrossentropy()):
        for told in (loss, [loss], (loss,), {"classes": loss}):
            model.compile("adam", told, metrics=["accuracy"])
            fact = networks.model(model)
            seen.add((fact.loss, fact.from_logits, fact.loss_settings))
    assert seen == {(name, False, ())}


@given(
    st.floats(-3, 3) | st.sampled_from([0, 1]), st.sampled_from(["list", "tuple", "number", "name"])
)
def test_a_loss_that_is_weighted_is_seen(weight, form):
    model = _network()
    told = {"list": [weight], "tuple": (weight,), "number": float(weight)}.get(form)
    told = {model.layers[-1].name: weight} if form == "name" else told
    model.compile("adam", "sparse_categorical_crossentropy", loss_weights=told)
    assert bool(networks.model(model).loss_settings) == (weight != 1)


def test_a_network_that_was_returned_before_is_known(tmp_path):
    kept = {}

    def build(number):
        return kept.setdefault(number, _network()) if number else _network()

    fact = functions.called(build, [(1,), (0,), (0,), (1,)])
    again = _saved({"build": fact}, tmp_path / "evidence.npz").facts["build"]
    assert [call.again for call in again.calls] == [False, False, False, True]


def test_arrays_and_values_survive_a_file(tmp_path):
    whole = np.arange(12.0).reshape(3, 4)
    facts = {
        "array": values.array(whole),
        "value": values.value({"a": (1, 2.5), "b": [None, True, "text"]}),
        "untouched": values.collect(values.array, ...),
        "other": values.array("a text"),
    }
    again = _saved(facts, tmp_path / "evidence.npz")
    assert (again.exercise, again.data) == ("an-exercise", "sample")
    np.testing.assert_array_equal(again.facts["array"].sample, whole)
    assert again.facts["array"].shape == (3, 4)
    assert again.facts["value"].value == {"a": [1, 2.5], "b": [None, True, "text"]}
    assert again.facts["untouched"] == evidence.Placeholder()
    assert again.facts["other"] == evidence.Other("str")


def test_large_array_is_summarised():
    images = np.random.default_rng(0).integers(0, 256, (3_000, 28, 28), dtype=np.uint8)
    fact = values.array(images)
    assert fact.sample.nbytes < 200_000
    assert fact.rows[0] == 0 and fact.rows[-1] == 2_999
    np.testing.assert_array_equal(fact.sample, images[fact.rows])
    assert fact.mean == pytest.approx(images.mean())
    assert fact.std == pytest.approx(images.std())
    assert (fact.minimum, fact.maximum) == (0, 255)


def test_network_is_measured_alike_from_life_and_from_a_file(tmp_path):
    model = _network()
    images = np.random.default_rng(1).integers(0, 256, (50, 28, 28), dtype=np.uint8)
    fact = networks.model(model)
    again = _saved({"model": fact}, tmp_path / "evidence.npz").facts["model"]
    assert again.live is None and fact.live is not None
    assert (again.loss, again.optimizer) == ("sparse_categorical_crossentropy", "adam")
    assert again.metrics == ("accuracy",) and again.parameters == 7_850
    measure._outputs.clear()
    from_life = measure.outputs(fact, images)
    measure._outputs.clear()
    np.testing.assert_allclose(measure.outputs(again, images), from_life, atol=1e-6)


def test_network_that_was_saved_in_the_old_format_keeps_its_optimizer(tmp_path):
    """Keras takes the optimizer out of the settings of a network that it saves as .h5."""
    model = _network()
    before = networks.model(model)
    model.save(tmp_path / "network.h5")
    after = networks.model(model)
    assert "optimizer" not in model.get_compile_config()  # else our help is no longer needed
    assert json.loads(after.config) == json.loads(before.config)


def test_network_with_code_in_it_is_not_built(tmp_path):
    model = keras.Sequential(
        [keras.Input((28, 28)), keras.layers.Flatten(), keras.layers.Lambda(lambda x: x[:, :10])]
    )
    fact = networks.model(model)
    if isinstance(fact, evidence.Other):
        return  # Keras would not even write it down
    again = _saved({"model": fact}, tmp_path / "evidence.npz").facts["model"]
    with pytest.raises(measure.NotMeasurable):
        measure.outputs(again, np.zeros((2, 28, 28), np.uint8))


def test_picture_keeps_what_it_shows():
    image = np.arange(16.0).reshape(4, 4)
    figure, axes = plt.subplots(1, 3)
    axes[0].imshow(image)
    axes[0].set_title("a title")
    axes[1].plot([1, 2], [3, 4], label="a line")
    axes[1].legend()
    fact = pictures.picture(figure)
    plt.close(figure)
    assert [panel.title for panel in fact.panels] == ["a title", ""]  # the empty third is left out
    np.testing.assert_array_equal(fact.panels[0].image, image)
    np.testing.assert_array_equal(fact.panels[1].lines[0], [[1, 3], [2, 4]])
    assert fact.panels[1].labels == ("a line",)


def test_function_is_tried_and_its_mistakes_are_kept():
    def probes(random):
        return [(np.arange(3),), (np.array([]),), (random.normal(size=2),)]

    def student(values):
        values[:1] = 9
        return values / (0 if len(values) == 2 else 1) if len(values) else [][0]

    fact = functions.calls(probes)(student, 5)
    assert [call.changed_its_input for call in fact.calls] == [True, False, True]
    assert fact.calls[1].result == evidence.Raised("IndexError", "list index out of range")
    assert fact.seed == 5
    other = functions.calls(probes)(lambda values: values[0], 6)
    assert other.calls[2].result != functions.calls(probes)(lambda v: v[0], 5).calls[2].result


def test_leaving_the_kernel_inside_a_function_is_caught():
    fact = functions.calls(lambda random: [()])(lambda: exit_now(), 0)
    assert fact.calls[0].result.type == "SystemExit"


def exit_now():
    raise SystemExit(1)


@given(
    st.lists(st.sampled_from([list, tuple, lambda x: {"a": x}, np.asarray]), max_size=3),
    st.sampled_from([(100_001,), (101, 1_000), (1_001, 10, 10)]),
)
def test_answer_with_very_many_values_is_no_plain_value_however_it_is_wrapped(wraps, shape):
    answer = np.zeros(shape, np.uint8)
    for wrap in wraps:
        answer = wrap(answer)
        assert isinstance(values.value(answer), evidence.Other)
        answer = [answer]
    assert isinstance(values.value(answer), evidence.Other)


@pytest.mark.parametrize(
    "content",
    [b"", b"no zip file", pickle.dumps([1, 2, 3])],
    ids=["empty", "text", "pickle"],
)
def test_files_that_are_no_evidence_are_refused(content, tmp_path):
    path = tmp_path / "evidence.npz"
    path.write_bytes(content)
    with pytest.raises(evidence.EvidenceError, match=r"evidence\.npz"):
        evidence.Evidence.load(path)


def test_pickled_arrays_are_refused(tmp_path):
    path = tmp_path / "evidence.npz"
    np.savez(path, evidence=np.array([print], dtype=object))
    with pytest.raises(evidence.EvidenceError):
        evidence.Evidence.load(path)


@pytest.mark.parametrize(
    "plain",
    [
        {},
        {"version": 99, "exercise": "x", "data": "real", "facts": {}},
        {"version": 1, "exercise": "x", "data": "real", "facts": {"a": {"fact": "os.system"}}},
        {"version": 1, "exercise": "x", "data": "real", "facts": {"a": {"array": "missing"}}},
        {"version": 1, "exercise": "x", "data": "real", "facts": {"a": {"odd": 1}}},
        {"version": 1, "exercise": "x", "data": "real", "facts": {"a": {}}},
        {"version": 1, "exercise": "x", "data": "real", "facts": []},
        [],
    ],
)
def test_malformed_evidence_is_refused(plain, tmp_path):
    path = tmp_path / "evidence.npz"
    np.savez(path, evidence=np.frombuffer(json.dumps(plain).encode(), np.uint8))
    with pytest.raises(evidence.EvidenceError):
        evidence.Evidence.load(path)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = tmp_path / "evidence.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("array0.npy", bytes(5_000_000))
    assert path.stat().st_size < 50_000
    with pytest.raises(evidence.EvidenceError, match="more than 1,000,000"):
        evidence.Evidence.load(path, max_bytes=1_000_000)


def test_history_tells_the_steps_of_an_epoch(tmp_path, monkeypatch):
    """They show the batch size, which the curves do not."""
    monkeypatch.setattr(fits, "watching", lambda: False)
    history = keras.callbacks.History()
    history.history, history.params = {"loss": [0.5]}, {"epochs": 1, "steps": 50}
    untold = keras.callbacks.History()
    untold.history = {"loss": [0.5]}
    facts = {"told": networks.history(history), "untold": networks.history(untold)}
    found = _saved(facts, tmp_path / "evidence.npz")
    assert (found.facts["told"].steps, found.facts["untold"].steps) == (50, 0)


def test_a_part_of_a_history_is_none():
    fact = networks.history({"loss": [0.5]})
    assert isinstance(fact, evidence.Other) and "only a part" in fact.reason


def test_a_search_tells_what_was_set_otherwise_than_it_is_by_default():
    """Of every setting of the network: told as it is by default it is not mentioned."""
    from sklearn.model_selection import GridSearchCV
    from sklearn.neural_network import MLPClassifier

    def others(**settings):
        search = GridSearchCV(MLPClassifier(**settings), {"alpha": [0.1, 1.0]}, cv=5)
        return searches.grid_search(search).value["others"]

    usual = MLPClassifier().get_params()
    asked = ("alpha", "hidden_layer_sizes", "max_iter", "random_state", "verbose")
    for name, value in usual.items():
        assert others(**{name: value}) == {}
        changed = not value if isinstance(value, bool) else 7
        assert others(**{name: changed}) == ({} if name in asked else {name: changed})
    assert others(batch_size=200) == {}
