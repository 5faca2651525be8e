"""Watch a run from outside: its time, memory, processes, and the bytes that leave it."""

import contextlib
import dataclasses
import os
import pathlib
import signal
import subprocess
import threading
import time
from typing import BinaryIO, Protocol

import psutil

from labkit import files

MIB = 2**20
_POLL = 0.1
_PAGES = 2**16
# What the kernel lets one hold, where nothing was set otherwise.
_IN_A_SOCKET, _IN_A_PIPE = 2 * 212_992, 65_536

Family = dict[int, psutil.Process]


@dataclasses.dataclass(frozen=True)
class Limits:
    """What one run may use.

    Attributes
    ----------
    seconds : float
        Wall time.
    memory : int
        Bytes, of all its processes together.
    processes : int
    scratch : int
        Bytes in its own folder.
    output : int
        Bytes that leave through the pipe.
    """

    seconds: float = 900
    memory: int = 6144 * MIB
    processes: int = 64
    scratch: int = 512 * MIB
    output: int = 256 * MIB


class Watched(Protocol):
    """A run that can be watched."""

    def has_ended(self, seconds: float) -> bool:
        """Wait up to so many seconds, and tell whether it has ended."""

    def family(self) -> Family:
        """Return its processes, apart from those of the sandbox outside of it."""

    def ran_out(self) -> bool:
        """Tell whether the kernel has ended some of it for the memory that it took."""


class Feed:
    """Writes what a run reads, in the background."""

    def __init__(self, target: BinaryIO, content: bytes) -> None:
        self._target, self._content = target, content
        self._thread = threading.Thread(target=self._write, daemon=True)
        self._thread.start()

    def finish(self) -> None:
        """Wait until all is written, or the run is gone."""
        self._thread.join()

    def _write(self) -> None:
        # It may end before it has read everything, which its exit status tells.
        with contextlib.suppress(BrokenPipeError), self._target:
            self._target.write(self._content)


class Copy:
    """Copies a pipe into a file in the background, up to a limit."""

    def __init__(self, source: int, target: pathlib.Path, limit: int) -> None:
        self._source, self._target, self._limit = source, target, limit
        self.exceeded = False
        self._fault: OSError | None = None
        self._thread = threading.Thread(target=self._copy, daemon=True)
        self._thread.start()

    def finish(self) -> None:
        """Wait until the last writer is gone; all of them were ended before.

        Raises
        ------
        files.Unwritable
            If the file could not be written.
        """
        self._thread.join(timeout=10)
        if self._fault is not None:
            raise self._fault

    def _copy(self) -> None:
        try:
            with os.fdopen(self._source, "rb", buffering=0) as source, files.writing(self._target):
                self._copy_from(source)
        except OSError as error:
            self._fault = error

    def _copy_from(self, source: BinaryIO) -> None:
        left = self._limit
        with open(self._target, "wb") as file:
            while part := source.read(MIB):
                file.write(part[:left])
                left -= len(part)
                if left < 0:
                    self.exceeded = True
                    return


def watch(
    run: Watched,
    limits: Limits,
    copy: Copy,
    scratch: str | None = None,
    cancelled: threading.Event | None = None,
) -> tuple[str, Family]:
    """Wait until a run has ended, is cancelled, or breaks a limit.

    Parameters
    ----------
    run : Watched
    limits : Limits
    copy : Copy
        What leaves it.
    scratch : str, optional
        Its own folder, where that is on the disk and nothing else limits it.
    cancelled : threading.Event, optional

    Returns
    -------
    str
        Which limit it broke; empty if it broke none.
    dict of int to psutil.Process
        Its processes as they were seen last.
    """
    started = time.monotonic()
    family: Family = {}
    stopped = ""
    while not stopped and not (cancelled and cancelled.is_set()) and not run.has_ended(_POLL):
        family = run.family()
        seconds = time.monotonic() - started
        stopped = _broken_limit(family, limits, copy, seconds, scratch)
        if run.ran_out():
            stopped = greedy(limits)
    if not stopped and run.ran_out():
        stopped = greedy(limits)
    return stopped, family


def below(process: psutil.Process) -> Family:
    """Return a process's children, their children, and so on."""
    try:
        return {child.pid: child for child in process.children(recursive=True)}
    except psutil.NoSuchProcess:
        return {}


