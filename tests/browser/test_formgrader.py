"""An instructor marks a free-text answer in a real formgrader, and it reaches the grades."""

import csv

import pytest

from labkit.grading import grade
from tests.browser import chromium
from tests.grading import classroom, marking

pytestmark = [*chromium.NEEDED, pytest.mark.usefixtures("sample_data")]

LAB = classroom.LAB
ANSWER = "why-not-labels-answer"
SAVE_SECONDS = 60
# (What it sets up after that needs MathJax from the network; marking does not.)
LOADED = "globalThis.formgrader?.grades?.loaded && formgrader.comments?.loaded"


def test_points_and_comment_that_are_typed_reach_the_student(tmp_path):
    root = classroom.light_course(tmp_path / "course")
    book = classroom.Book(root).right()
    book.cell(ANSWER)["source"] = "A label is a name."
    place, output, home = tmp_path / "in", tmp_path / "out", tmp_path / "home"
    classroom.hand_in(place, "ann", book.content())
    home.mkdir()
    settings = classroom.settings(root)
    grade.grade(LAB, place, output, settings)

    with marking.formgrader(output, home) as server, chromium.page() as page:
        page.goto(server.url)
        page.get_by_role("link", name="Manual Grading").click()
        for name in (LAB, LAB, "Submission #1"):
            page.locator("table").get_by_role("link", name=name).click()
        # Nothing is saved before the page has fetched the marks that it shows.
        page.wait_for_function(LOADED)
        for field, typed in ((f"#{ANSWER}", "4.5"), (f"#{ANSWER}-comment", "Nearly.")):
            with page.expect_response(_is_saved, timeout=SAVE_SECONDS * 1000):
                page.locator(field).fill(typed)
                page.locator(field).press("Tab")

    grade.grade(LAB, place, output, settings)
    with open(output / "grades.csv", encoding="utf-8", newline="") as file:
        rows = {row["exercise"]: row for row in csv.DictReader(file)}
    assert rows["why-not-labels"]["points"] == "4.5"
    assert rows["why-not-labels"]["outcome"] == grade.MARKED
    feedback = (output / "feedback" / "ann.html").read_text(encoding="utf-8")
    assert "4.5 of 6 points" in feedback and "Nearly." in feedback


def _is_saved(response):
    return response.request.method == "PUT" and response.ok
