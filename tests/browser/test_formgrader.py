"""An instructor marks a free-text answer in a real formgrader, and it reaches the grades."""

import collections
import csv
import functools
import json
import random

import pytest

from labkit.grading import grade
from labkit.grading.results import grades, pages
from tests.browser import chromium
from tests.grading import classroom, essays, hostile, marking

pytestmark = [*chromium.NEEDED, pytest.mark.usefixtures("sample_data", "light_start")]

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
    assert rows["why-not-labels"]["outcome"] == grades.MARKED
    feedback = (output / "feedback" / "ann.html").read_text(encoding="utf-8")
    assert (
        f"4.5 of {classroom.POINTS['why-not-labels']:g} points" in feedback
        and "Nearly." in feedback
    )


def _is_saved(response):
    return response.request.method == "PUT" and response.ok


def test_no_link_of_a_student_runs_and_no_picture_loads(tmp_path):
    """Each page of a student who tries asks for the same as that of one who does not."""
    output, home = tmp_path / "out", tmp_path / "home"
    output.mkdir()
    home.mkdir()
    texts = {"student-01": "A label is a name."}
    for number in range(2, 6):
        parts = random.Random(number).choices(hostile.PARTS, k=60)
        texts[f"student-{number:02}"] = "".join(parts)
    lab = classroom.lab(classroom.light_course(tmp_path / "course"))
    essays.enter(output, lab, list(texts.values()))
    asked = collections.defaultdict(set)

    with marking.formgrader(output, home) as server, chromium.page() as page:
        base, token = server.url.split("/formgrader?")
        listed = json.loads(server.ask(f"formgrader/api/submitted_notebooks/{LAB}/{LAB}"))
        assert len(listed) == len(texts)
        page.goto(server.url)
        for item in listed:
            student, address = item["student"], f"{base}/formgrader/submissions/{item['id']}/"
            record = functools.partial(_record, asked[student], item["id"])
            page.on("request", record)
            page.goto(f"{address}?{token}")
            page.wait_for_function(LOADED)
            page.remove_listener("request", record)
            shown = page.locator("pre.mathjax_ignore")
            assert shown.inner_text().strip("\n") == pages.plain(texts[student]).strip("\n")
            assert shown.locator("*").count() == 0
            assert page.title() != "ran"
    harmless = asked.pop("student-01")
    assert harmless and all(urls <= harmless for urls in asked.values())


def _record(urls, submission, request):
    """Note what a page asks for, without what differs from student to student."""
    urls.add(request.url.split("?")[0].replace(submission, "SUBMISSION"))
