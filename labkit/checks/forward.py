"""What a chain of steps puts out, computed from weights alone: a check builds no network."""

from collections.abc import Callable, Sequence

import numpy as np

from labkit.checks.canonical import Chain, Step


class NotComputable(ValueError):
    """A chain with a step that is not known here, or weights of other shapes; says which."""


def outputs(chain: Chain, weights: Sequence[np.ndarray], images: np.ndarray) -> np.ndarray:
    """Return what `chain` puts out for `images` with a network's weights.

    Parameters
    ----------
    chain : Chain
    weights : sequence of ndarray
        As ``get_weights`` returns them.
    images : ndarray, shape (n, *chain.input_shape)
        Scaled as the network's input.

    Returns
    -------
    ndarray of float64, shape (n, ...)

    Raises
    ------
    NotComputable
        If there is a step of another kind than those that the course teaches, or if the weights
        are not those of the chain.
    """
    for values in every_step(chain, weights, images):
        last = values
    return last


def every_step(chain: Chain, weights: Sequence[np.ndarray], images: np.ndarray):
    """Yield `images`, then what each step makes of them; parameters and errors as `outputs`."""
    left = list(weights)
    values = np.asarray(images, float)
    yield values
    for step in chain.steps:
        own = _own_weights(step, left)
        try:
            values = _STEPS[step.kind](step, values, *own)
        except NotComputable:
            raise
        except KeyError:
            raise NotComputable(f"it has a step of another kind: {step}") from None
        except ValueError as error:
            raise NotComputable(f"its weights do not fit the step {step}") from error
        yield values
    if left:
        raise NotComputable(f"it has {len(left)} arrays of weights too many")


def _own_weights(step: Step, left: list[np.ndarray]) -> list[np.ndarray]:
    if step.kind not in ("dense", "convolution"):
        return []
    count = 1 if "no bias" in step.extras else 2
    if len(left) < count:
        raise NotComputable(f"there are no weights for the step {step}")
    own, left[:count] = left[:count], []
    return [np.asarray(array, float) for array in own]


def _dense(step: Step, values: np.ndarray, kernel: np.ndarray, bias: float = 0.0) -> np.ndarray:
    return values @ kernel + bias


def _convolution(
    step: Step, values: np.ndarray, kernel: np.ndarray, bias: float = 0.0
) -> np.ndarray:
    settings = step.settings
    if settings["groups"] != 1:
        raise NotComputable("a convolution works in groups")
    values = np.pad(values, ((0, 0), *settings["padding"], (0, 0)))
    spread = settings["dilation"]
    reach = [(k - 1) * d + 1 for k, d in zip(kernel.shape[:2], spread, strict=True)]
    windows = np.lib.stride_tricks.sliding_window_view(values, reach, axis=(1, 2))
    rows, columns = settings["strides"]
    windows = windows[:, ::rows, ::columns, :, :: spread[0], :: spread[1]]
    return np.tensordot(windows, kernel, ((4, 5, 3), (0, 1, 2))) + bias


def _fields(step: Step, values: np.ndarray, filling: float) -> np.ndarray:
    settings = step.settings
    padded = np.pad(values, ((0, 0), *settings["padding"], (0, 0)), constant_values=filling)
    fields = np.lib.stride_tricks.sliding_window_view(padded, settings["size"], axis=(1, 2))
    rows, columns = settings["strides"]
    return fields[:, ::rows, ::columns]


def _max_pooling(step: Step, values: np.ndarray) -> np.ndarray:
    return _fields(step, values, -np.inf).max(axis=(-2, -1))


def _average_pooling(step: Step, values: np.ndarray) -> np.ndarray:
    return np.nanmean(_fields(step, values, np.nan), axis=(-2, -1))


def _softmax(values: np.ndarray) -> np.ndarray:
    powers = np.exp(values - values.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def _activation(step: Step, values: np.ndarray) -> np.ndarray:
    name = step.settings["name"]
    if name not in ACTIVATIONS:
        raise NotComputable(f"it has another activation: {name}")
    return ACTIVATIONS[name](values)


ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "relu": lambda values: np.maximum(values, 0),
    "tanh": np.tanh,
    "sigmoid": lambda values: 0.5 * (1 + np.tanh(0.5 * values)),
    "softmax": _softmax,
}

_STEPS: dict[str, Callable[..., np.ndarray]] = {
    "dense": _dense,
    "convolution": _convolution,
    "max pooling": _max_pooling,
    "average pooling": _average_pooling,
    "activation": _activation,
    "flatten": lambda step, values: values.reshape(len(values), -1),
    "reshape": lambda step, values: values.reshape(len(values), *step.settings["target"]),
    "padding": lambda step, values: np.pad(values, ((0, 0), *step.settings["padding"], (0, 0))),
    "dropout": lambda step, values: values,
}
