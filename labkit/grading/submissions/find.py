"""Find the submissions of a lab in what a platform hands out: who, which file, when, and why.

No lab asks for a file beside its notebook, and so none is taken: what lies there can shadow no
module. The student is told which files were left out. Whatever else a download holds has its line
in `Arrivals.fates`: nothing disappears.
"""

import collections
import dataclasses
import datetime
import pathlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from labkit.grading import boundary
from labkit.grading.submissions import (
    archives,
    choose,
    entries,
    platforms,
    reading,
    repair,
    roster,
    tables,
    whole_class,
)
from labkit.grading.submissions.arrived import Arrivals, Fate, Submission, safe_name
from labkit.grading.submissions.platforms import said

MAX_BYTES = repair.MAX_BYTES
TAKEN, NO_NOTEBOOK, LEFT_OUT = "taken", "no notebook", "left out"
NOBODYS = "nothing says whose it is"
# A class that handed in within a minute was copied, unpacked or cloned.
_AT_ONCE = 60.0
_ZIPS_IN_ZIPS = 3
# The folders of one student are never as many.
_FEWEST = 4


class SubmissionsError(boundary.ClassFault):
    """The submissions cannot be found; the message says what to do."""


@dataclasses.dataclass
class _Unit:
    """What was packed together: the files in a folder, or those in one zip file."""

    where: str
    platform: platforms.Platform
    reading: platforms.Reading
    items: list[entries.Entry]
    is_zip: bool = False

    @property
    def with_notebooks(self) -> set[str]:
        """The students who have a notebook, or what may hold one."""
        told = self.reading.items()
        return {one.student for item, one in told if item.is_notebook or item.is_zip}

    @property
    def packed(self) -> float:
        """When it was packed, in seconds since 1970, as its last file says; 0 if it was not."""
        return max((item.time or 0.0 for item in self.items), default=0.0) * self.is_zip


def find(place: pathlib.Path, lab: str, due: datetime.datetime | None = None) -> list[Submission]:
    """Return the submissions of `lab` in `place`; see `look`."""
    return look(place, lab, due).submissions


def look(
    place: pathlib.Path,
    lab: str,
    due: datetime.datetime | None = None,
    platform: str = "",
    class_list: pathlib.Path | None = None,
) -> Arrivals:
    """Return the submissions of `lab` in `place`, one for each student, and the fate of all else.

    Parameters
    ----------
    place : pathlib.Path
        A folder with a folder for each student, what a platform hands out, as a zip file or
        unpacked, or a folder with any of these.
    lab : str
    due : datetime.datetime, optional
        What was handed in later is marked as late, where the time of handing in is known.
    platform : str
        The name of the platform; it is recognised if left out.
    class_list : pathlib.Path, optional
        A table of all students: those who are not in `place` are added, and names are filled in.

    Raises
    ------
    SubmissionsError
        If there is no such place or nothing in it, or if the list of the class cannot be read.
    """
    people = _class(class_list)
    units = _units(place, lab, platform)
    fates: list[Fate] = []
    by_student: dict[str, list[tuple[choose.File, _Unit]]] = collections.defaultdict(list)
    several = all(unit.packed for unit in units)
    for unit in units:
        for item in unit.items:
            told = unit.reading.get(item)
            if told is not None and told.student:
                for one in told.members or (told,):
                    file = choose.File(item, one, unit.packed if several else 0.0)
                    by_student[one.student].append((file, unit))
            else:
                fates.append(Fate(_path(item, unit), "", LEFT_OUT, _why_left(item, told, unit)))
    if not by_student:
        notebooks = sum(fate.why == NOBODYS and ".ipynb" in fate.path for fate in fates)
        raise SubmissionsError(_nothing_in(place, platform, notebooks))
    chosen = []
    with reading.Reader() as reader:
        for student in sorted(by_student):
            submission, told = _within(student, by_student[student], lab, reader.look)
            chosen.append((submission, by_student[student]))
            fates += told
    submissions, notes = _with_times(chosen, due)
    notes += [*_doubtful(submissions, units), *_several_in_one(submissions, fates)]
    if people is not None:
        submissions, more = whole_class.filled_in(submissions, people)
        notes += more
    recognised = dict.fromkeys(f"{unit.platform.title} ({unit.where})" for unit in units)
    submissions.sort(key=lambda item: item.student)
    return Arrivals(submissions, fates, tuple(recognised), tuple(notes))


