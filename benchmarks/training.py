"""Train the reports' networks in a lab's set-up and in plain Keras, in turn, on the same arrays.

    python -m benchmarks.training                     # R4-cnn and R1-conv, an epoch each
    python -m benchmarks.training --networks R3-lenet --rounds 5

Each training has a process of its own. The lab's side calls `labkit.setup` first, as a student's
notebook does; the plain side imports Keras and nothing of labkit's set-up.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
from collections.abc import Iterator, Sequence

from benchmarks import rows

ROOT = pathlib.Path(__file__).resolve().parent.parent
NETWORKS = ("R4-cnn", "R1-conv")
SIDES = ("in a lab", "plain Keras")

PROGRAM = """
import json, sys, time
network, side, images = sys.argv[1], sys.argv[2], int(sys.argv[3])
if side == "in a lab":
    import labkit
    labkit.setup("lab3-cnn")
import keras
from labkit import data
from labkit.reports import networks, recipes
keras.utils.set_random_seed(1)
(x, y), _ = data.load_fashion_mnist()
model = networks.build(network)
x = (x[:images].astype("float32") / 255).reshape(-1, *model.input_shape[1:])
batch = recipes.RECIPES[network].batch_size
model.fit(x[:batch], y[:batch], batch_size=batch, epochs=1, verbose=0)  # what is done once
wall, processor = time.perf_counter(), time.process_time()
model.fit(x, y[:images], batch_size=batch, epochs=1, verbose=0)
print(json.dumps([time.perf_counter() - wall, time.process_time() - processor]))
"""


def measure(
    networks: Sequence[str] = NETWORKS, rounds: int = 3, images: int = 60_000
) -> Iterator[rows.Row]:
    """Yield wall and processor seconds of an epoch on each side, and their ratios."""
    for network in networks:
        topic = f"Training: an epoch of {network} on {images:,} images"
        found: dict[str, list[tuple[float, float]]] = {side: [] for side in SIDES}
        for _ in range(rounds):
            for side in SIDES:
                found[side].append(_epoch(network, side, images))
        seconds: dict[str, list[Sequence[float]]] = {"": [], ", of processor": []}
        for side, runs in found.items():
            for clock, taken in zip(seconds, zip(*runs, strict=True), strict=True):
                seconds[clock].append(taken)
                yield rows.Row(topic, side + clock, taken)
        for clock, values in seconds.items():
            yield rows.ratio(topic, f"a lab's seconds to plain Keras's{clock}", *values)


def _epoch(network: str, side: str, images: int) -> tuple[float, float]:
    command = [sys.executable, "-c", PROGRAM, network, side, str(images)]
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    wall, processor = json.loads(done.stdout.splitlines()[-1])
    return wall, processor


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--networks", nargs="+", default=NETWORKS)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--images", type=int, default=60_000)
    arguments = parser.parse_args()
    found = measure(arguments.networks, arguments.rounds, arguments.images)
    print(*rows.lines(found), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
