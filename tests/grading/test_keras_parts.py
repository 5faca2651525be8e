"""No name in a network's description reaches anything in Keras but the parts that are listed.

The names that are tried are all that Keras exports, split in every way into a module and a class,
and the descriptions are real ones in which hypothesis changes names, modules and nested parts.
"""

import copy
import functools
import json

import hypothesis
import pytest
from hypothesis import strategies

from labkit.grading.judging import keras_parts

KEYS = ("module", "class_name", "registered_name", "config")


@functools.cache
def exported():
    """Return the names of all that Keras exports, such as ``keras.config.set_floatx``."""
    import keras  # noqa: F401  it fills the table
    from keras.src import api_export

    return sorted(api_export.REGISTERED_NAMES_TO_OBJS)


def splits(name):
    """Yield each way to write a name as a module and the name of a class within."""
    words = name.split(".")
    for number in range(1, len(words)):
        yield ".".join(words[:number]), ".".join(words[number:])


@functools.cache
def networks():
    """Return descriptions of networks of several kinds."""
    import keras

    layers = keras.layers
    entry = keras.Input((8, 8, 1))
    inner = layers.Conv2D(2, 3, activation="relu", kernel_regularizer="l2")(entry / 255.0)
    inner = layers.Dropout(0.2)(layers.BatchNormalization()(inner))
    functional = keras.Model(entry, layers.Dense(3, "softmax")(layers.Flatten()(inner)))
    rate = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.5)
    functional.compile(keras.optimizers.SGD(rate), keras.losses.CategoricalCrossentropy())
    plain = [keras.Input((4, 2)), layers.Bidirectional(layers.LSTM(2)), layers.Dense(1)]
    sequential = keras.Sequential(plain)
    sequential.compile("adam", keras.losses.mean_squared_error, metrics=["mae"])
    return [json.loads(model.to_json()) for model in (functional, sequential)]


def global_state():
    import keras
    from keras.src.saving import object_registration

    return (
        keras.config.floatx(),
        keras.config.epsilon(),
        keras.config.image_data_format(),
        keras.config.backend(),
        keras.config.dtype_policy().name,
        keras.config.is_nnx_enabled(),
        keras.config.max_epochs(),
        keras.config.is_traceback_filtering_enabled(),
        keras.distribution.distribution(),
        dict(object_registration.GLOBAL_CUSTOM_OBJECTS),
    )


@pytest.fixture
def looked_up(monkeypatch):
    """Return the list of all that Keras finds by a name; it grows as Keras is used."""
    from keras.src.saving import serialization_lib

    find, found = serialization_lib._retrieve_class_or_fn, []

    def spy(*arguments, **named):
        found.append(find(*arguments, **named))
        return found[-1]

    monkeypatch.setattr(serialization_lib, "_retrieve_class_or_fn", spy)
    return found


def build(config):
    """Build a network if it is made of what is allowed; Keras raises what it likes."""
    import keras

    try:
        keras.saving.deserialize_keras_object(keras_parts.rewritten(config), safe_mode=True)
    except Exception as error:
        return error
    return None


def allowed():
    objects = [part.object for part in keras_parts.classes().values()]
    return [*objects, *keras_parts.functions().values()]


def are_allowed(found):
    known = {id(part) for part in allowed()}
    # Keras keeps some losses and activations under other names, of the same functions.
    return [part for part in found if id(part) not in known and not _is_named_by_keras(part)]


def _is_named_by_keras(part):
    from keras.src import activations, constraints, initializers, losses, metrics, optimizers
    from keras.src import regularizers as regular

    kinds = (activations, constraints, initializers, losses, metrics, optimizers, regular)
    return any(part in kind.ALL_OBJECTS_DICT.values() for kind in kinds)


def test_keras_finds_each_part_under_the_name_that_is_written():
    from keras.src.saving import serialization_lib

    for part in keras_parts.classes().values():
        arguments = part.name, None, part.module, "class", {}
        assert serialization_lib._retrieve_class_or_fn(*arguments) is part.object


