"""Find the accuracies of the whole weight-decay grid, which lab 4 shows, beside scikit-learn's.

Run from the project's folder, with the real data at hand::

    LABKIT_DATA=<folder> python -m benchmarks.grid_accuracies [--record]
    LABKIT_DATA=<folder> python -m benchmarks.grid_accuracies --products

The grid has the fourteen decays 0 and 10^-3 … 10^0 (a quarter decade apart) and five folds, on all
60,000 training images. Each way runs in a process of its own, whose peak memory is the operating
system's figure. That both find the same is seen at one decay and one constant learning rate, over
several seeds: at such a rate the last minibatches move a network's accuracy, and side by side they
move all folds together. With ``--record`` the results are stored in
``labkit/reports/recorded/tuning-grid.json``, and lab 4's solution has to be run anew. How long both
ways take is measured by `benchmarks.tuning_grid`. With ``--products`` the whole grid is searched
with products of float32 and of bfloat16, over three seeds, and their accuracies are compared.
"""

import argparse
import json
import os
import resource
import sys
import time
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks import processes
from labkit import data
from labkit.reports import grid

DECAYS = np.concatenate([[0.0], grid.DECAYS])
FOLDS = 5
EPOCHS = 6
# The wide way lets its rate fall to 0. scikit-learn keeps it constant, at half of the first.
FIRST_RATE, CONSTANT_RATE = 0.002, 0.001
BATCH_SIZE = 200
SEED = 1
# Where both ways are compared: at one decay, each seed with its own folds.
COMPARED_DECAY = 0.1
COMPARED_SEEDS = range(1, 6)
# One by one, so many folds of each seed are fitted and timed.
TIMED_FOLDS = 2
PRODUCT_SEEDS = range(1, 4)
PATH = grid.RECORD


def wide() -> dict[str, Any]:
    """Search all decays at once; then one of them again at the plain way's constant rate."""
    (images, labels), _ = data.load_fashion_mnist()
    settings = {"epochs": EPOCHS, "batch_size": BATCH_SIZE, "seed": SEED}
    shown = sys.stderr.isatty()
    start = time.perf_counter()
    found = grid.cross_validate(
        images, labels, DECAYS, FOLDS, learning_rate=FIRST_RATE, progress=shown, **settings
    )
    seconds = time.perf_counter() - start
    peak = _peak_gb()
    return {
        "decays": found.decays.tolist(),
        "accuracies": found.accuracies.round(6).tolist(),
        "compared": _at_constant_rate(images, labels),
        "parameters": found.parameters,
        "epochs": EPOCHS,
        "seconds": round(seconds, 1),
        "peak_gb": peak,
    }


def _at_constant_rate(images: np.ndarray, labels: np.ndarray) -> list[float]:
    """Return each seed's mean accuracy over the folds, in the plain way's settings."""
    settings = {"epochs": EPOCHS, "batch_size": BATCH_SIZE, "learning_rate": CONSTANT_RATE}
    found = [
        grid.cross_validate(
            images, labels, [COMPARED_DECAY], FOLDS, anneal=False, seed=seed, **settings
        )
        for seed in COMPARED_SEEDS
    ]
    return [round(float(one.accuracies.mean()), 6) for one in found]


def plain() -> dict[str, Any]:
    """Train some of the networks one after the other, and scale the time to all of them."""
    from sklearn import exceptions

    warnings.simplefilter("ignore", exceptions.ConvergenceWarning)  # the epochs are set
    (images, labels), _ = data.load_fashion_mnist()
    pixels = images.reshape(len(images), -1).astype(np.float32) / np.float32(255)
    accuracies, seconds = [], []
    for seed in COMPARED_SEEDS:
        search = grid.plain_search(
            [COMPARED_DECAY],
            FOLDS,
            images=len(images),
            epochs=EPOCHS,
            batch_size=BATCH_SIZE,
            learning_rate=CONSTANT_RATE,
            seed=seed,
        )
        network = search.estimator.set_params(alpha=search.param_grid["alpha"][0])
        scores = []
        for train, held_out in list(search.cv.split(pixels, labels))[:TIMED_FOLDS]:
            start = time.perf_counter()
            network.fit(pixels[train], labels[train])
            scores.append(network.score(pixels[held_out], labels[held_out]))
            seconds.append(time.perf_counter() - start)
        accuracies.append(round(float(np.mean(scores)), 6))
    per_fit = float(np.median(seconds))
    return {
        "compared": accuracies,
        "timed_fits": len(seconds),
        "seconds_per_fit": round(per_fit, 2),
        "scaled_seconds": round(per_fit * len(DECAYS) * FOLDS, 1),
        "peak_gb": _peak_gb(),
    }


