"""The command `labkit grade`: from its arguments to its exit status."""

import argparse
import contextlib
import dataclasses
import os
import pathlib
import shlex
import signal
import statistics
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Iterator, Sequence

from labkit import data, files
from labkit.checks import Outcome
from labkit.checks.result import number
from labkit.commands import speaking, streams
from labkit.grading import boundary, grade, harmless
from labkit.grading.graded import UNSANDBOXED, Graded
from labkit.grading.results import platforms as uploads
from labkit.grading.runs import sandbox
from labkit.grading.submissions import account, find, handed_out, platforms

_FAULTS = (boundary.ClassFault, OSError)
_LONGEST = 1_000
_NOT_FOR_UPLOAD = "--data sample is a first look, and its grades are not for upload"
GRADED, SOME_NOT_GRADED, BAD_USE = 0, 1, 2


def run(arguments: argparse.Namespace) -> int:
    """Grade, say what came of it, and return the exit status."""
    first_look = arguments.data == "sample"
    if first_look and (arguments.worksheet or arguments.forms):
        print(f"labkit: {_NOT_FOR_UPLOAD}: leave --worksheet and --format out.", file=sys.stderr)
        return BAD_USE
    with _sample() if first_look else contextlib.nullcontext(), _ended_as_by_ctrl_c():
        try:
            return _run(arguments, first_look)
        except data.DataError:
            raise  # it is told in a line, like everywhere
        except Exception as error:
            print(f"labkit: {_unforeseen(error, arguments.output)}", file=sys.stderr)
            return BAD_USE


@contextlib.contextmanager
def _sample() -> Iterator[None]:
    """Let the drawn sample stand for the data."""
    before = os.environ.get("LABKIT_DATA")
    os.environ["LABKIT_DATA"] = "sample"
    try:
        yield
    finally:
        del os.environ["LABKIT_DATA"]
        if before is not None:
            os.environ["LABKIT_DATA"] = before


