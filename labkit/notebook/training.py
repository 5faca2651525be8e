"""One line that moves below the cell while a network trains without a word (``verbose=0``).

The line is drawn by JupyterLab's part of labkit and is no output: nothing of it is stored. Where
there is no such page, as in tests and in grading, training is left as it is.
"""

from __future__ import annotations

import functools
import inspect
import time
from collections.abc import Callable, Mapping
from typing import Any

from labkit.notebook import kernel
from labkit.notebook.cells import cells

_SHOWN = ("loss", "val_loss")
_WORDS = {"loss": "loss", "val_loss": "validation loss"}


def show() -> None:
    """Let every silent ``fit`` of a Keras model in this process show its line."""
    import keras

    if not hasattr(keras.Model.fit, "shows_its_line"):
        keras.Model.fit = _with_line(keras.Model.fit)


def end() -> None:
    """Take the line off the page."""
    _send("")


def line(epoch: int, epochs: int, logs: Mapping[str, Any], seconds: float | None) -> str:
    """Return the line after so many epochs.

    Parameters
    ----------
    epoch, epochs : int
        How many are done, and how many there are.
    logs : dict of str to float
        What was measured in the last one.
    seconds : float or None
        What an epoch takes; None before the first has ended.
    """
    parts = [f"Training: {epoch} of {epochs} epochs"]
    parts += [f"{_WORDS[name]} {float(logs[name]):.3f}" for name in _SHOWN if name in logs]
    if seconds is not None and epoch < epochs:
        parts.append(f"about {_duration(seconds * (epochs - epoch))} to go")
    return ", ".join(parts)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} minutes"


def _with_line(fit: Callable[..., Any]) -> Callable[..., Any]:
    signature = inspect.signature(fit)

    @functools.wraps(fit)
    def showing(*args: Any, **kwargs: Any) -> Any:
        if cells.current is None or not kernel.page_comms:
            return fit(*args, **kwargs)
        try:
            given = signature.bind(*args, **kwargs)
        except TypeError:
            return fit(*args, **kwargs)  # it says itself what is wrong
        if given.arguments.get("verbose", "auto") not in (0, "0", False):
            return fit(*args, **kwargs)
        own = given.arguments.get("callbacks")
        if own is not None and not isinstance(own, list | tuple):
            own = [own]
        given.arguments["callbacks"] = [*(own or ()), _callback()]
        try:
            return fit(*given.args, **given.kwargs)
        finally:
            end()

    showing.shows_its_line = True
    return showing


def _callback() -> Any:
    import keras

    class Line(keras.callbacks.Callback):
        """Sends the line at the end of each epoch: a call for each batch would cost time."""

        def on_train_begin(self, logs: Any = None) -> None:
            self.began = time.monotonic()
            self.first: int | None = None
            _send(line(0, self.params.get("epochs", 0), {}, None))

        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            if self.first is None:
                self.first = epoch

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            done = epoch + 1 - (self.first or 0)
            mean = (time.monotonic() - self.began) / max(1, done)
            _send(line(epoch + 1, self.params.get("epochs", 0), logs or {}, mean))

    return Line()


def _send(text: str) -> None:
    if kernel.page_comms:
        kernel.page_comms[-1].send({"line": text, "cell": cells.current_id})
