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
import statistics
import subprocess
import sys

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


def measure(network: str, rounds: int, images: int) -> dict[str, list[list[float]]]:
    """Return wall and processor seconds of an epoch, by side and round."""
    found: dict[str, list[list[float]]] = {side: [] for side in SIDES}
    for _ in range(rounds):
        for side in SIDES:
            command = [sys.executable, "-c", PROGRAM, network, side, str(images)]
            environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}
            done = subprocess.run(
                command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True
            )
            found[side].append(json.loads(done.stdout.splitlines()[-1]))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--networks", nargs="+", default=NETWORKS)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--images", type=int, default=60_000)
    arguments = parser.parse_args()
    for network in arguments.networks:
        found = measure(network, arguments.rounds, arguments.images)
        ratios = [lab[0] / plain[0] for lab, plain in zip(*found.values(), strict=True)]
        print(f"{network}, {arguments.images:,} images, medians of {arguments.rounds} in turn:")
        for side, runs in found.items():
            wall, processor = (statistics.median(values) for values in zip(*runs, strict=True))
            print(f"  {side:<12} {wall:6.1f} s, {processor:6.1f} s of processor", flush=True)
        print(f"  ratio {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
