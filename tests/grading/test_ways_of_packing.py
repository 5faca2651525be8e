"""The same class in other words, in parts, beside itself: whatever the platform's language is."""

import io
import pathlib
import unicodedata
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.grading.submissions import find
from tests.grading import downloads
from tests.grading.test_outsiders_downloads import laid, marks, mine, zipped
from tests.grading.test_shapes_of_downloads import looked_at

LAB = downloads.LAB
CLASS = ("Ann Bee", "Cy Dee", "Ed van Eff", "李小龙", "Gi O’Ha")
SOME = settings(max_examples=20, deadline=None)
words = st.text(st.characters(categories=["L"]), min_size=2, max_size=12)
packs = st.sampled_from([downloads.as_zip, downloads.unpacked])


def told(arrivals: find.Arrivals) -> list[tuple[str, str, bool]]:
    return [(item.student, item.file, bool(item.problem)) for item in arrivals.submissions]


@SOME
@given(words, packs)
def test_blackboards_word_for_an_attempt_is_of_any_language(word, pack):
    files = downloads.blackboard(downloads.class_of_five())
    translated = {path.replace("_attempt_", f"_{word}_"): data for path, data in files.items()}
    found, wanted = looked_at(translated, pack), looked_at(files, pack)
    assert {who: content for who, (_, content) in found.items()} == {
        who: content for who, (_, content) in wanted.items()
    }


@SOME
@given(words, words.filter(lambda word: word != "Version"), words, packs)
def test_folders_of_teams_are_called_in_any_language(submitted, working, version, pack):
    if submitted.casefold() == working.casefold():
        return
    files = downloads.teams(downloads.class_of_five())
    other = {"Submitted files": submitted, "Working files": working}
    translated = {
        "/".join(other.get(part, part) for part in path.split("/")).replace(
            "Version", version
        ): data
        for path, data in files.items()
    }
    found, wanted = looked_at(translated, pack), looked_at(files, pack)
    assert {who: content for who, (_, content) in found.items()} == {
        who: content for who, (_, content) in wanted.items()
    }


@SOME
@given(
    st.lists(st.booleans(), min_size=len(CLASS), max_size=len(CLASS)).filter(
        lambda own: sum(own) < 3
    ),
    st.sampled_from(["{file} - {name}", "[{place}] - {name} - 0 - {file}", "{name} - {file}"]),
    packs,
)
def test_names_stand_where_those_beside_them_stand(own, called, pack):
    """Most have kept the lab's name; the files of the others are called as they like."""
    files = {}
    for place, (name, renamed) in enumerate(zip(CLASS, own, strict=True)):
        file = f"my work {place}" if renamed else LAB
        path = f"Uploads/{called.format(place=place, name=name, file=file)}.ipynb"
        files[path] = mine(name)
    found = looked_at(files, pack)
    assert len(found) == len(CLASS)
    for name in CLASS:
        ((student, (item, _)),) = [pair for pair in found.items() if name in pair[0]]
        assert "my work" not in student and not item.problem


@SOME
@given(
    st.sampled_from(["{name}", "{name}_lab1", "77{name}"]),
    st.sampled_from(["_v{}", " V{}", "-v{}"]),
    st.integers(2, 30),
    packs,
)
def test_file_with_a_versions_number_is_a_later_one(called, tail, number, pack):
    names = ("Bee", "Dee", "Eff")
    files = {f"{called.format(name=name)}.ipynb": mine(f"{name} first " * 9) for name in names}
    last = called.format(name="Dee") + tail.format(number)
    found = looked_at(files | {f"{last}.ipynb": mine("the later")}, pack)
    assert len(found) == len(names)
    assert sum(b"the later" in content for _, content in found.values()) == 1


@pytest.mark.parametrize("called", ["Group {lab} {n}", "Team {lab}_{n}", "{lab} Group {n}"])
def test_numbers_that_tell_teams_apart_are_no_versions(called):
    files = {f"{called.format(lab=LAB, n=n)}.ipynb": mine(str(n)) for n in range(1, 5)}
    assert len(looked_at(files)) == len(files)


# --- in parts, in archives, beside itself ---------------------------------------------------------


