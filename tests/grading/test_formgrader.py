"""nbgrader's formgrader opens what grading wrote, and what is marked there is kept."""

import dataclasses
import itertools
import json

import pytest

from labkit.grading import grade
from labkit.grading.results import gradebook
from labkit.grading.runs import running
from labkit.grading.submissions import handed_out
from tests.grading import classroom, marking

pytestmark = pytest.mark.usefixtures("light_start")

LAB = classroom.LAB


@pytest.mark.slow
@pytest.mark.usefixtures("sandboxed")
def test_formgrader_serves_the_questions_and_marks_are_kept(light_course, tmp_path, book):
    book.right()
    book.cell("why-not-labels-answer")["source"] = "A label is a name. <script>alert(1)</script>"
    classroom.hand_in(tmp_path / "in", "ann", book.content())
    settings = classroom.settings(light_course)
    output, home = tmp_path / "out", tmp_path / "home"
    home.mkdir()
    grade.grade(LAB, tmp_path / "in", output, settings)
    with marking.formgrader(output, home) as server:
        ask = server.ask
        listed = json.loads(ask(f"formgrader/api/submissions/{LAB}"))
        assert [(item["student"], item["needs_manual_grade"]) for item in listed] == [("ann", True)]
        notebooks = json.loads(ask(f"formgrader/api/submitted_notebooks/{LAB}/{LAB}"))
        submission = notebooks[0]["id"]
        page = ask(f"formgrader/submissions/{submission}/")
        assert "A label is a name." in page
        assert "<script>alert(1)" not in page
        assert "Rubric" in page and "a name, and not an amount" in page
        grades = json.loads(ask(f"formgrader/api/grades?submission_id={submission}"))
        mine = next(item for item in grades if item["name"] == "why-not-labels-answer")
        assert (
            mine["needs_manual_grade"] and mine["max_score"] == classroom.POINTS["why-not-labels"]
        )
        ask(f"formgrader/api/grade/{mine['id']}", {"manual_score": 4.5})
        comments = json.loads(ask(f"formgrader/api/comments?submission_id={submission}"))
        comment = next(item for item in comments if item["name"] == "why-not-labels-answer")
        ask(f"formgrader/api/comment/{comment['id']}", {"manual_comment": "Nearly."})
    (ann,) = grade.grade(LAB, tmp_path / "in", output, settings)
    assert ann.total == classroom.FULL + 4.5
    page = (output / "feedback" / "ann.html").read_text(encoding="utf-8")
    assert f"4.5 of {classroom.POINTS['why-not-labels']:g} points" in page and "Nearly." in page


def test_a_gradebook_of_other_exercises_is_explained(light_course, tmp_path):
    lab = classroom.lab(light_course)
    with gradebook.Book(tmp_path, lab) as book:
        book.enter("ann", [], {}, {})
    lab.notebook["cells"] = [
        cell for cell in lab.notebook["cells"] if "read-idx" not in cell.get("id", "")
    ]
    with pytest.raises(
        handed_out.CourseError, match=r"other exercises .* Move gradebook.db"
    ) as raised:
        gradebook.Book(tmp_path, lab)
    assert LAB in str(raised.value)


def test_a_gradebook_of_other_exercises_is_found_before_a_notebook_runs(
    light_course, tmp_path, book, monkeypatch
):
    output = tmp_path / "out"
    output.mkdir()
    lab = classroom.lab(light_course)
    kept = [cell.exercise != "read-idx" for cell in lab.cells]
    lab.notebook["cells"] = list(itertools.compress(lab.notebook["cells"], kept))
    fewer = dataclasses.replace(lab, cells=tuple(itertools.compress(lab.cells, kept)))
    with gradebook.Book(output, fewer) as other:
        other.enter("ann", [], {}, {})
    classroom.hand_in(tmp_path / "in", "ann", book.content())
    monkeypatch.setattr(running, "run", lambda *_: pytest.fail("a notebook ran"))
    with pytest.raises(handed_out.CourseError, match="other exercises"):
        grade.grade(LAB, tmp_path / "in", output, classroom.settings(light_course))
