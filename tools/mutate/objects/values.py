"""Plain values that are not quite the right ones: numbers, texts, and lists and tables of them."""

import itertools
import math
import numbers
from collections.abc import Iterator
from typing import Any

from tools.mutate.objects.mutant import Mutant


def mutants(value: Any) -> Iterator[Mutant]:
    """Yield other values than `value`; a text in other letters is left alone."""
    yield from (Mutant(words, other) for words, other in _others(value))


def _others(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, str):
        yield from _texts(value)
    elif isinstance(value, bool):
        yield "the contrary", not value
    elif isinstance(value, numbers.Real):
        # NumPy's numbers of one byte would run over.
        yield from _numbers(value.item() if hasattr(value, "item") else value)
    elif isinstance(value, dict):
        yield from _dictionaries(value)
    elif isinstance(value, list | tuple):
        yield from _sequences(value)
    else:
        yield "its name alone", str(value) + "s"


def _numbers(value: Any) -> Iterator[tuple[str, Any]]:
    yield "one more", value + 1
    yield "one less", value - 1
    yield "a hundredth more", value + (0.01 if abs(value) < 1 else abs(value) / 100)
    yield "ten times", value * 10 if value else 10
    yield "in percent", value * 100 if value else 100
    yield "half", value / 2 if value else 0.5
    yield "turned", -value if value else -1
    yield "the rest to 1", 1 - value if value != 0.5 else 0.4
    yield "no number", math.nan
    yield "without end", math.inf
    yield "as a text", str(value)
    yield "a tuple of twice", (value, value)
    yield "a truth value", True


def _texts(text: str) -> Iterator[tuple[str, Any]]:
    yield "turned", text[::-1] if text != text[::-1] else text * 2
    yield "with an s", text + "s"
    yield "twice", f"{text} {text}"
    yield "without its first letter", text[1:]
    yield "its length", len(text)
    yield "nothing", ""


def _sequences(items: Any) -> Iterator[tuple[str, Any]]:
    kind = type(items)
    yield "turned round", kind(items[::-1])
    yield "empty", kind()
    for number, item in enumerate(items):
        rest = list(items)
        yield f"without item {number}", kind(rest[:number] + rest[number + 1 :])
        yield f"item {number} doubled", kind([*rest[: number + 1], *rest[number:]])
        for words, other in _others(item):
            yield f"item {number}: {words}", kind([*rest[:number], other, *rest[number + 1 :]])
    for number in range(1, len(items)):
        swapped = list(items)
        swapped[number - 1 : number + 1] = swapped[number], swapped[number - 1]
        yield f"items {number - 1} and {number} swapped", kind(swapped)


def _dictionaries(entries: dict) -> Iterator[tuple[str, Any]]:
    keys = list(entries)
    for key in keys:
        yield f"without {key}", {k: v for k, v in entries.items() if k != key}
        for words, other in _others(entries[key]):
            yield f"{key}: {words}", entries | {key: other}
    for one, other in itertools.pairwise(keys):
        swapped = {one: entries[other], other: entries[one]}
        yield f"{one} and {other} swapped", entries | swapped
    yield "an entry more", entries | {"more": next(iter(entries.values()))}
    yield "its values alone", list(entries.values())
