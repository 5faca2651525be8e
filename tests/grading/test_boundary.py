"""Whatever a student hands in and whatever became of what was kept: a row for each, and no more.

The submissions are made by hypothesis out of a right one: its JSON is changed at any place, cells
get other sources, the bytes are cut or encoded otherwise, folders get any name. What is kept is
cut, emptied, exchanged or replaced. What runs and judges is a stub (`tests.grading.stubs`).
"""

import csv
import dataclasses
import json
import os
import pathlib
import shutil
import tempfile

import hypothesis
import pytest
from hypothesis import strategies as st

from labkit.checks import Outcome
from labkit.grading import grade, harmless
from labkit.grading.results import csv_text
from labkit.grading.submissions import find
from tests.grading import classroom, mutated_zips, stubs

LAB = classroom.LAB
HONEST = ("ann", "zoe")
PER_CLASS = 104
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
    which = st.integers(0, len(notebook["cells"]) - 1).map(notebook["cells"].__getitem__)
    for cell in draw(st.lists(which, max_size=10)):
        cell["source"] = draw(SOURCES | SOURCES.map(lambda text: text.splitlines(True)))
    for cell in draw(st.lists(which, max_size=5)):
        cell["cell_type"] = draw(st.sampled_from(("code", "markdown", "raw", "heading", "x")))
    for cell in draw(st.lists(which, max_size=5)):
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
        self.folder = folder
        folder.mkdir()
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
        rows = self._rows(place, len({*HONEST, *others}), **more)
        return {name: rows[name] for name in HONEST}

    def grade_arrivals(self, arrivals):
        """Grade what was found elsewhere, hold what always holds, and return the rows."""
        return self._rows(self.folder, len(arrivals.submissions), arrivals=arrivals)

    def new_folder(self):
        return pathlib.Path(tempfile.mkdtemp(dir=self.folder))

    def _rows(self, place, size, **more):
        settings = classroom.settings(self.root, jobs=2, **more)
        graded = grade.grade(LAB, place, self.output, settings)
        rows = rows_of(self.output)
        assert len(graded) == len(rows) == size
        assert all(len(each) == EXERCISES for each in rows.values())
        for item in graded:
            page = self.output / "feedback" / f"{item.submission.key}.html"
            assert "<h1>" in page.read_text(encoding="utf-8")
            for result in item.results:
                assert result.message or result.outcome is not Outcome.COULD_NOT_GRADE
                assert harmless.text(result.text()) == result.text()
        assert (self.output / "report.html").is_file()
        return rows


@pytest.fixture(scope="module")
def school(in_memory):
    with pytest.MonkeyPatch.context() as patch:
        stubs.install(patch, stubs.Book)
        # The longest tests of a module come first: the others may need a school of their own.
        yield School(pathlib.Path(tempfile.mkdtemp(dir=in_memory)) / "school")


# --- submissions ----------------------------------------------------------------------------


def drawn(strategy, count, seed):
    """Return so many things that hypothesis draws: always the same ones for a seed."""
    found = []

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=count,
        derandomize=False,
        database=None,
        phases=[hypothesis.Phase.generate],
        **LIMITS,
    )
    @hypothesis.given(strategy)
    def draw(one):
        found.append(one)

    draw()
    assert len(found) >= count
    return found[:count]


def culprits(school, others):
    """Return which of `others` break a class alone, each with how; to find it among many."""
    broken = {}
    for name, content in others.items():
        try:
            assert school.grade({name: content}) == school.honest
        except Exception as error:
            broken[name] = (content, error)
    return broken


def _grade_classes(school, made, names):
    """Grade submissions, so many in a class, and hold that all is well."""
    for start in range(0, len(made), PER_CLASS):
        others, taken = {}, {name.casefold() for name in HONEST}
        for number in range(start, min(len(made), start + PER_CLASS)):
            # Of two names that differ in the case of letters only, one would be no other folder.
            name = f"s{number}" if names[number].casefold() in taken else names[number]
            taken.add(name.casefold())
            others[name] = made[number]
        try:
            rows = school.grade(others)
        except Exception as error:
            raise AssertionError(f"one of these: {culprits(school, others)}") from error
        assert rows == school.honest, culprits(school, others)


def test_any_submission_gets_a_row_and_changes_no_other(school):
    """200 submissions, always the same ones."""
    _grade_classes(school, drawn(submissions(school), 200, seed=1), drawn(NAMES, 200, seed=1))


@pytest.mark.slow
@pytest.mark.longest
def test_many_submissions(school):
    """2,080 submissions: always the same ones, and others for another LABKIT_FUZZ."""
    seed = int(os.environ.get("LABKIT_FUZZ", "2"))
    _grade_classes(school, drawn(submissions(school), 2_080, seed), drawn(NAMES, 2_080, seed))


# Doubled entries, and one person in several downloads, are what is tried here.
pytestmark = pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")

# --- downloads ------------------------------------------------------------------------------


def _grade_downloads(school, downloads):
    """Grade what is in mutated downloads as one class, and compare with what was in them before."""
    folder = school.new_folder()
    before, after, found = {}, {}, []
    for number, one in enumerate(downloads):
        if one.layout not in before:
            plain = mutated_zips.looked_at(one.plain, folder / f"plain-{number}")
            before[one.layout] = (number, plain)
            found += _renamed(plain, f"plain {number}")
        try:
            after[number] = mutated_zips.looked_at(one.content, folder / f"after-{number}")
        except find.SubmissionsError:
            assert one.everybody, one.what
            continue
        found += _renamed(after[number], f"after {number}")
    rows = school.grade_arrivals(find.Arrivals(found, []))
    for number, arrivals in after.items():
        one = downloads[number]
        for item in arrivals.submissions:
            assert len(rows[_shown(f"after {number}", item)]) == EXERCISES, one.what
        if one.everybody:
            continue
        first, plain = before[one.layout]
        touched = {fate.student for fate in plain.fates if _entry(fate.path) in one.touched}
        for item in plain.submissions:
            if item.student not in touched:
                was = rows[_shown(f"plain {first}", item)]
                assert rows[_shown(f"after {number}", item)] == was, (one.layout, one.what)


def _entry(path):
    return path.removeprefix("download.zip: ")


def _renamed(arrivals, prefix):
    return [
        dataclasses.replace(item, student=f"{prefix} {item.student}", key=f"{prefix} {item.key}")
        for item in arrivals.submissions
    ]


def _shown(prefix, item):
    (row,) = csv_text.text([[harmless.name(f"{prefix} {item.student}")]], ["x"]).splitlines()[1:]
    return next(csv.reader([row]))[0]


def _downloads(school):
    all_layouts = mutated_zips.layouts(school.right)
    return mutated_zips.mutated(all_layouts, other_bytes(school))


def test_any_download_gets_rows_and_changes_no_other_student(school):
    """30 downloads of classes of five, always the same ones."""
    _grade_downloads(school, drawn(_downloads(school), 30, seed=1))


@pytest.mark.slow
def test_many_downloads(school):
    """400 downloads of classes of five, always the same ones."""
    made = drawn(_downloads(school), 400, seed=2)
    for start in range(0, len(made), 20):
        _grade_downloads(school, made[start : start + 20])
