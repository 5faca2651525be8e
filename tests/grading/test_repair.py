"""What a repaired notebook runs as an answer, and what the student is told."""

import pytest

from labkit import labs
from labkit.grading.submissions import repair
from tests.grading import classroom

NUMBER = next(item.number for item in labs.load(classroom.LAB) if item.name == "count-images")


def _answers(book, root):
    """Return the code that counts as the answer to `count-images`, and the notes."""
    found = repair.repair(book.content(), classroom.lab(root))
    steps = [step.source for step in found.steps if step.exercise == "count-images"]
    return steps[:-1], " ".join(found.notes)  # the last one is the check


@pytest.mark.parametrize("source", ["n_trian = len(x_train)", "1 / 0", "print('soon')"])
def test_an_answer_cell_without_its_variables_is_the_answer_and_named(book, light_course, source):
    book.right().answer(**{"count-images": source})
    answers, notes = _answers(book, light_course)
    assert answers == [source]
    assert f"The answer cell of Exercise {NUMBER} does not make n_test, n_train." in notes
    assert "missing" not in notes


def test_a_copied_cell_that_is_used_for_something_else_is_no_answer(book, light_course):
    right = book.right().cell("count-images")["source"]
    copied = book.copy_of("count-images") | {"source": "print('another idea')"}
    book.cells.insert(book.place("count-images"), copied)
    answers, notes = _answers(book, light_course)
    assert answers == [right]
    assert "does not make" not in notes


def test_an_untouched_cell_is_no_wrong_answer(book, light_course):
    answers, notes = _answers(book, light_course)
    assert "does not make" not in notes and "missing" not in notes
    assert answers == [book.cell("count-images")["source"]]


def test_a_deleted_cell_is_called_missing(book, light_course):
    book.cells.remove(book.cell("count-images"))
    assert f"The answer cell of Exercise {NUMBER} was missing" in _answers(book, light_course)[1]
