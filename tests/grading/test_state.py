"""What is kept is never trusted, never shared by two gradings, and never an accident."""

import csv
import dataclasses
import errno
import os
import signal
import subprocess
import sys
import threading

import hypothesis
import pytest
from hypothesis import strategies as st
from nbgrader import api

from labkit import files, labs
from labkit.checks import Outcome
from labkit.commands import cli
from labkit.grading import grade, graders
from labkit.grading.judging import kept
from labkit.grading.results import changes, gradebook
from labkit.grading.runs import running, sandbox
from labkit.grading.submissions import find, handed_out, repair
from tests.grading import classroom, made_class, stubs

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


def beginning(path):
    """Return the first bytes of a file, which are all of it but where it was made a huge one."""
    if not path.is_file():
        return b""
    with open(path, "rb") as file:
        return file.read(2**20)


ODD = st.sampled_from(
    (b"", b"[]", b"{}", b"null", b"1e999", b'["a", "b"]', b"\xff\xfe", b"[" * 9999)
)

PLACED = {
    "folder": lambda path, other: path.mkdir(),
    "pipe": lambda path, other: os.mkfifo(path),
    "device": lambda path, other: path.symlink_to("/dev/zero"),
    "link": lambda path, other: path.symlink_to(other),
    "huge": lambda path, other: (path.touch(), os.truncate(path, 2**33)),
}
KINDS = ("cut", "odd", "other", "byte", "gone", "folder", "pipe", "device", "link", "huge")
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
        content = beginning(path)
        place = int(len(content) * share)
        if what in ("gone", *PLACED):
            kept.remove(path)
        if what in PLACED and path.parent.is_dir():
            PLACED[what](path, other)
        made = {
            "cut": content[:place],
            "odd": odd,
            "other": beginning(other),
            "byte": content[:place] + b"7" + content[place + 1 :],
        }.get(what)
        if made is not None:
            kept.remove(path)
            path.write_bytes(made)
    school(regrade=data.draw(st.booleans()))
    school()
    assert table(tmp_path) == before


@pytest.mark.parametrize("regrade", [False, True])
def test_what_is_kept_of_another_student_counts_as_absent(school, tmp_path, regrade):
    """Exchanged whole, with all their files, and linked: nobody gets the points of another."""
    school()
    before = table(tmp_path)
    folder = tmp_path / "out" / ".kept" / LAB
    (folder / "ann").rename(folder / "aside")
    (folder / "bob").rename(folder / "ann")
    (folder / "aside").rename(folder / "bob")
    kept.remove(folder / "cyd")
    (folder / "cyd").symlink_to(folder / "bob")
    found = school(regrade=regrade)
    assert found["bob"].points == 0
    assert {found[name].could_not_grade for name in STUDENTS} == {regrade}
    school()
    assert table(tmp_path) == before


@pytest.mark.parametrize("place", ["history.csv", "grades.csv", "autograded"])
@pytest.mark.parametrize("what", ["pipe", "device", "link", "huge"])
def test_odd_things_in_the_output_hold_nobody_up(school, tmp_path, place, what):
    school()
    before = table(tmp_path)
    path = tmp_path / "out" / place
    paths = path.rglob("*.ipynb") if path.is_dir() else [path]
    for one in [*paths]:
        kept.remove(one)
        PLACED[what](one, tmp_path / "nowhere")
    school()
    assert table(tmp_path) == before


@pytest.mark.parametrize("place", ["in/grades", "in/a/b", "."])
def test_the_output_may_lie_beside_or_among_what_was_handed_in(
    school, light_course, tmp_path, place
):
    output = tmp_path / place
    assert command(light_course, tmp_path, output) == 0
    before = (output / "grades.csv").read_bytes()
    assert command(light_course, tmp_path, output) == 0
    (output / "grades.csv").unlink()  # as where the first grading was interrupted
    assert command(light_course, tmp_path, output) == 0
    assert (output / "grades.csv").read_bytes() == before


def test_the_output_is_not_where_the_submissions_are(school, light_course, tmp_path, capsys):
    assert command(light_course, tmp_path, tmp_path / "in" / ".." / "in") == 2
    assert "Name a folder of its own" in capsys.readouterr().err
    assert {path.name for path in (tmp_path / "in").iterdir()} == {*STUDENTS}


def test_what_a_killed_grading_was_writing_is_removed(school, tmp_path):
    school()
    whole = {path.relative_to(tmp_path) for path in tmp_path.rglob("*")}
    theirs = tmp_path / "out" / "in" / (".unfinished-" + "0" * 32)
    for place in ("", "feedback", "report", f".kept/{LAB}", f"autograded/ann/{LAB}"):
        (tmp_path / "out" / place / (".unfinished-" + "1" * 32)).mkdir()
        (tmp_path / "out" / place / (".unfinished-" + "2" * 32)).touch()
    theirs.mkdir(parents=True)
    school()
    there = {path.relative_to(tmp_path) for path in tmp_path.rglob("*")}
    assert there - whole == {path.relative_to(tmp_path) for path in (theirs, theirs.parent)}


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


