"""Grade a class: every submission is repaired, run, judged; then the tables are written."""

import concurrent.futures
import dataclasses
import datetime
import pathlib
import threading
from collections.abc import Iterator
from typing import Protocol

import labkit
from labkit import data, files
from labkit.checks import Outcome, Result
from labkit.grading.graded import Graded
from labkit.grading.judging import judge, kept
from labkit.grading.results import (
    class_figures,
    csv_text,
    feedback,
    gradebook,
    platforms,
    report,
)
from labkit.grading.runs import cluster, machine, records, running, sandbox
from labkit.grading.submissions import account, find, handed_out, repair

# What a judgement depends on: all of labkit's code, and what is stored beside it.
_READ_BY_A_JUDGEMENT = (".py", ".json", ".npz")
_PACKAGE = pathlib.Path(labkit.__file__).parent
TO_BE_MARKED, MARKED = "to be marked by hand", "marked by hand"


class Progress(Protocol):
    """Something that is told how far grading is, by several threads."""

    def begins(self, total: int) -> None:
        """Take the number of submissions."""

    def starts(self) -> None:
        """Take that one more runs."""

    def ends(self, item: Graded) -> None:
        """Take what came of one."""


@dataclasses.dataclass(frozen=True)
class Settings:
    """How to grade.

    Attributes
    ----------
    course : pathlib.Path
        The course's folder, which holds ``notebooks/``.
    jobs : int
        How many notebooks run at the same time, if they run on this machine.
    cluster : str
        The address of the Dask scheduler whose workers run the notebooks; empty to run them here.
    limits : sandbox.Limits
    regrade : bool
        Judge what was kept again and run nothing.
    sandboxed : bool or None
        None takes the sandbox where it works.
    keep_warm : bool
        Whether to import libraries once for many runs, where the sandbox allows it.
    due : datetime or None
    progress : Progress or None
        What is told how far grading is.
    arrivals : find.Arrivals or None
        What was found in the place of the submissions; None looks there.
    """

    course: pathlib.Path = pathlib.Path()
    jobs: int = 1
    cluster: str = ""
    limits: sandbox.Limits = dataclasses.field(default_factory=sandbox.Limits)
    regrade: bool = False
    sandboxed: bool | None = None
    keep_warm: bool = True
    due: datetime.datetime | None = None
    progress: Progress | None = None
    arrivals: find.Arrivals | None = None


def grade(
    lab_name: str, place: pathlib.Path, output: pathlib.Path, settings: Settings
) -> list[Graded]:
    """Grade the submissions of a lab in `place` and write the tables to `output`.

    Returns
    -------
    list of Graded
        By the student's name.

    Raises
    ------
    course.CourseError, submissions.SubmissionsError
        If the lab or the submissions are not there, or if the lab's exercises have changed since
        the gradebook was made.
    cluster.ClusterError
        If the cluster cannot be used.
    """
    lab = handed_out.load(lab_name, settings.course)
    arrivals = settings.arrivals or find.look(place, lab_name, settings.due)
    found = arrivals.submissions
    output.mkdir(parents=True, exist_ok=True)
    # The gradebook comes first: what is wrong with it is said before hours of running.
    with gradebook.Book(output, lab) as book:
        with _Class(lab, output, settings, len(found)) as graders:
            graded = list(_in_parallel(graders, found, settings.progress))
        graded.sort(key=lambda item: item.submission.student)
        graded = [_with_marks(item, book) for item in graded]
    _write_all(lab, graded, output)
    account_of_files = csv_text.text(account.rows(arrivals), account.COLUMNS)
    files.write_text(output / "arrivals.csv", account_of_files)
    return graded


def _with_marks(item: Graded, book: gradebook.Book) -> Graded:
    answers, essays = (item.run.answers, item.run.essays) if item.run else ({}, {})
    marks = book.enter(item.submission.key, item.results, answers, essays)
    results = gradebook.with_marks(item.results, marks)
    return dataclasses.replace(item, results=results, marks=marks)


def _write_all(lab: handed_out.CourseLab, graded: list[Graded], output: pathlib.Path) -> None:
    """Write the grades, a page for each student, and the report on the class."""
    files.write_text(output / "grades.csv", csv_text.text(_rows(lab, graded)))
    for folder in ("feedback", "report"):
        (output / folder).mkdir(exist_ok=True)
    for item in graded:
        content = feedback.page(lab.lab, item)
        files.write_text(output / "feedback" / f"{item.submission.key}.html", content)
    for platform, form in platforms.FORMS.items():
        totals = [
            (item.submission.name, item.submission.number, item.total)
            for item in graded
            if item.submission.platform == platform
        ]
        if totals:
            content = form(lab.lab.name, totals, lab.lab.points)
            files.write_text(output / f"{platform}.csv", content)
    found = class_figures.ClassFigures(lab.lab, graded)
    files.write_text(output / "report.html", report.page(found))
    for name, content in report.tables(found).items():
        files.write_text(output / name, content)


