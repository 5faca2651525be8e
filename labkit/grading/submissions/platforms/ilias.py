"""ILIAS, *Download all submissions* of an exercise.

A folder for each student, ``Bee_Ann_ab123_67/``, and in it the files, some with the time that they
were handed in before their name: ``20240924212600_f``. Teams have a folder ``Team_7``. Before the
name of a file that was late stands *Late Submission -*, in the language of the site. ILIAS:
Modules/Exercise/classes/class.ilExSubmission.php, downloadAllAssignmentFiles.
"""

import datetime
import re

from labkit.grading.submissions.platforms import late, said

_FOLDER = re.compile(
    # Some have one name only.
    r"(?P<last>.*?)_(?P<first>[^_]*)_(?P<login>[^_]+)_(?P<number>\d+)",
    re.DOTALL,
)
_TEAM = re.compile(r"Team_(?P<number>\d+)", re.IGNORECASE)
_MARKED = re.compile(r"(?P<words>[^-]+) - (?P<file>.+)", re.DOTALL)
_STAMP = re.compile(r"(?P<time>(?:19|20)\d{12})_(?P<file>.+)", re.DOTALL)


def _say(part: str, below: tuple[str, ...]) -> said.Said | None:
    found, team = _FOLDER.fullmatch(part), _TEAM.fullmatch(part)
    if not below or (found is None and team is None):
        return None
    last, time, is_late = _without_marks(below[-1])
    file = "/".join([*below[:-1], last])
    if found is None:
        return said.Said(part, file, part, time=time, late=is_late, team=True)
    name = f"{found['first']} {found['last'].replace('_', ' ')}".strip()
    return said.Said(part, file, name, found["number"], found["login"], time=time, late=is_late)


def _without_marks(last: str) -> tuple[str, float | None, bool]:
    """Return a file's own name, when it was handed in, and whether late, in whichever order."""
    time, is_late = None, False
    for _ in range(2):
        stamp, marked = _STAMP.fullmatch(last), _MARKED.fullmatch(last)
        if stamp and time is None and (time := _time(stamp["time"])) is not None:
            last = stamp["file"]
        elif marked and not is_late and late.says_so(marked["words"]):
            last, is_late = marked["file"], True
    return last, time, is_late


def _time(digits: str) -> float | None:
    try:
        return datetime.datetime.strptime(digits, "%Y%m%d%H%M%S").timestamp()
    except ValueError:
        return None


def _read(tree: said.Tree) -> said.Reading:
    return said.most_of(said.by_component(tree, _say, around_last=True), tree)


PLATFORM = said.Platform("ilias", "ILIAS", _read, file_times=True)
