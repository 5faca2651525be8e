"""The labs: a folder each, or (in the older form) a module."""

import importlib
import pathlib
import types

from labkit.checks.exercise import Lab

_FOLDER = pathlib.Path(__file__).parent
# The labs that are still in the older form.
_MODULES = {
    "lab2-mlp": "mlp",
    "lab3-cnn": "cnn",
    "lab4-tuning": "tuning",
    "lab5-regularization": "regularization",
    "lab6-convnets": "convnets",
}


def _find() -> dict[str, str]:
    """Return the names of all labs, in their order, and of the modules that hold them."""
    found = dict(_MODULES)
    for path in _FOLDER.glob("*/lab.md"):
        with open(path, encoding="utf-8") as text:
            name = next((line for line in text if line.startswith("lab:")), "lab:")
        found[name.removeprefix("lab:").strip()] = path.parent.name
    return dict(sorted(found.items()))


MODULES = _find()


def load(name: str) -> Lab:
    """Return the lab `name`, for example ``"lab1-data"``.

    Raises
    ------
    KeyError
        If there is no such lab; the message lists those that there are.
    """
    return of_notebook(name).LAB


def of_notebook(name: str) -> types.ModuleType:
    """Return what a notebook calls ``lab``: it has the exercises and tables of the lab `name`.

    Raises
    ------
    KeyError
        As `load`.
    """
    if name not in MODULES:
        raise KeyError(f"There is no lab {name!r}; there are {', '.join(MODULES)}.")
    return importlib.import_module(f"labkit.labs.{MODULES[name]}")
