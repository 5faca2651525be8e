"""No platform: a folder for each student, ``ann/f``, or a file for each, ``ann.ipynb``."""

import dataclasses
import re
from collections.abc import Sequence

from labkit import labs
from labkit.grading.submissions import archives, entries, whose
from labkit.grading.submissions.platforms import said

_ENCLOSING = 8
# A folder that holds so many folders with notebooks, and so many times what lies beside it, is a
# class.
_FEWEST, _TIMES = 4, 3
_A_NAME = re.compile(r"[^\W\d_]{2}|[^\x00-\u2fff]")
_ENDS = re.compile(r"\.(?:ipynb|zip)", re.IGNORECASE)


def read(tree: said.Tree) -> said.Reading:
    """Take the folders at the top, or those in the one folder that encloses all, for students."""
    placed = [(item, item.parts) for item in tree.items]
    for _ in range(_ENCLOSING):
        placed = _of_lab(placed, tree.lab)
        if any(around(placed, tree.lab) for around in (_encloses, _encloses_files, _encloses_both)):
            placed = [(item, parts[1:]) for item, parts in placed if len(parts) > 1]
        elif way := _way_to_class(placed):
            placed = [
                (item, parts[len(way) :] if parts[: len(way)] == way != parts else parts)
                for item, parts in placed
            ]
        else:
            break
    return _students(placed, tree.lab)


_Placed = Sequence[tuple[entries.Entry, tuple[str, ...]]]


def _encloses(placed: _Placed, _: str) -> bool:
    """Tell whether the folders at the top are no students, but what students' folders lie in."""
    counting = [
        (item, parts)
        for item, parts in placed
        if item.is_notebook or item.is_zip or (item.folder and not item.problem)
    ]
    if any(len(parts) == 1 and not item.folder for item, parts in counting):
        return False
    tops = [_below(top) for top in _by_top(counting).values()]
    tops = [below for below in tops if below]
    if len(tops) == 1 and _are_zips_of_students(tops[0]):
        return True
    inside = [set(_by_top(below)) for below in tops]
    # What several have alike is a course's folder, not a student's.
    alike = len(set().union(*inside)) < sum(map(len, inside))
    return bool(tops) and not alike and all(map(_holds_students, tops))


def _encloses_files(placed: _Placed, lab: str) -> bool:
    """Tell whether the one folder at the top holds nothing but a file for each student.

    A student's own files have the lab's name, and a number or nothing beside it. In one folder
    with more than that there is a class, or a student whose folders are the course's.
    """
    counting = [(item, parts) for item, parts in placed if item.is_notebook or item.is_zip]
    if len({parts[0] for _, parts in counting}) != 1:
        return False
    ways = {parts[1:-1] for _, parts in counting}
    if len(ways) != 1 or any(said.of_a_course(folder) for way in ways for folder in way):
        inner = {parts[1] for _, parts in counting if len(parts) > 2}
        deeper = {parts[2] for _, parts in counting if len(parts) > 3}
        # The one folder in it is a student's, if those in that are the course's.
        return len(inner) == 1 and bool(deeper) and all(map(said.of_a_course, deeper))
    names = [_named(item, parts, lab, "") for item, parts in counting]
    told = {name.student for name in names}
    return all(map(_A_NAME.search, told)) and len(told) > 1 and _are_several(counting, lab)


def _encloses_both(placed: _Placed, lab: str) -> bool:
    """Tell whether the one folder at the top holds students' folders, and files of others.

    These have names; a student's own notebook, beside folders, has the lab's.
    """
    counting = [(item, parts) for item, parts in placed if item.is_notebook or item.is_zip]
    if len({parts[0] for _, parts in counting}) != 1:
        return False
    inside = {parts[1] for _, parts in counting if len(parts) > 2}
    if len(inside) == 1 and all(len(parts) > 2 for _, parts in counting):
        return not any(map(said.of_a_course, inside)) and _encloses_both(_below(counting), lab)
    loose = [(item, parts) for item, parts in counting if len(parts) == 2]
    if not inside or not loose or any(map(said.of_a_course, inside)):
        return False
    named = all(_is_of(item, parts[1:], lab) for item, parts in loose)
    return named and len(inside) + len(loose) > 2


