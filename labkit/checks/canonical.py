"""Networks in a canonical form: what a network does, however it was written.

`canonical` reads a network's configuration, as plain data, and returns a chain of steps. Blocks are
unfolded, activations are steps of their own, whatever does nothing is left out, padding belongs to
the convolution that it serves, and what can be swapped without effect has one order. Two networks
that do the same have the same chain. Nothing is built and nothing of a student's is run.
"""

import dataclasses
import functools
import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from labkit.checks import unfolding
from labkit.checks.step import Step, close, same
from labkit.checks.unfolding import Shape

_NOWHERE = ((0, 0), (0, 0))
# Activations that leave the order of numbers as it is: max pooling may come before or after them.
_RISING = {"relu", "tanh", "sigmoid", "softplus", "elu", "selu", "leaky_relu"}
# After these no number is below 0, and relu changes nothing.
_NOT_NEGATIVE = {"relu", "sigmoid", "softmax", "softplus", "exponential"}
_OTHER_NAMES = {"softmax_v2": "softmax", "swish": "silu"}
# Layers that put out the shape that they take.
_SAME_SHAPE = {
    *("BatchNormalization", "LayerNormalization", "GroupNormalization", "UnitNormalization"),
    *("GaussianNoise", "GaussianDropout", "AlphaDropout", "SpatialDropout1D", "SpatialDropout2D"),
    *("ActivityRegularization", "Rescaling", "PReLU", "Masking", "RMSNormalization"),
}


@dataclasses.dataclass(frozen=True)
class Chain:
    """A network as a chain of steps.

    Attributes
    ----------
    input_shape : tuple or None
        Of one image.
    steps : tuple of Step
    fault : str
        Why the network is no chain of steps; empty where it is one.
    """

    input_shape: Shape | None
    steps: tuple[Step, ...] = ()
    fault: str = ""

    def of(self, *kinds: str) -> list[Step]:
        """Return the steps of these kinds, in order."""
        return [step for step in self.steps if step.kind in kinds]

    def order(self, *ignored: str) -> list[str]:
        """Return the kinds of all steps but activations and the kinds `ignored`."""
        return [step.kind for step in self.steps if step.kind not in ("activation", *ignored)]

    def activations(self) -> list[str]:
        """Return, for each layer with weights, the activations between it and the next one.

        ``"linear"`` where there is none; several are joined by ``", "``.
        """
        found: list[list[str]] = []
        for step in self.steps:
            if step.kind in WEIGHTED:
                found.append([])
            elif step.kind == "activation" and found:
                found[-1].append(step.settings["name"])
        return [", ".join(names) or "linear" for names in found]

    def before_first(self) -> list[str]:
        """Return the activations that come before any layer with weights."""
        names = []
        for step in self.steps:
            if step.kind in WEIGHTED:
                break
            if step.kind == "activation":
                names.append(step.settings["name"])
        return names

    def dropouts(self) -> list[tuple[int, float]]:
        """Return each dropout's place and rate.

        A place is the number of layers with weights and of poolings that come before it.
        """
        place, found = 0, []
        for step in self.steps:
            if step.kind in WEIGHTED or "pooling" in step.kind:
                place += 1
            elif step.kind == "dropout":
                found.append((place, step.settings["rate"]))
        return found

    def extras(self) -> list[str]:
        """Return in words what layers have beyond what they do: ``"dense 10 has no bias"``."""
        return [f"{step} has {extra}" for step in self.steps for extra in step.extras]

    def regularized(self) -> list[str]:
        """Return in words what the regularizers of the layers sit on."""
        return [
            f"{step} has a regularizer on {_PARTS[part]}"
            for step in self.steps
            for part in step.penalties
        ]

    def words(self) -> str:
        """Return the steps in words."""
        return ", ".join(map(str, self.steps)) or "no layers"


WEIGHTED = {"dense", "convolution"}
_PARTS = {"kernel": "its weights", "bias": "its biases", "activity": "what it puts out"}


@functools.lru_cache(maxsize=64)
def canonical(config: str) -> Chain:
    """Return the chain of steps of a network, from its configuration as Keras writes it (JSON)."""
    try:
        settings = json.loads(config)
        shape, raw = unfolding.unfolded(settings, None)
        steps = _ordered(_steps(shape, raw))
    except unfolding.NoChain as error:
        return Chain(None, (), str(error))
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, RecursionError):
        return Chain(None, (), "its settings cannot be read")
    return Chain(shape, tuple(steps))


