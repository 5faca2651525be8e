"""Each table of grades against the rules of its importer, with a class of a thousand."""

import csv
import io
import random
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.grading.results import feedback_zips, totals, worksheets
from labkit.grading.results.worksheets import sheet
from labkit.grading.submissions import find, tables
from tests.grading import importers

LAB = "lab1-data"
FIRST = ("Zoë", "José", "Ann", "Łukasz", "O'Neil", "Jean-Luc", "志明", "Søren", 'Bob "Bo"', "Ян")
LAST = ("Müller", "Bee, Jr.", "d'Arc", "Ñandú", "李", "Øst", "van der Berg", "=Sum(1)", "ß", "Ян")


def members(count: int, seed: int = 0) -> list[importers.Member]:
    """Return a class with all that names, numbers and logins have in them."""
    drawn = random.Random(seed)
    numbers = drawn.sample(range(1, 10 * count), count)
    return [
        importers.Member(
            number,
            f"{drawn.choice(FIRST)} {place}",
            drawn.choice(LAST),
            f"{drawn.choice('abcdefgh')}{place:05}",
            f"{place:07}",
        )
        for place, number in enumerate(numbers)
    ]


def given_to(class_: list[importers.Member], platform: str, seed: int = 1) -> list[totals.Total]:
    """Return totals as grading a platform's download leaves them; some are not known."""
    drawn = random.Random(seed)
    found = []
    for member in class_:
        login = member.login if platform in ("blackboard", "brightspace") else ""
        number = "" if login else str(member.number)
        name = member.name
        student = f"{name}_{number}" if number else login
        item = find.Submission(
            student,
            find.safe_name(student),
            bytes,
            platform=platform,
            name=name,
            number=number,
            login=login,
            file=f"x.zip: {name}_{number}_99{number}_{LAB}.ipynb",
        )
        points = drawn.choice((0.0, 0.25, 100.0, round(drawn.uniform(0, 100), 2), None))
        reason = totals.WAITS if points is None else ""
        found.append(totals.Total(item, points, 100.0, reason))
    return found


def filled(tmp_path, content: bytes, given, wanted: str = "", suffix: str = ".csv"):
    path = tmp_path / f"sheet{suffix}"
    path.write_bytes(content)
    return worksheets.fill(path, given, wanted, LAB)


def known(given) -> dict[str, float]:
    return {
        t.submission.number or t.submission.login: t.points for t in given if t.points is not None
    }


def cells_that_differ(before: bytes, after: bytes) -> set[int]:
    """Return the columns in which two tables differ."""
    one, other = tables.parse(before), tables.parse(after)
    assert len(one.rows) == len(other.rows)
    return {
        column
        for row, line in enumerate(one.rows)
        for column in range(len(line))
        if one.at(row, column) != other.at(row, column)
    }


@pytest.mark.parametrize("language", importers.LANGUAGES)
def test_moodle_filled_in(tmp_path, language):
    class_ = members(1000)
    moodle = importers.Moodle(class_, language=language)
    moodle.comments = {
        member.number: f'<p>Well, "{member.first}";\nsee me</p>' for member in class_
    }
    comments = dict(moodle.comments)
    given = given_to(class_, "moodle")
    before = moodle.worksheet()
    worksheet, done = filled(tmp_path, before, given)
    assert worksheet.name == "moodle"
    assert len(cells_that_differ(before, done.content)) == 1
    result = moodle.take(done.content)
    wanted = {int(number): points for number, points in known(given).items()}
    assert moodle.grades == pytest.approx(wanted)
    assert sorted(result["graded"]) == sorted(wanted) and not result["unknown"]
    assert moodle.comments == comments


def test_moodle_a_second_upload(tmp_path):
    class_ = members(200)
    moodle = importers.Moodle(class_)
    for seed in (1, 2):
        given = given_to(class_, "moodle", seed)
        _, done = filled(tmp_path, moodle.worksheet(), given)
        moodle.take(done.content)
        for number, points in known(given).items():
            assert moodle.grades[int(number)] == pytest.approx(points)


