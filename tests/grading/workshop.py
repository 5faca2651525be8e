"""A process that makes states of a class and of the machine, and grades in them; run as a module.

It reads cases as JSON, one a line, and answers each with what was seen (`Case`, `Seen`). Every
grading is a process that it forks, so that a case costs no start and changes nothing for the next.
"""

import contextlib
import copy
import dataclasses
import errno
import functools
import json
import os
import pathlib
import re
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence

from labkit import data, labs
from labkit.commands import cli
from labkit.grading import grade
from labkit.grading.judging import kept
from labkit.grading.results import pages
from labkit.grading.submissions import reading, repair
from tests.grading import attacks, classroom, light_start, states, stubs

LAB = classroom.LAB
HONEST = ("ann", "zoe")
USER = 12_345
OWN, ORDINARY = "own", "ordinary"
_LONGEST = 300
_FAILED = 99
# What libraries keep for themselves goes when a process ends as usual, and not when a fork does.
_OURS = re.compile(r"labkit-(run|kit)-")


@dataclasses.dataclass(frozen=True)
class Case:
    """What is to be made, by the names in `states`; gradings follow each other.

    Attributes
    ----------
    odd : tuple of str
        What others than the honest hand in.
    output, between, meanwhile : str
        The state of the output before the first grading, before the second one, and what happens
        while the last one goes on. With an empty `between` there is one grading.
    machine : str
        That of the last grading.
    accounts : tuple of str
        Who grades.
    real : bool
        Whether notebooks run and are judged, and not only stubs of that.
    book : bool
        Whether nbgrader's gradebook is written.
    fault : tuple
        Which call for a file or a folder fails in the last grading, with which error, and whether
        all others after it do, too.
    """

    odd: tuple[str, ...] = ()
    output: str = "new"
    between: str = ""
    meanwhile: str = "nothing"
    machine: str = "plain"
    accounts: tuple[str, ...] = (OWN,)
    real: bool = False
    book: bool = False
    fault: tuple[int, str, bool] | tuple[()] = ()

    def __str__(self) -> str:
        told = dataclasses.asdict(self)
        plain = dataclasses.asdict(Case())
        return ", ".join(f"{name}: {what}" for name, what in told.items() if what != plain[name])


@dataclasses.dataclass(frozen=True)
class Seen:
    """What came of a grading.

    Attributes
    ----------
    status : int
        The exit status; negative for a signal.
    said, errors : str
    table, before : str
        What is in ``grades.csv`` afterwards, and what was before; empty if it cannot be read.
    calls : int
        How many calls for files and folders there were.
    changed : list of str
        What of that which was handed in is not as it was.
    left : list of str
        What is left in the folder for scratch files.
    healed : str
        The table that grading gives with what was kept, once nothing is in the way; empty where
        another grading follows.
    """

    status: int
    said: str
    errors: str
    table: str
    before: str
    calls: int
    changed: list[str]
    left: list[str]
    healed: str = ""