def _are_several(counting: _Placed, lab: str) -> bool:
    """Tell whether more than one is this lab's: beside it, a student may keep other notebooks."""
    found = 0
    for item, _ in counting:
        try:
            found += item.is_zip or whose.look(item.read()).lab == lab
        except (OSError, ValueError):
            continue
        if found > 1:
            return True
    return False


def _of_lab(placed: _Placed, lab: str) -> _Placed:
    """Leave the folder of this lab where the folders at the top are labs, with a class in each."""
    tops = _by_top([(item, parts) for item, parts in placed if item.is_notebook or item.is_zip])
    named = {top: _labs_of(top, group) for top, group in tops.items()}
    inside = [set(_by_top(_below(group))) for group in tops.values()]
    if len(tops) < 2 or any(len(found) != 1 for found in named.values()):
        return placed
    if len({*named.values()}) < len(tops) or not all(len(names) > 1 for names in inside):
        return placed
    # Of two students, who have a lab each, no two folders are called alike.
    shared = len(set.intersection(*inside)) > 1
    if not shared and not all(map(said.of_a_course, tops)):
        return placed
    return [(item, parts) for item, parts in placed if named.get(parts[0]) == {lab}]


def _labs_of(top: str, group: _Placed) -> frozenset[str]:
    """Return the labs that the names of notebooks, or that of their folder, say they are of."""
    texts = [top] if top in labs.MODULES else ["/".join(parts[1:]) for _, parts in group]
    return frozenset(name for text in texts for name in labs.MODULES if name in text)


def _way_to_class(placed: _Placed) -> tuple[str, ...]:
    """Return the folders down to a class, beside which somebody has put a few things more.

    Empty if there is none. A student's own folders are never as many as that.
    """
    tops = _by_top([(item, parts) for item, parts in placed if item.is_notebook or item.is_zip])
    for top, group in tops.items():
        way, below = (top,), _below(group)
        while len(inside := _by_top(below)) == 1 and all(len(parts) > 1 for _, parts in below):
            way, below = (*way, *inside), _below(below)
        inside = _by_top([(item, parts) for item, parts in below if len(parts) > 1])
        several = len(inside) >= _FEWEST and len(inside) > _TIMES * (len(tops) - 1)
        if several and not any(map(said.of_a_course, inside)):
            return way
    return ()


def _by_top(placed: _Placed) -> dict[str, list[tuple[entries.Entry, tuple[str, ...]]]]:
    grouped: dict[str, list[tuple[entries.Entry, tuple[str, ...]]]] = {}
    for item, parts in placed:
        grouped.setdefault(parts[0], []).append((item, parts))
    return grouped


def _below(placed: _Placed) -> list[tuple[entries.Entry, tuple[str, ...]]]:
    return [(item, parts[1:]) for item, parts in placed if len(parts) > 1]


def _are_zips_of_students(below: _Placed) -> bool:
    """Tell whether there are several zip files in one place, and nothing else."""
    while len(_by_top(below)) == 1 and all(len(parts) > 1 for _, parts in below):
        below = _below(below)
    return len(below) > 1 and all(item.is_zip and len(parts) == 1 for item, parts in below)


def _holds_students(below: _Placed) -> bool:
    inside = _by_top(below)
    if any(map(said.of_a_course, inside)):
        return False
    if any(len(parts) == 1 and not item.folder for item, parts in below):
        return False
    return len(inside) > 1 or any(_holds_students(_below(group)) for group in inside.values())


