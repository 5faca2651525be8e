"""What holds for every test: no downloads, a cache of its own, no windows."""

import os
import pathlib
import shutil
import tempfile

import matplotlib
import pytest

from labkit import data, notebook
from labkit.data import cache


def pytest_configure(config: pytest.Config) -> None:
    """Set the environment before a test module imports TensorFlow or starts a process."""
    os.environ.update(notebook.QUIET)
    os.environ["LABKIT_OFFLINE"] = "1"
    # Not by MPLBACKEND: a notebook's kernel would inherit that and show no pictures.
    matplotlib.use("agg")
    if _setting() not in ("", "sample"):
        os.environ["LABKIT_DATA"] = str(pathlib.Path(_setting()).expanduser().absolute())
    # The user's cache is read if the real data is in there and nowhere else, and left alone if not.
    if _setting() or not (cache.root() / "fashion-mnist").is_dir():
        config.labkit_cache = tempfile.mkdtemp(prefix="labkit-tests-")
        os.environ["LABKIT_CACHE"] = config.labkit_cache
    else:
        os.environ["LABKIT_CACHE"] = str(cache.root())  # also for tests with another home


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the cache."""
    if hasattr(config, "labkit_cache"):
        shutil.rmtree(config.labkit_cache, ignore_errors=True)


def _setting() -> str:
    return os.environ.get("LABKIT_DATA", "").strip()


@pytest.fixture(scope="session")
def real_data() -> str:
    """Return the ``LABKIT_DATA`` that gives the real data; skip where it is not at hand.

    A folder that is named but lacks the data is an error, not a reason to skip.
    """
    setting = _setting()
    if setting == "sample":
        pytest.skip("LABKIT_DATA=sample: the real data is left out on purpose")
    if data.source().kind != "real":
        pytest.skip("the real data is not at hand: LABKIT_DATA names no folder, the cache is empty")
    return setting


@pytest.fixture
def sample_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the test the drawn sample, whatever data is at hand."""
    monkeypatch.setenv("LABKIT_DATA", "sample")
