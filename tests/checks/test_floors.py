"""The floors follow from the stored runs, and a spread of luck does not fall below them."""

import json
import pathlib

import numpy as np
import pytest

from labkit.labs import floors

STORED = json.loads((pathlib.Path(floors.__file__).parent / "runs.json").read_text("utf-8"))


NETWORKS = ("mlp", "cnn", "digits", "dropout", "plain", "simple", "convnet")


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("kind", ["real", "sample"])
def test_floor_follows_from_the_stored_runs(network, kind):
    accuracies = [
        run["accuracy"]
        for run in STORED["runs"]
        if (run["network"], run["data"]) == (network, kind)
    ]
    assert len(accuracies) >= 5
    assert floors.least(network, kind) == floors.from_accuracies(accuracies)
    assert 0.5 < floors.least(network, kind) < min(accuracies)


def test_bad_luck_is_as_rare_as_promised():
    random = np.random.default_rng(0)
    below = 0
    for _ in range(4_000):
        accuracies = random.normal(0.87, 0.004, 6)
        below += accuracies[5] < floors.from_accuracies(accuracies[:5])
    assert below / 4_000 <= 2 / floors.ODDS


def test_too_few_runs_give_no_floor():
    with pytest.raises(ValueError, match="at least 3 seeds"):
        floors.from_accuracies([0.9, 0.9])