class Workshop:
    """Makes scenes in a folder on one disk, with a folder for scratch files on another."""

    def __init__(self, disk: pathlib.Path, scratch: pathlib.Path) -> None:
        self._disk, self._scratch = disk, scratch
        os.environ |= {"LABKIT_DATA": "sample", "LABKIT_OFFLINE": "1", "TMPDIR": str(scratch)}
        os.environ["LABKIT_CACHE"] = str(disk / "cache")
        tempfile.tempdir = None
        data.source = functools.cache(data.source)  # it draws the sample each time
        data.source("fashion-mnist")
        from nbgrader import api, preprocessors  # noqa: F401  forks have them then

        _read_beforehand()
        self._root = classroom.light_course(disk / "course")
        book = classroom.Book(self._root)
        self._blank, self._right = book.content(), book.right().content()
        self._number = 0
        os.umask(0o022)
        scratch.chmod(0o777)

    def play(self, case: Case) -> list[Seen]:
        """Make a case and return what came of each of its gradings."""
        self._number += 1
        folder = self._disk / f"case-{self._number}"
        folder.mkdir()
        folder.chmod(0o777)
        other = USER if os.geteuid() == 0 else -1
        if case.accounts[-1] == ORDINARY:
            other = 0
        scene = states.Scene(folder, self._right, self._blank, self._disk, self._scratch, other)
        try:
            return list(self._played(scene, case))
        finally:
            self._clear(folder)

    def _played(self, scene: states.Scene, case: Case) -> Iterator[Seen]:
        if "exchanged" in case.between + case.meanwhile:
            for name in HONEST:
                scene.hand_in(name, scene.blank)
            another = copy.copy(scene)
            another.output = scene.another
            self._seen(another, Case(), OWN)
            shutil.rmtree(scene.place)
        for name in HONEST:
            scene.hand_in(name, scene.right)
        for name in case.odd:
            states.HANDED_IN[name](scene, name)
        scene.place.chmod(0o777)
        (states.OUTPUTS | states.TAKEN)[case.output](scene)
        if case.between:
            first = dataclasses.replace(case, machine="plain", meanwhile="nothing", fault=())
            yield self._seen(scene, first, case.accounts[0])
            with contextlib.suppress(OSError):  # as far as it can be
                states.BETWEEN[case.between](scene)
        seen = self._seen(scene, case, case.accounts[-1])
        yield dataclasses.replace(seen, healed=self._healed(scene, case))

    def _seen(self, scene: states.Scene, case: Case, account: str) -> Seen:
        """Grade in a fork, and return what came of it."""
        handed_in, before = _handed_in(scene), _text(scene.output / "grades.csv")
        # In memory: a disk may be full.
        streams = [os.memfd_create(name) for name in ("said", "errors", "calls")]
        status = self._forked(scene, case, account, streams)
        for place in (self._disk, self._scratch):
            (place / "ballast").unlink(missing_ok=True)
        said, errors, calls = map(_all_of, streams)
        changed = sorted(dict(handed_in.items() ^ _handed_in(scene).items()))
        left = sorted(path.name for path in self._scratch.iterdir() if _OURS.match(path.name))
        table = _text(scene.output / "grades.csv")
        return Seen(status, said, errors, table, before, int(calls or 0), changed, left)

    def _forked(self, scene: states.Scene, case: Case, account: str, streams: list[int]) -> int:
        """Grade in a fork and return its exit status."""
        child = os.fork()
        if child:
            return _ended(child)
        status = _FAILED
        try:
            os.setsid()
            for number, stream in enumerate(streams[:2], start=1):
                os.dup2(stream, number)
            if case.machine != "plain":
                _forget_what_was_read()
            faults = _Faults((scene.folder, self._scratch), *case.fault)
            sys.addaudithook(faults)
            status = self._graded(scene, case, account)
            os.write(streams[2], str(faults.calls).encode())
        except BaseException:
            traceback.print_exc()
        finally:
            with contextlib.suppress(Exception):
                sys.stdout.flush()
            os._exit(status)

    def _graded(self, scene: states.Scene, case: Case, account: str) -> int:
        os.chdir(scene.folder)
        if case.real:
            light_start.everywhere()
        else:
            self._install_stubs(scene, case)
        if case.machine in states.SMALL_DISKS:
            states.SMALL_DISKS[case.machine](scene)
        if account == ORDINARY:
            os.setgroups([])
            os.setgid(USER)
            os.setuid(USER)
        if case.machine in states.MACHINES:
            states.MACHINES[case.machine](scene)
        line = ["grade", LAB, "--submissions", str(scene.place), "--course", str(self._root)]
        return cli.main([*line, "--output", str(scene.output), "--jobs", "1"])

    def _install_stubs(self, scene: states.Scene, case: Case) -> None:
        stubs.install(_Patch, grade.gradebook.Book if case.book else stubs.Book)
        happens = states.MEANWHILE[case.meanwhile]

        class Machine(stubs.Machine):
            def run(self, job, output, cancelled=None):
                ended = super().run(job, output, cancelled)
                if self.runs == 1:
                    with contextlib.suppress(OSError):  # as far as this user may
                        happens(scene)
                return ended

        grade._runner = Machine
        reading.Reader.repair = _repaired_here

    def _healed(self, scene: states.Scene, case: Case) -> str:
        """Grade once more with what was kept, where nothing is in the way; return the table."""
        was_kept, healed = scene.output / ".kept" / LAB, scene.folder / "healed"
        with contextlib.suppress(OSError):  # what cannot be copied is lost, as may happen
            shutil.copytree(was_kept, healed / ".kept" / LAB, symlinks=True)
        for place in (healed, scene.place):
            _make_usable(place)
        shutil.rmtree(scene.place, ignore_errors=True)
        for name in HONEST:
            scene.hand_in(name, scene.right)
        again = copy.copy(scene)
        again.output = healed
        return self._seen(again, Case(real=case.real), OWN).table

    def _clear(self, folder: pathlib.Path) -> None:
        for place in (folder, *(self._scratch.iterdir())):
            _make_usable(place)
            kept.remove(place)