def listed_below(process: psutil.Process) -> Family:
    """As `below`, from the kernel's own lists, without a look at every process of the machine.

    One may be missed while another one ends; the next look finds it.
    """
    if not _HAS_LISTS:
        return below(process)
    family: Family = {}
    parents = [process.pid]
    while parents:
        for pid in _listed(parents.pop()):
            with contextlib.suppress(psutil.NoSuchProcess):
                family[pid] = psutil.Process(pid)
                parents.append(pid)
    return family


def _listed(parent: int) -> list[int]:
    found: list[int] = []
    with contextlib.suppress(OSError):  # it has ended meanwhile
        for thread in os.listdir(f"/proc/{parent}/task"):
            with open(f"/proc/{parent}/task/{thread}/children", encoding="ascii") as file:
                found += map(int, file.read().split())
    return found


_HAS_LISTS = os.path.exists(f"/proc/{os.getpid()}/task/{os.getpid()}/children")


def end(process: subprocess.Popen, family: Family) -> None:
    """End the process, its group, and its children that left the group.

    With bubblewrap, the kernel ends all of them together with their process namespace.
    """
    with contextlib.suppress(ProcessLookupError):  # all of the group has ended
        os.killpg(process.pid, signal.SIGKILL)
    for child in family.values():
        try:
            child.kill()
        except psutil.NoSuchProcess:
            continue
    process.wait()


def crowded(limits: Limits) -> str:
    """Say that there were too many processes."""
    return f"it started more than {limits.processes} processes"


def greedy(limits: Limits) -> str:
    """Say that it took too much memory."""
    return f"it took more than {limits.memory // MIB} MiB of memory"


def _broken_limit(
    family: Family, limits: Limits, copy: Copy, seconds: float, scratch: str | None
) -> str:
    if seconds > limits.seconds:
        return f"it took longer than {limits.seconds:g} seconds"
    if len(family) > limits.processes:
        return crowded(limits)
    if copy.exceeded:
        return f"its answers were larger than {limits.output // MIB} MiB"
    # Without a folder of its own on the disk, its files take memory too.
    files = 0 if scratch else _in_files(family, limits)
    if _takes_more_than(limits.memory - files - _in_buffers(family), family):
        return greedy(limits)
    if scratch and _size(scratch) > limits.scratch:
        return f"it wrote more than {limits.scratch // MIB} MiB to disk"
    return ""


def _takes_more_than(limit: int, family: Family) -> bool:
    """Compare the memory of processes; what they share is counted once.

    That takes the kernel a while to find out, so it is asked only where it can matter.
    """
    processes = family.values()
    return sum(map(_resident, processes)) > limit and sum(map(_own_share, processes)) > limit


def _in_files(family: Family, limits: Limits) -> int:
    """Return the bytes of the files that a box keeps in memory."""
    for pid in family:
        with contextlib.suppress(OSError):  # it has ended meanwhile
            there = os.statvfs(f"/proc/{pid}/root/tmp")
            # A process that has not entered the box yet has the /tmp of this machine.
            if abs(there.f_blocks * there.f_frsize - limits.scratch) < _PAGES:
                return (there.f_blocks - there.f_bfree) * there.f_frsize
    return 0


def _in_buffers(family: Family) -> int:
    """Return the bytes that its sockets and pipes can hold, which no process is charged for."""
    opened = set()
    for pid in family:
        with contextlib.suppress(OSError):
            for name in os.listdir(f"/proc/{pid}/fd"):
                with contextlib.suppress(OSError):
                    opened.add(os.readlink(f"/proc/{pid}/fd/{name}"))
    sockets = sum(name.startswith("socket:") for name in opened)
    pipes = sum(name.startswith("pipe:") for name in opened)
    return sockets * _IN_A_SOCKET + pipes * _IN_A_PIPE


def _resident(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except psutil.Error:
        return 0  # it has ended meanwhile


def _own_share(process: psutil.Process) -> int:
    try:
        taken = process.memory_full_info()
    except psutil.Error:
        return 0
    return getattr(taken, "pss", taken.uss)  # only Linux divides what is shared


def _size(folder: str) -> int:
    """Return the bytes below `folder`: without bubblewrap, scratch files are on the disk."""
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(root, name)).st_size
            except FileNotFoundError:
                continue  # deleted meanwhile
    return total
