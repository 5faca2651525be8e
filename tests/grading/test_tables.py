"""Tables as programs write them again: separators, encodings, ends of lines, lines above."""

import csv
import io
import itertools
import pathlib
import re
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
    rows = list(csv.reader(io.StringIO(sheet.decode("utf-8-sig"))))
    for end, above in itertools.product(("\n", "\r\n", "\r"), ABOVE):
        content = saved(sheet, separator, encoding, end, above)
        path = tmp_path / "worksheet.csv"
        path.write_bytes(content)
        _, filled = worksheets.fill(path, given, "", "lab1-data")
        assert filled.notes[0] == "3 grades filled in.", (end, above)
        # Moodle reads UTF-8, commas, and a header in the first line: csv_import_reader.
        moodle = importers.Moodle(CLASS)
        assert moodle.take(filled.content)["graded"] == [101, 102, 103], (end, above)
        text = re.sub("\r\n?", "\n", filled.content.decode("utf-8-sig"))
        assert [
            [*row[:4], "", *row[5:]] if place else row
            for place, row in enumerate(csv.reader(io.StringIO(text)))
        ] == rows
        if separator == "," and encoding in ("utf-8", "utf-8-sig") and not above:
            assert filled.content.decode(encoding).replace("80", "") == content.decode(encoding)


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
    st.permutations(["one", "other", "mail"]).map(list),
    st.lists(st.text("αβγδжзиййキ名前字ďžõ", min_size=3, max_size=9), min_size=4, unique=True),
    st.booleans(),
    st.sampled_from([",", ";", "\t", "|"]),
)
def test_names_are_told_by_what_stands_in_columns_that_nobody_knows(order, titles, whole, sign):
    """Headers are in a language of which no word is known; the addresses tell who comes first."""
    people = [("Ann", "Bee"), ("Cid", "Dee"), ("Zoë", "Müller-Özil"), ("Jean Luc", "d’Arc")]
    rows = [titles[: len(order)]]
    for first, last in people:
        mail = f"{roster.plain(first)}.{roster.plain(last)}@example.org"
        cells = {"one": f"{first} {last}" if whole else first, "other": last, "mail": mail}
        cells["other"] = "Wien" if whole else last
        rows.append([cells[kind] for kind in order])
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "class.csv")
        path.write_text("\n".join(map(sign.join, rows)), encoding="utf-8")
        found = roster.Roster.read(path)
    assert [found.person(row).name for row in found.rows] == [" ".join(name) for name in people]


@pytest.mark.parametrize("title", ["Role", "Rolle", "Rôle", "rol"])
@pytest.mark.parametrize("student", ["Student", "Mitglied", "autor"])
def test_teachers_are_not_said_to_have_handed_in_nothing(tmp_path, title, student):
    people = [("Ann Bee", student), ("Cid Dee", student), ("Tea Cher", "x"), ("Ina Struct", "y")]
    rows = [f"Name,Login,{title}", *(f"{name},{name[:3].lower()},{is_}" for name, is_ in people)]
    (tmp_path / "class.csv").write_text("\n".join([*rows, "Eve Fox,eve,"]), encoding="utf-8")
    (tmp_path / "in" / "Ann Bee").mkdir(parents=True)
    (tmp_path / "in" / "Ann Bee" / "lab1-data.ipynb").write_text("{}", encoding="utf-8")
    arrivals = find.look(tmp_path / "in", "lab1-data", class_list=tmp_path / "class.csv")
    assert [item.name for item in arrivals.submissions if item.absent] == ["Cid Dee", "Eve Fox"]
    assert any("Tea Cher (x), Ina Struct (y)" in note for note in arrivals.notes)


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


@given(
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(ENCODINGS),
    st.permutations(range(4)).map(list),
    st.sampled_from(["", "sep={}\n", '"Lab 1","Points"\n\n']),
    st.sampled_from(["Assignment: Lab 1 (Real)", "Punkte", "mark out of 100"]),
)
def test_any_table_takes_grades_in_the_column_that_is_named(
    separator, encoding, order, above, title
):
    columns = [["Login", *(m.login for m in CLASS)], ["Name", *(m.name for m in CLASS)]]
    columns += [[title, "-", "-", "-"], ["Note", "a\nb", '"', "=1+1"]]
    file = io.StringIO()
    rows = zip(*(columns[place] for place in order), strict=True)
    csv.writer(file, delimiter=separator).writerows(rows)
    content = (above.format(separator) + file.getvalue()).encode(encoding)
    submissions = [find.Submission(m.login, "k", bytes, login=m.login) for m in CLASS]
    points = (87.5, None, 0.0)
    given = [totals.Total(*pair, 100.0) for pair in zip(submissions, points, strict=True)]
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "table.csv")
        path.write_bytes(content)
        with pytest.raises(worksheets.WorksheetError, match="--assignment 'TITLE'"):
            worksheets.fill(path, given, "", "lab1-data")
        _, filled = worksheets.fill(path, given, title, "lab1-data")
    table = tables.parse(filled.content)
    column = table.header.index(title)
    # Where semicolons cut the columns, commas stand in numbers.
    written = "87,5" if separator == ";" else "87.5"
    assert table.column(column) == [written, "-", "0"]
    as_before = {(row, column): "-" for row in range(1, 4)}
    assert table.replaced(as_before) == content


