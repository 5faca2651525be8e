"""Shapes that no platform makes alone: around a class, beside it, in it, in any order and words."""

import datetime
import io
import itertools
import pathlib
import tempfile
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.grading.submissions import find
from tests.grading import downloads

LAB = downloads.LAB
NAMES = ["ann", "Bee, Ann", "李小龙", "Zoë D’Arc", "late_larry", "R2-D2 Au", "Ян Ли", "final cut"]
FEW = settings(max_examples=25, deadline=None)
some_names = st.lists(st.sampled_from(NAMES), min_size=2, max_size=4, unique=True)


def looked_at(
    files: downloads.Files, pack=downloads.as_zip
) -> dict[str, tuple[find.Submission, bytes]]:
    """Return who is found, by name; each is read, since the place is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        arrivals = find.look(pack(files, pathlib.Path(folder, "downloads")), LAB, downloads.DUE)
        content = {item.student: item.read() for item in arrivals.submissions}
    return {item.student: (item, content[item.student]) for item in arrivals.submissions}


def mine(mark: str) -> bytes:
    return downloads.notebook(mark=f"of {mark}")


@pytest.mark.parametrize("layout", downloads.LAYOUTS)
def test_class_in_a_tar_file_is_the_class_in_the_folder(tmp_path, layout):
    files = downloads.LAYOUTS[layout].make(downloads.class_of_five())
    whole = find.look(downloads.unpacked(files, tmp_path / "a"), LAB)
    packed = find.look(downloads.in_a_tar(files, tmp_path / "b"), LAB)
    told = [[(i.student, i.name, bool(i.problem)) for i in a.submissions] for a in (whole, packed)]
    assert told[0] == told[1]


@FEW
@given(
    some_names,
    st.sampled_from(["{name}", "{lab}_{name}", "{name} {lab} (1)", "{name}-{lab}"]),
    st.sampled_from(["", "COURSE-Lab 1-77/", "a/b/"]),
    st.sampled_from([downloads.as_zip, downloads.unpacked, downloads.in_a_tar]),
)
def test_files_in_one_folder_are_of_as_many_students(names, called, around, pack):
    files = {f"{around}{called.format(name=n, lab=LAB)}.ipynb": mine(n) for n in names}
    found = looked_at({**files, f"{around}README.md": b"x"}, pack)
    assert set(found) == set(names)
    assert all(
        f"of {name}".encode() in content or not name.isascii()
        for name, (_, content) in found.items()
    )


@FEW
@given(
    some_names,
    st.sampled_from(["Lab 1 - {}", "lab1_{}", "{} Lab1", "Übung1-{}"]),
    st.sampled_from(["", "COURSE-Lab 1-77/"]),
)
def test_title_before_or_behind_a_name_makes_nobody_of_several(names, called, around):
    found = looked_at({f"{around}{called.format(name)}.ipynb": mine(name) for name in names})
    assert len(found) == len(names)
    assert all(any(name in student for name in names) for student in found)


@FEW
@given(st.sampled_from(["", "COURSE-Lab 1-77/"]), st.sampled_from([" ({})", "-Copy{}", " {}"]))
def test_copies_in_one_students_folder_are_of_one_student(around, copy):
    stems = [LAB, *(LAB + copy.format(number) for number in (1, 2))]
    files = {
        f"{around}{name}/{stem}.ipynb": mine(stem) for name in ("ann", "bob") for stem in stems
    }
    assert set(looked_at(files)) == {"ann", "bob"}


@pytest.mark.parametrize("other", ["notes", "lab2", "Untitled"])
def test_other_notebook_beside_the_labs_is_no_other_student(tmp_path, other):
    for name, content in (("lab1", mine("ann")), (other, downloads.notebook("lab2-mlp"))):
        path = tmp_path / "ann" / f"{name}.ipynb"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    (ann,) = find.find(tmp_path, LAB)
    assert ann.student == "ann" and ann.file == "ann/lab1.ipynb" and not ann.problem


def test_nobodys_files_are_told_and_not_graded(tmp_path):
    for number in ("", " (1)", " (2)"):
        (tmp_path / f"{LAB}{number}.ipynb").write_bytes(mine(number))
    with pytest.raises(find.SubmissionsError, match="Nothing says whose the 3 notebooks"):
        find.look(tmp_path, LAB)


def test_empty_zip_file_is_no_student(tmp_path):
    downloads.as_zip({}, tmp_path / "in")
    with pytest.raises(find.SubmissionsError, match="empty"):
        find.look(tmp_path / "in", LAB)


TURNS = ["Version {}", "Revision {} - Late", "{}", "v{}", "Attempt_{}", "2027-01-{:02}-10-00-00"]
TURNS += ["{}. Versuch", "submission_{:02}", "Abgabe ({})", "{}-final", "try {} of 12"]
TURNS += ["{:02}.03.2027", "202703{:02}T1200", "2027-03-{:02}", "Mar {} 2027"]


@FEW
@given(
    st.sampled_from(TURNS),
    st.permutations([1, 2, 9, 10, 11]).map(lambda numbers: numbers[:3]),
    st.sampled_from(["", "Lab 1/", "work/deep/"]),
    st.sampled_from([downloads.as_zip, downloads.in_a_tar]),
)
def test_last_of_counted_folders_counts(called, numbers, above, pack):
    files = {
        f"{name}/{above}{called.format(number)}/{LAB}.ipynb": mine(f"{number}.")
        for name in ("ann", "bob")
        for number in numbers
    }
    found = looked_at(files, pack)
    assert set(found) == {"ann", "bob"}
    for _, content in found.values():
        assert f"of {max(numbers)}.".encode() in content


LATE = ["Late Submission", "Verspaetete Abgabe", "Verspätet eingereicht", "Remise en retard"]
LATE += ["Entrega con retraso tardia", "Consegna in ritardo", "Te laat ingeleverd"]
WORDS = ["Lab 1", "Ann Bee", "translate", "plate 2"]


@pytest.mark.parametrize(("words", "late"), [(w, True) for w in LATE] + [(w, False) for w in WORDS])
@pytest.mark.parametrize("around", ["", "Lab 1/", "multi_feedback_Lab_1/", "Submissions/"])
def test_iliass_mark_of_what_was_late(words, late, around):
    files = {
        f"{around}Bee_Ann_ab_101/{words} - {LAB}.ipynb": mine("ann"),
        f"{around}Dee_Cid_cd_102/{LAB}.ipynb": mine("cid"),
        f"{around}status.xlsx": b"PK",
    }
    found = {item.login: item.late for item, _ in looked_at(files).values()}
    assert found == {"ab": late, "cd": False}


@pytest.mark.parametrize("form", ["{words} - {time}_{file}", "{time}_{words} - {file}"])
@pytest.mark.parametrize("words", LATE)
@pytest.mark.parametrize("others", [0, 2])
def test_iliass_mark_and_time_stand_in_any_order(form, words, others):
    """Also where the only student is late, and nothing else says which platform it is."""
    name = form.format(words=words, time="20270201120000", file=f"{LAB}.ipynb")
    files = {f"Lab 1/Dee_Cid_cd_{n}/{LAB}.ipynb": mine("cid") for n in range(others)}
    found = looked_at(files | {f"Lab 1/Bee_Ann_ab_101/{name}": mine("ann")})
    (ann,) = [item for item, _ in found.values() if item.login == "ab"]
    moment = datetime.datetime.fromtimestamp(ann.time)
    assert len(found) == others + 1 and ann.late and moment == datetime.datetime(2027, 2, 1, 12)


def test_blackboards_file_that_was_handed_in_before_is_its_new_owners():
    stamps = ["2027-01-02-10-00-00", "2026-01-02-10-00-00"]
    name = "".join(
        f"Lab 1_{who}_attempt_{when}_" for who, when in zip(("ann", "old"), stamps, strict=True)
    )
    found = looked_at({f"{name}{LAB}.ipynb": mine("ann")})
    assert [item.login for item, _ in found.values()] == ["ann"]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_rows_that_are_nobodys_are_no_students(tmp_path, order):
    """Canvas has the points to reach above, and a student to preview with; people add averages."""
    people = [("Bee, Ann", "1", "ab"), ("Cee, Bob", "2", "bc"), ("Student, Test", "9", "a0" * 20)]
    rows = ["Student,ID,SIS Login ID,Lab 1 (7)", "    Points Possible,,,100"]
    rows += [f'"{name}",{number},{login},' for name, number, login in (people[i] for i in order)]
    (tmp_path / "class.csv").write_text("\n".join([*rows, "Average,,,50"]), encoding="utf-8")
    path = tmp_path / "in" / "ab" / f"{LAB}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_bytes(mine("ann"))
    arrivals = find.look(tmp_path / "in", LAB, class_list=tmp_path / "class.csv")
    assert sorted(item.name for item in arrivals.submissions) == ["Ann Bee", "Bob Cee"]


@FEW
@given(st.lists(st.sampled_from(["Ann Bee", "Bob Cee", "Cy Dee"]), min_size=1, unique=True))
def test_group_of_gradescope_is_each_of_its_members(names):
    people = "".join(
        f"  - :name: {n}\n    :sid: {n[:2]}1\n    :email: {n[0]}@x.edu\n" for n in names
    )
    listed = f"submission_5:\n  :submitters:\n{people}  :created_at: 2027-02-03 10:00:00 Z\n"
    files = {"submission_metadata.yml": listed.encode(), f"submission_5/{LAB}.ipynb": mine("us")}
    found = looked_at(files)
    assert sorted(item.name for item, _ in found.values()) == sorted(names)
    assert all(item.late and b"of us" in content for item, content in found.values())


def test_one_student_in_a_folder_is_doubted(tmp_path):
    path = tmp_path / "COURSE-Lab 1-77" / "ann" / f"{LAB}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_bytes(mine("ann"))
    assert any("folder around a class" in note for note in find.look(tmp_path, LAB).notes)
    assert not find.look(path.parents[1], LAB).notes


def packed(files: downloads.Files) -> downloads.Files:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return {"w.zip": content.getvalue()}


@pytest.mark.parametrize("hidden", [".Trash-0/files", ".local/share", "env 2/lib", ".git/x"])
@pytest.mark.parametrize("pack", [dict, packed])
@pytest.mark.parametrize("around", ["", "work/"])
def test_what_lies_in_hidden_folders_of_a_zip_file_does_not_count(hidden, pack, around):
    """A wastebasket and an installed Python hold more of a notebook than the student's own."""
    top = hidden.partition("/")[0]
    own = {
        f"{around}{LAB}.ipynb": mine("ann"),
        f"{around}{top}/pyvenv.cfg": b"home = /usr",
        f"{around}{hidden}/{LAB}.ipynb": mine("nobody, " * 50),
    }
    files = {f"ann/{name}": data for name, data in pack(own).items()}
    files |= {f"bob/{LAB}.ipynb": mine("bob")}
    with tempfile.TemporaryDirectory() as folder:
        place = downloads.as_zip(files, pathlib.Path(folder, "in"))
        arrivals = find.look(place, LAB)
        assert [b"of ann" in item.read() for item in arrivals.submissions] == [True, False]
        assert any(top in fate.path and fate.why for fate in arrivals.fates)


