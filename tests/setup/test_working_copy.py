"""A student's copies: begun, set back, brought up to date, handed in. No answer is ever lost."""

import copy
import json
import os
import pathlib
import random
import subprocess
import sys
import uuid

import pytest

from labkit import labs
from labkit.checks import variants
from labkit.checks.result import Outcome, Result
from labkit.commands import cli, start
from labkit.commands import lab as opening
from labkit.grading.submissions import handed_out, repair
from labkit.notebook import cells, document, working_copy
from labkit.notebook import setup as set_up
from tests.notebooks import running

COURSE = running.ROOT / "notebooks"
LAB = "lab2-mlp"

pytestmark = pytest.mark.usefixtures("work")


@pytest.fixture
def work(tmp_path, monkeypatch):
    """Give an empty folder for the copies."""
    monkeypatch.setenv("LABKIT_WORK", str(tmp_path / "my work"))
    monkeypatch.chdir(running.ROOT)
    return tmp_path / "my work"


def _path(work, lab=LAB):
    return work / lab / f"{lab}.ipynb"


def _notebook(path):
    return json.loads(path.read_text("utf-8"))


def _write(path, notebook):
    path.write_text(json.dumps(notebook), "utf-8")


def _answered(notebook, rng):
    """Answer some cells at random and add own ones; return what must not be lost."""
    texts = set()
    for cell in notebook["cells"]:
        if document.marks(cell).get("solution") and rng.random() < 0.7:
            cell["source"] = f"answer = {rng.random()}"
            texts.add(cell["source"])
    for _ in range(rng.randint(0, 4)):
        own = {"cell_type": "code", "id": uuid.UUID(int=rng.getrandbits(128)).hex[:8]}
        own |= {"metadata": {}, "outputs": [], "execution_count": 3}
        own["source"] = f"mine = {rng.random()}"
        notebook["cells"].insert(rng.randrange(len(notebook["cells"]) + 1), own)
        texts.add(own["source"])
    return texts


def _corrected(notebook, rng):
    """Return another version of a course's notebook: cells changed, added, moved, taken away."""
    other = copy.deepcopy(notebook)
    other["metadata"]["labkit"] = {"version": f"v{rng.random()}"}
    cells = other["cells"]
    for cell in rng.sample(cells, 5):
        cell["source"] = "corrected"
    for _ in range(rng.randint(0, 3)):
        del cells[rng.randrange(len(cells))]
    for number in range(rng.randint(0, 3)):
        given = {"cell_type": "markdown", "id": f"new-{number}", "metadata": {}, "source": "new"}
        cells.insert(rng.randrange(len(cells)), given)
    return other


def test_a_copy_is_made_once_and_stays_as_it_is(work, capsys):
    assert cli.main(["start", LAB]) == 0
    assert _path(work).read_bytes() == (COURSE / LAB / f"{LAB}.ipynb").read_bytes()
    _path(work).write_text("mine", "utf-8")
    assert cli.main(["start", LAB]) == 0
    assert _path(work).read_text("utf-8") == "mine"
    assert "left as it is" in capsys.readouterr().out


def _number(work):
    sources = map(document.text_of, _notebook(_path(work, "lab1-data"))["cells"])
    return variants.number_in(sources)


def test_a_copy_has_a_number_of_its_own_that_stays(work, tmp_path, monkeypatch):
    assert cli.main(["start", "lab1-data"]) == 0
    number = _number(work)
    assert number >= 100_000
    handed = (COURSE / "lab1-data/lab1-data.ipynb").read_text("utf-8")
    assert "lab.number" not in handed
    assert cli.main(["reset", "lab1-data"]) == 0
    assert _number(work) == number

    # Also through a corrected course, and where the notebook was torn.
    course = tmp_path / "course/notebooks"
    (course / "lab1-data").mkdir(parents=True)
    corrected = _corrected(json.loads(handed), random.Random(1))
    _write(course / "lab1-data/lab1-data.ipynb", corrected)
    monkeypatch.chdir(course.parent)
    assert cli.main(["update"]) == 0
    assert _number(work) == number
    path = _path(work, "lab1-data")
    path.write_bytes(path.read_bytes()[:-200])
    assert cli.main(["reset", "lab1-data"]) == 0
    assert _number(work) == number

    assert cli.main(["start", "lab1-data", str(tmp_path / "other")]) == 0
    assert _number(tmp_path / "other") != number