@given(st.sampled_from(["参加者{}", "参与者 {}", "Teilnehmer/in {}", "Участник {}"]))
def test_moodles_number_behind_any_word_for_participant(word):
    header = "a,b,grade,maximum,changeable,submitted,modified"
    rows = [f"{word.format(m.number)},{m.name},,100.00,y,-,-" for m in CLASS]
    content = "\n".join([header, *rows]).encode()
    submissions = [
        find.Submission(m.name, "k", bytes, platform="moodle", number=str(m.number)) for m in CLASS
    ]
    given = [totals.Total(item, 80.0, 100.0) for item in submissions]
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "worksheet.csv")
        path.write_bytes(content)
        worksheet, filled = worksheets.fill(path, given, "", "lab1-data")
    assert worksheet.name == "moodle" and filled.notes[0] == "3 grades filled in."


def test_row_of_iliass_status_file_is_marked_to_be_taken(tmp_path):
    header = "update;usr_id;login;lastname;firstname;status;mark;notice"
    rows = [f"0;{m.number};{m.login};{m.last};{m.first};notgraded;;" for m in CLASS]
    path = tmp_path / "status.csv"
    path.write_text("\n".join([header, *rows]), encoding="utf-8")
    one = find.Submission("x", "k", bytes, platform="ilias", number="102")
    worksheet, filled = worksheets.fill(path, [totals.Total(one, 87.5, 100.0)], "", "lab1-data")
    assert worksheet.name == "ilias" and filled.notes[0] == "1 grades filled in."
    after = tables.parse(filled.content)
    assert after.column(0) == ["0", "1", "0"] and after.column(6) == ["", "87.5", ""]


# --- lists of a class that nobody wrote for a program ------------------------------------------

PEOPLE = [
    ("abee", "Ann", "Bee", "0012"),
    ("cdee", "Cid", "Dee", "0013"),
    ("mm1", "Max", "Müller", "0016"),
    ("none1", "No", "Body", "0018"),
]
TITLES = {
    "login": ["Username", "Kennung", "Konto", ""],
    "both": ["Name", "Student", ""],
    "number": ["Matrikelnr.", "Immatrikulation", "ID", ""],
}
FOLDERS = {
    "login": "{0}",
    "number": "{3}",
    "name and number": "{2}_{1}_{3}",
    "name, no accents": "{4}_{1}",
    "number without zeros": "{5}",
    "name and login": "{2}, {1} ({0})",
}


@given(
    st.permutations(["login", "both", "number"]).map(list),
    st.sampled_from(range(3)),
    st.booleans(),
    st.sampled_from(sorted(FOLDERS)),
    st.booleans(),
)
def test_whose_a_folder_is_and_who_handed_in_nothing(order, which, headed, folder, comma):
    def cells(person: tuple[str, ...]) -> dict[str, str]:
        login, first, last, number = person
        both = f"{last}, {first}" if comma else f"{first} {last}"
        return {"login": login, "both": both, "number": number}

    titles = [TITLES[kind][min(which, len(TITLES[kind]) - 2)] for kind in order]
    file = io.StringIO()
    csv.writer(file).writerows(
        [titles] * headed + [[cells(person)[kind] for kind in order] for person in PEOPLE]
    )
    with tempfile.TemporaryDirectory() as place:
        path = pathlib.Path(place, "class.csv")
        path.write_text(file.getvalue(), encoding="utf-8")
        people = roster.Roster.read(path)
    assert len(people.rows) == len(PEOPLE)
    for row, person in zip(people.rows, PEOPLE, strict=True):
        login, first, last, number = person
        told = people.person(row)
        assert (told.login, told.name, told.number) == (login, f"{first} {last}", number)
        plain = last.replace("ü", "ue")
        name = FOLDERS[folder].format(login, first, last, number, plain, number.lstrip("0"))
        assert people.find(roster.Person(name, login=name)) == [row]


def test_namesakes_who_all_handed_in_are_not_absent(tmp_path):
    path = tmp_path / "class.csv"
    path.write_text("Name,Login\nMax Au,ma1\nMax Au,ma2\nNo Body,nb\n", encoding="utf-8")
    for name in ("Max Au_1", "Max Au_2", "Eve Fox_3"):
        folder = tmp_path / "in" / f"{name}_assignsubmission_file"
        folder.mkdir(parents=True)
        (folder / "lab1-data.ipynb").write_text("{}", encoding="utf-8")
    arrivals = find.look(tmp_path / "in", "lab1-data", class_list=path)
    assert [item.name for item in arrivals.submissions if item.absent] == ["No Body"]
    assert any("2 in the list are called Max Au" in note for note in arrivals.notes)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("<!DOCTYPE html><html><body>log in, please, here</body></html>", "web page"),
        ("Name,Login\n", "nobody"),
        ("\n", "no table"),
    ],
)
def test_list_that_is_none(tmp_path, content, told):
    path = tmp_path / "class.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(tables.TableError, match=told):
        roster.Roster.read(path)
    path.write_text("abee\ncdee\n", encoding="utf-8")
    assert len(roster.Roster.read(path).rows) == 2
