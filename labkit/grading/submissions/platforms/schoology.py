"""Schoology, *Download All* of an assignment's submissions.

A folder for each student, and in it one for each revision, with the number that the school gave:
``Bee, Ann - s486002/Revision 2 - Late/f``.
"""

import re

from labkit.grading.submissions.platforms import late, said

_FOLDER = re.compile(r"(?P<name>.*\S.*) - (?P<login>[^\s-]\S*)", re.DOTALL)
_REVISION = re.compile(r"[^\W\d]+ (?P<number>\d+) - (?P<status>\D+).*", re.DOTALL)


def _say(part: str, below: tuple[str, ...]) -> said.Said | None:
    found = _FOLDER.fullmatch(part)
    revision = _REVISION.fullmatch(below[0]) if len(below) > 1 else None
    if found is None or revision is None:
        return None
    name, login = said.first_last(found["name"]), found["login"]
    return said.Said(
        said.student(name, login),
        "/".join(below[1:]),
        name,
        number=login if login.isdecimal() else "",
        login="" if login.isdecimal() else login,
        late=late.says_so(revision["status"]),
        attempt=int(revision["number"]),
    )


def _read(tree: said.Tree) -> said.Reading:
    return said.most_of(said.by_component(tree, _say), tree)


PLATFORM = said.Platform("schoology", "Schoology", _read)
