"""Blackboard, *Assignment File Download*.

All files in one folder: ``Lab 1_ab123_attempt_2024-03-01-12-34-56_f``, and for each attempt a
``Lab 1_ab123_attempt_2024-03-01-12-34-56.txt``, which has the student's name, and the text where
there is one.
"""

import dataclasses
import datetime
import re

from labkit.grading.submissions import entries
from labkit.grading.submissions.platforms import said

_PATTERN = re.compile(
    # The word is "attempt" in the language of the site.
    r"(?P<title>.+?)_(?P<login>[^_]+)_[^\d_]+_(?P<date>\d{4}(?:-\d\d){5})"
    r"(?:_(?P<file>.+)|\.txt)",
    re.DOTALL,
)
# The words differ by language; the name and the login in brackets stand in the first line.
_NAME = re.compile(r"\A\W*[^\n:]+: *(?P<name>[^\n]+?) *\((?P<login>[^()\n]+)\)\s*?$", re.MULTILINE)
_MOST = 2**16


def _say(part: str, below: tuple[str, ...]) -> said.Said | None:
    found = _PATTERN.fullmatch(part)
    if found is None or below:
        return None
    try:
        moment = datetime.datetime.strptime(found["date"], "%Y-%m-%d-%H-%M-%S")
    except ValueError:
        return None
    time = moment.timestamp()
    file, login = found["file"], found["login"]
    kind = said.FILE if file else said.PAPER
    attempt = int(found["date"].replace("-", ""))
    return said.Said(login, file or part, login=login, time=time, attempt=attempt, kind=kind)


def _read(tree: said.Tree) -> said.Reading:
    reading = said.by_component(tree, _say)
    people = {}
    for entry, item in reading.items():
        if item.kind == said.PAPER:
            people[item.student, item.attempt] = _told(entry)
    named = {}
    for entry, item in reading.items():
        name, login, text = people.get((item.student, item.attempt), ("", "", False))
        kind = said.TEXT if item.kind == said.PAPER and text else item.kind
        login = login if login.endswith(item.login) else item.login
        named[entry] = dataclasses.replace(item, student=login, name=name, login=login, kind=kind)
    return named


def _told(entry: entries.Entry) -> tuple[str, str, bool]:
    """Return name and login, and whether there is a text, from an attempt's ``.txt``."""
    try:
        text = entries.decoded(entry.read()[:_MOST])
    except (OSError, ValueError):
        return "", "", False
    found = _NAME.search(text)
    if found is None:
        return "", "", False
    wrote = re.search(r"Submission Field:\s*\n(?!There is no student submission)\s*\S", text)
    return found["name"], found["login"], wrote is not None


PLATFORM = said.Platform("blackboard", "Blackboard", _read)
