"""Times in names, as platforms write them in the language of each site.

``Sep 24, 2024 926 PM``, ``24 sept. 2024 21 h 26``, ``2024-09-24 2126``: no name says in which
language it is. All of one download are in the same, so that they are read together: what fits all
of them counts, and where two languages or orders fit and differ, the time is not known.
"""

import collections
import datetime
import functools
import itertools
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence

import babel
import babel.localedata
from babel import dates

_APART, _DIGITS = re.compile(r"[\d\s.,;:/()_-]+"), re.compile(r"\d+")
_YEAR = re.compile(r"(?:19|20)\d\d")
_FIRST = "en"
_SHORTEST = 3
_AM, _PM = "am", "pm"


def times(texts: Iterable[str]) -> dict[str, float]:
    """Return the times that texts of one download say, in seconds since 1970.

    A text is left out where its time cannot be told.
    """
    digits = {text: found for text in set(texts) if (found := _digits(text)) is not None}
    if not digits:
        return {}
    read = _by_name(digits) or _by_order(digits)
    return {text: moment for text, moment in read.items() if moment is not None}


def has_clock(text: str) -> bool:
    """Tell whether a day, a year and a time of the day may stand in a text."""
    return _digits(text) is not None


def _digits(text: str) -> tuple[int, bool, list[str]] | None:
    """Return the year, whether it stands first, and the other numbers of a text."""
    found = _DIGITS.findall(text)
    place = next((at for at, part in enumerate(found[:-1]) if _YEAR.fullmatch(part)), None)
    rest = [] if place is None else [*found[:place], *found[place + 1 :]]
    return (int(found[place]), place == 0, rest) if 2 <= len(rest) <= 5 else None


_Read = dict[str, float | None]
_Digits = dict[str, tuple[int, bool, list[str]]]


def _by_name(digits: _Digits) -> _Read:
    """Read texts in which the month has a name; nothing if it has none in any language."""
    words = {text: _words(text) for text in digits}
    found: dict[int, list[_Read]] = collections.defaultdict(list)
    for language in (_FIRST, *_languages()):
        read, strange = _in_language(language, digits, words)
        if read and language == _FIRST:
            return read
        if read:
            found[strange].append(read)
    # What is a month in one language is "of" in another: the one that knows most words has it.
    return _agreed(found[min(found)]) if found else {}


def _in_language(
    language: str, digits: _Digits, words: Mapping[str, Sequence[str]]
) -> tuple[_Read, int]:
    """Read texts in one language; return the times, and how many words are none of its own.

    No times where not each text has one month.
    """
    months, halves, between = _names(language)
    read, strange = {}, 0
    for text, (year, _, rest) in digits.items():
        named = {month for word in words[text] if (month := _month(word, months))}
        if len(named) != 1:
            return {}, 0
        others = [word for word in words[text] if not _month(word, months)]
        half = _halves(others, halves)
        strange += sum(word not in halves and word not in between for word in others)
        strange -= sum(one + other in halves for one, other in itertools.pairwise(others)) * 2
        read[text] = _moment((year, *named, int(rest[0])), rest[1:], half)
    return read, strange


def _by_order(digits: _Digits) -> _Read:
    """Read texts in which the month is a number."""

    def dated(of: Callable[[list[int]], tuple[int, int]]) -> _Read:
        read = {}
        for text, (year, first, rest) in digits.items():
            numbers = [int(rest[0]), int(rest[1])]
            month, day = numbers if first else of(numbers)
            read[text] = _moment((year, month, day), rest[2:], _halves_of_any(_words(text)))
        return read

    read = [dated(lambda numbers: (numbers[0], numbers[1]))]
    read.append(dated(lambda numbers: (numbers[1], numbers[0])))
    return _agreed([one for one in read if None not in one.values()])


def _agreed(found: Sequence[_Read]) -> _Read:
    """Return what all ways to read have found; None for a text on which they differ."""
    if not found:
        return {}
    whole = [one for one in found if None not in one.values()] or found
    return {
        text: moment if all(one[text] == moment for one in whole) else None
        for text, moment in whole[0].items()
    }


def _month(word: str, months: Mapping[str, set[int]]) -> int | None:
    """Return the month of a word, also of one that was shortened; None if there is not one."""
    found = months.get(word, set())
    if not found and len(word) >= _SHORTEST:
        found = {one for name, of in months.items() if name.startswith(word) for one in of}
    return next(iter(found)) if len(found) == 1 else None


def _moment(date: tuple[int, int, int], clock: list[str], half: set[str]) -> float | None:
    if len(clock) == 1:
        clock = [clock[0][:-2], clock[0][-2:]]
    try:
        hour, minute, *more = map(int, clock)
        if len(half) > 1:
            return None
        if half:
            hour = hour % 12 + 12 * (half == {_PM})
        return datetime.datetime(*date, hour, minute, *more[:1]).timestamp()
    except ValueError:
        return None


@functools.cache
def _languages() -> tuple[str, ...]:
    return tuple(sorted(name for name in babel.localedata.locale_identifiers() if "_" not in name))


@functools.cache
def _names(language: str) -> tuple[dict[str, set[int]], dict[str, str], frozenset[str]]:
    """Return a language's words for the months, for the halves of a day, and between them."""
    locale = babel.Locale.parse(language)
    months: dict[str, set[int]] = collections.defaultdict(set)
    for month in range(1, 13):
        # As they are written in a date: in some languages a letter goes before the name.
        for form in ("MMMM", "MMM", "LLLL", "LLL", "medium", "long"):
            for word in _words(dates.format_date(datetime.date(2027, month, 2), form, locale)):
                months[word].add(month)
    halves = {_AM: _AM, _PM: _PM} | ({"a": _AM, "p": _PM} if language == _FIRST else {})
    for names in locale.day_periods.get("format", {}).values():
        halves |= {"".join(_words(names[key])): key for key in (_AM, _PM) if names.get(key)}
    between = frozenset(word for word, of in months.items() if len(of) == 12)
    own = {word: of for word, of in months.items() if word not in between}
    return own, {word: half for word, half in halves.items() if word}, between


def _words(text: str) -> list[str]:
    """Return the words of a text; accents and vowels tell months apart in some languages."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return [word for word in _APART.split(plain) if word]


def _halves(words: Sequence[str], halves: Mapping[str, str]) -> set[str]:
    """Return the halves of a day that words name, also one that is written in two: "p. m."."""
    pairs = (one + other for one, other in itertools.pairwise(words))
    return {halves[said] for said in (*pairs, *words) if said in halves}


def _halves_of_any(words: Sequence[str]) -> set[str]:
    return set().union(*(_halves(words, _names(language)[1]) for language in _languages()))