def in_parts(files: downloads.Files, number: int) -> downloads.Files:
    """Return a download in so many archives, each with the files of some students."""
    parts: list[downloads.Files] = [{} for _ in range(number)]
    for place, (path, data) in enumerate(sorted(files.items())):
        parts[place * number // len(files)][path] = data
    return {f"Lab 1-20270203T100000Z-{n:03}.zip": zipped(part) for n, part in enumerate(parts, 1)}


@pytest.mark.parametrize("name", ["canvas", "moodle", "google-classroom", "blackboard"])
@pytest.mark.parametrize("number", [2, 3])
@pytest.mark.parametrize("around", ["", "Downloads/"])
def test_parts_of_a_class_that_were_packed_together_are_the_class(tmp_path, name, number, around):
    files = downloads.LAYOUTS[name].make(downloads.class_of_five())
    whole = marks(find.look(downloads.as_zip(files, tmp_path / "whole"), LAB))
    parts = {around + path: data for path, data in in_parts(files, number).items()}
    for pack in (downloads.as_zip, downloads.unpacked):
        assert marks(find.look(pack(parts, tmp_path / pack.__name__), LAB)) == whole


@pytest.mark.parametrize("count", [5, 6, 9])
@pytest.mark.parametrize(
    "called", ["OneDrive_{n}_3-2-2027", "Lab 1-20270203T100000Z-{n:03}", "part{n}"]
)
def test_parts_of_a_class_of_folders_are_the_class(tmp_path, count, called):
    """The last part has a few students, whose folders are in no other part."""
    names = [f"student {place}" for place in range(count)]
    parts = {
        f"{called.format(n=n)}.zip": zipped({f"{name}/{LAB}.ipynb": mine(name) for name in some})
        for n, some in enumerate((names[:4], names[4:]), 1)
    }
    for pack in (downloads.as_zip, downloads.unpacked):
        found = marks(find.look(pack(parts, tmp_path / pack.__name__), LAB))
        assert found == {name: name for name in names}


@SOME
@given(
    st.lists(
        st.lists(
            st.sampled_from(["draft", "final", "work", "startercode", "v1", "Ann", "neu"]),
            min_size=1,
            max_size=3,
            unique=True,
        ),
        min_size=3,
        max_size=5,
    ),
    st.sampled_from(["{name}", "{name}@example.org_1_submission", "{name} - Lab 1"]),
    packs,
)
def test_archives_beside_one_another_are_of_a_student_each(folders, called, pack):
    """A student packs a few folders; a class in an archive has more, or is a platform's."""
    names = [f"student {place}" for place in range(len(folders))]
    if "@" in called:
        names = [name.replace(" ", "") for name in names]
    files = {
        f"{called.format(name=name)}.zip": zipped(
            {f"{folder}/{LAB}.ipynb": mine(name) for folder in inner}
        )
        for name, inner in zip(names, folders, strict=True)
    }
    found = looked_at(files, pack)
    assert len(found) == len(names)
    assert all(
        any(f'"{name}"'.encode() in content for _, content in found.values()) for name in names
    )


@SOME
@given(
    st.sampled_from(
        ["{name}", "lab1_{name}", f"{LAB}_{{name}}", f"{{name}}/{LAB}", f"a/{{name}}/{LAB}"]
    ),
    st.booleans(),
)
def test_archive_beside_what_was_unpacked_of_it_adds_nobody(called, with_folder):
    files = {f"{called.format(name=name)}.ipynb": mine(name) for name in CLASS}
    inside = {f"Lab 1/{path}": data for path, data in files.items()}
    archive = zipped(inside if with_folder else files)
    found = looked_at(inside, downloads.unpacked)
    both = looked_at({**inside, "Lab 1.zip": archive}, downloads.unpacked)
    assert {*found} == {*both} and len(both) == len(CLASS)


@pytest.mark.parametrize("name", ["Übung é", "İş ǘ", "한국어"])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_archive_is_found_under_the_name_that_it_has(tmp_path, name, form):
    """A Mac writes accents apart; on other machines that is another name."""
    files = {f"{student}/{LAB}.ipynb": mine(student) for student in CLASS}
    called = unicodedata.normalize(form, name)
    inside = {f"{called}/{path}": data for path, data in files.items()}
    alone = laid(tmp_path / "alone", {f"{called}.zip": zipped(files)})
    beside = laid(tmp_path / "beside", {f"{called}.zip": zipped(inside), **inside})
    for place in (alone, beside, alone / f"{called}.zip"):
        assert marks(find.look(place, LAB)) == {student: student for student in CLASS}


NAMES = st.lists(
    st.sampled_from(["Ann Bee", "Cy", "李小龙", "O’Ha", "Di"]), min_size=4, unique=True
)
FORMS = ("{name}/{lab}", "{name}/notebooks/{lab}/{lab}", "{name}", "{lab}_{name}", "{name} {lab}")


@SOME
@given(NAMES, st.data(), st.sampled_from(["", "Lab 1/", "a/b/"]), packs)
def test_some_come_in_folders_and_some_as_files(names, data, around, pack):
    """Most come through a form; a few send a file by mail, and the instructor adds it."""
    files = {}
    for name in names:
        called = data.draw(st.sampled_from(FORMS)).format(name=name, lab=LAB)
        if data.draw(st.booleans()):
            files[f"{around}{called}.ipynb"] = mine(name)
        else:
            archive = called if called.startswith(name) and "/" not in called else name
            files[f"{around}{archive}.zip"] = zipped({f"{LAB}.ipynb": mine(name)})
    files[f"{around}notes.txt"] = files[f"{around}class.csv"] = b"Name"
    found = looked_at(files, pack)
    assert {who.replace(LAB, "").strip(" _") for who in found} == {*names}
    assert all(not item.problem for item, _ in found.values())


@pytest.mark.parametrize(
    "beside", ["solution.html", "Untitled.ipynb", "lab2-mlp.ipynb", f"{LAB}.ipynb"]
)
def test_what_names_nobody_beside_students_folders_is_no_student(tmp_path, beside):
    files = {f"{name}/{LAB}.ipynb": mine(name) for name in CLASS}
    other = downloads.notebook("lab2-mlp") if beside.startswith("lab2") else b'{"cells": []}'
    files[beside] = mine("the course's") if beside.startswith(LAB) else other
    assert {*marks(find.look(downloads.as_zip(files, tmp_path / "in"), LAB))} == {*CLASS}


@pytest.mark.parametrize("last", ["{name}.zip", "work.zip", f"{LAB}.zip"])
@pytest.mark.parametrize(
    "folders", [("v1", "v2"), ("Attempt 9", "Attempt 10"), ("2026-12-01", "2027-01-02")]
)
def test_later_attempt_counts_also_as_an_archive(tmp_path, folders, last):
    first, second = folders
    files = {f"{name}/{first}/{LAB}.ipynb": mine(f"{name} old" * 9) for name in CLASS}
    files |= {
        f"{name}/{second}/{last.format(name=name)}": zipped({"a.ipynb": mine(name)})
        for name in CLASS
    }
    found = marks(find.look(downloads.unpacked(files, tmp_path / "in"), LAB))
    assert found == {name: name for name in CLASS}


def in_archives(files: downloads.Files) -> downloads.Files:
    """Return a download in which each has handed in an archive with the notebook in it."""
    return {
        path.replace(".ipynb", ".zip"): zipped({f"{LAB}.ipynb": data})
        if path.endswith(".ipynb")
        # Stud.IP's list names the files.
        else data.replace(b".ipynb", b".zip")
        for path, data in files.items()
    }


@pytest.mark.parametrize("name", downloads.LAYOUTS)
def test_what_was_unpacked_beside_students_archives_takes_nobody_away(tmp_path, name):
    """Some systems unpack an archive on a double click, and leave it where it is."""
    files = in_archives(downloads.LAYOUTS[name].make(downloads.class_of_five()))
    place = downloads.unpacked(files, tmp_path / "downloads")
    before = marks(find.look(place, LAB))
    for path in sorted(place.rglob("*.zip")):
        with zipfile.ZipFile(path) as archive:
            archive.extractall(path.with_suffix(""))
        after = marks(find.look(place, LAB))
        # Where most have lost their platform's form, a folder's whole name is a student's.
        handed_in = [set(found.values()) - {"there is no notebook"} for found in (before, after)]
        assert before.items() <= after.items() or handed_in[0] == handed_in[1]


PACKED_STRANGELY = {
    "rar": b"Rar!\x1a\7\1\0" + bytes(64),
    "7z": b"7z\xbc\xaf\x27\x1c\0\4" + bytes(64),
    "zst": b"\x28\xb5\x2f\xfd" + bytes(64),
}


@pytest.mark.parametrize("ending", PACKED_STRANGELY)
@pytest.mark.parametrize("called", ["{name}{end}", "{name}/my work{end}"])
def test_archive_that_nobody_opens_has_a_row_that_says_so(tmp_path, ending, called):
    files = {
        called.format(name=name, end=".zip"): zipped({"f.ipynb": mine(name)}) for name in CLASS
    }
    files[called.format(name="Zed Oe", end=f".{ending}")] = PACKED_STRANGELY[ending]
    files |= {"grades.xlsx": zipped({"xl/workbook.xml": b"<x/>"}), "README.md": b"# Lab 1"}
    for pack in (downloads.as_zip, downloads.unpacked):
        found = find.look(pack(files, tmp_path / pack.__name__), LAB).submissions
        (zed,) = [item for item in found if item.problem]
        assert zed.student == "Zed Oe" and "only zip and tar files" in zed.problem
        assert len(found) == len(CLASS) + 1


def with_folders(files: downloads.Files, place: pathlib.Path) -> pathlib.Path:
    """Pack files as some programs do, which list each folder, too."""
    place.mkdir(parents=True)
    above = {path.rpartition("/")[0][: len(path)] for path in files}
    every = {f"{folder.rsplit('/', n)[0]}/" for folder in above - {""} for n in range(9)}
    path = place / "download.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for folder in sorted(every):
            archive.writestr(zipfile.ZipInfo(folder, downloads.PACKED), b"")
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, downloads.PACKED), data)
    return path


