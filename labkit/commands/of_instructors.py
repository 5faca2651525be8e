"""The commands of instructors and authors: what they are called and what they accept."""

from __future__ import annotations

import argparse
import datetime
import importlib
import pathlib
import sys

from labkit.commands import accepted

_FORMS = (
    *("gradescope", "github-classroom", "prairielearn"),
    *("junit", "nbgrader", "ags", "xapi"),
)


def add_to(commands: argparse._SubParsersAction) -> None:
    """Add these commands to those of students."""
    for add in (_add_grade, _add_mark, _add_export, _add_release, _add_new, _add_try):
        add(commands)


def _add_course(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--course",
        type=pathlib.Path,
        default=pathlib.Path(),
        metavar="FOLDER",
        help="the course's folder; this one if left out",
    )


def _add_export(commands: argparse._SubParsersAction) -> None:
    text = "write a lab as another platform's grader"
    parser = commands.add_parser("export", help=text, description=text)
    parser.add_argument("platform", choices=("gradescope",), help="the platform")
    parser.add_argument("lab", help="for example lab1-data")
    _add_course(parser)
    parser.add_argument("--output", type=pathlib.Path, metavar="FILE", help="the zip file to write")
    parser.set_defaults(run=_export)


def _export(arguments: argparse.Namespace) -> int:
    from labkit.commands import export

    return export.run(arguments)


def _add_grade(commands: argparse._SubParsersAction) -> None:
    text = "grade the submissions of a lab"
    ends = "Exit status: 0 if every submission was graded, 1 if some could not be, 2 for bad use."
    parser = commands.add_parser("grade", help=text, description=text, epilog=ends)
    parser.add_argument("lab", help="for example lab1-data")
    parser.add_argument(
        "--submissions",
        type=pathlib.Path,
        required=True,
        metavar="PLACE",
        help="a folder with a folder for each student, or what a platform hands out, as a zip file"
        " or unpacked",
    )
    parser.add_argument(
        "--output",
        type=pathlib.Path,
        metavar="FOLDER",
        help="where grades go, and what is kept to go on after an interruption",
    )
    _add_course(parser)
    parser.add_argument("--jobs", type=int, default=1, help="notebooks to run at the same time (1)")
    parser.add_argument(
        "--cluster",
        default="",
        metavar="ADDRESS",
        help="run them on the workers of this Dask scheduler instead (tcp://HOST:8786); "
        "needs, in the course's folder, pip install -c constraints.txt -e '.[scale]'",
    )
    parser.add_argument(
        "--minutes", type=float, default=15, help="how long a notebook may run (15)"
    )
    parser.add_argument(
        "--due",
        type=datetime.datetime.fromisoformat,
        metavar="TIME",
        help="mark as late what was handed in later, for example 2027-01-31T23:59",
    )
    parser.add_argument(
        "--regrade", action="store_true", help="judge what was kept again and run no notebook"
    )
    parser.add_argument(
        "--from",
        dest="platform",
        default="",
        metavar="NAME",
        help="the platform that packed PLACE, where it is not recognised: moodle, moodle-teams,"
        " canvas, brightspace, blackboard, gradescope, sakai, schoology, studip, teams, openolat,"
        " autolab, nbgrader, github-classroom, google-classroom, ilias, jupyterhub or folders",
    )
    parser.add_argument(
        "--class",
        dest="class_list",
        type=pathlib.Path,
        metavar="FILE",
        help="a table of all students (CSV): names are filled in, and who handed in nothing is"
        " in the grades",
    )
    parser.add_argument(
        "--worksheet",
        type=pathlib.Path,
        metavar="FILE",
        help="the table of grades as it was downloaded from a platform, or any other table:"
        " a copy with the grades filled in is written to the output",
    )
    parser.add_argument(
        "--assignment",
        default="",
        metavar="TITLE",
        help="the column for the grades as the platform calls it, if that is not clear",
    )
    parser.add_argument(
        "--format",
        dest="forms",
        action="append",
        default=[],
        choices=_FORMS,
        help="write the grades in another grader's form, too; can be given several times",
    )
    parser.add_argument(
        "--data",
        choices=("sample",),
        default="",
        help="grade on the drawn sample: a first look that takes a fraction of the time; every row"
        " says so, and nothing is written for upload",
    )
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="print who handed in which file, when, and what would become of it; run nothing",
    )
    parser.add_argument(
        "--rerun",
        action="append",
        default=[],
        metavar="STUDENT",
        help="run this student's notebook again, also where nothing has changed",
    )
    parser.set_defaults(run=_grade)


