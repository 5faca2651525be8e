"""Turn what a search for the best setting has found into facts, and its picture."""

import math
from typing import Any

import numpy as np

from labkit.evidence import facts, values

MAX_ARTISTS = 20
MAX_PATHS = 100
MAX_VERTICES = 1_000


def shares(answer: Any, seed: int = 0) -> facts.Value | facts.Other:
    """Collect a dictionary of finite numbers."""
    if not isinstance(answer, dict):
        return facts.Other(type(answer).__name__)
    found = {values.entry(key): values.value(share) for key, share in answer.items()}
    for key, fact in found.items():
        if not _is_finite(fact):
            return facts.Other("dict", f"its entry for {key} is no number")
    return facts.Value("dict", {key: float(fact.value) for key, fact in found.items()})


def _is_finite(fact: Any) -> bool:
    plain = getattr(fact, "value", None)
    return isinstance(plain, int | float) and not isinstance(plain, bool) and math.isfinite(plain)


def grid_search(answer: Any, seed: int = 0) -> facts.Value | facts.Other:
    """Collect what a fitted ``GridSearchCV`` over alpha has found."""
    from sklearn import model_selection

    if not isinstance(answer, model_selection.GridSearchCV):
        return facts.Other(type(answer).__name__)
    found = getattr(answer, "cv_results_", None)
    plain = {
        "network": type(answer.estimator).__name__,
        "nodes": values.value(answer.estimator.get_params().get("hidden_layer_sizes")).value,
        "fitted": found is not None,
        "folds": int(getattr(answer, "n_splits_", 0)),
        "alphas": [],
        "scores": [],
    }
    if found is not None:
        plain["alphas"] = [float(setting.get("alpha", math.nan)) for setting in found["params"]]
        plain["scores"] = [float(score) for score in found["mean_test_score"]]
    return facts.Value("GridSearchCV", plain)


def error_bars(answer: Any, seed: int = 0) -> facts.Value | facts.Other:
    """Collect the lines and the vertical spans of one Axes."""
    import matplotlib.axes
    import matplotlib.collections
    import matplotlib.container
    import matplotlib.figure

    if isinstance(answer, matplotlib.container.ErrorbarContainer):
        answer = answer.lines[2][0].axes
    if isinstance(answer, matplotlib.figure.Figure) and len(answer.axes) == 1:
        answer = answer.axes[0]
    if not isinstance(answer, matplotlib.axes.Axes):
        return facts.Other(type(answer).__name__)
    lines = [np.asarray(line.get_xydata(), float) for line in answer.get_lines()[:MAX_ARTISTS]]
    drawn = (matplotlib.collections.LineCollection, matplotlib.collections.PolyCollection)
    spans = [
        np.asarray(path.vertices, float)[:MAX_VERTICES]
        for artist in answer.collections[:MAX_ARTISTS]
        if isinstance(artist, drawn)
        for path in artist.get_paths()[:MAX_PATHS]
    ]
    plain = {
        "xscale": answer.get_xscale(),
        "xlabel": answer.get_xlabel()[:200],
        "ylabel": answer.get_ylabel()[:200],
        "lines": [line.tolist() for line in lines if len(line) <= MAX_VERTICES],
        "spans": [span.tolist() for span in spans],
    }
    return facts.Value("Axes", plain)
