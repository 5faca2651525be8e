"""Autolab, *Download all submissions*: ``ann@example.org_3_f``, where 3 is the attempt."""

import re

from labkit.grading.submissions.platforms import said

_PATTERN = re.compile(
    r"(?P<email>[^@\s/]+@[^@\s/]+?\.[a-z]+)_(?P<attempt>\d+)_(?P<file>.+)",
    re.IGNORECASE | re.DOTALL,
)


def _say(part: str, below: tuple[str, ...]) -> said.Said | None:
    found = _PATTERN.fullmatch(part)
    if found is None:
        return None
    email, file = found["email"], "/".join([found["file"], *below])
    return said.Said(email, file, email=email, attempt=int(found["attempt"]))


def _read(tree: said.Tree) -> said.Reading:
    return said.most_of(said.by_component(tree, _say), tree)


PLATFORM = said.Platform("autolab", "Autolab", _read)
