"""Which classes the words at an image name."""

import pytest

from labkit import labs
from labkit.checks import captions
from labkit.checks.given import reference

pytestmark = pytest.mark.usefixtures("sample_data")


@pytest.fixture
def names():
    return reference(next(iter(labs.load("lab1-data"))).dataset).class_names


@pytest.mark.parametrize("words", ["{}", "7: {}", "class {} (6)", "This is a\n{}.", "no. 7, {}"])
def test_a_class_is_named_whatever_stands_beside_it(words, names):
    for name in names:
        for written in (name, name.upper(), name.lower()):
            assert captions.classes_in(words.format(written), names) == [name]


def test_a_name_may_go_on_in_another_line(names):
    for name in names:
        places = [n for n, sign in enumerate(name, 1) if not sign.isalpha()]
        for place in places:
            written = f"{name[:place].strip()}\n{name[place:].strip()}"
            assert captions.classes_in(written, names) == [name], written


@pytest.mark.parametrize(
    "words",
    ["no {}", "not a {}", "Never an {}", "It isn't a {}", "Not {} at all", "no ✓ {}", "not “{}”"],
)
def test_whoever_says_that_it_is_none_names_none(words, names):
    for name in names:
        assert captions.classes_in(words.format(name), names) == []


def test_several_are_named_in_their_order(names):
    for one, other in zip(names, [*names[1:], names[0]], strict=True):
        assert captions.classes_in(f"{one} or {other}", names) == [one, other]
        assert captions.classes_in(f"no {one}, but {other}", names) == [other]