def _students(placed: _Placed, lab: str) -> said.Reading:
    by_top = {parts[0] for item, parts in placed if len(parts) > 1 or item.folder}
    notebooks = [(item, parts) for item, parts in placed if item.is_notebook or item.is_zip]
    notebooks += [
        (item, parts)
        for item, parts in placed
        if not by_top and not (item.is_notebook or item.is_zip) and _is_an_archive(item)
    ]
    if any(parts[0] in by_top for _, parts in notebooks) or not notebooks:
        in_folders = {
            item: said.Said(parts[0], "/".join(parts[1:]) or parts[0])
            for item, parts in placed
            if parts[0] in by_top or item.problem
        }
        loose = [(item, parts) for item, parts in notebooks if item not in in_folders]
        return in_folders | _by_names([pair for pair in loose if _is_of(*pair, lab)], lab, 1)
    return _by_names(notebooks, lab, 2)


def _by_names(notebooks: _Placed, lab: str, fewest: int) -> said.Reading:
    """Say whose files in one folder are; of `fewest` that are called like the lab alone, nobody's.

    Of several nothing says whose they are; of one that is alone its own name does.
    """
    named = {item: _named(item, parts, lab) for item, parts in notebooks}
    nameless = [item for item, parts in notebooks if not _named(item, parts, lab, "").student]
    names = {one.student for one in named.values()}
    for item, one in named.items():
        base = _without_version(one, lab)
        if base in names:
            named[item] = dataclasses.replace(one, student=base)
    few = len(nameless) < fewest
    return {item: one for item, one in named.items() if few or item not in nameless}


def _is_of(item: entries.Entry, parts: tuple[str, ...], lab: str) -> bool:
    """Tell whether a file that lies beside students' folders is one more student's."""
    if not _A_NAME.search(_named(item, parts, lab, "").student):
        return False
    try:
        return item.is_zip or whose.look(item.read()).lab == lab
    except (OSError, ValueError):
        return False


def _without_version(one: said.Said, lab: str) -> str:
    """Return whose a file would be if a number at its end were that of a version.

    ``Ann_v2`` beside ``Ann``, and ``Ann lab1-data 1`` beside ``Ann lab1-data``.
    """
    stem = _ENDS.sub("", one.file)
    found = re.fullmatch(rf"(.+?)[\W_]*{_any_lab(lab)}[ _-]+\d{{1,3}}", stem, re.DOTALL)
    return found[1] if found else re.sub(r"[ _-]+v\d{1,3}$", "", one.student, flags=re.IGNORECASE)


def _is_an_archive(item: entries.Entry) -> bool:
    """Tell whether somebody has packed what they hand in, if only in a way that nobody can open."""
    try:
        content = item.read()
    except (OSError, ValueError):
        return False
    # The files of many programs are zip files, too.
    known = archives.is_archive(content) and not archives.is_zip(content)
    return known or bool(archives.strange(content))


def _without_version(one: said.Said, lab: str) -> str:
    """Return whose a file would be if a number at its end were that of a version.

    ``Ann_v2`` beside ``Ann``, and ``Ann lab1-data 1`` beside ``Ann lab1-data``.
    """
    stem = _ENDS.sub("", one.file)
    found = re.fullmatch(rf"(.+?)[\W_]*{_any_lab(lab)}[ _-]+\d{{1,3}}", stem, re.DOTALL)
    return found[1] if found else re.sub(r"[ _-]+v\d{1,3}$", "", one.student, flags=re.IGNORECASE)


def _any_lab(lab: str) -> str:
    return f"(?:{'|'.join(map(re.escape, {lab, *labs.MODULES}))})"


def _named(
    item: entries.Entry, parts: tuple[str, ...], lab: str, instead: str | None = None
) -> said.Said:
    """Say whose a file is that lies among those of others: what its name has beside the lab's.

    Where that is nothing, it is `instead`; the file's name if left out.
    """
    stem = _ENDS.sub("", parts[-1])
    if not (item.is_notebook or item.is_zip):
        stem = archives.stem(stem)
    # Of any lab: somebody's notebooks of two labs are not of two people.
    name = re.sub(rf"(?:^|(?<=[\W_])){_any_lab(lab)}(?=$|[\W_])", "", stem).strip(" _-")
    name = re.sub(r" *\(\d{1,4}\)$", "", name)
    return said.Said(name or (stem if instead is None else instead), parts[-1])


PLATFORM = said.Platform("folders", "a folder for each student", read, file_times=True)
