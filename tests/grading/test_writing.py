"""Whatever the results of a class are: a complete table, and each page that can be made.

Results are drawn that no judge should give: without a number, with odd texts, doubled, missing, of
other exercises; marks, runs and submissions likewise.
"""

import csv
import dataclasses
import functools
import json
import math
import pathlib
import tempfile

import hypothesis
import pytest
from hypothesis import strategies as st

from labkit import data
from labkit.checks import Message, Outcome, Result
from labkit.checks.result import Verdict
from labkit.commands import cli
from labkit.grading import graders, writing
from labkit.grading.graded import Graded, Mark
from labkit.grading.judging import judge, sound
from labkit.grading.results import class_figures, formats, platforms, report, whole_class
from labkit.grading.runs import records, running
from labkit.grading.submissions import find
from tests.grading import classroom, hostile, made_class, stubs

LAB = made_class.lab()
LIED_ABOUT = next(item for item in LAB if item.name == "count-images")
NAMES = [exercise.name for exercise in LAB.exercises]
HONEST = made_class.graded(LAB, 3, seed=4)
ALWAYS = ("grades.csv", "totals.csv", "report.html", *report.TABLES, "arrivals.csv", "upload.txt")
REQUEST = platforms.Request(forms=tuple(formats.NAMES))

NUMBERS = st.sampled_from((0, 1, 2.5, -1, 1e300, math.nan, math.inf, -math.inf, None, "3", True))
TEXTS = hostile.texts | st.none()


class Unshowable:
    """Something that cannot say what it is."""

    def __str__(self):
        raise RuntimeError("half \ud83d")


MESSAGES = st.none() | st.builds(Message, hostile.texts, TEXTS, TEXTS) | st.builds(Unshowable)
VERDICTS = st.builds(
    Verdict, TEXTS, NUMBERS, NUMBERS, st.sampled_from((True, False, None, 7)), MESSAGES
)
RESULTS = st.builds(
    Result,
    exercise=st.sampled_from((*NAMES, "another", "")) | TEXTS,
    title=TEXTS,
    outcome=st.sampled_from((*Outcome, "odd", None)),
    points=NUMBERS,
    max_points=NUMBERS | st.sampled_from([exercise.points for exercise in LAB]),
    verdicts=st.lists(VERDICTS, max_size=3).map(tuple),
    message=MESSAGES,
    misconceptions=st.lists(TEXTS, max_size=2).map(tuple),
    data=st.sampled_from(("real", "sample", "", None)),
)
MARKS = st.dictionaries(
    st.sampled_from(NAMES), st.builds(Mark, NUMBERS, TEXTS | st.builds(Unshowable)), max_size=4
)
BY_EXERCISE = st.dictionaries(st.sampled_from((*NAMES, "x")), hostile.texts, max_size=4)
RUNS = st.builds(
    running.Run,
    seed=st.just(1),
    steps=st.lists(st.tuples(st.sampled_from((*NAMES, "")), st.booleans()), max_size=6),
    answers=BY_EXERCISE,
    essays=BY_EXERCISE,
    notes=st.lists(TEXTS | st.builds(Unshowable), max_size=2),
    status=st.just(0),
    stopped=hostile.texts,
    seconds=NUMBERS,
    sandboxed=st.booleans(),
)
CELLS = st.builds(records.CellRun, st.integers(-1, 5), TEXTS, TEXTS, st.just(()))
LEFT = st.builds(records.Records, cells=st.dictionaries(st.integers(-1, 5), CELLS, max_size=4))
TIMES = st.sampled_from((0.0, 1.8e9, -1e30, 1e30, math.nan, None))
PLATFORMS = st.sampled_from(("", "moodle", "canvas", "brightspace", "blackboard", "odd"))


