"""The object that a notebook calls `lab`."""

import pytest

from labkit import labs
from labkit.notebook import lab

each_lab = pytest.mark.parametrize("name", labs.MODULES)


@each_lab
def test_every_exercise_is_an_attribute(name):
    described = labs.load(name)
    opened = lab.of(described)
    for exercise in described:
        attribute = exercise.name.replace("-", "_")
        assert getattr(opened, attribute) is exercise
        assert attribute in dir(opened)
    assert lab.of(described) is opened


@each_lab
def test_an_unknown_name_lists_the_exercises(name):
    described = labs.load(name)
    with pytest.raises(AttributeError, match=next(iter(described)).name.replace("-", "_")):
        _ = lab.of(described).no_such_exercise
    for meant in ("progress", next(iter(described)).name.replace("-", "_")):
        with pytest.raises(AttributeError, match=rf"Is lab\.{meant} meant\?"):
            getattr(lab.of(described), meant[:-1])


@each_lab
def test_an_exercise_that_is_shown_tells_nothing_of_its_answer(name):
    for exercise in labs.load(name):
        told = repr(exercise)
        assert told.startswith(f"Exercise {exercise.number}, {exercise.title}")
        assert all(variable in told for variable in exercise.answers)
        assert len(told) < 200 and "misconception" not in told
