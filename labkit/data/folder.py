"""Reading a data set from a folder of published files."""

from __future__ import annotations

import os
import pathlib
import zipfile
import zlib

import numpy as np

from labkit.data import contents, idx, specs, strangers
from labkit.data.errors import DataError

# What NumPy raises for a file that is not, or no longer, an .npz file. AttributeError and
# TypeError come from a .npy file under this name.
_NPZ_ERRORS = (
    OSError,
    ValueError,
    EOFError,
    MemoryError,
    AttributeError,
    TypeError,
    zipfile.BadZipFile,
    zlib.error,
)


def locate(folder: pathlib.Path, spec: specs.Dataset) -> list[pathlib.Path]:
    """Find the files of a data set: in ``folder/<data set>/``, or directly in `folder`.

    Returns
    -------
    list of pathlib.Path
        The ``.npz`` file, or the four IDX files in the order of ``spec.arrays``.

    Raises
    ------
    DataError
        If the folder or any of the files is missing.
    """
    if not os.path.isdir(folder):  # Path.is_dir may raise PermissionError
        raise DataError(
            f"{folder}: there is no such folder, or it must not be read. {_advice(spec)}"
        )
    found, missing = [], []
    for names in _file_names(spec):
        candidates = [place / name for place in (folder / spec.name, folder) for name in names]
        path = next((path for path in candidates if os.path.isfile(path)), None)
        if path:
            found.append(path)
        else:
            missing.append(names)
    if missing:
        told = ", ".join(" or ".join(names) for names in missing)
        raise DataError(
            f"{folder}: {spec.title} is not complete here, nor in {spec.name}/ below it; missing:"
            f" {told}. {_advice(spec)}{_lying_there(folder, spec, missing)}"
        )
    return found


def holds(folder: pathlib.Path, spec: specs.Dataset) -> bool:
    """Tell whether `locate` finds all files of a data set."""
    try:
        return bool(locate(folder, spec))
    except DataError:
        return False


def _lying_there(folder: pathlib.Path, spec: specs.Dataset, missing: list[tuple[str, ...]]) -> str:
    """Say which files lie there that may be the missing ones under another name or place."""
    lines = []
    for names in missing:
        for path in strangers.like(folder, names[0])[:1]:
            packed = path.suffix.lower() == ".gz" and len(names) > 1
            right = folder / spec.name / names[1 if packed else 0]
            lines.append(f"\n  {path.relative_to(folder)}: move it to {right.relative_to(folder)}")
    if not lines:
        return f"\n{strangers.names(folder)}"
    return "\nThere is, in another place or under another name:" + "".join(lines)


def read(paths: list[pathlib.Path], spec: specs.Dataset) -> contents.Arrays:
    """Read and verify the files that `locate` found.

    Raises
    ------
    DataError
        If a file is damaged or does not hold the published data.
    """
    if spec.npz_name:
        return _read_npz(paths[0], spec)
    arrays = {}
    for expected, path in zip(spec.arrays, paths, strict=True):
        array = idx.read_idx(path)
        contents.verify(spec, expected, array, str(path))
        arrays[expected.name] = array
    return arrays


def _file_names(spec: specs.Dataset) -> list[tuple[str, ...]]:
    if spec.npz_name:
        return [(spec.npz_name,)]
    return [(array.idx_name, f"{array.idx_name}.gz") for array in spec.arrays]


def _advice(spec: specs.Dataset) -> str:
    wanted = spec.npz_name or "the four IDX files, plain or .gz"
    rest = "" if spec.sample is None else "; or set LABKIT_DATA=sample for the drawn sample"
    rest += ", or unset it for the cache or a download" if spec.mirrors else ""
    return f"LABKIT_DATA must name a folder with {wanted}{rest}."


def _read_npz(path: pathlib.Path, spec: specs.Dataset) -> contents.Arrays:
    arrays = {}
    try:
        with path.open("rb") as file:
            start = file.read(1024)
            told = "" if start.startswith(b"PK") else strangers.told(start)
            if told:
                raise DataError(f"{path}: not an .npz file: {told}")
        # Never pickle: a pickle can run any code.
        with np.load(path, allow_pickle=False) as npz:
            for expected in spec.arrays:
                arrays[expected.name] = npz[expected.name]
    except DataError:
        raise
    except KeyError as error:
        raise DataError(f"{path}: the array {expected.name} is missing. {spec.remedy}") from error
    except _NPZ_ERRORS as error:
        raise DataError(
            f"{path}: cannot be read as an .npz file ({error}). Delete it and fetch it again."
        ) from error
    for expected in spec.arrays:
        contents.verify(spec, expected, arrays[expected.name], f"{path}, array {expected.name}")
    return arrays