@st.composite
def odd_students(draw, number):
    submission = find.Submission(
        f"odd {number}", f"odd-{number}", bytes, time=draw(TIMES), platform=draw(PLATFORMS),
        number=draw(st.sampled_from(("", "7", "x"))), name=draw(hostile.texts),
        email=draw(hostile.texts), late=draw(st.booleans()), absent=draw(st.booleans()),
        file=draw(hostile.texts), notes=tuple(draw(st.lists(TEXTS, max_size=2))),
    )  # fmt: skip
    whole = made_class.graded(LAB, 1, seed=draw(st.integers(0, 5)))[0].results
    kept = [result for result in whole if draw(st.integers(0, 9))]
    results = draw(st.permutations([*kept, *draw(st.lists(RESULTS, max_size=3))]))
    return Graded(
        submission, results, draw(st.none() | RUNS), draw(LEFT), draw(MARKS), draw(NUMBERS)
    )


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Return the light course's lab; the data's kind is asked for once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LABKIT_DATA", "sample")
        patch.setattr(data, "source", functools.cache(data.source))
        yield classroom.lab(classroom.light_course(tmp_path_factory.mktemp("course")))


@pytest.fixture(scope="module")
def written(lab, in_memory):
    """Return what writes a class to a new folder, and gives the folder and what came of it."""

    def write(graded, request=REQUEST):
        output = pathlib.Path(tempfile.mkdtemp(dir=in_memory))
        arrivals = find.Arrivals([item.submission for item in graded], [])
        return output, *writing.write(lab, graded, output, request, arrivals, regraded=True)

    return write


@pytest.fixture(scope="module")
def plain(written):
    """Return the folder of the honest alone."""
    return written(HONEST)[0]


