"""Groups of processes that the kernel itself limits, where this user may make them.

Who looks from outside (`watching`) finds what a run has taken a moment after it took it, and cannot
see all that the kernel holds for it. A control group lets nobody in it have more than it may,
pages, files in memory, buffers and tasks alike. Each grading has a folder of its own in the group
that it was started in, below that one for each run, and takes them away at its end; what one that
was killed has left, the next one takes away. Version 2 of the kernel's groups is used where it was
delegated to this user, version 1 where its folders may be written to, and neither is needed.
"""

import contextlib
import dataclasses
import itertools
import os
import pathlib
import re
import secrets
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Self

from labkit.grading.runs.watching import MIB, Limits

_NAME = "labkit-"
_MEMBERS, _OF_BELOW = "cgroup.procs", "cgroup.subtree_control"
_CONTROLLERS = ("memory", "pids")
# They count threads, too, of which TensorFlow starts several for each core.
_THREADS_EACH = 32
_SECONDS_TO_GO = 5.0
_TRIES = 3
# A large page that does not fit any more leaves that much.
_NEARLY = 4 * MIB
# Whoever cannot join a group runs without: the limits that are kept from outside hold still.
_JOIN = 'while [ "$1" != -- ]; do echo 0 > "$1"; shift; done; shift; exec "$@"'


@dataclasses.dataclass(frozen=True)
class Group:
    """The group of one run, which is one folder or, in version 1, one for each controller."""

    folders: Sequence[pathlib.Path] = ()

    def joining(self, command: Sequence[str]) -> list[str]:
        """Return the command line that joins the group and then becomes `command`."""
        if not self.folders:
            return list(command)
        members = [str(folder / _MEMBERS) for folder in self.folders]
        return ["/bin/sh", "-c", _JOIN, "sh", *members, "--", *command]

    @contextlib.contextmanager
    def doors(self) -> Iterator[list[int]]:
        """Give descriptors; who writes a 0 to each has joined the group."""
        opened: list[int] = []
        try:
            for folder in self.folders:
                opened.append(os.open(folder / _MEMBERS, os.O_WRONLY))
            yield opened
        finally:
            for descriptor in opened:
                os.close(descriptor)

    def ran_out(self) -> bool:
        """Tell whether the kernel ended a process because the group had taken all its memory.

        One that was ended because the whole machine had none left does not count.
        """
        return any(map(_ran_out, self.folders))

    def end(self) -> None:
        """End everybody in it, those too that have left their family."""
        for folder in self.folders:
            _end_members(folder)


class Groups:
    """The groups of one grading. Use it in a ``with`` statement; without groups it does nothing."""

    def __init__(self) -> None:
        self._own: list[_Own] = []
        self._numbers = itertools.count()

    def __enter__(self) -> Self:
        """Make the grading's own groups, as far as they can be made here."""
        for place in _places():
            own = _made(place)
            if own is not None:
                self._own.append(own)
        return self

    def __exit__(self, *_: object) -> None:
        while self._own:
            self._own.pop().remove()

    @contextlib.contextmanager
    def group(self, limits: Limits) -> Iterator[Group]:
        """Give a group with these limits, empty now, for one run; end who is left in it then."""
        name = f"run-{next(self._numbers)}"
        made: list[pathlib.Path] = []
        try:
            for own in self._own:
                with contextlib.suppress(OSError):
                    made.append(_limited(own.folder / name, limits))
            yield Group(made)
        finally:
            for folder in made:
                _remove(folder)


@dataclasses.dataclass(frozen=True)
class _Place:
    """The group that this process is in; version 1 has one for each controller."""

    folder: pathlib.Path
    unified: bool


@dataclasses.dataclass(frozen=True)
class _Own:
    """A grading's own group, which is locked as long as the grading lives."""

    folder: pathlib.Path
    lock: int
    delegates: bool = False

    def remove(self) -> None:
        if self.delegates:
            _give_back(self.folder.parent)
        _remove(self.folder)
        os.close(self.lock)


def _places() -> list[_Place]:
    """Return the groups of this process that could limit memory or processes."""
    try:
        groups = pathlib.Path("/proc/self/cgroup").read_text(encoding="utf-8")
        mounts = pathlib.Path("/proc/self/mountinfo").read_text(encoding="utf-8")
    except (OSError, UnicodeError):
        return []  # another system than Linux, or one that shows nothing of itself
    return _read_places(groups, mounts)


def _read_places(groups: str, mounts: str) -> list[_Place]:
    own = {}
    for line in groups.splitlines():
        _, controllers, path = line.split(":", 2)
        own |= dict.fromkeys(controllers.split(","), path)
    found: dict[str, _Place] = {}
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        (_, _, _, root, point, *_), (kind, _, options, *_) = before.split(), after.split()
        names = [""] if kind == "cgroup2" else options.split(",") if kind == "cgroup" else []
        for name in own.keys() & {*names} & {"", *_CONTROLLERS}:
            below = _below(_unescaped(root), own[name])
            if below is not None:
                found.setdefault(
                    name, _Place(pathlib.Path(_unescaped(point), below), kind == "cgroup2")
                )
    unified = found.pop("", None)
    # What is a hierarchy of its own is not in the unified one.
    return list(found.values()) or ([unified] if unified else [])


def _below(root: str, path: str) -> str | None:
    """Return `path` seen from `root`; None where it is not below."""
    root = root.rstrip("/")
    return path[len(root) :].lstrip("/") if f"{path}/".startswith(f"{root}/") else None


def _unescaped(path: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), path)


