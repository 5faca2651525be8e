"""Canvas, *Download Submissions*.

All files in one folder: ``beeann_LATE_123_4567_f``, where 123 is the student and 4567 the file; the
later a file was uploaded, the larger its number. Anonymous: ``LATE_anon_Ab3dE_4567_f``. Texts and
links: ``beeann_123_text.html``, ``beeann_123_link.html``. A group stands in the place of its
members' names. Canvas: lib/content_zipper.rb.
"""

import re

from labkit.grading.submissions.platforms import said

_STUDENT = (
    r"(?:(?P<late_anon>LATE_)?anon_(?P<anon>[0-9A-Za-z]{4,8})"
    r"|(?P<name>.*?)(?P<late>_LATE)?_(?P<number>\d+))"
)
_FILE = re.compile(_STUDENT + r"_(?P<upload>\d+)_(?P<file>.+)", re.DOTALL)
_PAGE = re.compile(_STUDENT + r"_(?P<kind>text|link)\.html", re.DOTALL)
_KINDS = {"text": said.TEXT, "link": said.LINK}


def _say(part: str, below: tuple[str, ...]) -> said.Said | None:
    found = _PAGE.fullmatch(part) or _FILE.fullmatch(part)
    if found is None or below:
        return None
    fields = found.groupdict()
    # A name of which nothing may stand in a file's name is empty there.
    name = "anon" if fields["name"] is None else fields["name"]
    number = fields["number"] or fields["anon"]
    late = bool(fields["late"] or fields["late_anon"])
    return said.Said(
        said.student(name, number),
        fields.get("file") or part,
        fields["name"] or "",
        number,
        late=late,
        attempt=int(fields.get("upload") or 0),
        kind=_KINDS.get(fields.get("kind") or "", said.FILE),
    )


def _read(tree: said.Tree) -> said.Reading:
    reading = said.by_component(tree, _say)
    # Files of this form that lie in many folders are not Canvas's: it makes none.
    folders = {item.parts[:-1] for item in reading}
    return said.most_of(reading, tree) if len(folders) == 1 else {}


PLATFORM = said.Platform("canvas", "Canvas", _read)
