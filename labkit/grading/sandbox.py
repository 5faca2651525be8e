"""Run a command that is not trusted: no network, no writable host folder, limits on all it uses.

The command sees a file system that is put together from the folders it needs to read and from
memory (`Box`). It has no folder of the host that it can write to: what leaves it is one pipe,
which is copied into a file up to a limit. Without bubblewrap the same command runs with the
limits only, and the caller has to say so.
"""

import contextlib
import dataclasses
import functools
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence

import psutil

MIB = 2**20
# Where the command finds itself inside the sandbox.
HOME = "/tmp/home"
WORK = "/tmp/work"
# Parts of the system that Python and its libraries read; what is missing is left out.
_SYSTEM = ("/usr", "/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts", "/etc/localtime")
_LINKED = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_POLL = 0.1


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


@dataclasses.dataclass(frozen=True)
class Box:
    """What a command sees.

    Attributes
    ----------
    readable : dict of str to str
        Folders and files of the host, and where they are inside.
    hidden : tuple of str
        Folders below readable ones that are empty inside.
    environment : dict of str to str
        All of its environment variables, apart from HOME, PATH and the folder for scratch files.
    """

    readable: Mapping[str, str]
    hidden: Sequence[str] = ()
    environment: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Ended:
    """How a run ended.

    Attributes
    ----------
    status : int
        The exit status; negative for a signal.
    stopped : str
        Why the run was ended from outside; empty if it ended by itself.
    seconds : float
    sandboxed : bool
    """

    status: int
    stopped: str
    seconds: float
    sandboxed: bool


class Cancelled(Exception):
    """A run that was ended before its time, because the grader was."""


@functools.cache
def available() -> bool:
    """Tell whether bubblewrap is installed and works for this user on this system."""
    if shutil.which("bwrap") is None:
        return False
    trial = ["bwrap", "--unshare-all", "--ro-bind", "/", "/", "true"]
    return subprocess.run(trial, capture_output=True, timeout=30).returncode == 0


def python_folders() -> list[str]:
    """Return the folders that this Python and its packages are read from."""
    return sorted({os.path.realpath(sys.base_prefix), sys.prefix, sys.exec_prefix})


def run(
    command: Sequence[str],
    box: Box,
    limits: Limits,
    given: bytes,
    output: pathlib.Path,
    sandboxed: bool | None = None,
    cancelled: threading.Event | None = None,
) -> Ended:
    """Run `command` until it ends or breaks a limit, and leave no process behind.

    Parameters
    ----------
    command : sequence of str
        ``{pipe}`` in it stands for the number of the file descriptor that it may write to.
        Paths are those inside the box.
    box : Box
    limits : Limits
    given : bytes
        What it reads from standard input.
    output : pathlib.Path
        Where the bytes go that it writes to the pipe. What it prints is thrown away.
    sandboxed : bool, optional
        False runs it with limits only; None takes bubblewrap where it works.
    cancelled : threading.Event, optional
        Set it to end the run.

    Returns
    -------
    Ended

    Raises
    ------
    Cancelled
        If it was cancelled before it ended.
    """
    sandboxed = available() if sandboxed is None else sandboxed
    reading, writing = os.pipe()
    words = [part.replace("{pipe}", str(writing)) for part in command]
    with tempfile.TemporaryDirectory(prefix="labkit-run-") as scratch:
        if sandboxed:
            environment = {}
            words = bubblewrap(words, box, limits)
        else:
            environment = _plain_environment(box, scratch)
            words = [_outside(part, box) for part in words]
        started = time.monotonic()
        process = subprocess.Popen(
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[writing],
            cwd=scratch,
            env=environment | {"PATH": os.defpath + ":/usr/local/bin"},
            start_new_session=True,
        )
        os.close(writing)
        copy = _Copy(reading, output, limits.output)
        feed = threading.Thread(target=_feed, args=(process, given), daemon=True)
        feed.start()
        stopped = _watch(process, limits, copy, started, scratch, cancelled)
        feed.join()
        copy.finish()
    if cancelled is not None and cancelled.is_set():
        raise Cancelled("it was cancelled")
    return Ended(process.returncode, stopped, time.monotonic() - started, sandboxed)


def line(command: Sequence[str], box: Box) -> tuple[list[str], dict[str, str]]:
    """Return the command line and environment that run a trusted `command` in `box`.

    Where there is no sandbox, it runs without.
    """
    if available():
        return bubblewrap(command, box, Limits()), {}
    return list(command), os.environ | _plain_environment(box, tempfile.gettempdir())


