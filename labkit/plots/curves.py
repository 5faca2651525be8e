"""Loss and accuracy over the epochs."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from matplotlib import axes as mpl_axes
from matplotlib import pyplot as plt

from labkit.evidence import networks
from labkit.plots import alt_text, given, look


@look.drawn_in_our_look
def learning_curves(
    history: Any, *, title: str | None = None, mark_best: bool = True
) -> np.ndarray:
    """Draw loss and accuracy over the epochs, for training and for validation.

    Parameters
    ----------
    history : keras.callbacks.History or dict
        What ``model.fit`` returned, or its ``history`` attribute: lists of one number per epoch
        under ``loss`` and ``accuracy`` and, where there were validation data, ``val_loss`` and
        ``val_accuracy``. The accuracy may have another name; see `accuracy_name`.
    title : str, optional
        A title for both plots, for example the name of the network.
    mark_best : bool, default True
        Whether to mark the epoch of the lowest validation loss.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes, shape (2,)
        Loss and accuracy.

    Raises
    ------
    TypeError
        If the history is still the placeholder ``...`` or something else altogether.
    ValueError
        If curves are missing, empty or of different lengths.
    """
    curves = _curves(history)
    figure, grid = plt.subplots(1, 2, figsize=(10, 3.8))
    if title:
        figure.suptitle(title)
    best = _best_epoch(curves) if mark_best else None
    for axes, (name, lines) in zip(grid, curves.items(), strict=True):
        _draw_curves(axes, name, lines, best)
    alt_text.describe(figure, _curves_in_words(curves, best, title))
    return grid


_Curves = dict[str, dict[str, np.ndarray]]


def _curves(history: Any) -> _Curves:
    """Return {"loss": {"training": values, "validation": values}, "accuracy": ...}."""
    record = _record(history)
    if "loss" not in record:
        raise ValueError('history has no "loss": train the network with model.fit(...) first.')
    measure = accuracy_name(history)
    curves = {
        name: {
            part: _curve(record[key], key)
            for part, key in [("training", source), ("validation", f"val_{source}")]
            if key in record
        }
        for name, source in [("loss", "loss"), ("accuracy", measure)]
    }
    lengths = {len(values) for lines in curves.values() for values in lines.values()}
    if len(lengths) > 1 or 0 in lengths:
        raise ValueError(
            "Every curve in history needs one number per epoch, but their lengths are "
            f"{sorted(lengths)}."
        )
    return curves


def _record(history: Any) -> dict[str, Any]:
    given.filled_in(history, "history")
    record = getattr(history, "history", history)
    if not isinstance(record, dict):
        raise TypeError(
            "history must be what model.fit(...) returned, or its .history dictionary, not a "
            f"{type(history).__name__}."
        )
    return record


def accuracy_name(history: Any) -> str:
    """Return what a history calls the accuracy: ``"accuracy"``, unless `compile` says otherwise.

    Parameters
    ----------
    history : keras.callbacks.History or dict
        What ``model.fit`` returned, or its ``history`` attribute.

    Returns
    -------
    str
        A key of ``history.history``; behind ``val_`` also that of the validation accuracy.

    Raises
    ------
    TypeError, ValueError
        If that is no history, or if it holds no accuracy.
    """
    record = _record(history)
    known = networks.accuracy_name(history)
    if known in record:
        return known
    for key in ["accuracy", "acc", *sorted(record)]:
        if key in record and key.endswith(("accuracy", "acc")) and not key.startswith("val_"):
            return key
    raise ValueError(
        'history has no accuracy: compile the model with metrics=["accuracy"] and train it again. '
        f"It holds {', '.join(sorted(record))}."
    )


def _curve(values: Any, key: str) -> np.ndarray:
    array = np.asarray(given.filled_in(values, f'history["{key}"]'))
    if array.ndim != 1 or array.dtype.kind not in "iuf":
        raise ValueError(f'history["{key}"] must be a list of numbers, one for each epoch.')
    return array.astype(np.float64)


def _best_epoch(curves: _Curves) -> int | None:
    losses = curves["loss"].get("validation")
    if losses is None or np.isnan(losses).all():  # a loss becomes nan where training diverges
        return None
    return int(np.nanargmin(losses)) + 1


def _draw_curves(
    axes: mpl_axes.Axes, name: str, lines: dict[str, np.ndarray], best: int | None
) -> None:
    for part, values in lines.items():
        style = look.TRAINING if part == "training" else look.VALIDATION
        epochs = np.arange(1, len(values) + 1)
        axes.plot(
            epochs, values, label=part, markersize=5, markevery=max(1, len(values) // 12), **style
        )
    if best is not None:
        axes.axvline(best, color=look.GREY, linestyle=":", linewidth=1.5, zorder=0)
    if best is not None and "validation" in lines:
        axes.plot(
            best,
            lines["validation"][best - 1],
            color="black",
            linestyle=":",
            marker="*",
            markersize=12,
            zorder=5,
            label=f"lowest validation loss (epoch {best})",
        )
    count = len(lines["training"])
    axes.set_xticks(_epoch_ticks(count))
    axes.set_xlim(0.5 if count < 12 else 1 - 0.03 * count, count + max(0.5, 0.03 * count))
    axes.set_xlabel("epoch")
    axes.set_ylabel(name)
    axes.set_title(name.capitalize())
    axes.grid(color="#E5E5E5", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.legend(fontsize=9)


def _epoch_ticks(count: int) -> list[int]:
    step = next(step for step in _steps() if count / step <= 12)
    return sorted({1, *range(step, count + 1, step)})


def _steps() -> Iterator[int]:
    power = 1
    while True:
        yield from (power, 2 * power, 5 * power)
        power *= 10


def _curves_in_words(curves: _Curves, best: int | None, title: str | None) -> str:
    count = len(curves["loss"]["training"])
    words = [f"Learning curves{f' of {title}' if title else ''} over {look.count(count, 'epoch')}."]
    for name, lines in curves.items():
        ends = [f"{part} from {v[0]:.3g} to {v[-1]:.3g}" for part, v in lines.items()]
        words.append(f"{name.capitalize()}: {', '.join(ends)}.")
    if best is not None:
        lowest = curves["loss"]["validation"][best - 1]
        words.append(f"Lowest validation loss {lowest:.3g} at epoch {best}.")
    return " ".join(words)