def chain(input_shape: Shape, *layers: Mapping[str, Any]) -> Chain:
    """Return the chain of what an exercise asks for; `layers` are made by the functions below."""
    return Chain(input_shape, tuple(_ordered(_steps(input_shape, layers))))


def dense(units: int, activation: str = "linear", **more: Any) -> dict[str, Any]:
    """Return a dense layer for `chain`."""
    return _layer("Dense", units=units, activation=activation, **more)


def convolution(
    filters: int, size: int, activation: str = "linear", padding: str = "valid"
) -> dict[str, Any]:
    """Return a convolution for `chain`."""
    settings = {"filters": filters, "kernel_size": [size, size], "padding": padding}
    return _layer("Conv2D", **settings, activation=activation)


def max_pooling(size: int = 2) -> dict[str, Any]:
    """Return a max pooling for `chain`."""
    return _layer("MaxPooling2D", pool_size=[size, size])


def average_pooling(size: int = 2) -> dict[str, Any]:
    """Return an average pooling for `chain`."""
    return _layer("AveragePooling2D", pool_size=[size, size])


def dropout(rate: float) -> dict[str, Any]:
    """Return a dropout for `chain`."""
    return _layer("Dropout", rate=rate)


def flatten() -> dict[str, Any]:
    """Return a Flatten for `chain`."""
    return _layer("Flatten")


def _layer(class_name: str, **config: Any) -> dict[str, Any]:
    return {"class_name": class_name, "module": "keras.layers", "config": config}


# --- steps ----------------------------------------------------------------------------------


def _steps(shape: Shape | None, layers: Sequence[Mapping[str, Any]]) -> list[Step]:
    """Return the steps that the layers of a chain take one after the other."""
    found: list[Step] = []
    for layer in layers:
        if shape is None:
            shape = unfolding.without_batch((layer.get("build_config") or {}).get("input_shape"))
        for step in _steps_of(layer, shape):
            shape = step.shape
            _append(found, step)
    return found


def _append(found: list[Step], step: Step) -> None:
    """Add a step, merged with the one before it where both together are one."""
    before = found[-1] if found else None
    if before is None:
        found.append(step)
    elif step.kind == "convolution" and before.kind == "padding":
        settings = dict(step.settings)
        settings["padding"] = _added(settings["padding"], before.settings["padding"])
        found[-1] = dataclasses.replace(step, settings=settings)
    elif step.kind == before.kind == "padding":
        padding = _added(step.settings["padding"], before.settings["padding"])
        found[-1] = dataclasses.replace(step, settings={"padding": padding})
    elif step.kind in ("flatten", "reshape") and before.kind in ("flatten", "reshape"):
        found[-1] = dataclasses.replace(step, settings=_reshape_settings(step.shape))
    elif step.kind == before.kind == "dropout" and not step.extras and not before.extras:
        kept = (1 - step.settings["rate"]) * (1 - before.settings["rate"])
        found[-1] = dataclasses.replace(step, settings={"rate": 1 - kept})
    else:
        found.append(step)


def _added(first: Sequence, second: Sequence) -> tuple:
    return tuple(
        tuple(a + b for a, b in zip(one, other, strict=True))
        for one, other in zip(first, second, strict=True)
    )


def _steps_of(layer: Mapping[str, Any], shape: Shape | None) -> list[Step]:
    """Return the steps of one layer; none where it does nothing."""
    name, config = layer["class_name"], dict(layer["config"] or {})
    if not _is_of_keras(layer):
        return [Step(name, None, {}, ("code of its own",))]
    make = _MAKERS.get(name)
    if make is not None and not (layer.get("values") and name not in ("Reshape",)):
        return [_as_called(step, layer) for step in make(config, shape) if step is not None]
    if layer.get("values"):
        return [Step(name, None, {"values": str(layer["values"])})]
    return [Step(name, shape if name in _SAME_SHAPE else None, _plain(config))]


def _is_of_keras(layer: Mapping[str, Any]) -> bool:
    module, registered = str(layer.get("module")), str(layer.get("registered_name"))
    return module.split(".")[0] in ("keras", "tf_keras", "None") and ">" not in registered


def _as_called(step: Step, layer: Mapping[str, Any]) -> Step:
    if step.kind in WEIGHTED and layer.get("again"):
        return dataclasses.replace(step, extras=(*step.extras, "the weights of an earlier layer"))
    if step.kind == "dropout" and layer.get("training") is True:
        return dataclasses.replace(step, extras=(*step.extras, "training=True, always"))
    # training=False is what Keras writes down for every call; `fit` overrides it.
    return step


