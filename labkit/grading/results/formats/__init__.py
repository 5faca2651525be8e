"""The same grades in the forms of other graders and platforms."""

import json
import pathlib
from collections.abc import Sequence

from labkit import files
from labkit.grading.results.formats import classes, graders
from labkit.grading.results.formats.outcome import Student

_OF_A_CLASS = {
    "junit": ("junit.xml", classes.junit),
    "nbgrader": ("nbgrader.csv", classes.nbgrader),
    "ags": ("ags.jsonl", classes.ags),
    "xapi": ("xapi.jsonl", classes.xapi),
}
_OF_A_STUDENT = {
    "gradescope": graders.gradescope,
    "github-classroom": graders.github_classroom,
    "prairielearn": graders.prairielearn,
}
NAMES = (*_OF_A_STUDENT, *_OF_A_CLASS)


def write(name: str, students: Sequence[Student], output: pathlib.Path) -> pathlib.Path:
    """Write a class's grades in the form `name`; return the file, or the folder of the files."""
    if name in _OF_A_CLASS:
        file, make = _OF_A_CLASS[name]
        path = output / "formats" / file
        files.write_text(path, make(students))
        return path
    folder = output / "formats" / name
    for student in students:
        content = json.dumps(_OF_A_STUDENT[name](student), indent=1, ensure_ascii=False)
        files.write_text(folder / f"{student.key}.json", content)
    return folder
