"""Grade a class: every submission is repaired, run, judged; then the tables are written."""

import collections
import concurrent.futures
import contextlib
import dataclasses
import datetime
import difflib
import os
import pathlib
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from labkit.grading import boundary, harmless, writing
from labkit.grading.graded import Graded
from labkit.grading.graders import Graders, Runner, could_not_grade
from labkit.grading.judging import kept
from labkit.grading.results import gradebook, platforms
from labkit.grading.runs import allowances, cluster, machine, sandbox
from labkit.grading.submissions import entries, find, handed_out


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
    rerun : tuple of str
        The students, as they are called in the table, whose notebooks run again in any case.
    request : platforms.Request
        What goes back to a platform.
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
    rerun: tuple[str, ...] = ()
    request: platforms.Request = dataclasses.field(default_factory=platforms.Request)


@dataclasses.dataclass(frozen=True)
class Finished:
    """What came of a class.

    Attributes
    ----------
    graded : list of Graded
        By the student's name.
    said : list of str
        What grading again has changed, and what to do with what was written.
    faults : list of str
        A line for each page over the class that could not be made, or does not show everybody.
    """

    graded: list[Graded]
    said: list[str]
    faults: list[str]


def grade(
    lab_name: str, place: pathlib.Path, output: pathlib.Path, settings: Settings
) -> list[Graded]:
    """Return the grades alone; see `whole`."""
    return whole(lab_name, place, output, settings).graded


def whole(lab_name: str, place: pathlib.Path, output: pathlib.Path, settings: Settings) -> Finished:
    """Grade the submissions of a lab in `place` and write the tables to `output`.

    Raises
    ------
    boundary.ClassFault
        If nobody can be graded: the lab or the submissions are not there, the output is in use,
        the gradebook does not fit or cannot be used, the cluster is lost.
    files.Unwritable
        If the output cannot be written. What was graded before is kept.
    """
    lab = handed_out.load(lab_name, settings.course)
    arrivals = settings.arrivals or find.look(place, lab_name, settings.due)
    found = [_harmless(item) for item in arrivals.submissions]
    rerun = _known_names(settings.rerun, found)
    if os.path.realpath(output) == os.path.realpath(place):
        raise find.SubmissionsError(
            f"The grades cannot go to {output}, where the submissions are: each of the two would "
            f"be taken for the other. Name a folder of its own, such as {output / 'grades'}."
        )
    allowances.verify_rights()
    with kept.alone_in(output) as still_there, contextlib.ExitStack() as opened:
        writing.make_folders(output)
        kept_in, runner = (
            output / entries.OF_A_GRADING / lab.lab.name,
            _runner(lab, settings, len(found), (place, output)),
        )
        how = settings.limits, settings.regrade, rerun, still_there
        graders = Graders(lab, kept_in, runner, *how)
        graders.get_ready(found, max(1, settings.jobs))
        with graders:
            jobs = runner.jobs if isinstance(runner, cluster.Cluster) else max(1, settings.jobs)
            # What is wrong with the output is said before hours of running.
            book = opened.enter_context(gradebook.Book(output, lab))
            graded = list(_in_parallel(graders, found, jobs, settings.progress))
        graded.sort(key=lambda item: item.submission.student)
        graded = [_entered(lab, item, book) for item in graded]
        still_there()
        graded, told = writing.write(
            lab, graded, output, settings.request, arrivals, settings.regrade
        )
    return Finished(graded, told.said, told.faults)


def _harmless(submission: find.Submission) -> find.Submission:
    """Return a submission all of whose words can be shown."""
    return dataclasses.replace(
        submission,
        student=harmless.name(submission.student),
        notes=tuple(map(harmless.text, submission.notes)),
        problem=harmless.text(submission.problem),
    )


def _known_names(students: tuple[str, ...], found: list[find.Submission]) -> set[str]:
    """Return the names of students as the table has them, however they were typed."""
    known = {item.student for item in found}
    alike = collections.defaultdict(set)
    for name in known:
        alike[_typed(name)].add(name)
    meant = {name: {name} & known or alike[_typed(name)] for name in students}
    unknown = sorted(name for name, names in meant.items() if len(names) != 1)
    if unknown:
        near = difflib.get_close_matches(unknown[0], known, n=3)
        raise find.SubmissionsError(
            f"There is no submission of {', '.join(map(harmless.name, unknown))}: --rerun takes a "
            "name as it stands in the first column of grades.csv"
            + (f", such as {' or '.join(near)}." if near else ".")
        )
    return {name for names in meant.values() for name in names}


def _typed(name: str) -> str:
    """Return what is the same for names that look alike when they are typed."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _runner(
    lab: handed_out.CourseLab, settings: Settings, size: int, secrets: Sequence[pathlib.Path]
) -> Runner:
    datasets = sorted({exercise.dataset for exercise in lab.lab})
    if settings.cluster and not settings.regrade:
        address, keep_warm = settings.cluster, settings.keep_warm
        return cluster.Cluster(address, datasets, settings.limits, keep_warm)
    # Getting warm takes as long as a run: it pays when a worker runs more than one.
    keep_warm = settings.keep_warm and size > settings.jobs
    secrets = [*secrets, *(settings.course / name for name in ("notebooks", "solutions"))]
    return machine.Machine(datasets, settings.limits, settings.sandboxed, keep_warm, secrets)


def _entered(lab: handed_out.CourseLab, item: Graded, book: gradebook.Book) -> Graded:
    """Enter a student's points in the gradebook, and return them with the marks in there."""

    def enter(item: Graded) -> Graded:
        answers, essays = (item.run.answers, item.run.essays) if item.run else ({}, {})
        marks = book.enter(item.submission.key, item.results, answers, essays)
        results = gradebook.with_marks(item.results, marks)
        return dataclasses.replace(item, results=results, marks=marks)

    def without(reason: str) -> Graded:
        return could_not_grade(lab, item.submission, reason)

    # Without their answers the results can be entered still.
    return boundary.within(
        lambda: enter(item),
        lambda why: boundary.within(lambda: enter(without(why)), lambda _: without(why)),
    )


def _in_parallel(
    graders: Graders, found: list[find.Submission], jobs: int, progress: Progress | None
) -> Iterator[Graded]:
    def one(submission: find.Submission) -> concurrent.futures.Future[Graded]:
        if progress:
            progress.starts()
        return judging.submit(judged, graders.begin(submission))

    def judged(end: Callable[[], Graded]) -> Graded:
        item = end()
        if progress:
            progress.ends(item)
        return item

    if progress:
        progress.begins(len(found))
    pools = [concurrent.futures.ThreadPoolExecutor(jobs) for _ in range(2)]
    running, judging = pools
    try:
        # While one is judged the next one runs.
        ran = [running.submit(one, submission) for submission in found]
        for future in concurrent.futures.as_completed(ran):
            yield future.result().result()
    finally:
        # Ctrl-C, or a fault of the grader: end what runs. All that was finished is kept.
        graders.cancel()
        for pool in pools:
            pool.shutdown(wait=True, cancel_futures=True)
