"""Starting JupyterLab on the notebooks: the data first, then a quiet local server."""

from __future__ import annotations

import os
import pathlib
import sys
import tempfile

import labkit
from labkit import data
from labkit.notebook import setup


def find_notebooks(folder: pathlib.Path | None = None) -> pathlib.Path | None:
    """Return the folder that holds the notebooks.

    Parameters
    ----------
    folder : pathlib.Path, optional
        The folder asked for. If left out, it is ``notebooks`` in the working folder or beside the
        package.

    Returns
    -------
    pathlib.Path or None
        The absolute path of the folder; None if there is no such folder.
    """
    beside = pathlib.Path(labkit.__file__).parent.parent
    candidates = [folder] if folder else [pathlib.Path("notebooks"), beside / "notebooks"]
    return next((path.absolute() for path in candidates if path.is_dir()), None)


def prepare_data(dataset: str = "fashion-mnist") -> data.Source:
    """Find, fetch or draw the images, say which they are, and hand that on to the notebooks.

    Parameters
    ----------
    dataset : str
        The data set.

    Returns
    -------
    data.Source
        What was found. With the drawn sample, ``LABKIT_DATA=sample`` is set in this process, so
        that no notebook waits for the network again.

    Raises
    ------
    data.DataError
        If the folder in ``LABKIT_DATA`` lacks a file or holds a bad one.
    """
    folder = os.environ.get("LABKIT_DATA", "").strip()
    if folder not in ("", "sample"):
        # A notebook has another working folder.
        os.environ["LABKIT_DATA"] = str(pathlib.Path(folder).expanduser().absolute())
    source = data.source(dataset)
    if source.kind == "sample":
        os.environ["LABKIT_DATA"] = "sample"  # that it is the sample has been said
    else:
        print(f"labkit: {source} (from the {source.place}).", flush=True)
    return source


def has_display() -> bool:
    """Tell whether a browser can be opened here."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def serve(folder: pathlib.Path, browser: bool = True, port: int = 8888, page: str = "") -> None:
    """Run JupyterLab until it is ended, from its File menu or with Ctrl-C.

    Parameters
    ----------
    folder : pathlib.Path
        What JupyterLab shows.
    browser : bool
        Whether to open a browser if there is a display; the address is printed in any case.
    port : int
        The port, or if it is taken, the next free one.
    page : str
        The file in `folder` that is shown first; empty for JupyterLab's own page.
    """
    from jupyterlab import labapp

    os.environ.update(setup.TENSORFLOW | os.environ)  # the kernels inherit it
    give_a_home()
    # This Python's kernel, even if the user has installed one of the same name elsewhere.
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    # JupyterLab asks nobody for news, and nobody whether it may: there may be no network. And it
    # does not ask for a kernel: on a busy machine it may look for one before the notebook that
    # names it is there. These are defaults, so a user who has chosen otherwise keeps that.
    own = pathlib.Path(labkit.__file__).with_name("jupyter")
    _put_first("JUPYTER_CONFIG_PATH", own)
    # Its kernels know their cells, and its page tells them what the cells show.
    _put_first("JUPYTER_PATH", own)
    if page:
        # The student's folder is no part of the course's, whose settings nbgrader would look for.
        os.chdir(folder)
    browser = browser and has_display()
    print("labkit: JupyterLab is starting; Ctrl-C here ends it. Its address:", flush=True)
    labapp.LabApp.launch_instance(_options(folder, browser, port, page))


def give_a_home() -> None:
    """Let Jupyter, IPython and Matplotlib keep their files elsewhere if the home takes none.

    What they keep is lost when the machine forgets its temporary files; that is said.
    """
    from jupyter_core import paths

    places = {
        "JUPYTER_RUNTIME_DIR": paths.jupyter_runtime_dir,
        "JUPYTER_DATA_DIR": paths.jupyter_data_dir,
        "JUPYTER_CONFIG_DIR": paths.jupyter_config_dir,
        "IPYTHONDIR": lambda: os.environ.get("IPYTHONDIR") or "~/.ipython",
        "MPLCONFIGDIR": lambda: os.environ.get("MPLCONFIGDIR") or "~/.config/matplotlib",
    }
    closed = [name for name, place in places.items() if not _is_writable(place())]
    if not closed:
        return
    instead = pathlib.Path(tempfile.mkdtemp(prefix="labkit-home-"))
    for name in closed:
        os.environ[name] = str(instead / name.lower())
    print(
        f"labkit: your home folder ({pathlib.Path('~').expanduser()}) cannot be written, so that"
        f" Jupyter's settings are kept in {instead} for now. Your notebooks are not"
        " touched by that. To change it, set HOME to a folder of yours.",
        flush=True,
    )


def _is_writable(place: str) -> bool:
    folder = pathlib.Path(place).expanduser()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _put_first(variable: str, folder: pathlib.Path) -> None:
    others = os.environ.get(variable)
    os.environ[variable] = f"{folder}{os.pathsep}{others}" if others else str(folder)


def _options(folder: pathlib.Path, browser: bool, port: int, page: str) -> list[str]:
    options = [
        f"--ServerApp.root_dir={folder}",
        f"--ServerApp.open_browser={browser}",
        f"--ServerApp.port={port}",
        # Ctrl-C ends without a question: the notebooks are saved as they are edited.
        "--ServerApp.answer_yes=True",
        # Only errors and the address.
        "--Application.log_level=ERROR",
    ]
    if page:
        options.append(f"--LabApp.default_url=/lab/tree/{page}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # In a container everybody is root. The server listens on this machine only.
        options.append("--ServerApp.allow_root=True")
    return options
