"""The labs: one module each, with its exercises, points, hints and misconceptions."""

import importlib

from labkit.checks.exercise import Lab

MODULES = {
    "lab1-data": "data",
    "lab2-mlp": "mlp",
    "lab3-cnn": "cnn",
    "lab4-tuning": "tuning",
    "lab5-regularization": "regularization",
    "lab6-convnets": "convnets",
}


def load(name: str) -> Lab:
    """Return the lab `name`, for example ``"lab1-data"``.

    Raises
    ------
    KeyError
        If there is no such lab; the message lists those that there are.
    """
    if name not in MODULES:
        raise KeyError(f"There is no lab {name!r}; there are {', '.join(MODULES)}.")
    return importlib.import_module(f"labkit.labs.{MODULES[name]}").LAB
