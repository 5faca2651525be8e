"""The user's cache: arrays that load without decompressing again.

For each data set the cache holds the four arrays as ``.npy`` files. They are verified by SHA-256
each time that they are loaded, so it does not matter who wrote them or from what; a data set
without checksums is not kept, for it could be any version of it. For each folder that a data set
was read from, a small stamp file says which files were found to hold it.
"""

from __future__ import annotations

import hashlib
import json
import os
import pathlib

import numpy as np

from labkit import files
from labkit.data import contents, notes, settings, specs


def root() -> pathlib.Path:
    """Return the cache folder: ``LABKIT_CACHE`` or the usual place of this system."""
    named = settings.asked()["LABKIT_CACHE"]
    if named:
        return pathlib.Path(named).expanduser().absolute()
    import pooch  # takes a tenth of a second, so not at import time

    return pathlib.Path(pooch.os_cache("labkit"))


def load(spec: specs.Dataset) -> contents.Arrays | None:
    """Return the cached arrays, or None if they are not all there and sound."""
    if not spec.has_checksums:
        return None
    paths = {array: _array_path(spec, array) for array in spec.arrays}
    if not all(map(os.path.exists, paths.values())):
        return None
    arrays = {}
    for expected, path in paths.items():
        try:
            array = np.load(path, allow_pickle=False)
            contents.verify(spec, expected, array, str(path))
        except (OSError, ValueError, EOFError, MemoryError) as error:
            notes.say(f"the cached copy of {spec.title} is not used: {path.name}: {error}")
            return None
        arrays[expected.name] = array
    return arrays


def store(spec: specs.Dataset, arrays: contents.Arrays) -> bool:
    """Put verified arrays into the cache; say so if it is not possible.

    Returns
    -------
    bool
        Whether the arrays are in the cache now.
    """
    if not spec.has_checksums:
        return False
    try:
        for array in spec.arrays:
            with files.replacing(_array_path(spec, array)) as file:
                np.save(file, arrays[array.name], allow_pickle=False)
    except OSError as error:
        say_not_stored(spec.title, error)
        return False
    return True


def say_not_stored(what: str, error: OSError) -> None:
    """Say that something could not be written to the cache."""
    notes.say(
        f"{what} cannot be kept in the cache {root()} ({error.strerror or error}). Work goes on,"
        " but each start takes longer. To change that, free some space there or set LABKIT_CACHE"
        " to another folder."
    )


def knows(spec: specs.Dataset, paths: list[pathlib.Path]) -> bool:
    """Tell whether these files, as they are now, were once found to hold the data set."""
    try:
        stamp = _stamp_path(spec, paths).read_text(encoding="utf-8")
        return stamp == fingerprint(paths)
    except (OSError, UnicodeDecodeError):
        return False


def remember(spec: specs.Dataset, paths: list[pathlib.Path], stamp: str) -> None:
    """Note that these files hold the data set; `stamp` is from before they were read."""
    try:
        files.write(_stamp_path(spec, paths), stamp.encode())
    except OSError as error:
        say_not_stored(spec.title, error)


def fingerprint(paths: list[pathlib.Path]) -> str:
    """Return what changes when one of the files does: name, size and times."""
    stats = [(str(path), path.stat()) for path in paths]
    return json.dumps(
        [[name, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns] for name, stat in stats]
    )


def _array_path(spec: specs.Dataset, array: specs.Array) -> pathlib.Path:
    return root() / spec.name / f"{array.name}.npy"


def _stamp_path(spec: specs.Dataset, paths: list[pathlib.Path]) -> pathlib.Path:
    key = hashlib.sha256("\n".join(map(str, paths)).encode()).hexdigest()[:16]
    return root() / spec.name / f"folder-{key}.json"
