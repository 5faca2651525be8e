"""Downloads as people and programs leave them: endings, archives, packed again, laid in folders."""

import bz2
import calendar
import datetime
import gzip
import io
import itertools
import json
import lzma
import re
import tarfile
import zipfile
import zlib

import babel.dates
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.grading.submissions import archives, entries, find
from labkit.grading.submissions.platforms import dates
from tests.grading import downloads

LAB, OTHER = downloads.LAB, "lab2-mlp"
CLASS = ("ann", "bob", "cy")


def mine(mark: str, lab: str = LAB) -> bytes:
    return downloads.notebook(lab, mark)


def marks(arrivals: find.Arrivals) -> dict[str, str]:
    """Return what each student's notebook says of itself, or why there is none."""

    def mark(item: find.Submission) -> str:
        try:
            return item.problem or json.loads(item.read())["cells"][-1]["source"]
        except ValueError:
            return "broken"

    return {item.student: mark(item) for item in arrivals.submissions}


def laid(folder, files: dict[str, bytes]):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def zipped(files: dict[str, bytes], hour: int = 10) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2027, 2, 3, hour, 0, 0)), data)
    return content.getvalue()


def tarred(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return content.getvalue()


# --- what it is called says nothing ---------------------------------------------------------------

SQUEEZE = (bytes, gzip.compress, bz2.compress, lzma.compress)
HOLD = (
    lambda data: data,
    lambda data: zipped({f"{LAB}.ipynb": data}),
    lambda data: zipped({f"x/{LAB}.ipynb": data, "__MACOSX/x/._y.ipynb": b"\0\5"}),
    lambda data: zipped({"again.zip": zipped({f"y/{LAB}.ipynb": data})}),
    lambda data: tarred({f"x/{LAB}.ipynb": data, "x/notes.txt": b"-"}),
)
ENDINGS = st.text("abcdefghijklmnopqrstuvwxyzIPYNB_~-0123456789 ", max_size=9).map(
    lambda text: f".{text}" if text else ""
)


@pytest.mark.parametrize("packing", downloads.PACKINGS)
@pytest.mark.parametrize("ending", ["", ".txt", ".ipynb.txt", ".ipynb.json", ".ipynb.bak", ".zip"])
def test_notebook_is_found_under_any_ending(tmp_path, packing, ending):
    files = {f"N{i} N_{i}_assignsubmission_file/lab1{ending}": mine(str(i)) for i in range(3)}
    place = downloads.PACKINGS[packing](files, tmp_path / "in")
    assert list(marks(find.look(place, LAB)).values()) == ["0", "1", "2"] or ending == ".zip"


@given(ending=ENDINGS, squeeze=st.sampled_from(SQUEEZE), hold=st.sampled_from(HOLD))
def test_content_says_what_a_file_is(tmp_path_factory, ending, squeeze, hold):
    place = tmp_path_factory.mktemp("in")
    named = ending.lower().endswith((".part", ".tmp", "-checkpoint.ipynb"))
    (place / "d.zip").write_bytes(
        zipped(
            {
                f"An A_1_assignsubmission_file/lab{ending}": squeeze(hold(mine("an"))),
                f"Bo B_2_assignsubmission_file/{LAB}.ipynb": mine("bo"),
            }
        )
    )
    found = marks(find.look(place, LAB))
    assert found["Bo B_2"] == "bo"
    too_deep = squeeze is not bytes and hold is HOLD[3]  # archives are opened two deep
    assert found["An A_1"] == "an" or named or too_deep


@pytest.mark.parametrize("data", [b"Rar!\x1a\7\1\0x", b"%PDF-1.7", b"PK\3\4damaged", b"\x1f\x8bno"])
def test_other_things_are_no_notebook_and_are_named(tmp_path, data):
    files = {"ann/my lab": data, f"bob/{LAB}.ipynb": mine("bob")}
    ann, _ = find.look(laid(tmp_path / "in", files), LAB).submissions
    assert ann.problem and any("my lab" in note for note in ann.notes)


def test_what_bursts_is_not_opened(tmp_path):
    files = {"ann/lab.gz": gzip.compress(bytes(find.MAX_BYTES + 2)), f"bob/{LAB}.ipynb": mine("b")}
    ann, bob = find.look(laid(tmp_path / "in", files), LAB).submissions
    assert ann.problem and not bob.problem


@given(squeeze=st.sampled_from(SQUEEZE[1:]), share=st.floats(0, 0.999))
def test_squeezed_file_that_was_cut_anywhere_is_said_to_be(squeeze, share):
    whole = squeeze(bytes(range(256)) * 40)
    content = whole[: max(6, int(share * len(whole)))]
    entry = entries.Entry(("lab.ipynb",), lambda: content)
    (found,) = archives.unpacked(entry, find.MAX_BYTES)
    with pytest.raises(ValueError, match="cannot be unpacked"):
        found.read()


@pytest.mark.parametrize("power", range(30, 41))
def test_file_of_xz_gets_no_gigabyte_because_it_asks_for_it(power):
    """The byte after the filter's number is the memory; a sum of the block's header follows."""
    content = bytearray(lzma.compress(b"x"))
    content[16], end = power, 12 + 4 * content[12]
    content[end : end + 4] = zlib.crc32(content[12:end]).to_bytes(4, "little")
    (found,) = archives.unpacked(entries.Entry(("a",), lambda: bytes(content)), find.MAX_BYTES)
    if power > 31:  # 32 is 256 MiB, and with what it needs besides too much
        with pytest.raises(ValueError, match="cannot be unpacked"):
            found.read()
    else:
        assert found.read() == b"x"


def test_links_and_ways_out_in_a_tar_file_are_refused(tmp_path):
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        for name, kind in (("a.ipynb", tarfile.SYMTYPE), ("b.ipynb", tarfile.LNKTYPE)):
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = kind, "/etc/passwd"
            archive.addfile(entry)
        entry = tarfile.TarInfo("../../c.ipynb")
        entry.size = 4
        archive.addfile(entry, io.BytesIO(b"abcd"))
    files = {"ann/lab.tar": content.getvalue(), f"bob/{LAB}.ipynb": mine("bob")}
    ann, _ = find.look(laid(tmp_path / "in", files), LAB).submissions
    assert ann.problem or not ann.file.endswith("c.ipynb")


# --- packed again, and twice ----------------------------------------------------------------------


@pytest.mark.parametrize("name", downloads.LAYOUTS)
def test_class_that_was_packed_once_more(tmp_path, name):
    files = downloads.LAYOUTS[name].make(downloads.class_of_five())
    place = laid(tmp_path / "plain", {"d.zip": zipped(files)})
    again = laid(
        tmp_path / "again", {"c.zip": zipped({"mail/d.zip": zipped(files), "mail/._d": b""})}
    )
    assert marks(find.look(again, LAB)) == marks(find.look(place, LAB))


@pytest.mark.parametrize("name", [name for name in downloads.LAYOUTS if name != "folders"])
@pytest.mark.parametrize("inside", ["whole", "damaged", "in two folders"])
def test_zip_file_of_the_only_student_is_no_class(tmp_path, name, inside):
    content = {
        "whole": zipped({f"{LAB}.ipynb": mine("odd")}),
        "damaged": zipped({f"{LAB}.ipynb": mine("odd")})[:90],
        "in two folders": zipped({"v1/notes.txt": b"-", f"v2/{LAB}.ipynb": mine("odd")}),
    }[inside]
    only = downloads.class_of_five()[4:]
    files = downloads.LAYOUTS[name].make(only)
    known = list(marks(find.look(downloads.as_zip(files, tmp_path / "plain"), LAB)))
    changed = {
        path.replace(".ipynb", ".zip"): content
        if path.endswith(".ipynb")
        # Stud.IP's list names the files.
        else data.replace(b".ipynb", b".zip")
        for path, data in files.items()
        if not ("checkpoint" in path or "lab2" in path or "lab3" in path)
    }
    found = marks(find.look(downloads.as_zip(changed, tmp_path / "in"), LAB))
    assert list(found) == known
    assert found[known[0]] == "odd" or inside == "damaged"


@pytest.mark.parametrize(
    "name", [name for name, layout in downloads.LAYOUTS.items() if name != "folders"]
)
def test_of_two_downloads_the_later_counts(tmp_path, name):
    """Downloaded once more as more have handed in; the older one is larger, and comes first."""
    layout = downloads.LAYOUTS[name]
    older = {
        path: mine("old " * 99) if b'"odd"' in content else content
        for path, content in layout.make(downloads.class_of_five()[2:]).items()
    }
    files = {
        "z.zip": zipped(older, 9),
        "a.zip": zipped(layout.make(downloads.class_of_five()), 11),
    }
    found = marks(find.look(laid(tmp_path / "in", files), LAB))
    assert "odd" in found.values() and not any("old" in mark for mark in found.values())


def test_packing_again_and_again_has_an_end(tmp_path):
    content = zipped({f"ann/{LAB}.ipynb": mine("ann")})
    for _ in range(60):
        content = zipped({"again.zip": content})
    (only,) = find.look(laid(tmp_path / "in", {"d.zip": content}), LAB).submissions
    assert only.problem


def test_only_what_a_machine_left_is_handed_in_still(tmp_path):
    left = f"Di D_4_assignsubmission_file/.ipynb_checkpoints/{LAB}-checkpoint.ipynb"
    files = {f"An A_1_assignsubmission_file/{LAB}.ipynb": mine("an"), left: mine("di")}
    for place in (
        downloads.as_zip(files, tmp_path / "zip"),
        downloads.unpacked(files, tmp_path / "folder"),
    ):
        found = marks(find.look(place, LAB))
        assert found["An A_1"] == "an" and "machine" in found["Di D_4"]
    hidden = {"An A_1_assignsubmission_file/f.ipynb": mine("an"), "__MACOSX/Di D/._f": b"\0"}
    assert list(marks(find.look(downloads.as_zip(hidden, tmp_path / "mac"), LAB))) == ["An A_1"]


# --- laid in folders ------------------------------------------------------------------------------


@pytest.mark.parametrize("names", [(LAB, OTHER), ("Lab 1", "Lab 2"), ("week one", "week two")])
def test_folders_of_labs_with_the_class_in_each(tmp_path, names):
    files = {
        f"{top}/{student}/{lab}.ipynb": mine(student, lab)
        for (top, lab), student in itertools.product(zip(names, (LAB, OTHER), strict=True), CLASS)
    }
    assert marks(find.look(laid(tmp_path / "in", files), LAB)) == {name: name for name in CLASS}


def test_students_with_a_lab_each_are_no_labs(tmp_path):
    files = {f"ann/hw/{LAB}.ipynb": mine("ann"), f"bob/hw/{OTHER}.ipynb": mine("bob", OTHER)}
    found = marks(find.look(laid(tmp_path / "in", files), LAB))
    assert found["ann"] == "ann" and OTHER in found["bob"]


@pytest.mark.parametrize("enclosing", ["", "Lab 1 hand-ins/", "a/b/"])
def test_zip_files_of_students_in_one_folder(tmp_path, enclosing):
    files = {
        f"{enclosing}{student}.zip": zipped({f"{student}/{LAB}.ipynb": mine(student)})
        for student in CLASS
    }
    assert marks(find.look(laid(tmp_path / "in", files), LAB)) == {name: name for name in CLASS}


def test_notebooks_of_two_labs_are_of_one_student(tmp_path):
    files = {
        f"{student}-{lab}.ipynb": mine(student, lab) for student in CLASS for lab in (LAB, OTHER)
    }
    assert marks(find.look(laid(tmp_path / "in", files), LAB)) == {name: name for name in CLASS}


def test_output_of_a_grading_is_no_student(tmp_path):
    files = {f"{student}/{LAB}.ipynb": mine(student) for student in CLASS}
    output = {"grades.csv": b"", ".kept/lock": b"", f"autograded/ann/{LAB}/{LAB}.ipynb": mine("x")}
    files |= {f"grades/{name}": content for name, content in output.items()}
    arrivals = find.look(laid(tmp_path / "in", files), LAB)
    assert marks(arrivals) == {name: name for name in CLASS}
    assert any(fate.path == "grades" for fate in arrivals.fates)


@pytest.mark.parametrize("timed", [True, False])
@pytest.mark.parametrize("course", ["", "course101/"])
def test_nbgraders_course_holds_its_own_copies(tmp_path, timed, course):
    files = {f"{course}submitted/{name}/{LAB}/{LAB}.ipynb": mine(name) for name in CLASS}
    if timed:
        stamp = b"2027-01-31 22:59:00.5 UTC"
        files |= {f"{course}submitted/{name}/{LAB}/timestamp.txt": stamp for name in CLASS}
    for kind in ("source", "release", "autograded/ann", "feedback/ann"):
        files[f"{course}{kind}/{LAB}/{LAB}.ipynb"] = mine("no student's")
    assert marks(find.look(laid(tmp_path / "in", files), LAB)) == {name: name for name in CLASS}


def test_nbgraders_times_are_told_apart_to_their_last_digit(tmp_path):
    head = f"inbound/ann+{LAB}+2027-01-31 22:59:00"
    files = {
        f"{head}.000002 UTC/{LAB}.ipynb": mine("new"),
        f"{head}.000001 UTC/{LAB}.ipynb": mine("old " * 99),
    }
    assert marks(find.look(laid(tmp_path / "in", files), LAB)) == {"ann": "new"}


# --- dates in any language ------------------------------------------------------------------------

# fmt: off
LANGUAGES = (
    "en", "en_GB", "en_CA", "fr", "fr_CA", "de", "es", "es_MX", "nl", "pt_BR", "it", "sv", "da",
    "nb", "pl", "cs", "tr", "cy", "ca", "el", "ru", "uk", "he", "ar", "hi", "ja", "ko", "zh",
)
# fmt: on
YEAR = [
    datetime.datetime(2026, month, day, hour, 26)
    for month, hour in zip(range(1, 13), (0, 9, 12, 13, 21, 23) * 2, strict=True)
    for day in (2, calendar.monthrange(2026, month)[1])
]


@pytest.mark.parametrize("clock", ["HHmm", "HH mm", "h mm a"])
@pytest.mark.parametrize("form", ["medium", "long"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_dates_of_any_language(language, form, clock):
    """CLDR writes them, and the months of one download name its language."""

    def written(moment: datetime.datetime) -> str:
        day = babel.dates.format_date(moment, form, language)
        time = babel.dates.format_time(moment, clock, locale=language)
        return re.sub(r'[/\\:*?"<>|]', "-", f"{day} {time}")

    texts = {written(moment): moment.timestamp() for moment in YEAR}
    read = dates.times(texts)
    assert all(read[text] == texts[text] for text in read)  # never a wrong one
    assert len(read) == len(texts)


def test_order_of_numbers_that_nothing_tells_is_not_guessed():
    assert dates.times(["02-03-2027 0926"]) == {}
    assert len(dates.times(["02-03-2027 0926", "28-03-2027 0926"])) == 2
    assert dates.times(["31 2 2027 0926", "no date 2027", ""]) == {}
