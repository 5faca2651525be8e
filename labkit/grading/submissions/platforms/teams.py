"""Microsoft Teams: the folders of an assignment in the class's SharePoint, as OneDrive zips them.

``Submitted files/Ann Bee/Lab 1/Version 2/f``; what a student works on and has not handed in lies
under ``Working files``, in the same folders. In other languages the two are called otherwise: then
they are known by having the same students, and the one by its versions.
"""

import collections
import re

from labkit.grading.submissions.platforms import said

_SUBMITTED, _WORKING = "Submitted files", "Working files"
_TURNS = {_WORKING: 0, _SUBMITTED: 1}
_VERSION = re.compile(r"[^\W\d]+ \d+")


def _read(tree: said.Tree) -> said.Reading:
    turns = _TURNS if any({*item.parts} & {*_TURNS} for item in tree.items) else _like_turns(tree)

    def say(part: str, below: tuple[str, ...]) -> said.Said | None:
        if part not in turns or len(below) < 2:
            return None
        name = said.first_last(below[0])
        return said.Said(below[0], "/".join(below[1:]), name, attempt=turns[part])

    return said.most_of(said.by_component(tree, say), tree)


def _like_turns(tree: said.Tree) -> dict[str, int]:
    """Return the turns of two folders that are laid as these, whatever they are called."""
    around = said.around(tree)
    paths = [item.parts[around:] for item in tree.items if len(item.parts) > around + 3]
    students: dict[str, set[str]] = collections.defaultdict(set)
    for top, student, *_ in paths:
        students[top].add(student)
    counted = {path[0] for path in paths if len(path) > 4 and _VERSION.fullmatch(path[3])}
    titles = {path[2] for path in paths}
    if len(students) != 2 or len(counted) != 1 or len(titles) != 1:
        return {}
    shared = set.intersection(*students.values())
    if 2 * len(shared) < min(map(len, students.values())):
        return {}
    return {top: int(top in counted) for top in students}


PLATFORM = said.Platform("teams", "Microsoft Teams", _read)
