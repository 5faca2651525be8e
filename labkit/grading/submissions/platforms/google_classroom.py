"""Google Classroom: the folder of an assignment in Drive, as one zip file.

``Lab 1/Ann Bee - lab1-data.ipynb``: all files in one folder, the student before the name. What a
student uploads keeps its own name; then nothing says whose it is. Other services that collect files
write the student after the name, ``lab1-data - Ann Bee.ipynb``, or in more pieces than one.
"""

import collections
import dataclasses
import re
from collections.abc import Sequence

from labkit.grading.submissions.platforms import late, said

_BETWEEN = " - "
_PATTERN = re.compile(rf".+?{_BETWEEN}.+?\.\w+", re.DOTALL)
_COPY, _END = re.compile(r" ?\(\d+\)$"), re.compile(r"\.\w+$")


def _read(tree: said.Tree) -> said.Reading:
    form = _Form.of([item.name for item in tree.items if _PATTERN.fullmatch(item.name)], tree.lab)

    def say(part: str, below: tuple[str, ...]) -> said.Said | None:
        if below or not _PATTERN.fullmatch(part):
            return None
        name, file = form.split(part)
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
    return {} if len(before) == 1 and not named else reading


@dataclasses.dataclass(frozen=True)
class _Form:
    """In which order the names of a class's files have student and file, and in how many pieces.

    The names that have the lab's in them tell it, and the others are read alike.
    """

    lab: str
    last: bool
    pieces: int
    names: frozenset[str] = frozenset()

    @classmethod
    def of(cls, files: Sequence[str], lab: str) -> "_Form":
        stems = [_END.sub("", file).split(_BETWEEN) for file in files]
        found = [(_place(stem, lab), len(stem)) for stem in stems]
        told = [(place, length) for place, length in found if place is not None]
        last = 2 * sum(place == 0 for place, _ in told) > len(told)
        numbers = [length - 1 if last else place for place, length in told if last == (not place)]
        (pieces, _), *_ = collections.Counter(numbers or [1]).most_common(1)
        form = cls(lab, last, pieces)
        # They also say where a name ends that has such a sign itself.
        names = {name for name, file in map(form.split, files) if lab in file}
        return dataclasses.replace(form, names=frozenset(names))

    def split(self, part: str) -> tuple[str, str]:
        """Return the student and the file that a name is made of, whichever comes first."""
        end = _END.search(part)[0]
        pieces = part.removesuffix(end).split(_BETWEEN)
        place = _place(pieces, self.lab)
        known = [name for name in self.names if part.startswith(f"{name}{_BETWEEN}")]
        if place is None and known:
            name = max(known, key=len)
            return name, part.removeprefix(f"{name}{_BETWEEN}")
        if place == 0 or (place is None and self.last):
            copy = _COPY.search(pieces[-1])
            pieces[-1] = _COPY.sub("", pieces[-1])
            where = max(1, len(pieces) - self.pieces) if self.last else 1
            before, after = pieces[where:], pieces[:where]
            after[-1] += copy[0] if copy else ""
        else:
            where = min(self.pieces, len(pieces) - 1) if place is None else place
            before, after = pieces[:where], pieces[where:]
        name = _BETWEEN.join(before).strip().removeprefix("Copy of ").strip()
        return name, f"{_BETWEEN.join(after).strip()}{end}"


def _place(pieces: Sequence[str], lab: str) -> int | None:
    """Return which of the pieces has the lab's name in it."""
    return next((place for place, piece in enumerate(pieces) if lab in piece), None)


PLATFORM = said.Platform("google-classroom", "Google Classroom", _read)
