"""Train the labs' networks with several seeds and derive the floors of their accuracy.

Each run is stored as it ends in ``labkit/labs/runs.json``; runs that are there already are not
repeated. Run it once with the real data at hand and once with ``LABKIT_DATA=sample``.
"""

import argparse
import dataclasses
import functools
import json
import os
import pathlib
import time
from collections.abc import Callable

from labkit import data
from labkit.notebook import setup

os.environ.update(setup.TENSORFLOW | os.environ)

import keras  # after the settings above: TensorFlow reads them when it is imported

from labkit.checks import measure
from labkit.labs import cnn, floors
from labkit.notebook import feeding
from labkit.reports import networks

PATH = pathlib.Path(__file__).resolve().parent.parent / "labkit" / "labs" / "runs.json"


def digits() -> keras.Model:
    """Return the smallest of the networks that lab 4's search may rightly choose."""
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((28, 28)),
            layers.Flatten(),
            layers.Dense(32, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@dataclasses.dataclass(frozen=True)
class Asked:
    """How a lab asks for a network to be trained.

    Attributes
    ----------
    build : callable
        Returns the network, compiled.
    epochs, batch_size : int
    images : int or None
        The number of images to train on, the first ones; None for four fifths of all.
    patience : int or None
        Of early stopping.
    data : str
        The set of images.
    """

    build: Callable[[], keras.Model]
    epochs: int
    batch_size: int = 32
    images: int | None = None
    patience: int | None = None
    data: str = "fashion_mnist"


NETWORKS = {
    "mlp": Asked(networks.r4_mlp, 5),
    # The smallest that lab 3 accepts.
    "cnn": Asked(functools.partial(networks.r4_cnn, cnn.LEAST_UNITS), 10),
    "digits": Asked(digits, 5, 128, data="mnist"),
    "dropout": Asked(networks.r0_1, 30, 480, 4_800),
    "plain": Asked(networks.r0_2, 30, 96, 4_800),
    "simple": Asked(networks.r1_simple, 50, 128, 4_800, patience=5),
    "convnet": Asked(networks.r1_conv, 3, 256),
}


def run_of(network: str, seed: int) -> dict:
    """Return the record of one training of `network`."""
    asked = NETWORKS[network]
    (x_train, y_train), (x_test, y_test) = getattr(data, f"load_{asked.data}")()
    feeding.mend()
    keras.utils.set_random_seed(seed)
    model = asked.build()
    shape = model.input_shape[1:]
    scaled = (x_train / 255.0).astype("float32").reshape(-1, *shape)
    held_out = len(x_train) * 4 // 5
    used = min(asked.images or held_out, held_out)
    stop = keras.callbacks.EarlyStopping(patience=asked.patience or 0, restore_best_weights=True)
    start = time.monotonic()
    model.fit(
        scaled[:used],
        y_train[:used],
        epochs=asked.epochs,
        batch_size=asked.batch_size,
        validation_data=(scaled[held_out:], y_train[held_out:]),
        callbacks=[stop] if asked.patience else [],
        verbose=0,
    )
    seconds = time.monotonic() - start
    x_test_scaled = (x_test / 255.0).astype("float32").reshape(-1, *shape)
    # On the same images as the check.
    loss, accuracy = model.evaluate(*measure.thinned(x_test_scaled, y_test), verbose=0)
    return {
        "network": network,
        "data": data.source(asked.data.replace("_", "-")).kind,
        "seed": seed,
        "epochs": asked.epochs,
        "accuracy": round(float(accuracy), 4),
        "loss": round(float(loss), 4),
        "seconds": round(seconds, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument(
        "--only", action="append", choices=NETWORKS, help="this network alone, can be repeated"
    )
    arguments = parser.parse_args()
    kind = data.source().kind
    for network in arguments.only or NETWORKS:
        for seed in range(1, arguments.seeds + 1):
            if not any(_is(run, network, kind, seed) for run in _runs()):
                run = run_of(network, seed)
                _store([*_runs(), run])
                print(run, flush=True)


def _runs() -> list[dict]:
    return json.loads(PATH.read_text("utf-8"))["runs"] if PATH.exists() else []


def _is(run: dict, network: str, kind: str, seed: int) -> bool:
    return (run["network"], run["data"], run["seed"]) == (network, kind, seed)


def _store(runs: list[dict]) -> None:
    runs = sorted(runs, key=lambda run: (run["network"], run["data"], run["seed"]))
    derived: dict[str, dict[str, float]] = {}
    for network in NETWORKS:
        for kind in ("real", "sample"):
            accuracies = [run["accuracy"] for run in runs if _is(run, network, kind, run["seed"])]
            if len(accuracies) >= 3:
                derived.setdefault(network, {})[kind] = floors.from_accuracies(accuracies)
    PATH.write_text(json.dumps({"floors": derived, "runs": runs}, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
