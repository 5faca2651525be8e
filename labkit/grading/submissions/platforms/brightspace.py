"""Brightspace (D2L), *Download* in an assignment.

``12-67 - Ann Bee - Sep 24, 2024 926 PM/f``, or without folders ``12-67 - Ann Bee - Sep 24, 2024 926
PM - f``, and an ``index.html`` that lists them. A folder for each time that a student handed in.
"""

import re
from collections.abc import Mapping

from labkit.grading.submissions.platforms import dates, said

_NUMBERS = re.compile(r"(?P<number>\d+)-\d+")
# Names have hyphens, too, and months begin as names do: what parts has a blank beside it.
_PARTED = re.compile(r" - ?|(?<! )- ")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def _say(part: str, below: tuple[str, ...], times: Mapping[str, float]) -> said.Said | None:
    first, *pieces = _pieces(part)
    found = _NUMBERS.fullmatch(first.strip())
    date = _date(pieces)
    if found is None or date is None:
        return None
    file = "".join(pieces[date + 1 :]).removeprefix(" - ")
    if not (file or below):
        return None
    name, time = said.first_last("".join(pieces[1:date]).strip(" -")), times.get(pieces[date])
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
    clocked = [number for number in dated if dates.has_clock(pieces[number])]
    return next(iter(clocked or dated), None)


def _read(tree: said.Tree) -> said.Reading:
    parts = {part for item in tree.items for part in item.parts if _NUMBERS.match(part)}
    told = [pieces[at] for part in parts for pieces in [_pieces(part)[1:]] if (at := _date(pieces))]
    times = dates.times(told)
    reading = said.by_component(tree, lambda part, below: _say(part, below, times))
    return said.most_of(reading, tree)


PLATFORM = said.Platform("brightspace", "Brightspace", _read)
