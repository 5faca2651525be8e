"""Run a command that is not trusted: no network, no writable host folder, limits on all it uses.

The command sees a file system that is put together from the folders it needs to read and from
memory (`Box`). It has no folder of the host that it can write to: what leaves it is one pipe,
which is copied into a file up to a limit. Without bubblewrap the same command runs with the
limits only, and the caller has to say so.
"""

import dataclasses
import functools
import os
import pathlib
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence

import psutil

from labkit.grading import boundary
from labkit.grading.runs import cgroups, readable, watching
from labkit.grading.runs.watching import MIB, Limits

__all__ = [
    *("Box", "Cancelled", "Ended", "Limits"),
    *("available", "bubblewrap", "line", "run"),
]
# Where the command finds itself inside the sandbox.
HOME = "/tmp/home"
WORK = "/tmp/work"
# Owned by root's number, so that root could change the whole system's settings in there.
_SETTINGS = ("/proc/sys", "/proc/sysrq-trigger")


@dataclasses.dataclass(frozen=True)
class Box:
    """What a command sees.

    Attributes
    ----------
    readable : dict of str to str
        Folders and files of the host, and where they are inside.
    hidden : tuple of str
        Folders and files below readable ones, as they are called inside, that are empty there.
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
    lost : bool
        Whether what ran it was gone before it had ended.
    changed : bool
        Whether Python's packages were installed or taken away meanwhile.
    """

    status: int
    stopped: str
    seconds: float
    sandboxed: bool
    lost: bool = False
    changed: bool = False


class Cancelled(boundary.ClassFault):
    """A run that was ended before its time, because the grader was."""


@functools.cache
def available() -> bool:
    """Tell whether bubblewrap is installed and works for this user on this system."""
    if _program() is None:
        return False
    trial = [_program(), "--unshare-all", "--ro-bind", "/", "/", "true"]
    try:
        return subprocess.run(trial, capture_output=True, timeout=30).returncode == 0
    except (OSError, subprocess.SubprocessError):  # it does not start, or does not end
        return False


def _program() -> str | None:
    """Return where bubblewrap is, which need not be where the programs of the system are."""
    found = shutil.which("bwrap")
    return found and os.path.abspath(found)


def run(
    command: Sequence[str],
    box: Box,
    limits: Limits,
    given: bytes,
    output: pathlib.Path,
    sandboxed: bool | None = None,
    cancelled: threading.Event | None = None,
    groups: cgroups.Groups | None = None,
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
    groups : cgroups.Groups, optional
        Where the kernel is to hold the limits, too.

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
    with (
        tempfile.TemporaryDirectory(prefix="labkit-run-") as scratch,
        (groups or cgroups.Groups()).group(limits) as group,
    ):
        if sandboxed:
            environment = {}
            words = bubblewrap(words, box, limits, is_first=True)
        else:
            environment = _plain_environment(box, scratch)
            words = [_outside(part, box) for part in words]
        started = time.monotonic()
        process = subprocess.Popen(
            group.joining(words),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[writing],
            cwd=scratch,
            env=environment | {"PATH": os.defpath + ":/usr/local/bin"},
            start_new_session=True,
        )
        os.close(writing)
        copy = watching.Copy(reading, output, limits.output)
        feed = watching.Feed(process.stdin, given)
        on_disk = None if sandboxed else scratch
        stopped, family = watching.watch(_Run(process, group), limits, copy, on_disk, cancelled)
        watching.end(process, family)
        group.end()
        feed.finish()
        copy.finish()
    if cancelled is not None and cancelled.is_set():
        raise Cancelled("it was cancelled")
    if sandboxed and _was_crowded(process.returncode):
        stopped = stopped or watching.crowded(limits)
    return Ended(process.returncode, stopped, time.monotonic() - started, sandboxed)


def _was_crowded(status: int) -> bool:
    from labkit.grading.runs.inside import nested_box  # for Linux only, like the sandbox

    return status == nested_box.TOO_MANY


def line(command: Sequence[str], box: Box) -> tuple[list[str], dict[str, str]]:
    """Return the command line and environment that run a trusted `command` in `box`.

    Where there is no sandbox, it runs without.
    """
    if available():
        return bubblewrap(command, box, Limits()), {}
    return list(command), os.environ | _plain_environment(box, tempfile.gettempdir())


def bubblewrap(
    command: Sequence[str],
    box: Box,
    limits: Limits,
    makes_boxes: bool = False,
    is_first: bool = False,
) -> list[str]:
    """Return the command line that runs `command` inside `box`.

    One that `makes_boxes` is trusted: inside, it has the rights to make boxes for others. One that
    `is_first` starts as the box's first process, and waits for all others; else bubblewrap does.
    """
    user = "0" if makes_boxes else "1000"
    words = [_program() or "bwrap", "--unshare-all", "--unshare-user", "--uid", user, "--gid", user]
    words += ["--die-with-parent", "--new-session", "--cap-drop", "ALL", "--hostname", "lab"]
    if is_first:
        words += ["--as-pid-1"]
    if makes_boxes:
        words += ["--cap-add", "CAP_SYS_ADMIN", "--cap-add", "CAP_SETFCAP"]
    for path, target in readable.links().items():
        words += ["--symlink", target, path]
    for path in readable.system():
        words += ["--ro-bind", path, path]
    words += ["--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev"]
    if os.geteuid() == 0:
        for path in _SETTINGS:
            words += ["--ro-bind-try", path, path]
    words += ["--size", str(MIB), "--tmpfs", "/dev/shm"]
    words += ["--size", str(limits.scratch), "--tmpfs", "/tmp", "--dir", HOME, "--dir", WORK]
    for outside, inside in box.readable.items():
        words += ["--ro-bind", outside, inside]
    for path in box.hidden:
        words += _cover(path, box)
    words += ["--remount-ro", "/", "--chdir", WORK, "--clearenv"]
    environment = {"HOME": HOME, "TMPDIR": "/tmp", "PATH": "/usr/bin:/bin", **box.environment}
    for name, value in environment.items():
        words += ["--setenv", name, value]
    return [*words, "--", *command]


def _cover(path: str, box: Box) -> list[str]:
    if os.path.isdir(_outside(path, box)):
        return ["--size", str(MIB), "--tmpfs", path, "--remount-ro", path]
    return ["--dev-bind", os.devnull, path]


class _Run:
    """A run that is a process of its own."""

    def __init__(self, process: subprocess.Popen, group: cgroups.Group) -> None:
        self._process, self._watched = process, psutil.Process(process.pid)
        self.ran_out = group.ran_out

    def has_ended(self, seconds: float) -> bool:
        try:
            self._process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def family(self) -> watching.Family:
        return watching.below(self._watched)


def _plain_environment(box: Box, scratch: str) -> dict[str, str]:
    places = {"HOME": scratch, "TMPDIR": scratch}
    return places | {name: _outside(value, box) for name, value in box.environment.items()}


def _outside(path: str, box: Box) -> str:
    """Return the host's name of a path inside the box."""
    for outside, inside in box.readable.items():
        if path == inside or path.startswith(inside + "/"):
            return outside + path[len(inside) :]
    return path