def _in_parallel(
    graders: "_Class", found: list[find.Submission], progress: Progress | None
) -> Iterator[Graded]:
    def one(submission: find.Submission) -> Graded:
        if progress:
            progress.starts()
        item = graders.grade(submission)
        if progress:
            progress.ends(item)
        return item

    if progress:
        progress.begins(len(found))
    with concurrent.futures.ThreadPoolExecutor(graders.jobs) as pool:
        futures = [pool.submit(one, submission) for submission in found]
        try:
            for future in concurrent.futures.as_completed(futures):
                yield future.result()
        finally:
            # Ctrl-C, or a fault of the grader: end what runs. All that was finished is kept.
            graders.cancelled.set()
            pool.shutdown(wait=True, cancel_futures=True)


class _Class:
    """What grading one lab for a class needs: the machine, the store, the judge."""

    def __init__(
        self, lab: handed_out.CourseLab, output: pathlib.Path, settings: Settings, size: int
    ) -> None:
        self.lab, self.settings = lab, settings
        self.cancelled = threading.Event()
        self._store = kept.Store(output / ".kept" / lab.lab.name)
        self._judge = judge.Judge(output / ".kept" / lab.lab.name)
        self._one_at_a_time = threading.Lock()
        self._runner = self._chosen_runner(size)

    def _chosen_runner(self, size: int) -> machine.Machine | cluster.Cluster:
        settings = self.settings
        datasets = sorted({exercise.dataset for exercise in self.lab.lab})
        if settings.cluster and not settings.regrade:
            address, keep_warm = settings.cluster, settings.keep_warm
            return cluster.Cluster(address, datasets, settings.limits, keep_warm)
        # Getting warm takes as long as a run: it pays when a worker runs more than one.
        keep_warm = settings.keep_warm and size > settings.jobs
        return machine.Machine(datasets, settings.limits, settings.sandboxed, keep_warm)

    @property
    def jobs(self) -> int:
        """How many submissions to grade at the same time."""
        if isinstance(self._runner, cluster.Cluster):
            return self._runner.jobs
        return max(1, self.settings.jobs)

    def __enter__(self) -> "_Class":
        self._runner.__enter__()
        self._run_stamp = files.fingerprint(self.lab.fingerprint, self._runner.stamp)
        read = (path for path in _PACKAGE.rglob("*") if path.suffix in _READ_BY_A_JUDGEMENT)
        self._judge_stamp = files.fingerprint_of_files(read)
        return self

    def __exit__(self, *_: object) -> None:
        self._judge.__exit__()
        self._runner.__exit__()

    def grade(self, submission: find.Submission) -> Graded:
        """Return the grades of one submission; whatever is wrong with it stays with it."""
        name = self.lab.lab.name
        if submission.problem:
            return Graded(submission, judge.could_not_grade(name, submission.problem), None)
        try:
            run = self._run(submission)
        except (repair.Unreadable, OSError, ValueError) as error:
            return Graded(submission, judge.could_not_grade(name, str(error)), None)
        if run is None:
            reason = "it was not run yet: grade without --regrade first"
            return Graded(submission, judge.could_not_grade(name, reason), None)
        left = records.read(self._store.folder(submission.key) / running.RECORDS)
        return Graded(submission, self._results(submission.key), run, left)

    def _run(self, submission: find.Submission) -> running.Run | None:
        content = submission.read()
        stamp = files.fingerprint(content, self._run_stamp)
        earlier = self._store.run(submission.key, None if self.settings.regrade else stamp)
        if earlier is not None:
            return earlier
        notebook = repair.repair(content, self.lab)
        if self.settings.regrade:
            return None
        run = running.run(
            notebook,
            self.lab,
            self._runner,
            self.settings.limits,
            self._store.begin(submission.key),
            self.cancelled,
        )
        self._store.keep(submission.key, run, stamp)
        return run

    def _results(self, key: str) -> list[Result]:
        earlier = self._store.results(key, self._judge_stamp)
        if earlier is not None and not self.settings.regrade:
            return earlier
        name = self.lab.lab.name
        with self._one_at_a_time:
            judged = self._judge.judge(name, key)
        if not judged.lost:
            self._store.keep_results(key, judged.results, self._judge_stamp)
        return judged.results


def _rows(lab: handed_out.CourseLab, graded: list[Graded]) -> Iterator[list[object]]:
    kind = data.source().kind
    for item in graded:
        student = item.submission.student
        by_name = {result.exercise: result for result in item.results}
        for exercise in lab.lab.exercises:
            result = by_name.get(exercise.name)
            if result is None:
                points, outcome, reason = _essay(item, exercise.name)
                cells = [points, exercise.points, outcome, reason, kind]
            else:
                reason = str(result.message) if result.message else ""
                cells = [result.points, result.max_points, result.outcome, reason, result.data]
            cells[3] = " ".join([*item.flags, *filter(None, [cells[3]])])
            yield [student, lab.lab.name, exercise.name, *cells]


def _essay(item: Graded, name: str) -> tuple[object, str, str]:
    """Return points, outcome and reason of a question that a person marks."""
    mark = item.marks.get(name)
    if mark is not None and mark.points is not None:
        return mark.points, MARKED, ""
    if item.run is None:
        return 0.0, Outcome.COULD_NOT_GRADE, str(item.results[0].message)
    if name in item.run.essays:
        return "", TO_BE_MARKED, ""
    return 0.0, Outcome.NOT_ATTEMPTED, ""