def report(wide: dict[str, Any], plain: dict[str, Any]) -> str:
    """Return the comparison as text."""
    accuracies = np.array(wide["accuracies"])
    means, spreads = accuracies.mean(axis=1), accuracies.std(axis=1, ddof=1)
    fits = accuracies.size
    lines = [
        f"{len(means)} decays × {accuracies.shape[1]} folds = {fits} networks of "
        f"{wide['parameters']:,} weights, {wide['epochs']} epochs",
        "",
        f"{'decay':>10} {'accuracy':>9} {'spread':>7}",
    ]
    lines += [
        f"{decay:10.4g} {mean:9.4f} {spread:7.4f}"
        for decay, mean, spread in zip(wide["decays"], means, spreads, strict=True)
    ]
    lines += [
        "",
        f"side by side: {wide['seconds']:.0f} s, peak {wide['peak_gb']:.2f} GB, "
        f"best mean accuracy {means.max():.4f}",
        f"one by one:   {plain['scaled_seconds']:.0f} s (scaled from {plain['timed_fits']} fits of "
        f"{plain['seconds_per_fit']:.1f} s), peak {plain['peak_gb']:.2f} GB",
        f"ratio of the times: {plain['scaled_seconds'] / wide['seconds']:.1f}",
        f"decay {COMPARED_DECAY:g} at the same constant rate, {len(COMPARED_SEEDS)} seeds: "
        f"{_spread(wide['compared'])} side by side, {_spread(plain['compared'])} one by one",
    ]
    return "\n".join(lines)


def _spread(values: list[float]) -> str:
    return f"{np.mean(values):.4f} ± {np.std(values, ddof=1):.4f}"


def compare_products(seeds: Sequence[int] = PRODUCT_SEEDS) -> str:
    """Return as text how far accuracies with products of bfloat16 are from those of float32."""
    (images, labels), _ = data.load_fashion_mnist()
    settings = {"epochs": EPOCHS, "batch_size": BATCH_SIZE, "learning_rate": FIRST_RATE}
    found = {
        kind: np.stack(
            [
                grid.cross_validate(
                    images, labels, DECAYS, FOLDS, seed=seed, products=kind, **settings
                ).accuracies
                for seed in seeds
            ]
        )
        for kind in ("float32", "bfloat16")
    }
    # The networks of a fold have seen the same images in the same order: a fold is one opinion.
    differences = (found["bfloat16"] - found["float32"]).mean(axis=1).ravel()
    error = differences.std(ddof=1) / np.sqrt(len(differences))
    lines = [
        f"{kind}: mean accuracy of each seed "
        + ", ".join(f"{mean:.5f}" for mean in accuracies.mean(axis=(1, 2)))
        for kind, accuracies in found.items()
    ]
    lines.append(
        f"bfloat16 less float32, {len(differences)} folds: {differences.mean():+.5f}, standard "
        f"error {error:.5f}"
    )
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--record", action="store_true", help="store the results in the project")
    parser.add_argument("--only", choices=("wide", "plain"), help=argparse.SUPPRESS)
    parser.add_argument("--products", action="store_true", help="compare float32 with bfloat16")
    arguments = parser.parse_args()
    if arguments.only:
        print(json.dumps({"wide": wide, "plain": plain}[arguments.only]()))
        return 0
    source = data.source()
    if source.kind != "real":
        print(f"Not measured: this is {source}. Set LABKIT_DATA to the real data.")
        return 0
    if arguments.products:
        print(compare_products())
        return 0
    found = {way: processes.only("benchmarks.grid_accuracies", way) for way in ("wide", "plain")}
    print(report(**found))
    if arguments.record:
        text = json.dumps({**found, "cores": os.cpu_count()}, indent=1)
        PATH.write_text(text + "\n", "utf-8")
    return 0


def _peak_gb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    unit = 1 if sys.platform == "darwin" else 1024  # macOS counts bytes, Linux kilobytes
    return round(peak * unit / 1e9, 2)


if __name__ == "__main__":
    sys.exit(main())
