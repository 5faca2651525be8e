"""Answers in other clothes: the same value as another kind of object.

`ways` says how an object may be dressed. Some of these clothes every check has to accept: whoever
wrote a right answer has no reason to know that there are others. Some are the student's choice and
a check's, too: it may refuse them with a sentence, but what it accepts the notebook has to use.
"""

import collections
import functools
import pathlib
import tempfile
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

Dress = Callable[[Any], Any]
# Whether a check has to accept it.
ALWAYS, EITHER = True, False


def ways(value: Any) -> Iterator[tuple[str, bool, Dress]]:
    """Yield how an answer may be dressed: the name, whether it is to be accepted, the dress."""
    import keras

    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf" and value.ndim:
        yield from _of_arrays(value)
    elif isinstance(value, bool | np.bool_ | str | int | float | np.number):
        yield from _of_plain_values(value)
    elif isinstance(value, dict):
        yield from _of_dictionaries(value)
    elif isinstance(value, list | tuple) and value and not hasattr(value[0], "figure"):
        yield from _of_sequences(value)
    elif isinstance(value, keras.Model):
        yield from _of_networks(value)
    elif callable(value) and not isinstance(value, type):
        yield from _of_functions(value)


def _of_arrays(value: np.ndarray) -> Iterator[tuple[str, bool, Dress]]:
    yield "in another order in memory", ALWAYS, lambda array: np.array(array, order="F")
    yield "read-only", ALWAYS, _read_only
    yield "not contiguous", ALWAYS, _with_gaps
    yield "turned round twice", ALWAYS, lambda array: array[::-1].copy()[::-1]
    if value.dtype.kind == "f":
        yield "float32", ALWAYS, lambda array: array.astype("float32")
        yield "float64", ALWAYS, lambda array: array.astype("float64")
    elif value.dtype.kind in "iu":
        yield "int64", EITHER, lambda array: array.astype("int64")
        yield "as floats", EITHER, lambda array: array.astype("float64")
    yield "a tensor", EITHER, _tensor
    if value.size <= 100_000:
        yield "a list", EITHER, lambda array: array.tolist()
        yield "a tuple", EITHER, lambda array: tuple(array.tolist())
    if value.ndim <= 2:
        yield "a table", EITHER, _table


def _of_plain_values(value: Any) -> Iterator[tuple[str, bool, Dress]]:
    if isinstance(value, str):
        yield "a text of NumPy's", ALWAYS, np.str_
        yield "with spaces around it", EITHER, lambda text: f" {text} "
        return
    if isinstance(value, bool | np.bool_):
        yield "a truth value of NumPy's", ALWAYS, np.bool_
        return
    yield "a float of NumPy's", ALWAYS, np.float64
    yield "a float", ALWAYS, float
    yield "an array without an axis", ALWAYS, np.array
    if float(value).is_integer():
        yield "a whole number of NumPy's", ALWAYS, np.int64
    else:
        yield "half as exact", ALWAYS, np.float32
    yield "a tensor", EITHER, _tensor


def _of_sequences(value: Any) -> Iterator[tuple[str, bool, Dress]]:
    yield "a tuple", ALWAYS, tuple
    yield "a list", ALWAYS, list
    if all(isinstance(part, str | int | float | np.number) for part in value):
        yield "an array", ALWAYS, np.array
        yield "a column of a table", ALWAYS, _table


def _of_dictionaries(value: dict) -> Iterator[tuple[str, bool, Dress]]:
    yield "a dictionary that keeps its order", ALWAYS, collections.OrderedDict
    yield "a dictionary that counts", ALWAYS, lambda found: collections.defaultdict(float, found)
    if all(isinstance(part, int | float | np.number) for part in value.values()):
        yield "with numbers of NumPy's", ALWAYS, lambda f: {k: np.float64(v) for k, v in f.items()}
        yield "with keys of NumPy's", ALWAYS, lambda f: {_key(k): v for k, v in f.items()}
        yield "a column of a table", EITHER, _table


def _of_networks(value: Any) -> Iterator[tuple[str, bool, Dress]]:
    if not value.compiled:  # a copy would have learnt nothing
        yield "layers called anew", ALWAYS, _called_anew
        yield "as a block", ALWAYS, _as_a_block
        yield "saved and loaded", ALWAYS, _saved
        yield "built anew of its settings", ALWAYS, lambda m: type(m).from_config(m.get_config())


def _of_functions(value: Callable) -> Iterator[tuple[str, bool, Dress]]:
    yield "by lambda", ALWAYS, lambda f: lambda *args, **named: f(*args, **named)
    yield "with a part filled in", ALWAYS, functools.partial
    yield "a method", ALWAYS, lambda f: _Holder(f).do
    yield "an object that can be called", ALWAYS, _Holder
    yield "that returns what is read-only", ALWAYS, lambda f: _then(f, _read_only)
    yield "that returns what has gaps", ALWAYS, lambda f: _then(f, _with_gaps)
    yield "that returns lists", EITHER, lambda f: _then(f, lambda array: array.tolist())
    yield "that returns tensors", EITHER, lambda f: _then(f, _tensor)


class _Holder:
    def __init__(self, function: Callable) -> None:
        self.function = function

    def do(self, *args: Any, **named: Any) -> Any:
        return self.function(*args, **named)

    __call__ = do


def _then(function: Callable, dress: Dress) -> Callable:
    """Return the function that dresses what `function` returns, if that is an array."""

    def both(*args: Any, **named: Any) -> Any:
        made = function(*args, **named)
        return dress(made) if isinstance(made, np.ndarray) and made.ndim else made

    return both


def _read_only(array: np.ndarray) -> np.ndarray:
    array = array.copy()
    array.flags.writeable = False
    return array


def _with_gaps(array: np.ndarray) -> np.ndarray:
    return np.repeat(array, 2, axis=-1)[..., ::2]


def _tensor(value: Any) -> Any:
    import tensorflow as tf

    return tf.constant(value)


def _table(value: Any) -> Any:
    import pandas as pd

    if isinstance(value, np.ndarray) and value.ndim == 2:
        return pd.DataFrame(value)
    return pd.Series(value)


def _key(key: Any) -> Any:
    if isinstance(key, tuple):
        return tuple(map(_key, key))
    return {int: np.int64, float: np.float64, str: str}[type(key)](key)


def _called_anew(model: Any) -> Any:
    import keras

    inputs = x = keras.Input(model.input_shape[1:])
    for layer in model.layers:
        x = layer(x)
    return keras.Model(inputs, x)


def _as_a_block(model: Any) -> Any:
    import keras

    return keras.Sequential([keras.Input(model.input_shape[1:]), model])


def _saved(model: Any) -> Any:
    import keras

    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "network.keras")
        model.save(file)
        return keras.models.load_model(file)
