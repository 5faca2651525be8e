"""The same grades in the forms of other graders and platforms."""

import json
from collections.abc import Sequence

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


def made(name: str, students: Sequence[Student]) -> tuple[str, dict[str, str]]:
    """Return a class's grades in the form `name`.

    Returns
    -------
    str
        The file, or the folder of the files, in the folder of the grades.
    dict of str to str
        The content by the file's path there.
    """
    if name in _OF_A_CLASS:
        file, make = _OF_A_CLASS[name]
        return f"formats/{file}", {f"formats/{file}": make(students)}
    folder = f"formats/{name}"
    return folder, {
        f"{folder}/{student.key}.json": json.dumps(
            _OF_A_STUDENT[name](student), indent=1, ensure_ascii=False
        )
        for student in students
    }