def test_moodle_a_maximum_that_differs(tmp_path):
    class_ = members(50)
    moodle = importers.Moodle(class_, most=80)
    given = given_to(class_, "moodle")
    _, done = filled(tmp_path, moodle.worksheet(), given)
    moodle.take(done.content)
    for number, points in known(given).items():
        assert moodle.grades[int(number)] == pytest.approx(0.8 * points, abs=0.005)
    assert any("in proportion" in note for note in done.notes)


def test_moodle_locked_rows_are_left_and_said(tmp_path):
    class_ = members(30)
    moodle = importers.Moodle(class_, language="de")
    given = [totals.Total(t.submission, 5.0, 100.0) for t in given_to(class_, "moodle")]
    moodle.locked = {class_[3].number}
    _, done = filled(tmp_path, moodle.worksheet(), given)
    moodle.take(done.content)
    assert set(moodle.grades) == {member.number for member in class_} - moodle.locked
    assert any("locked" in note and given[3].submission.student in note for note in done.notes)


def test_moodle_fresh_twice():
    class_ = members(1000)
    moodle = importers.Moodle(class_)
    moodle.comments = {member.number: "keep" for member in class_}
    for seed in (1, 2):
        given = given_to(class_, "moodle", seed)
        text, _ = worksheets.BY_NAME["moodle"].fresh(LAB, given, "")
        moodle.now = importers.datetime.datetime.now(importers.datetime.UTC)
        result = moodle.take(text.encode())
        assert not result["unknown"]
        for number, points in known(given).items():
            assert moodle.grades[int(number)] == pytest.approx(points)
    assert set(moodle.comments.values()) == {"keep"}


def test_number_of_a_team_is_nobodys(tmp_path):
    class_ = members(20)
    moodle = importers.Moodle(class_)
    number = str(class_[0].number)
    team = find.Submission(
        f"TEAM_{number}", "t", bytes, platform="moodle", name="TEAM", number=number
    )
    _, done = filled(tmp_path, moodle.worksheet(), [totals.Total(team, 50.0, 100.0)])
    moodle.take(done.content)
    assert moodle.grades == {}
    assert any(f"not in the worksheet: TEAM_{number}" in note for note in done.notes)


@pytest.mark.parametrize("semicolons", [False, True])
@pytest.mark.parametrize("most", [100.0, 60.0])
def test_canvas_filled_in(tmp_path, semicolons, most):
    class_ = members(1000)
    canvas = importers.Canvas(class_, most, semicolons)
    others = {key: grade for key, grade in canvas.grades.items() if key[1] == 32}
    given = given_to(class_, "canvas")
    before = canvas.gradebook()
    worksheet, done = filled(tmp_path, before, given, "Lab 1")
    assert worksheet.name == "canvas"
    assert len(cells_that_differ(before, done.content)) == 1
    result = canvas.take(done.content)
    assert not result["new assignments"] and not result["new students"] and not result["new limits"]
    for number, points in known(given).items():
        new = canvas.grades[int(number), 31]
        assert canvas._float(new) == pytest.approx(points * most / 100, abs=0.0051)
    assert {key: canvas.grades[key] for key in others} == others
    assert len([key for key in canvas.grades if key[1] == 31]) == len(known(given))


def test_canvas_asks_which_assignment(tmp_path):
    canvas = importers.Canvas(members(5))
    with pytest.raises(worksheets.WorksheetError, match=r"Lab 1 \(31\); Essay, and more \(32\)"):
        filled(tmp_path, canvas.gradebook(), given_to(members(5), "canvas"))


