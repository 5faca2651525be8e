"""What a lab's folder is read as, where something in it is counted."""

import pathlib

import pytest

from labkit.checks import lab_folder
from labkit.checks.authoring import AuthorError

SETTINGS = {"lab": "lab9-made", "minutes": "5", "points": "4"}
EXERCISE = '''"""A count

Count. Each step is worth {worth} points.
"""

from labkit.checks.authoring import NUMBER, Exercise

exercise = Exercise(__doc__, n=NUMBER, hints=("a", "b", "c"))


@exercise.solution
def solution(x_train):
    n = len(x_train)
    return n


exercise.equal("n", 1.5, "the number", "Count.", asks="Count", title="the step")
exercise.right(by_shape=lambda x_train: x_train.shape[0], by_labels=lambda y_train: y_train.size)
exercise.wrong(one=lambda: 1, more=lambda n: n + 1, less=lambda n: n - 1, half=lambda n: n / 2)
'''
ESSAY = '''"""{title}

{text}
"""

from labkit.checks.authoring import Essay

essay = Essay(__doc__, rubric=((2, "says why"),), answer="Because.")
'''


@pytest.fixture
def made(tmp_path, monkeypatch):
    """Return a function that writes a lab of two questions and reads it."""

    def read(
        prose: str = "Prose.", text: str = "Why?", worth: str = "", **changes: str
    ) -> lab_folder.Lab:
        package = f"lab_of_{tmp_path.name}"
        folder = tmp_path / package
        folder.mkdir()
        (folder / "__init__.py").write_text("", encoding="utf-8")
        for name, told in (("one_more", "Why?"), ("another", text)):
            source = ESSAY.format(title=name.title(), text=told)
            (folder / f"{name}.py").write_text(source, encoding="utf-8")
        if worth:
            source = EXERCISE.replace("{worth}", worth)
            (folder / "another.py").write_text(source, encoding="utf-8")
            changes["points"] = "3.5"
        settings = "\n".join(f"{key}: {value}" for key, value in (SETTINGS | changes).items())
        places = "{{ one_more }}\n\n{{ another }}"
        (folder / "lab.md").write_text(
            f"---\n{settings}\n---\n\n# Title\n\n\n{prose}\n\n{places}\n", encoding="utf-8"
        )
        monkeypatch.syspath_prepend(tmp_path)
        return lab_folder.Lab(folder, package)

    return read


def test_numbers_of_exercises_are_filled_in(made):
    lab = made("See {exercise:another}.", "As in Exercise {exercise:one-more}: why?")
    assert lab.pieces[1].text == "See 2."
    assert lab.exercises[1].text == "As in Exercise 1: why?"
    assert lab.faults() == []


@pytest.mark.parametrize(("place", "file"), [("prose", "lab.md"), ("text", "another.py")])
def test_a_number_of_nothing_is_told(made, place, file):
    with pytest.raises(AuthorError, match="another") as caught:
        made(**{place: "As in Exercise {exercise:one-moor}."})
    assert pathlib.Path(caught.value.path).name == file
    assert "{exercise:one-moor} stands for no exercise" in str(caught.value)


def test_points_unlike_those_promised_are_told(made):
    (fault,) = made(points="5").faults()
    assert "lab.md, line 1: the exercises give 4 points; the settings say 5." in str(fault)


def test_an_unknown_data_set_is_told(made):
    with pytest.raises(AuthorError, match=r"no data set 'leafs'.*fashion-mnist, mnist"):
        made(dataset="leafs")


def test_points_of_a_criterion_are_filled_in(made):
    lab = made(worth="{points:the step}")
    assert lab.exercises[1].text == "Count. Each step is worth 1.5 points."
    assert lab.faults() == []


def test_points_of_nothing_are_told(made):
    with pytest.raises(
        AuthorError, match=r"another\.py.*\{points:a step\} stands for no.*the step"
    ):
        made(worth="{points:a step}")


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"prose": "Prose.\n\nAs in Exercise 2."}, "lab.md, line 12: 'Exercise 2' is typed"),
        ({"text": "Why?\nSee exercises 1 and 2."}, "another.py, line 4: 'exercises 1' is typed"),
        ({"worth": "1.5"}, "another.py, line 3: 'worth 1.5 points' is typed"),
    ],
)
def test_typed_numbers_are_told_with_file_and_line(made, changes, where):
    (fault,) = made(**changes).faults()
    assert where in str(fault) and "{exercise:NAME}" in fault.cure


def test_numbers_that_are_not_counted_may_be_typed(made):
    prose = "Lab 3 draws 50 points; give 2 reasons. There are 10 exercises."
    assert made(prose).faults() == []
