"""Compare the time of a warm load with that of Keras's own loader, on the same files.

Run from the project's folder, with the real data at hand::

    LABKIT_DATA=<folder> python benchmarks/load_data.py

Both load all 70,000 images of Fashion-MNIST several times, in turn. The import of Keras is not
counted. Exit status: 0; 1 if the arrays differ.
"""

from __future__ import annotations

import os
import pathlib
import statistics
import sys
import tempfile
import time
from collections.abc import Callable

import numpy as np

from labkit import data
from labkit.data import folder, idx, sources, specs

ROUNDS = 7


def main() -> int:
    """Measure, print a table, and return the exit status."""
    loaded = sources.load(specs.FASHION_MNIST)
    if loaded.source.kind != "real":
        print(f"Not measured: this is {loaded.source}. Set LABKIT_DATA to the real data.")
        return 0
    with tempfile.TemporaryDirectory(prefix="labkit-bench-") as temporary:
        _give_to_keras(pathlib.Path(temporary), loaded)
        os.environ["KERAS_HOME"] = temporary
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        import keras  # reads KERAS_HOME when it is imported

        loaders = {
            "keras.datasets.fashion_mnist.load_data": keras.datasets.fashion_mnist.load_data,
            "labkit.load_fashion_mnist": data.load_fashion_mnist,
        }
        for load in loaders.values():  # the first call may import, and fills the file cache
            if not _same(load(), loaded):
                print("The loaders do not give the same arrays.")
                return 1
        seconds = _measure(loaders)
    _report(seconds, loaded)
    return 0


def _give_to_keras(home: pathlib.Path, loaded: sources.Loaded) -> None:
    """Put the ``.gz`` files where Keras looks; write them if the data came from the cache."""
    place = home / "datasets" / specs.FASHION_MNIST.name
    place.mkdir(parents=True)
    found = []
    if loaded.source.place == "folder":
        setting = pathlib.Path(os.environ["LABKIT_DATA"].strip()).expanduser().absolute()
        found = folder.locate(setting, specs.FASHION_MNIST)
    if found and all(path.suffix == ".gz" for path in found):
        for path in found:
            (place / path.name).write_bytes(path.read_bytes())
        return
    for array in specs.FASHION_MNIST.arrays:
        idx.write_idx(place / f"{array.idx_name}.gz", loaded.arrays[array.name])


def _same(result: tuple, loaded: sources.Loaded) -> bool:
    flat = [array for pair in result for array in pair]
    return all(map(np.array_equal, flat, loaded.arrays.values()))


def _measure(loaders: dict[str, Callable[[], tuple]]) -> dict[str, list[float]]:
    """Call the loaders in turn, so that what slows the machine slows both."""
    seconds = {name: [] for name in loaders}
    for _ in range(ROUNDS):
        for name, load in loaders.items():
            start = time.perf_counter()
            load()
            seconds[name].append(time.perf_counter() - start)
    return seconds


def _report(seconds: dict[str, list[float]], loaded: sources.Loaded) -> None:
    print(f"{loaded.source}; {ROUNDS} rounds in turn, warm\n")
    print(f"{'':<40}{'median':>10}{'fastest':>10}{'slowest':>10}")
    for name, values in seconds.items():
        columns = (statistics.median(values), min(values), max(values))
        print(f"{name:<40}" + "".join(f"{value:>8.3f} s" for value in columns))
    keras_median, labkit_median = (statistics.median(values) for values in seconds.values())
    print(f"\nlabkit is {keras_median / labkit_median:.1f} times as fast, by the medians.")


if __name__ == "__main__":
    sys.exit(main())
