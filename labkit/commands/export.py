"""The command `labkit export`: a lab as another platform's grader."""

import argparse
import pathlib
import sys
import zipfile
from collections.abc import Iterator

import labkit
from labkit.grading import boundary
from labkit.grading.submissions import handed_out

_PACKAGE = pathlib.Path(labkit.__file__).parent
_TEMPLATES = pathlib.Path(__file__).with_name("gradescope")
_BESIDE = ("pyproject.toml", "constraints.txt", "README.md")
_TAKEN = (".py", ".json", ".npz", ".html", ".css", ".js", ".md", ".txt")
_EXECUTABLE = 0o100755 << 16


def run(arguments: argparse.Namespace) -> int:
    """Write the zip file, say where it is, and return the exit status."""
    try:
        handed_out.load(arguments.lab, arguments.course)
        missing = [name for name in _BESIDE if not (arguments.course / name).is_file()]
        if missing:
            raise handed_out.CourseError(
                f"{arguments.course} has no {', '.join(missing)}: name the course's folder with "
                "--course."
            )
    except boundary.ClassFault as error:
        print(f"labkit: {error}", file=sys.stderr)
        return 2
    path = arguments.output or pathlib.Path(f"gradescope-{arguments.lab}.zip")
    gradescope(arguments.lab, arguments.course, path)
    print(f"{path}: upload it to Gradescope as the autograder of {arguments.lab}.")
    print("Choose there a container with 4 CPUs and 6 GB, and 30 minutes.")
    return 0


def gradescope(lab: str, course: pathlib.Path, path: pathlib.Path) -> None:
    """Write Gradescope's autograder for a lab.

    Parameters
    ----------
    lab : str
    course : pathlib.Path
        The course's folder.
    path : pathlib.Path
        The zip file.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for template in sorted(_TEMPLATES.iterdir()):
            entry = zipfile.ZipInfo(template.name, (2027, 1, 1, 0, 0, 0))
            entry.external_attr = _EXECUTABLE
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, template.read_text("utf-8").replace("LAB_NAME", lab))
        for name, source in _contents(lab, course):
            archive.write(source, name)


def _contents(lab: str, course: pathlib.Path) -> Iterator[tuple[str, pathlib.Path]]:
    """Return what the grader needs there: the package, and this lab's notebook."""
    for name in _BESIDE:
        yield f"course/{name}", course / name
    notebook = pathlib.PurePosixPath("notebooks", lab, f"{lab}.ipynb")
    yield f"course/{notebook}", course / notebook
    for source in sorted(_PACKAGE.rglob("*")):
        if source.is_file() and (source.suffix in _TAKEN or source.parent == _TEMPLATES):
            yield f"course/labkit/{source.relative_to(_PACKAGE).as_posix()}", source
