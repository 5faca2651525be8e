"""Fit the models of the drawn sample to the real training images.

Run from the project's folder, with the real data at hand::

    LABKIT_DATA=<folder> python tools/fit_sample.py

It writes ``labkit/data/<dataset>-sample.npz`` for every data set, or for those that are named.
"""

from __future__ import annotations

import pathlib
import sys

from labkit.data import sample, sources, specs


def main() -> int:
    """Fit and write every model; return the exit status."""
    for name in sys.argv[1:] or specs.DATASETS:
        spec = specs.DATASETS[name]
        loaded = sources.load(spec)
        if loaded.source.kind != "real":
            print(f"The models are fitted to the real data, and this is not: {loaded.source}.")
            print("Set LABKIT_DATA to a folder that holds the real data.")
            return 1
        arrays = loaded.arrays
        model = sample.fit(arrays["x_train"], arrays["y_train"], arrays["y_test"])
        path = pathlib.Path(sample.__file__).with_name(spec.sample_file)
        sample.save(path, model)
        print(f"{path.name}: {path.stat().st_size:,} bytes, fitted to {loaded.source}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