def _plain(config: dict) -> dict[str, Any]:
    hidden = ("name", "dtype", "trainable", "seed")
    return {key: value for key, value in config.items() if key not in hidden}


def _dense(config: dict, shape: Shape | None) -> list[Step | None]:
    units = config["units"]
    out = (*shape[:-1], units) if shape else None
    return [
        _weighted("dense", out, {"units": units}, config),
        *_activation_steps(config.get("activation"), out),
    ]


def _weighted(kind: str, shape: Shape | None, settings: dict, config: dict) -> Step:
    told = {part: regularizer(config.get(f"{part}_regularizer")) for part in _PARTS}
    penalties = {part: factors for part, factors in told.items() if factors != (0.0, 0.0)}
    return Step(kind, shape, settings, _extras(config), _initializer(config), penalties)


def _initializer(config: dict) -> str:
    setting = config.get("kernel_initializer")
    name = setting.get("class_name", "") if isinstance(setting, dict) else str(setting or "")
    values = setting.get("config") if isinstance(setting, dict) else None
    if name == "VarianceScaling" and isinstance(values, dict):
        known = (values.get("scale"), values.get("mode"), values.get("distribution"))
        name = _SCALED.get(known, name)
    return "".join("_" + c.lower() if c.isupper() else c for c in name).lstrip("_")


_SCALED = {
    (2.0, "fan_in", "truncated_normal"): "HeNormal",
    (2.0, "fan_in", "uniform"): "HeUniform",
    (1.0, "fan_avg", "uniform"): "GlorotUniform",
    (1.0, "fan_avg", "truncated_normal"): "GlorotNormal",
}


def _extras(config: dict) -> tuple[str, ...]:
    """Return in words what a layer has beyond its weights."""
    found = [] if config.get("use_bias", True) else ["no bias"]
    if config.get("trainable") is False:
        found.append("weights that are frozen (trainable=False)")
    if _initializer(config) in _ALL_ALIKE:
        found.append("weights that all begin alike, and none of its nodes learns to differ")
    for part, words in _PARTS.items():
        if config.get(f"{part}_constraint"):
            found.append(f"a constraint on {words}")
    return tuple(found)


# Keras's initializers of one constant value.
_ALL_ALIKE = {"zeros", "ones", "constant"}


def regularizer(setting: Any) -> tuple[float, float]:
    """Return the L1 and the L2 factor of a regularizer; NaN where it is another kind."""
    if setting is None:
        return 0.0, 0.0
    if isinstance(setting, str):
        return {"l1": (0.01, 0.0), "l2": (0.0, 0.01), "l1_l2": (0.01, 0.01)}.get(
            setting.lower(), (math.nan, math.nan)
        )
    values = setting.get("config") if isinstance(setting, dict) else None
    if not isinstance(values, dict) or setting.get("class_name") not in ("L1", "L2", "L1L2"):
        return math.nan, math.nan
    return float(values.get("l1") or 0.0), float(values.get("l2") or 0.0)


def _convolution(config: dict, shape: Shape | None) -> list[Step | None]:
    kernel, strides = _pair(config["kernel_size"]), _pair(config.get("strides", 1))
    spread = _pair(config.get("dilation_rate", 1))
    if config.get("data_format", "channels_last") != "channels_last":
        return [Step("Conv2D with channels first", None, _plain(config))]
    sides = shape[:2] if shape and len(shape) == 3 else (None, None)
    reach = [(k - 1) * d + 1 for k, d in zip(kernel, spread, strict=True)]
    padding = tuple(
        _padding(config.get("padding", "valid"), side, size, step)
        for side, size, step in zip(sides, reach, strides, strict=True)
    )
    out = None
    if None not in sides:
        out = tuple(
            (side + sum(pad) - size) // step + 1
            for side, pad, size, step in zip(sides, padding, reach, strides, strict=True)
        )
        out = (*out, config["filters"])
    settings = {"filters": config["filters"], "kernel": kernel, "strides": strides}
    settings |= {"dilation": spread, "groups": config.get("groups", 1), "padding": padding}
    return [
        _weighted("convolution", out, settings, config),
        *_activation_steps(config.get("activation"), out),
    ]