def test_nothing_else_that_keras_exports_is_let_through(looked_up):
    names = {(id(part.object), part.module): part for part in keras_parts.classes().values()}
    objects = {key for key, _ in names}
    from keras.src import api_export

    for name in exported():
        wanted = api_export.REGISTERED_NAMES_TO_OBJS[name]
        for module, class_name in splits(name):
            node = {"module": module, "class_name": class_name, "config": {}}
            try:
                written = keras_parts.rewritten(node)
            except keras_parts.NotOfKeras:
                continue
            assert id(wanted) in objects, name
            assert "." not in written["class_name"]
    assert looked_up == []


def test_what_is_used_in_the_labs_is_built_as_it_was(looked_up):
    for config in networks():
        assert build(copy.deepcopy(config)) is None
    assert are_allowed(looked_up) == []


def nodes(config):
    """Return all dictionaries within a description."""
    if isinstance(config, list):
        return [node for item in config for node in nodes(item)]
    if not isinstance(config, dict):
        return []
    return [config, *(node for item in config.values() for node in nodes(item))]


@strategies.composite
def mutated(draw):
    """Draw a description in which some names, modules and parts are others."""
    config = copy.deepcopy(draw(strategies.sampled_from(networks())))
    for _ in range(draw(strategies.integers(1, 4))):
        node = draw(strategies.sampled_from(nodes(config)))
        module, name = draw(strategies.sampled_from(exported()).flatmap(_split))
        foreign = {
            "module": draw(strategies.sampled_from([module, "keras", "builtins", "os", None])),
            "class_name": draw(strategies.sampled_from([name, "function", "__lambda__", "Lambda"])),
            "config": draw(strategies.sampled_from([{}, name, {"function": name}, None])),
            "registered_name": draw(strategies.sampled_from([None, name, f"keras>{name}"])),
        }
        kind = draw(strategies.sampled_from(["key", "part", "value", "lost", "deeper"]))
        key = draw(strategies.sampled_from(sorted({*node, *KEYS})))
        if kind == "key":
            node[key] = foreign.get(key, name)
        elif kind == "part":
            node[key] = foreign
        elif kind == "value":
            node[key] = draw(
                strategies.sampled_from([name, -1, 1e9, None, [], {"class_name": name}])
            )
        elif kind == "lost":
            node.pop(key, None)
        else:
            node[key] = [foreign | {"config": {"layer": foreign, "activation": foreign}}]
    return config


def _split(name):
    return strategies.sampled_from(list(splits(name)))


@hypothesis.settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=list(hypothesis.HealthCheck),
    derandomize=True,
)
@hypothesis.given(config=mutated())
def test_a_changed_description_reaches_nothing_else(looked_up, config):
    before = global_state()
    build(config)
    assert global_state() == before
    assert are_allowed(looked_up) == []


@pytest.mark.slow
@hypothesis.settings(
    max_examples=1500,
    deadline=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)
@hypothesis.given(config=mutated())
def test_many_changed_descriptions_reach_nothing_else(looked_up, config):
    before = global_state()
    build(config)
    assert global_state() == before
    assert are_allowed(looked_up) == []


@pytest.mark.parametrize(
    "layer",
    [
        {"module": "keras", "class_name": "layers.Lambda", "config": {"function": "set_floatx"}},
        {"module": "keras.layers", "class_name": "Lambda", "config": {}},
        {"module": "keras", "class_name": "distribution.set_distribution", "config": {}},
        {"module": "keras.config", "class_name": "function", "config": "set_floatx"},
        {"module": "keras", "class_name": "function", "config": "config.set_floatx"},
        {"class_name": "Lambda", "config": {}},
        {"class_name": "__lambda__", "config": {"value": "x"}},
        {"class_name": "__typespec__", "spec_name": "x", "module": "keras", "config": []},
        {"module": "keras.layers", "class_name": ["Dense"], "config": {}},
        {"module": ["keras.layers"], "class_name": "Dense", "config": {}},
        {"module": "keras.layers", "class_name": "Dense", "config": "Dense"},
        {"module": "keras.layers", "class_name": "Dense", "registered_name": "my>Dense"},
    ],
)
def test_what_is_refused_is_named(layer):
    with pytest.raises(keras_parts.NotOfKeras, match="the network has a"):
        keras_parts.rewritten({"layers": [layer]})