def _class(path: pathlib.Path | None) -> roster.Roster | None:
    if path is None:
        return None
    try:
        return roster.Roster.read(path)
    except tables.TableError as error:
        raise SubmissionsError(str(error)) from error


def _nothing_in(place: pathlib.Path, platform: str, notebooks: int) -> str:
    known = ", ".join(item.title for item in platforms.ALL if item is not platforms.FOLDERS)
    if platform:
        title = platforms.BY_NAME[platform].title
        return (
            f"Nothing in {place} looks as {title} packs it. Leave --from out to see what it is "
            "taken for."
        )
    if notebooks:
        return (
            f"Nothing says whose the {notebooks} notebooks in {place} are: they are called like "
            "the lab. Put each into a folder that is called like its student."
        )
    return (
        f"There are no submissions in {place}: it should hold a folder for each student, or what "
        f"one of these hands out: {known}."
    )


# --- what was packed together -----------------------------------------------------------------


def _units(place: pathlib.Path, lab: str, name: str) -> list[_Unit]:
    if place.is_file():
        return [_of_zip(place, lab, name)]
    if not place.is_dir():
        raise SubmissionsError(f"There is no {place}: name the folder with --submissions.")
    items = _completed(entries.in_folder(place, MAX_BYTES))
    packed = [item for item in items if item.is_zip or archives.is_called_tar(item.name)]
    zips = [item for item in packed if not item.problem and not item.left_behind]
    if not any(item.is_notebook for item in items):
        outer = {item.parts[0] for item in items}
        top = [item for item in zips if len(item.parts) == 1 or len(outer) == 1]
    else:
        top = [item for item in zips if len(item.parts) == 1]
    rest = [item for item in items if item not in top]
    alone = len(top) == 1 and not any(item.is_notebook or item.is_zip for item in rest)
    found = {item: _class_in(item.place, lab, name, alone) for item in top}
    classes = found if alone else _classes(found, _named_by_platform(top, lab, name))
    units = [unit for item in top if (unit := classes.get(item)) is not None]
    single = [item for item in top if classes.get(item) is None]
    rest, single = [*rest, *single], {*single}
    platform, reading = platforms.recognise(_tree(rest, lab), name)
    if platform is platforms.FOLDERS:
        # Where names say whose a file is, an archive has one, and what was unpacked of it may not.
        twice = {item: _unpacked_beside(item, rest) for item in packed if not item.problem}
        rest = [twice.get(item) or item for item in rest]
        platform, reading = platforms.recognise(_tree(rest, lab), name)
    if reading or not units:
        # A student's own zip file at the top is named after them, whatever lies beside it.
        own = [item for item in rest if item in single]
        named = {item: said.Said(archives.stem(item.name), item.name) for item in own}
        reading = reading | {item: named[item] for item in own if item not in reading}
    units.append(_Unit(place.name or str(place), platform, reading, rest))
    return [unit for unit in units if unit.items]


def _unpacked_beside(item: entries.Entry, rest: Sequence[entries.Entry]) -> entries.Entry | None:
    """Return an archive as one that is passed over, if what is in it lies unpacked beside it."""
    folder = (*item.parts[:-1], archives.stem(item.name))
    if not item.place.with_name(archives.stem(item.place.name)).is_dir():
        return None
    beside = {one.parts[len(folder) :]: one for one in rest if one.parts[: len(folder)] == folder}
    try:
        listed = _listed(item.place)
    except entries.UnreadableZip:
        return None
    inside = {one.parts: one for one in listed if not (one.folder or one.left_behind)}
    with_folder = {(folder[-1], *parts): one for parts, one in beside.items()}
    same = any(_all_lie_in(inside, other) for other in (beside, with_folder))
    return entries.unpacked_already(item) if inside and same else None


