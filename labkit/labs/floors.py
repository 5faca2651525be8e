"""The accuracy that a rightly trained network must reach, derived from stored runs.

A floor is the lower end of a one-sided prediction interval: of networks that are built and
trained as the lab asks, one in `ODDS` falls below it by bad luck. ``runs.json`` holds the runs,
made by ``tools/measure_floors.py``, and the floors that follow from them.
"""

import functools
import importlib.resources
import json
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from labkit.checks import criteria, structures
from labkit.checks.canonical import Chain
from labkit.checks.exercise import Criterion

ODDS = 1_000


def least(network: str, kind: str) -> float:
    """Return the share of the thinned test images on which `network` must be right.

    Parameters
    ----------
    network : str
        One that ``tools/measure_floors.py`` trains: ``"mlp"`` is lab 2's, ``"cnn"`` the smallest
        that lab 3 accepts, ``"digits"`` the smallest that lab 4's search may choose,
        ``"dropout"``, ``"plain"`` and ``"simple"`` are lab 5's, ``"convnet"`` is lab 6's.
    kind : {"real", "sample"}
        The data that it was trained and is tested on.
    """
    return _stored()["floors"][network][kind]


def learnt(
    name: str,
    network: str,
    layers: Callable[[Chain], Chain],
    points: float,
    title: str,
    next_step: str,
) -> tuple[Criterion, Criterion]:
    """Require that a network is as good as its training makes it, by its layers as defined.

    Parameters
    ----------
    name : str
        The student's variable.
    network : str
        Whose floor is meant, as in `least`.
    layers : callable
        From the network's chain to the one that it should be.
    points : float
        For having learnt; the layers give one more, once it has.
    title, next_step : str
    """
    has_learnt = criteria.floor(
        name, lambda answers: least(network, answers.data.kind), points, title, next_step
    )
    order = "fit() changes no layer. Run the cells that define, compile and fit it, in this order."
    return has_learnt, structures.as_defined(name, layers, 1, order, once=has_learnt)


def from_accuracies(accuracies: Sequence[float]) -> float:
    """Return the floor that follows from the test accuracies of several seeds.

    Parameters
    ----------
    accuracies : sequence of float
        At least three, in [0, 1].

    Returns
    -------
    float
        Rounded down to a half per cent.
    """
    import scipy.stats

    count = len(accuracies)
    if count < 3:
        raise ValueError(f"A floor needs the accuracies of at least 3 seeds, not {count}.")
    spread = np.std(accuracies, ddof=1) * math.sqrt(1 + 1 / count)
    width = scipy.stats.t.ppf(1 - 1 / ODDS, count - 1) * spread
    return math.floor((np.mean(accuracies) - width) * 200) / 200


@functools.cache
def _stored() -> dict[str, Any]:
    text = importlib.resources.files("labkit.labs").joinpath("runs.json").read_text("utf-8")
    return json.loads(text)
