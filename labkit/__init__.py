"""A course and lab kit for image recognition with Python.

The names that a lab notebook uses are here and are imported when they are first used, so that
``import labkit`` stays fast and loads no TensorFlow.
"""

import importlib
from typing import Any

__version__ = "0.1.0"

_WHERE = {
    "CLASS_NAMES": "labkit.data",
    "DIGIT_NAMES": "labkit.data",
    "class_names": "labkit.data",
    "load_data": "labkit.data",
    "load_fashion_mnist": "labkit.data",
    "load_mnist": "labkit.data",
    "ready": "labkit.notebook.setup",
    "setup": "labkit.notebook.setup",
}
_MODULES = {
    "checks": "labkit.checks",
    "comparison": "labkit.reports.comparison",
    "data": "labkit.data",
    "grid": "labkit.reports.grid",
    "labs": "labkit.labs",
    "plots": "labkit.plots",
    "recipes": "labkit.reports.recipes",
    "recordings": "labkit.reports.recordings",
}

__all__ = ["__version__", *_WHERE, *_MODULES]


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        # Found at once from now on: a loop over all labels asks for the class names each time.
        return globals().setdefault(name, getattr(importlib.import_module(_WHERE[name]), name))
    if name in _MODULES:
        return importlib.import_module(_MODULES[name])
    raise AttributeError(f"module 'labkit' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
