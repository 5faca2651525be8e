"""Turn a student's networks and trainings into facts."""

import json
import math
import re
import sys
from typing import Any

import numpy as np

from labkit.evidence import facts, values


def model(answer: Any, seed: int = 0) -> facts.Model | facts.Other:
    """Collect a Keras network, `Sequential` or functional."""
    import keras

    if not isinstance(answer, keras.Model):
        return facts.Other(values.type_name(answer))
    try:
        config = _config(answer)
        layers = tuple(_layer(layer) for layer in answer.layers if not _is_input(layer))
    except (NotImplementedError, TypeError, ValueError) as error:
        return facts.Other(values.type_name(answer), str(error)[: values.MAX_TEXT])
    compiled = _compile_facts(answer)
    return facts.Model(
        class_name=type(answer).__name__,
        layers=layers,
        input_shape=_shape(answer, "input_shape"),
        output_shape=_shape(answer, "output_shape"),
        parameters=int(sum(math.prod(weight.shape) for weight in answer.weights)),
        config=config,
        weights=tuple(np.array(weight) for weight in answer.get_weights()),
        live=lambda images: np.asarray(answer(images, training=False)),
        **compiled,
    )


def history(answer: Any, seed: int = 0) -> facts.History | facts.Other:
    """Collect what ``fit`` returned, or its ``history`` dictionary."""
    series = getattr(answer, "history", answer)
    if not isinstance(series, dict):
        return facts.Other(values.type_name(answer))
    try:
        plain = {str(name): [float(x) for x in values] for name, values in series.items()}
    except (TypeError, ValueError) as error:
        return facts.Other(values.type_name(answer), str(error)[: values.MAX_TEXT])
    settings = getattr(answer, "params", None)
    steps = settings.get("steps") if isinstance(settings, dict) else None
    return facts.History(values.type_name(answer), plain, steps if isinstance(steps, int) else 0)


def is_network(returned: Any) -> bool:
    # Whoever returns a network has imported Keras; most functions have no need of it.
    keras = sys.modules.get("keras")
    return keras is not None and isinstance(returned, keras.Model)


def _is_input(layer: Any) -> bool:
    return type(layer).__name__ == "InputLayer"


def _layer(layer: Any) -> facts.Layer:
    config = json.loads(json.dumps(layer.get_config(), default=str))
    parameters = sum(math.prod(weight.shape) for weight in layer.weights)
    return facts.Layer(type(layer).__name__, config, int(parameters))


def _config(model: Any) -> str:
    """Return what the network can be built again from.

    A network that was saved as ``.h5`` has lost the optimizer from its settings (Keras takes it
    out there to write it elsewhere), though it goes on training with it.
    """
    import keras

    config = model.to_json()
    settings = json.loads(config)
    compiled = settings.get("compile_config")
    if not compiled or "optimizer" in compiled or not getattr(model, "optimizer", None):
        return config
    optimizer = keras.saving.serialize_keras_object(model.optimizer)
    return json.dumps(settings | {"compile_config": compiled | {"optimizer": optimizer}})


def _shape(model: Any, name: str) -> tuple | None:
    try:
        shape = getattr(model, name)
    except (AttributeError, ValueError):
        return None
    if isinstance(shape, tuple) and all(n is None or isinstance(n, int) for n in shape):
        return shape
    return None


def _compile_facts(model: Any) -> dict[str, Any]:
    if not getattr(model, "compiled", False):
        return {"loss": "", "from_logits": False, "optimizer": "", "metrics": ()}
    settings = model.get_compile_config() or {}
    loss = settings.get("loss", getattr(model, "loss", ""))
    metrics = settings.get("metrics") or []
    return {
        "loss": _name(loss),
        "from_logits": _from_logits(loss),
        "optimizer": type(model.optimizer).__name__.lower(),
        "metrics": tuple(_name(metric) for metric in np.atleast_1d(np.array(metrics, object))),
    }


def _name(setting: Any) -> str:
    """Return the snake-case name of a loss or metric: given as string, object or function."""
    if isinstance(setting, dict):
        inner = setting.get("config")
        if setting.get("class_name") == "function" and isinstance(inner, str):
            setting = inner
        else:
            setting = setting.get("class_name", "")
    if callable(setting):
        setting = getattr(setting, "__name__", type(setting).__name__)
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", str(setting or "")).lower()
    return {"acc": "accuracy"}.get(name, name)


def _from_logits(loss: Any) -> bool:
    return (
        isinstance(loss, dict)
        and isinstance(loss.get("config"), dict)
        and bool(loss["config"].get("from_logits"))
    )
