"""Google Classroom: the folder of an assignment in Drive, as one zip file.

``Lab 1/Ann Bee - lab1-data.ipynb``: all files in one folder, the student before the name. What a
student uploads keeps its own name; then nothing says whose it is.
"""

import re

from labkit.grading.submissions.platforms import said

_PATTERN = re.compile(
    r"(?P<before>.+?) - (?P<after>.+?)(?P<copy> ?\(\d+\))?(?P<end>\.\w+)", re.DOTALL
)


def _read(tree: said.Tree) -> said.Reading:
    def say(part: str, below: tuple[str, ...]) -> said.Said | None:
        found = _PATTERN.fullmatch(part)
        if found is None or below:
            return None
        before, after = found["before"].strip(), found["after"].strip()
        if tree.lab in before and tree.lab not in after:
            before, after = after, before
        name = before.removeprefix("Copy of ").strip()
        return said.Said(name, f"{after}{found['copy'] or ''}{found['end']}", name)

    reading = said.by_component(tree, say)
    folders = {item.parts[:-1] for item in reading}
    return said.most_of(reading, tree) if len(folders) == 1 else {}


PLATFORM = said.Platform("google-classroom", "Google Classroom", _read)
