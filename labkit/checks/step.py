"""One step of a network in canonical form."""

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

from labkit.checks.unfolding import Shape


@dataclasses.dataclass(frozen=True)
class Step:
    """One step of a network.

    Attributes
    ----------
    kind : str
        ``"dense"``, ``"convolution"``, ``"max pooling"``, ``"average pooling"``, ``"flatten"``,
        ``"activation"``, ``"dropout"``, ``"padding"``; Keras's name of the layer for any other.
    shape : tuple of int or None
        What it puts out for one image; None where that is not known.
    settings : dict
        What the step does, in plain values: ``units``, ``filters``, ``kernel``, ``strides``,
        ``padding``, ``size``, ``rate``, ``name`` (of an activation).
    extras : tuple of str
        What it has beyond that, in words: ``"no bias"``, ``"a regularizer on its kernel"``.
    initializer : str
        What its weights start from, in snake case.
    penalties : dict of str to (float, float)
        L1 and L2 factor of what ``"kernel"``, ``"bias"`` and ``"activity"`` add to the loss, where
        it is not 0; NaN for another kind of regularizer.
    """

    kind: str
    shape: Shape | None = None
    settings: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    extras: tuple[str, ...] = ()
    initializer: str = ""
    penalties: Mapping[str, tuple[float, float]] = dataclasses.field(default_factory=dict)

    def __str__(self) -> str:
        return _in_words(self)

    def does(self, other: "Step") -> bool:
        """Tell whether this step does what `other` does; floats need not agree to the last bit."""
        return self.kind == other.kind and same(dict(self.settings), dict(other.settings))


def same(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return close(one, other)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return one == other


def close(one: Any, other: float) -> bool:
    return isinstance(one, int | float) and math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-9)


def _in_words(step: Step) -> str:
    settings = step.settings
    if step.kind == "activation":
        return settings["name"]
    if step.kind == "dense":
        return f"dense {settings['units']}"
    if step.kind == "convolution":
        size = "×".join(map(str, settings["kernel"]))
        return f"convolution {settings['filters']} of {size}"
    if step.kind == "dropout":
        return f"dropout {settings['rate']:.4g}"
    if "pooling" in step.kind and "size" in settings:
        return f"{step.kind} {'×'.join(map(str, settings['size']))}"
    return step.kind