@pytest.mark.parametrize("name", downloads.LAYOUTS)
def test_folders_that_an_archive_lists_are_nothing_of_their_own(tmp_path, name):
    files = downloads.LAYOUTS[name].make(downloads.class_of_five())
    listed = {f"around/{path}": data for path, data in files.items()}
    plain, full = io.BytesIO(), find.look(with_folders(listed, tmp_path / "listed"), LAB)
    with zipfile.ZipFile(plain, "w") as archive:
        for path, data in listed.items():
            archive.writestr(zipfile.ZipInfo(path, downloads.PACKED), data)
    place = laid(tmp_path / "plain", {"download.zip": plain.getvalue()}) / "download.zip"
    wanted = find.look(place, LAB)
    assert told(full) == told(wanted)
    assert sorted(fate.path for fate in full.fates) == sorted(fate.path for fate in wanted.fates)


def test_nbgraders_course_with_its_folders_listed(tmp_path):
    files = downloads.nbgrader(downloads.class_of_five())
    files |= {f"{folder}/{LAB}/{LAB}.ipynb": mine(folder) for folder in ("source", "release")}
    files = {f"course101/{path}": data for path, data in files.items()}
    found = marks(find.look(with_folders(files, tmp_path / "in"), LAB))
    assert "ann" in found.values() and not {"source", "release"} & {*found.values()}


