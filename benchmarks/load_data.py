"""Compare the time of a warm load with that of Keras's own loader, on the same files.

Run from the project's folder, with the real data at hand::

    LABKIT_DATA=<folder> python -m benchmarks.load_data

Both load all 70,000 images of Fashion-MNIST several times, in turn. The import of Keras is not
counted.
"""

import os
import pathlib
import tempfile
import time
from collections.abc import Callable, Iterator

import numpy as np

from benchmarks import rows
from labkit import data
from labkit.data import folder, idx, sources, specs

TOPIC = "Loading Fashion-MNIST, warm"


def measure(rounds: int = 7) -> list[rows.Row]:
    """Return the seconds of both.

    Raises
    ------
    ValueError
        If they do not load the same arrays, or the real data is not at hand.
    """
    loaded = sources.load(specs.FASHION_MNIST)
    if loaded.source.kind != "real":
        raise ValueError(f"This is {loaded.source}. Set LABKIT_DATA to the real data.")
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
                raise ValueError("The loaders do not give the same arrays.")
        return list(_in_turn(loaders, rounds))


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


def _in_turn(loaders: dict[str, Callable[[], tuple]], rounds: int) -> Iterator[rows.Row]:
    """Call the loaders in turn, so that what slows the machine slows both."""
    seconds: dict[str, list[float]] = {name: [] for name in loaders}
    for _ in range(rounds):
        for name, load in loaders.items():
            start = time.perf_counter()
            load()
            seconds[name].append(time.perf_counter() - start)
    for name, values in seconds.items():
        yield rows.Row(TOPIC, name, tuple(values))
    yield rows.ratio(TOPIC, "Keras's seconds to labkit's", *seconds.values())


if __name__ == "__main__":
    print(*rows.lines(measure()), sep="\n")