_ByParts = Mapping[tuple[str, ...], entries.Entry]


def _all_lie_in(some: _ByParts, others: _ByParts) -> bool:
    """Tell whether `others` has all of `some`, in their places and with the same in them."""
    try:
        return some.keys() <= others.keys() and all(
            one.read() == others[parts].read() for parts, one in some.items()
        )
    except (OSError, ValueError):
        return False


def _listed(path: pathlib.Path) -> list[entries.Entry]:
    if archives.is_called_tar(path.name):
        return archives.in_tar(path, MAX_BYTES)
    return entries.in_zip(path, path.name, MAX_BYTES)


def _tree(items: Sequence[entries.Entry], lab: str) -> platforms.Tree:
    kept = tuple(item for item in items if not item.left_behind)
    return platforms.Tree(kept, lab, tuple(item for item in items if item.left_behind))


def _completed(items: Iterable[entries.Entry]) -> list[entries.Entry]:
    """Return entries, and the folders in which nothing is left that counts."""
    items = entries.without_filled(entries.folded(items))
    return [*items, *entries.emptied(items)]


def _of_zip(path: pathlib.Path, lab: str, name: str) -> _Unit:
    try:
        items = _listed(path)
    except entries.UnreadableZip as error:
        raise SubmissionsError(f"{path.name}: {error}.") from error
    unit = _packed_in(path, items, lab, name)
    return _packed_once_more(path, unit, lab, name) or unit


def _packed_in(path: pathlib.Path, items: Iterable[entries.Entry], lab: str, name: str) -> _Unit:
    items = _completed(items)
    return _Unit(path.name, *platforms.recognise(_tree(items, lab), name), items, is_zip=True)


def _packed_once_more(
    path: pathlib.Path, unit: _Unit, lab: str, name: str, depth: int = _ZIPS_IN_ZIPS
) -> _Unit | None:
    """Return the class in the zip files that a zip file holds; None if these are students'.

    Of several, each has to be recognised: a platform packs a large class in parts.
    """
    packed = _tree(unit.items, lab).notebooks
    only_zips = depth and packed and all(item.is_zip and not item.problem for item in packed)
    if not only_zips or (unit.platform is not platforms.FOLDERS and unit.reading):
        return None
    try:
        inside = [
            _packed_in(path, entries.in_zip(item.read(), path.name, MAX_BYTES), lab, name)
            for item in packed
        ]
    except (OSError, ValueError):
        return None
    first, *more = inside
    if any(part.platform is not first.platform or not part.reading for part in more):
        return None
    plain = first.platform is platforms.FOLDERS
    largest = max(len(part.with_notebooks) for part in inside)
    if more and plain and (largest < _FEWEST or len({*map(_without_numbers, packed)}) > 1):
        return None
    students = {told.student for part in inside for told in part.reading.values()}
    if first.platform is platforms.FOLDERS and len(students) < _FEWEST:
        return _packed_once_more(path, first, lab, name, depth - 1)
    for part in more:
        first.items += part.items
        first.reading = first.reading | part.reading
    first.items += [item for item in unit.items if item not in packed and not item.folder]
    return first


_Found = Mapping[entries.Entry, _Unit | None]


def _classes(found: _Found, of_students: Collection[entries.Entry]) -> _Found:
    """Return those of several archives in which a class lies.

    A student has folders, too, but only a few. What has the same folders as a class is one, and so
    is what is called like it but for its numbers: that is another part of the download.
    """
    plain = {
        item: unit.with_notebooks
        for item, unit in found.items()
        if unit is not None and unit.platform is platforms.FOLDERS
    }
    many = [
        item for item, names in plain.items() if len(names) >= _FEWEST and item not in of_students
    ]
    known = set().union(*(plain[item] for item in many))
    parts = {_without_numbers(item) for item in many}
    own = {
        item
        for item, names in plain.items()
        if item in of_students or not (names <= known or _without_numbers(item) in parts)
    }
    return {item: unit for item, unit in found.items() if item not in own}


