"""What is kept is never trusted, never shared by two gradings, and never an accident."""

import csv
import dataclasses
import errno
import os
import signal
import subprocess
import sys

import hypothesis
import pytest
from hypothesis import strategies as st

from labkit import files, labs
from labkit.checks import Outcome
from labkit.commands import cli
from labkit.grading import grade
from labkit.grading.judging import kept
from labkit.grading.results import changes, gradebook
from labkit.grading.runs import running, sandbox
from labkit.grading.submissions import find, handed_out, repair
from tests.grading import classroom, stubs

LAB = classroom.LAB
STUDENTS = ("ann", "bob", "cyd")


@pytest.fixture
def school(light_course, tmp_path, monkeypatch):
    """Return what grades a class of three, the second of whom answered nothing."""
    stubs.install(monkeypatch, stubs.Book)
    for name in STUDENTS:
        book = classroom.Book(light_course)
        classroom.hand_in(
            tmp_path / "in", name, (book if name == "bob" else book.right()).content()
        )

    def graded(**more):
        settings = classroom.settings(light_course, **more)
        found = grade.grade(LAB, tmp_path / "in", tmp_path / "out", settings)
        return classroom.by_student(found)

    return graded


def table(tmp_path):
    return (tmp_path / "out" / "grades.csv").read_bytes()


def kept_files(tmp_path):
    folder = tmp_path / "out" / ".kept" / LAB
    names = ("run.json", "records.bin", "stamp", "results.json")
    return [folder / student / name for student in STUDENTS for name in names]


ODD = st.sampled_from(
    (b"", b"[]", b"{}", b"null", b"1e999", b'["a", "b"]', b"\xff\xfe", b"[" * 9999)
)

KINDS = ("cut", "odd", "other", "byte", "gone", "folder")
WHICH = st.integers(0, 4 * len(STUDENTS) - 1)
DAMAGE = st.tuples(WHICH, WHICH, st.floats(0, 1), st.sampled_from(KINDS), ODD)


@pytest.mark.slow
@hypothesis.settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture],
)
@hypothesis.given(data=st.data())
def test_damaged_files_count_as_absent(school, tmp_path, data):
    """Cut, emptied, exchanged between students, replaced, gone: the same grades as before."""
    school()
    before = table(tmp_path)
    paths = kept_files(tmp_path)
    for path, other, share, what, odd in data.draw(st.lists(DAMAGE, min_size=1, max_size=6)):
        path, other = paths[path], paths[other]
        content = path.read_bytes() if path.is_file() else b""
        place = int(len(content) * share)
        if what in ("gone", "folder"):
            kept.remove(path)
        if what == "folder":
            path.mkdir()
        made = {
            "cut": content[:place],
            "odd": odd,
            "other": other.read_bytes() if other.is_file() else b"",
            "byte": content[:place] + b"7" + content[place + 1 :],
        }.get(what)
        if made is not None:
            kept.remove(path)
            path.write_bytes(made)
    school(regrade=data.draw(st.booleans()))
    school()
    assert table(tmp_path) == before


def test_a_second_grading_on_the_same_folder_is_refused(school, tmp_path):
    with kept.alone_in(tmp_path / "out"), pytest.raises(kept.InUse, match="Another `labkit grade`"):
        school()
    school()


def test_the_folder_is_free_when_its_holder_is_killed(school, tmp_path):
    code = (
        "import pathlib, sys, time; from labkit.grading.judging import kept\n"
        "with kept.alone_in(pathlib.Path(sys.argv[1])): print(1, flush=True); time.sleep(60)"
    )
    line = [sys.executable, "-c", code, str(tmp_path / "out")]
    holder = subprocess.Popen(line, stdout=subprocess.PIPE, cwd=classroom.ROOT)
    holder.stdout.readline()
    with pytest.raises(kept.InUse):
        school()
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    holder.stdout.close()
    assert school()["ann"].points == classroom.FULL


class Losing(stubs.Machine):
    """Loses the first runs, as where the system ends a process."""

    losses = 0

    def run(self, job, output, cancelled=None):
        ended = super().run(job, output, cancelled)
        if type(self).losses:
            type(self).losses -= 1
            output.write_bytes(output.read_bytes()[:50])
            return sandbox.Ended(-9, "", 0.1, True)
        return ended


def test_a_run_that_was_lost_is_tried_again(school, monkeypatch):
    monkeypatch.setattr(Losing, "losses", 1)
    monkeypatch.setattr(grade, "_runner", Losing)
    found = school()
    assert [found[name].points for name in STUDENTS] == [classroom.FULL, 0, classroom.FULL]


def test_a_run_that_is_lost_each_time_is_not_kept(school, tmp_path, monkeypatch):
    monkeypatch.setattr(Losing, "losses", 2)
    monkeypatch.setattr(grade, "_runner", Losing)
    found = school()
    assert {result.outcome for result in found["ann"].results} == {Outcome.COULD_NOT_GRADE}
    assert not (tmp_path / "out" / ".kept" / LAB / "ann").exists()
    assert school()["ann"].points == classroom.FULL


class Changing(stubs.Machine):
    """Installs a package while the first runs are going on, whose imports fail for it."""

    changes = 0

    def run(self, job, output, cancelled=None):
        ended = super().run(job, output, cancelled)
        if type(self).changes:
            type(self).changes -= 1
            ended = dataclasses.replace(ended, changed=True)
        return ended