def _read_beforehand() -> None:
    """Read the labs and the templates of pages, which takes half of a grading's time."""
    for name in labs.MODULES:
        labs.load(name)
    for path in pages.TEMPLATES.glob("*.html"):
        pages._ENVIRONMENT.get_template(path.name)


def _forget_what_was_read() -> None:
    """Let this process read it itself: it may be the machine's state that is in the way."""
    for name in [name for name in sys.modules if name.startswith("labkit.labs.")]:
        del sys.modules[name]
    pages._ENVIRONMENT.cache.clear()


def _make_usable(place: pathlib.Path) -> None:
    """Give all folders below a place the rights to go on with them."""
    if not place.is_dir() or place.is_symlink():
        return
    place.chmod(0o777)
    for path in place.iterdir():
        _make_usable(path)


class _Faults:
    """Counts the calls of this process for what lies in some places, and lets some of them fail."""

    _CALLS = ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.listdir", "os.scandir")

    def __init__(
        self,
        places: Sequence[pathlib.Path],
        number: int = 0,
        error: str = "ENOSPC",
        lasting: bool = False,
    ) -> None:
        self._places = tuple(map(str, places))
        self._number, self._error, self._lasting = number, getattr(errno, error), lasting
        self.calls = 0

    def __call__(self, event: str, arguments: tuple) -> None:
        if event not in self._CALLS or not isinstance(arguments[0], str | bytes | os.PathLike):
            return
        path = os.fsdecode(arguments[0])
        if not path.startswith(self._places):
            return
        self.calls += 1
        later = self._lasting and 0 < self._number < self.calls
        if self.calls == self._number or later:
            raise OSError(self._error, os.strerror(self._error), path)


class _Patch:
    """Does what pytest's ``monkeypatch`` does, in a process that ends soon."""

    setattr = staticmethod(setattr)

    @staticmethod
    def setenv(name: str, value: str) -> None:
        os.environ[name] = value


def _handed_in(scene: states.Scene) -> dict[str, str]:
    """Return digests of what the honest have handed in."""
    found = {}
    for name in HONEST:
        folder = scene.place / name
        if os.access(folder, os.R_OK | os.X_OK) and all(map(os.path.isfile, folder.iterdir())):
            found |= {f"{name}/{file}": digest for file, digest in attacks.contents(folder).items()}
    return found


def _all_of(stream: int) -> str:
    with open(stream, "rb") as file:
        file.seek(0)
        return file.read().decode(errors="replace")


def _repaired_here(reader: reading.Reader, content: bytes) -> repair.Repaired:
    """Read a notebook without a process of its own, which takes half a second to start."""
    return repair.repaired(content, tuple(map(reading._cell, reader._cells)))


def _ended(child: int) -> int:
    until = time.monotonic() + _LONGEST
    while time.monotonic() < until:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return -signal.SIGALRM


def _text(path: pathlib.Path) -> str:
    try:
        return path.read_text(encoding="utf-8") if path.is_file() else ""
    except OSError:
        return ""


def main() -> None:
    """Play the cases that stand on standard input."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    workshop = Workshop(*map(pathlib.Path, sys.argv[1:]))
    for line in sys.stdin:
        fields = json.loads(line)
        lists = {name: tuple(fields[name]) for name in ("odd", "accounts", "fault")}
        seen = workshop.play(Case(**fields | lists))
        answers.write(json.dumps([dataclasses.asdict(one) for one in seen]) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
