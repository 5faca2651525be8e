"""Let `fit` note what it was given, so that a check can say what a network has learnt from."""

import contextlib
import dataclasses
import functools
import inspect
from typing import Any

from labkit.evidence import fits, networks


def note() -> None:
    """Mend `keras.Model.fit` in this process; a second call changes nothing."""
    import keras

    if hasattr(keras.Model.fit, "plain"):
        return
    plain = keras.Model.fit
    signature = inspect.signature(plain)

    @functools.wraps(plain)
    def fit(self: Any, *args: Any, **kwargs: Any) -> Any:
        noted = _noted(signature, self, args, kwargs)
        history = plain(self, *args, **kwargs)
        if noted is not None:
            fits.add(self, noted)
            fits.add(history, noted)
            with contextlib.suppress(Exception):  # a callback may have put anything among them
                fits.keep_curves(history)
        return history

    fit.plain = plain
    keras.Model.fit = fit
    fits.start_watching()


def _noted(signature: inspect.Signature, model: Any, args: tuple, kwargs: dict) -> Any:
    try:
        noted = fits.given(model, signature.bind(model, *args, **kwargs))
        return dataclasses.replace(noted, **networks.compiled_with(model))
    except Exception:
        return None  # a note is no reason for a training to fail; `fit` itself says what is wrong