def _add_mark(commands: argparse._SubParsersAction) -> None:
    text = "mark by hand, question by question, what the machine cannot"
    parser = commands.add_parser("mark", help=text, description=text)
    parser.add_argument("lab", help="for example lab1-data")
    parser.add_argument(
        "--output",
        type=pathlib.Path,
        default=pathlib.Path("grades"),
        metavar="FOLDER",
        help="where the command grade has put the grades; grades if left out",
    )
    _add_course(parser)
    parser.add_argument("--anonymous", action="store_true", help="do not show who wrote an answer")
    parser.add_argument("--port", type=int, default=0, help="a free one is taken if left out")
    parser.add_argument("--no-browser", action="store_true", help="print the address only")
    parser.set_defaults(run=_mark)


def _mark(arguments: argparse.Namespace) -> int:
    return _of_instructors("mark", arguments)


def _grade(arguments: argparse.Namespace) -> int:
    return _of_instructors("grade", arguments)


def _of_instructors(command: str, arguments: argparse.Namespace) -> int:
    """Run a command that needs what only instructors install."""
    try:
        module = importlib.import_module(f"labkit.commands.{command}")
    except ModuleNotFoundError as error:
        print(
            f"labkit: {command} needs {error.name}, which students do not need."
            " Install it, in the course's folder: "
            "pip install -c constraints.txt -e '.[instructor]'",
            file=sys.stderr,
        )
        return 2
    return module.run(arguments)


def _add_new(commands: argparse._SubParsersAction) -> None:
    text = "begin a lab, an exercise or an essay"
    parser = commands.add_parser("new", help=text, description=text)
    kinds = parser.add_subparsers(title="what to begin", metavar="KIND", required=True)
    lab = kinds.add_parser("lab", help="a folder in labkit/labs with a text that runs")
    lab.add_argument("name", help="for example lab7-digits")
    lab.add_argument("--dataset", default="fashion-mnist", type=accepted.dataset)
    lab.set_defaults(run=_new, kind="lab")
    for kind, text in (
        ("exercise", "a machine-marked exercise: one file, and its place in the lab's text"),
        ("essay", "a question that is marked by hand"),
    ):
        part = kinds.add_parser(kind, help=text)
        part.add_argument("lab", help="for example lab1-data")
        part.add_argument("name", help="for example count-sevens")
        part.set_defaults(run=_new, kind=kind)


def _new(arguments: argparse.Namespace) -> int:
    from labkit import labs
    from labkit.checks.author_file import AuthorError
    from labkit.commands import new

    root = pathlib.Path(labs.__file__).parent
    try:
        if arguments.kind == "lab":
            written = new.lab(arguments.name, arguments.dataset, root)
        else:
            written = getattr(new, arguments.kind)(arguments.name, arguments.lab, root)
    except AuthorError as error:
        print(f"labkit: {error}", file=sys.stderr)
        return 2
    for path in written:
        print(path)
    return 0


def _add_try(commands: argparse._SubParsersAction) -> None:
    text = "try an exercise on all its answers and show what a student would read"
    parser = commands.add_parser("try", help=text, description=text)
    parser.add_argument("lab", help="for example lab1-data")
    parser.add_argument("exercise", help="for example count-images")
    parser.set_defaults(run=_try)


def _try(arguments: argparse.Namespace) -> int:
    from labkit.checks.author_file import AuthorError
    from labkit.commands import try_

    try:
        return try_.run(arguments.lab, arguments.exercise)
    except AuthorError as error:
        print(f"labkit: {error}", file=sys.stderr)
        return 2


def _add_release(commands: argparse._SubParsersAction) -> None:
    text = "write the students' edition: the course without solutions, answers and grading"
    parser = commands.add_parser("release", help=text, description=text)
    parser.add_argument("folder", type=pathlib.Path, metavar="FOLDER", help="a new folder")
    _add_course(parser)
    parser.set_defaults(run=_release)


def _release(arguments: argparse.Namespace) -> int:
    return _of_instructors("release", arguments)
