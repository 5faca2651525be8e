"""Run all attacks and accidents as one class, each attacker followed by an honest student."""

import dataclasses
import hashlib
import os
import pathlib
import time
from collections.abc import Sequence

import psutil

from labkit.commands import speaking
from labkit.grading import grade
from labkit.grading.graded import Graded
from labkit.grading.runs import sandbox
from tests.grading import cases, cases_of_accidents, cases_of_kinds, cases_of_walls, classroom

assert cases_of_accidents and cases_of_kinds and cases_of_walls  # they have added their own

# What the attacks would leave behind, had they succeeded.
MARK = "labkit-was-here"
BACKGROUND = "86399"


@dataclasses.dataclass(frozen=True)
class Row:
    """What came of one case.

    Attributes
    ----------
    case : cases.Case
    points : float
        The offender's.
    next_points : float or None
        Those of the honest student after the offender; None after an accident.
    graded : bool
        Whether the offender's every exercise got a result: else the exit status is 1.
    reason : str
        Why not, if not.
    """

    case: cases.Case
    points: float
    next_points: float | None
    graded: bool
    reason: str

    @property
    def as_it_should_be(self) -> bool:
        if self.case.kind == cases.ATTACK:
            own = self.points <= self.case.points
        else:
            own = self.points == self.case.points
        unharmed = self.next_points in (None, classroom.FULL)
        return own and unharmed and self.case.graded in (None, self.graded)


def run(
    folder: pathlib.Path,
    chosen: Sequence[cases.Case],
    jobs: int = 2,
    progress: bool = False,
    limits: sandbox.Limits = classroom.LIMITS,
    keep_warm: bool = True,
) -> list[Row]:
    """Grade the cases in `folder` and return a row for each."""
    root = classroom.light_course(folder / "course")
    place = folder / "submissions"
    for number, case in enumerate(chosen):
        offender = case.make(classroom.Book(root))
        classroom.hand_in(place, f"{number:03}", offender)
        if case.kind == cases.ATTACK:
            honest = classroom.Book(root).right().content()
            classroom.hand_in(place, f"{number:03}-next", honest)
    before = contents(place)
    shown = speaking.Progress() if progress else None
    more = {"jobs": jobs, "progress": shown, "limits": limits, "keep_warm": keep_warm}
    settings = classroom.settings(root, **more)
    graded = grade.grade(classroom.LAB, place, folder / "grades", settings)
    if contents(place) != before:
        raise AssertionError("a run changed a submission")
    by_student = classroom.by_student(graded)
    return [
        _row(case, by_student[f"{number:03}"], by_student.get(f"{number:03}-next"))
        for number, case in enumerate(chosen)
    ]


def _row(case: cases.Case, offender: Graded, honest: Graded | None) -> Row:
    reasons = [str(r.message) for r in offender.results if r.outcome == "could not grade"]
    return Row(
        case,
        offender.points,
        honest.points if honest else None,
        not offender.could_not_grade,
        reasons[0] if reasons else "",
    )


def contents(folder: pathlib.Path) -> dict[str, str]:
    """Return a digest of every file below `folder`."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def left_behind() -> list[str]:
    """Return the processes and files that attacks have left behind on this machine."""
    time.sleep(0.2)  # a process that was ended takes a moment to go
    found = []
    own = {child.pid for child in psutil.Process().children(recursive=True)}
    for process in psutil.process_iter(["cmdline", "ppid"]):
        line = process.info["cmdline"] or []
        worker = any(part.endswith(("/worker.py", "/preloaded.py")) for part in line)
        # Another grading on this machine has workers too: they have a parent, and not this one.
        if BACKGROUND in line or (worker and (process.pid in own or process.info["ppid"] == 1)):
            found.append(f"process {' '.join(line)[:80]}")
    for place in ("/", "/usr", "/etc", "/root", "/home", "/var/tmp", "/tmp", "/work", "/dev"):
        if os.path.exists(os.path.join(place, MARK)):  # False where this user may not look
            found.append(f"file {place}/{MARK}")
    return found


def table(rows: Sequence[Row]) -> str:
    """Return the rows as text, one line for each case."""
    head = f"{'case':<62} {'points':>6} {'may be':>6} {'next':>5} {'exit':>4}  as it should be"
    lines = [head]
    for row in rows:
        status = 0 if row.graded else 1
        following = "" if row.next_points is None else f"{row.next_points:g}"
        verdict = "yes" if row.as_it_should_be else f"NO {row.reason}"
        lines.append(
            f"{row.case!s:<62} {row.points:>6g} {row.case.points:>6g} "
            f"{following:>5} {status:>4}  {verdict}"
        )
    good = sum(row.as_it_should_be for row in rows)
    gained = sum(
        max(0.0, row.points - row.case.points) for row in rows if row.case.kind == cases.ATTACK
    )
    lines.append(f"{good} of {len(rows)} as they should be; attacks gained {gained:g} points.")
    return "\n".join(lines)
