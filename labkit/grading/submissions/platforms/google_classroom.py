"""Google Classroom: the folder of an assignment in Drive, as one zip file.

``Lab 1/Ann Bee - lab1-data.ipynb``: all files in one folder, the student before the name. What a
student uploads keeps its own name; then nothing says whose it is.
"""

import re

from labkit.grading.submissions.platforms import late, said

_BETWEEN = " - "
_PATTERN = re.compile(rf".+?{_BETWEEN}.+?\.\w+", re.DOTALL)
_COPY, _END = re.compile(r" ?\(\d+\)$"), re.compile(r"\.\w+$")


def _read(tree: said.Tree) -> said.Reading:
    found = [_split(item.name, tree.lab) for item in tree.items if _PATTERN.fullmatch(item.name)]
    # What has the lab's name in it says where a name ends that has such a sign itself.
    names = {name for name, file in found if tree.lab in file}

    def say(part: str, below: tuple[str, ...]) -> said.Said | None:
        if below or not _PATTERN.fullmatch(part):
            return None
        name, file = _split(part, tree.lab)
        known = [other for other in names if part.startswith(f"{other}{_BETWEEN}")]
        if known and tree.lab not in file:
            name = max(known, key=len)
            file = part.removeprefix(f"{name}{_BETWEEN}")
        return said.Said(name, file, name)

    reading = said.by_component(tree, say)
    folders = {item.parts[:-1] for item in reading}
    # Elsewhere most have no such sign in the names of their files.
    most = 2 * sum(item in reading for item in tree.notebooks) > len(tree.notebooks)
    if not most or len(folders) != 1:
        return {}
    # What all files begin with is the lab's title, and what differs may be their students.
    before = {item.student for item in reading.values()}
    if all(map(late.says_so, before)):
        # ILIAS writes that before the file, and the student's name is the folder's.
        return {}
    named = any(tree.lab in item.file for item in reading.values())
    return {} if len(before) == 1 < len(reading) and not named else reading


def _split(part: str, lab: str) -> tuple[str, str]:
    """Return the student and the file that a name is made of, whichever comes first."""
    end = _END.search(part)[0]
    stem = part.removesuffix(end)
    pieces = stem.split(_BETWEEN)
    where = next((place for place, piece in enumerate(pieces) if lab in piece), 1)
    if where:
        before, after = pieces[:where], pieces[where:]
    else:
        copy = _COPY.search(pieces[-1])
        after = [*pieces[:1], copy[0] if copy else ""]
        before = [*pieces[1:-1], _COPY.sub("", pieces[-1])]
        after = ["".join(after)]
    name = _BETWEEN.join(before).strip().removeprefix("Copy of ").strip()
    return name, f"{_BETWEEN.join(after).strip()}{end}"


PLATFORM = said.Platform("google-classroom", "Google Classroom", _read)
