"""Small files in the published formats, for reading by hand."""

from __future__ import annotations

import dataclasses
import pathlib
import tempfile

from labkit import files
from labkit.data import cache, idx, sources, specs, table

N_IMAGES = 1_000
_SPEC = specs.FASHION_MNIST
# The contents of the files by their names, by what decides them, where they were made in advance.
_in_advance: dict[tuple[str | None, ...], dict[str, bytes]] = {}


@dataclasses.dataclass(frozen=True)
class ExampleFiles:
    """Where the example files are.

    Attributes
    ----------
    images_idx, labels_idx : pathlib.Path
        IDX files, compressed with gzip.
    csv : pathlib.Path
        The same images and labels in Kaggle's layout.
    """

    images_idx: pathlib.Path
    labels_idx: pathlib.Path
    csv: pathlib.Path


def example_files() -> ExampleFiles:
    """Give small files with the first 1,000 test images of what `load_fashion_mnist` gives.

    Returns
    -------
    ExampleFiles
        In the cache, where they are written once; or in a temporary folder, which is said, if the
        cache cannot be written.

    Raises
    ------
    DataError
        If the images cannot be loaded.
    """
    contents = _in_advance.get(sources.asked(_SPEC))
    if contents is None:
        loaded = sources.load(_SPEC)
        kind, contents = loaded.source.kind, _contents(loaded)
    else:
        kind = sources.source(_SPEC).kind
    place = cache.root() / _SPEC.name / f"examples-{kind}"
    try:
        paths = _write(place, contents)
    except OSError as error:
        cache.say_not_stored("A set of example files", error)
        paths = _write(pathlib.Path(tempfile.mkdtemp(prefix="labkit-")), contents)
    return ExampleFiles(*paths)


def make_in_advance(loaded: sources.Loaded) -> None:
    """Make the contents before this process forks, so that its forks need not."""
    _in_advance[sources.asked(_SPEC)] = _contents(loaded)


def _contents(loaded: sources.Loaded) -> dict[str, bytes]:
    images = loaded.arrays["x_test"][:N_IMAGES]
    labels = loaded.arrays["y_test"][:N_IMAGES]
    return {
        "images-idx3-ubyte.gz": idx.packed(idx.idx_bytes(images)),
        "labels-idx1-ubyte.gz": idx.packed(idx.idx_bytes(labels)),
        "images-and-labels.csv": table.csv_bytes(images, labels),
    }


def _write(place: pathlib.Path, contents: dict[str, bytes]) -> list[pathlib.Path]:
    """Write the files that are not there yet with exactly this content."""
    paths = []
    for name, content in contents.items():
        path = place / name
        if not path.is_file() or path.read_bytes() != content:
            files.write(path, content)
        paths.append(path)
    return paths
