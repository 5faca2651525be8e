"""The command `labkit grade`: from its arguments to its exit status."""

import argparse
import dataclasses
import pathlib
import sys
from collections.abc import Sequence

from labkit.checks import Outcome
from labkit.checks.result import number
from labkit.grading import grade
from labkit.grading.graded import UNSANDBOXED, Graded
from labkit.grading.runs import cluster, sandbox
from labkit.grading.submissions import account, find, handed_out, platforms

_FAULTS = (handed_out.CourseError, find.SubmissionsError, cluster.ClusterError, OSError)
GRADED, SOME_NOT_GRADED, BAD_USE = 0, 1, 2


def run(arguments: argparse.Namespace) -> int:
    """Grade, say what came of it, and return the exit status."""
    try:
        handed_out.load(arguments.lab, arguments.course)
        arrivals = _arrivals(arguments)
    except _FAULTS as error:
        print(f"labkit: {error}", file=sys.stderr)
        return BAD_USE
    if arguments.dry_run:
        print(*account.table(arrivals), *account.lines(arrivals), sep="\n")
        return GRADED
    if arguments.output is None:
        print("labkit: name the folder where the grades go: --output FOLDER", file=sys.stderr)
        return BAD_USE
    print(*account.lines(arrivals), sep="\n", flush=True)
    settings = grade.Settings(
        arrivals=arrivals,
        course=arguments.course,
        jobs=arguments.jobs,
        cluster=arguments.cluster,
        limits=dataclasses.replace(sandbox.Limits(), seconds=60 * arguments.minutes),
        regrade=arguments.regrade,
        due=arguments.due,
        progress=sys.stderr.isatty(),
    )
    try:
        graded = grade.grade(arguments.lab, arguments.submissions, arguments.output, settings)
    except _FAULTS as error:
        print(f"labkit: {error}", file=sys.stderr)
        return BAD_USE
    _say(graded, arguments.output)
    missing = any(item.could_not_grade and not item.submission.absent for item in graded)
    return SOME_NOT_GRADED if missing else GRADED


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


def _say(graded: Sequence[Graded], output: pathlib.Path) -> None:
    points = sorted(item.points for item in graded)
    middle = points[len(points) // 2]
    print(f"{len(graded)} submissions, from {number(points[0])} to {number(points[-1])} points")
    print(f"(middle {number(middle)}). Grades: {output / 'grades.csv'}")
    if any(item.unsandboxed for item in graded):
        print(f"{UNSANDBOXED}: install bubblewrap, so that notebooks run without")
        print("a network and away from your files.")
    for item in graded:
        if item.submission.absent:
            continue  # that is no fault of the grader, and was said
        open_ones = [r for r in item.results if r.outcome is Outcome.COULD_NOT_GRADE]
        if open_ones:
            print(f"Could not grade {item.submission.student!a}, {len(open_ones)} exercises:")
            print(f"  {open_ones[0].message}")
