"""Which file counts as whose submission, and which are refused with a reason."""

import datetime
import io
import os
import stat
import zipfile

import pytest

from labkit.grading.submissions import find

LAB = "lab1-data"


def write(folder, name, content=b"{}", time=None):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    if time is not None:
        os.utime(path, (time, time))
    return path


def zipped(path, **files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def only(place, **more):
    (found,) = find.find(place, LAB, **more)
    return found


def test_both_places_of_the_contract(tmp_path):
    write(tmp_path, f"ann/{LAB}.ipynb", b"1")
    write(tmp_path, f"bob/{LAB}/{LAB}.ipynb", b"2")
    found = find.find(tmp_path, LAB)
    assert [(item.student, item.read(), item.problem) for item in found] == [
        ("ann", b"1", ""),
        ("bob", b"2", ""),
    ]


def test_renamed_file_is_taken_and_noted(tmp_path):
    write(tmp_path, "ann/My solution.ipynb", b"1")
    found = only(tmp_path)
    assert found.read() == b"1"
    assert found.notes == ("The file was called My solution.ipynb.",)


def test_last_of_several_counts(tmp_path):
    write(tmp_path, f"ann/{LAB}.ipynb", b"first", 1_000_000)
    write(tmp_path, f"ann/{LAB} (1).ipynb", b"second", 3_000_000)
    write(tmp_path, f"ann/{LAB} (2).ipynb", b"third", 2_000_000)
    found = only(tmp_path)
    assert found.read() == b"second"
    assert "3 notebooks" in found.notes[0]


@pytest.mark.parametrize(("minutes", "late"), [(-1, False), (1, True)])
def test_late_is_marked(tmp_path, minutes, late):
    due = datetime.datetime(2027, 1, 31, 23, 59)
    time = due + datetime.timedelta(minutes=minutes)
    write(tmp_path, f"ann/{LAB}.ipynb", time=time.timestamp())
    assert only(tmp_path, due=due).late is late


def test_links_are_not_followed(tmp_path):
    secret = write(tmp_path, "secret.ipynb", b"secret")
    place = tmp_path / "in"
    (place / "ann").mkdir(parents=True)
    (place / "ann" / f"{LAB}.ipynb").symlink_to(secret)
    write(tmp_path, f"elsewhere/{LAB}.ipynb", b"secret")
    (place / "bob").symlink_to(tmp_path / "elsewhere")
    (place / "eve").mkdir()
    (place / "eve" / LAB).symlink_to(tmp_path / "elsewhere")
    for found in find.find(place, LAB):
        assert "link" in found.problem
        assert found.read() == b""


def test_file_that_becomes_a_link_after_looking_is_not_followed(tmp_path):
    secret = write(tmp_path, "secret.ipynb", b"secret")
    path = write(tmp_path, f"in/ann/{LAB}.ipynb", b"1")
    found = only(tmp_path / "in")
    path.unlink()
    path.symlink_to(secret)
    with pytest.raises(ValueError, match="symbolic link"):
        found.read()


def test_file_that_becomes_a_pipe_after_looking_is_not_waited_for(tmp_path):
    path = write(tmp_path, f"in/ann/{LAB}.ipynb", b"1")
    found = only(tmp_path / "in")
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(ValueError, match="not an ordinary file"):
        found.read()


def test_files_beside_the_notebook_are_left_out_and_named(tmp_path):
    write(tmp_path, f"ann/{LAB}.ipynb", b"1")
    for name in ("numpy.py", "keras/__init__.py", "notes.zip", ".DS_Store", "lab2-mlp/x.py"):
        write(tmp_path, f"ann/{name}", time=4_000_000_000)
    found = only(tmp_path)
    assert found.read() == b"1"
    assert found.notes == ("Only the notebook is graded; left out: keras, notes.zip, numpy.py.",)


def test_files_beside_a_notebook_in_the_labs_own_folder(tmp_path):
    write(tmp_path, f"ann/{LAB}/{LAB}.ipynb", b"1")
    write(tmp_path, f"ann/{LAB}/numpy.py")
    assert only(tmp_path).notes == (f"Only the notebook is graded; left out: {LAB}/numpy.py.",)


def test_many_files_are_counted(tmp_path):
    for number in range(30):
        write(tmp_path, f"ann/{number:02}.txt")
    found = only(tmp_path)
    assert found.problem == "there is no notebook"
    assert found.notes[0].endswith("06.txt, 07.txt, 22 more.")


def test_files_in_a_platforms_zip_are_left_out(tmp_path):
    names = {
        f"Ann Bee_123_assignsubmission_file_/{file}": b"1" for file in (f"{LAB}.ipynb", "a.py")
    }
    found = only(zipped(tmp_path / "moodle.zip", **names))
    assert found.read() == b"1"
    assert found.notes == ("Only the notebook is graded; left out: a.py.",)


def test_what_is_no_file_is_refused(tmp_path):
    (tmp_path / "ann" / f"{LAB}.ipynb").mkdir(parents=True)
    (tmp_path / "bob").mkdir()
    os.mkfifo(tmp_path / "bob" / f"{LAB}.ipynb")
    (tmp_path / "nil").mkdir()
    found = {item.student: item.problem for item in find.find(tmp_path, LAB)}
    assert found == {
        "ann": "it is a folder, not a file",
        "bob": "it is not an ordinary file",
        "nil": "there is no notebook",
    }


@pytest.mark.parametrize(
    "student", ["Ann Bee", "a,b", "=1+1", "two\nlines", "..x", "x" * 200, "ä", "-rf", "con."]
)
def test_names_become_safe_and_stay_apart(tmp_path, student):
    write(tmp_path, f"{student}/{LAB}.ipynb")
    taken = find.safe_name(student)
    write(tmp_path, f"{taken}x/{LAB}.ipynb")
    found = find.find(tmp_path, LAB)
    assert {item.student for item in found} == {student, f"{taken}x"}
    keys = {item.key for item in found}
    assert len(keys) == 2
    for key in keys:
        assert len(key) <= 80 and not key.startswith(".")
        assert not set(key) & set('/\\\n,=<>"')


def test_name_cannot_be_made_to_meet_another(tmp_path):
    made = find.safe_name("a,b")
    assert made != "a,b"
    assert find.safe_name(made) != made


def test_moodle(tmp_path):
    path = zipped(
        tmp_path / "moodle.zip",
        **{
            f"Ann Bee_123_assignsubmission_file_/{LAB}.ipynb": b"1",
            f"Bob Cee_124_assignsubmission_file_{LAB}.ipynb": b"2",
        },
    )
    found = find.find(path, LAB)
    assert [(item.student, item.number, item.read()) for item in found] == [
        ("Ann Bee_123", "123", b"1"),
        ("Bob Cee_124", "124", b"2"),
    ]


def test_canvas(tmp_path):
    zipped(
        tmp_path / "canvas.zip",
        **{
            f"beeann_LATE_123_4567_{LAB}.ipynb": b"1",
            f"ceebob_124_4568_{LAB}-1.ipynb": b"2",
        },
    )
    found = find.find(tmp_path, LAB)
    assert [(item.number, item.late, item.read()) for item in found] == [
        ("123", True, b"1"),
        ("124", False, b"2"),
    ]


def test_zip_within_the_zip(tmp_path):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr(f"deep/{LAB}.ipynb", b"1")
    path = zipped(tmp_path / "m.zip", **{"Ann_1_assignsubmission_file_/all.zip": inner.getvalue()})
    assert only(path).read() == b"1"


def test_zip_slip_is_refused(tmp_path):
    path = zipped(tmp_path / "m.zip", **{f"Ann_1_assignsubmission_file_/../../{LAB}.ipynb": b"1"})
    assert "points out" in only(path).problem
    assert sorted(item.name for item in tmp_path.rglob("*")) == ["m.zip"]


def test_link_in_a_zip_is_refused(tmp_path):
    path = tmp_path / "m.zip"
    entry = zipfile.ZipInfo(f"Ann_1_assignsubmission_file_/{LAB}.ipynb")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(entry, "/etc/passwd")
    assert "link" in only(path).problem


def test_bombs_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(find, "MAX_BYTES", 1_000_000)
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{LAB}.ipynb", bytes(10_000_000))
    path = zipped(
        tmp_path / "m.zip",
        **{
            f"Ann_1_assignsubmission_file_/{LAB}.ipynb": bytes(10_000_000),
            "Bob_2_assignsubmission_file_/all.zip": inner.getvalue(),
        },
    )
    ann, bob = find.find(path, LAB)
    assert "larger" in ann.problem
    with pytest.raises(ValueError, match="larger"):
        bob.read()


def test_entry_that_lies_about_its_size_is_cut_off(tmp_path, monkeypatch):
    path = zipped(
        tmp_path / "m.zip", **{f"Ann_1_assignsubmission_file_/{LAB}.ipynb": bytes(5_000_000)}
    )
    content = bytearray(path.read_bytes())
    place = content.rindex(b"PK\x01\x02")
    content[place + 24 : place + 28] = (100).to_bytes(4, "little")
    path.write_bytes(content)
    found = only(path)
    with pytest.raises(ValueError, match="cannot be unpacked"):
        found.read()


@pytest.mark.parametrize("made", ["nothing", "empty", "text.zip"])
def test_bad_places(tmp_path, made):
    place = tmp_path / made
    if made == "empty":
        place.mkdir()
    if made == "text.zip":
        place.write_text("no zip")
    with pytest.raises(find.SubmissionsError):
        find.find(place, LAB)


def test_a_folder_with_plus_signs_is_one_student_and_hides_no_other(tmp_path):
    for name in ("ann", "a+b+c", r"-?\d+(?:[.,]\d+)?"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{LAB}.ipynb").write_bytes(b"{}")
    assert len(find.find(tmp_path, LAB)) == 3