def _made(place: _Place) -> _Own | None:
    """Make a grading's own group; None where that cannot be, or would limit nothing."""
    try:
        _sweep(place.folder)
        if place.unified and not {*_CONTROLLERS} <= _words(place.folder / "cgroup.controllers"):
            return None
    except OSError:
        return None
    for _ in range(_TRIES):
        with contextlib.suppress(OSError):
            own = _locked(place.folder / f"{_NAME}{secrets.token_hex(8)}")
            try:
                own = _delegating(own) if place.unified else own
                return _tried_out(own)
            except OSError:
                own.remove()
    return None


def _locked(folder: pathlib.Path) -> _Own:
    import fcntl  # not on Windows, where nobody comes here

    folder.mkdir()
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)  # another grading takes it away, as it was not locked yet
        raise
    return _Own(folder, lock)


def _delegating(own: _Own) -> _Own:
    """Hand the controllers down to a grading's group, in version 2.

    A group that hands them down has no processes of its own: this one goes into a group below.
    """
    above, wanted = own.folder.parent, {*_CONTROLLERS}
    if not wanted <= _words(above / _OF_BELOW):
        inner = own.folder / "grader"
        inner.mkdir()
        _write(inner / _MEMBERS, "0")
        own = dataclasses.replace(own, delegates=True)
    try:
        if own.delegates:
            _write(above / _OF_BELOW, "+memory +pids")
        _write(own.folder / _OF_BELOW, "+memory +pids")
    except OSError:  # others are in the group that this grading was started in
        if own.delegates:
            _give_back(above)
        raise
    return own


def _give_back(above: pathlib.Path) -> None:
    """Return to the group that this process came from, where that can be."""
    with contextlib.suppress(OSError):
        _write(above / _OF_BELOW, "-memory -pids")
    with contextlib.suppress(OSError):
        _write(above / _MEMBERS, "0")


def _tried_out(own: _Own) -> _Own:
    """Return a grading's group in which a run's can be made, limited and joined."""
    trial = _limited(own.folder / "trial", Limits())
    try:
        command = ["/bin/sh", "-c", 'echo 0 > "$1"', "sh", str(trial / _MEMBERS)]
        finished = subprocess.run(command, stderr=subprocess.DEVNULL, check=False)
        if finished.returncode != 0:
            raise PermissionError("a process could not join")
    finally:
        _remove(trial)
    return own


def _limited(folder: pathlib.Path, limits: Limits) -> pathlib.Path:
    """Make the group of a run."""
    folder.mkdir()
    try:
        needed, wished = _settings(folder, limits)
        for name, value in needed.items():
            _write(folder / name, str(value))
        for name, value in wished.items():
            with contextlib.suppress(OSError):  # a kernel that does not count swapped pages
                _write(folder / name, str(value))
    except OSError:
        _remove(folder)
        raise
    return folder


def _settings(
    folder: pathlib.Path, limits: Limits
) -> tuple[Mapping[str, object], Mapping[str, object]]:
    """Return what a group must be set to, and what it is set to where that exists."""
    tasks = {"pids.max": limits.processes * _THREADS_EACH}
    if (folder / "memory.max").exists():
        needed = {"memory.max": limits.memory, **tasks}
        return needed, {"memory.swap.max": 0, "memory.oom.group": 1}
    if (folder / "memory.limit_in_bytes").exists():
        most = limits.memory
        return {"memory.limit_in_bytes": most}, {"memory.memsw.limit_in_bytes": most}
    return tasks, {}


def _ran_out(folder: pathlib.Path) -> bool:
    try:
        if (folder / "memory.events").exists():
            events = _numbers(folder / "memory.events")
            return events.get("oom", 0) > 0 and events.get("oom_kill", 0) > 0
        if (folder / "memory.oom_control").exists():
            # Not the count of refusals, which new kernels keep no longer.
            most, limit = (
                int((folder / f"memory.{name}_in_bytes").read_text(encoding="ascii"))
                for name in ("max_usage", "limit")
            )
            killed = _numbers(folder / "memory.oom_control").get("oom_kill", 0)
            return killed > 0 and most > limit - _NEARLY
    except (OSError, ValueError):
        return False
    return False


def _sweep(place: pathlib.Path) -> None:
    """Take away the groups of gradings that are no more: nobody holds their lock."""
    import fcntl  # not on Windows, where nobody comes here

    for folder in place.glob(f"{_NAME}*"):
        with contextlib.suppress(OSError):
            lock = os.open(folder, os.O_RDONLY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _remove(folder)
            finally:
                os.close(lock)


def _remove(folder: pathlib.Path) -> None:
    """End all processes of a group and take it away; what does not go is for the next grading."""
    with contextlib.suppress(OSError):
        for inner in [path for path in folder.iterdir() if path.is_dir()]:
            _remove(inner)
    until = time.monotonic() + _SECONDS_TO_GO
    while time.monotonic() < until:
        try:
            folder.rmdir()
        except FileNotFoundError:
            return
        except OSError:
            _end_members(folder)
            time.sleep(0.01)
        else:
            return


def _end_members(folder: pathlib.Path) -> None:
    with contextlib.suppress(OSError):
        for pid in map(int, _words(folder / _MEMBERS)):
            # 0 stands for who cannot be seen from here, and would be this process's own family.
            if pid > 0 and pid != os.getpid():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


def _words(path: pathlib.Path) -> set[str]:
    return {*path.read_text(encoding="ascii").split()}


def _numbers(path: pathlib.Path) -> dict[str, int]:
    lines = path.read_text(encoding="ascii").splitlines()
    return {name: int(number) for name, number in map(str.split, lines)}


def _write(path: pathlib.Path, text: str) -> None:
    # In one call, and never making a file where there is none.
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)
