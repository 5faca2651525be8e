"""Where the images come from: a folder, labkit itself, the cache, a download, the drawn sample."""

from __future__ import annotations

import dataclasses
import functools
import pathlib

from labkit import files
from labkit.data import cache, contents, download, folder, notes, sample, settings, specs
from labkit.data.errors import DataError, DownloadError


@dataclasses.dataclass(frozen=True)
class Source:
    """What the arrays of a data set were made from.

    Attributes
    ----------
    dataset : str
        Its name, such as ``"fashion-mnist"``.
    kind : str
        ``"real"`` or ``"sample"``.
    place : str
        ``"folder"``, ``"cache"``, ``"download"``, ``"drawn"``, or ``"labkit"`` if it lies there.
    """

    dataset: str
    kind: str
    place: str

    def __str__(self) -> str:
        spec = specs.DATASETS[self.dataset]
        if self.kind == "real":
            n_train, n_test = spec.counts
            what = ", the real data"
        else:
            n_train, n_test = _drawn(spec)
            what = ", drawn sample (not the real data)"
        return f"{spec.title}{what}: {n_train:,} training and {n_test:,} test images"


@dataclasses.dataclass(frozen=True)
class Loaded:
    """The four arrays by name, what they were made from, and a note to the person at the screen."""

    arrays: contents.Arrays
    source: Source
    note: str = ""


# What was loaded in advance, by the settings that lead to it; without its arrays once it is taken.
_in_advance: dict[tuple[str, ...], Loaded] = {}


def load_in_advance(spec: specs.Dataset) -> Loaded:
    """Load a data set before this process forks, so that its forks need not.

    In each fork the first `load` gets these arrays, its to change; a later one loads them anew.
    What is to be said of the data is said by them; of a cache that cannot be written, by nobody.
    """
    loaded = _loaded(spec)
    _in_advance[asked(spec)] = loaded
    return loaded


def asked(spec: specs.Dataset) -> tuple[str, ...]:
    """Return what decides what `load` gives."""
    return spec.name, *settings.asked().values()


def source(spec: specs.Dataset) -> Source:
    """Tell what `load` gives; errors as there."""
    known = _in_advance.get(asked(spec))
    return _said(known).source if known else load(spec).source


def _said(loaded: Loaded) -> Loaded:
    if loaded.note:
        notes.say(loaded.note)
    return loaded


def load(spec: specs.Dataset) -> Loaded:
    """Load a data set from the first place that has it.

    Parameters
    ----------
    spec : specs.Dataset
        The data set.

    Returns
    -------
    Loaded
        From the folder or sample that ``LABKIT_DATA`` names; otherwise from the file that lies in
        labkit, from the cache, else from a download (unless ``LABKIT_OFFLINE=1``), else drawn,
        which is said on standard output. What lies in labkit stands also for what the folder does
        not hold, and for a sample that there is not.

    Raises
    ------
    DataError
        If the folder in ``LABKIT_DATA`` lacks a file or holds a bad one, or if a data set that is
        neither published nor in labkit is in no such folder.
    """
    ready = _in_advance.get(asked(spec))
    if ready is None or not ready.arrays:
        return _said(_loaded(spec))
    _in_advance[asked(spec)] = dataclasses.replace(ready, arrays={})
    return _said(ready)


def _loaded(spec: specs.Dataset) -> Loaded:
    setting = settings.asked()["LABKIT_DATA"]
    if setting == "sample":
        if spec.sample is None:
            return _at_hand(spec, "LABKIT_DATA=sample asks for a drawn sample, which it has not.")
        return _draw(spec, "LABKIT_DATA=sample asks for it.")
    if setting:
        place = pathlib.Path(setting).expanduser().absolute()
        if spec.beside is None or folder.holds(place, spec):
            return _load_folder(spec, place)
    if spec.beside is not None:
        return _at_hand(spec)
    arrays = cache.load(spec)
    if arrays:
        return _real(spec, arrays, "cache")
    if spec.sample is None:
        return _at_hand(spec, "Nothing says where to fetch it.")
    if settings.asked()["LABKIT_OFFLINE"] not in ("", "0"):
        return _draw(spec, "LABKIT_OFFLINE forbids a download and the real data is not cached.")
    try:
        arrays = download.fetch(spec)
    except DownloadError as error:
        return _draw(spec, f"{error}\nOr set LABKIT_DATA to a folder that holds the real data.")
    cache.store(spec, arrays)
    return _real(spec, arrays, "download")


def _load_folder(spec: specs.Dataset, path: pathlib.Path) -> Loaded:
    paths = folder.locate(path, spec)
    stamp = cache.fingerprint(paths)
    arrays = cache.load(spec) if cache.knows(spec, paths) else None
    if not arrays:
        arrays = folder.read(paths, spec)
        if cache.store(spec, arrays):
            cache.remember(spec, paths, stamp)
    return _real(spec, arrays, "folder")


def _at_hand(spec: specs.Dataset, reason: str = "") -> Loaded:
    """Load the file that lies in labkit; an error, for this reason, if there is none."""
    if spec.beside is None:
        raise DataError(
            f"{spec.title} is not at hand. {reason} Put {spec.npz_name} into"
            f" {pathlib.Path(__file__).parent}, or set LABKIT_DATA to a folder that holds it."
        )
    return _real(spec, folder.read([spec.beside], spec), "labkit")


def _real(spec: specs.Dataset, arrays: contents.Arrays, place: str) -> Loaded:
    return Loaded(arrays, Source(spec.name, "real", place))


def _draw(spec: specs.Dataset, reason: str) -> Loaded:
    source = Source(spec.name, "sample", "drawn")
    drawn = _drawn_arrays(spec.sample, *_drawn(spec), spec.image)
    arrays = {name: array.copy() for name, array in drawn.items()}
    return Loaded(arrays, source, f"{source}. {reason}")


@functools.cache
def _drawn_arrays(
    path: pathlib.Path, n_train: int, n_test: int, image: tuple[int, ...] | None
) -> contents.Arrays:
    """Draw once in a process, which takes a second; whoever hands them on copies them."""
    drawn = sample.draw(sample.load(path), n_train, n_test, image=image)
    (x_train, y_train), (x_test, y_test) = drawn
    return {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}


def _drawn(spec: specs.Dataset) -> tuple[int, int]:
    """Return how many training and test images are drawn: never more than there are."""
    n_train, n_test = spec.counts
    return min(sample.N_TRAIN, n_train), min(sample.N_TEST, n_test)


def stamp(spec: specs.Dataset) -> str:
    """Return what is another text where `load` gives other arrays: the same on every machine."""
    if spec.has_checksums:
        return source(spec).kind
    loaded = load(spec)
    digests = map(contents.digest, loaded.arrays.values())
    return f"{loaded.source.kind} {files.fingerprint(*digests)[:12]}"
