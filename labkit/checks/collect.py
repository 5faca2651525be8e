"""Turn a student's objects into facts.

Each collector takes one object and returns a fact; an object of another kind becomes
`evidence.Other`, the placeholder ``...`` becomes `evidence.Placeholder`. Collectors never change
the object, never train, and keep at most some rows of a large array.
"""

import copy
import dataclasses
import hashlib
import json
import math
import numbers
import re
import sys
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from labkit.checks import evidence

Collector = Callable[[Any, int], Any]

# Arrays up to this many values are kept whole.
WHOLE = 100_000
ROWS = 64
MAX_TEXT = 2_000
MAX_PANELS = 100
MAX_IMAGE = 64
MAX_POINTS = 2_000


def collect(collector: Collector, answer: Any, seed: int = 0) -> Any:
    """Return the fact that `collector` makes of `answer`, or `Placeholder` for ``...``."""
    if answer is ...:
        return evidence.Placeholder()
    return collector(answer, seed)


def value(answer: Any, seed: int = 0) -> evidence.Value | evidence.Other:
    """Collect a number, string, truth value, or a list, tuple or dictionary of such."""
    try:
        return evidence.Value(_type_name(answer), _plain(answer))
    except TypeError:
        return evidence.Other(_type_name(answer))


def array(answer: Any, seed: int = 0) -> evidence.Array | evidence.Other:
    """Collect a numeric array, or anything that NumPy sees as one."""
    if isinstance(answer, str | bytes | dict | set) or callable(answer):
        return evidence.Other(_type_name(answer))
    try:
        values = np.asarray(answer)
    except (TypeError, ValueError) as error:
        return evidence.Other(_type_name(answer), str(error)[:MAX_TEXT])
    if values.dtype.kind not in "biuf":
        return evidence.Other(_type_name(answer), f"its dtype is {values.dtype}")
    return array_facts(_type_name(answer), values)