def test_a_folder_of_ones_own_is_taken(tmp_path, capsys):
    assert cli.main(["start", LAB, str(tmp_path / "here")]) == 0
    assert _path(tmp_path / "here").exists()
    assert cli.main(["submit", LAB, str(tmp_path / "here")]) == 0
    assert "Receipt" in capsys.readouterr().out


@pytest.mark.parametrize("seed", range(40))
def test_an_update_loses_no_answer_and_no_cell(seed, work, tmp_path, monkeypatch, capsys):
    rng = random.Random(seed)
    cli.main(["start", LAB])
    notebook = _notebook(_path(work))
    texts = _answered(notebook, rng)
    _write(_path(work), notebook)
    before = _path(work).read_bytes()

    course = tmp_path / "course/notebooks"
    (course / LAB).mkdir(parents=True)
    corrected = _corrected(_notebook(COURSE / LAB / f"{LAB}.ipynb"), rng)
    _write(course / LAB / f"{LAB}.ipynb", corrected)
    monkeypatch.chdir(course.parent)
    assert cli.main(["update"]) == 0

    updated = _notebook(_path(work))
    held = [document.text_of(cell) for cell in updated["cells"]]
    assert {text: held.count(text) for text in texts} == dict.fromkeys(texts, 1)
    ids = [cell.get("id") for cell in updated["cells"]]
    assert len(ids) == len(set(ids))
    assert updated["metadata"] == corrected["metadata"]
    order = [cell["id"] for cell in updated["cells"]]
    assert [i for i in order if i in {c["id"] for c in corrected["cells"]}] == [
        cell["id"] for cell in corrected["cells"]
    ]
    (kept,) = (_path(work).parent / working_copy.KEPT).iterdir()
    assert kept.read_bytes() == before
    capsys.readouterr()
    assert cli.main(["update"]) == 0
    assert "is up to date" in capsys.readouterr().out


@pytest.mark.parametrize("lab", labs.MODULES)
def test_an_exercise_is_set_back_alone(lab, work):
    cli.main(["start", lab])
    handed = _notebook(_path(work, lab))
    for item in labs.load(lab).exercises:
        notebook = copy.deepcopy(handed)
        for cell in notebook["cells"]:
            if document.marks(cell).get("solution"):
                cell["source"] = "mine"
        _write(_path(work, lab), notebook)
        assert cli.main(["reset", lab, item.name]) == 0
        back = _notebook(_path(work, lab))
        changed = {
            document.name_of(cell).removesuffix("-answer")
            for cell, stub in zip(back["cells"], handed["cells"], strict=True)
            if document.marks(cell).get("solution") and cell["source"] == stub["source"]
        }
        assert changed == {item.name}
    assert cli.main(["reset", lab]) == 0
    assert _notebook(_path(work, lab)) == handed


def test_what_was_deleted_comes_back_in_its_place(work):
    cli.main(["start", LAB])
    handed = _notebook(_path(work))
    for item in labs.load(LAB):
        notebook = copy.deepcopy(handed)
        notebook["cells"] = [c for c in notebook["cells"] if document.name_of(c) != item.name]
        _write(_path(work), notebook)
        assert cli.main(["reset", LAB, item.name]) == 0
        assert _notebook(_path(work)) == handed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["start", "lab9"], "there is no lab 'lab9'"),
        (["reset", LAB], "labkit start"),
        (["submit", LAB], "labkit start"),
    ],
)
def test_what_cannot_be_done_is_said(arguments, said, capsys):
    assert cli.main(arguments) == 1
    assert said in capsys.readouterr().err


def test_an_exercise_is_called_as_a_student_would_call_it(work):
    cli.main(["start", LAB])
    handed = _notebook(_path(work))
    for item in labs.load(LAB).exercises:
        for called in (item.name, item.name.replace("-", "_"), str(item.number)):
            notebook = copy.deepcopy(handed)
            for cell in notebook["cells"]:
                if document.name_of(cell).removesuffix("-answer") == item.name:
                    cell["source"] = "mine"
            _write(_path(work), notebook)
            assert cli.main(["reset", LAB, called]) == 0
            assert _notebook(_path(work)) == handed


