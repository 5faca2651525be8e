"""Time the grid of networks side by side beside scikit-learn's, one network after the other.

    python -m benchmarks.tuning_grid                  # three rounds, in turn
    python -m benchmarks.tuning_grid --record         # stored, too, in docs/

Both ways search fourteen decays with five folds on all 60,000 training images, with the same
epochs and images in a batch, from arrays to accuracies. The plain way is timed on some fits, which
are scaled to all 70. How fast this machine multiplies matrices of these sizes is measured in the
process of the grid, right after it: so much of the seconds no program could save.
"""

import argparse
import json
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks import processes, rows
from labkit import data
from labkit.reports import grid, processor

DECAYS = np.concatenate([[0.0], grid.DECAYS])
FOLDS, EPOCHS, BATCH_SIZE, UNITS, PIXELS = 5, 6, 200, 50, 784
TIMED_FITS = 3
ROUNDS = 3
TOPIC = f"The weight-decay grid: {len(DECAYS)} decays (0, too) × {FOLDS} folds on 60,000 images"
OURS, PLAIN = "side by side", f"scikit-learn, one by one, scaled from {TIMED_FITS} fits"
KINDS = ("float32", "bfloat16")


def measure(rounds: int = ROUNDS) -> list[rows.Row]:
    """Return the seconds of both, their ratios, and how far ours end from the products alone.

    Raises
    ------
    ValueError
        If the real data is not at hand.
    """
    source = data.source()
    if source.kind != "real":
        raise ValueError(f"This is {source}. Set LABKIT_DATA to the real data.")
    runs = [
        {name: processes.only("benchmarks.tuning_grid", name) for name in WAYS}
        for _ in range(rounds)
    ]

    def found(way: str, what: str) -> tuple[float, ...]:
        return tuple(run[way][what] for run in runs)

    products = f"its products alone, in {runs[0]['wide']['products']}"
    ours, plain, least = found("wide", "wall"), found("plain", "wall"), found("wide", "least")
    rates = [
        rows.Row(TOPIC, f"matrix products of {kind}", found("wide", kind), "GFLOP/s")
        for kind in KINDS
        if kind in runs[0]["wide"]
    ]
    return [
        rows.Row(TOPIC, OURS, ours),
        rows.Row(TOPIC, f"{OURS}, of processor", found("wide", "processor")),
        rows.Row(TOPIC, PLAIN, plain),
        rows.Row(TOPIC, f"{PLAIN}, of processor", found("plain", "processor")),
        rows.ratio(TOPIC, "scikit-learn's seconds to ours", plain, ours),
        rows.Row(TOPIC, products, least),
        rows.ratio(TOPIC, "our seconds to those of its products alone", ours, least),
        *rates,
    ]


def _wide() -> dict[str, Any]:
    (images, labels), _ = data.load_fashion_mnist()
    settings = {"epochs": EPOCHS, "batch_size": BATCH_SIZE, "units": UNITS, "seed": 1}
    taken = _timed(lambda: grid.cross_validate(images, labels, DECAYS, FOLDS, **settings))
    fast = processor.multiplies_bfloat16()
    rates = {kind: _products_in_a_second(kind) for kind in (KINDS if fast else KINDS[:1])}
    used = KINDS[fast]
    learnt = len(images) * (FOLDS - 1) * EPOCHS  # over all folds, an image counts each time
    least = _operations(learnt) / rates[used] / 1e9
    return {**taken, **rates, "products": used, "least": least}


def _operations(images: int) -> float:
    """Return the multiplications and additions of the first layers, there and back."""
    return 2 * 2.0 * images * PIXELS * UNITS * len(DECAYS)


def _products_in_a_second(kind: str, steps: int = 200, trials: int = 5) -> float:
    """Return the GFLOP/s of a step's two products of `kind`, the best of some trials."""
    import tensorflow as tf

    random = np.random.default_rng(0)
    wide = UNITS * len(DECAYS)

    def factor(*shape: int) -> tf.Variable:
        return tf.Variable(tf.cast(random.random(shape), kind))

    weights, images = factor(wide, PIXELS), factor(BATCH_SIZE, PIXELS)
    sums, back, slopes = *(factor(wide, BATCH_SIZE) for _ in "12"), factor(wide, PIXELS)

    @tf.function
    def several() -> None:
        for _ in tf.range(steps):
            sums.assign(tf.matmul(weights, images, transpose_b=True))
            slopes.assign(back @ images)

    several()
    best = min(_timed(several)["wall"] for _ in range(trials))
    return _operations(steps * BATCH_SIZE) / best / 1e9


def _plain() -> dict[str, Any]:
    from sklearn import exceptions

    warnings.simplefilter("ignore", exceptions.ConvergenceWarning)  # the epochs are set
    (images, labels), _ = data.load_fashion_mnist()
    pixels = images.reshape(len(images), -1).astype(np.float32) / np.float32(255)
    search = grid.plain_search(
        DECAYS, FOLDS, images=len(images), epochs=EPOCHS, batch_size=BATCH_SIZE, seed=1
    )
    alphas = np.linspace(0, len(DECAYS) - 1, TIMED_FITS).round().astype(int)
    fits = []
    folds = list(search.cv.split(pixels, labels))[:TIMED_FITS]
    for place, (seen, held_out) in zip(alphas, folds, strict=True):
        network = search.estimator.set_params(alpha=search.param_grid["alpha"][place])

        def fit(network=network, seen=seen, held_out=held_out) -> None:
            network.fit(pixels[seen], labels[seen])
            network.score(pixels[held_out], labels[held_out])

        fits.append(_timed(fit))
    scale = len(DECAYS) * FOLDS
    return {
        clock: scale * float(np.median([one[clock] for one in fits]))
        for clock in ("wall", "processor")
    }


def _timed(function: Callable[[], object]) -> dict[str, float]:
    wall, own = time.perf_counter(), time.process_time()
    function()
    return {"wall": time.perf_counter() - wall, "processor": time.process_time() - own}


WAYS = {"wide": _wide, "plain": _plain}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--record", action="store_true", help="store it in docs/")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--only", choices=WAYS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.only:
        print(json.dumps(WAYS[arguments.only]()))
        return 0
    found = measure(arguments.rounds)
    print(*rows.lines(found), sep="\n")
    if arguments.record:
        from benchmarks import __main__ as everything

        everything.store(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
