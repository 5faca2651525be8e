"""The labs: a folder each."""

import importlib
import pathlib
import sys
import types

from labkit.checks import lab_folder
from labkit.notebook import lab as notebook_lab

_FOLDER = pathlib.Path(__file__).parent


def _find() -> dict[str, str]:
    """Return the names of all labs, in their order, and of the packages that hold them."""
    found = {}
    for path in _FOLDER.glob("*/lab.md"):
        with open(path, encoding="utf-8") as text:
            name = next((line for line in text if line.startswith("lab:")), "lab:")
        found[name.removeprefix("lab:").strip()] = path.parent.name
    return dict(sorted(found.items()))


MODULES = _find()


def load(name: str) -> lab_folder.Lab:
    """Return the lab `name`, for example ``"lab1-data"``.

    Raises
    ------
    KeyError
        If there is no such lab; the message lists those that there are.
    """
    if name not in MODULES:
        raise KeyError(f"There is no lab {name!r}; there are {', '.join(MODULES)}.")
    return importlib.import_module(f"labkit.labs.{MODULES[name]}").LAB


def of_notebook(name: str) -> notebook_lab.Lab:
    """Return what a notebook calls ``lab``; `labkit.setup` asks for it. Errors as `load`."""
    opened = notebook_lab.of(load(name))
    opened.course = lambda: map(load, MODULES)
    return opened


def publish(package: str) -> lab_folder.Lab:
    """Read the lab in whose package this is called, and give the package what notebooks call.

    These are its exercises, what the object of `labkit.notebook.lab` can do, and what the lab's
    ``shared.py`` offers without an underscore.
    """
    module = sys.modules[package]
    lab = lab_folder.Lab(pathlib.Path(module.__file__).parent, package)
    shared = vars(sys.modules.get(f"{package}.{lab_folder.SHARED}", types.SimpleNamespace()))
    offered = {name: item for name, item in shared.items() if not name.startswith("_")}
    for_notebooks = notebook_lab.of(lab)
    offered |= {name: getattr(for_notebooks, name) for name in dir(for_notebooks)}
    for name, item in offered.items():
        if not isinstance(item, types.ModuleType):
            setattr(module, name, item)
    return lab
