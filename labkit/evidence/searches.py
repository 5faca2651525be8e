"""Turn what a search for the best setting has found into facts, and its picture."""

import math
import sys
from typing import Any

import numpy as np

from labkit.evidence import facts, values

MAX_ARTISTS = 20
MAX_PATHS = 100
MAX_VERTICES = 1_000
_ROUNDED = 1e-9
_BATCH = 200  # what "auto" stands for, which is the default
# Told each for itself, or without any effect on what is learnt.
_OF_THEIR_OWN = ("alpha", "hidden_layer_sizes", "max_iter", "random_state", "verbose")


def shares(answer: Any, seed: int = 0) -> facts.Value | facts.Other:
    """Collect a dictionary of finite numbers."""
    if not isinstance(answer, dict):
        return facts.Other(type(answer).__name__)
    found = {values.entry(key): values.value(share) for key, share in answer.items()}
    for key, fact in found.items():
        if not _is_finite(fact):
            return facts.Other("dict", f"its entry for {key} is no number")
    return facts.Value("dict", {key: float(fact.value) for key, fact in found.items()})


def named_shares(answer: Any, seed: int = 0) -> facts.Value | facts.Other:
    """Collect finite numbers by their names: a dictionary, or a column of a table of pandas."""
    pandas = sys.modules.get("pandas")
    if pandas is None or not isinstance(answer, pandas.Series):
        return shares(answer)
    if not answer.index.is_unique:
        return facts.Other("Series", "two of its entries have the same name")
    return shares(answer.to_dict())


def _is_finite(fact: Any) -> bool:
    plain = getattr(fact, "value", None)
    return isinstance(plain, int | float) and not isinstance(plain, bool) and math.isfinite(plain)


def grid_search(answer: Any, seed: int = 0) -> facts.Value | facts.Other:
    """Collect what a fitted ``GridSearchCV`` over alpha has found."""
    from sklearn import model_selection

    if not isinstance(answer, model_selection.GridSearchCV):
        return facts.Other(type(answer).__name__)
    found = getattr(answer, "cv_results_", None)
    settings = answer.estimator.get_params() | _constant(answer.param_grid)
    plain = {
        "network": type(answer.estimator).__name__,
        "nodes": _plain(settings.get("hidden_layer_sizes")),
        "max_iter": _plain(settings.get("max_iter")),
        "random_state": _plain(settings.get("random_state")),
        "others": _others(answer.estimator, settings),
        "fitted": found is not None,
        "folds": int(getattr(answer, "n_splits_", 0)),
        "alphas": [],
        "scores": [],
        "weights": _weights(getattr(answer, "best_estimator_", None)),
        "images": _images(getattr(answer, "best_estimator_", None)),
        "alpha": _plain(getattr(getattr(answer, "best_estimator_", None), "alpha", None)),
    }
    if found is not None:
        try:
            plain["alphas"] = [float(setting.get("alpha", math.nan)) for setting in found["params"]]
            plain["scores"] = _scores(found, plain["folds"])
            _verify_choice(answer, plain["scores"])
        except Exception:
            return facts.Other("GridSearchCV", "its results are not those of a fit")
    return facts.Value("GridSearchCV", plain)


def _constant(grid: Any) -> dict[str, Any]:
    """Return what a grid holds a single value of: that is a setting of all its networks."""
    grids = [grid] if isinstance(grid, dict) else list(grid)
    if len(grids) != 1:
        return {}
    return {name: tried[0] for name, tried in grids[0].items() if len(tried) == 1}


def _others(network: Any, settings: dict[str, Any]) -> dict[str, Any]:
    """Return what else was set otherwise than it is by default, as far as it changes results."""
    usual = {name: _plain(value) for name, value in type(network)().get_params().items()}
    told = {name: _plain(value) for name, value in settings.items()}
    if told.get("batch_size") == _BATCH:
        told["batch_size"] = usual.get("batch_size")
    return {
        name: value
        for name, value in told.items()
        if name in usual and name not in _OF_THEIR_OWN and value != usual[name]
    }


