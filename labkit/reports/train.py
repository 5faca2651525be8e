"""Train the networks of the five reports and set the results beside the reports' figures.

    python -m labkit.reports.train                  train what is missing, then print the table
    python -m labkit.reports.train --only R1-conv   this network alone
    python -m labkit.reports.train --only R2-conv-full --seeds 1    as the report does: hours
    python -m labkit.reports.train --seeds 5        five seeds each instead of three
    python -m labkit.reports.train --table          print the table of what is recorded
    python -m labkit.reports.train --markdown       the same as Markdown, for the README
    python -m labkit.reports.train --quick          try everything out: two epochs of 2,000 images

Every run is recorded as it ends, in a file of its own in reports/recorded, and is not repeated; a
run that was interrupted goes on after its last finished epoch, and its record says so. Only runs on
the real data are recorded; a quick trial is not. A figure is reached when the mean over at least
three seeds is above it or within two standard deviations of it, and beaten when the mean is above
it.
"""

import argparse
import concurrent.futures
import dataclasses
import json
import multiprocessing
import os
import pathlib
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from labkit import data, files
from labkit.data import cache
from labkit.notebook import feeding, setup
from labkit.reports import comparison, recipes, recordings

QUICK_IMAGES = 2_000
QUICK_EPOCHS = 2

_BY_NAME = recipes.RECIPES | {recipe.network: recipe for recipe in recipes.IN_FULL.values()}

_NOT_REAL = """\
The table is about the real data, and only the drawn sample is at hand here. Name the folder of
the four Fashion-MNIST files in LABKIT_DATA, or go online once, or try --quick."""


def train(recipe: recipes.Recipe, seed: int) -> recordings.Run:
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
        What was trained, with its seconds of training, those of all processor cores together, and
        the peak of the process's memory in MiB. For a network: losses and confusion matrices (rows
        are the labels) on the training, validation and test images, and curves by epoch. For the
        grid: decays and accuracies by decay and fold.
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


def _train(recipe: recipes.Recipe, seed: int) -> recordings.Run:
    import keras

    from labkit.reports import going_on, networks

    feeding.mend()
    keras.utils.set_random_seed(seed)
    model = networks.build(recipe.network)
    parts = split(recipe, model.input_shape[1:])
    x, y = parts["training"]
    settings = {"epochs": recipe.epochs, "batch_size": recipe.batch_size, "verbose": 0}
    settings |= {"x": x, "y": y, "validation_data": parts.get("validation")}
    folder = _unfinished(recipe, seed)
    if recipe.patience is not None:  # what early stopping had seen is not kept
        shutil.rmtree(folder, ignore_errors=True)
    trained = going_on.fit(model, folder, seed, callbacks=_stopping(recipe), **settings)
    judged = {part: _judge(model, *arrays) for part, arrays in parts.items()}
    return {
        "parameters": model.count_params(),
        **trained,
        "loss": {part: loss for part, (loss, _) in judged.items()},
        "confusion": {part: confusion for part, (_, confusion) in judged.items()},
    }


def _train_grid(recipe: recipes.Recipe, seed: int) -> recordings.Run:
    """Cross-validate the network for each weight decay; the test images stay out of it."""
    from labkit.reports import grid

    images, labels = data.load_fashion_mnist()[0]
    start = time.process_time()
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
        "processor_seconds": round(time.process_time() - start, 1),
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


def _stopping(recipe: recipes.Recipe) -> tuple[Any, ...]:
    import keras

    if recipe.patience is None:
        return ()
    return (keras.callbacks.EarlyStopping(patience=recipe.patience, restore_best_weights=True),)


def _unfinished(recipe: recipes.Recipe, seed: int) -> pathlib.Path:
    """Return the folder of a training's state, another one for other settings or data."""
    asked = json.dumps([recipe.settings, data.source().kind], sort_keys=True)
    name = f"{recipe.network}-seed{seed}-{files.fingerprint(asked)[:12]}"
    return cache.root() / "unfinished" / name


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
    folder: pathlib.Path = recordings.FOLDER,
    trainer: Callable[[recipes.Recipe, int], recordings.Run] = train,
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
    todo = recordings.missing(chosen, seeds, folder)
    for number, (recipe, seed) in enumerate(todo, 1):
        print(f"[{number}/{len(todo)}] {recipe.network}, seed {seed} …", flush=True)
        run = _apart(trainer, recipe, seed) if trainer is train else trainer(recipe, seed)
        recordings.store(run, folder)
        measure = comparison.first_figure(recipe).measure
        print(
            f"    {measure} {recordings.MEASURES[measure](run):.4f} after {run['seconds']:.0f} s",
            flush=True,
        )


def _apart(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call `function` in a fresh process, which ends when this one does."""
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(
        1, mp_context=context, initializer=_end_with_parent
    ) as pool:
        return pool.submit(function, *arguments).result()


def _end_with_parent() -> None:
    """Watch the process that started this one: no training is to go on for nobody.

    A killed parent cannot stop its child, so the child has to look.
    """
    parent = multiprocessing.parent_process()

    def wait() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; see the module's docstring."""
    options = _parser().parse_args(arguments)
    os.environ.update(setup.TENSORFLOW | os.environ)
    chosen = [_BY_NAME[name] for name in options.only or recipes.RECIPES]
    if options.quick:
        return _quick(chosen)
    if not (options.table or options.markdown):
        if data.source().kind != "real":
            print(_NOT_REAL, file=sys.stderr)
            return 2
        train_missing(chosen, options.seeds)
    print(
        (comparison.as_markdown if options.markdown else comparison.as_text)(
            comparison.rows(chosen)
        ),
        end="",
    )
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
        print(comparison.as_text(comparison.rows(little, folder)), end="")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m labkit.reports.train",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--only",
        action="append",
        choices=_BY_NAME,
        metavar="ID",
        help=f"this network alone, can be repeated: {', '.join(_BY_NAME)}",
    )
    parser.add_argument(
        "--seeds",
        type=_at_least_one,
        default=comparison.SEEDS,
        help="how many seeds (default %(default)s)",
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