def _without_numbers(item: entries.Entry) -> tuple[tuple[str, ...], str]:
    return item.parts[:-1], re.sub(r"\d+", "#", item.name)


def _named_by_platform(
    top: Sequence[entries.Entry], lab: str, name: str
) -> Collection[entries.Entry]:
    """Return the archives whose names say, in a platform's form, which student handed them in."""
    platform, reading = platforms.recognise(_tree(top, lab), name)
    return set(reading) if len(top) > 1 and platform is not platforms.FOLDERS else ()


def _class_in(path: pathlib.Path, lab: str, name: str, alone: bool) -> _Unit | None:
    """Return what is in a zip file of a whole class; None if it is one student's, or unreadable."""
    try:
        unit = _of_zip(path, lab, name)
    except SubmissionsError:
        if alone:
            raise
        return None
    if alone and not unit.items:
        raise SubmissionsError(f"{path.name}: there are no submissions in it, it is empty.")
    students = {told.student for told in unit.reading.values()}
    if unit.platform is not platforms.FOLDERS:
        return unit
    own = any(map(said.of_a_course, students))
    flat = all(len(entry.parts) == 1 for entry in unit.reading)
    if own or not students or (flat and not alone):
        return None
    return None if flat and len(students) == 1 else unit


# --- one student ------------------------------------------------------------------------------


def _within(
    student: str, found: list[tuple[choose.File, _Unit]], lab: str, look: choose.Look
) -> tuple[Submission, list[Fate]]:
    """Return what `_submission` does; where it raises, a submission with that problem."""

    def instead(why: str) -> tuple[Submission, list[Fate]]:
        fates = [Fate(_path(file.entry, unit), student, NO_NOTEBOOK, why) for file, unit in found]
        return Submission(student, safe_name(student), bytes, problem=why), fates

    return boundary.within(lambda: _submission(student, found, lab, look), instead)


def _submission(
    student: str, found: list[tuple[choose.File, _Unit]], lab: str, look: choose.Look
) -> tuple[Submission, list[Fate]]:
    """Return what counts of one student's files, and what became of each of them."""
    files = [file for file, _ in found]
    units = {file.entry: unit for file, unit in found}
    file_times = all(unit.platform.file_times for _, unit in found)
    choice = choose.choose(files, lab, MAX_BYTES, file_times, look)
    any_unit = found[0][1]
    fates = [
        Fate(_path(entry, units.get(entry, any_unit)), student, LEFT_OUT, why)
        for entry, why in choice.fates.items()
        if choice.taken is None or entry is not choice.taken.entry
    ]
    if choice.taken is not None:
        why, entry = choice.problem or choice.doubt, choice.taken.entry
        what = NO_NOTEBOOK if why else TAKEN
        fates.append(Fate(_path(entry, units.get(entry, any_unit)), student, what, why))
    about = choice.taken.said if choice.taken else files[0].said
    told = _all_said([file.said for file in files])
    unit = units.get(choice.taken.entry, any_unit) if choice.taken else any_unit
    platform = "" if unit.platform is platforms.FOLDERS else unit.platform.name
    return (
        Submission(
            student,
            safe_name(student),
            choice.taken.entry.read if choice.taken else bytes,
            choice.notes,
            choice.problem,
            about.late,
            platform,
            told["name"],
            told["number"],
            told["login"],
            told["email"],
            _path(choice.taken.entry, unit) if choice.taken else "",
            about.time or 0.0,
            about.team,
        ),
        fates,
    )


def _all_said(items: list[said.Said]) -> dict[str, str]:
    """Return what any of a student's files says about the student."""
    return {
        field: next(filter(None, (getattr(item, field) for item in items)), "")
        for field in ("name", "number", "login", "email")
    }


def _path(item: entries.Entry, unit: _Unit) -> str:
    return f"{unit.where}: {item.path}" if item.origin == unit.where else item.path


