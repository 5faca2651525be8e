"""Train the networks of the five reports and set the results beside the reports' figures.

    python -m labkit.reproduce                  train what is missing, then print the table
    python -m labkit.reproduce --only R1-conv   this network alone
    python -m labkit.reproduce --seeds 5        five seeds each instead of three
    python -m labkit.reproduce --table          print the table of what is recorded
    python -m labkit.reproduce --markdown       the same as Markdown, for the README
    python -m labkit.reproduce --quick          try everything out: two epochs of 2,000 images

Every run is recorded as it ends, in a file of its own in labkit/recorded, and is not repeated; a
run that was interrupted starts again from its beginning. Only runs on the real data are recorded;
a quick trial is not. A figure is reached when the mean over at least three seeds is above it or
within two standard deviations of it, and beaten when the mean is above it.
"""

import argparse
import concurrent.futures
import dataclasses
import json
import math
import multiprocessing
import os
import pathlib
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from labkit import data, notebook, recipes

RECORDED = pathlib.Path(__file__).resolve().parent / "recorded"
SEEDS = 3
QUICK_IMAGES = 2_000
QUICK_EPOCHS = 2

# oneDNN's kernels train convolutions in about half the time; what they round differently is far
# below what another seed changes.
SETTINGS = notebook.QUIET | {"TF_ENABLE_ONEDNN_OPTS": "1"}

_NOT_REAL = """\
The table is about the real data, and only the drawn sample is at hand here. Name the folder of
the four Fashion-MNIST files in LABKIT_DATA, or go online once, or try --quick."""

Run = dict[str, Any]
"""One recorded training, as it stands in its JSON file."""


class NotRealDataError(RuntimeError):
    """The networks would be trained on something else than the real data."""


# --- Measures ------------------------------------------------------------------------------------


def _accuracy(run: Run, *parts: str) -> float:
    """Return the share of the images of `parts` that lie on their confusion matrix's diagonal."""
    confusion = sum(np.array(run["confusion"][part]) for part in parts if part in run["confusion"])
    return float(np.trace(confusion) / confusion.sum())


MEASURES: dict[str, Callable[[Run], float]] = {
    "test accuracy": lambda run: _accuracy(run, "test"),
    "test loss": lambda run: run["loss"]["test"],
    "train accuracy": lambda run: _accuracy(run, "training", "validation"),
    "accuracy while training": lambda run: run["curves"]["accuracy"][-1],
    "best validation accuracy": lambda run: max(run["curves"]["val_accuracy"]),
    "best cross-validated accuracy": lambda run: max(map(statistics.fmean, run["accuracies"])),
}
"""What can be read off a run. The reports' train accuracy counts the part held out as well."""


@dataclasses.dataclass(frozen=True)
class Spread:
    """Mean and standard deviation of a measure over `count` seeds."""

    mean: float
    deviation: float
    count: int

    def __str__(self) -> str:
        if self.count < 2:
            return f"{self.mean:.4f}"
        return f"{self.mean:.4f} ± {self.deviation:.4f}"


def spread(values: Sequence[float]) -> Spread:
    """Return mean and sample standard deviation; the latter is not a number for one value."""
    deviation = statistics.stdev(values) if len(values) > 1 else math.nan
    return Spread(statistics.fmean(values), deviation, len(values))


def verdict(ours: Spread, figure: float) -> str:
    """Tell whether a report's accuracy was beaten, reached or neither.

    Parameters
    ----------
    ours : Spread
        Our accuracy over the seeds.
    figure : float
        The report's.

    Returns
    -------
    str
        ``"beaten"``, ``"reached"``, ``"not reached"``, or with fewer than three seeds
        ``"1 of 3 seeds"``.
    """
    if ours.count < SEEDS:
        return f"{ours.count} of {SEEDS} seeds"
    if ours.mean > figure:
        return "beaten"
    return "reached" if ours.mean + 2 * ours.deviation >= figure else "not reached"


# --- Recorded runs -------------------------------------------------------------------------------


