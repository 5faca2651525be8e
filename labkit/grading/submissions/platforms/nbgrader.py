"""nbgrader: ``submitted/ann/lab1-data/lab1-data.ipynb`` beside a ``timestamp.txt``.

Also the exchange's inbound folder: ``ann+lab1-data+2024-09-24 21:26:00.123456 UTC+…/f``.
"""

import dataclasses
import datetime
import re

from labkit.grading.submissions import entries
from labkit.grading.submissions.platforms import folders, said

_TIME = "timestamp.txt"
_SUBMITTED = "submitted"
# The other folders of a course, as nbgrader's settings name them.
_OWN_FOLDERS = {"source", "release", "autograded", "feedback"}
# A time, and nothing else: a student's folder may be called ``a+b+c``.
_INBOUND = re.compile(
    r"(?P<student>[^+]+)\+(?P<lab>[^+]+)\+(?P<time>\d{4}-\d\d-\d\d[^+]*)(?:\+.*)?", re.DOTALL
)
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d+)?)(?:\s*(\S+))?")


def _read(tree: said.Tree) -> said.Reading:
    inbound = said.by_component(tree, _say_inbound)
    if inbound:
        return inbound
    stamps = [item for item in tree.items if item.name == _TIME]
    submitted = said.by_component(tree, _say_submitted)
    beside = _beside(tree, submitted)
    reading = submitted or (folders.read(tree) if stamps else {})
    times = {
        item.parts[:-1]: moment
        for item in stamps
        for moment in [_moment(item)]
        if item in reading and moment is not None
    }
    if not times and not beside:
        return {}
    return {entry: _with_time(entry, item, times) for entry, item in reading.items()} | beside


def _beside(tree: said.Tree, submitted: said.Reading) -> said.Reading:
    """Return what nbgrader itself keeps beside what was submitted: it was handed in by nobody."""
    courses = {item.parts[: item.parts.index(_SUBMITTED)] for item in submitted}
    if len(courses) != 1:
        return {}
    (course,) = courses
    own = [
        item
        for item in tree.items
        if item.parts[: len(course)] == course and {*item.parts[len(course) :][:1]} & _OWN_FOLDERS
    ]
    return {item: said.Said("", item.name, kind=said.PAPER) for item in own}


def _with_time(
    entry: entries.Entry, item: said.Said, times: dict[tuple[str, ...], float]
) -> said.Said:
    if entry.name == _TIME:
        return dataclasses.replace(item, kind=said.PAPER)
    return dataclasses.replace(item, time=times.get(entry.parts[:-1]))


def _say_inbound(part: str, below: tuple[str, ...]) -> said.Said | None:
    found = _INBOUND.fullmatch(part)
    if found is None or not below:
        return None
    time, login, file = _parsed(found["time"]), found["student"], "/".join(below)
    kind = said.PAPER if file == _TIME else said.FILE
    return said.Said(login, file, login=login, time=time, kind=kind)


def _say_submitted(part: str, below: tuple[str, ...]) -> said.Said | None:
    if part != _SUBMITTED or len(below) < 2:
        return None
    return said.Said(below[0], "/".join(below[1:]), login=below[0])


def _moment(entry: entries.Entry) -> float | None:
    try:
        return _parsed(entries.decoded(entry.read()[:200]))
    except (OSError, ValueError):
        return None


def _parsed(text: str) -> float | None:
    """Return the time in nbgrader's form; without a time zone, and with an unknown one, in ours."""
    found = _MOMENT.search(text)
    if found is None:
        return None
    zone = {"UTC": "+00:00", "Z": "+00:00", "GMT": "+00:00", None: ""}.get(found[3], found[3])
    try:
        return datetime.datetime.fromisoformat(f"{found[1]}T{found[2]}{zone}").timestamp()
    except ValueError:
        return datetime.datetime.fromisoformat(f"{found[1]}T{found[2]}").timestamp()


PLATFORM = said.Platform("nbgrader", "nbgrader's submitted folder", _read, file_times=True)