def _why_left(item: entries.Entry, told: said.Said | None, unit: _Unit) -> str:
    if item.left_behind:
        return item.problem if item.unpacked else "a machine left it there"
    if told is not None:
        return "the platform put it there"
    if item.problem:
        return item.problem
    if item.folder:
        return "it is a folder"
    if unit.platform is platforms.FOLDERS or not unit.reading:
        return NOBODYS
    return f"it has not the form that {unit.platform.title} gives to what was handed in"


# --- times ------------------------------------------------------------------------------------

_Chosen = list[tuple[Submission, list[tuple[choose.File, _Unit]]]]


def _with_times(
    chosen: _Chosen, due: datetime.datetime | None
) -> tuple[list[Submission], list[str]]:
    """Give each submission the time of its file, where that means something; tell who is late."""
    files = {submission.student: _file_time(submission, found) for submission, found in chosen}
    known = [time for time in files.values() if time is not None]
    if len(known) > 1 and max(known) - min(known) < _AT_ONCE:
        files = {}
    submissions = []
    for submission, _ in chosen:
        time = submission.time or files.get(submission.student) or 0.0
        late = submission.late or (due is not None and time > due.timestamp())
        notes = (*submission.notes, "It was handed in late.") if late else submission.notes
        submissions.append(dataclasses.replace(submission, time=time, late=late, notes=notes))
    unknown = sum(not item.problem and not item.time for item in submissions)
    if due is None or not unknown:
        return submissions, []
    return submissions, [
        f"When it was handed in is not known of {unknown} of {len(submissions)}: the times of the "
        "files are those of a download or a copy. --due marks none of these as late."
    ]


def _doubtful(submissions: Sequence[Submission], units: Sequence[_Unit]) -> list[str]:
    """Say so where one student was found, and a class may lie in what was taken for a folder."""
    if len(submissions) != 1 or any(unit.platform is not platforms.FOLDERS for unit in units):
        return []
    one = submissions[0]
    if not _folders_below(one.student, one.file):
        return []
    return [
        f"Only one student was found, {one.student}. If that is the folder around a class, name "
        "that folder with --submissions."
    ]


def _several_in_one(submissions: Sequence[Submission], fates: Sequence[Fate]) -> list[str]:
    """Say so where the versions that one student has lie in folders that may be students'."""
    plain = {item.student for item in submissions if not item.platform}
    ways: dict[str, set[tuple[str, ...]]] = collections.defaultdict(set)
    for fate in fates:
        if fate.student in plain and (fate.what == TAKEN or fate.why == choose.EARLIER):
            ways[fate.student].add(_folders_below(fate.student, fate.path))
    inner = {student: _where_they_part(found) for student, found in ways.items()}
    return [
        f"Of {student}, one of the notebooks in {', '.join(sorted(folders))} counts. If these are "
        "students, put their folders where those of the others are."
        for student, folders in sorted(inner.items())
        # Those that are counted are one student's versions.
        if "" not in folders and len({re.sub(r"\d+", "#", folder) for folder in folders}) > 1
    ]


def _folders_below(student: str, path: str) -> tuple[str, ...]:
    """Return the folders in a student's folder, or archive, that a file lies in."""
    _, *inside = re.split(rf"(?:^|(?<=[/ ])){re.escape(student)}(?:\.\w+)*/", path)
    return tuple(inside[-1].split("/")[:-1]) if inside else ()


def _where_they_part(ways: set[tuple[str, ...]]) -> set[str]:
    """Return the folders that lie beside one another, below those that all lie in."""
    while len(tops := {way[0] if way else "" for way in ways}) == 1 and tops != {""}:
        ways = {way[1:] for way in ways}
    return tops


def _file_time(submission: Submission, found: list[tuple[choose.File, _Unit]]) -> float | None:
    """Return the time of the file that counts; None where its platform changes such times."""
    for file, unit in found:
        if unit.platform.file_times and _path(file.entry, unit) == submission.file:
            return file.entry.time
    return None
