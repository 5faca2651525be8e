"""Train the labs' networks with several seeds and derive the floors of their accuracy.

Each run is stored as it ends in ``labkit/labs/runs.json``; runs that are there already are not
repeated. Run it once with the real data at hand and once with ``LABKIT_DATA=sample``.
"""

import argparse
import json
import os
import pathlib
import time

from labkit import data, notebook

os.environ.update(notebook.QUIET)

import keras  # after the settings above: TensorFlow reads them when it is imported

from labkit.labs import floors

PATH = pathlib.Path(__file__).resolve().parent.parent / "labkit" / "labs" / "runs.json"


def mlp() -> keras.Model:
    """Return the network of lab 2, ready to train."""
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((28, 28)),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def cnn() -> keras.Model:
    """Return the network of lab 3, ready to train."""
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("rmsprop", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


NETWORKS = {"mlp": (mlp, 5), "cnn": (cnn, 10)}


def measure(network: str, seed: int) -> dict:
    """Return the record of one training of `network`."""
    (x_train, y_train), (x_test, y_test) = data.load_fashion_mnist()
    build, epochs = NETWORKS[network]
    keras.utils.set_random_seed(seed)
    model = build()
    shape = model.input_shape[1:]
    start = time.monotonic()
    model.fit(
        (x_train / 255.0).astype("float32").reshape(-1, *shape),
        y_train,
        epochs=epochs,
        validation_split=0.2,
        verbose=0,
    )
    seconds = time.monotonic() - start
    scaled = (x_test / 255.0).astype("float32").reshape(-1, *shape)
    loss, accuracy = model.evaluate(scaled, y_test, verbose=0)
    return {
        "network": network,
        "data": data.source().kind,
        "seed": seed,
        "epochs": epochs,
        "accuracy": round(float(accuracy), 4),
        "loss": round(float(loss), 4),
        "seconds": round(seconds, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--only", choices=NETWORKS, help="this network alone")
    arguments = parser.parse_args()
    kind = data.source().kind
    for network in [arguments.only] if arguments.only else NETWORKS:
        for seed in range(1, arguments.seeds + 1):
            if not any(_is(run, network, kind, seed) for run in _runs()):
                run = measure(network, seed)
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