def test_an_update_without_copies_says_so(work, capsys):
    assert cli.main(["update"]) == 1
    said = capsys.readouterr().err
    assert str(work) in said and f"labkit start {next(iter(labs.MODULES))}" in said
    assert not work.exists()


def test_handing_in_and_setting_back_need_no_course(work, monkeypatch, capsys):
    """As with the students' edition, in any folder."""
    cli.main(["start", LAB])
    handed = _notebook(_path(work))
    monkeypatch.setattr(opening, "find_notebooks", lambda folder=None: None)
    notebook = copy.deepcopy(handed)
    for cell in notebook["cells"]:
        cell["source"] = "mine"
    _write(_path(work), notebook)
    assert cli.main(["submit", LAB]) == 0
    assert "Receipt" in capsys.readouterr().out
    assert cli.main(["reset", LAB]) == 0
    assert _notebook(_path(work)) == handed
    assert cli.main(["start", LAB]) == 1


@pytest.mark.parametrize(
    "arguments", [["lab", "--no-browser"], ["start", LAB], ["submit", LAB], ["update"]]
)
def test_a_place_that_cannot_be_written_is_named(arguments, work, tmp_path, monkeypatch, capsys):
    (tmp_path / "file").write_text("")
    place = tmp_path / "file/labkit"
    monkeypatch.setenv("LABKIT_WORK", str(place))
    monkeypatch.setenv("LABKIT_DATA", "sample")
    assert cli.main(arguments) == 1
    said = capsys.readouterr().err
    assert str(place) in said and "Errno" not in said


def test_what_is_told_to_be_typed_names_the_folder_where_it_has_to(work, tmp_path, capsys):
    own = tmp_path / "my own"
    for arguments, folder in (([], ""), ([str(own)], f" '{own}'")):
        cli.main(["start", LAB, *arguments])
        assert capsys.readouterr().out.rstrip().endswith(f"labkit lab{folder}")
        cli.main(["start", LAB, *arguments])
        option = f" --folder{folder}" if folder else ""
        assert capsys.readouterr().out.rstrip().endswith(f"labkit reset {LAB}{option}")


def test_a_wrong_exercise_lists_the_right_ones(capsys):
    cli.main(["start", LAB])
    assert cli.main(["reset", LAB, "no-such"]) == 1
    error = capsys.readouterr().err
    assert all(exercise.name in error for exercise in labs.load(LAB))


def test_a_file_that_is_no_notebook_is_left_as_it_is(work, capsys):
    cli.main(["start", LAB])
    for text in ("", "[]", '{"cells": 1}', '{"cells": [1]}', "{"):
        _path(work).write_text(text, "utf-8")
        status = cli.main(["update"])
        assert _path(work).read_text("utf-8") == text or status == 0
    assert "Traceback" not in capsys.readouterr().err


def test_the_first_page_leads_to_the_lab_that_is_next(work):
    start.copy_all(COURSE, work)
    text = (work / start.PAGE).read_text("utf-8")
    names = list(labs.MODULES)
    assert f"**Begin here: [{names[0]}]" in text
    for name in names:
        link = f"{name}/{name}.ipynb"
        assert f"]({link})" in text and pathlib.Path(work, link).is_file()
        assert f"| {labs.load(name).minutes} |" in text
    cli.main(["submit", names[0]])
    text = (work / start.PAGE).read_text("utf-8")
    assert f"**Begin here: [{names[1]}]" in text and "handed in" in text


