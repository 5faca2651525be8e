"""Students with numbers of their own: a copied value earns nothing, a shared number is told."""

import pytest

from labkit.checks import Outcome
from labkit.grading import grade
from labkit.grading.submissions import repair
from tests.grading import classroom
from tests.labs import test_variants as course

pytestmark = [
    pytest.mark.usefixtures("light_start"),
    pytest.mark.xdist_group("numbers"),  # their class is graded once
]

LAB = classroom.LAB
ANN, BEN = 483_920, 777_021
SHARED = "one may be a copy of another"


def _book(root, number):
    book = classroom.Book(root).right()
    if number:
        book.after("setup", f"# Mine.\nlab.number = {number}")
    return book


def _value(number):
    exercise = next(item.values[0] for item in course.EXERCISES if "read-pixel" in item.id)
    found = course._found(exercise, number)
    return found.facts["pixel"].value


@pytest.fixture(scope="module")
def graded(light_start, tmp_path_factory):
    """Return the grades of a class by student, and the folder of its report."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LABKIT_DATA", "sample")
        folder = tmp_path_factory.mktemp("numbers")
        root = classroom.light_course(folder / "course")
        place, output = folder / "in", folder / "out"
        for name, number in {"ann": ANN, "ben": BEN, "old": 0, "twin": ANN}.items():
            classroom.hand_in(place, name, _book(root, number).content())
        typed = "pixel, darkest_and_brightest = {}, (0, 255)"
        for name, number, value in (
            ("cheat", BEN, _value(ANN)),
            ("typed", BEN, _value(BEN)),
            ("default", BEN, _value(0)),
        ):
            book = _book(root, number)
            book.cell("read-pixel")["source"] = typed.format(value)
            classroom.hand_in(place, name, book.content())
        # What a notebook says while it runs decides nothing: its text does.
        book = _book(root, BEN)
        book.cell("read-pixel")["source"] = (
            f"vars(lab)['number'] = {ANN}\nlab.read_pixel.yours = lambda: (19, 14)\n"
            + typed.format(_value(ANN))
        )
        classroom.hand_in(place, "sly", book.content())
        finished = grade.grade(LAB, place, output, classroom.settings(root))
    return classroom.by_student(finished), output


@pytest.mark.parametrize("name", ["ann", "ben", "old", "twin", "typed"])
def test_ones_own_pixel_is_right(graded, name):
    results = graded[0][name].results
    assert classroom.outcomes(graded[0][name])["read-pixel"] is Outcome.PASSED, results


@pytest.mark.parametrize("name", ["cheat", "default", "sly"])
def test_a_copied_value_is_not(graded, name):
    assert classroom.outcomes(graded[0][name])["read-pixel"] is Outcome.FAILED
    assert next(r.points for r in graded[0][name].results if r.exercise == "read-pixel") == 2


def test_the_report_tells_who_shares_a_number(graded):
    _, output = graded
    report = (output / "report.html").read_text("utf-8")
    assert report.count(SHARED) == 2
    shared = next(line for line in report.splitlines() if str(ANN) in line)
    assert ">ann</a>" in shared
    assert ">twin</a>" in shared
    assert ">old</a>" not in shared
    assert f"same number,{ANN},who,ann; twin" in (output / "report.csv").read_text("utf-8")


def test_a_changed_number_runs_and_judges_anew(graded, tmp_path, monkeypatch):
    monkeypatch.setenv("LABKIT_DATA", "sample")
    root = classroom.light_course(tmp_path / "course")
    how = tmp_path / "in", tmp_path / "out", classroom.settings(root)
    for number, outcome in ((ANN, Outcome.PASSED), (BEN, Outcome.FAILED)):
        book = _book(root, number)
        book.cell("read-pixel")["source"] = (
            f"pixel, darkest_and_brightest = {_value(ANN)}, (0, 255)"
        )
        classroom.hand_in(how[0], "ann", book.content())
        (item,) = grade.grade(LAB, *how)
        assert classroom.outcomes(item)["read-pixel"] is outcome
        assert item.run.student == number


def test_the_number_stands_in_the_cells_that_run(light_course):
    book = _book(light_course, BEN)
    lab = classroom.lab(light_course)
    assert repair.repair(book.content(), lab).student == BEN
    assert repair.repair(classroom.Book(light_course).content(), lab).student == 0
