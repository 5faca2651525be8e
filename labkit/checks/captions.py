"""What is written at an image: its title, what stands below it, other words on its panel."""

import functools
import re
from collections.abc import Sequence

from labkit import evidence

# Before a name: the image is said to be none of that class.
_NO = re.compile(r"(\b(no|not|never)|n['’]t)\s+([^\w\s.:,;]+\s*)?(an?\s+)?$")


def classes_at(panel: evidence.Panel, class_names: Sequence[str]) -> list[str]:
    """Return the classes that are named at an image, in the order in which they are."""
    written = (panel.title, panel.xlabel, panel.ylabel, *panel.texts)
    return classes_in(" ".join(written), class_names)


def classes_in(words: str, class_names: Sequence[str]) -> list[str]:
    """Return the classes in the order in which they are named.

    “T-shirt” is no “Shirt”, and whoever writes “no Shirt” names none.
    """
    words = " ".join(words.split()).lower()
    found = []
    for name in sorted(class_names, key=len, reverse=True):
        place = _as_written(name).search(words)
        if place:
            found += [] if _NO.search(words[: place.start()]) else [(place.start(), name)]
            words = _as_written(name).sub(lambda seen: "\0" * len(seen[0]), words)
    return [name for _, name in sorted(found)]


@functools.cache
def _as_written(name: str) -> re.Pattern[str]:
    """Return what finds a name that may go on in another line: behind a blank or a stroke."""
    parts = re.split(r"(\s+|[/-])", name.lower())
    found = (r"\s+" if p.isspace() else re.escape(p) + r"\s?" * (p in ("/", "-")) for p in parts)
    return re.compile("".join(found))
