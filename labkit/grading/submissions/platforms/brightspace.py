"""Brightspace (D2L), *Download* in an assignment.

``12-67 - Ann Bee - Sep 24, 2024 926 PM/f``, or without folders ``12-67 - Ann Bee - Sep 24, 2024 926
PM - f``, and an ``index.html`` that lists them. A folder for each time that a student handed in.
"""

import datetime
import re

from labkit.grading.submissions.platforms import said

_NUMBERS = re.compile(r"(?P<number>\d+)-\d+")
# Names have hyphens, too, and months begin as names do: what parts has a blank beside it.
_PARTED = re.compile(r" - ?|(?<! )- ")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
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
    first, *pieces = _pieces(part)
    found = _NUMBERS.fullmatch(first.strip())
    date = _date(pieces)
    if found is None or date is None:
        return None
    file = "".join(pieces[date + 1 :]).removeprefix(" - ")
    if not (file or below):
        return None
    name, time = said.first_last("".join(pieces[1:date]).strip(" -")), _time(pieces[date])
    file = "/".join(filter(None, [file, *below]))
    return said.Said(said.student(name, found["number"]), file, name, found["number"], time=time)


def _pieces(text: str) -> list[str]:
    """Return a name's pieces, with what parts them between them."""
    pieces, done = [], 0
    for parting in _PARTED.finditer(text):
        pieces += [text[done : parting.start()], parting[0]]
        done = parting.end()
    return [*pieces, text[done:]]


def _date(pieces: list[str]) -> int | None:
    """Return which piece is the date: the first with a year behind a name, at best with a clock."""
    dated = [number for number, piece in enumerate(pieces) if number > 1 and _YEAR.search(piece)]
    clocked = [number for number in dated if _time(pieces[number]) is not None]
    return next(iter(clocked or dated), None)


def _read(tree: said.Tree) -> said.Reading:
    return said.most_of(said.by_component(tree, _say), tree)


PLATFORM = said.Platform("brightspace", "Brightspace", _read)
