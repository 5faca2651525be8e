"""The judge believes nothing that it can measure, and loads nothing that runs."""

import dataclasses
import io
import json

import numpy as np
import pytest

from labkit import evidence, labs
from labkit.checks import Outcome, canonical
from labkit.checks.exercise import (
    ARRAY,
    MODEL,
    VALUE,
    Answer,
    Criterion,
    Exercise,
    function,
)
from labkit.evidence import Evidence, functions, networks, saved_networks
from labkit.grading.judging import judge, serving, verify
from labkit.grading.runs import records, running

BUILTIN = {"module": "builtins", "class_name": "function", "config": "breakpoint"}
HINTS = ("one", "two", "three")


def exercise(name, **answers):
    return Exercise(name, name, answers, [Criterion("is there", 5, _is_there)], HINTS)


def _is_there(answers):
    for name in answers._kinds:
        getattr(answers, name)


NETWORK = exercise("network", model=MODEL)
NUMBERS = exercise("numbers", numbers=ARRAY)
PLAIN = exercise("plain", value=VALUE)
STRUCTURE = exercise("structure", model=Answer(networks.structure, evidence.Model, "a network"))
NETWORKS = exercise("networks", models=Answer(saved_networks.by_key, evidence.Networks, "networks"))
DOUBLE = exercise("double", double=function(lambda random: [(random.normal(size=(2, 3)),)]))
BUILDER = exercise("builder", build=function(lambda random: [(int(random.integers(2, 99)),)]))


def judged(of, found, seed=0, folder=None):
    """Return the result for `found` as the only evidence of a run in `folder`."""
    file = io.BytesIO()
    found.write(file)
    content = file.getvalue()
    record = {"kind": "evidence", "exercise": of.name, "size": len(content)}
    path = folder / running.RECORDS
    path.write_bytes(json.dumps(record).encode() + b"\n" + content + b'{"kind": "end"}\n')
    steps = [(of.name, False), (of.name, True)]
    run = running.Run(seed, steps, {}, {}, [], 0, "", 1.0, True)
    result, _ = serving.judge_exercise(of, run, records.read(path), folder)
    return result


