"""Grade one submission after the other: read it, repair it, run it, judge it.

Each is graded within its own boundary, and nothing of it stays when the next one is graded but
what is kept in the output folder.
"""

import contextlib
import dataclasses
import functools
import importlib.metadata
import json
import os
import pathlib
import platform
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Protocol, Self

import labkit
from labkit import data, files
from labkit.checks import Result
from labkit.grading import boundary, harmless
from labkit.grading.graded import Graded
from labkit.grading.judging import judge, kept, sound
from labkit.grading.results import changes
from labkit.grading.runs import records, running, sandbox
from labkit.grading.submissions import find, handed_out, reading, repair

# What a judgement depends on: all of labkit's code, and what is stored beside it.
_READ_BY_A_JUDGEMENT = (".py", ".json", ".npz")
_PACKAGE = pathlib.Path(labkit.__file__).parent
# Another version of one of these may give other numbers.
_LIBRARIES = ("keras", "numpy", "tensorflow")
_TRIES = 2
_CHANGED = (
    "What is handed in has changed since it was run, and what was run then was judged: grade "
    "without --regrade."
)
_LOST = "something on this machine ended it, and ended it again; grade it once more"


class Runner(running.Runner, Protocol):
    """A runner that is started and ended by a ``with`` statement, and tells what decides runs."""

    stamp: str

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...

    def get_ready(self, count: int) -> None:
        """Begin to get ready for so many runs at the same time, and return at once.

        Said before the ``with`` statement, it is begun there.
        """


