"""Whatever names and bytes a zip file holds, each student has a row and each entry an account."""

import contextlib
import io
import struct
import unicodedata
import zipfile

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from labkit.grading.submissions import account, entries, find
from tests.grading import downloads

LAB = downloads.LAB
NOTEBOOK = downloads.notebook()
QUICK = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
# What a platform lets into a name: no slashes, no control characters.
LETTERS = st.characters(exclude_categories=("C", "Zl", "Zp"), exclude_characters="/\\_:")
NAMES = st.text(LETTERS, min_size=1, max_size=60).filter(lambda text: text.strip(" ."))


def zipped(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return path


@QUICK
@given(
    names=st.lists(
        NAMES, min_size=2, max_size=5, unique_by=lambda n: unicodedata.normalize("NFC", n)
    )
)
@example(names=["0", "\xa0"])
def test_any_names_in_moodles_zip(tmp_path_factory, names):
    folder = tmp_path_factory.mktemp("names")
    files = [
        (f"{name}_{number}_assignsubmission_file_/{LAB}.ipynb", NOTEBOOK)
        for number, name in enumerate(names)
    ]
    arrivals = find.look(zipped(folder / "m.zip", files), LAB)
    assert {item.number for item in arrivals.submissions} == {str(n) for n in range(len(names))}
    assert len({item.key for item in arrivals.submissions}) == len(names)
    for item in arrivals.submissions:
        # With what is written beside it and its ending, a name has to fit into 255 bytes.
        assert len(item.key.encode()) <= 160
        assert item.read() == NOTEBOOK
    for line in (*account.table(arrivals), *account.lines(arrivals)):
        assert line.isprintable()


@QUICK
@given(
    names=st.lists(
        NAMES, min_size=2, max_size=4, unique_by=lambda n: unicodedata.normalize("NFC", n)
    )
)
def test_any_names_of_files_that_one_student_hands_in(tmp_path_factory, names):
    folder = tmp_path_factory.mktemp("files")
    files = [(f"Ann_1_assignsubmission_file_/{name}.ipynb", b"{}") for name in names]
    files.append((f"Ann_1_assignsubmission_file_/{names[0]}.txt", b""))
    arrivals = find.look(zipped(folder / "m.zip", files), LAB)
    (only,) = arrivals.submissions
    assert len(arrivals.fates) == len(files)
    assert only.number == "1"


@QUICK
@given(place=st.integers(0, 10**6), value=st.integers(0, 255), more=st.integers(0, 3))
def test_damaged_bytes(tmp_path_factory, place, value, more):
    folder = tmp_path_factory.mktemp("damaged")
    files = [(f"S{n}_{n}_assignsubmission_file_/{LAB}.ipynb", b"{}" * 50) for n in range(3)]
    path = zipped(folder / "m.zip", files)
    content = bytearray(path.read_bytes())
    for step in range(more + 1):
        content[(place + 7919 * step) % len(content)] = value
    path.write_bytes(content)
    # Nothing but these errors may come of it.
    with contextlib.suppress(find.SubmissionsError):
        for item in find.look(path, LAB).submissions:
            with contextlib.suppress(OSError, ValueError):
                item.read()


@pytest.mark.parametrize(
    "name",
    [
        *("/etc/cron.d/x.ipynb", "../../x.ipynb", "C:\\x.ipynb", "a/../../x.ipynb", "..\\x.ipynb"),
        *("a/./b/x.ipynb", "//x/y.ipynb"),
    ],
)
def test_names_that_point_out(tmp_path, name):
    files = [(f"ann/{LAB}.ipynb", NOTEBOOK), (f"bob/{LAB}.ipynb", NOTEBOOK), (name, b"{}")]
    arrivals = find.look(zipped(tmp_path / "m.zip", files), LAB)
    assert {item.student for item in arrivals.submissions} >= {"ann", "bob"}
    assert len(arrivals.fates) == 3
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["m.zip"]


def test_date_of_zeros(tmp_path):
    path = zipped(tmp_path / "m.zip", [(f"Ann_1_assignsubmission_file_/{LAB}.ipynb", NOTEBOOK)])
    content = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 10), (b"PK\x01\x02", 12)):
        struct.pack_into("<HH", content, content.find(signature) + offset, 0, 0)
    path.write_bytes(content)
    (ann,) = find.find(path, LAB)
    assert ann.read() == NOTEBOOK and ann.time == 0


def test_many_entries(tmp_path, monkeypatch):
    monkeypatch.setattr(entries, "MAX_ENTRIES", 50)
    path = zipped(tmp_path / "m.zip", [(f"s{n}/{LAB}.ipynb", b"") for n in range(51)])
    with pytest.raises(find.SubmissionsError, match="more than 50 files"):
        find.find(path, LAB)


def test_zips_in_zips_end(tmp_path):
    content = NOTEBOOK
    for depth in range(6):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr(f"{LAB}.ipynb" if depth == 0 else "deeper.zip", content)
        content = file.getvalue()
    files = [("Ann_1_assignsubmission_file_/all.zip", content)]
    (ann,) = find.find(zipped(tmp_path / "m.zip", files), LAB)
    assert ann.problem == "there is no notebook"


@pytest.mark.parametrize("encoding", ["cp437", "cp850", "cp1252", "utf-8"])
@pytest.mark.parametrize("name", ["Zoë Müller", "José Ñandú", "François Lefèvre", "Åse Ødegård"])
def test_names_without_the_mark_of_utf8(tmp_path, encoding, name):
    try:
        raw = name.encode(encoding)
    except UnicodeEncodeError:
        pytest.skip(f"{encoding} has not all letters of {name}")
    stand_in = b"\x01".decode() * len(raw)
    path = zipped(
        tmp_path / "m.zip", [(f"{stand_in}_1_assignsubmission_file_/{LAB}.ipynb", NOTEBOOK)]
    )
    path.write_bytes(path.read_bytes().replace(b"\x01" * len(raw), raw))
    (only,) = find.find(path, LAB)
    assert only.name == name and only.read() == NOTEBOOK


def test_name_of_eighty_cjk_letters(tmp_path):
    name = "漢" * 80
    path = zipped(tmp_path / "m.zip", [(f"{name}_1_assignsubmission_file_/{LAB}.ipynb", NOTEBOOK)])
    (only,) = find.find(path, LAB)
    (tmp_path / f".{only.key}.html-{'0' * 32}").write_text("fits")
    assert only.name == name