def rows_of(path, students, ours=lambda row: row[0]):
    """Return the rows of a table that are those of `students`, and how many others there are."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    return [row for row in rows if ours(row) in students], len(rows)


# Without shrinking, which takes minutes for a whole class.
@hypothesis.settings(
    max_examples=60,
    phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
    deadline=None,
    derandomize=True,
    report_multiple_bugs=False,
    suppress_health_check=list(hypothesis.HealthCheck),
)
@hypothesis.given(drawn=st.data())
def test_odd_results_take_nothing_from_the_others(written, plain, drawn):
    honest = {item.submission.student for item in HONEST}
    odd = [drawn.draw(odd_students(number)) for number in range(drawn.draw(st.integers(1, 3)))]
    output, graded, told = written([*HONEST, *odd])
    assert len(graded) == len(HONEST) + len(odd)
    for name in ALWAYS:
        assert (output / name).is_file(), told.faults
    own, size = rows_of(output / "grades.csv", honest)
    assert own == rows_of(plain / "grades.csv", honest)[0]
    assert size == len(graded) * len(NAMES)
    for name in ("totals.csv", "report/students.csv"):
        own, size = rows_of(output / name, honest)
        assert own == rows_of(plain / name, honest)[0]
        assert size == len(graded)
    assert honest <= {row[2] for row in rows_of(output / "history.csv", honest, lambda r: r[2])[0]}
    page = (output / "report.html").read_text(encoding="utf-8")
    assert all(item.submission.student in page for item in graded)
    for item in graded:
        assert (output / "feedback" / f"{item.submission.key}.html").is_file()
        for form in ("gradescope", "github-classroom", "prairielearn"):
            json.loads((output / "formats" / form / f"{item.submission.key}.json").read_bytes())
    for line in told.faults:
        assert "\n" not in line and line.isprintable()


@hypothesis.settings(
    max_examples=200,
    phases=[hypothesis.Phase.generate],
    deadline=None,
    derandomize=True,
    suppress_health_check=list(hypothesis.HealthCheck),
)
@hypothesis.given(st.lists(RESULTS, max_size=20))
def test_sound_results_are_one_for_each_exercise_with_points_that_count(found):
    results, why = sound.results(LAB, found)
    assert [result.exercise for result in results] == [exercise.name for exercise in LAB]
    for result, exercise in zip(results, LAB, strict=True):
        assert math.isfinite(result.points) and result.points >= 0
        assert result.max_points == pytest.approx(exercise.points)
        assert result.message or result.outcome is not Outcome.COULD_NOT_GRADE
    assert bool(why) == any(all(result is not one for one in found) for result in results)


def test_sound_results_stay_as_they_are():
    for item in [*HONEST, made_class.perfect(LAB), made_class.broken(LAB, "Eve", "It is empty.")]:
        assert sound.graded(LAB, item) == item


def test_a_student_whom_a_page_cannot_show_is_told(written, monkeypatch):
    eve = HONEST[1].submission.student
    figures = class_figures.ClassFigures
    monkeypatch.setattr(figures, "misconceptions", failing_in_results(eve, figures.misconceptions))
    output, _, told = written(HONEST)
    page = (output / "report.html").read_text(encoding="utf-8")
    assert "this page could not show it" in page.lower() and eve in page
    (line,) = [line for line in told.faults if line.startswith("report.html")]
    assert f"does not show {eve}:" in line and "grades.csv" in line
    own, _ = rows_of(output / "totals.csv", {eve})
    assert own[0][8] or float(own[0][5]) == HONEST[1].total


def failing_in_results(name, real):
    def fails(found):
        for item in found.graded:
            if item.submission.student == name and item.run is not None:
                raise KeyError(name)
        return real(found)

    return fails


def test_a_page_that_cannot_be_made_is_told_and_the_others_are_made(written, monkeypatch):
    monkeypatch.setattr(report, "_chart", lambda _: 1 / 0)
    output, _, told = written(HONEST)
    (line,) = told.faults
    assert line.startswith("report.html could not be made") and "ZeroDivisionError" in line
    assert {path.name for path in output.iterdir()} >= {"grades.csv", "totals.csv", "report.csv"}
    assert not (output / "report.html").exists()


def test_a_file_that_cannot_be_written_is_told(lab, tmp_path):
    (tmp_path / "totals.csv").mkdir()
    arrivals = find.Arrivals([item.submission for item in HONEST], [])
    _, told = writing.write(lab, HONEST, tmp_path, platforms.Request(), arrivals)
    (line,) = told.faults
    assert line.startswith("totals.csv could not be written:") and "Is a directory" in line
    assert (tmp_path / "report.html").is_file()


def test_the_command_says_it_in_a_line_with_status_1(light_course, tmp_path, monkeypatch, capsys):
    stubs.install(monkeypatch, stubs.Book)
    content = classroom.Book(light_course).right().content()
    classroom.hand_in(tmp_path / "in", "ann", content)
    line = ["grade", classroom.LAB, "--submissions", str(tmp_path / "in")]
    line += ["--course", str(light_course), "--output", str(tmp_path / "out")]
    assert cli.main(line) == 0
    monkeypatch.setattr(report, "_chart", lambda _: 1 / 0)
    capsys.readouterr()
    assert cli.main(line) == 1
    (said,) = [x for x in capsys.readouterr().err.splitlines() if x.startswith("labkit:")]
    assert "report.html could not be made" in said and "Traceback" not in said


class Lying(stubs.Judge):
    """Gives no number for one exercise of one student."""

    lies = True

    def judge(self, lab, key):
        judged = super().judge(lab, key)
        if not type(self).lies or key != "bob":
            return judged
        results = [
            dataclasses.replace(one, points=math.nan) if one.exercise == LIED_ABOUT.name else one
            for one in judged.results
        ]
        return judge.Judged(results)


def test_points_that_are_no_number_cost_their_exercise_and_are_not_kept(
    light_course, tmp_path, monkeypatch
):
    stubs.install(monkeypatch, stubs.Book)
    monkeypatch.setattr(graders.judge, "Judge", Lying)
    content = classroom.Book(light_course).right().content()
    for name in ("ann", "bob"):
        classroom.hand_in(tmp_path / "in", name, content)
    line = ["grade", classroom.LAB, "--submissions", str(tmp_path / "in")]
    line += ["--course", str(light_course), "--output", str(tmp_path / "out")]
    assert cli.main(line) == 1
    own, _ = rows_of(tmp_path / "out" / "grades.csv", {"bob"})
    (lie,) = (row for row in own if row[2] == LIED_ABOUT.name)
    assert lie[5] == Outcome.COULD_NOT_GRADE and "nan points" in lie[6]
    assert sum(float(row[3] or 0) for row in own) == classroom.FULL - LIED_ABOUT.points
    monkeypatch.setattr(Lying, "lies", False)
    assert cli.main(line) == 0
    own, _ = rows_of(tmp_path / "out" / "grades.csv", {"bob"})
    assert sum(float(row[3] or 0) for row in own) == classroom.FULL


def test_a_page_of_a_class_of_none_is_made(tmp_path):
    page = whole_class.Page("a.txt", lambda graded: whole_class.Made({"a.txt": str(len(graded))}))
    told = whole_class.write([page], [], tmp_path, lambda item, _: item)
    assert not told.faults and (tmp_path / "a.txt").read_text() == "0"
