"""`labkit mark`: who may ask, what is saved and where, and that answers stay texts."""

import json
import re
import sqlite3
import urllib.error
import urllib.request

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbgrader.api import Gradebook

from labkit.commands import cli
from labkit.grading.results import marking, pages
from tests.grading import classroom, essays, hostile, made_class
from tests.grading import marking as serving
from tests.grading.test_pages import ALLOWED, Page

LAB, CELL = classroom.LAB, f"{essays.QUESTION}-answer"
FIELDS = {
    "aside": "class aria-label",
    "article": "class tabindex data-id aria-label",
    "p": "class id role",
    "div": "class data-most",
    "span": "class role",
    "kbd": "",
    "ol": "class",
    "label": "class",
    "button": "type class data-points aria-pressed aria-label",
    "input": "class type min max step value",
    "textarea": "class rows",
    "select": "class",
    "option": "value",
}
ADDRESS = re.compile(r"/(question/[\w-]+)?\?token=t")


@pytest.fixture(scope="module")
def lab():
    return classroom.lab(classroom.ROOT)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, lab):
    """Return the grades of a class of six."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LABKIT_DATA", "sample")
        made = tmp_path_factory.mktemp("grades")
        essays.enter(made, lab, essays.texts(6))
    return made


@pytest.fixture
def work(folder, lab):
    with marking.Marking(folder, lab) as opened:
        yield opened


def saved(folder, student):
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as book:
        grade = book.find_grade(CELL, LAB, LAB, student)
        comment = book.find_comment(CELL, LAB, LAB, student)
        return grade.manual_score, grade.needs_manual_grade, comment.manual_comment


def test_a_mark_is_in_the_gradebook_that_formgrader_shows(work, folder):
    question = work.question(essays.QUESTION)
    assert sorted(answer.text for answer in question.answers) == sorted(essays.texts(6))
    answer, left = question.answers[0], question.left
    work.give(answer.id, 4.5, "Nearly.")
    assert saved(folder, answer.student) == (4.5, False, "Nearly.")
    again = work.question(essays.QUESTION)
    assert again.left == left - 1
    assert marking.earlier_comments(again) == ["Nearly."]
    work.give(answer.id, None, "")
    assert saved(folder, answer.student)[:2] == (None, True)


def test_what_formgrader_saves_meanwhile_is_seen(work, folder):
    answer = work.question(essays.QUESTION).answers[1]
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as book:
        grade = book.find_grade(CELL, LAB, LAB, answer.student)
        grade.manual_score, grade.needs_manual_grade = 2.0, False
        book.db.commit()
    shown = {item.id: item for item in work.question(essays.QUESTION).answers}
    assert shown[answer.id].points == 2.0 and not shown[answer.id].waits


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=4,
)


def test_nothing_but_a_mark_is_saved(work, folder):
    answer = work.question(essays.QUESTION).answers[2]
    with sqlite3.connect(folder / "gradebook.db") as database:

        def points_of():
            found = database.execute(
                "SELECT id, manual_score FROM grade WHERE manual_score NOTNULL"
            )
            return dict(found.fetchall())

        @settings(max_examples=150, deadline=None)
        @given(
            st.dictionaries(st.sampled_from(["id", "points", "comment", "x"]), _JSON) | _JSON,
            st.booleans(),
        )
        def save(asked, knows):
            before = points_of()
            if isinstance(asked, dict) and knows:
                asked |= {"id": answer.id, "comment": str(asked.get("comment"))}
            try:
                identity, points, comment = marking.request(json.dumps(asked).encode())
                work.give(identity, points, comment)
            except marking.MarkingError:
                assert points_of() == before
            else:
                assert identity == answer.id and isinstance(comment, str)
                assert points is None or 0 <= points <= classroom.POINTS[essays.QUESTION]
                before.pop(answer.id, None)
                assert points_of() == before | ({} if points is None else {identity: points})

        save()


@settings(max_examples=60, deadline=None)
@given(st.lists(hostile.texts, min_size=1, max_size=3), hostile.texts, st.booleans())
def test_the_page_holds_what_is_on_the_list_and_nothing_else(texts, comment, anonymous):
    lab = made_class.lab()
    essay = lab.essays[0]
    group = [
        marking.Answer(f"{n:032x}", f"student-{n}", text, None, comment, True)
        for n, text in enumerate(texts)
    ]
    question = marking.Question(essay, "Why?", [group])
    values = {"lab": lab, "token": "t", "anonymous": anonymous, "question": question}
    values |= {"comments": [comment], "after": "read-aloud"}
    content = pages.render("mark.html", values, "mark.js", connects=True)
    page = Page(content, ALLOWED | FIELDS, ADDRESS)
    assert page.scripts == [(pages.TEMPLATES / "mark.js").read_text("utf-8")]
    assert ("student-" in content) != anonymous


def test_without_grades_it_says_what_to_do(tmp_path, capsys):
    place = ["--output", str(tmp_path), "--course", str(classroom.ROOT)]
    assert cli.main(["mark", LAB, *place]) == 2
    assert "grade first" in capsys.readouterr().err
    assert cli.main(["mark", "lab9", *place]) == 2
    assert "There is no lab" in capsys.readouterr().err


def ask(url, headers=(), body=None):
    """Return the status and the answer of the server."""
    method = "GET" if body is None else "PUT"
    request = urllib.request.Request(url, body, dict(headers), method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.mark.slow
def test_only_who_knows_the_token_and_the_name_is_answered(folder):
    with serving.mark_server(folder, "--course", str(classroom.ROOT), "--anonymous") as url:
        address, token = url.split("?token=")
        port = address.split(":")[2].strip("/")
        page = f"{address}question/{essays.QUESTION}"
        mark = json.dumps({"id": "x", "points": 1, "comment": ""}).encode()
        status, content = ask(url)
        assert status == 200 and essays.QUESTION in content
        status, content = ask(f"{page}?token={token}")
        assert status == 200 and "student-" not in content
        (identity, *_) = re.findall(r'data-id="(\w+)"', content)
        for refused in (address, page, f"{page}?token=", f"{page}?token={token}x"):
            assert ask(refused)[0] == 403
        assert ask(url, {"Host": f"elsewhere.example:{port}"})[0] == 403
        assert ask(f"{address}mark?token={token}", body=mark)[0] == 403  # as a form elsewhere could
        known = {"X-Token": token}
        assert ask(f"{address}mark", known, mark) == (400, '{"error": "There is no such answer."}')
        mark = json.dumps({"id": identity, "points": 3, "comment": "Good."}).encode()
        assert ask(f"{address}mark", known, mark)[0] == 200
        assert ask(f"{address}question/nothing?token={token}")[0] == 404
    students = [f"student-{number:02}" for number in range(1, 7)]
    assert (3.0, False, "Good.") in [saved(folder, student) for student in students]
