"""Turn a student's networks and trainings into facts."""

import dataclasses
import json
import math
import numbers
import re
import sys
from typing import Any

import numpy as np

from labkit.evidence import facts, fits, plain_networks, values


def model(answer: Any, seed: int = 0) -> facts.Model | facts.Other:
    """Collect a Keras network, `Sequential` or functional."""
    found = structure(answer, seed)
    if not isinstance(found, facts.Model):
        return found
    return dataclasses.replace(
        found,
        weights=tuple(map(np.asarray, answer.get_weights())),  # copies, as Keras hands them out
        live=lambda images: np.asarray(answer(images, training=False)),
    )


def structure(answer: Any, seed: int = 0) -> facts.Model | facts.Other:
    """Collect a network without its weights, which may be 100 MB."""
    import keras

    if not isinstance(answer, keras.Model):
        return facts.Other(values.type_name(answer))
    try:
        settings = plain_networks.settings(answer)
    except Exception:
        return _unreadable(answer)  # a class of a student's own may raise whatever it likes
    if not plain_networks.is_chain_or_graph(settings):
        return _unreadable(answer)
    return facts.Model(
        class_name=type(answer).__name__,
        input_shape=_shape(answer, "input_shape"),
        output_shape=_shape(answer, "output_shape"),
        parameters=int(sum(math.prod(weight.shape) for weight in answer.weights)),
        config=json.dumps(settings),
        weights=(),
        updates=fits.updates(answer),
        fits=fits.of(answer),
        identity=id(answer),
        **_compile_facts(settings.get("compile_config"), answer),
    )


def _unreadable(answer: Any) -> facts.Other:
    reason = (
        "its layers cannot be read: it is a class of your own. Build it with "
        "keras.Sequential([...]) or with keras.Model(inputs, outputs)"
    )
    return facts.Other(values.type_name(answer), reason)


def history(answer: Any, seed: int = 0) -> facts.History | facts.Other:
    """Collect what ``fit`` returned."""
    import keras

    kind = values.type_name(answer)
    if not isinstance(answer, keras.callbacks.History):
        if isinstance(answer, dict):
            return facts.Other(kind, "a dictionary of curves is only a part of what fit() returns")
        return facts.Other(kind)
    try:
        series = {
            str(name): [float(x) for x in told] for name, told in dict(answer.history).items()
        }
        steps = int((answer.params or {}).get("steps") or 0)
        written_over = fits.written_over(answer)
    except Exception:
        return facts.Other(kind, "its curves are no lists of numbers")
    if written_over:
        return facts.Other(kind, "its curves are not those that fit() has measured")
    noted = fits.of(answer)
    if fits.watching() and not noted:
        return facts.Other(kind, "it does not come from a call of fit()")
    return facts.History(kind, series, steps, accuracy_name(answer), noted[-1] if noted else None)


def accuracy_name(answer: Any) -> str:
    """Return the name of the series that is the accuracy of the network that was trained.

    It is empty where there is none, and for a history that does not know its network.
    """
    try:
        compiled = _compile_facts(answer.model.get_compile_config(), answer.model)
    except Exception:
        return ""  # the network of a history that was put together by hand is anything
    for kind, name in zip(compiled["metrics"], compiled["metric_names"], strict=True):
        if kind in ("accuracy", "categorical_accuracy", "sparse_categorical_accuracy"):
            return name
    return ""


def compiled_with(model: Any) -> dict[str, str]:
    """Return optimizer and loss that a network is compiled with, both empty where not known."""
    try:
        told = _compile_facts(model.get_compile_config(), model)
    except Exception:
        return {"optimizer": "", "loss": ""}  # a loss of a student's own may raise as it is read
    return {name: told[name] for name in ("optimizer", "loss")}


def is_network(returned: Any) -> bool:
    # Whoever returns a network has imported Keras; most functions have no need of it.
    keras = sys.modules.get("keras")
    return keras is not None and isinstance(returned, keras.Model)


def _shape(model: Any, name: str) -> tuple | None:
    try:
        shape = getattr(model, name)
    except (AttributeError, ValueError):
        return None
    if isinstance(shape, tuple) and all(n is None or isinstance(n, int) for n in shape):
        return shape
    return None


def _compile_facts(settings: dict | None, model: Any) -> dict[str, Any]:
    if not settings or not getattr(model, "compiled", False):
        return {"loss": "", "from_logits": False, "optimizer": "", "metrics": ()}
    losses = _flat(settings.get("loss"))
    # A network with one output takes its loss in a list or a dictionary, too.
    loss = losses[0] if len(losses) == 1 else losses
    metrics = _flat(settings.get("metrics"))
    return {
        "loss": _name(loss),
        "from_logits": _from_logits(loss),
        "loss_settings": _loss_settings(loss, settings.get("loss_weights")),
        "optimizer": type(model.optimizer).__name__.lower(),
        "metrics": tuple(_metric(metric) for metric in metrics),
        "metric_names": tuple(_reported_as(metric) for metric in metrics),
    }


def _flat(settings: Any) -> list:
    """Return losses or metrics in their order, however they are nested."""
    if isinstance(settings, dict) and "class_name" not in settings:
        settings = list(settings.values())
    if isinstance(settings, list | tuple):
        return [part for setting in settings for part in _flat(setting)]
    return [] if settings is None else [settings]


def _metric(setting: Any) -> str:
    # An object of this class asks whether numbers are equal; the name asks whether classes are.
    if isinstance(setting, dict) and setting.get("class_name") == "Accuracy":
        return "equality"
    return _name(setting)


def _reported_as(setting: Any) -> str:
    config = setting.get("config") if isinstance(setting, dict) else None
    if isinstance(config, dict) and config.get("name"):
        return str(config["name"])
    return setting if isinstance(setting, str) else _name(setting)


def _loss_settings(loss: Any, weights: Any) -> tuple[str, ...]:
    """Return what a loss was told besides what its values are, and its weight, in words."""
    counted = [weight for weight in _flat(weights) if isinstance(weight, numbers.Real)]
    weighted = tuple(f"loss_weights={weight}" for weight in counted if weight != 1)
    config = loss.get("config") if isinstance(loss, dict) else None
    if not isinstance(config, dict):
        return weighted
    usual = {"reduction": "sum_over_batch_size", "label_smoothing": 0.0, "axis": -1}
    usual |= {"ignore_class": None}
    return (
        tuple(
            f"{key}={config[key]!r}"
            for key in sorted(usual)
            if key in config and config[key] != usual[key]
        )
        + weighted
    )


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
