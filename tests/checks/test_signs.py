"""The signs that a student sees can be drawn where no font of signs is installed."""

import pathlib

import matplotlib
import pytest
from matplotlib.ft2font import FT2Font

from labkit.checks import result

ROOT = pathlib.Path(__file__).parents[2] / "labkit"
# Where signs stand: what a check, the notebook and the pages show.
SHOWN = (
    *(ROOT / "checks").glob("*.py"),
    *ROOT.glob("*/templates/*"),
    *(ROOT / "notebook").glob("*.py"),
    *(ROOT / "grading/results").rglob("*.py"),
    *(ROOT / "grading/results/templates").glob("*"),
)


@pytest.fixture(scope="module")
def font():
    """Return the font that comes with most Linux systems, and with Matplotlib."""
    return FT2Font(pathlib.Path(matplotlib.get_data_path()) / "fonts/ttf/DejaVuSans.ttf")


@pytest.mark.parametrize("path", SHOWN, ids=lambda path: path.name)
def test_every_sign_is_in_a_common_font(path, font):
    signs = {sign for sign in path.read_text("utf-8") if ord(sign) > 0x7F}
    assert {sign for sign in signs if not font.get_char_index(ord(sign))} == set()


def test_an_empty_square_would_be_noticed(font):
    assert not font.get_char_index(ord("⏸"))
    assert all(font.get_char_index(ord(sign)) for sign in result.MARKS.values())
