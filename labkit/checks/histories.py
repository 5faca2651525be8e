"""Histories as `fit` returns them, put together without a training: for the answers of labs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras


def history(
    curves: dict[str, list[float]], steps: int = 100, model: keras.Model | None = None
) -> keras.callbacks.History:
    """Return a history that holds `curves`, made in `steps` updates an epoch."""
    import keras

    made = keras.callbacks.History()
    made.history = dict(curves)
    made.params = {"epochs": len(next(iter(curves.values()), [])), "steps": steps, "verbose": 0}
    if model is not None:
        made.set_model(model)
    return made


def changed(
    record: keras.callbacks.History, curves: dict[str, list[float]]
) -> keras.callbacks.History:
    """Return a history like `record` with other curves."""
    return history(curves, record.params["steps"])
