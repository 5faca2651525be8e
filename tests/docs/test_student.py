"""The page for students shows the pictures that the browser tests take, all of them, with words."""

import pathlib
import re

from PIL import Image

DOCS = pathlib.Path(__file__).parents[2] / "docs"
TESTS = pathlib.Path(__file__).parents[1] / "browser"


def test_every_picture_is_taken_by_a_test_and_shown_with_words():
    shown = re.findall(
        r"!\[([^\]]{30,})\]\(pictures/([\w-]+)\.png\)", (DOCS / "student.md").read_text("utf-8")
    )
    taken = [
        name
        for path in TESTS.glob("test_*.py")
        for name in re.findall(r"shots\.take\(.*, \"([\w-]+)\"\)", path.read_text("utf-8"))
    ]
    there = [path.stem for path in (DOCS / "pictures").iterdir()]
    assert len(taken) >= 3
    assert sorted(taken) == sorted(name for _, name in shown) == sorted(there)


def test_pictures_are_small():
    for path in (DOCS / "pictures").iterdir():
        assert path.stat().st_size < 120_000, path.name
        with Image.open(path) as picture:
            assert picture.width <= 1200 and picture.height <= 900, path.name
