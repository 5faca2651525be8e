"""OpenOlat, what was handed in for a task.

``bee_ann_ab123/2_submissions/f``; beside it lie the task, what the tutor gave back, and the
solution: ``1_task``, ``3_corrections``, ``4_revisions_1``, ``5_solutions``.
"""

import re

from labkit.grading.submissions.platforms import said

_STEP = re.compile(r"(?P<number>\d+)_(?P<step>task|submission|correction|revision|solution)\w*")
_FOLDER = re.compile(r"(?P<last>.*?)_(?P<first>[^_]*)_(?P<login>[^_]+)", re.DOTALL)
_OF_A_STUDENT = ("submission", "revision")


def _say(part: str, below: tuple[str, ...]) -> said.Said | None:
    found = _STEP.fullmatch(below[0]) if len(below) > 1 else None
    if found is None:
        return None
    own = found["step"] in _OF_A_STUDENT and "correction" not in below[0]
    kind = said.FILE if own else said.PAPER
    attempt = int("".join(re.findall(r"\d", below[0])))
    who = _FOLDER.fullmatch(part)
    name = f"{who['first']} {who['last'].replace('_', ' ')}".strip() if who else ""
    login = who["login"] if who else ""
    return said.Said(part, "/".join(below[1:]), name, login=login, attempt=attempt, kind=kind)


def _read(tree: said.Tree) -> said.Reading:
    return said.most_of(said.by_component(tree, _say), tree)


PLATFORM = said.Platform("openolat", "OpenOlat", _read)