def test_a_run_that_was_lost_is_tried_again_without_the_judge_beside_it(school, monkeypatch):
    """What ended it may have been short of memory."""
    rests = []
    monkeypatch.setattr(stubs.Judge, "rest", lambda self: rests.append(self))
    monkeypatch.setattr(Losing, "losses", 1)
    monkeypatch.setattr(grade, "_runner", Losing)
    found = school()
    assert [found[name].points for name in STUDENTS] == [classroom.FULL, 0, classroom.FULL]
    assert len(rests) == 1


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
    with pytest.raises(find.SubmissionsError, match="such as ann"):
        school(rerun=("bob", "anne"))


@pytest.mark.parametrize("typed", ["Zoë", "zoe\u0308", "ZOË", " zoë "])
def test_rerun_takes_a_name_as_it_looks(school, light_course, tmp_path, typed):
    book = classroom.Book(light_course).right()
    for name in ("zoe\u0308", "Ann"):
        classroom.hand_in(tmp_path / "in", name, book.content())
    school()
    path = tmp_path / "out" / ".kept" / LAB / "zoë" / "run.json"
    before = path.stat().st_mtime_ns
    school(rerun=(typed,))
    assert path.stat().st_mtime_ns != before
    school(rerun=("ann", "Ann"))
    with pytest.raises(find.SubmissionsError, match="ANN"):
        school(rerun=("ANN",))  # which of the two?


def test_grading_again_tells_that_a_submission_has_changed(school, light_course, tmp_path):
    school()
    content = classroom.Book(light_course).content()
    classroom.hand_in(tmp_path / "in", "ann", content)
    classroom.hand_in(tmp_path / "in", "cyd", content[:-9])
    found = school(regrade=True)
    told = {name for name in STUDENTS if any("has changed" in n for n in found[name].run.notes)}
    assert told == {"ann", "cyd"}
    assert found["ann"].points == classroom.FULL
    assert school()["ann"].points == 0


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


@pytest.mark.parametrize("name", ["what?", "100%25", "a#b;c", "%", 'it\'s "q"\n'])
def test_the_gradebook_lies_in_the_output_whatever_its_name(
    school, light_course, tmp_path, monkeypatch, name
):
    monkeypatch.setattr(grade.gradebook, "Book", REAL_BOOK)
    assert command(light_course, tmp_path, tmp_path / name) == 0
    assert (tmp_path / name / "gradebook.db").is_file()
    assert {path.name for path in tmp_path.iterdir()} == {"in", name}


def test_what_nobody_has_foreseen_is_one_line_and_written_down(
    school, light_course, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr(grade.writing, "write", lambda *_: 1 / 0)
    assert command(light_course, tmp_path, tmp_path / "out") == 2
    (line,) = capsys.readouterr().err.strip().splitlines()[-1:]
    assert line.startswith("labkit: The grader failed (ZeroDivisionError")
    assert "Traceback" in (tmp_path / "out" / "labkit-fault.txt").read_text(encoding="utf-8")


REAL_BOOK = gradebook.Book


def test_a_student_is_entered_whole_or_not_at_all(light_course, tmp_path, monkeypatch):
    lab = classroom.lab(light_course)
    ann, bob, cyd = made_class.graded(lab.lab, 3)

    def enter(item):
        book.enter(item.submission.key, item.results, item.run.answers, item.run.essays)

    with gradebook.Book(tmp_path, lab) as book:
        enter(ann)
        with monkeypatch.context() as patch:
            patch.setattr(book._book, "find_grade", None)
            with pytest.raises(TypeError):
                enter(bob)
        enter(cyd)
    with api.Gradebook(gradebook.address(tmp_path / "gradebook.db")) as found:
        entered = {student.id for student in found.students}
        graded = {submission.student.id for submission in found.assignment_submissions(LAB)}
    assert entered == graded == {item.submission.key for item in (ann, cyd)}


def test_a_notebook_runs_while_another_one_is_judged_and_no_two_run(school, monkeypatch):
    another, together, running_now = threading.Event(), [], []

    class Machine(stubs.Machine):
        def run(self, *given):
            running_now.append(1)
            together.append(len(running_now))
            if len(together) > 1:
                another.set()
            ended = super().run(*given)
            running_now.pop()
            return ended

    class Judge(stubs.Judge):
        def judge(self, *given):
            assert another.wait(60), "nothing ran while this was judged"
            return super().judge(*given)

    monkeypatch.setattr(grade, "_runner", Machine)
    monkeypatch.setattr(graders.judge, "Judge", Judge)
    found = school(jobs=1)
    assert together == [1, 1, 1]
    assert [found[name].points for name in STUDENTS] == [classroom.FULL, 0, classroom.FULL]