def model(answer: Any, seed: int = 0) -> evidence.Model | evidence.Other:
    """Collect a Keras network, `Sequential` or functional."""
    import keras

    if not isinstance(answer, keras.Model):
        return evidence.Other(_type_name(answer))
    try:
        config = _config(answer)
        layers = tuple(_layer(layer) for layer in answer.layers if not _is_input(layer))
    except (NotImplementedError, TypeError, ValueError) as error:
        return evidence.Other(_type_name(answer), str(error)[:MAX_TEXT])
    compiled = _compile_facts(answer)
    return evidence.Model(
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


def history(answer: Any, seed: int = 0) -> evidence.History | evidence.Other:
    """Collect what ``fit`` returned, or its ``history`` dictionary."""
    series = getattr(answer, "history", answer)
    if not isinstance(series, dict):
        return evidence.Other(_type_name(answer))
    try:
        plain = {str(name): [float(x) for x in values] for name, values in series.items()}
    except (TypeError, ValueError) as error:
        return evidence.Other(_type_name(answer), str(error)[:MAX_TEXT])
    settings = getattr(answer, "params", None)
    steps = settings.get("steps") if isinstance(settings, dict) else None
    return evidence.History(_type_name(answer), plain, steps if isinstance(steps, int) else 0)


def entry(key: Any) -> str:
    """Return a dictionary's key in words: ``"0.01, 32"`` for a pair."""
    parts = key if isinstance(key, tuple | list) else [key]
    return ", ".join(f"{part:g}" if isinstance(part, numbers.Real) else str(part) for part in parts)


def picture(answer: Any, seed: int = 0) -> evidence.Picture | evidence.Other:
    """Collect a Matplotlib figure, an Axes, or an array or list of Axes."""
    axes = _axes_of(answer)
    if axes is None:
        return evidence.Other(_type_name(answer))
    panels = tuple(_panel(ax) for ax in axes[:MAX_PANELS] if ax.get_visible() and ax.has_data())
    return evidence.Picture(_type_name(answer), panels)


@dataclasses.dataclass(frozen=True)
class Probing:
    """A collector: what the student's function returns on probes.

    Attributes
    ----------
    probes : callable
        From a seeded random generator to a list of argument tuples. Grading uses another seed
        in every run, so that no table of answers can stand in for the function.
    """

    probes: Callable[[np.random.Generator], Sequence[tuple]]

    def __call__(self, answer: Any, seed: int = 0) -> evidence.Calls | evidence.Other:
        return called(answer, self.arguments(seed), seed)

    def arguments(self, seed: int) -> list[tuple]:
        """Return the argument tuples that `seed` gives."""
        return list(self.probes(np.random.default_rng(seed)))


def calls(probes: Callable[[np.random.Generator], Sequence[tuple]]) -> Probing:
    """Return the collector that calls the student's function on `probes`."""
    return Probing(probes)


def called(
    answer: Any, arguments: Sequence[tuple], seed: int = 0
) -> evidence.Calls | evidence.Other:
    """Collect what a function returns on `arguments`, which `seed` gave."""
    if not callable(answer):
        return evidence.Other(_type_name(answer))
    calls = tuple(_call(answer, given) for given in arguments)
    return evidence.Calls(_type_name(answer), seed, digest(arguments), calls)


def digest(arguments: Any) -> str:
    """Return a text that is another one for other arguments, in every process the same.

    Raises
    ------
    TypeError
        If there is a part whose value cannot be told from its looks.
    """
    found = hashlib.sha256(type(arguments).__name__.encode())
    if isinstance(arguments, np.ndarray):
        found.update(f"{arguments.dtype.str} {arguments.shape}".encode())
        found.update(np.ascontiguousarray(arguments).tobytes())
    elif isinstance(arguments, np.random.Generator):
        found.update(repr(arguments.bit_generator.state).encode())
    elif isinstance(arguments, list | tuple):
        found.update(" ".join(map(digest, arguments)).encode())
    elif isinstance(arguments, bytes | str | int | float | np.number | None):
        found.update(repr(arguments).encode())
    else:
        raise TypeError(f"A probe holds a {_type_name(arguments)}, which has no digest.")
    return found.hexdigest()


def _call(function: Callable, arguments: tuple) -> evidence.Call:
    given = copy.deepcopy(arguments)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            returned = function(*given)
    except (Exception, SystemExit) as error:
        result = evidence.Raised(type(error).__name__, str(error)[:MAX_TEXT])
    else:
        result = _returned(returned)
    changed = any(
        isinstance(before, np.ndarray) and not np.array_equal(before, after, equal_nan=True)
        for before, after in zip(arguments, given, strict=True)
    )
    return evidence.Call(result, changed)


def _returned(returned: Any) -> Any:
    if returned is None or returned is ...:
        return evidence.Placeholder()
    if _is_network(returned):
        return model(returned)
    if isinstance(returned, np.ndarray) or hasattr(returned, "__array__"):
        return array(returned)
    return value(returned)


def _is_network(returned: Any) -> bool:
    # Whoever returns a network has imported Keras; most functions have no need of it.
    keras = sys.modules.get("keras")
    return keras is not None and isinstance(returned, keras.Model)


def _type_name(answer: Any) -> str:
    return type(answer).__name__


def _plain(answer: Any) -> Any:
    if answer is None or isinstance(answer, bool | np.bool_):
        return None if answer is None else bool(answer)
    if isinstance(answer, str):
        return str(answer)[:MAX_TEXT]
    if isinstance(answer, numbers.Integral):
        return int(answer)
    if isinstance(answer, numbers.Real):
        return float(answer)
    if isinstance(answer, np.dtype):
        return answer.name
    if isinstance(answer, type):
        return answer.__name__
    if isinstance(answer, dict):
        return {str(key): _plain(part) for key, part in answer.items()}
    if isinstance(answer, list | tuple | set | frozenset) and len(answer) <= WHOLE:
        parts = sorted(answer, key=repr) if isinstance(answer, set | frozenset) else answer
        return [_plain(part) for part in parts]
    if hasattr(answer, "__array__"):
        values = np.asarray(answer)
        if values.dtype.kind in "biufUO" and values.size <= WHOLE:
            return _plain(values.tolist())
    raise TypeError(f"a {_type_name(answer)} is no plain value")


def sampled_rows(shape: tuple[int, ...]) -> np.ndarray:
    """Return the indices of the rows that are kept of an array of `shape`."""
    if math.prod(shape) <= WHOLE or not shape:
        return np.arange(shape[0] if shape else 0)
    # The first and last rows are where mistakes at the edges show.
    count = min(ROWS, shape[0], max(1, WHOLE // max(1, math.prod(shape[1:]))))
    return np.unique(np.linspace(0, shape[0] - 1, count).astype(int))


def array_facts(type_name: str, values: np.ndarray) -> evidence.Array:
    """Return what is kept of the array `values` that a `type_name` holds."""
    rows = sampled_rows(values.shape)
    sample = values[rows] if values.ndim else values.copy()
    minimum, maximum, mean, std = _statistics(values)
    return evidence.Array(
        type=type_name,
        dtype=str(values.dtype),
        shape=tuple(int(n) for n in values.shape),
        minimum=minimum,
        maximum=maximum,
        mean=mean,
        std=std,
        rows=rows,
        sample=sample,
    )


def _statistics(values: np.ndarray) -> tuple[float, float, float, float]:
    if values.size == 0:
        return (math.nan,) * 4
    # Infinite values are a student's mistake to be judged, not a warning on stderr.
    with np.errstate(all="ignore"):
        return (
            float(values.min()),
            float(values.max()),
            float(values.mean(dtype=np.float64)),
            float(_std(values)),
        )


def _std(values: np.ndarray) -> float:
    """Return the standard deviation without a second array as large as `values`."""
    flat = values.reshape(-1)
    total = squares = 0.0
    for start in range(0, flat.size, 2**22):
        part = flat[start : start + 2**22].astype(np.float64)
        total += part.sum()
        squares += np.square(part).sum()
    mean = total / flat.size
    variance = squares / flat.size - mean**2
    return math.nan if math.isnan(variance) else math.sqrt(max(0.0, variance))


def _is_input(layer: Any) -> bool:
    return type(layer).__name__ == "InputLayer"


def _layer(layer: Any) -> evidence.Layer:
    config = json.loads(json.dumps(layer.get_config(), default=str))
    parameters = sum(math.prod(weight.shape) for weight in layer.weights)
    return evidence.Layer(type(layer).__name__, config, int(parameters))


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


def _axes_of(answer: Any) -> list[Any] | None:
    import matplotlib.axes
    import matplotlib.figure

    if isinstance(answer, matplotlib.figure.FigureBase):
        return list(answer.axes)
    if isinstance(answer, matplotlib.axes.Axes):
        return [answer]
    if isinstance(answer, np.ndarray | list | tuple):
        axes = list(np.array(answer, object).ravel())
        if axes and all(isinstance(ax, matplotlib.axes.Axes) for ax in axes):
            return axes
    return None


def _panel(ax: Any) -> evidence.Panel:
    legend = ax.get_legend()
    return evidence.Panel(
        title=_title(ax),
        xlabel=ax.get_xlabel()[:MAX_TEXT],
        ylabel=ax.get_ylabel()[:MAX_TEXT],
        image=_image(ax),
        lines=tuple(
            np.asarray(line.get_xydata(), float)[:MAX_POINTS] for line in ax.get_lines()[:20]
        ),
        labels=tuple(text.get_text()[:MAX_TEXT] for text in legend.get_texts()) if legend else (),
        texts=tuple(text.get_text()[:100] for text in ax.texts[:1_000]),
    )


def _title(ax: Any) -> str:
    titles = (ax.get_title(loc=where) for where in ("center", "left", "right"))
    return " ".join(title for title in titles if title)[:MAX_TEXT]


def _image(ax: Any) -> np.ndarray | None:
    """Return the values that the panel shows as a picture, first row at the top."""
    for artist in (*ax.images, *ax.collections):
        values = artist.get_array()
        if values is None:
            continue
        values = np.ma.getdata(values)
        if values.ndim != 2 or max(values.shape) > MAX_IMAGE or values.dtype.kind not in "biuf":
            continue
        low, high = ax.get_ylim()
        # imshow puts row 0 at the top and so has a falling y axis; so has seaborn's heatmap.
        return values.copy() if low > high else values[::-1].copy()
    return None