@pytest.fixture
def network():
    import keras

    model = keras.Sequential(
        [keras.Input((28, 28)), keras.layers.Flatten(), keras.layers.Dense(10, "softmax")]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def changed(found, **fields):
    """Return evidence in which fields of the only fact are others."""
    ((name, fact),) = found.facts.items()
    return dataclasses.replace(found, facts={name: dataclasses.replace(fact, **fields)})


def test_honest_network_is_judged(network, tmp_path):
    found = NETWORK.collect(network)
    assert judged(NETWORK, found, folder=tmp_path).outcome is Outcome.PASSED


def test_compile_arguments_in_every_form_are_accepted(network, tmp_path):
    import keras

    for loss in (
        "mse",
        keras.losses.SparseCategoricalCrossentropy(),
        keras.losses.mean_squared_error,
    ):
        metrics = [keras.metrics.SparseCategoricalAccuracy(), "acc"]
        network.compile(keras.optimizers.RMSprop(0.01), loss, metrics=metrics)
        found = NETWORK.collect(network)
        result = judged(NETWORK, found, folder=tmp_path)
        assert result.outcome is Outcome.PASSED, result.text()


def test_functional_network_is_judged(tmp_path):
    import keras

    entry = keras.Input((28, 28, 1))
    inner = keras.layers.Conv2D(4, 3, activation="relu")(entry)
    inner = keras.layers.Dropout(0.2)(keras.layers.MaxPooling2D()(inner))
    leave = keras.layers.Dense(10)(keras.layers.Flatten()(inner))
    found = NETWORK.collect(keras.Model(entry, keras.layers.Softmax()(leave)))
    result = judged(NETWORK, found, folder=tmp_path)
    assert result.outcome is Outcome.PASSED, result.text()


@pytest.mark.parametrize(
    "claims",
    [
        {"loss": "categorical_crossentropy"},
        {"optimizer": "rmsprop"},
        {"metrics": ("accuracy", "precision")},
        {"from_logits": True},
        {"input_shape": (None, 28, 28, 1)},
        {"output_shape": (None, 5)},
        {"config": "{}"},
        {"config": "[" * 100_000},
        {"weights": ()},
        {"weights": (np.zeros((784, 10)),)},
    ],
)
def test_claims_that_the_network_does_not_bear_out(network, tmp_path, claims):
    found = changed(NETWORK.collect(network), **claims)
    result = judged(NETWORK, found, folder=tmp_path)
    assert (result.outcome, result.points) == (Outcome.COULD_NOT_GRADE, 0)


def test_layers_and_parameters_are_those_of_the_network(network):
    forged = changed(NETWORK.collect(network), parameters=10**9)
    verified = verify.verified(NETWORK, forged, 0)
    chain = canonical.canonical(verified.facts["model"].config)
    assert chain.order() == ["flatten", "dense"]
    assert verified.facts["model"].parameters == 7850


def test_a_dictionary_of_networks_is_judged_and_each_is_measured(network, tmp_path):
    found = NETWORKS.collect({(0.1, 5): network, "other": network})
    result = judged(NETWORKS, found, folder=tmp_path)
    assert result.outcome is Outcome.PASSED, result.text()
    inside = found.facts["models"].networks
    assert set(inside) == {"0.1, 5", "other"}
    for forged in (dataclasses.replace(inside["other"], optimizer="sgd"), evidence.Other("x")):
        claims = changed(found, networks=inside | {"other": forged})
        assert judged(NETWORKS, claims, folder=tmp_path).outcome is Outcome.COULD_NOT_GRADE
    many = changed(found, networks={str(number): inside["other"] for number in range(101)})
    assert judged(NETWORKS, many, folder=tmp_path).outcome is Outcome.COULD_NOT_GRADE


def test_a_structure_has_no_weights_and_is_measured_all_the_same(network, tmp_path):
    found = STRUCTURE.collect(network)
    assert found.facts["model"].weights == ()
    assert judged(STRUCTURE, found, folder=tmp_path).outcome is Outcome.PASSED
    forged = changed(found, parameters=1)
    assert verify.verified(STRUCTURE, forged, 0).facts["model"].parameters == 7850
    refused = [changed(found, loss="mse"), changed(found, weights=(np.zeros(3),))]
    for claims in refused:
        assert judged(STRUCTURE, claims, folder=tmp_path).outcome is Outcome.COULD_NOT_GRADE


def test_networks_that_a_function_builds_are_measured(tmp_path):
    import keras

    def build(nodes):
        return keras.Sequential([keras.Input((28, 28)), keras.layers.Dense(nodes)])

    found = BUILDER.collect(build, seed=5)
    result = judged(BUILDER, found, seed=5, folder=tmp_path)
    assert result.outcome is Outcome.PASSED, result.text()
    (call,) = found.facts["build"].calls
    forged = dataclasses.replace(call, result=dataclasses.replace(call.result, loss="mse"))
    claims = changed(found, calls=(forged,))
    assert judged(BUILDER, claims, seed=5, folder=tmp_path).outcome is Outcome.COULD_NOT_GRADE


def test_calls_of_another_run_are_refused(tmp_path):
    found = DOUBLE.collect(lambda values: 2 * values, seed=5)
    assert judged(DOUBLE, found, seed=5, folder=tmp_path).outcome is Outcome.PASSED
    for claims in (found, changed(found, seed=6), changed(found, arguments="")):
        result = judged(DOUBLE, claims, seed=6, folder=tmp_path)
        assert (result.outcome, result.points) == (Outcome.COULD_NOT_GRADE, 0)
        assert "other values" in str(result.message)


@pytest.mark.parametrize("lab", labs.MODULES)
def test_no_run_has_the_same_calls_as_another(lab):
    """Every exercise that asks for a function is tried on values that change with the run."""
    for item in labs.load(lab):
        for answer in item.answers.values():
            if answer.kind is evidence.Calls:
                digests = {functions.digest(answer.collector.arguments(seed)) for seed in range(5)}
                assert len(digests) == 5, item.name


@pytest.mark.parametrize("item", [np.zeros(3), evidence.Other("x"), {"deep": [(1, 2)]}])
def test_values_that_are_not_plain_are_refused(item, tmp_path):
    found = changed(PLAIN.collect(3), value=item)
    assert judged(PLAIN, found, folder=tmp_path).outcome is Outcome.COULD_NOT_GRADE


def with_layer(network, module, class_name, config, **more):
    """Return evidence of `network` with one more layer in its configuration."""
    found = NETWORK.collect(network)
    plain = json.loads(found.facts["model"].config)
    layer = {"module": module, "class_name": class_name, "config": config} | more
    plain["config"]["layers"].append({"registered_name": None} | layer)
    return changed(found, config=json.dumps(plain))


@pytest.mark.parametrize(
    ("module", "class_name", "config", "more"),
    [
        ("keras.layers", "Lambda", {"function": {"class_name": "__lambda__"}}, {}),
        ("os", "system", "touch was-here", {}),
        ("builtins", "exec", "open('was-here', 'w')", {}),
        ("builtins", "function", "exit", {}),
        ("keras.layers", "Activation", {"activation": BUILTIN}, {}),
        ("keras.utils", "get_file", {"origin": "file:///etc/passwd"}, {}),
        ("keras.src.utils", "get_file", {"origin": "file:///etc/passwd"}, {}),
        ("keras.layers", "StringLookup", {"vocabulary": "/etc/passwd"}, {}),
        ("keras.layers", "TorchModuleWrapper", {"module": "x"}, {}),
        ("keras.layers", "TFSMLayer", {"filepath": "/tmp/x"}, {}),
        ("mine", "Own", {}, {"registered_name": "mine>Own"}),
    ],
)
def test_networks_that_would_run_or_read_something(
    network, tmp_path, monkeypatch, module, class_name, config, more
):
    monkeypatch.chdir(tmp_path)
    found = with_layer(network, module, class_name, config, **more)
    result = judged(NETWORK, found, folder=tmp_path)
    assert (result.outcome, result.points) == (Outcome.COULD_NOT_GRADE, 0)
    assert not (tmp_path / "was-here").exists()


def test_students_own_layer_and_lambda_are_not_run(tmp_path):
    import keras

    class Own(keras.layers.Layer):
        def call(self, inputs):
            return inputs

    for layer in (Own(), keras.layers.Lambda(lambda x: x)):
        model = keras.Sequential([keras.Input((28, 28)), layer])
        result = judged(NETWORK, NETWORK.collect(model), folder=tmp_path)
        assert result.outcome is Outcome.COULD_NOT_GRADE


def test_enormous_networks_are_refused_before_they_are_built(network, tmp_path):
    found = with_layer(network, "keras.layers", "Dense", {"units": 10**12})
    result = judged(NETWORK, found, folder=tmp_path)
    assert result.outcome is Outcome.COULD_NOT_GRADE


def test_statistics_of_an_array_are_computed_again():
    found = NUMBERS.collect(np.arange(10.0))
    forged = changed(found, minimum=-1.0, maximum=0.0, mean=99.0)
    assert verify.verified(NUMBERS, forged, 0).facts["numbers"].maximum == 9.0


@pytest.mark.parametrize(
    "claims",
    [
        {"shape": (5, 5)},
        {"shape": (60_000, 28, 28)},
        {"shape": ("many",)},
        {"shape": (-10,)},
        {"shape": (10**18, 10**18)},
        {"dtype": "uint8"},
        {"sample": "text"},
        {"sample": None, "rows": None},
    ],
)
def test_arrays_that_contradict_themselves(tmp_path, claims):
    found = changed(NUMBERS.collect(np.arange(10.0)), **claims)
    result = judged(NUMBERS, found, folder=tmp_path)
    assert (result.outcome, result.points) == (Outcome.COULD_NOT_GRADE, 0)


def test_evidence_of_another_exercise_is_refused(tmp_path):
    found = dataclasses.replace(NUMBERS.collect(np.arange(3)), exercise="other")
    assert judged(NUMBERS, found, folder=tmp_path).outcome is Outcome.COULD_NOT_GRADE


@pytest.mark.parametrize("lab", labs.MODULES)
def test_facts_of_the_wrong_kind_earn_nothing(lab, tmp_path):
    """NaN, true, or a part of evidence in place of every answer."""
    nothing = evidence.Panel("", "", "", None, (), (), ())
    odd = [evidence.Value("float", float("nan")), evidence.Value("bool", True), nothing]
    odd += [evidence.Value("int", 10**400), evidence.Other("x"), evidence.History("x", {})]
    kind = judge.reference().kind
    for item in labs.load(lab):
        for fact in odd:
            found = Evidence(item.name, kind, dict.fromkeys(item.answers, fact))
            result = judged(item, found, folder=tmp_path)
            assert result.points == 0, (item.name, fact)
