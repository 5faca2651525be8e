"""The command `labkit`: what its sub-commands are called and what they accept.

What a sub-command needs is imported when it is run, so that `labkit --help` is quick.
"""

from __future__ import annotations

import argparse
import datetime
import importlib
import pathlib
import sys
import types
from collections.abc import Sequence

_FORMS = (
    *("gradescope", "github-classroom", "prairielearn"),
    *("junit", "nbgrader", "ags", "xapi"),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments; those of the process if left out.

    Returns
    -------
    int
        The exit status: 0 if all is well, 1 if not. Bad use exits with 2.
    """
    from labkit.data.errors import DataError

    arguments = _parser().parse_args(argv)
    try:
        return arguments.run(arguments)
    except DataError as error:
        print(f"labkit: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("labkit: interrupted", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    import labkit

    parser = argparse.ArgumentParser(prog="labkit", description=labkit.__doc__.splitlines()[0])
    parser.add_argument("--version", action="version", version=f"labkit {labkit.__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    student = (_add_lab, _add_start, _add_reset, _add_update, _add_submit)
    author = (_add_new, _add_try)
    for add in (*student, _add_data, _add_doctor, _add_grade, _add_mark, _add_export, *author):
        add(commands)
    return parser


def _add_lab(commands: argparse._SubParsersAction) -> None:
    text = "find the data and open JupyterLab on the notebooks"
    parser = commands.add_parser("lab", help=text, description=text)
    parser.add_argument(
        "notebooks",
        nargs="?",
        type=pathlib.Path,
        help="the folder to open; your copies of the labs, made at first, if left out",
    )
    parser.add_argument(
        "--no-browser",
        action="store_true",
        help="print the address only; this is so on its own where there is no display",
    )
    parser.add_argument("--port", type=int, default=8888, help="a free one near it is taken")
    parser.set_defaults(run=_lab)


def _lab(arguments: argparse.Namespace) -> int:
    from labkit.commands import lab

    folder = lab.find_notebooks(arguments.notebooks)
    if folder is None:
        where = arguments.notebooks or "notebooks"
        print(
            f"labkit: there is no folder {where}. Start this in the course's folder,"
            " or name the folder: labkit lab FOLDER",
            file=sys.stderr,
        )
        return 1
    lab.prepare_data()
    page = ""
    if arguments.notebooks is None:
        from labkit.commands import start

        course, folder, page = folder, start.home(), start.PAGE
        if start.copy_all(course, folder):
            print(f"labkit: your copies of the labs are in {folder}.", flush=True)
    lab.serve(folder, browser=not arguments.no_browser, port=arguments.port, page=page)
    return 0


def _add_start(commands: argparse._SubParsersAction) -> None:
    text = "copy a lab to work in; a copy that is there already stays as it is"
    parser = commands.add_parser("start", help=text, description=text)
    parser.add_argument("lab", help="for example lab1-data")
    _add_folder(parser)
    parser.set_defaults(run=lambda given: _start().start(given.lab, given.folder))


def _add_reset(commands: argparse._SubParsersAction) -> None:
    text = "set your copy of a lab, or one exercise, back; what you had is kept"
    parser = commands.add_parser("reset", help=text, description=text)
    parser.add_argument("lab", help="for example lab1-data")
    parser.add_argument("exercise", nargs="?", default="", help="for example count-images")
    _add_folder(parser, option=True)
    parser.set_defaults(run=lambda given: _start().reset(given.lab, given.exercise, given.folder))


def _add_update(commands: argparse._SubParsersAction) -> None:
    text = "bring your copies to the course's present version, with every answer"
    parser = commands.add_parser("update", help=text, description=text)
    _add_folder(parser)
    parser.set_defaults(run=lambda given: _start().update(given.folder))


def _add_submit(commands: argparse._SubParsersAction) -> None:
    text = "make the file to hand in, and say what is open"
    parser = commands.add_parser("submit", help=text, description=text)
    parser.add_argument("lab", help="for example lab1-data")
    _add_folder(parser)
    parser.set_defaults(run=lambda given: _start().submit(given.lab, given.folder))


def _add_folder(parser: argparse.ArgumentParser, option: bool = False) -> None:
    text = "where your copies are; LABKIT_WORK, or labkit in your home folder, if left out"
    if option:
        parser.add_argument("--folder", type=pathlib.Path, metavar="FOLDER", help=text)
    else:
        parser.add_argument("folder", nargs="?", type=pathlib.Path, metavar="FOLDER", help=text)


def _start() -> types.ModuleType:
    from labkit.commands import start

    return start


def _add_data(commands: argparse._SubParsersAction) -> None:
    text = "find or fetch the images and say which ones are used"
    parser = commands.add_parser("data", help=text, description=text)
    parser.add_argument(
        "dataset",
        nargs="?",
        default="fashion-mnist",
        choices=("fashion-mnist", "mnist"),
        help="the data set; fashion-mnist if left out",
    )
    parser.set_defaults(run=_data)


def _data(arguments: argparse.Namespace) -> int:
    from labkit.commands import lab

    lab.prepare_data(arguments.dataset)
    return 0


def _add_doctor(commands: argparse._SubParsersAction) -> None:
    text = "look whether this machine is fit for the course, and say what to do if not"
    parser = commands.add_parser("doctor", help=text, description=text)
    parser.set_defaults(run=_doctor)


def _doctor(arguments: argparse.Namespace) -> int:
    from labkit.commands import doctor

    findings = []
    for finding in doctor.examine():
        print(finding, flush=True)
        findings.append(finding)
    return 1 if any(finding.mark == "problem" for finding in findings) else 0


def _add_export(commands: argparse._SubParsersAction) -> None:
    text = "write a lab as another platform's grader"
    parser = commands.add_parser("export", help=text, description=text)
    parser.add_argument("platform", choices=("gradescope",), help="the platform")
    parser.add_argument("lab", help="for example lab1-data")
    parser.add_argument(
        "--course",
        type=pathlib.Path,
        default=pathlib.Path(),
        metavar="FOLDER",
        help="the course's folder; this one if left out",
    )
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
    parser.add_argument(
        "--course",
        type=pathlib.Path,
        default=pathlib.Path(),
        metavar="FOLDER",
        help="the course's folder; this one if left out",
    )
    parser.add_argument("--jobs", type=int, default=1, help="notebooks to run at the same time")
    parser.add_argument(
        "--cluster",
        default="",
        metavar="ADDRESS",
        help="run them on the workers of this Dask scheduler instead (tcp://HOST:8786); "
        "needs pip install 'labkit[scale]'",
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
        " canvas, brightspace, blackboard, gradescope, sakai, nbgrader, github-classroom,"
        " google-classroom, ilias, jupyterhub or folders",
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
        help="the table of grades as it was downloaded from Moodle, Canvas, Brightspace or"
        " Blackboard: a copy with the grades filled in is written to the output",
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
    parser.add_argument(
        "--course",
        type=pathlib.Path,
        default=pathlib.Path(),
        metavar="FOLDER",
        help="the course's folder; this one if left out",
    )
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
            f"labkit: grading needs {error.name}, which students do not need."
            " Install it: pip install 'labkit[instructor]'",
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
    lab.add_argument("--dataset", default="fashion-mnist", choices=("fashion-mnist", "mnist"))
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