EMPTY = {
    "ilias": "Lab 1/Gar_Gi_gg130_130",
    "moodle": "Gi Gar_130_assignsubmission_file_",
    "teams": "Submitted files/Gi Gar",
    "schoology": "Gar, Gi - 130/Revision 1 - On time",
    "sakai": "Lab 1/Gar, Gi(gg130)",
}


@pytest.mark.parametrize("name", EMPTY)
def test_whose_folder_is_empty_has_a_row(tmp_path, name):
    files = downloads.LAYOUTS[name].make(downloads.class_of_five())
    place = downloads.unpacked(files, tmp_path / "in")
    top = next(iter(files)).partition("/")[0]
    next(place.rglob(top)).parent.joinpath(EMPTY[name]).mkdir(parents=True)
    found = find.look(place, LAB).submissions
    (gi,) = [item for item in found if "Gi" in item.name or "gg130" in item.login]
    assert gi.problem and len(found) == 6


@pytest.mark.parametrize("around", ["", "Lab 1/", "Question 1/Hand in/"])
@pytest.mark.parametrize("name", ["Lab 1", "ML 24 - Lab 1", "abgaben"])
def test_few_students_in_an_archive_that_is_alone_are_doubted(tmp_path, name, around):
    class_ = {f"{around}{student}/{LAB}.ipynb": mine(student) for student in ("ann", "bob")}
    place = laid(tmp_path, {"out.zip": zipped({f"{name}.zip": zipped(class_)})})
    arrivals = find.look(place, LAB)
    assert len(arrivals.submissions) == 2 or any("ann, bob" in note for note in arrivals.notes)