class Graders:
    """What grades the submissions to one lab. Use it in a ``with`` statement.

    Parameters
    ----------
    lab : handed_out.CourseLab
    kept_in : pathlib.Path
        The folder for what is kept of this lab.
    runner : Runner
    limits : sandbox.Limits
    regrade : bool
        Judge what was kept again and run nothing.
    rerun : collection of str
        The students, as they are called in the table, whose notebooks run again in any case.
    still_there : callable
        Raises a `boundary.ClassFault` where what is kept may have become that of another class.
    """

    def __init__(
        self,
        lab: handed_out.CourseLab,
        kept_in: pathlib.Path,
        runner: Runner,
        limits: sandbox.Limits,
        regrade: bool = False,
        rerun: Collection[str] = (),
        still_there: Callable[[], None] = lambda: None,
    ) -> None:
        self._cancelled = threading.Event()
        self._lab, self._runner, self._limits = lab, runner, limits
        self._regrade, self._rerun, self._still_there = regrade, rerun, still_there
        self._store = kept.Store(kept_in)
        self._judge = judge.Judge(kept_in, lab=lab.lab.name)
        self._reader = reading.Reader(lab.cells)
        self._one_at_a_time = threading.Lock()

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as started:
            for part in (self._judge, self._runner, self._reader):
                started.enter_context(part)
            self._take_stamps()
            self._started = started.pop_all()
        return self

    def _take_stamps(self) -> None:
        datasets = sorted({exercise.dataset for exercise in self._lab.lab})
        around = [platform.python_version(), *map(importlib.metadata.version, _LIBRARIES)]
        around += map(data.stamp, datasets)
        self._run_stamp = files.fingerprint(self._runner.stamp, *around)
        read = (path for path in _PACKAGE.rglob("*") if path.suffix in _READ_BY_A_JUDGEMENT)
        self._judge_stamp = files.fingerprint(files.fingerprint_of_files(read), *around)

    def __exit__(self, *_: object) -> None:
        self._started.close()

    def cancel(self) -> None:
        """End what runs, soon; what is asked of these graders from now on is refused."""
        self._cancelled.set()
        self._judge.close()

    def get_ready(self, submissions: Sequence[find.Submission], jobs: int) -> None:
        """Let boxes and the judge get ready for what was never run, and return at once.

        Said before the ``with`` statement, they get ready while that prepares the rest.
        """
        new = [item for item in submissions if not os.path.isdir(self._store.folder(item.key))]
        if new and not self._regrade:
            self._runner.get_ready(min(jobs, len(new)))
        if new or self._regrade:
            self._start_judge()

    def grade(self, submission: find.Submission) -> Graded:
        """Return the grades of one submission; whatever is wrong with it stays with it."""
        return self.begin(submission)()

    def begin(self, submission: find.Submission) -> Callable[[], Graded]:
        """Run the notebook of one submission; return what judges it, which may be another thread's.

        Whatever is wrong with it stays with it.
        """

        def without(reason: str) -> Graded:
            return could_not_grade(self._lab, submission, reason)

        judge = boundary.within(
            lambda: self._ran(submission), lambda reason: functools.partial(without, reason)
        )

        def end() -> Graded:
            item = boundary.within(judge, without)
            # What went wrong, and what did not, may have been another class's.
            self._still_there()
            return item

        return end

    def _ran(self, submission: find.Submission) -> Callable[[], Graded]:
        if submission.problem:
            raise boundary.Reason(submission.problem)
        before = self._store.results(submission.key, None) or []
        return functools.partial(self._graded, submission, before, self._run(submission))

    def _graded(
        self, submission: find.Submission, before: list[Result], run: running.Run
    ) -> Graded:
        key = submission.key
        if not run.lost:
            left = records.read(self._store.folder(key) / running.RECORDS)
            return _graded(submission, before, self._results(key), run, left)
        # What it did before it was lost counts for now, and is not kept.
        folder = self._store.lay_aside(key, run)
        left = records.read(self._store.folder(folder) / running.RECORDS)
        results, _ = self._judged(folder)
        return _graded(submission, before, results, run, left)

    def _run(self, submission: find.Submission) -> running.Run:
        content = submission.read()
        key = submission.key
        if self._regrade and (earlier := self._store.run(key, None)) is not None:
            return self._as_it_was(earlier, content)
        notebook = self._reader.repair(content)
        if self._regrade:
            raise boundary.Reason("it was not run yet: grade without --regrade first")
        job = running.stamp(notebook, self._lab, self._limits)
        stamp = files.fingerprint(job, self._run_stamp)
        if submission.student not in self._rerun:
            earlier = self._store.run(key, stamp)
            if earlier is not None:
                # Texts and notes are not what ran: they are as the notebook has them now.
                essays, notes = notebook.essays, list(notebook.notes)
                return dataclasses.replace(
                    earlier, essays=essays, notes=notes, student=notebook.student
                )
        return self._run_anew(key, notebook, stamp)

    def _as_it_was(self, earlier: running.Run, content: bytes) -> running.Run:
        """Return a kept run, which tells if something else was handed in since."""

        def is_same() -> bool:
            notebook = self._reader.repair(content)
            answers = running.answers(notebook)
            return (answers, notebook.essays) == (earlier.answers, earlier.essays)

        if boundary.within(is_same, lambda _: False):
            return earlier
        return dataclasses.replace(earlier, notes=[*earlier.notes, _CHANGED])

    def _run_anew(self, key: str, notebook: repair.Repaired, stamp: str) -> running.Run:
        """Run a notebook and keep its run, unless it is lost from outside each time."""
        self._start_judge()
        for tried in range(_TRIES):
            # Memory for one of them may be all there is.
            with self._without_judge() if tried else contextlib.nullcontext():
                folder = self._store.begin(key)
                run = running.run(
                    notebook, self._lab, self._runner, self._limits, folder, self._cancelled
                )
            if not run.lost:
                self._store.keep(key, run, stamp)
                return run
        return run if run.stopped == running.CHANGED else dataclasses.replace(run, stopped=_LOST)

    def _start_judge(self) -> None:
        """Let the judge get ready while the first notebooks run."""
        if self._one_at_a_time.acquire(blocking=False):  # else it is at work
            try:
                self._judge.start()
            finally:
                self._one_at_a_time.release()

    @contextlib.contextmanager
    def _without_judge(self) -> Iterator[None]:
        """End the judge's process, when it has done its work; it starts when it is asked again."""
        with self._one_at_a_time:
            self._judge.rest()
            yield

    def _results(self, key: str) -> list[Result]:
        earlier = self._store.results(key, self._judge_stamp)
        if earlier is not None and not self._regrade:
            return earlier
        judged = self._store.digest(key)
        results, lost = self._judged(key)
        if not lost:
            self._store.keep_results(key, results, self._judge_stamp, judged)
        return results

    def _judged(self, folder: str) -> tuple[list[Result], str]:
        """Return the results of the run in `folder`, and why they are not to be kept."""
        with self._one_at_a_time:
            judged = self._judge.judge(self._lab.lab.name, folder)
        results, why_not = sound.results(self._lab.lab, list(map(_harmless, judged.results)))
        return results, judged.lost or why_not


def could_not_grade(lab: handed_out.CourseLab, submission: find.Submission, reason: str) -> Graded:
    """Return what stands in a student's place who could not be graded."""
    return Graded(submission, judge.could_not_grade(lab.lab.name, reason), None)


def _graded(
    submission: find.Submission,
    before: list[Result],
    results: list[Result],
    run: running.Run,
    left: records.Records,
) -> Graded:
    told = dataclasses.replace(run, notes=[*run.notes, *running.remarks(run, left)])
    machine = sum(result.points for result in results)
    found = tuple(changes.between(before, results))
    return Graded(submission, results, told, left, machine=machine, changes=found)


def _harmless(result: Result) -> Result:
    """Return a result whose messages, which quote the student, are harmless to show."""
    return Result.from_json(json.dumps(harmless.everywhere(json.loads(result.to_json()))))
