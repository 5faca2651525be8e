"""Histories that are not quite what `fit` returned: parts of one, copies, and forged ones."""

import copy
import types
from collections.abc import Callable, Iterator
from typing import Any

from labkit.checks import histories
from labkit.evidence import fits
from tools.mutate.objects.mutant import Mutant

Curves = dict[str, list[float]]


def mutants(history: Any) -> Iterator[Mutant]:
    """Yield other things than the history, and histories with other curves."""
    import keras

    steps, model = history.params["steps"], history.model
    yield Mutant("its curves alone", dict(history.history))
    yield Mutant("its losses alone", list(history.history["loss"]))
    yield Mutant("its network", model)
    yield Mutant("its parameters", dict(history.params))
    yield Mutant("a history of nothing", keras.callbacks.History())
    yield Mutant("the like of a history", types.SimpleNamespace(**vars(history)))
    yield Mutant("put together of its curves", histories.history(history.history, steps, model))
    for words, change in _CHANGES.items():
        curves = {name: change(list(told)) for name, told in history.history.items()}
        if curves != history.history:
            yield Mutant(f"all curves {words}", _with(history, curves))
    for words, curves in _other_curves(dict(history.history)):
        if curves != history.history:
            yield Mutant(words, _with(history, curves))
    yield Mutant("no steps told of", _with(history, history.history, params={}))


_CHANGES: dict[str, Callable[[list[float]], list[float]]] = {
    "an epoch short": lambda told: told[:-1],
    "an epoch long": lambda told: [*told, told[-1]],
    "turned round": lambda told: told[::-1],
    "twice as high": lambda told: [2 * value for value in told],
    "in percent": lambda told: [100 * value for value in told],
    "0": lambda told: [0.0] * len(told),
    "made smooth": lambda told: [
        told[0] + (told[-1] - told[0]) * k / max(1, len(told) - 1) for k in range(len(told))
    ],
    "of one epoch": lambda told: told[-1:],
    "twice": lambda told: told * 2,
}


def _other_curves(curves: Curves) -> Iterator[tuple[str, Curves]]:
    for name in curves:
        yield f"without {name}", {key: told for key, told in curves.items() if key != name}
        for words, change in _CHANGES.items():
            if len(change(curves[name])) == len(curves[name]):
                yield f"{name} {words}", curves | {name: change(list(curves[name]))}
        yield f"{name} better by a tenth", curves | {name: [v * 0.9 for v in curves[name]]}
    for name in curves:
        watched = f"val_{name}"
        if watched in curves:
            swapped = {name: curves[watched], watched: curves[name]}
            yield f"{name} and {watched} swapped", curves | swapped
            yield f"{name} for {watched}", curves | {watched: curves[name]}


def _with(history: Any, curves: Curves, **more: Any) -> Any:
    """Return a copy of a history, notes and all, as if its curves had been written over."""
    made = copy.copy(history)
    made.history = {name: list(told) for name, told in curves.items()}
    for name, value in more.items():
        setattr(made, name, value)
    for fit in fits.of(history):
        fits.add(made, fit)
    fits.keep_curves(made, history.history)
    return made