@pytest.mark.parametrize(
    "folders", [("v1", "v2"), ("old 1", "old 2"), ("2024-01-02", "2024-01-03")]
)
def test_counted_folders_beside_the_notebook_itself_hold_earlier_ones(folders):
    files = {f"ann/{folder}/{LAB}.ipynb": mine("nobody" * 9) for folder in folders}
    found = looked_at({**files, f"ann/{LAB}.ipynb": mine("ann"), f"bob/{LAB}.ipynb": mine("bob")})
    assert b"of ann" in found["ann"][1]


@given(
    st.lists(
        st.sampled_from(["ann", "bob", "cy", "di", "eve"]), min_size=2, max_size=3, unique=True
    ),
    st.sampled_from(["Friday", "Group B"]),
)
def test_groups_around_students_are_doubted(names, other):
    """One alone in a group may be a student's folder, and a group a student with two folders."""
    files = {f"Group A/{name}/{LAB}.ipynb": mine(name) for name in names}
    files |= {f"{other}/zoe/{LAB}.ipynb": mine("zoe")}
    with tempfile.TemporaryDirectory() as folder:
        arrivals = find.look(downloads.as_zip(files, pathlib.Path(folder, "in")), LAB)
    assert any(", ".join(sorted(names)) in note for note in arrivals.notes)