def test_the_first_page_follows_what_is_done_in_a_notebook(work, monkeypatch):
    start.copy_all(COURSE, work)
    monkeypatch.setenv("JPY_SESSION_NAME", str(_path(work)))
    monkeypatch.setattr(cells.cells, "current", "a-cell")
    opened = labs.of_notebook(LAB)
    exercise = next(iter(labs.load(LAB)))
    points = exercise.points
    passed = Result(exercise.name, exercise.title, Outcome.PASSED, points, points)
    opened.note(exercise, passed)
    text = (work / start.PAGE).read_text("utf-8")
    machine = sum(item.points for item in labs.load(LAB))
    assert f"| {points:g} of {machine:g} points so far |" in text
    assert "**Begin here: [lab1-data]" in text
    first = labs.of_notebook("lab1-data")
    monkeypatch.setenv("JPY_SESSION_NAME", str(_path(work, "lab1-data")))
    first.note(next(iter(first.description)), passed)
    assert "**Go on here: [lab1-data]" in (work / start.PAGE).read_text("utf-8")
    monkeypatch.setenv("JPY_SESSION_NAME", str(_path(work)))
    opened.submit()
    text = (work / start.PAGE).read_text("utf-8")
    assert f"| {points:g} of {machine:g} points so far, handed in |" in text

    (work / start.PAGE).write_text("# My own page\n")
    opened.note(exercise, passed)
    assert (work / start.PAGE).read_text() == "# My own page\n"


def test_a_copy_with_another_name_stays_the_copy(work, monkeypatch, capsys):
    start.copy_all(COURSE, work)
    renamed = _path(work).with_name("my homework (2).ipynb")
    _path(work).rename(renamed)
    # Other notebooks beside it are no copies of this lab.
    _path(work).with_name("a diary.ipynb").write_text(json.dumps({"cells": []}))
    _path(work).with_name("a note.ipynb").write_text("no notebook")
    assert start.copy_all(COURSE, work) == [] and not _path(work).exists()
    text = (work / start.PAGE).read_text("utf-8")
    assert f"[{LAB}]({LAB}/my%20homework%20%282%29.ipynb)" in text
    assert cli.main(["submit", LAB]) == 0
    assert (work / LAB / "hand-in" / f"{LAB}.ipynb").read_bytes() == renamed.read_bytes()
    assert "handed in" in (work / start.PAGE).read_text("utf-8")

    before = renamed.read_bytes()
    assert cli.main(["reset", LAB, "define-mlp"]) == 0
    (kept,) = (work / LAB / working_copy.KEPT).glob("*.ipynb")
    assert kept.read_bytes() == before and not _path(work).exists()
    # A kernel that was started under the earlier name.
    monkeypatch.setenv("JPY_SESSION_NAME", str(_path(work)))
    assert document.of_this_kernel() is None
    monkeypatch.setattr(cells.cells, "page", cells.Page({}, path=f"{LAB}/{renamed.name}"))
    assert document.of_this_kernel() == renamed
    capsys.readouterr()


IN_A_NEW_KERNEL = """
from labkit import labs
from labkit.checks.result import Outcome, Result
from labkit.notebook import cells, lab
exercise = next(iter(labs.of_notebook({name!r}).description))
cells.cells.current = "a-cell"
lab.note(exercise, Result(exercise.name, exercise.title, Outcome.FAILED, 1.0, exercise.points))
"""


def test_the_first_check_of_a_kernel_brings_the_first_page_up_to_date(work):
    start.copy_all(COURSE, work)
    finished = subprocess.run(
        [sys.executable, "-c", IN_A_NEW_KERNEL.format(name=LAB)],
        env=os.environ | {"JPY_SESSION_NAME": str(_path(work))},
        capture_output=True,
        text=True,
    )
    assert finished.returncode == 0, finished.stderr
    assert "| 1 of " in (work / start.PAGE).read_text("utf-8")


@pytest.mark.parametrize("lab", labs.MODULES)
def test_another_version_is_recognised_where_it_matters(lab, work, monkeypatch, capsys):
    """In the set-up, when handing in, and in grading."""
    cli.main(["start", lab])
    path = _path(work, lab)
    monkeypatch.setenv("JPY_SESSION_NAME", str(path))
    course_lab = handed_out.load(lab, running.ROOT)
    for version, is_other in (
        (_notebook(path)["metadata"]["labkit"]["version"], False),
        ("0123456789ab", True),
        (None, False),
        (["x"], False),
    ):
        notebook = _notebook(path)
        notebook["metadata"]["labkit"] = {"version": version}
        _write(path, notebook)
        capsys.readouterr()
        assert cli.main(["submit", lab]) == 0
        assert ("another version" in capsys.readouterr().out) == is_other
        assert set_up._is_outdated(lab) == is_other
        notes = repair.repair(path.read_bytes(), course_lab).notes
        assert any("another version" in note for note in notes) == is_other
