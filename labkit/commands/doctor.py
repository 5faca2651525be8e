"""Is this machine fit for the course? One finding a line, with what to do about it."""

from __future__ import annotations

import dataclasses
import os
import pathlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata

import packaging.requirements
import packaging.specifiers
import psutil

from labkit import data
from labkit.data import cache
from labkit.notebook import setup

# The real data takes 55 MB in the cache, and saved networks some more.
DISK_GB = 1.0
# Training on all 60,000 images, with JupyterLab and a browser beside it.
MEMORY_GB = 2.0


@dataclasses.dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes
    ----------
    mark : str
        ``"ok"``, ``"note"`` (the course works, but not at its best) or ``"problem"``.
    text : str
        What was found, and unless it is ok what to do.
    """

    mark: str
    text: str

    def __str__(self) -> str:
        return f"{self.mark:<8} {self.text}"


def examine() -> Iterator[Finding]:
    """Look at Python, the packages, the images, disk and memory, one after the other."""
    yield python_version(metadata.metadata("labkit")["Requires-Python"])
    yield from packages(metadata.requires("labkit") or [])
    yield tensorflow_starts()
    yield images()
    yield free_disk(cache.root())
    yield free_memory(psutil.virtual_memory().available)


def python_version(required: str) -> Finding:
    """Compare this Python with what labkit requires."""
    version = ".".join(map(str, sys.version_info[:3]))
    if packaging.specifiers.SpecifierSet(required).contains(version):
        return Finding("ok", f"Python {version} in {sys.prefix}")
    return Finding(
        "problem", f"Python {version}, but labkit needs {required}: install one of these versions."
    )


def packages(requirements: list[str]) -> Iterator[Finding]:
    """Compare the installed packages with labkit's own requirements."""
    fine = []
    for line in requirements:
        requirement = packaging.requirements.Requirement(line)
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            version = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            yield Finding("problem", f"{requirement.name} is missing: {_REINSTALL}")
            continue
        if requirement.specifier.contains(version, prereleases=True):
            fine.append(f"{requirement.name} {version}")
        else:
            yield Finding(
                "problem",
                f"{requirement.name} {version}, but labkit needs {requirement.specifier}:"
                f" {_REINSTALL}",
            )
    yield Finding("ok", f"packages: {', '.join(fine)}")


_REINSTALL = "run `make setup`, or with conda `conda env update -f environment.yml`."


def tensorflow_starts() -> Finding:
    """Start TensorFlow in a process of its own, which an unfit processor or library would end."""
    finished = subprocess.run(
        [sys.executable, "-c", "import keras; keras.ops.ones(1)"],
        env=setup.TENSORFLOW | os.environ,
        capture_output=True,
        text=True,
    )
    if finished.returncode == 0:
        return Finding("ok", "TensorFlow and Keras start")
    lines = finished.stderr.strip().splitlines() or [f"exit status {finished.returncode}"]
    return Finding("problem", f"TensorFlow does not start ({lines[-1]}): {_REINSTALL}")


def images() -> Finding:
    """Find out which images the labs work on here."""
    try:
        source = data.source()
    except data.DataError as error:
        return Finding("problem", f"images: {error}")
    if source.kind == "real":
        return Finding("ok", f"images: {source} (from the {source.place})")
    return Finding(
        "note",
        f"images: {source}. All labs work on it. For the real data, run `labkit data` with a"
        " network, or set LABKIT_DATA to a folder that holds it.",
    )


def free_disk(folder: pathlib.Path) -> Finding:
    """Look how much room there is where the cache is or will be."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(existing).free / 1e9
    if free >= DISK_GB:
        return Finding("ok", f"disk: {free:.1f} GB free at {existing}")
    return Finding(
        "problem",
        f"disk: {free:.1f} GB free at {existing}, {DISK_GB:g} GB are needed: free some space, or"
        " set LABKIT_CACHE to a folder on another disk.",
    )


def free_memory(available: int) -> Finding:
    """Judge the number of bytes of memory that are available."""
    free = available / 1e9
    if free >= MEMORY_GB:
        return Finding("ok", f"memory: {free:.1f} GB available")
    return Finding(
        "problem",
        f"memory: {free:.1f} GB available, {MEMORY_GB:g} GB are needed: close other programs, and"
        " shut down notebooks that you are done with (in JupyterLab: Kernel, Shut Down All).",
    )
