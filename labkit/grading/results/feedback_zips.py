"""The feedback pages as one zip file, named so that the platform knows whose each is.

Moodle (mod/assign/feedback/file/importziplib.php) reads ``NAME_NUMBER_assignsubmission_file_`` and
takes the number; Canvas (infer_comment_context_from_filename) takes the first two numbers between
underscores for the student and the file that was handed in.
"""

import io
import re
import zipfile
from collections.abc import Callable, Sequence

from labkit.grading.submissions import find

_UNSAFE = re.compile(r'[_/\\:*?"<>|\x00-\x1f]+')
_CANVAS = re.compile(r"(?P<head>(?:[^/]*?_)?(?:LATE_)?\d+_\d+)_(?P<file>[^/]+)", re.DOTALL)


def moodle(item: find.Submission, lab: str) -> str:
    """Return where a page lies in Moodle's zip file; empty if Moodle cannot know whose it is."""
    if not item.number.isdecimal() or item.team:
        return ""
    name = _UNSAFE.sub(" ", item.name).strip(" .~") or "Participant"
    return f"{name}_{item.number}_assignsubmission_file_/feedback-{lab}.html"


def canvas(item: find.Submission, lab: str) -> str:
    """Return the name of a student's page in Canvas's zip file; empty without a file of theirs."""
    for part in re.split(r"/|: ", item.file):
        found = _CANVAS.fullmatch(part)
        if found is not None:
            return f"{found['head']}_feedback-{lab}.html"
    return ""


NAMES = {"moodle": moodle, "canvas": canvas}


def pack(
    platform: str, lab: str, pages: Sequence[tuple[find.Submission, Callable[[], bytes]]]
) -> tuple[bytes, int]:
    """Return the zip file for a platform, and how many pages are in it."""
    file, count = io.BytesIO(), 0
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for item, read in pages:
            name = NAMES[platform](item, lab)
            if name:
                archive.writestr(name, read())
                count += 1
    return file.getvalue(), count
