"""Whatever state the class, its output and the machine are in: a row for each, or a line.

The states are in `states.py`; `workshop.py` makes them and grades in them. What always holds:

- The command ends by itself. With 0 or 1, the table has every student, and everybody's rows are
  those of a plain grading by the same user; 1 says why. With 2, one line says what to do, and the
  table is as it was.
- Nothing is left in the folder for scratch files, and nothing that was handed in is changed.
- What was kept does no harm: once nothing is in the way, grading again gives the plain rows.
"""

import collections
import csv
import dataclasses
import functools
import io
import json
import os
import pathlib
import random
import re
import shutil
import stat
import subprocess
import sys
import tempfile

import pytest

from labkit.grading.runs import sandbox
from tests.grading import classroom, states
from tests.grading.workshop import HONEST, ORDINARY, OWN, Case

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="states are made as Linux has them"),
    pytest.mark.xdist_group("states"),  # they share the process that makes them
]
EXERCISES, _UNGRADED = 14, "could not grade"
ODD_AT_ONCE = 3
TAKEN, PAIRS = 15, 20
DISK = 96 * 2**20
# What a line with status 2 tells people to do.
_TO_DO = re.compile(r"\b(see that|move|name|close|wait|give|raise|make|install|ulimit)\b", re.I)
# What a case itself changes of what was handed in, and whose rows may be either.
_CHANGES_WORK = ("one student's work", "submissions removed")


def _cases(seed: int) -> list[Case]:
    """Return a case for each state, and for pairs of states; who grades is drawn with a seed."""
    draw = random.Random(seed)
    users = (OWN, ORDINARY) if os.geteuid() == 0 else (OWN,)
    taken = draw.sample(list(states.TAKEN), TAKEN)
    alone = [
        *(Case(output=name) for name in [*states.OUTPUTS, *taken] if name != "new"),
        *(Case(machine=name) for name in states.MACHINES),
        *(Case(between=name) for name in states.BETWEEN),
        *(Case(meanwhile=name) for name in states.MEANWHILE),
    ]
    if sandbox.available():
        alone += [Case(machine=name, book=True) for name in states.SMALL_DISKS]
    alone = [dataclasses.replace(case, accounts=_accounts(case, users, draw)) for case in alone]
    pairs = [_both(*draw.sample(alone, 2)) for _ in range(PAIRS)]
    return [_with_odd(case, draw) for case in [*alone, *pairs]]


def _accounts(case: Case, users: tuple[str, ...], draw: random.Random) -> tuple[str, ...]:
    return tuple(draw.choice(users) for _ in range(2 if case.between else 1))


def _both(one: Case, other: Case) -> Case:
    plain = dataclasses.asdict(Case())
    changed = {
        name: what for name, what in dataclasses.asdict(other).items() if what != plain[name]
    }
    both = dataclasses.replace(one, **changed)
    return dataclasses.replace(both, accounts=(both.accounts * 2)[: 2 if both.between else 1])


def _with_odd(case: Case, draw: random.Random) -> Case:
    book = case.book or "gradebook" in f"{case}"
    return dataclasses.replace(
        case, odd=tuple(draw.sample(list(states.HANDED_IN), ODD_AT_ONCE)), book=book
    )


class Box:
    """The process that plays cases, in a box with disks of its own where that can be made."""

    def __init__(self, folder: pathlib.Path) -> None:
        disk, scratch = folder / "disk", folder / "scratch"
        for place in (disk, scratch):
            place.mkdir()
        around = _around(disk, scratch) if sandbox.available() else []
        line = [sys.executable, "-m", "tests.grading.workshop", str(disk), str(scratch)]
        self._process = subprocess.Popen(
            [*around, *line],
            cwd=classroom.ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
            text=True,
        )

    def play(self, case: Case) -> list[dict]:
        self._process.stdin.write(json.dumps(dataclasses.asdict(case)) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(timeout=60)


def _around(disk: pathlib.Path, scratch: pathlib.Path) -> list[str]:
    """Return what makes a box with the whole machine in it, and two small disks."""
    words = ["bwrap", "--bind", "/", "/", "--dev-bind", "/dev", "/dev"]
    if os.geteuid() == 0:
        words += ["--cap-add", "ALL"]
        # Python may lie where no other user may look.
        for place in dict.fromkeys([sys.base_prefix, sys.prefix, str(classroom.ROOT)]):
            words += _in_the_open(pathlib.Path(place))
    for place in (disk, scratch):
        words += ["--size", str(DISK), "--tmpfs", str(place)]
    return [*words, "--die-with-parent", "--"]


def _in_the_open(place: pathlib.Path) -> list[str]:
    """Return what lets every user come to a folder, where one above it is closed."""
    closed = [above for above in place.parents if _is_closed(above)]
    if not closed:
        return []
    between = [above for above in reversed(place.parents) if closed[-1] in above.parents]
    words = ["--tmpfs", str(closed[-1])]
    words += [word for above in between for word in ("--dir", str(above))]
    return [*words, "--bind", str(place), str(place)]


def _is_closed(folder: pathlib.Path) -> bool:
    return not folder.stat().st_mode & stat.S_IXOTH


@pytest.fixture(scope="module")
def box():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="labkit-states-", dir="/tmp"))
    folder.chmod(0o755)
    made = Box(folder)
    try:
        yield made
    finally:
        made.close()
        shutil.rmtree(folder, ignore_errors=True)


def _rows(table: str) -> dict[str, list[list[str]]]:
    found = collections.defaultdict(list)
    for row in list(csv.reader(io.StringIO(table)))[1:]:
        found[row[0]].append(row[1:])
    return dict(found)


