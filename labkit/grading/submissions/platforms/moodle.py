"""Moodle, *Download all submissions*.

``Ann Bee_123_assignsubmission_file/f`` (with an underscore at the end before Moodle 4.1), without
folders ``Ann Bee_123_assignsubmission_file_f``; texts as ``…_onlinetext/onlinetext.html``. Blind,
the name is *Participant* in the language of the site. A group that was chosen for the download
stands before the name: ``Group A-Ann Bee``. Where teams hand in, name and number are the team's,
and who is in none is ``Default group`` without a number. Moodle: mod/assign/classes/downloader.php.
"""

import dataclasses
import re

from labkit.grading.submissions.platforms import said

_PATTERN = re.compile(
    r"(?P<name>.+?)(?:_(?P<number>\d+))?_assignsubmission_(?P<kind>[a-z0-9]+)(?:_(?P<file>.*))?",
    re.DOTALL,
)
# A team's number looks as a student's does, so that the name has to say which it is.
_TEAM = re.compile(
    r"(?:team|group|groupe|gruppe|grupo|gruppo|groep|equipo|équipe|squadra)\b[ -]*[\w]{0,3}$",
    re.IGNORECASE,
)
_KINDS = {"file": said.FILE, "onlinetext": said.TEXT}


def _say(part: str, below: tuple[str, ...]) -> said.Said | None:
    found = _PATTERN.fullmatch(part)
    if found is None:
        return None
    name, number = found["name"], found["number"] or ""
    file = "/".join(filter(None, [found["file"] or "", *below]))
    kind = _KINDS.get(found["kind"], said.PAPER)
    return said.Said(said.student(name, number), file, name, number, kind=kind, team=not number)


def _read(tree: said.Tree) -> said.Reading:
    reading = said.by_component(tree, _say)
    names = {item.name for item in reading.values()}
    if any(item.team for item in reading.values()) or (names and all(map(_TEAM.match, names))):
        return _read_teams(tree)
    if len(names) == 1 and len({item.number for item in reading.values()}) > 1:
        # Blind: all are called alike, so that the name says nothing about anybody.
        return {entry: dataclasses.replace(item, name="") for entry, item in reading.items()}
    group = said.common_prefix({item.name for item in reading.values()}, "-")
    if not group:
        return reading
    # All come from one group: it stands before each name.
    return {
        entry: dataclasses.replace(item, name=item.name.removeprefix(group))
        for entry, item in reading.items()
    }


def _read_teams(tree: said.Tree) -> said.Reading:
    reading = said.by_component(tree, _say)
    return {entry: dataclasses.replace(item, team=True) for entry, item in reading.items()}


PLATFORM = said.Platform("moodle", "Moodle", _read)
TEAMS = said.Platform("moodle-teams", "Moodle (teams)", _read_teams)
