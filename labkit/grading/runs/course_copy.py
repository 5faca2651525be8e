"""The half of labkit that a run may see: it collects, and knows nothing of right and wrong."""

import contextlib
import os
import pathlib
import shutil
import sys
from collections.abc import Iterable

import labkit
from labkit import data
from labkit.data import cache, folder, specs
from labkit.grading.runs import inside, readable, sandbox, system_calls
from labkit.notebook import setup

INSIDE = "/course"
# All that a run sees of labkit; whatever is not listed stays out.
SHIPPED = (
    *("__init__.py", "files.py", "data", "evidence", "plots", "notebook"),
    *("reports/__init__.py", "reports/recipes.py", "reports/recordings.py"),
    *("reports/comparison.py", "reports/grid.py", "reports/processor.py", "reports/recorded"),
)
_PACKAGE = pathlib.Path(labkit.__file__).parent
# No other folders than the packages'; its variables are those of the box.
_PYTHON = (sys.executable, "-s", "-P")

# Quiet and alike on every machine; pip has no index, so `!pip install` fails at once.
_ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    # A run writes each large array once: to clear huge pages for that takes the kernel longer.
    "NUMPY_MADVISE_HUGEPAGE": "0",
    "PIP_NO_INDEX": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
    "LABKIT_OFFLINE": "1",
    **setup.TENSORFLOW,
}


def build(folder: pathlib.Path) -> None:
    """Write the collecting half of labkit and the workers to `folder`."""
    for name in SHIPPED:
        _copy(_PACKAGE / name, folder / "labkit" / name)
    for path in pathlib.Path(inside.__file__).parent.glob("*.py"):
        if path.name != "__init__.py":
            shutil.copy(path, folder)
    program = system_calls.program() if sys.platform == "linux" else None
    if program is not None:
        (folder / "system_calls.bpf").write_bytes(program)
    _add_fonts(folder / "matplotlib")


def _copy(source: pathlib.Path, target: pathlib.Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)


def box(
    folder: pathlib.Path,
    datasets: Iterable[str] = ("fashion-mnist",),
    secrets: Iterable[pathlib.Path] = (),
) -> sandbox.Box:
    """Return what a run sees: Python, the kit that `build` wrote, and the data.

    The data is found (and fetched) here, so that the run needs no network for it. What is secret
    is out of sight even if it lies within something that a run has to see.
    """
    for dataset in datasets:
        data.source(dataset)
    data.example_files()
    return _box({str(folder): INSIDE}, [*secrets, _PACKAGE])


def judge_box(kept: pathlib.Path) -> sandbox.Box:
    """Return what the judge sees: Python, labkit with its criteria, the data, what was kept."""
    return _box({str(_PACKAGE): f"{INSIDE}/labkit", str(kept): "/kept"}, ())


def _box(own: dict[str, str], secrets: Iterable[pathlib.Path]) -> sandbox.Box:
    python = {path: path for path in readable.python()}
    system = {path: path for path in readable.system()}
    folders, environment = _data()
    hidden = readable.covered(map(str, secrets), system | python | folders)
    return sandbox.Box(python | own | folders, hidden, environment)


def _data() -> tuple[dict[str, str], dict[str, str]]:
    """Return the folders that the data is in, and the variables that lead to it."""
    found = {}
    environment = dict(_ENVIRONMENT)
    cached = cache.root()
    if cached.is_dir():
        found[str(cached)] = "/cache"
        environment["LABKIT_CACHE"] = "/cache"
    named = os.environ.get("LABKIT_DATA", "").strip()
    if named and named != "sample":
        found |= _files_of_data(pathlib.Path(named).expanduser().resolve())
        named = "/data"
    if named:
        environment["LABKIT_DATA"] = named
    return found, environment


def _files_of_data(place: pathlib.Path) -> dict[str, str]:
    """Return the files of the data in a folder, which may hold anything else."""
    found = {}
    for spec in specs.DATASETS.values():
        with contextlib.suppress(data.DataError):  # not all of them need to be there
            for path in folder.locate(place, spec):
                found[str(path)] = f"/data/{path.relative_to(place)}"
    return found


def command(limits: sandbox.Limits) -> list[str]:
    """Return the command that starts the worker inside the box."""
    return [*_PYTHON, f"{INSIDE}/worker.py", "{pipe}", str(limits.processes)]


def looking_command() -> list[str]:
    """Return the command that looks in the box for what must not be seen there."""
    return [*_PYTHON, f"{INSIDE}/looking.py", "{pipe}"]


def warm_command(datasets: Iterable[str], control: int, limits: sandbox.Limits) -> list[str]:
    """Return the command that starts, inside a box, the process that forks workers."""
    numbers = control, limits.scratch, limits.processes
    return [*_PYTHON, f"{INSIDE}/preloaded.py", *map(str, numbers), *datasets]


def _add_fonts(folder: pathlib.Path) -> None:
    """Hand over Matplotlib's list of fonts, which takes seconds to make."""
    import matplotlib
    from matplotlib import font_manager  # noqa: F401  importing it makes the list

    folder.mkdir()
    for path in pathlib.Path(matplotlib.get_cachedir()).glob("fontlist-*.json"):
        shutil.copy(path, folder)
