"""Gradescope, *Export Submissions*.

``assignment_9_export/submission_5/f`` and a ``submission_metadata.yml`` that says whose that is and
when it was handed in; the words in it begin with a colon, as Ruby writes them.
"""

import dataclasses
import datetime
import re
from typing import Any

import yaml

from labkit.grading.submissions import entries
from labkit.grading.submissions.platforms import said

_FOLDER = re.compile(r"submission_(?P<number>\d+)")
_LIST = "submission_metadata.yml"


class _Loader(yaml.SafeLoader):
    """Reads plain data; what Ruby marks as its own is taken for what it looks like."""


def _plain(loader: _Loader, _: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)


_Loader.add_multi_constructor("", _plain)


def _metadata(tree: said.Tree) -> dict[str, dict[str, Any]]:
    """Return what the list says of each folder; nothing where there is none that can be read."""
    found: dict[str, dict[str, Any]] = {}
    for item in tree.items:
        if item.name == _LIST:
            try:
                content = yaml.load(entries.decoded(item.read()), _Loader)  # a safe loader
            except (OSError, ValueError, yaml.YAMLError, RecursionError):
                continue
            if isinstance(content, dict):
                found |= {str(key): value for key, value in content.items() if _is_map(value)}
    return found


def _is_map(value: Any) -> bool:
    return isinstance(value, dict)


def _time(value: Any) -> float | None:
    if isinstance(value, str):
        try:
            value = datetime.datetime.fromisoformat(value.replace(" UTC", "+00:00"))
        except ValueError:
            return None
    return value.timestamp() if isinstance(value, datetime.datetime) else None


def _people(facts: dict[str, Any]) -> list[dict[str, str]]:
    people = facts.get(":submitters") or []
    listed = [person for person in people if _is_map(person)] if isinstance(people, list) else []
    keys = (":name", ":sid", ":email")
    return [{key: _whole(str(person.get(key) or "")) for key in keys} for person in listed]


def _whole(text: str) -> str:
    """Return a text whose characters were written as two halves, as JSON writes them."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _are_in_students_folders(reading: said.Reading) -> bool:
    """Tell whether folders that are called alike lie in several places: no download has that."""
    places = {
        (item.parts[:place], part)
        for item in reading
        for place, part in enumerate(item.parts)
        if _FOLDER.fullmatch(part)
    }
    return len({part for _, part in places}) < len(places)


def _read(tree: said.Tree) -> said.Reading:
    metadata = _metadata(tree)

    def say(part: str, below: tuple[str, ...]) -> said.Said | None:
        found = _FOLDER.fullmatch(part)
        if found is None:
            return None
        facts = metadata.get(part, {})
        people = _people(facts) or [{":name": "", ":sid": "", ":email": ""}]
        told = [
            said.Said(
                said.student(person[":name"], person[":sid"]) or person[":email"] or part,
                "/".join(below) or part,
                person[":name"],
                person[":sid"],
                email=person[":email"],
                time=_time(facts.get(":created_at")),
                attempt=int(found["number"]),
            )
            for person in people
        ]
        if len(told) == 1:
            return told[0]
        return dataclasses.replace(told[0], student=part, team=True, members=tuple(told))

    reading = said.by_component(tree, say)
    if not metadata and _are_in_students_folders(reading):
        return {}
    listed = {item: said.Said("", item.name, kind=said.PAPER) for item in tree.items}
    known = {item: listed[item] for item in tree.items if item.name == _LIST}
    return said.most_of(reading, tree) | known if reading else {}


PLATFORM = said.Platform("gradescope", "Gradescope", _read)
