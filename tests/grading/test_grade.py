"""The whole: a folder in; grades, feedback, report, gradebook out."""

import csv
import datetime
import html.parser
import os
import signal
import subprocess
import sys
import time
import zipfile

import pytest
from nbgrader.api import Gradebook

from labkit.checks import Outcome
from labkit.commands import cli
from labkit.grading import grade
from labkit.grading.graded import LATE, UNSANDBOXED
from labkit.grading.results import csv_text, grades
from labkit.grading.runs import running, sandbox
from tests.grading import classroom, light_command

pytestmark = pytest.mark.usefixtures("light_start")

LAB = classroom.LAB


def read_grades(output):
    with open(output / "grades.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def command(place, output, root, *more):
    return cli.main(
        [
            *("grade", LAB, "--submissions", str(place), "--output", str(output)),
            *("--course", str(root), "--minutes", "2", *more),
        ]
    )


class Texts(html.parser.HTMLParser):
    """What a browser would show and run of a page."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.text, self.attributes = [], "", []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += attributes

    def handle_data(self, data):
        self.text += data


@pytest.fixture(scope="module")
def school(light_start, tmp_path_factory):
    """Return the folders of a small class: submissions and output, graded once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LABKIT_DATA", "sample")
        folder = tmp_path_factory.mktemp("school")
        root = classroom.light_course(folder / "course")
        place, output = folder / "in", folder / "out"
        nasty = "<script>alert(1)</script>"
        book = classroom.Book(root).right()
        book.cell("why-not-labels-answer")["source"] = f"A label is a name. {nasty}"
        classroom.hand_in(place, "ann", book.content())
        classroom.hand_in(place, "bob", classroom.Book(root).content())
        wrong = classroom.Book(root).wrong()
        wrong.answer(**{"array-or-matrix": f"array_or_matrix = '{nasty}'"})
        swapped = "n_train, n_test = len(x_test), len(x_train)"
        wrong.answer(**{"count-images": swapped})
        wrong.after("count-images", f"raise ValueError('{nasty}')")
        wrong.cell("read-pixel")["source"] = f"print('{nasty}')\npixel = '{nasty}'"
        classroom.hand_in(place, f"=eve, {nasty[1:7]}\n", wrong.content())
        classroom.hand_in(place, "nil", b"")
        status = command(place, output, root)
    return root, place, output, status


@pytest.mark.slow
@pytest.mark.usefixtures("sandboxed")
@pytest.mark.xdist_group("school")
class TestClass:
    def test_exit_status_tells_that_some_could_not_be_graded(self, school):
        assert school[3] == 1

    def test_grades(self, school):
        rows = read_grades(school[2])
        assert tuple(rows[0]) == csv_text.COLUMNS
        assert len(rows) == 4 * 14
        points = {}
        for row in rows:
            points.setdefault(row["student"], 0.0)
            points[row["student"]] += float(row["points"] or 0)
        assert points == {"ann": classroom.FULL, "bob": 0, "nil": 0, "'=eve, script\\n": 0}
        by_key = {(row["student"], row["exercise"]): row for row in rows}
        assert by_key["bob", "count-images"]["outcome"] == Outcome.NOT_ATTEMPTED
        assert by_key["nil", "count-images"]["reason"] == "The file is empty."
        assert by_key["ann", "why-not-labels"]["outcome"] == grades.TO_BE_MARKED
        assert {row["data"] for row in rows} == {"sample"}

    def test_pages_run_nothing_and_are_accessible(self, school):
        pages = [*sorted((school[2] / "feedback").iterdir()), school[2] / "report.html"]
        assert len(pages) == 5
        for path in pages:
            content = path.read_text(encoding="utf-8")
            page = Texts(content)
            assert '<html lang="en">' in content
            # One script of the package's sorts the table of the report; see test_pages.py.
            scripts = 1 if path.name == "report.html" else 0
            assert page.tags.count("script") == scripts
            assert not {"iframe", "object", "form", "link"} & set(page.tags)
            assert not [name for name, _ in page.attributes if name.startswith("on")]
            assert page.tags.count("h1") == 1 and "h2" in page.tags
            assert path.stat().st_size < 300_000

    def test_feedback_says_what_was_seen_and_what_to_do(self, school):
        (path,) = (school[2] / "feedback").glob("*eve*")
        text = Texts(path.read_text(encoding="utf-8")).text
        assert "<script>alert(1)</script>" in text  # shown, not run
        assert "Expected:" in text and "Next:" in text

    def test_report_counts_misconceptions(self, school):
        text = (school[2] / "report" / "misconceptions.csv").read_text(encoding="utf-8")
        assert "count-images,train-and-test-swapped,1," in text
        page = Texts((school[2] / "report.html").read_text(encoding="utf-8")).text
        assert "Could not grade" in page and "The file is empty." in page

    def test_grading_again_runs_nothing(self, school, monkeypatch):
        root, place, output, _ = school
        before = (output / "grades.csv").read_bytes()
        monkeypatch.setattr(running, "run", None)
        assert command(place, output, root) == 1
        assert (output / "grades.csv").read_bytes() == before

    def test_regrading_judges_again_and_runs_nothing(self, school, monkeypatch):
        root, place, output, _ = school
        before = (output / "grades.csv").read_bytes()
        monkeypatch.setattr(running, "run", None)
        for path in (output / ".kept").rglob("results.json"):
            path.unlink()
        assert command(place, output, root, "--regrade") == 1
        assert (output / "grades.csv").read_bytes() == before

    def test_marks_by_hand_survive_and_appear(self, school):
        root, place, output, _ = school
        with Gradebook(f"sqlite:///{output / 'gradebook.db'}") as book:
            found = book.find_grade("why-not-labels-answer", LAB, LAB, "ann")
            assert found.needs_manual_grade
            found.manual_score = 5
            found.needs_manual_grade = False
            comment = book.find_comment("why-not-labels-answer", LAB, LAB, "ann")
            comment.manual_comment = "Well <b>said</b>."
            book.find_grade("count-images-check", LAB, LAB, "bob").manual_score = 3
            book.db.commit()
        for _ in range(2):
            command(place, output, root)
        rows = {(row["student"], row["exercise"]): row for row in read_grades(output)}
        assert rows["ann", "why-not-labels"]["points"] == "5"
        assert rows["ann", "why-not-labels"]["outcome"] == grades.MARKED
        assert rows["bob", "count-images"]["points"] == "3"
        page = (output / "feedback" / "ann.html").read_text(encoding="utf-8")
        assert "Well &lt;b&gt;said&lt;/b&gt;." in page

    def test_what_formgrader_shows_holds_no_html_of_the_student(self, school):
        path = school[2] / "autograded" / "ann" / LAB / f"{LAB}.ipynb"
        content = path.read_text(encoding="utf-8")
        assert "A label is a name." in content
        assert "<script" not in content


@pytest.mark.slow
@pytest.mark.usefixtures("sandboxed")
def test_zip_files_of_platforms_in_and_tables_for_them_out(light_course, tmp_path, book):
    content = book.right().content()
    place = tmp_path / "in"
    place.mkdir()
    with zipfile.ZipFile(place / "moodle.zip", "w") as archive:
        archive.writestr(f"Ann, Bee_123_assignsubmission_file_/{LAB}.ipynb", content)
        archive.writestr(f"Zip_9_assignsubmission_file_/../../{LAB}.ipynb", content)
    with zipfile.ZipFile(place / "canvas.zip", "w") as archive:
        archive.writestr(f"ceebob_124_4568_{LAB}-1.ipynb", content)
    assert command(place, tmp_path / "out", light_course) == 1
    moodle = (tmp_path / "out" / "moodle.csv").read_text(encoding="utf-8")
    assert moodle.startswith("Identifier,Full name,Grade,Maximum grade,Last modified (grade)\n")
    assert 'Participant 123,"Ann, Bee",50,100,2' in moodle
    # What could not be graded has no grade: an empty one is passed over, a 0 would count.
    assert "Participant 9,Zip,,100,2" in moodle
    canvas = (tmp_path / "out" / "canvas.csv").read_text(encoding="utf-8")
    assert canvas == f"Student,ID,SIS User ID,SIS Login ID,Section,{LAB}\nceebob,124,,,,50\n"
    totals = (tmp_path / "out" / "totals.csv").read_text(encoding="utf-8")
    assert "ceebob_124,ceebob,124,,,50,100,,\n" in totals
    with zipfile.ZipFile(tmp_path / "out" / "feedback-moodle.zip") as archive:
        assert f"Ann, Bee_123_assignsubmission_file_/feedback-{LAB}.html" in archive.namelist()
    with zipfile.ZipFile(tmp_path / "out" / "feedback-canvas.zip") as archive:
        assert archive.namelist() == [f"ceebob_124_4568_feedback-{LAB}.html"]
    assert sorted(item.name for item in tmp_path.iterdir()) == ["in", "out"]


def test_a_first_look_is_marked_in_every_row_and_offers_nothing_for_upload(
    light_course, tmp_path, book, monkeypatch, capsys
):
    monkeypatch.setenv("LABKIT_DATA", "/nowhere")
    place = tmp_path / "in"
    place.mkdir()
    with zipfile.ZipFile(place / "moodle.zip", "w") as archive:
        for name in ("Ann_1", "Bob_2"):
            path = f"{name}_assignsubmission_file_/{LAB}.ipynb"
            archive.writestr(path, book.right().content())
    out = tmp_path / "out"
    assert command(place, out, light_course, "--data", "sample") == 0
    rows = read_grades(out)
    assert {row["data"] for row in rows if float(row["points"] or 0)} == {"sample"}
    assert "nothing is written for upload" in capsys.readouterr().out
    assert not {"moodle.csv", "feedback-moodle.zip"} & {path.name for path in out.iterdir()}
    assert os.environ["LABKIT_DATA"] == "/nowhere"

    assert command(place, out, light_course, "--data", "sample", "--format", "junit") == 2
    assert "not for upload" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["lab9", "--submissions", "."], "There is no lab"),
        ([LAB, "--submissions", "nowhere"], "There is no nowhere"),
        ([LAB, "--submissions", ".", "--course", "nowhere"], "--course"),
    ],
)
def test_bad_use(light_course, tmp_path, monkeypatch, capsys, arguments, said):
    monkeypatch.chdir(tmp_path)
    if "--course" not in arguments:
        arguments += ["--course", str(light_course)]
    assert cli.main(["grade", *arguments, "--output", str(tmp_path / "out")]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.slow
def test_without_bubblewrap_it_says_so(light_course, tmp_path, book):
    classroom.hand_in(tmp_path / "in", "ann", book.right().content())
    due = datetime.datetime(2020, 1, 1)
    settings = classroom.settings(light_course, sandboxed=False, due=due)
    (ann,) = grade.grade(LAB, tmp_path / "in", tmp_path / "out", settings)
    assert ann.points == classroom.FULL
    rows = read_grades(tmp_path / "out")
    assert all(row["reason"].startswith(f"{UNSANDBOXED} {LATE}") for row in rows)
    assert UNSANDBOXED in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def eight(light_course, tmp_path_factory):
    """Return what starts a grading of a class of eight, and its grades where nothing ends it."""
    if not sandbox.available():
        pytest.skip("bubblewrap is not installed or does not work here")
    folder = tmp_path_factory.mktemp("eight")
    place = folder / "in"
    for number in range(8):
        book = classroom.Book(light_course)
        book = book.right() if number % 2 else book.wrong()
        book.answer(**{"count-images": f"n_train, n_test = {number}, len(x_test)"})
        classroom.hand_in(place, f"s{number}", book.content())

    def start(output):
        line = light_command.grading(light_course, place, output)
        surroundings = os.environ | {"LABKIT_DATA": "sample"}
        return subprocess.Popen(line, cwd=classroom.ROOT, env=surroundings, preexec_fn=_mind_ctrl_c)

    assert start(folder / "whole").wait() == 0
    return start, (folder / "whole" / "grades.csv").read_bytes()


@pytest.mark.slow
@pytest.mark.xdist_group("eight")
@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT])
def test_interrupted_half_way_and_run_again(eight, tmp_path, ending):
    """A class that was killed, or ended with Ctrl-C, gets the same grades as one that was not."""
    start, whole = eight
    process = start(tmp_path / "killed")
    kept = tmp_path / "killed" / ".kept" / LAB
    while len(list(kept.glob("s*"))) < 3 and process.poll() is None:
        time.sleep(0.05)
    process.send_signal(ending)
    process.wait()
    done = {path: path.stat().st_mtime_ns for path in kept.glob("s*/run.json")}
    assert 3 <= len(done) < 8
    assert start(tmp_path / "killed").wait() == 0
    assert {path: path.stat().st_mtime_ns for path in done} == done  # not run again
    assert (tmp_path / "killed" / "grades.csv").read_bytes() == whole


def _mind_ctrl_c():
    """Undo what a shell does to what it runs in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_sandbox_is_found_where_it_is_tested():
    """Where this test runs in CI, bubblewrap has to work: else the others would skip silently."""
    if os.environ.get("CI") and sys.platform == "linux":
        assert sandbox.available()
