"""Where the images come from: a folder, the cache, a download, or the drawn sample."""

from __future__ import annotations

import dataclasses
import os
import pathlib

from labkit.data import cache, contents, download, folder, notes, sample, specs
from labkit.data.errors import DownloadError


@dataclasses.dataclass(frozen=True)
class Source:
    """What the arrays of a data set were made from.

    Attributes
    ----------
    dataset : str
        ``"fashion-mnist"`` or ``"mnist"``.
    kind : str
        ``"real"`` or ``"sample"``.
    place : str
        ``"folder"``, ``"cache"``, ``"download"`` or ``"drawn"``.
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
            n_train, n_test = sample.N_TRAIN, sample.N_TEST
            what = ", drawn sample (not the real data)"
        return f"{spec.title}{what}: {n_train:,} training and {n_test:,} test images"


@dataclasses.dataclass(frozen=True)
class Loaded:
    """The four arrays by name, what they were made from, and a note to the person at the screen."""

    arrays: contents.Arrays
    source: Source
    note: str = ""


# What was loaded in advance, by the settings that lead to it; without its arrays once it is taken.
_in_advance: dict[tuple[str | None, ...], Loaded] = {}
_SETTINGS = ("LABKIT_DATA", "LABKIT_CACHE", "LABKIT_OFFLINE")


def load_in_advance(spec: specs.Dataset) -> Loaded | None:
    """Load a data set before this process forks, so that its forks need not.

    In each fork the first `load` gets these arrays, its to change; a later one loads them anew.
    None where loading has something to say, which it does where a person reads it.
    """
    said = notes.count()
    loaded = _loaded(spec)
    return _in_advance.setdefault(asked(spec), loaded) if notes.count() == said else None


def asked(spec: specs.Dataset) -> tuple[str | None, ...]:
    """Return what decides what `load` gives."""
    return spec.name, *map(os.environ.get, _SETTINGS)


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
        From the folder or sample that ``LABKIT_DATA`` names; otherwise from the cache, else from a
        download (unless ``LABKIT_OFFLINE=1``), else drawn, which is said on standard output.

    Raises
    ------
    DataError
        If the folder in ``LABKIT_DATA`` lacks a file or holds a bad one.
    """
    ready = _in_advance.get(asked(spec))
    if ready is None or not ready.arrays:
        return _said(_loaded(spec))
    _in_advance[asked(spec)] = dataclasses.replace(ready, arrays={})
    return _said(ready)


def _loaded(spec: specs.Dataset) -> Loaded:
    setting = os.environ.get("LABKIT_DATA", "").strip()
    if setting == "sample":
        return _draw(spec, "LABKIT_DATA=sample asks for it.")
    if setting:
        return _load_folder(spec, pathlib.Path(setting).expanduser().absolute())
    arrays = cache.load(spec)
    if arrays:
        return _real(spec, arrays, "cache")
    if os.environ.get("LABKIT_OFFLINE", "").strip() not in ("", "0"):
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


def _real(spec: specs.Dataset, arrays: contents.Arrays, place: str) -> Loaded:
    return Loaded(arrays, Source(spec.name, "real", place))


def _draw(spec: specs.Dataset, reason: str) -> Loaded:
    source = Source(spec.name, "sample", "drawn")
    model = sample.load(pathlib.Path(__file__).with_name(spec.sample_file))
    (x_train, y_train), (x_test, y_test) = sample.draw(model)
    arrays = {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}
    return Loaded(arrays, source, f"{source}. {reason}")
