"""Whatever a student hands in and whatever became of what was kept: a row for each, and no more.

The submissions are made by hypothesis out of a right one: its JSON is changed at any place, cells
get other sources, the bytes are cut or encoded otherwise, folders get any name. What is kept is
cut, emptied, exchanged or replaced. What runs and judges is a stub (`tests.grading.stubs`).
"""

import csv
import json
import os
import shutil

import hypothesis
import pytest
from hypothesis import strategies as st

from labkit.checks import Outcome
from labkit.grading import grade, harmless
from tests.grading import classroom, stubs

LAB = classroom.LAB
HONEST = ("ann", "zoe")
PER_CLASS = 8
EXERCISES = 14
LIMITS = {"deadline": None, "suppress_health_check": list(hypothesis.HealthCheck)}

# --- what students hand in ------------------------------------------------------------------

ANY_TEXT = st.text(st.characters(codec=None), max_size=40)
PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT
JSON = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4),
    max_leaves=8,
)
MAGICS = (
    *("%time 1\n", "%%time\n", "%matplotlib inline\n", "!ls\n", "%%bash\n", "?\n", "%\n", "%%\n"),
    *("x = %time 1\n", "!!\n", "%pip install x\n", "(" * 30, "lambda: " * 30, "- " * 30, "\\\n"),
)
SOURCES = (
    ANY_TEXT
    | st.builds(lambda part, n: part * n, st.sampled_from(MAGICS), st.integers(1, 2_000))
    | st.lists(st.sampled_from(MAGICS) | ANY_TEXT, max_size=8).map("".join)
)


def _places(value, path=()):
    """Return the paths to everything in JSON data."""
    yield path
    inner = value.items() if isinstance(value, dict) else ()
    for key, item in enumerate(value) if isinstance(value, list) else inner:
        yield from _places(item, (*path, key))


@st.composite
def changed_at_some_place(draw, school):
    """Change, delete or double a part of the notebook, a few times."""
    notebook = json.loads(school.right)
    for _ in range(draw(st.integers(1, 3))):
        places = list(_places(notebook))
        path = places[draw(st.integers(0, len(places) - 1))]
        if not path:
            return json.dumps(draw(JSON)).encode()
        *way, last = path
        holder = notebook
        for key in way:
            holder = holder[key]
        what = draw(st.sampled_from(("replace", "replace", "delete", "double", "move")))
        if what == "replace":
            holder[last] = draw(JSON | st.just(["half \ud83d", {}, None]))
        elif what == "delete":
            del holder[last]
        elif isinstance(holder, list):
            twice = holder[last] if what == "double" else holder.pop(last)
            holder.insert(draw(st.integers(0, len(holder))), twice)
        else:
            holder[draw(ANY_TEXT)] = holder[last]
    return json.dumps(notebook).encode()


@st.composite
def other_cells(draw, school):
    """Give some cells another source, kind or marks, and add some."""
    notebook = json.loads(school.right)
    for cell in notebook["cells"]:
        if draw(st.integers(0, 9)) == 0:
            cell["source"] = draw(SOURCES | SOURCES.map(lambda text: text.splitlines(True)))
        if draw(st.integers(0, 19)) == 0:
            cell["cell_type"] = draw(st.sampled_from(("code", "markdown", "raw", "heading", "x")))
        if draw(st.integers(0, 19)) == 0:
            cell["metadata"] = draw(JSON | st.builds(lambda marks: {"nbgrader": marks}, JSON))
    for source in draw(st.lists(SOURCES, max_size=3)):
        place = draw(st.integers(0, len(notebook["cells"])))
        notebook["cells"].insert(place, classroom.code_cell(source))
    if draw(st.integers(0, 9)) == 0:
        cells = notebook["cells"]
        draw(st.randoms(use_true_random=False)).shuffle(cells)
    notebook["nbformat"] = draw(st.sampled_from((4, 4, 4, 4, 3, 2, 5, "4", None)))
    if notebook["nbformat"] in (2, 3):
        notebook["worksheets"] = [{"cells": notebook.pop("cells"), "metadata": {}}]
    return json.dumps(notebook).encode("utf-8")


