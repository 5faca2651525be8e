"""Sakai, *Download All*.

``Lab 1/Bee, Ann(ab123)/Submission attachment(s)/f`` beside ``timestamp.txt``, ``comments.txt`` and
the texts; ``Lab 1/grades.csv`` lists the class, in newer versions with who was late.
"""

import csv
import dataclasses
import datetime
import io
import itertools
import re

from labkit.grading.submissions import entries
from labkit.grading.submissions.platforms import said

_FOLDER = re.compile(r"(?P<name>.*?\S.*?) ?\((?P<login>[^()/]+)\)", re.DOTALL)
_TIME = "timestamp.txt"
_HANDED_IN = re.compile(r"(?!feedback).+\((?:s|\w{1,3})\)", re.IGNORECASE)
_PAPERS = re.compile(r"(?:timestamp|comments)\.txt|.*feedbackText\.html|feedback.*", re.IGNORECASE)
_TEXT = re.compile(r".*submissionText\.html?", re.IGNORECASE)


def _say(part: str, below: tuple[str, ...]) -> said.Said | None:
    found = _FOLDER.fullmatch(part)
    if found is None or not below:
        return None
    name, login = said.first_last(found["name"]), found["login"]
    kind = said.FILE
    if len(below) == 1 and _TEXT.fullmatch(below[0]):
        kind = said.TEXT
    elif _PAPERS.fullmatch(below[0]):
        kind = said.PAPER
    file = "/".join(below[1:] if len(below) > 1 and _HANDED_IN.fullmatch(below[0]) else below)
    return said.Said(said.student(name, login), file, name, login=login, kind=kind)


def _read(tree: said.Tree) -> said.Reading:
    reading = said.by_component(tree, _say)
    lists = [item for item in tree.items if item.name == "grades.csv"]
    if not lists and not any(map(_is_mark, reading)):
        return {}
    times = {item.student: _time(entry) for entry, item in reading.items() if entry.name == _TIME}
    late = {login for entry in lists for login in _late(entry)}
    told = {
        entry: dataclasses.replace(item, time=times.get(item.student), late=item.login in late)
        for entry, item in reading.items()
    }
    told |= {
        entry: dataclasses.replace(item, kind=said.PAPER)
        for entry, item in told.items()
        if item.kind == said.TEXT and _is_empty(entry)
    }
    papers = {entry: said.Said("", entry.name, kind=said.PAPER) for entry in lists}
    return told | papers if said.most_of(told, tree) else {}


def _is_empty(entry: entries.Entry) -> bool:
    """Tell whether a text has nothing in it: Sakai makes one for everybody."""
    try:
        return not re.sub(rb"<[^>]*>|&nbsp;|\s", b"", entry.read())
    except (OSError, ValueError):
        return False


def _is_mark(entry: entries.Entry) -> bool:
    """Tell whether only Sakai makes an entry of this name."""
    inside = any(
        _FOLDER.fullmatch(above) and _HANDED_IN.fullmatch(part)
        for above, part in itertools.pairwise(entry.parts[:-1])
    )
    return entry.name == _TIME or inside


def _time(entry: entries.Entry) -> float | None:
    try:
        digits = re.sub(rb"\D", b"", entry.read()[:40]).decode()
        return datetime.datetime.strptime(digits[:14], "%Y%m%d%H%M%S").timestamp()
    except (OSError, ValueError):
        return None


def _late(entry: entries.Entry) -> list[str]:
    """Return the logins of those whom the list calls late."""
    try:
        rows = list(csv.reader(io.StringIO(entries.decoded(entry.read()))))
    except (OSError, ValueError, csv.Error):
        return []
    header = next((row for row in rows if "ID" in row and "Late submission" in row), None)
    if header is None:
        return []
    login, column = header.index("ID"), header.index("Late submission")
    inside = [row for row in rows if len(row) == len(header) and row is not header]
    said_late = [row for row in inside if row[column].strip().lower() in ("late", "true", "yes")]
    return [piece for row in said_late for piece in (row[login], row[0])]


PLATFORM = said.Platform("sakai", "Sakai", _read)