def bubblewrap(command: Sequence[str], box: Box, limits: Limits) -> list[str]:
    """Return the command line that runs `command` inside `box`."""
    words = ["bwrap", "--unshare-all", "--unshare-user", "--uid", "1000", "--gid", "1000"]
    words += ["--die-with-parent", "--new-session", "--cap-drop", "ALL", "--hostname", "lab"]
    for path in _SYSTEM:
        words += ["--ro-bind-try", path, path]
    for path in _LINKED:
        if os.path.islink(path):
            words += ["--symlink", os.readlink(path), path]
        elif os.path.isdir(path):
            words += ["--ro-bind", path, path]
    words += ["--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev"]
    words += ["--size", str(MIB), "--tmpfs", "/dev/shm"]
    words += ["--size", str(limits.scratch), "--tmpfs", "/tmp", "--dir", HOME, "--dir", WORK]
    for outside, inside in box.readable.items():
        words += ["--ro-bind", outside, inside]
    for path in box.hidden:
        words += ["--tmpfs", path, "--remount-ro", path]
    words += ["--remount-ro", "/", "--chdir", WORK, "--clearenv"]
    environment = {"HOME": HOME, "TMPDIR": "/tmp", "PATH": "/usr/bin:/bin", **box.environment}
    for name, value in environment.items():
        words += ["--setenv", name, value]
    return [*words, "--", *command]


def _plain_environment(box: Box, scratch: str) -> dict[str, str]:
    places = {"HOME": scratch, "TMPDIR": scratch}
    return places | {name: _outside(value, box) for name, value in box.environment.items()}


def _outside(path: str, box: Box) -> str:
    """Return the host's name of a path inside the box."""
    for outside, inside in box.readable.items():
        if path == inside or path.startswith(inside + "/"):
            return outside + path[len(inside) :]
    return path


def _feed(process: subprocess.Popen, given: bytes) -> None:
    try:
        process.stdin.write(given)
        process.stdin.close()
    except BrokenPipeError:
        return  # it ended before it had read everything, which its exit status tells


class _Copy:
    """Copies a pipe into a file in the background, up to a limit."""

    def __init__(self, source: int, target: pathlib.Path, limit: int) -> None:
        self._source, self._target, self._limit = source, target, limit
        self.exceeded = False
        self._thread = threading.Thread(target=self._copy, daemon=True)
        self._thread.start()

    def finish(self) -> None:
        """Wait until the last writer is gone; all of them were ended before."""
        self._thread.join(timeout=10)

    def _copy(self) -> None:
        left = self._limit
        with os.fdopen(self._source, "rb", buffering=0) as source, open(self._target, "wb") as file:
            while part := source.read(MIB):
                file.write(part[:left])
                left -= len(part)
                if left < 0:
                    self.exceeded = True
                    return


def _watch(
    process: subprocess.Popen,
    limits: Limits,
    copy: _Copy,
    started: float,
    scratch: str,
    cancelled: threading.Event | None,
) -> str:
    """Wait for `process`, end everything it started, and say which limit it broke, if any."""
    watched = psutil.Process(process.pid)
    family: dict[int, psutil.Process] = {}
    stopped = ""
    while not stopped and not (cancelled and cancelled.is_set()):
        try:
            process.wait(timeout=_POLL)
            break
        except subprocess.TimeoutExpired:
            family = _family(watched)
        stopped = _broken_limit(family, limits, copy, time.monotonic() - started, scratch)
    _end(process, family)
    return stopped


def _family(watched: psutil.Process) -> dict[int, psutil.Process]:
    try:
        return {child.pid: child for child in watched.children(recursive=True)}
    except psutil.NoSuchProcess:
        return {}


def _broken_limit(
    family: dict[int, psutil.Process], limits: Limits, copy: _Copy, seconds: float, scratch: str
) -> str:
    if seconds > limits.seconds:
        return f"it took longer than {limits.seconds:g} seconds"
    if len(family) > limits.processes:
        return f"it started more than {limits.processes} processes"
    if copy.exceeded:
        return f"its answers were larger than {limits.output // MIB} MiB"
    if sum(map(_memory, family.values())) > limits.memory:
        return f"it took more than {limits.memory // MIB} MiB of memory"
    if _size(scratch) > limits.scratch:
        return f"it wrote more than {limits.scratch // MIB} MiB to disk"
    return ""


def _memory(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except psutil.Error:
        return 0  # it has ended meanwhile


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


def _end(process: subprocess.Popen, family: dict[int, psutil.Process]) -> None:
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
