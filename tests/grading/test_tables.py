"""Tables as programs write them again: separators, encodings, ends of lines, lines above."""

import csv
import io
import itertools
import pathlib
import tempfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.grading.results import totals, worksheets
from labkit.grading.submissions import find, roster, tables
from tests.grading import importers

CLASS = [
    importers.Member(number, first, last, f"lo{number}", f"00{number}")
    for number, first, last in ((101, "Ann", "Bee"), (102, "Bob", "Cee"), (103, "Zoë", "Åse"))
]
ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be", "utf-32")
ABOVE = ("", "sep={}\n", "Image recognition, lab 1\n\n", "a title without a comma\n")


def saved(content: bytes, separator: str, encoding: str, end: str, above: str) -> bytes:
    """Return a table as a program of offices saves it again."""
    file = io.StringIO()
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    csv.writer(file, delimiter=separator, lineterminator=end).writerows(rows)
    title = above.format(separator).replace(",", "").replace("\n", end)
    return (title + file.getvalue()).encode(encoding)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_worksheet_that_was_saved_again(tmp_path, encoding, separator):
    given = [
        totals.Total(
            find.Submission(item.name, "k", bytes, platform="moodle", number=str(item.number)),
            80.0,
            100.0,
        )
        for item in CLASS
    ]
    sheet = importers.Moodle(CLASS).worksheet()
    for end, above in itertools.product(("\n", "\r\n", "\r"), ABOVE):
        content = saved(sheet, separator, encoding, end, above)
        path = tmp_path / "worksheet.csv"
        path.write_bytes(content)
        _, filled = worksheets.fill(path, given, "", "lab1-data")
        assert filled.notes[0] == "3 grades filled in.", (end, above)
        before, after = content.decode(encoding), filled.content.decode(encoding)
        assert after.replace("80", "") == before, (end, above)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_list_that_was_saved_again(tmp_path, encoding):
    rows = ["First name,Last name,ID number,Email address"]
    rows += [f"{m.first},{m.last},{m.sid},{m.login}@example.org" for m in CLASS]
    content = "".join(f"{row}\n" for row in rows).encode()
    for separator, end, above in itertools.product(",;\t", ("\n", "\r"), ABOVE):
        path = tmp_path / "class.csv"
        path.write_bytes(saved(content, separator, encoding, end, above))
        people = roster.Roster.read(path)
        assert [people.person(row).name for row in people.rows] == [item.name for item in CLASS]


@given(
    st.permutations(["first", "last", "sid", "mail"]).map(list),
    st.booleans(),
    st.sampled_from([["sid"], ["mail"], ["sid", "mail"]]),
)
def test_first_student_of_a_list_is_in_it_with_a_header_and_without(order, headed, kept):
    order = [kind for kind in order if kind in ("first", "last", *kept)]
    titles = {"first": "First name", "last": "Last name", "sid": "ID number", "mail": "Email"}
    cells = [cells_of(member) for member in CLASS]
    rows = [titles] * headed + cells
    text = "".join(",".join(row[kind] for kind in order) + "\n" for row in rows)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "class.csv")
        path.write_text(text, encoding="utf-8")
        people = roster.Roster.read(path)
    assert len(people.rows) == len(CLASS)
    for row, member in zip(people.rows, cells, strict=True):
        person = people.person(row)
        assert roster.words(person.name) == roster.words(f"{member['first']} {member['last']}")
        assert person.number == (member["sid"] if "sid" in kept else "")
        assert people.find(roster.Person(person.name)) == [row]
        if "mail" in kept:
            assert people.find(roster.Person(email=member["mail"])) == [row]


@given(
    st.sampled_from(["", ".0", ".00"]),
    st.sampled_from([str.upper, str.lower, str.title, " {} ".format]),
)
def test_worksheet_whose_numbers_became_fractions_and_a_title_as_it_is_typed(point, typed):
    rows = ["Student,ID,SIS User ID,SIS Login ID,Section,Lab 1: data (7),Lab 2 (8)"]
    rows += ["    Points Possible,,,,,100,100"]
    rows += [f'"{m.last}, {m.first}",{m.number}{point},,{m.login},A,,' for m in CLASS]
    given = [
        totals.Total(
            find.Submission(f"x{m.number}", "k", bytes, platform="canvas", number=str(m.number)),
            80.0,
            100.0,
        )
        for m in CLASS
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "worksheet.csv")
        path.write_text("\n".join(rows), encoding="utf-8")
        _, filled = worksheets.fill(path, given, typed("Lab 1: data (7)"), "lab1-data")
    assert filled.notes[0] == "3 grades filled in."


@given(st.lists(st.sampled_from("AB"), min_size=3, max_size=3))
def test_who_is_in_two_sections_is_one_student_and_namesakes_are_two(sections):
    rows = ["Name,Login,Section"]
    for section in ("A", "B"):
        rows += [f"{m.first} {m.last},{m.login},{section}" for m in CLASS]
    rows += [f"{CLASS[0].first} {CLASS[0].last},other{n},{x}" for n, x in enumerate(sections)]
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "class.csv")
        path.write_text("\n".join(rows), encoding="utf-8")
        people = roster.Roster.read(path)
    assert len(people.rows) == len(CLASS) + len(sections)
    for member in CLASS:
        assert len(people.find(roster.Person(login=member.login))) == 1
    assert people.find(roster.Person(f"{CLASS[0].first} {CLASS[0].last}")) == []


def cells_of(member):
    mail = f"{member.login}@example.org"
    return {"first": member.first, "last": member.last, "sid": member.sid, "mail": mail}


@pytest.mark.parametrize("content", [b"", b"\0" * 99, b"\xd0\xcf\x11\xe0" + bytes(512), b"a\nb\n"])
def test_other_files_are_no_tables(tmp_path, content):
    (tmp_path / "x.csv").write_bytes(content)
    with pytest.raises(tables.TableError):
        tables.read(tmp_path / "x.csv")
