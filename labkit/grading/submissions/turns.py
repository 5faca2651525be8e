"""Which of several folders of one student is the later: attempts that are numbered, or timed.

``Version 2``, ``Revision 3 - Late``, ``10``, ``2024-03-01-12-34-56``. Folders are compared only
where they lie beside one another and are called alike but for that.
"""

import pathlib
import re
from collections.abc import Callable, Sequence

from labkit import labs

_TIME = re.compile(
    r"(?P<word>)(?P<turn>(?:19|20)\d\d(?:[-_.]?\d\d){2}(?:[-_.T ]?\d\d(?:[-_.:]?\d\d){1,2})?)"
)
_COUNTED = re.compile(r"(?P<word>(?:[^\W\d]+[ _-]?)?)(?P<turn>\d{1,6})(?: - .*)?")


def of(files: Sequence[str]) -> Callable[[str], int]:
    """Return what tells how late a file is by its folders; all are equal where they do not say.

    Parameters
    ----------
    files : sequence of str
        The paths, in the student's folder, of those among which one is chosen.
    """
    told = {file: _told(file) for file in files}
    series = {found[:2] for found in told.values() if found is not None}
    if len(series) != 1:
        return lambda _: 0
    return lambda file: told[file][2] if told.get(file) else 0


def _told(file: str) -> tuple[tuple[str, ...], str, int] | None:
    """Return the folders above the one that is counted, its word and its number."""
    folders = pathlib.PurePosixPath(file).parts[:-1]
    for place, folder in reversed(list(enumerate(folders))):
        found = _TIME.fullmatch(folder) or _COUNTED.fullmatch(folder)
        if found is not None and not _is_a_lab(folder):
            digits = re.sub(r"\D", "", found["turn"])
            width = 14 if _TIME.fullmatch(folder) else 0
            return folders[:place], found["word"].casefold(), int(digits.ljust(width, "0"))
    return None


def _is_a_lab(folder: str) -> bool:
    """Tell whether the number is that of a lab."""
    plain = re.sub(r"[\W_]", "", folder).casefold()
    return any(name.startswith(plain) for name in labs.MODULES)
