"""What is written at an image: its title, what stands below it, other words on its panel."""

import re
from collections.abc import Sequence

from labkit import evidence

# Before a name: the image is said to be none of that class.
_NO = re.compile(r"(\b(no|not|never)|n['’]t)\s+([^\w\s.:,;]+\s*)?(an?\s+)?$")


def classes_at(panel: evidence.Panel, class_names: Sequence[str]) -> list[str]:
    """Return the classes that are named at an image, in the order in which they are."""
    return classes_in(" ".join((panel.title, panel.xlabel, *panel.texts)), class_names)


def classes_in(words: str, class_names: Sequence[str]) -> list[str]:
    """Return the classes in the order in which they are named.

    “T-shirt” is no “Shirt”, and whoever writes “no Shirt” names none.
    """
    words = " ".join(words.split()).lower()
    found = []
    for name in sorted(class_names, key=len, reverse=True):
        place = words.find(name.lower())
        if place >= 0:
            found += [] if _NO.search(words[:place]) else [(place, name)]
            words = words.replace(name.lower(), "\0" * len(name))
    return [name for _, name in sorted(found)]