@contextlib.contextmanager
def _ended_as_by_ctrl_c() -> Iterator[None]:
    """Let nothing be left behind where a terminal is closed, or a queue's time is over."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = {}
    if threading.current_thread() is threading.main_thread():
        for name in ("SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is signal.SIG_DFL:
                before[number] = signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _run(arguments: argparse.Namespace, first_look: bool) -> int:
    try:
        handed_out.load(arguments.lab, arguments.course)
        forms = tuple(arguments.forms)
        request = uploads.Request(arguments.worksheet, arguments.assignment, forms, first_look)
        uploads.verify(request, arguments.lab)
        arrivals = _arrivals(arguments)
    except _FAULTS as error:
        print(f"labkit: {_in_a_line(error)}", file=sys.stderr)
        return BAD_USE
    if arguments.dry_run:
        print(*account.table(arrivals), *account.lines(arrivals), sep="\n")
        return GRADED
    if arguments.output is None:
        print("labkit: name the folder where the grades go: --output FOLDER", file=sys.stderr)
        return BAD_USE
    print(*account.lines(arrivals), sep="\n", flush=True)
    begun = time.time()
    progress = speaking.Progress()
    settings = grade.Settings(
        arrivals=arrivals,
        request=request,
        course=arguments.course,
        jobs=arguments.jobs,
        cluster=arguments.cluster,
        limits=dataclasses.replace(sandbox.Limits(), seconds=60 * arguments.minutes),
        regrade=arguments.regrade,
        due=arguments.due,
        rerun=tuple(arguments.rerun),
        progress=progress,
    )
    try:
        with progress:
            done = grade.whole(arguments.lab, arguments.submissions, arguments.output, settings)
    except _FAULTS as error:
        print(f"labkit: {_in_a_line(error)}", file=sys.stderr)
        return BAD_USE
    print(*summary(arguments.lab, done.graded, arguments.output, begun), *done.said, sep="\n")
    for fault in done.faults:
        print(f"labkit: {fault}", file=sys.stderr)
    if lost := streams.fault():
        # The grades are in files: they are no worse for words that nobody could read.
        told = f"what is printed could not be written ({lost}); the grades are in"
        print(f"labkit: {told} {arguments.output}", file=sys.stderr)
    missing = any(item.could_not_grade and not item.submission.absent for item in done.graded)
    return SOME_NOT_GRADED if missing or done.faults else GRADED


def _in_a_line(error: Exception) -> str:
    told = boundary.of_the_machine(error) if isinstance(error, OSError) else str(error)
    return harmless.line(told, _LONGEST)


def _unforeseen(error: Exception, output: pathlib.Path | None) -> str:
    """Say in a line that the grader failed, and write down what its authors need to know."""
    told = (output or pathlib.Path(tempfile.gettempdir())) / "labkit-fault.txt"
    try:
        files.write_text(told, "".join(traceback.format_exception(error)))
        where = f"What its authors need to know is in {told}"
    except (OSError, ValueError):
        where = "What its authors need to know could not be written"
    what = harmless.line(f"{type(error).__name__}: {error}", _LONGEST)
    return f"The grader failed ({what}). {where}. What was graded before is kept."


def _arrivals(arguments: argparse.Namespace) -> find.Arrivals:
    """Look at what was handed in."""
    if arguments.platform and arguments.platform not in platforms.BY_NAME:
        known = ", ".join(platforms.BY_NAME)
        raise find.SubmissionsError(f"--from {arguments.platform}: there are {known}.")
    return find.look(
        arguments.submissions,
        arguments.lab,
        arguments.due,
        arguments.platform,
        arguments.class_list,
    )


def summary(
    lab: str, graded: Sequence[Graded], output: pathlib.Path, begun: float
) -> Iterator[str]:
    """Yield what came of it, line by line.

    Parameters
    ----------
    lab : str
    graded : sequence of Graded
    output : pathlib.Path
        The folder of the grades; what was written there since `begun` is named.
    begun : float
        In seconds since 1970.
    """
    handed = [item for item in graded if not item.submission.absent]
    points = [item.points for item in handed] or [0.0]
    most = max((sum(result.max_points for result in item.results) for item in handed), default=0)
    middle = number(statistics.median(points))
    ends = f"from {number(min(points))} to {number(max(points))}, middle {middle}"
    size = "1 submission" if len(handed) == 1 else f"{len(handed)} submissions"
    yield f"{size}. Points given by the machine, of {number(most)}: {ends}."
    yield f"Written to {output}:"
    yield from _written(output, begun, len(graded))
    if any(item.unsandboxed for item in graded):
        yield f"{UNSANDBOXED}: install bubblewrap, so that notebooks run without"
        yield "a network and away from your files."
    # That nothing was handed in is no fault of the grader, and was said.
    unread = [item for item in graded if item.could_not_grade and not item.submission.absent]
    if unread:
        yield f"Could not grade {len(unread)}:"
    for item in unread:
        exercises = sum(result.outcome is Outcome.COULD_NOT_GRADE for result in item.results)
        name = speaking.one_line(item.submission.student)
        yield f"  {name}, {exercises} exercises: {speaking.problem(item)}"
    waiting = sum(item.waiting for item in graded)
    if waiting:
        one = waiting == 1
        answers = "1 answer waits" if one else f"{waiting} answers wait"
        command = f"labkit mark {lab} --output {shlex.quote(str(output))}"
        yield f"{answers} to be marked by hand: {command}"
        yield "Then give this command again: it puts your marks into the grades and the pages."


def _written(output: pathlib.Path, begun: float, size: int) -> Iterator[str]:
    pages = "a page" if size == 1 else f"{size} pages"
    told = {
        "grades.csv": "a row for each student and exercise",
        "totals.csv": "a row for each student",
        "report.html": "what to teach again, whom to look at, every figure",
        "report.csv": "the same as one table",
        "report": "the same as a table for each part",
        "feedback": f"{pages} for the students",
        "arrivals.csv": "every file that was handed in, and what became of it",
        "changes.csv": "what grading again has changed, by student and criterion",
        "history.csv": "when each was handed in and graded, and with which points",
        "gradebook.db": "for marking by hand",
        "upload.txt": "what to do with each file for upload, and whose grade is left empty",
        "moodle.csv": "for Moodle: Upload grading worksheet",
        "canvas.csv": "for Canvas: Grades, Import",
    }
    there = {path.name for path in output.iterdir()}
    for path in (output / name for name in [*told, *sorted(there - set(told))] if name in there):
        if path.name.startswith(".") or path.name in ("autograded", "source"):
            continue  # kept to go on, and what nbgrader's pages show: nobody opens them
        # A clock of a file system may be two seconds behind.
        if path.is_file() and path.stat().st_mtime < begun - 2:
            continue
        name = f"{path.name}/" if path.is_dir() else path.name
        yield f"  {name:14} {told.get(path.name, '')}".rstrip()
