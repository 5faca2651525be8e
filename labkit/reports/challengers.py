"""How the answers to lab 6's challenge did, as ``benchmarks/challenge.py`` recorded them."""

import json
from collections.abc import Sequence
from typing import Any

from labkit.reports import comparison, recordings

RECORD = recordings.FOLDER / "challenge.json"
BASELINE = "R1-conv"


def read() -> dict[str, Any]:
    """Return what is recorded."""
    return json.loads(RECORD.read_text(encoding="utf-8"))


def leaderboard(runs: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a row for each network, the best first.

    Parameters
    ----------
    runs : sequence of dict
        The runs of all networks, each with its own seed; R1's ConvNet among them.

    Returns
    -------
    list of dict
        How many runs there were, the mean and the standard deviation of their accuracies on the
        test images, their mean seconds, and these as a share of R1-conv's.
    """
    names = dict.fromkeys(run["network"] for run in runs)
    of = {name: [run for run in runs if run["network"] == name] for name in names}
    whole = _mean(of[BASELINE], "seconds")
    rows = [_row(name, of[name], whole) for name in names]
    return sorted(rows, key=lambda row: -row["test accuracy"])


def _row(name: str, runs: Sequence[dict[str, Any]], whole: float) -> dict[str, Any]:
    accuracy = comparison.spread([run["test accuracy"] for run in runs])
    seconds = _mean(runs, "seconds")
    return {
        "network": name,
        "parameters": runs[0]["parameters"],
        "epochs": runs[0]["epochs"],
        "runs": accuracy.count,
        "test accuracy": round(accuracy.mean, 4),
        "spread": round(accuracy.deviation, 4),
        "seconds": round(seconds, 1),
        "CPU seconds": round(_mean(runs, "CPU seconds"), 1),
        "share of R1-conv's time": round(seconds / whole, 3),
    }


def _mean(runs: Sequence[dict[str, Any]], key: str) -> float:
    return comparison.spread([run[key] for run in runs]).mean