@st.composite
def other_bytes(draw, school):
    """Cut, damage, wrap or encode the file otherwise."""
    content = draw(changed_at_some_place(school)) if draw(st.booleans()) else school.right
    place = draw(st.integers(0, len(content)))
    return draw(
        st.sampled_from(
            (
                content[:place],
                content[place:],
                content[:place] + draw(st.binary(max_size=20)) + content[place:],
                content.decode().encode(draw(st.sampled_from(("utf-16", "utf-32", "utf-8-sig")))),
                b"<<<<<<< HEAD\n" + content + b"\n=======\n" + content + b"\n>>>>>>> x\n",
                b"<!DOCTYPE html><html>" + content,
                b"[" * draw(st.integers(1, 100_000)),
                b'{"cells":[' + b"{}," * draw(st.integers(1, 50_000)) + b"{}]}",
                b'{"cells": ' + b"9" * draw(st.integers(1, 10_000)) + b"}",
                draw(st.binary(max_size=200)),
                json.dumps(draw(JSON)).encode("utf-8", "surrogatepass"),
            )
        )
    )


def submissions(school):
    return changed_at_some_place(school) | other_cells(school) | other_bytes(school)


def _may_be_a_folder(name):
    return not {"/", "\0"} & set(name) and name not in ("", ".", "..") and len(_raw(name)) <= 255


def _raw(name):
    return name.encode("utf-8", "surrogateescape")


NAMES = (
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=90)
    | st.binary(min_size=1, max_size=20).map(os.fsdecode)
    | st.sampled_from(("a\x1b]0;x\x07", "=cmd", "con", "a\\b", "x" * 255, "\u202exe", " a", "a."))
).filter(_may_be_a_folder)


# --- what has to come out -------------------------------------------------------------------


def rows_of(output):
    """Return the rows of the table by student, in the table's order."""
    found = {}
    with open(output / "grades.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["student"], []).append(list(row.values())[1:])
    return found


class School:
    """A class whose honest students are always the same."""

    def __init__(self, folder):
        self.folder, self.count = folder, 0
        self.root = classroom.light_course(folder / "course")
        self.right = classroom.Book(self.root).right().content()
        self.output = folder / "out"
        self.honest = self.grade({})
        for rows in self.honest.values():
            assert sum(float(row[2] or 0) for row in rows) == classroom.FULL

    def __repr__(self):
        return "school"

    def grade(self, others, **more):
        """Grade the honest with `others`, contents by name, and hold what always holds."""
        place = self.folder / "in"
        shutil.rmtree(place, ignore_errors=True)
        for name in HONEST:
            classroom.hand_in(place, name, self.right)
        for name, content in others.items():
            classroom.hand_in(place, name, content)
        graded = grade.grade(LAB, place, self.output, classroom.settings(self.root, **more))
        rows = rows_of(self.output)
        assert len(graded) == len(rows) == len({*HONEST, *others})
        assert all(len(each) == EXERCISES for each in rows.values())
        for item in graded:
            page = self.output / "feedback" / f"{item.submission.key}.html"
            assert "<h1>" in page.read_text(encoding="utf-8")
            for result in item.results:
                assert result.message or result.outcome is not Outcome.COULD_NOT_GRADE
                assert harmless.text(result.text()) == result.text()
        assert (self.output / "report.html").is_file()
        return {name: rows[name] for name in HONEST}


def _school(folder):
    with pytest.MonkeyPatch.context() as patch:
        stubs.install(patch, stubs.Book)
        yield School(folder)


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    yield from _school(tmp_path_factory.mktemp("school"))


def _a_class(school, data, rows):
    made = data.draw(st.lists(submissions(school), min_size=PER_CLASS, max_size=PER_CLASS))
    names = st.lists(NAMES, min_size=PER_CLASS, max_size=PER_CLASS, unique_by=str.casefold)
    others = dict(zip(data.draw(names), made, strict=True))
    for name in HONEST:
        others.pop(name, None)
    assert school.grade(others) == rows


@hypothesis.settings(max_examples=25, derandomize=True, **LIMITS)
@hypothesis.given(data=st.data())
def test_any_submission_gets_a_row_and_changes_no_other(school, data):
    """200 submissions, eight in a class."""
    _a_class(school, data, school.honest)


@pytest.mark.slow
@hypothesis.settings(max_examples=260, print_blob=True, **LIMITS)
@hypothesis.given(data=st.data())
def test_many_submissions(school, data):
    """2,080 submissions, other ones each time."""
    _a_class(school, data, school.honest)