def _padding(kind: str, side: int | None, size: int, step: int) -> tuple[int, int]:
    if kind != "same":
        return 0, 0
    places = 1 if side is None else math.ceil(side / step)
    total = size - 1 if side is None else max((places - 1) * step + size - side, 0)
    return total // 2, total - total // 2


def _pooling(kind: str) -> Callable[[dict, Shape | None], list[Step | None]]:
    def make(config: dict, shape: Shape | None) -> list[Step | None]:
        size = _pair(config.get("pool_size", 2))
        strides = _pair(config.get("strides") or size)
        if size == strides == (1, 1):
            return []
        if config.get("data_format", "channels_last") != "channels_last":
            return [Step(f"{kind} with channels first", None, _plain(config))]
        padding, out = _NOWHERE, None
        if shape and len(shape) == 3 and None not in shape[:2]:
            padding = tuple(
                _padding(config.get("padding", "valid"), *parts)
                for parts in zip(shape[:2], size, strides, strict=True)
            )
            rows = (
                (side + sum(pad) - field) // step + 1
                for side, pad, field, step in zip(shape[:2], padding, size, strides, strict=True)
            )
            out = (*rows, shape[2])
        return [Step(kind, out, {"size": size, "strides": strides, "padding": padding})]

    return make


def _reshape_settings(shape: Shape | None) -> dict[str, Any]:
    return {} if shape is not None and len(shape) == 1 else {"target": shape}


def _flatten(config: dict, shape: Shape | None) -> list[Step | None]:
    if shape is not None and len(shape) == 1:
        return []
    out = None if shape is None or None in shape else (math.prod(shape),)
    return [Step("flatten", out)]


def _reshape(config: dict, shape: Shape | None) -> list[Step | None]:
    target = config.get("target_shape")
    if target is None:
        target = list(config.get("newshape") or [])[1:]  # as an operation, with its batch axis
    target = list(target)
    if shape is not None and None not in shape and target.count(-1) == 1:
        known = -math.prod(target)
        target[target.index(-1)] = math.prod(shape) // known if known else -1
    out = tuple(target)
    if out == shape:
        return []
    return [Step("flatten" if len(out) == 1 else "reshape", out, _reshape_settings(out))]


def _dropout(config: dict, shape: Shape | None) -> list[Step | None]:
    shared = config.get("noise_shape")
    extras = () if shared is None else ("one decision for several values (noise_shape)",)
    return [Step("dropout", shape, {"rate": float(config["rate"])}, extras)]


def _zero_padding(config: dict, shape: Shape | None) -> list[Step | None]:
    padding = tuple(_pair(side) for side in _pair(config.get("padding", 1)))
    if config.get("data_format", "channels_last") != "channels_last":
        return [Step("ZeroPadding2D with channels first", None, _plain(config))]
    if padding == _NOWHERE:
        return []
    out = None
    if shape and len(shape) == 3 and None not in shape[:2]:
        sides = (side + sum(pad) for side, pad in zip(shape[:2], padding, strict=True))
        out = (*sides, shape[2])
    return [Step("padding", out, {"padding": padding})]


def _nothing_at(*settings: str, value: float = 0) -> Callable:
    """Return a maker for a layer that does nothing while `settings` have this value."""

    def make(config: dict, shape: Shape | None, name: str = "") -> list[Step | None]:
        if all(close(config.get(setting) or 0, value) for setting in settings):
            return []
        return [Step(name, shape, _plain(config))]

    return make


def _rescaling(config: dict, shape: Shape | None) -> list[Step | None]:
    scale, offset = config.get("scale", 1), config.get("offset", 0)
    if same(scale, 1) and same(offset, 0):
        return []
    return [Step("Rescaling", shape, {"scale": scale, "offset": offset})]


def _pair(value: Any) -> tuple:
    return tuple(value) if isinstance(value, list | tuple) else (value, value)


# --- activations ----------------------------------------------------------------------------


def _activation_steps(setting: Any, shape: Shape | None) -> list[Step]:
    """Return what an activation does, given as name, function or layer; none where nothing."""
    if isinstance(setting, dict) and isinstance(setting.get("config"), dict):
        make = _MAKERS.get(setting.get("class_name", ""))
        if make is None or not _is_of_keras(setting):
            return [_activation(str(setting.get("class_name")), shape)]
        return [step for step in make(setting["config"], shape) if step is not None]
    if isinstance(setting, dict):
        inner = setting.get("config")
        setting = inner if isinstance(inner, str) else setting.get("class_name", "a function")
    name = _OTHER_NAMES.get(str(setting), str(setting))
    return [] if name in ("linear", "None", "") else [_activation(name, shape)]


