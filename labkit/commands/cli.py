"""The command `labkit`: what its sub-commands are called and what they accept.

What a sub-command needs is imported when it is run, so that `labkit --help` is quick.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import pathlib
import sys
import types
from collections.abc import Sequence

from labkit.commands import accepted, streams

# What the students' edition does not have.
_OF_INSTRUCTORS = "labkit.commands.of_instructors"


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
    streams.settle()
    try:
        status = _run(argv)
    except KeyboardInterrupt:
        print("labkit: interrupted", file=sys.stderr)
        return 1
    if fault := streams.fault():
        print(f"labkit: standard output cannot be written: {fault}", file=sys.stderr)
    return status or int(bool(fault))


def _run(argv: Sequence[str] | None) -> int:
    from labkit.data.errors import DataError

    arguments = _parser().parse_args(argv)
    try:
        return arguments.run(arguments)
    except DataError as error:
        print(f"labkit: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    import labkit

    for_instructors = importlib.util.find_spec(_OF_INSTRUCTORS)
    whom = "For students: lab, start, reset, update, submit. For all: data, doctor."
    if for_instructors:
        whom += " For instructors: grade, mark, export, release. For authors: new, try."
    parser = argparse.ArgumentParser(
        prog="labkit", description=labkit.__doc__.splitlines()[0], epilog=whom
    )
    parser.add_argument("--version", action="version", version=f"labkit {labkit.__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    student = (_add_lab, _add_start, _add_reset, _add_update, _add_submit)
    for add in (*student, _add_data, _add_doctor):
        add(commands)
    if for_instructors:
        importlib.import_module(_OF_INSTRUCTORS).add_to(commands)
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
    parser.add_argument(
        "--port", type=int, default=8888, help="8888; if it is taken, a free one near it"
    )
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
    from labkit.commands import start

    lab.prepare_data()
    if arguments.notebooks is None:
        course, folder = folder, start.home()
        try:
            new = start.copy_all(course, folder)
        except OSError as error:
            print(
                f"labkit: {error}. Your copies of the labs go there. Name a folder where you may"
                " write: LABKIT_WORK=FOLDER make lab",
                file=sys.stderr,
            )
            return 1
        if new:
            print(f"labkit: your copies of the labs are in {folder}.", flush=True)
    page = start.PAGE if (folder / start.PAGE).is_file() else ""
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
    parser.add_argument(
        "exercise", nargs="?", default="", help="its name or its number; the whole lab if left out"
    )
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
    text = (
        "the folder of your copies; if left out, the one that the variable LABKIT_WORK names, else"
        " the folder labkit in your home folder"
    )
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
        type=accepted.dataset,
        help="the data set: fashion-mnist if left out, mnist, or one of labkit/data/own.py",
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
