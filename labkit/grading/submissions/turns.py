"""Which of several folders of one student is the later: attempts that are numbered, or timed.

``Version 2``, ``3. Versuch``, ``Revision 3 - Late``, ``10``, ``2024-03-01-12-34-56``. Folders are
compared only where they lie beside one another and are called alike but for their numbers.
"""

import pathlib
import re
from collections.abc import Callable, Sequence

from labkit import labs

_NUMBER = re.compile(r"\d+")
_YEAR = re.compile(r"(?:19|20)\d\d")
# What a platform says of an attempt behind its number.
_ABOUT = re.compile(r" - [^\d]*$")


def of(files: Sequence[str]) -> Callable[[str], tuple[int, ...]]:
    """Return what tells how late a file is by its folders; all are equal where they do not say.

    Parameters
    ----------
    files : sequence of str
        The paths, in the student's folder, of those among which one is chosen.
    """
    told = {file: _told(file) for file in files}
    series = {found[:2] if found is not None else None for found in told.values()}
    # Beside counted folders there may be what is none of them: then nothing says which is later.
    if len(series) != 1 or None in series:
        return lambda _: ()
    turns = {file: found[2] for file, found in told.items() if found is not None}
    return lambda file: turns.get(file, ())


def apart(one: str, other: str) -> bool:
    """Tell whether two files lie in different folders of one count: each is an attempt."""
    told, beside = _told(one), _told(other)
    return None not in (told, beside) and told[:2] == beside[:2] and told[2] != beside[2]


def _told(file: str) -> tuple[tuple[str, ...], str, tuple[int, ...]] | None:
    """Return the folders above the one that is counted, its name, and its numbers."""
    folders = pathlib.PurePosixPath(file).parts[:-1]
    for place, folder in reversed(list(enumerate(folders))):
        name = _ABOUT.sub("", folder)
        found = _NUMBER.findall(name)
        if found and not _is_a_lab(name):
            # Of a date that ends in its year the parts stand in the other order.
            ordered = found[::-1] if _YEAR.fullmatch(found[-1]) else found
            return folders[:place], _NUMBER.sub("#", name).casefold(), tuple(map(int, ordered))
    return None


def _is_a_lab(folder: str) -> bool:
    """Tell whether the number is that of a lab; what was packed lies in a folder with an ending."""
    plain = re.sub(r"[\W_]", "", re.sub(r"\.[a-z]+$", "", folder.casefold()))
    return any(name.replace("-", "").startswith(plain) for name in labs.MODULES)
