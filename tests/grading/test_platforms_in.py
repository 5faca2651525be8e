"""Each platform's download, in each packing, gives the class that was handed in."""

import json

import pytest

from labkit.grading.submissions import find
from tests.grading import downloads

LAB = downloads.LAB
ODD = "Zoë D’Arc-Müller"


def marks(item: find.Submission) -> str:
    """Return what the notebook that counts says of itself."""
    return json.loads(item.read())["cells"][-1]["source"]


def known_by(item: find.Submission, layout: downloads.Layout) -> str:
    if layout.by == "login" and layout.platform == "canvas":
        return item.number
    found = {"number": item.number, "login": item.login or item.student, "name": item.name}
    found["email"] = item.email.removesuffix("@example.org")
    return found[layout.by]


@pytest.fixture(scope="module")
def five():
    return downloads.class_of_five(ODD)


@pytest.mark.parametrize("packing", downloads.PACKINGS)
@pytest.mark.parametrize("name", downloads.LAYOUTS)
def test_class_of_five(tmp_path, five, name, packing):
    layout = downloads.LAYOUTS[name]
    files = layout.make(five)
    place = downloads.PACKINGS[packing](files, tmp_path / "downloads")
    arrivals = find.look(place, LAB, downloads.DUE)

    by_key = {known_by(item, layout): item for item in arrivals.submissions}
    assert len(arrivals.submissions) == len(by_key), [i.student for i in arrivals.submissions]
    ids = {"number": lambda p: str(p.number), "login": lambda p: p.login, "name": lambda p: p.name}
    ids["email"] = ids["login"]
    keys = [ids[layout.by](person) for person in five]
    assert set(by_key) == set(keys)
    assert {item.platform for item in arrivals.submissions} == {layout.platform}

    ann, bob, odd = by_key[keys[0]], by_key[keys[1]], by_key[keys[4]]
    assert marks(ann) == "ann" and marks(bob) == "bob" and marks(odd) == "odd"
    assert [item.problem for item in (ann, bob, odd)] == ["", "", ""]
    assert by_key[keys[3]].read().startswith(b'{"cells"')
    assert by_key[keys[2]].problem.startswith(layout.nothing)
    if layout.late:
        assert [by_key[key].late for key in (keys[0], keys[1], keys[3], keys[4])] == [
            *(True, False, False, False)
        ]
    if packing != "unpacked" or layout.late:
        assert not bob.late and not odd.late


@pytest.mark.parametrize("packing", downloads.PACKINGS)
@pytest.mark.parametrize("name", downloads.LAYOUTS)
def test_nothing_disappears(tmp_path, five, name, packing):
    files = downloads.LAYOUTS[name].make(five)
    place = downloads.PACKINGS[packing](files, tmp_path / "downloads")
    arrivals = find.look(place, LAB)
    told = [fate.path for fate in arrivals.fates]
    assert len(told) == len(set(told))
    times = 2 if packing in ("mac", "both") else 1
    hidden = sum("/." in name for name in files)
    assert len(told) >= len(files) * times - times * hidden
    assert all(fate.why or fate.what == find.TAKEN for fate in arrivals.fates)


@pytest.mark.parametrize("name", downloads.LAYOUTS)
def test_platform_can_be_forced(tmp_path, five, name):
    layout = downloads.LAYOUTS[name]
    place = downloads.as_zip(layout.make(five), tmp_path / "downloads")
    forced = find.look(place, LAB, platform=layout.platform or "folders")
    assert [i.student for i in forced.submissions] == [
        i.student for i in find.look(place, LAB).submissions
    ]
    if name != "gradescope":
        with pytest.raises(find.SubmissionsError, match="Gradescope"):
            find.look(place, LAB, platform="gradescope")


def taken(arrivals) -> set[bytes]:
    """Return what counts, of all students."""
    return {item.read() for item in arrivals.submissions} - {b""}


@pytest.mark.parametrize("name", downloads.LAYOUTS)
def test_one_folder_that_looks_like_a_platforms_hides_no_other_student(tmp_path, five, name):
    """A student may call a folder what they like."""
    plain = {f"student-{n:02}/{LAB}.ipynb": downloads.notebook(mark=str(n)) for n in range(12)}
    files = downloads.LAYOUTS[name].make(five)
    path = next(path for path in files if path.endswith(".ipynb"))
    place = downloads.unpacked(plain | {path: files[path]}, tmp_path / "downloads")
    assert set(plain.values()) <= taken(find.look(place, LAB))


@pytest.mark.parametrize("name", downloads.LAYOUTS)
def test_a_folder_that_was_added_takes_nobody_away(tmp_path, five, name):
    """An instructor puts a notebook that came by mail beside what the platform has packed."""
    place = downloads.unpacked(downloads.LAYOUTS[name].make(five), tmp_path / "downloads")
    before = taken(find.look(place, LAB))
    (place / "by mail").mkdir()
    (place / "by mail" / f"{LAB}.ipynb").write_bytes(downloads.notebook(mark="mail"))
    arrivals = find.look(place, LAB)
    assert before <= taken(arrivals)
    assert any("by mail" in fate.path for fate in arrivals.fates)


@pytest.mark.parametrize("others", [1, 2, 10])
@pytest.mark.parametrize("versions", [2, 3])
def test_a_students_own_folders_are_no_class(tmp_path, others, versions):
    files = {f"ann/v{n}/{LAB}.ipynb": downloads.notebook(mark=f"v{n}") for n in range(versions)}
    files |= {f"bob-{n}/{LAB}.ipynb": downloads.notebook(mark=f"bob {n}") for n in range(others)}
    place = downloads.unpacked(files, tmp_path / "downloads")
    found = [item.student for item in find.look(place, LAB).submissions]
    assert found == ["ann", *sorted(f"bob-{n}" for n in range(others))]
