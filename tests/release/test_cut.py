"""What is left of a lab's files, and what is refused."""

import pathlib
import types

import pytest

from labkit.release import cut
from labkit.release.errors import ReleaseError

SHARED = '''"""What is shared."""

import math

WIDTH = 3  # a comment that tells the answer


def asked(n):
    return n * WIDTH


def for_answers_only(n):
    return math.sqrt(n)


def for_notebooks():
    """What a cell calls."""


def _add_answers(exercise):
    @exercise.wrong
    def wrong():
        return for_answers_only(4)


def require(exercise):
    exercise.require(asked(1), asks="")
    if WIDTH:
        _add_answers(exercise)
'''
EXERCISE = '''"""The title

The text.
"""

import numpy as np

from labkit.checks.authoring import NUMBER, Exercise
from labkit.labs.lab import shared

exercise = Exercise(__doc__, n=NUMBER, hints=("a", "b", "c"))


@exercise.solution(free="1")
def solution(x_train):
    n = np.size(x_train)
    return n


def _helper():
    return shared.asked(2)


@exercise.criterion(1, asks="The text")
def _(n):
    """the title of a criterion"""
    return _helper()


shared.require(exercise)


@exercise.mistake(earns=1)
def from_data(x_train):
    """What is told of it."""
    return x_train[0]


@exercise.mistake
def from_the_own(n_before):
    """What is told of that."""
    return n_before + 1


def _for_signs():
    return shared.for_answers_only(16)


@exercise.sign(shown_by=lambda: _for_signs(), earns=1)
def seen(n):
    """What is told where it is seen."""
    return n == 4


@exercise.right
def right():
    return shared.for_answers_only(9)


exercise.right(short=lambda x_train: x_train[0])
exercise.wrong(earns=1, shows="seen", brief=lambda: _for_signs())
'''


def left(folder: pathlib.Path, exercise: str = EXERCISE, shared: str = SHARED) -> dict[str, str]:
    """Return what is left of a lab of one exercise."""
    texts = {
        "__init__.py": "LAB = 1",
        "lab.md": "{{ one }}",
        "one.py": exercise,
        "shared.py": shared,
    }
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    lab = types.SimpleNamespace(folder=folder, by_place={"one": object()})
    made_anew = {f"{folder.name}/one": ["from_the_own"]}
    return cut.lab(lab, made_anew, "lab.for_notebooks()")


def test_answers_go_and_checks_stay(tmp_path):
    found = left(tmp_path)
    assert set(found) == {"__init__.py", "lab.md", "one.py", "shared.py"}
    assert found["__init__.py"] == "LAB = 1\n"
    for gone in (
        "size",
        "free",
        "x_train[0]",
        "right",
        "import numpy",
        "shown_by",
        "_for_signs",
        "brief",
        "authoring import Exercise",
    ):
        assert gone not in found["one.py"], gone
    for kept in (
        "from labkit.checks.recorded import Exercise",
        "from labkit.checks.authoring import NUMBER",
        "def solution(x_train):\n    pass",
        '@exercise.mistake\ndef from_data():\n    """What is told of it."""',
        "return n_before + 1",
        '"""the title of a criterion"""\n    return _helper()',
        "hints=('a', 'b', 'c')",
        '@exercise.sign\ndef seen(n):\n    """What is told where it is seen."""\n    return n == 4',
    ):
        assert kept in found["one.py"], kept
    for gone in ("math", "for_answers_only", "_add_answers", "comment"):
        assert gone not in found["shared.py"], gone
    for kept in ("WIDTH = 3", "def asked", "def for_notebooks", "def require"):
        assert kept in found["shared.py"], kept


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        ("return _helper()", "return solution(n)", "solution"),
        ("return n_before + 1", "return solution(n_before)", "solution"),
        ("return shared.asked(2)", "return right()", "right"),
    ],
)
def test_a_check_that_calls_what_goes_is_refused(before, after, named, tmp_path):
    with pytest.raises(ReleaseError, match=rf"one\.py, line \d+: .* calls {named}, which"):
        left(tmp_path, EXERCISE.replace(before, after))


def test_an_essay_keeps_its_points(tmp_path):
    text = '"""A title\n\nThe text.\n"""\nfrom labkit.checks.authoring import Essay\n'
    text += 'essay = Essay(__doc__, rubric=((2, "a reason"), (1, "more")), answer="Because.")\n'
    space = {"__doc__": "A title\n\nThe text."}
    exec(text.partition('"""\n')[2], space)
    (tmp_path / "why.py").write_text(text, "utf-8")
    (tmp_path / "lab.md").touch()
    lab = types.SimpleNamespace(folder=tmp_path, by_place={"why": space["essay"]})
    found = cut.lab(lab, {}, "")["why.py"]
    assert "rubric=((3, ''),), answer=''" in found
    assert "reason" not in found and "Because" not in found
