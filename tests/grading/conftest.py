"""The light course, once for all tests, on the drawn sample."""

import os
import pathlib
import tempfile

import pytest

from labkit.grading.runs import sandbox
from tests.grading import classroom, light_start


@pytest.fixture(autouse=True)
def _sample(sample_data):
    """Grade with the drawn sample, whatever data is at hand."""


@pytest.fixture(scope="session")
def light_course(tmp_path_factory):
    """Return the folder of the light course."""
    return classroom.light_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="session")
def in_memory():
    """Return a folder for tests that write thousands of files, in memory where that is possible."""
    shared = "/dev/shm"
    place = shared if os.access(shared, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="labkit-tests-", dir=place) as folder:
        yield pathlib.Path(folder)


@pytest.fixture
def book(light_course):
    """Return a blank submission to the light course."""
    return classroom.Book(light_course)


@pytest.fixture
def light_boxes(monkeypatch):
    """Let boxes start soon; for tests of what becomes of them."""
    light_start.of_boxes(monkeypatch.setattr)


@pytest.fixture
def light_judge(monkeypatch):
    """Let the judge start soon; for tests of what comes before it."""
    light_start.of_the_judge(monkeypatch.setattr)


@pytest.fixture
def sandboxed():
    """Skip where there is no sandbox."""
    if not sandbox.available():
        pytest.skip("bubblewrap is not installed or does not work here")
