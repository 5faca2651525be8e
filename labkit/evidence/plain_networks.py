"""The settings of a network in Keras's own words, whatever it was written with.

Operations (``keras.activations.relu(x)``) become layers, and functions that are not Keras's own
become the part of Keras that does the same: they are tried on a few numbers. What is left can be
built again in a process that never ran the student's code.
"""

import json
import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

_MODELS = ("Sequential", "Functional", "Model")
# Operations that are layers, too: the layer's name, and its settings from the operation's.
_LAYERS: dict[str, tuple[str, Callable[[dict], dict]]] = {
    "Relu": ("Activation", lambda config: {"activation": "relu"}),
    "Tanh": ("Activation", lambda config: {"activation": "tanh"}),
    "Sigmoid": ("Activation", lambda config: {"activation": "sigmoid"}),
    "Silu": ("Activation", lambda config: {"activation": "silu"}),
    "Gelu": ("Activation", lambda config: {"activation": "gelu"}),
    "ReLU": ("ReLU", lambda config: config),
    "Softmax": ("Softmax", lambda config: {"axis": config.get("axis", -1)}),
    "Reshape": ("Reshape", lambda config: {"target_shape": list(config["newshape"])[1:]}),
    "Identity": ("Identity", lambda config: {}),
}
_PROBE = np.array([[-2.0, -0.5, 0.0, 0.25, 3.0], [1.0, -1.0, 0.5, 2.0, -3.0]], np.float32)


def _softmax(values: np.ndarray) -> np.ndarray:
    powers = np.exp(values)
    return powers / powers.sum(axis=-1, keepdims=True)


_ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "linear": lambda values: values,
    "relu": lambda values: np.maximum(values, 0),
    "tanh": np.tanh,
    "sigmoid": lambda values: 1 / (1 + np.exp(-values)),
    "softmax": _softmax,
}


def settings(model: Any) -> dict[str, Any]:
    """Return what `model` can be built again from, in Keras's own words.

    Raises
    ------
    NotImplementedError, TypeError, ValueError
        If Keras cannot write it down.
    """
    with warnings.catch_warnings():  # Keras warns of functions that we replace
        warnings.simplefilter("ignore")
        found = json.loads(model.to_json())
    _rewrite(found, model)
    return _with_optimizer(found, model)


def is_chain_or_graph(found: dict[str, Any]) -> bool:
    """Tell whether the layers of a network can be read from its settings."""
    return found.get("class_name") in _MODELS and isinstance(
        (found.get("config") or {}).get("layers"), list
    )


def _with_optimizer(found: dict[str, Any], model: Any) -> dict[str, Any]:
    """Return settings with the optimizer, which a network saved as ``.h5`` has lost there."""
    import keras

    compiled = found.get("compile_config")
    if not compiled or "optimizer" in compiled or not getattr(model, "optimizer", None):
        return found
    optimizer = keras.saving.serialize_keras_object(model.optimizer)
    return found | {"compile_config": compiled | {"optimizer": optimizer}}


def _rewrite(found: dict[str, Any], model: Any) -> None:
    """Rewrite the layers in `found`, which are those of `model`."""
    if not is_chain_or_graph(found):
        return
    live = {part.name: part for part in getattr(model, "layers", ())}
    for layer in found["config"]["layers"]:
        name = layer.get("name") or (layer.get("config") or {}).get("name")
        _as_layer(layer)
        if layer.get("class_name") in _MODELS:
            _rewrite(layer, live.get(name))
        elif name in live:
            _known_functions(layer["config"], live[name])


def _as_layer(layer: dict[str, Any]) -> None:
    """Turn an operation into the layer that does the same."""
    module, name = str(layer.get("module")), layer.get("class_name")
    if not module.startswith(("keras.src.ops", "keras.src.activations")) or name not in _LAYERS:
        return
    told = layer.get("config") or {}
    class_name, make = _LAYERS[name]
    own_name = {"name": told.get("name", name)}
    layer.update(
        module="keras.layers",
        class_name=class_name,
        registered_name=None,
        config=own_name | {key: value for key, value in make(told).items() if key != "name"},
    )


def _known_functions(config: dict[str, Any], layer: Any) -> None:
    """Replace functions that are not Keras's own by the part of Keras that does the same."""
    if _is_own(config.get("activation")):
        known = activation(getattr(layer, "activation", None))
        if known:
            config["activation"] = known
    for part in ("kernel", "bias", "activity"):
        key = f"{part}_regularizer"
        if _is_own(config.get(key)):
            known = regularizer(getattr(layer, key, None))
            if known:
                config[key] = known


def _is_own(setting: Any) -> bool:
    """Tell whether a setting is a function, or an object of a class that is not Keras's."""
    if not isinstance(setting, dict):
        return False
    module = str(setting.get("module"))
    return setting.get("class_name") in (None, "function") or not module.startswith("keras")


def activation(function: Any) -> str:
    """Return the name of the activation that `function` is, empty where it is none of Keras's."""
    for name, formula in _ACTIVATIONS.items():
        if all(
            _agrees(function, values, formula(values))
            for values in (_PROBE, _PROBE.T, _PROBE.reshape(1, 2, 5))
        ):
            return name
    return ""


def regularizer(function: Any) -> dict[str, Any] | None:
    """Return the L1 and L2 regularizer that `function` is, None where it is another one."""
    try:
        told = [float(function(values)) for values in (_PROBE, 2 * _PROBE, _PROBE[:, 2:])]
    except Exception:
        return None  # whatever a student's own function raises, it is none of Keras's
    absolute, squares = float(np.abs(_PROBE).sum()), float(np.square(_PROBE).sum())
    # told = l1 * absolute + l2 * squares, and for twice the weights 2 * l1 ... + 4 * l2 ...
    l2 = (told[1] - 2 * told[0]) / (2 * squares)
    l1 = (told[0] - l2 * squares) / absolute
    part = _PROBE[:, 2:]
    expected = l1 * float(np.abs(part).sum()) + l2 * float(np.square(part).sum())
    if not math.isclose(told[2], expected, rel_tol=1e-3, abs_tol=1e-7):
        return None
    l1, l2 = (0.0 if abs(factor) < 1e-9 else float(f"{factor:.5g}") for factor in (l1, l2))
    return {
        "module": "keras.regularizers",
        "class_name": "L1L2",
        "config": {"l1": l1, "l2": l2},
        "registered_name": None,
    }


def _agrees(function: Any, values: np.ndarray, wanted: np.ndarray) -> bool:
    try:
        seen = np.asarray(function(values), float)
    except Exception:
        return False  # whatever a student's own function raises, it is none of Keras's
    return seen.shape == wanted.shape and np.allclose(seen, wanted, rtol=1e-4, atol=1e-5)
