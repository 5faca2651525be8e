"""Right work counts: what runs in a student's kernel runs here, and no text of theirs is lost."""

import json

import hypothesis
import pytest
from hypothesis import strategies as st

from labkit.grading import grade
from labkit.grading.submissions import repair
from tests.grading import classroom

LAB = classroom.LAB
ESSAY = "why-not-labels"
KERAS = (
    "from tensorflow import keras\n"
    "(x_train, y_train), (x_test, y_test) = keras.datasets.fashion_mnist.load_data()"
)
DIGITS = "import keras\nassert keras.datasets.mnist.load_data()[0][0].shape[1:] == (28, 28)"


def _before(book, name, line):
    """Put a line on top of a cell."""
    cell = book.cell(name)
    cell["source"] = f"{line}\n{cell['source']}"


def _timed_without_marks(book):
    for cell in book.cells:
        cell["metadata"] = {}
        if cell.pop("id", "") in classroom.ATTEMPTED:
            cell["source"] = f"%%time\n{cell['source']}"


def _magic_everywhere(book):
    for name in classroom.ATTEMPTED:
        _before(
            book, name, "%matplotlib inline\n!no-such-command\n%pip install nothing-of-this-name"
        )


CASES = {
    "inline": lambda book: _before(book, "setup", "%matplotlib inline"),
    "colab": lambda book: _before(book, "setup", "from google.colab import drive"),
    "colab-own": lambda book: book.after(
        "setup", "from google.colab import drive\ndrive.mount('x')"
    ),
    "everywhere": _magic_everywhere,
    "keras": lambda book: book.cell("load").update(source=KERAS),
    "digits": lambda book: book.after("load", DIGITS),
    "given-lost": lambda book: book.cell("load").update(source="# (x_train, y_train) = later"),
    "timed": _timed_without_marks,
}


@pytest.mark.slow
@pytest.mark.usefixtures("sandboxed", "light_judge")
def test_what_runs_in_a_students_kernel_gets_all_points(light_course, tmp_path):
    for name, change in CASES.items():
        book = classroom.Book(light_course).right()
        change(book)
        classroom.hand_in(tmp_path / "in", name, book.content())
    settings = classroom.settings(light_course)
    graded = classroom.by_student(grade.grade(LAB, tmp_path / "in", tmp_path / "out", settings))
    points = {name: item.points for name, item in graded.items()}
    assert points == dict.fromkeys(CASES, classroom.FULL)
    notes = {name: " ".join(item.run.notes) for name, item in graded.items()}
    assert "The first error was in the cell that begins with 'from google.colab" in notes["colab"]
    assert "the course's own was run after it" in notes["colab"]
    assert "the course's own was run after it" in notes["given-lost"]
    assert "course's own" not in notes["inline"] + notes["keras"]


WORDS = st.text("abc xyz", min_size=1, max_size=30).map(lambda text: f"Because {text}")


@hypothesis.settings(deadline=None, derandomize=True)
@hypothesis.given(st.data())
def test_a_text_is_found_wherever_it_was_written(light_course, data):
    """Written in any cells between its question and the next cell of the course."""
    book = classroom.Book(light_course).right()
    place = book.place(f"{ESSAY}-answer")
    own = data.draw(st.booleans(), "in its own cell")
    question = data.draw(st.booleans(), "in the question's cell")
    kinds = st.sampled_from(("markdown", "code", "raw"))
    new = data.draw(st.lists(st.tuples(WORDS, kinds, st.booleans()), max_size=3))
    texts = []
    if own:
        texts.append(data.draw(WORDS))
        book.cells[place]["source"] = texts[-1]
        book.cells[place]["cell_type"] = data.draw(kinds)
    if question:
        texts.append(data.draw(WORDS))
        book.cells[place - 1]["source"] += f"\n\n{texts[-1]}"
    for text, kind, before in new:
        texts.append(text)
        cell = classroom.code_cell(text) | {"cell_type": kind}
        book.cells.insert(book.place(f"{ESSAY}-answer") + (not before), cell)
    if data.draw(st.booleans(), "marks lost") and not own:
        for cell in book.cells:
            cell["metadata"] = {}
            cell.pop("id", "")
    found = repair.repair(book.content(), classroom.lab(light_course))
    assert set(found.essays) == ({ESSAY} if texts else set())
    for text in texts:
        assert text.strip() in found.essays[ESSAY]
        assert not any(text in step.source for step in found.steps)


def test_printed_text_is_for_a_person_to_read(book, light_course):
    book.right().after(f"{ESSAY}-answer", "print('a label is a name')")
    found = repair.repair(book.content(), classroom.lab(light_course))
    assert "a label is a name" in found.essays[ESSAY]


def test_a_cell_of_code_after_an_answered_question_runs(book, light_course):
    book.right().cell(f"{ESSAY}-answer")["source"] = "A name."
    book.after(f"{ESSAY}-answer", "x_train.shape")
    found = repair.repair(book.content(), classroom.lab(light_course))
    assert found.essays == {ESSAY: "A name."}
    assert "x_train.shape" in [step.source for step in found.steps]


def test_half_a_character_costs_nothing(book, light_course):
    book.right().cell(f"{ESSAY}-answer")["source"] = "a label \ud83d is a name \x1b[2J"
    found = repair.repair(json.dumps(book.notebook).encode(), classroom.lab(light_course))
    assert found.essays[ESSAY] == r"a label \ud83d is a name \x1b[2J"