def test_canvas_fresh():
    class_ = members(1000)
    canvas = importers.Canvas(class_)
    given = given_to(class_, "canvas")
    text, notes = worksheets.BY_NAME["canvas"].fresh(LAB, given, "Lab 1 (31)")
    result = canvas.take(text.encode())
    assert not result["new assignments"] and not result["new students"] and not result["new limits"]
    assert not notes
    for number, points in known(given).items():
        assert canvas._float(canvas.grades[int(number), 31]) == pytest.approx(points)
    _, notes = worksheets.BY_NAME["canvas"].fresh(LAB, given, "")
    assert any("new assignment" in note for note in notes)


@pytest.mark.parametrize("most", [100.0, 20.0])
def test_brightspace(tmp_path, most):
    class_ = members(1000)
    brightspace = importers.Brightspace(class_, most)
    given = given_to(class_, "brightspace")
    before = brightspace.export()
    worksheet, done = filled(tmp_path, before, given)
    assert worksheet.name == "brightspace"
    assert len(cells_that_differ(before, done.content)) == 1
    assert set(brightspace.take(done.content)) == set(known(given))
    for login, points in known(given).items():
        assert brightspace.grades[login] == pytest.approx(points * most / 100, abs=0.0051)
    fresh = importers.Brightspace(class_)
    text, _ = worksheets.BY_NAME["brightspace"].fresh(LAB, given, "Lab 1")
    fresh.take(text.encode())
    assert fresh.grades == pytest.approx(known(given))


def test_brightspaces_own_download_has_no_logins(tmp_path):
    """Names are all that Brightspace's file names and its table of grades have in common."""
    class_ = members(300)
    brightspace = importers.Brightspace(class_)
    given = [
        totals.Total(
            find.Submission(
                f"{m.name}_9", "k", bytes, platform="brightspace", name=m.name, number="9"
            ),
            50.0,
            100.0,
        )
        for m in class_
    ]
    _, done = filled(tmp_path, brightspace.export(), given)
    assert set(brightspace.take(done.content)) == {member.login for member in class_}


@pytest.mark.parametrize("most", [100.0, 20.0])
def test_blackboard(tmp_path, most):
    class_ = members(1000)
    blackboard = importers.Blackboard(class_, most)
    given = given_to(class_, "blackboard")
    before = blackboard.download()
    worksheet, done = filled(tmp_path, before, given, "Lab 1", ".xls")
    assert worksheet.name == "blackboard"
    assert len(cells_that_differ(before, done.content)) == 1
    assert set(blackboard.take(done.content)) == set(known(given))
    for login, points in known(given).items():
        assert blackboard.grades[login] == pytest.approx(points * most / 100, abs=0.0051)
    text, notes = worksheets.BY_NAME["blackboard"].fresh(LAB, given, "")
    assert not text and notes
    text, _ = worksheets.BY_NAME["blackboard"].fresh(LAB, given, blackboard.title)
    assert set(blackboard.take(text.encode())) == set(known(given))


@pytest.mark.parametrize("platform", ["canvas", "brightspace", "blackboard"])
def test_a_second_upload_changes_what_is_known_anew_and_nothing_else(tmp_path, platform):
    class_ = members(200)
    make = {"canvas": "Canvas", "brightspace": "Brightspace", "blackboard": "Blackboard"}[platform]
    importer = getattr(importers, make)(class_)
    export = {"canvas": "gradebook", "brightspace": "export", "blackboard": "download"}[platform]
    suffix = ".xls" if platform == "blackboard" else ".csv"
    wanted: dict[str, float] = {}
    for seed in (1, 2):
        given = given_to(class_, platform, seed)
        wanted |= known(given)
        before = getattr(importer, export)()
        _, done = filled(tmp_path, before, given, "Lab 1", suffix)
        importer.take(done.content)
        _, again = filled(tmp_path, getattr(importer, export)(), given, "Lab 1", suffix)
        result = importer.take(again.content)
        assert platform != "canvas" or not result["graded"]
    grades = importer.grades
    if platform == "canvas":
        assert all(grades[member.number, 32] == "7.50" for member in class_)
        grades = {
            str(number): float(grade) for (number, task), grade in grades.items() if task == 31
        }
    assert grades == pytest.approx(wanted, abs=0.0051)