@pytest.mark.parametrize("changes", [1, 2])
def test_packages_that_change_meanwhile_are_no_fault_of_a_notebook(
    school, tmp_path, monkeypatch, changes
):
    monkeypatch.setattr(Changing, "changes", changes)
    monkeypatch.setattr(grade, "_runner", Changing)
    found = school()
    if changes == 2:
        assert {result.outcome for result in found["ann"].results} == {Outcome.COULD_NOT_GRADE}
        assert not (tmp_path / "out" / ".kept" / LAB / "ann").exists()
        found = school()
    assert [found[name].points for name in STUDENTS] == [classroom.FULL, 0, classroom.FULL]


def test_rerun_runs_one_student_again(school, tmp_path):
    school()
    stamps = {path: path.stat().st_mtime_ns for path in kept_files(tmp_path)}
    school(rerun=("bob",))
    again = {path.parent.name for path, time in stamps.items() if path.stat().st_mtime_ns != time}
    assert again == {"bob"}
    with pytest.raises(find.SubmissionsError, match="no submission of eve"):
        school(rerun=("eve",))


def test_other_probes_are_another_job(school, light_course, book, monkeypatch, tmp_path):
    school()
    before = {path: path.stat().st_mtime_ns for path in kept_files(tmp_path) if "run" in path.name}
    school()
    assert {path: path.stat().st_mtime_ns for path in before} == before
    plain = handed_out.CourseLab.exercises_for_a_run

    def others(lab, seed, student=0):
        return {**plain(lab, seed, student), "more": ("more", "fashion-mnist", {}, None)}

    monkeypatch.setattr(handed_out.CourseLab, "exercises_for_a_run", others)
    school()
    assert not any(path.stat().st_mtime_ns == time for path, time in before.items())


def test_the_stamp_of_a_job_is_the_same_in_every_process(light_course, book):
    lab = classroom.lab(light_course)
    here = running.stamp(repair.repair(book.content(), lab), lab, classroom.LIMITS)
    code = (
        "import pathlib, sys; from tests.grading import classroom\n"
        "from labkit.grading.runs import running; from labkit.grading.submissions import repair\n"
        "root = pathlib.Path(sys.argv[1]); lab = classroom.lab(root)\n"
        "book = classroom.Book(root)\n"
        "print(running.stamp(repair.repair(book.content(), lab), lab, classroom.LIMITS))"
    )
    environment = os.environ | {"PYTHONHASHSEED": "5", "PYTHONPATH": str(classroom.ROOT)}
    line = [sys.executable, "-c", code, str(light_course)]
    said = subprocess.run(line, capture_output=True, text=True, env=environment, check=True)
    assert said.stdout.splitlines()[-1] == here


def test_grading_again_lists_what_changed_by_student_and_criterion(school, tmp_path, monkeypatch):
    school()
    assert list(changes.lines(list(school(regrade=True).values()))) == [
        "Grading again changed no points."
    ]
    before = table(tmp_path)
    solutions = classroom.solutions() | {"count-images": "another"}
    monkeypatch.setattr(classroom, "solutions", lambda: solutions)
    said = list(changes.lines(list(school(regrade=True).values())))
    assert said[0] == "Grading again changed the points of 2 of 3:"
    lost = next(item.points for item in labs.load(classroom.LAB) if item.name == "count-images")
    left = classroom.FULL - lost
    assert said[1:3] == [
        f"  ann: {classroom.FULL:g} → {left:g}",
        f"    count-images: {lost:g} → 0 of {lost:g}",
    ]
    rows = list(csv.reader((tmp_path / "out" / "changes.csv").open(encoding="utf-8", newline="")))
    assert rows[1] == ["ann", "count-images", "", f"{lost:g}", "0", f"{lost:g}"]
    assert table(tmp_path) != before
    history = (tmp_path / "out" / "history.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[2] for line in history[1:]] == ["ann", "bob", "cyd", "ann", "cyd"]


def test_two_names_that_are_no_text_stay_two(school, tmp_path, book):
    names = [os.fsdecode(b"\xff\xfe"), os.fsdecode(b"\xff\xfd"), "a b", "a\tb"]
    for name in names:
        classroom.hand_in(tmp_path / "in", name, book.content())
    found = school()
    assert len(found) == len(STUDENTS) + len(names)
    assert {r"\xff\xfe", r"\xff\xfd", "a b", r"a\tb"} <= set(found)


def command(light_course, tmp_path, output):
    line = ["grade", LAB, "--submissions", str(tmp_path / "in"), "--course", str(light_course)]
    return cli.main([*line, "--output", str(output)])


def test_an_output_that_cannot_be_written_is_one_line(school, light_course, tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert command(light_course, tmp_path, tmp_path / "file" / "out") == 2
    assert "cannot be written" in capsys.readouterr().err


def test_a_full_disk_is_one_line(school, light_course, tmp_path, capsys, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(files.os, "replace", full)
    assert command(light_course, tmp_path, tmp_path / "out") == 2
    said = capsys.readouterr().err.strip().splitlines()
    assert "No space left on device" in said[-1] and "What was graded before is kept" in said[-1]
    assert not [line for line in said if "Traceback" in line]


@pytest.mark.parametrize("content", [b"no database at all" * 99, b"SQLite format 3\0" + b"x" * 999])
def test_a_damaged_gradebook_is_one_line(
    school, light_course, tmp_path, capsys, monkeypatch, content
):
    monkeypatch.setattr(grade.gradebook, "Book", REAL_BOOK)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "gradebook.db").write_bytes(content)
    assert command(light_course, tmp_path, tmp_path / "out") == 2
    (line,) = capsys.readouterr().err.strip().splitlines()[-1:]
    assert "gradebook.db cannot be used" in line and "move it out of the way" in line


REAL_BOOK = gradebook.Book
