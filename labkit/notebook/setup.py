"""What a lab notebook says in its first cell, and a guard for cells that need an answer."""

import contextlib
import importlib
import importlib.metadata
import os
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

import labkit

# TensorFlow reads these when it is imported. Its start-up messages carry time stamps. By itself it
# uses its oneDNN kernels on some processors only; without them convolutions take twice the time
# and more on the others, too. What a user has set stays.
TENSORFLOW = {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "1"}

OUTDATED = (
    "This notebook is of another version than the course's present one. In a terminal, "
    "{} brings that, with all of your answers."
)


def setup(lab: str, dataset: str = "fashion-mnist") -> Any:
    """Prepare a notebook and print one line that says what it runs on.

    Parameters
    ----------
    lab : str
        The lab's name, for example ``"lab1-data"``.
    dataset : str
        The images that the lab works on; they are found, fetched or drawn here, so that every
        later load is quick.

    Returns
    -------
    labkit.notebook.lab.Lab
        The lab: its exercises as attributes, ``progress()`` and ``hint()``.

    Raises
    ------
    labkit.data.DataError
        If the folder named by ``LABKIT_DATA`` lacks a file or holds a bad one.
    """
    from labkit import data
    from labkit.notebook import feeding, fits

    _listen()
    os.environ.update(TENSORFLOW | os.environ)
    with _quiet_start():
        importlib.import_module("keras")
        feeding.mend()
        fits.note()
    _use_alt_text()
    _know_the_cells()
    versions = f"labkit {labkit.__version__}, keras {importlib.metadata.version('keras')}"
    print(f"{lab} on {data.source(dataset)}. {versions}. Set-up complete.")
    if _is_outdated(lab):
        from labkit.notebook import terminal

        print(OUTDATED.format(terminal.command("update")))
    return _opened(lab)


def ready(*answers: Any) -> bool:
    """Tell whether every answer was given, that is, none is still the placeholder ``...``.

    Parameters
    ----------
    *answers : object
        The variables that the rest of the cell needs.

    Returns
    -------
    bool
        True when the cell can go on. Otherwise it says so, and the notebook runs on.
    """
    if all(answer is not ... for answer in answers):
        return True
    print("Nothing to show yet: an exercise above is still to be done.")
    return False


@contextlib.contextmanager
def _quiet_start() -> Iterator[None]:
    """Keep back what TensorFlow's compiled part writes to stderr while it is imported.

    It reports missing graphics cards whatever the log level is, with a time stamp. Should the
    import fail, everything that was kept back is shown.
    """
    sys.stderr.flush()
    with tempfile.TemporaryFile() as kept:
        before = os.dup(2)
        os.dup2(kept.fileno(), 2)
        try:
            yield
        except BaseException:
            kept.seek(0)
            os.write(before, kept.read())
            raise
        finally:
            os.dup2(before, 2)
            os.close(before)


def _use_alt_text() -> None:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is not None:
        from labkit.plots import alt_text

        alt_text.install(shell)


def _listen() -> None:
    """Let the kernel note what its cells do: first, so that a set-up that fails is noted, too."""
    if _has_kernel():
        from labkit.notebook import kernel

        kernel.attach(sys.modules["IPython"].get_ipython())


def _has_kernel() -> bool:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return getattr(shell, "kernel", None) is not None


def _know_the_cells() -> None:
    if _has_kernel():
        from labkit.checks import exercise
        from labkit.notebook import desk, training

        training.show()
        exercise.carry_out = desk.check


def _is_outdated(lab: str) -> bool:
    """Tell whether the notebook is another version than the one that the course hands out now."""
    from labkit.notebook import document, working_copy

    path = document.of_this_kernel()
    return path is not None and working_copy.is_outdated(path, lab)


def _opened(name: str) -> Any:
    """Return what the notebook calls ``lab``."""
    # By name: the labs are made of everything else, this module among it, and a run that is graded
    # has others in their place.
    return importlib.import_module("labkit.labs").of_notebook(name)