@pytest.mark.parametrize("make", ["moodle", "canvas", "brightspace", "blackboard"])
def test_nothing_known_changes_nothing(tmp_path, make):
    class_ = members(40)
    before = {
        "moodle": lambda: importers.Moodle(class_).worksheet(),
        "canvas": lambda: importers.Canvas(class_).gradebook(),
        "brightspace": lambda: importers.Brightspace(class_).export(),
        "blackboard": lambda: importers.Blackboard(class_).download(),
    }[make]()
    given = [totals.Total(t.submission, None, 100.0, "why") for t in given_to(class_, make)]
    wanted = "Lab 1" if make in ("canvas", "blackboard") else ""
    assert filled(tmp_path, before, given, wanted)[1].content == before


def test_other_files_are_told(tmp_path):
    path = tmp_path / "x.csv"
    for content, told in (
        (b"a,b\n1,2\n", "Moodle, Canvas"),
        (b"PK\3\4x", "Excel"),
        (b"", "no table"),
    ):
        path.write_bytes(content)
        with pytest.raises(worksheets.WorksheetError, match=told):
            worksheets.fill(path, [], "", LAB)


CELLS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0\r"), max_size=12)


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=6),
    change=CELLS,
    separator=st.sampled_from(",;\t"),
    encoding=st.sampled_from(["utf-8", "utf-16-le"]),
)
def test_one_cell_changes_and_every_other_byte_stays(rows, change, separator, encoding):
    header = ("a", "b", "c")
    file = io.StringIO()
    csv.writer(file, delimiter=separator, lineterminator="\n").writerows([header, *rows])
    mark = b"\xff\xfe" if encoding == "utf-16-le" else b"\xef\xbb\xbf"
    content = mark + file.getvalue().encode(encoding)
    table = tables.parse(content)
    if table.separator != separator:
        return  # so few cells that another sign parts them as well
    assert table.replaced({}) == content
    last = len(table.rows) - 1
    after = tables.parse(table.replaced({(last, 1): change}))
    expected = [list(line) for line in ([header, *rows]) if any(cell.strip() for cell in line)]
    expected[-1][1] = change
    found = [[cell.text for cell in line] for line in after.rows]
    if last and any(cell.strip() for cell in expected[-1]):
        assert found == expected


def test_feedback_for_moodle_goes_to_whom_it_belongs():
    """Moodle splits a name at its first four underscores and takes the second piece."""
    class_ = members(1000)
    given = given_to(class_, "moodle")
    pages = [(t.submission, t.submission.number.encode) for t in given]
    content, count = feedback_zips.pack("moodle", LAB, pages)
    assert count == 1000
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert len(set(archive.namelist())) == 1000
        for entry in archive.namelist():
            folder, _, file = entry.partition("/")
            info = folder.split("_", 4)
            assert len(info) >= 4 and info[2:4] == ["assignsubmission", "file"]
            assert archive.read(entry) == info[1].encode()
            assert not file.startswith((".", "~")) and "/" not in file


def test_feedback_for_canvas_goes_to_whom_it_belongs():
    """Canvas takes the first two numbers between underscores: the student and the file."""
    class_ = members(300)
    given = given_to(class_, "canvas")
    pages = [(t.submission, t.submission.number.encode) for t in given]
    content, count = feedback_zips.pack("canvas", LAB, pages)
    assert count == len(given)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.namelist():
            user, upload = [piece for piece in entry.split("_") if piece.isdecimal()][:2]
            assert archive.read(entry) == user.encode() and upload == f"99{user}"


@given(points=st.floats(0, 1000), comma=st.booleans())
def test_grades_are_written_without_exponent(points, comma):
    text = sheet.written(points, comma)
    assert sheet.number(text) == pytest.approx(points, abs=0.0051)