def path_of(network: str, seed: int, folder: pathlib.Path = RECORDED) -> pathlib.Path:
    """Return the file of the run of `network` with `seed`."""
    return folder / f"{network}-seed{seed}.json"


def store(run: Run, folder: pathlib.Path = RECORDED) -> pathlib.Path:
    """Write `run` to its file, whole or not at all.

    Raises
    ------
    NotRealDataError
        If `folder` is the project's record and the run is not one on the real data.
    """
    if folder == RECORDED and run["data"] != "real":
        raise NotRealDataError(f"A run on {run['data']} data is not recorded in {RECORDED.name}.")
    folder.mkdir(parents=True, exist_ok=True)
    path = path_of(run["network"], run["seed"], folder)
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        part.write_text(_to_json(run), "utf-8")
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return path


def recorded(recipe: recipes.Recipe, folder: pathlib.Path = RECORDED) -> list[Run]:
    """Return the runs of `recipe` that were recorded with its present settings, by seed."""
    paths = folder.glob(f"{recipe.network}-seed*.json")
    runs = [json.loads(path.read_text("utf-8")) for path in paths]
    valid = [run for run in runs if run["settings"] == recipe.settings]
    return sorted(valid, key=lambda run: run["seed"])


def missing(
    chosen: Iterable[recipes.Recipe], seeds: int, folder: pathlib.Path = RECORDED
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


# --- Training ------------------------------------------------------------------------------------


def train(recipe: recipes.Recipe, seed: int) -> Run:
    """Train a network once and return all that is worth knowing about it.

    Parameters
    ----------
    recipe : Recipe
        The network and how it is trained.
    seed : int
        Of the initial weights, the order of the images, dropout and folds.

    Returns
    -------
    dict
        What was trained, with its seconds of training and the peak of the process's memory in
        MiB. For a network: losses and confusion matrices (rows are the labels) on the training,
        validation and test images, and curves by epoch. For the grid: decays and accuracies by
        decay and fold.
    """
    import keras

    result = _train_grid(recipe, seed) if recipe.network == "R3-nnet" else _train(recipe, seed)
    return {
        "network": recipe.network,
        "seed": seed,
        "data": data.source().kind,
        "settings": recipe.settings,
        "memory_mib": _peak_memory(),
        "cores": os.cpu_count(),
        "keras": keras.__version__,
        **result,
    }


def _train(recipe: recipes.Recipe, seed: int) -> Run:
    import keras

    from labkit import networks

    keras.utils.set_random_seed(seed)
    model = networks.build(recipe.network)
    parts = split(recipe, model.input_shape[1:])
    start = time.monotonic()
    history = model.fit(
        *parts["training"],
        validation_data=parts.get("validation"),
        epochs=recipe.epochs,
        batch_size=recipe.batch_size,
        callbacks=_callbacks(recipe),
        verbose=0,
    )
    seconds = time.monotonic() - start
    judged = {part: _judge(model, *arrays) for part, arrays in parts.items()}
    return {
        "parameters": model.count_params(),
        "seconds": round(seconds, 1),
        "loss": {part: loss for part, (loss, _) in judged.items()},
        "curves": {
            name: [round(float(value), 5) for value in values]
            for name, values in history.history.items()
        },
        "confusion": {part: confusion for part, (_, confusion) in judged.items()},
    }


def _train_grid(recipe: recipes.Recipe, seed: int) -> Run:
    """Cross-validate the network for each weight decay; the test images stay out of it."""
    from labkit import grid

    images, labels = data.load_fashion_mnist()[0]
    found = grid.cross_validate(
        images[: recipe.images],
        labels[: recipe.images],
        epochs=recipe.epochs,
        batch_size=recipe.batch_size,
        seed=seed,
    )
    return {
        "parameters": found.parameters,
        "seconds": round(found.seconds, 1),
        "decays": [float(f"{decay:.6g}") for decay in found.decays],
        "accuracies": found.accuracies.round(5).tolist(),
    }


def split(
    recipe: recipes.Recipe, shape: tuple[int, ...]
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return the scaled images and the labels that `recipe` trains, validates and tests on.

    Parameters
    ----------
    recipe : Recipe
        Says what is held out.
    shape : tuple of int
        Of one image, (28, 28) or (28, 28, 1).

    Returns
    -------
    dict
        ``"training"``, ``"validation"`` (if any) and ``"test"``: float32 images in [0, 1] and
        uint8 labels. Where there are fewer images than the real data has, as in the drawn sample,
        the parts shrink in proportion.
    """
    (x_train, y_train), (x_test, y_test) = data.load_fashion_mnist()
    scale = len(x_train) / 60_000
    held_out = round(recipe.held_out * scale)
    rest = len(x_train) - held_out
    used = rest if recipe.images is None else min(rest, round(recipe.images * scale))
    first = held_out if recipe.held_out_first else 0
    training = slice(first, first + used)
    validation = slice(0, held_out) if recipe.held_out_first else slice(rest, None)

    def scaled(images: np.ndarray) -> np.ndarray:
        return (images.astype("float32") / 255).reshape(-1, *shape)

    parts = {"training": (scaled(x_train[training]), y_train[training])}
    if held_out:
        parts["validation"] = (scaled(x_train[validation]), y_train[validation])
    return parts | {"test": (scaled(x_test), y_test)}


def _callbacks(recipe: recipes.Recipe) -> list:
    import keras

    if recipe.patience is None:
        return []
    stop = keras.callbacks.EarlyStopping(patience=recipe.patience, restore_best_weights=True)
    return [stop]


def _judge(model: Any, images: np.ndarray, labels: np.ndarray) -> tuple[float, list[list[int]]]:
    """Return the model's mean cross-entropy and its confusion matrix."""
    probabilities = model.predict(images, batch_size=500, verbose=0)
    right = np.maximum(probabilities[np.arange(len(labels)), labels], 1e-7)
    confusion = np.zeros((10, 10), int)
    np.add.at(confusion, (labels, probabilities.argmax(axis=1)), 1)
    return round(float(-np.log(right).mean()), 5), confusion.tolist()


def _peak_memory() -> int | None:
    """Return this process's peak of memory in MiB; None on Windows, which does not tell."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (2**20 if sys.platform == "darwin" else 2**10))


def train_missing(
    chosen: Sequence[recipes.Recipe],
    seeds: int,
    folder: pathlib.Path = RECORDED,
    trainer: Callable[[recipes.Recipe, int], Run] = train,
) -> None:
    """Train what is not recorded in `folder` yet, and record each run as it ends.

    Parameters
    ----------
    chosen : sequence of Recipe
        The networks.
    seeds : int
        How many seeds, from 1 on.
    folder : pathlib.Path
        Where the runs are recorded.
    trainer : callable
        Trains one network with one seed; `train`, in a process of its own, so that the memory it
        reports is that of one run.
    """
    todo = missing(chosen, seeds, folder)
    for number, (recipe, seed) in enumerate(todo, 1):
        print(f"[{number}/{len(todo)}] {recipe.network}, seed {seed} …", flush=True)
        run = _apart(trainer, recipe, seed) if trainer is train else trainer(recipe, seed)
        store(run, folder)
        measure = _first_figure(recipe).measure
        print(
            f"    {measure} {MEASURES[measure](run):.4f} after {run['seconds']:.0f} s", flush=True
        )


def _apart(trainer: Callable[..., Run], *arguments: Any) -> Run:
    """Call `trainer` in a fresh process."""
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(trainer, *arguments).result()


# --- The table -----------------------------------------------------------------------------------

COLUMNS = (
    "network",
    "what it is",
    "figure in the report",
    "ours",
    "verdict",
    "seconds",
    "MiB",
    "further figures: the report's → ours",
    "note",
)


def row(recipe: recipes.Recipe, runs: Sequence[Run]) -> tuple[str, ...]:
    """Return the table's row for `recipe`, made from its recorded runs."""
    figure, further = _first_figure(recipe), recipe.figures[1:]
    reported = "none" if math.isnan(figure.value) else f"{figure.measure} {figure.value:.4f}"
    head = (recipe.network, recipe.title, reported)
    if not runs:
        return (*head, "not run", "–", "–", "–", "–", recipe.note)
    ours = spread([MEASURES[figure.measure](run) for run in runs])
    return (
        *head,
        str(ours),
        "–" if math.isnan(figure.value) else verdict(ours, figure.value),
        f"{statistics.fmean(run['seconds'] for run in runs):.0f}",
        str(max(run["memory_mib"] or 0 for run in runs) or "–"),
        "; ".join(_compared(other, runs) for other in further) or "–",
        recipe.note,
    )


def _first_figure(recipe: recipes.Recipe) -> recipes.Figure:
    """Return the figure to reach; where the report has none, the test accuracy is of interest."""
    return recipe.figures[0] if recipe.figures else recipes.Figure("test accuracy", math.nan)


def _compared(figure: recipes.Figure, runs: Sequence[Run]) -> str:
    ours = spread([MEASURES[figure.measure](run) for run in runs])
    return f"{figure.measure} {figure.value:.4f} → {ours}"


def rows(
    chosen: Iterable[recipes.Recipe], folder: pathlib.Path = RECORDED
) -> list[tuple[str, ...]]:
    """Return the rows of the table for `chosen`, by name."""
    return sorted(row(recipe, recorded(recipe, folder)) for recipe in chosen)


def as_markdown(cells: Iterable[Sequence[str]]) -> str:
    """Return the table as Markdown, ready for the README."""
    lines = [COLUMNS, ("---",) * len(COLUMNS), *cells]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def as_text(cells: Iterable[Sequence[str]]) -> str:
    """Return the table for a terminal: one line a network, what follows it indented below."""
    lines = [COLUMNS[:7], *(line[:7] for line in cells)]
    widths = [max(len(line[column]) for line in lines) for column in range(7)]
    below = [("", ""), *(line[7:] for line in cells)]
    text = []
    for line, more in zip(lines, below, strict=True):
        text.append("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)))
        text.extend(f"    {part}" for part in more if part not in ("", "–"))
    return "\n".join(line.rstrip() for line in text) + "\n"


# --- The command ---------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; see the module's docstring."""
    options = _parser().parse_args(arguments)
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    chosen = [recipes.RECIPES[name] for name in options.only or recipes.RECIPES]
    if options.quick:
        return _quick(chosen)
    if not (options.table or options.markdown):
        if data.source().kind != "real":
            print(_NOT_REAL, file=sys.stderr)
            return 2
        train_missing(chosen, options.seeds)
    print((as_markdown if options.markdown else as_text)(rows(chosen)), end="")
    return 0


def _quick(chosen: Iterable[recipes.Recipe]) -> int:
    """Train a little of everything, into a folder that is thrown away."""
    print(f"A quick trial on {data.source()}, not the reproduction.")
    little = [
        dataclasses.replace(recipe, epochs=QUICK_EPOCHS, images=QUICK_IMAGES) for recipe in chosen
    ]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        train_missing(little, 1, folder)
        print(as_text(rows(little, folder)), end="")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m labkit.reproduce",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--only",
        action="append",
        choices=recipes.RECIPES,
        metavar="ID",
        help=f"this network alone, can be repeated: {', '.join(recipes.RECIPES)}",
    )
    parser.add_argument(
        "--seeds", type=_at_least_one, default=SEEDS, help="how many seeds (default %(default)s)"
    )
    output = parser.add_mutually_exclusive_group()
    output.add_argument("--quick", action="store_true", help="a trial of minutes, not recorded")
    output.add_argument("--table", action="store_true", help="print the table, train nothing")
    output.add_argument("--markdown", action="store_true", help="the same as Markdown")
    return parser


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1 seed is needed")
    return number


if __name__ == "__main__":
    sys.exit(main())