def _images(network: Any) -> int:
    """Return how many images an ``MLPClassifier`` learnt from in each epoch; 0 where unknown."""
    seen, epochs = getattr(network, "t_", 0), getattr(network, "n_iter_", 0)
    return int(seen // epochs) if epochs else 0


def _plain(setting: Any) -> Any:
    fact = values.value(setting)
    return fact.value if isinstance(fact, facts.Value) else None


def _scores(found: Any, folds: int) -> list[float]:
    """Return the mean accuracies, which have to be the means over the folds."""
    means = np.asarray(found["mean_test_score"], float)
    each = [np.asarray(found[f"split{fold}_test_score"], float) for fold in range(folds)]
    if not each or not np.allclose(np.mean(each, axis=0), means):
        raise ValueError("the means are not those of the folds")
    return means.tolist()


def _verify_choice(search: Any, scores: list[float]) -> None:
    """Make sure that what a search calls its best, and its ranks, are those of its results."""
    ranks = search.cv_results_.get("rank_test_score")
    if ranks is not None:
        from_best = np.asarray(scores)[np.argsort(ranks, kind="stable")]
        if np.any(np.diff(from_best) > _ROUNDED):
            raise ValueError("the ranks are not those of the results")
    best = getattr(search, "best_score_", None)
    if best is None:  # a search that was told not to choose
        return
    told = best, scores[search.best_index_]
    if not np.allclose(told, max(scores), rtol=0, atol=_ROUNDED):
        raise ValueError("the best result is not the best of the results")


def _weights(network: Any) -> list:
    """Return weights and biases of an ``MLPClassifier``, layer by layer; empty where none."""
    try:
        pairs = zip(network.coefs_, network.intercepts_, strict=True)
        found = [np.asarray(part, float) for pair in pairs for part in pair]
        if sum(part.size for part in found) > values.WHOLE:
            return []
        return [part.round(6).tolist() for part in found]
    except Exception:
        return []  # no fitted network, whatever it is


def error_bars(answer: Any, seed: int = 0) -> facts.Value | facts.Other:
    """Collect the lines, the points that no line joins, and the vertical spans of one Axes."""
    import matplotlib.axes
    import matplotlib.collections
    import matplotlib.container
    import matplotlib.figure

    if isinstance(answer, matplotlib.container.ErrorbarContainer):
        line, caps, bars = answer.lines
        answer = next((one.axes for one in (line, *bars, *caps) if one is not None), None)
    if isinstance(answer, matplotlib.figure.Figure) and len(answer.axes) == 1:
        answer = answer.axes[0]
    if isinstance(answer, list | tuple | np.ndarray) and np.size(answer) == 1:
        answer = np.ravel(np.asarray(answer, object))[0]
    if not isinstance(answer, matplotlib.axes.Axes):
        return facts.Other(type(answer).__name__)
    if not answer.get_visible():
        return facts.Other(type(answer).__name__, "it is hidden")
    joined, apart = [], []
    for line in answer.get_lines()[:MAX_ARTISTS]:
        points = np.asarray(line.get_xydata(), float)
        if len(points) <= MAX_VERTICES:
            shown = _within(points, answer).tolist()
            (joined if _is_drawn_through(line) else apart).append(shown)
    drawn = (matplotlib.collections.LineCollection, matplotlib.collections.PolyCollection)
    spans = [
        _within(np.asarray(path.vertices, float)[:MAX_VERTICES], answer)
        for artist in answer.collections[:MAX_ARTISTS]
        if isinstance(artist, drawn)
        for path in artist.get_paths()[:MAX_PATHS]
    ]
    plain = {
        "xscale": answer.get_xscale(),
        "xlabel": answer.get_xlabel()[:200],
        "ylabel": answer.get_ylabel()[:200],
        "lines": joined,
        "points": apart,
        "spans": [span.tolist() for span in spans],
    }
    return facts.Value("Axes", plain)


def _within(points: np.ndarray, ax: Any) -> np.ndarray:
    """Return the points that lie between the limits of both axes."""
    shown = np.ones(len(points), bool)
    for place, limits in enumerate((ax.get_xlim(), ax.get_ylim())):
        low, high = sorted(limits)
        slack = 1e-6 * max(abs(low), abs(high))
        shown &= ~((points[:, place] < low - slack) | (points[:, place] > high + slack))
    return points[shown]


def _is_drawn_through(line: Any) -> bool:
    """Tell whether a line joins its points, and can be seen."""
    seen = line.get_visible() and line.get_alpha() != 0 and line.get_linewidth() > 0
    return bool(seen and line.get_linestyle() not in ("None", "none", " ", ""))
