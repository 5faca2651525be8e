"""Stud.IP, the folder for homework as a zip file.

All students' files lie in one folder, one called like the other (``lab1-data[1].ipynb``), and only
``archive_filelist.csv`` says whose they are and when they came. Its columns have names in the
language of the site and stand in one order: lib/filesystem/FileArchiveManager.php, createArchive.
"""

import datetime
import unicodedata

from labkit.grading.submissions import entries, tables
from labkit.grading.submissions.platforms import said

_LIST = "archive_filelist.csv"
_FIRST, _LAST, _DATE, _PATH = 2, 3, 5, 6


def _read(tree: said.Tree) -> said.Reading:
    lists = [item for item in tree.items if item.name == _LIST]
    told: dict[str, said.Said] = {}
    for entry in lists:
        told |= {"/".join([*entry.parts[:-1], path]): one for path, one in _listed(entry).items()}
    reading = {item: told[key] for item in tree.items if (key := _key(item.path)) in told}
    papers = {item: said.Said("", item.name, kind=said.PAPER) for item in lists}
    return said.most_of(reading, tree) | papers if reading else {}


def _key(path: str) -> str:
    """Return a path as it is compared: a Mac writes accents apart."""
    return unicodedata.normalize("NFC", path)


def _listed(entry: entries.Entry) -> dict[str, said.Said]:
    """Return what a list says of each file; of those that nobody owns any more nothing."""
    try:
        table = tables.parse(entry.read(), least=_PATH + 1)
    except (OSError, ValueError):
        return {}
    found = {}
    for row in range(1, len(table.rows)):
        path = _key(table.at(row, _PATH)).strip("/")
        name = f"{table.at(row, _FIRST)} {table.at(row, _LAST)}".strip()
        if path and name:
            file = path.rpartition("/")[2]
            found[path] = said.Said(name, file, name, time=_time(table.at(row, _DATE)))
    return found


def _time(text: str) -> float | None:
    try:
        return datetime.datetime.strptime(text, "%d.%m.%Y %H:%M").timestamp()
    except ValueError:
        return None


PLATFORM = said.Platform("studip", "Stud.IP", _read)