def _activation(name: str, shape: Shape | None) -> Step:
    return Step("activation", shape, {"name": name})


def _named(name: str) -> Callable[[dict, Shape | None], list[Step | None]]:
    return lambda config, shape: [_activation(name, shape)]


def _activation_layer(config: dict, shape: Shape | None) -> list[Step | None]:
    return list(_activation_steps(config.get("activation"), shape))


def _relu(config: dict, shape: Shape | None) -> list[Step | None]:
    ceiling, threshold = config.get("max_value"), config.get("threshold") or 0
    slope = config.get("negative_slope") or 0
    if ceiling is None and close(threshold, 0):
        if close(slope, 0):
            return [_activation("relu", shape)]
        return [_activation(f"leaky_relu({slope:g})", shape)]
    words = f"relu(max_value={ceiling}, threshold={threshold:g}, negative_slope={slope:g})"
    return [_activation(words, shape)]


def _leaky(config: dict, shape: Shape | None) -> list[Step | None]:
    slope = config.get("negative_slope", 0.3)
    return _relu({"negative_slope": slope}, shape)


def _softmax(config: dict, shape: Shape | None) -> list[Step | None]:
    axis = config.get("axis", -1)
    axis = axis[0] if isinstance(axis, list) and len(axis) == 1 else axis
    last = {-1} if shape is None else {-1, len(shape)}
    return [_activation("softmax" if axis in last else f"softmax(axis={axis})", shape)]


_MAKERS: dict[str, Callable[[dict, Shape | None], list[Step | None]]] = {
    "Dense": _dense,
    "Conv2D": _convolution,
    "MaxPooling2D": _pooling("max pooling"),
    "AveragePooling2D": _pooling("average pooling"),
    "Flatten": _flatten,
    "Reshape": _reshape,
    "Dropout": _dropout,
    "ZeroPadding2D": _zero_padding,
    "Rescaling": _rescaling,
    "InputLayer": lambda config, shape: [],
    "Identity": lambda config, shape: [],
    "Activation": _activation_layer,
    "ReLU": _relu,
    "Relu": _relu,
    "LeakyReLU": _leaky,
    "Softmax": _softmax,
    "Tanh": _named("tanh"),
    "Sigmoid": _named("sigmoid"),
    "GaussianNoise": functools.partial(_nothing_at("stddev"), name="GaussianNoise"),
    "GaussianDropout": functools.partial(_nothing_at("rate"), name="GaussianDropout"),
    "AlphaDropout": functools.partial(_nothing_at("rate"), name="AlphaDropout"),
    "SpatialDropout2D": functools.partial(_nothing_at("rate"), name="SpatialDropout2D"),
    "ActivityRegularization": functools.partial(
        _nothing_at("l1", "l2"), name="ActivityRegularization"
    ),
}

# --- one order ------------------------------------------------------------------------------


def _ordered(steps: list[Step]) -> list[Step]:
    """Return the steps without those that do nothing, what can be swapped in one order."""
    found = [step for step in steps if step.kind != "dropout" or not _does_nothing(step)]
    swapped = True
    while swapped:
        swapped = False
        for place in range(1, len(found)):
            before, step = found[place - 1], found[place]
            if _comes_first(step, before):
                shape = None if before.kind == "flatten" else step.shape
                earlier = found[place - 2].shape if place > 1 else shape
                found[place - 1 : place + 1] = [dataclasses.replace(step, shape=earlier), before]
                swapped = True
    merged: list[Step] = []
    for step in found:
        if not (merged and _adds_nothing(step, merged[-1])):
            _append(merged, step)
    return merged


def _does_nothing(step: Step) -> bool:
    return close(step.settings["rate"], 0)


def _comes_first(step: Step, before: Step) -> bool:
    """Tell whether a step could as well come before `before`, and by our order does."""
    name = step.settings.get("name", "")
    if step.kind == "activation" and not name.startswith("softmax"):
        if before.kind in ("flatten", "reshape"):
            return True
        if before.kind == "max pooling":
            return name in _RISING
        return before.kind == "dropout" and name == "relu"
    return step.kind == "dropout" and not step.extras and before.kind in ("flatten", "reshape")


def _adds_nothing(step: Step, before: Step) -> bool:
    if step.kind != "activation" or before.kind != "activation":
        return False
    return step.settings["name"] == "relu" and before.settings["name"] in _NOT_NEGATIVE
