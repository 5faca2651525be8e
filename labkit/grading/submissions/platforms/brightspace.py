"""Brightspace (D2L), *Download* in an assignment.

``12-67 - Ann Bee - Sep 24, 2024 926 PM/f``, or without folders ``12-67 - Ann Bee - Sep 24, 2024 926
PM - f``, and an ``index.html`` that lists them. A folder for each time that a student handed in.
"""

import datetime
import re

from labkit.grading.submissions.platforms import said

_HEAD = r"(?P<number>\d+)-(?P<other>\d+) ?- ?(?P<name>.+?) ?- ?(?P<date>[^/]*?(?:19|20)\d\d[^/]*?)"
_FOLDER = re.compile(_HEAD, re.DOTALL)
_FLAT = re.compile(_HEAD + r" - (?P<file>.+)", re.DOTALL)
_CLOCK = re.compile(r"\b(\d{1,2})[:.h ]?(\d{2})(?:[:.]?\d\d)?\s*([AP])?\.?M?\.?$", re.IGNORECASE)


def _time(text: str) -> float | None:
    """Return the time of "Sep 24, 2024 926 PM" and its like; None where it cannot be told."""
    clock = _CLOCK.search(text.strip())
    if clock is None:
        return None
    day = text[: clock.start()]
    numbers = [int(piece) for piece in re.findall(r"\d+", day)]
    named = [said.month(word) for word in re.findall(r"[^\W\d]+", day) if said.month(word)]
    years = [number for number in numbers if number > 1900]
    days = [number for number in numbers if number <= 31]
    if not years or len(days) + len(named) < 2:
        return None
    if named:
        date = years[0], named[0], days[0]
    else:
        # Without a month's name, only the order year, month, day is sure.
        date = (years[0], days[0], days[1]) if numbers[0] > 1900 else None
    hour = int(clock[1]) % 12 + 12 * (clock[3].upper() == "P") if clock[3] else int(clock[1])
    try:
        return datetime.datetime(*date, hour, int(clock[2])).timestamp() if date else None
    except ValueError:
        return None


def _say(part: str, below: tuple[str, ...]) -> said.Said | None:
    found = (_FOLDER.fullmatch(part) if below else None) or _FLAT.fullmatch(part)
    if found is None:
        return None
    fields = found.groupdict()
    name, time = said.first_last(fields["name"]), _time(fields["date"])
    file = "/".join(filter(None, [fields.get("file") or "", *below]))
    return said.Said(said.student(name, fields["number"]), file, name, fields["number"], time=time)


def _read(tree: said.Tree) -> said.Reading:
    return said.most_of(said.by_component(tree, _say), tree)


PLATFORM = said.Platform("brightspace", "Brightspace", _read)
