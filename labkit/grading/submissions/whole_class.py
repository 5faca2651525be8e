"""Who handed in, beside the list of the class: names that it knows, and who is missing."""

import collections
import dataclasses
from collections.abc import Iterator, Sequence

from labkit.grading.submissions import roster
from labkit.grading.submissions.arrived import Submission, safe_name
from labkit.grading.submissions.platforms import moodle, said

NOTHING = "nothing was handed in"


def filled_in(
    submissions: list[Submission], people: roster.Roster
) -> tuple[list[Submission], list[str]]:
    """Fill in names, and add who handed in nothing; return what an instructor has to know, too."""
    seen: set[int] = set()
    named, unknown = [], []
    namesakes: collections.Counter[tuple[int, ...]] = collections.Counter()
    for item in submissions:
        rows = [] if item.team else _rows(item, people)
        if not rows:
            # Nothing but a list can tell a team's number from a student's.
            rows = people.members(item.name or item.student)
            item = dataclasses.replace(item, team=item.team or len(rows) > 0)
        seen |= set(rows)
        alike = () if rows else tuple(people.alike(item.name or item.student))
        if alike:
            namesakes[alike] += 1
        elif not rows:
            unknown.append(item.student)
        named.append(_named(item, people, rows))
    notes = [f"Not in the list of the class: {', '.join(unknown)}." for _ in unknown[:1]]
    for alike, count in namesakes.items():
        # Who of them handed in is not known: then none is said to have handed in nothing.
        seen |= set(alike)
        notes.append(
            f"{len(alike)} in the list are called {people.person(alike[0]).name}, and {count} of "
            "that name handed in: which is whose cannot be told."
        )
    others = _of_other_roles(people, seen)
    notes += [f"No students, as the list says: {_titles(people, others)}." for _ in others[:1]]
    seen |= set(others)
    return [*named, *_absent(people, seen, {item.student for item in named})], notes


def _of_other_roles(people: roster.Roster, seen: set[int]) -> list[int]:
    """Return the rows of those who are in the course what none is who handed in: its teachers."""
    of_students = {people.role(row) for row in seen} - {""}
    absent = [row for row in people.rows if row not in seen and people.role(row)]
    return [row for row in absent if of_students and people.role(row) not in of_students]


def _titles(people: roster.Roster, rows: Sequence[int]) -> str:
    found = [(people.person(row), people.role(row)) for row in rows]
    return ", ".join(f"{person.name or person.title} ({role})" for person, role in found)


def _rows(item: Submission, people: roster.Roster) -> list[int]:
    """Return the row of a student in the list of the class."""
    of_moodle = item.platform == moodle.PLATFORM.name and item.number
    rows = people.numbered(item.number) if of_moodle else []
    return rows if rows and people.agrees(item.name, rows[0]) else people.find(item.person)


def _named(item: Submission, people: roster.Roster, rows: list[int]) -> Submission:
    if len(rows) != 1 or item.team:
        return item
    person = people.person(rows[0])
    return dataclasses.replace(
        item,
        name=person.name or item.name,
        number=item.number or person.number,
        login=item.login or person.login,
        email=item.email or person.email,
    )


def _absent(people: roster.Roster, seen: set[int], taken: set[str]) -> Iterator[Submission]:
    for row in people.rows:
        if row in seen:
            continue
        person = people.person(row)
        student = person.login or said.student(person.name, person.number) or person.email
        student = student or f"row {row} of the list"
        while student in taken:
            student += " (of the list)"
        taken.add(student)
        yield Submission(
            student,
            safe_name(student),
            bytes,
            problem=NOTHING,
            name=person.name,
            number=person.number,
            login=person.login,
            email=person.email,
            absent=True,
        )
