"""Which of a student's files counts: attempts, times, contents; never the alphabet."""

import io
import itertools
import json
import os
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labkit.grading.submissions import find, whose
from tests.grading import downloads

LAB = downloads.LAB
OTHER = downloads.notebook("lab2-mlp")
LETTERS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=8)


def mine(mark: str) -> bytes:
    return downloads.notebook(mark=mark)


def mark(item: find.Submission) -> str:
    return json.loads(item.read())["cells"][-1]["source"]


def packed(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


def look(folder, files: dict[str, bytes]) -> find.Arrivals:
    folder.mkdir()
    (folder / "download.zip").write_bytes(packed(files))
    return find.look(folder, LAB)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(names=st.lists(LETTERS, min_size=2, max_size=4, unique=True), order=st.randoms())
def test_platforms_number_decides_and_no_name(tmp_path_factory, names, order):
    """The highest number wins, however the names and the places in the zip file are."""
    numbers = list(range(3001, 3001 + len(names)))
    order.shuffle(numbers)
    files = {
        f"beeann_101_{number}_{name}.ipynb": mine(str(number))
        for name, number in zip(names, numbers, strict=True)
    }
    files["ceebob_102_4000_x.ipynb"] = mine("bob")
    arrivals = look(tmp_path_factory.mktemp("n") / "in", files)
    ann = next(item for item in arrivals.submissions if item.number == "101")
    assert mark(ann) == str(max(numbers))


@pytest.mark.parametrize("order", list(itertools.permutations((0, 1, 2))))
def test_numbers_after_names_decide_where_times_are_equal(tmp_path, order):
    names = [f"{LAB}.ipynb", f"{LAB}-1.ipynb", f"{LAB}-2.ipynb"]
    for place in order:
        path = tmp_path / "ann" / names[place]
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(mine(str(place)))
        os.utime(path, (1_800_000_000, 1_800_000_000))
    (ann,) = find.find(tmp_path, LAB)
    assert mark(ann) == "2" and "3 notebooks" in ann.notes[0]


def test_another_labs_notebook_does_not_count(tmp_path):
    files = {
        "a_1_assignsubmission_file_/lab2-mlp.ipynb": OTHER,
        "a_1_assignsubmission_file_/Lab1_Data.ipynb": mine("a"),
        "b_2_assignsubmission_file_/lab1-data.ipynb": OTHER,
    }
    a, b = look(tmp_path / "in", files).submissions
    assert mark(a) == "a" and "Lab1_Data.ipynb" in a.notes[0]
    assert b.problem == f"there is no notebook of {LAB}: lab1-data.ipynb is that of lab2-mlp"


def test_final_is_not_passed_over_without_a_word(tmp_path):
    for name, time in ((LAB, 1_800_000_000), (f"{LAB}_final", 1_800_009_000)):
        path = tmp_path / "ann" / f"{name}.ipynb"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(mine(name))
        os.utime(path, (time, time))
    (ann,) = find.find(tmp_path, LAB)
    assert mark(ann) == f"{LAB}_final" and "2 notebooks" in ann.notes[0]


@pytest.mark.parametrize("inside", ["", "course-main/"])
def test_students_zip_with_all_labs_and_checkpoints(tmp_path, inside):
    all_labs = {
        f"{inside}notebooks/{LAB}/{LAB}.ipynb": mine("ann"),
        f"{inside}notebooks/{LAB}/.ipynb_checkpoints/{LAB}-checkpoint.ipynb": mine("old" * 99),
        f"{inside}notebooks/lab2-mlp/lab2-mlp.ipynb": OTHER,
        f"__MACOSX/{inside}notebooks/{LAB}/._{LAB}.ipynb": b"\0",
    }
    files = {
        "a_1_assignsubmission_file_/all.zip": packed(all_labs),
        f"b_2_assignsubmission_file_/{LAB}.ipynb": mine("b"),
    }
    arrivals = look(tmp_path / "in", files)
    a, b = arrivals.submissions
    assert mark(a) == "ann" and mark(b) == "b" and not a.problem
    assert len(arrivals.fates) == 1 + len(all_labs) + 1


def test_zip_for_each_student(tmp_path):
    for name in ("ann", "bob"):
        (tmp_path / f"{name}.zip").write_bytes(packed({f"{LAB}/{LAB}.ipynb": mine(name)}))
    assert [(i.student, mark(i)) for i in find.find(tmp_path, LAB)] == [
        ("ann", "ann"),
        ("bob", "bob"),
    ]


def test_later_attempt_that_cannot_be_read_is_told(tmp_path):
    head = "Lab 1_ab123_attempt_2027-01-"
    files = {
        f"{head}30-10-00-00_x.ipynb": mine("first"),
        f"{head}31-10-00-00_x.ipynb": b"\0" * 20,
        "Lab 1_bc1_attempt_2027-01-30-10-00-00_x.ipynb": mine("b"),
    }
    ann = look(tmp_path / "in", files).submissions[0]
    assert mark(ann) == "first"


def test_teams_and_who_is_in_none(tmp_path):
    files = {
        f"TEAM_7_assignsubmission_file_/{LAB}.ipynb": mine("t"),
        f"Default group_assignsubmission_file_/{LAB}.ipynb": mine("d"),
    }
    arrivals = look(tmp_path / "in", files)
    assert [(i.student, i.team, mark(i)) for i in arrivals.submissions] == [
        ("Default group", True, "d"),
        ("TEAM_7", True, "t"),
    ]


def test_class_list_knows_the_members_of_a_team(tmp_path):
    (tmp_path / "class.csv").write_text(
        "First name,Last name,ID number,Groups\nAnn,Bee,7,Reds\nBob,Cee,8,Reds\nCy,Dee,9,Blues\n"
    )
    files = {f"Reds_7_assignsubmission_file_/{LAB}.ipynb": mine("t")}
    look(tmp_path / "in", files)
    arrivals = find.look(tmp_path / "in", LAB, class_list=tmp_path / "class.csv")
    assert [(i.student, i.team, i.absent) for i in arrivals.submissions] == [
        ("Cy Dee_9", False, True),
        ("Reds_7", True, False),
    ]


@pytest.mark.parametrize("lab", [LAB, "lab2-mlp"])
@pytest.mark.parametrize("most", [100, 10**9])
def test_lab_is_told_of_large_files_too(monkeypatch, lab, most):
    monkeypatch.setattr(whose, "_MOST", most)
    found = whose.look(downloads.notebook(lab))
    assert found.lab == lab and not found.problem
