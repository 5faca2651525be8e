"""Microsoft Teams: the folders of an assignment in the class's SharePoint, as OneDrive zips them.

``Submitted files/Ann Bee/Lab 1/Version 2/f``; what a student works on and has not handed in lies
under ``Working files``, in the same folders.
"""

from labkit.grading.submissions.platforms import said

_SUBMITTED, _WORKING = "Submitted files", "Working files"
_TURNS = {_WORKING: 0, _SUBMITTED: 1}


def _say(part: str, below: tuple[str, ...]) -> said.Said | None:
    if part not in _TURNS or len(below) < 2:
        return None
    name = said.first_last(below[0])
    return said.Said(below[0], "/".join(below[1:]), name, attempt=_TURNS[part])


def _read(tree: said.Tree) -> said.Reading:
    return said.most_of(said.by_component(tree, _say), tree)


PLATFORM = said.Platform("teams", "Microsoft Teams", _read)
