"""GitHub Classroom: the clones that ``gh classroom clone student-repos`` makes.

``lab1-data-submissions/lab1-data-ann/…``: a repository for each student, named after the
assignment.
"""

import dataclasses
import itertools

from labkit.grading.submissions.platforms import folders, said

_TOGETHER = "-submissions"


def _read(tree: said.Tree) -> said.Reading:
    reading = folders.read(tree)
    students = {item.student for item in reading.values()}
    prefix = _prefix(tree, students)
    if not prefix:
        return {}
    return {
        entry: dataclasses.replace(item, student=login, login=login)
        for entry, item in reading.items()
        for login in [item.student.removeprefix(prefix)]
    }


def _prefix(tree: said.Tree, students: set[str]) -> str:
    """Return what stands before each login; nothing where these are no clones."""
    parts = {part for item in tree.items for part in item.parts}
    for part in sorted(parts):
        prefix = f"{part.removesuffix(_TOGETHER)}-"
        if part.endswith(_TOGETHER) and students and all(n.startswith(prefix) for n in students):
            return prefix
    hidden = (*tree.left_behind, *tree.items)
    clones = {
        one for item in hidden for one, below in itertools.pairwise(item.parts) if below == ".git"
    }
    return said.common_prefix(students, "-") if students <= clones else ""


PLATFORM = said.Platform("github-classroom", "GitHub Classroom", _read)
