"""The layers of a network in the order in which images pass them, its blocks unfolded."""

from collections.abc import Iterator
from typing import Any

Shape = tuple[int | None, ...]

_MODELS = {"Sequential", "Functional", "Model"}


class NoChain(ValueError):
    """A network whose layers do not follow one another."""


def unfolded(
    model: dict, training: bool | None, again: bool = False
) -> tuple[Shape | None, list[dict]]:
    """Return the input shape and the layers of a network, those of its blocks among them.

    A layer through which the images have passed before, with the same weights, is `again`.
    """
    if model["class_name"] == "Sequential":
        shape, layers = _sequence(model)
    else:
        shape, layers = _path(model)
    found: list[dict] = []
    passed: set[str] = set()
    for layer, told in layers:
        told = training if told is None else told
        name = (layer["config"] or {}).get("name") or layer.get("name") or ""
        layer |= {"again": again or name in passed}
        passed |= {name} - {""}
        if layer["class_name"] in _MODELS:
            found += unfolded(layer, told, layer["again"])[1]
        else:
            found.append(layer | {"training": told})
    return shape, found


def _sequence(model: dict) -> tuple[Shape | None, list[tuple[dict, None]]]:
    layers = model["config"]["layers"]
    shape = next(
        (_input_shape(part) for part in layers if part["class_name"] == "InputLayer"), None
    )
    if shape is None:
        told = model["config"].get("build_input_shape") or model.get("build_config", {}).get(
            "input_shape"
        )
        shape = without_batch(told)
    return shape, [(part, None) for part in layers if part["class_name"] != "InputLayer"]


def _path(model: dict) -> tuple[Shape | None, list[tuple[dict, bool | None]]]:
    """Return a functional network's layers from its input to its output."""
    by_name = {layer["name"]: layer for layer in model["config"]["layers"]}
    name, node, _ = _only(model["config"]["output_layers"])
    found: list[tuple[dict, bool | None]] = []
    while by_name[name]["class_name"] != "InputLayer":
        layer = by_name[name]
        call = layer["inbound_nodes"][node]
        found.append((layer | {"values": _values(call)}, _training(call)))
        sources = list(_tensors(call))
        if len(sources) != 1:
            raise NoChain("its layers do not follow one another in a single line")
        name, node, _ = sources[0]
        if len(found) > 1_000:
            raise NoChain("it has more layers than can be followed")
    return _input_shape(by_name[name]), found[::-1]


def _only(outputs: list) -> list:
    if outputs and isinstance(outputs[0], str):
        return outputs
    if len(outputs) == 1:
        return outputs[0]
    raise NoChain(f"it has {len(outputs)} outputs")


def _tensors(part: Any) -> Iterator[list]:
    if isinstance(part, dict) and part.get("class_name") == "__keras_tensor__":
        yield part["config"]["keras_history"]
    elif isinstance(part, dict):
        for inner in part.values():
            yield from _tensors(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _tensors(inner)


def _values(call: dict) -> list:
    """Return what a layer was called with besides tensors."""
    given = [part for part in call["args"] if not list(_tensors(part))]
    return [part for part in given if part is not None]


def _training(call: dict) -> bool | None:
    told = call.get("kwargs", {}).get("training")
    return told if isinstance(told, bool) else None


def _input_shape(layer: dict) -> Shape | None:
    config = layer["config"]
    return without_batch(config.get("batch_shape") or config.get("batch_input_shape"))


def without_batch(shape: Any) -> Shape | None:
    return tuple(shape[1:]) if isinstance(shape, list | tuple) and shape else None
