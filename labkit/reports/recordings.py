"""The recorded trainings of the reports' networks, each in a JSON file of its own.

A lab shows the curves of a training that would take too long there::

    runs = recordings.recorded(recipes.RECIPES["R1-conv"])
    plots.learning_curves(runs[0]["curves"])
"""

import json
import pathlib
import statistics
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from labkit import files
from labkit.reports import recipes

FOLDER = pathlib.Path(__file__).resolve().parent / "recorded"

Run = dict[str, Any]
"""One recorded training, as it stands in its JSON file; `labkit.reports.train.train` makes them."""


class NotRealDataError(RuntimeError):
    """A run on something else than the real data was to enter the project's record."""


def path_of(network: str, seed: int, folder: pathlib.Path = FOLDER) -> pathlib.Path:
    """Return the file of the run of `network` with `seed`."""
    return folder / f"{network}-seed{seed}.json"


def store(run: Run, folder: pathlib.Path = FOLDER) -> pathlib.Path:
    """Write `run` to its file, whole or not at all.

    Raises
    ------
    NotRealDataError
        If `folder` is the project's record and the run is not one on the real data.
    """
    if folder == FOLDER and run["data"] != "real":
        raise NotRealDataError(f"A run on {run['data']} data is not recorded in {FOLDER.name}.")
    path = path_of(run["network"], run["seed"], folder)
    files.write_text(path, _to_json(run))
    return path


def recorded(recipe: recipes.Recipe, folder: pathlib.Path = FOLDER) -> list[Run]:
    """Return the runs of `recipe` that were recorded with its present settings, by seed."""
    paths = folder.glob(f"{recipe.network}-seed*.json")
    runs = [json.loads(path.read_text("utf-8")) for path in paths]
    valid = [run for run in runs if run["settings"] == recipe.settings]
    return sorted(valid, key=lambda run: run["seed"])


def fullest(
    recipe: recipes.Recipe, folder: pathlib.Path = FOLDER
) -> tuple[recipes.Recipe, list[Run]]:
    """Return the recipe in full with its runs where there are some, else `recipe` with its own."""
    full = recipes.IN_FULL.get(recipe.network)
    runs = recorded(full, folder) if full else []
    return (full, runs) if runs else (recipe, recorded(recipe, folder))


def missing(
    chosen: Iterable[recipes.Recipe], seeds: int, folder: pathlib.Path = FOLDER
) -> list[tuple[recipes.Recipe, int]]:
    """Return what is still to be trained: all networks with seed 1, then all with seed 2."""
    done = {(recipe, run["seed"]) for recipe in chosen for run in recorded(recipe, folder)}
    wanted = [(recipe, seed) for seed in range(1, seeds + 1) for recipe in chosen]
    return [pair for pair in wanted if pair not in done]


def _to_json(run: Run) -> str:
    """Return `run` as JSON with each entry, each curve and each matrix on one line."""
    lines = []
    for name, value in run.items():
        if isinstance(value, dict) and any(isinstance(part, list) for part in value.values()):
            parts = [f"  {json.dumps(key)}: {json.dumps(part)}" for key, part in value.items()]
            text = "{\n" + ",\n".join(parts) + "\n }"
        else:
            text = json.dumps(value)
        lines.append(f" {json.dumps(name)}: {text}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def accuracy(run: Run, *parts: str) -> float:
    """Return the share of the images of `parts` that lie on their confusion matrix's diagonal."""
    confusion = sum(np.array(run["confusion"][part]) for part in parts if part in run["confusion"])
    return float(np.trace(confusion) / confusion.sum())


MEASURES: dict[str, Callable[[Run], float]] = {
    "test accuracy": lambda run: accuracy(run, "test"),
    "test loss": lambda run: run["loss"]["test"],
    "train accuracy": lambda run: accuracy(run, "training", "validation"),
    "accuracy while training": lambda run: run["curves"]["accuracy"][-1],
    "best validation accuracy": lambda run: max(run["curves"]["val_accuracy"]),
    "best cross-validated accuracy": lambda run: max(map(statistics.fmean, run["accuracies"])),
}
"""What can be read off a run. The reports' train accuracy counts the part held out as well."""
