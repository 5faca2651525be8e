"""The Python side of the page for R users runs, from its first line to its last."""

import pathlib
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest

import labkit
from labkit import data

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "coming-from-r.md"
IMAGES = 60


def python_lines(text: str) -> list[str]:
    """Return the code in the right-hand column of the page's tables, in order."""
    cells = [line.rsplit(" | ", 1)[-1] for line in text.splitlines() if line.startswith("| ")]
    return [code for cell in cells for code in re.findall(r"^`([^`]+)`", cell)]


@pytest.fixture
def few_images(sample_data, monkeypatch, tmp_path):
    """Load a handful of images instead of all, in a folder where files may be written."""
    arrays = data.load_fashion_mnist()
    few = tuple((images[:IMAGES], labels[:IMAGES]) for images, labels in arrays)
    monkeypatch.setattr(labkit, "load_fashion_mnist", lambda: few, raising=False)
    monkeypatch.chdir(tmp_path)
    yield
    plt.close("all")


def test_every_line_runs(few_images):
    lines = python_lines(PAGE.read_text("utf-8"))
    assert len(lines) > 40
    names: dict = {}
    for line in lines:
        try:
            exec(line, names)
        except Exception as error:
            pytest.fail(f"{line}\n{type(error).__name__}: {error}")
    assert 0 <= names["test_accuracy"] <= 1
    assert names["predicted"].shape == (IMAGES,)
    assert len(names["decays"]) == 13
    assert names["decays"][[0, -1]] == pytest.approx([1e-3, 1])


def test_what_is_said_of_overflow_holds():
    with np.errstate(over="ignore"):
        assert np.uint8(200) + np.uint8(100) == 44


def test_every_row_has_two_columns():
    """A bar inside a line of code would break the table."""
    rows = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("|")]
    assert {line.count("|") for line in rows} == {3}