@pytest.fixture(scope="module")
def plain(box):
    """Return what gives the rows of a plain grading by a user, by what is handed in."""

    @functools.cache
    def rows(account: str, real: bool) -> dict[str, list[list[str]]]:
        odd = REAL_ODD if real else tuple(states.HANDED_IN)
        (seen,) = box.play(Case(odd, accounts=(account,), real=real))
        assert seen["status"] == 1, seen
        found = _rows(seen["table"])
        assert len(found) == len(HONEST) + len(odd)
        assert {len(own) for own in found.values()} == {EXERCISES}
        for name in HONEST:
            assert sum(float(row[2] or 0) for row in found[name]) == classroom.FULL
        return found

    return rows


def _wrong(case: Case, gradings: list[dict], plain) -> list[str]:
    """Return what does not hold of what came of a case."""
    found = []
    for account, seen in zip(case.accounts[-len(gradings) :], gradings, strict=True):
        found += _wrong_of(case, seen, plain(account, case.real))
    honest = {name: plain(OWN, case.real)[name] for name in HONEST}
    if _rows(gradings[-1]["healed"]) != honest:
        found.append("what was kept does harm")
    return found


def _wrong_of(case: Case, seen: dict, plain: dict[str, list[list[str]]]) -> list[str]:
    status, said, errors = seen["status"], seen["said"], seen["errors"]
    lines = [line for line in errors.splitlines() if line.startswith("labkit:")]
    rows = _rows(seen["table"])
    own_work = case.meanwhile.startswith(_CHANGES_WORK)
    wrong = {
        f"status {status}": status not in (0, 1, 2),
        "a traceback": "Traceback" in said + errors,
        "not foreseen": "The grader failed" in errors,
        f"left: {seen['left']}": bool(seen["left"]),
        f"changed: {seen['changed']}": bool(seen["changed"]) and not own_work,
    }
    if status in (0, 1):
        either = {"one": ["zoe"], "sub": list(plain)}[case.meanwhile[:3]] if own_work else []
        if case.fault and case.fault[1] in OF_A_FILE:
            either = [name for name, own in rows.items() if {row[4] for row in own} == {_UNGRADED}]
        other = [name for name in rows if rows[name] != plain.get(name) and name not in either]
        missing = len(HONEST) + len(case.odd) - len(rows)
        ungraded = any(_UNGRADED in row for own in rows.values() for row in own)
        wrong |= {
            f"other rows: {other}": bool(other),
            f"rows of {missing} are missing": missing != 0,
            "status 1 without a reason": status == 1 and not lines and not ungraded,
            "status 0, and not all were graded": status == 0 and ungraded,
        }
    if status == 2:
        wrong |= {
            f"{len(lines)} lines": len(lines) != 1,
            "it does not say what to do": not _TO_DO.search(lines[-1] if lines else ""),
            "another table": seen["before"] not in ("", seen["table"])
            and case.meanwhile == "nothing",
        }
    return [what for what, holds in wrong.items() if holds]


def _play_all(box: Box, cases: list[Case], plain) -> None:
    wrong = {}
    for case in cases:
        gradings = box.play(case)
        found = _wrong(case, gradings, plain)
        if found:
            wrong[str(case)] = found, [seen["errors"][-600:] for seen in gradings]
    told = [f"{case}: {found} {errors}" for case, (found, errors) in wrong.items()]
    assert not wrong, f"{len(wrong)} of {len(cases)}:\n" + "\n".join(told)


def test_a_handful(box, plain):
    _play_all(box, random.Random(1).sample(_cases(1), 10), plain)


@pytest.mark.slow
def test_each_state_and_many_pairs(box, plain):
    """Always the same pairs, and others for another LABKIT_FUZZ."""
    _play_all(box, _cases(int(os.environ.get("LABKIT_FUZZ", "2"))), plain)


# What may be wrong with one file, and what is wrong with the machine, whatever file it is for.
OF_A_FILE = ("EACCES", "EIO", "ENOENT", "EROFS", "ENAMETOOLONG")
OF_THE_MACHINE = ("ENOSPC", "EMFILE", "EDQUOT", "ENOMEM")


def _faults(box: Box, count: int, seed: int) -> list[Case]:
    """Return cases in which one call for a file fails, or all from one on."""
    draw = random.Random(seed)
    cases = []
    for _ in range(count):
        between = draw.choice(["", "nothing"])
        case = _with_odd(Case(between=between, accounts=(OWN,) * (2 if between else 1)), draw)
        (*_, plain) = box.play(case)
        assert plain["calls"] > 50
        fault = draw.randint(1, plain["calls"]), draw.choice(OF_A_FILE + OF_THE_MACHINE)
        cases.append(dataclasses.replace(case, fault=(*fault, draw.random() < 0.3)))
    return cases


def test_a_call_that_fails(box, plain):
    _play_all(box, _faults(box, 6, seed=1), plain)


@pytest.mark.slow
def test_many_calls_that_fail(box, plain):
    """Always the same ones, and others for another LABKIT_FUZZ."""
    _play_all(box, _faults(box, 20, int(os.environ.get("LABKIT_FUZZ", "2"))), plain)


REAL_ODD = ("blank", "cut")
REAL = [
    Case(REAL_ODD, machine=machine, accounts=(account,), real=True)
    for machine, account in (
        ("plain", ORDINARY),
        ("scratch with 0 KiB", OWN),
    )
]


@pytest.mark.slow
@pytest.mark.usefixtures("sandboxed")
@pytest.mark.parametrize("case", REAL, ids=str)
def test_with_all_that_runs_and_judges(box, plain, case):
    if case.accounts == (ORDINARY,) and os.geteuid() != 0:
        pytest.skip("only root can be another user")
    assert _wrong(case, gradings := box.play(case), plain) == [], gradings
