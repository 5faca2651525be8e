"""Run jobs in boxes whose process has imported the libraries already.

Importing TensorFlow and the like is most of what running a light notebook costs. A warm box is a
box as `runs.sandbox` makes it, with one process (`preloaded.py`) that imports them once for all
workers. For each of them it forks a process, apart from the others, that forks for every job; this
fork gets a box of its own within (`nested_box.py`). So each run sees as little as in a box that was
made for it alone.
"""

import contextlib
import json
import os
import pathlib
import queue
import select
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import psutil

from labkit.grading.runs import cgroups, sandbox, watching

_SECONDS_TO_START = 180
_SECONDS_TO_END = 10
_MAX_ANSWER = 4096
# What the kernel tells of the one who sent a message: numbers of process, user and group.
_SENDER = struct.Struct("3i")


class Unable(Exception):
    """There is no warm box, or it could not take the job: run it in a box of its own."""


class Boxes:
    """A warm box and its workers, one for each job that runs at the same time; `close` it.

    Whether the system lets boxes be made within boxes is tried out when it is started.

    Parameters
    ----------
    command : callable
        From the number of a socket, and the limits of a run, to the command that is started in
        the box.
    box : sandbox.Box
    limits : sandbox.Limits
    groups : cgroups.Groups
        Where the kernel is to hold the limits of each run, too.
    """

    def __init__(
        self,
        command: Callable[[int, sandbox.Limits], Sequence[str]],
        box: sandbox.Box,
        limits: sandbox.Limits,
        groups: cgroups.Groups,
    ) -> None:
        self._limits, self._groups = limits, groups
        self._start = lambda number: _start(command(number, limits), box, limits, number)
        self._importing: _Importing | None = None
        self._one_at_a_time = threading.Lock()
        self._idle: queue.LifoQueue[_Warm] = queue.LifoQueue()
        self._begun: queue.SimpleQueue[_Warm] = queue.SimpleQueue()
        self._works = True
        self._closed = False

    def close(self) -> None:
        """End the box and all workers, those in use when their run has ended."""
        self._closed = True
        self._end()

    def _end(self) -> None:
        for workers in (self._begun, self._idle):
            with contextlib.suppress(queue.Empty):
                while True:
                    workers.get_nowait().close()
        with self._one_at_a_time:
            if self._importing is not None:
                self._importing.close()
                self._importing = None

    def begin(self, count: int) -> None:
        """Begin to start so many workers and return; they end with the thread that asks."""
        with contextlib.suppress(OSError):  # whoever needs one will be told
            for _ in range(count):
                self._begun.put(self._new())

    def run(
        self, given: bytes, output: pathlib.Path, cancelled: threading.Event | None = None
    ) -> sandbox.Ended:
        """Run a job; see `sandbox.run`.

        Raises
        ------
        Unable
            If it was not run.
        sandbox.Cancelled
        """
        try:
            with self._one() as warm, self._groups.group(self._limits) as group:
                return warm.run(given, output, group, cancelled)
        except sandbox.Cancelled:
            self._end()
            raise

    @contextlib.contextmanager
    def _one(self) -> Iterator["_Warm"]:
        """Lend a worker; one that was lost with its run is not taken back."""
        if not self._works:
            raise Unable("boxes within boxes do not work here")
        try:
            warm = self._idle.get_nowait()
        except queue.Empty:
            warm = self._started()
        try:
            yield warm
        finally:
            if warm.is_alive() and not self._closed:
                self._idle.put(warm)
            else:
                warm.close()

    def _started(self) -> "_Warm":
        try:
            warm = self._begun.get_nowait()
        except queue.Empty:
            warm = self._new()
        try:
            warm.await_ready()
        except Unable:
            warm.close()
            self._works = False
            raise
        return warm

    def _new(self) -> "_Warm":
        """Return a worker that begins to start; the box is started if there is none."""
        with self._one_at_a_time:
            if self._importing is None or not self._importing.is_alive():
                self._importing = _Importing(self._start)
            return _Warm(self._importing, self._limits)


def _start(
    words: Sequence[str], box: sandbox.Box, limits: sandbox.Limits, number: int
) -> subprocess.Popen:
    """Start a command in a box, and hand it the socket of this number."""
    return subprocess.Popen(
        sandbox.bubblewrap(words, box, limits, makes_boxes=True),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=[number],
        cwd=tempfile.gettempdir(),
        env={"PATH": os.defpath + ":/usr/local/bin"},
        start_new_session=True,
    )


class _Importing:
    """The process that imports, from a function that starts it, given the number of a socket."""

    def __init__(self, start: Callable[[int], subprocess.Popen]) -> None:
        self._asking, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with there:
            self._process = start(there.fileno())

    def hand_over(self, control: socket.socket) -> None:
        """Let it fork a worker that listens to `control`, once it has imported everything.

        If it is gone, `control` is closed at that end.
        """
        with contextlib.suppress(OSError):
            socket.send_fds(self._asking, [b"fork"], [control.fileno()])

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def close(self) -> None:
        """End the box and everything in it."""
        watching.end(self._process, watching.below(psutil.Process(self._process.pid)))
        self._asking.close()


class _Warm:
    """One worker, forked by the process that imports."""

    def __init__(self, importing: _Importing, limits: sandbox.Limits) -> None:
        self._limits = limits
        self._forking: psutil.Process | None = None
        self._control, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        with there:
            importing.hand_over(there)

    def await_ready(self) -> None:
        """Wait until it takes jobs.

        Raises
        ------
        Unable
            If it does not work here.
        """
        self._control.settimeout(_SECONDS_TO_START)
        space = socket.CMSG_SPACE(_SENDER.size)
        try:
            said, told, *_ = self._control.recvmsg(_MAX_ANSWER, space)
            self._forking = psutil.Process(_SENDER.unpack(told[0][2])[0])
        except (OSError, IndexError, ValueError, psutil.Error):
            said = b""
        if not said:
            raise Unable("boxes within boxes do not work here, or libraries cannot be imported")

    def is_alive(self) -> bool:
        return self._forking is not None and self._forking.is_running()

    def close(self) -> None:
        """End the worker: it is the first of its processes, and the kernel ends all others."""
        self._control.close()
        if self._forking is not None:
            with contextlib.suppress(psutil.NoSuchProcess):
                self._forking.kill()
            psutil.wait_procs([self._forking], timeout=_SECONDS_TO_END)

    def run(
        self,
        given: bytes,
        output: pathlib.Path,
        group: cgroups.Group,
        cancelled: threading.Event | None,
    ) -> sandbox.Ended:
        started = time.monotonic()
        self.ran_out = group.ran_out
        reading, writing = os.pipe()
        job, feeding = os.pipe()
        try:
            with group.doors() as doors:
                socket.send_fds(self._control, [b"run"], [job, writing, *doors])
        except OSError as error:
            self.close()
            for descriptor in (reading, feeding):
                os.close(descriptor)
            raise Unable("the warm process is gone") from error
        finally:
            os.close(job)
            os.close(writing)
        copy = watching.Copy(reading, output, self._limits.output)
        feed = watching.Feed(os.fdopen(feeding, "wb"), given)
        stopped, family = watching.watch(self, self._limits, copy, cancelled=cancelled)
        answer = self._last_answer(family if stopped else {})
        if not answer:
            self.close()  # it was cancelled, or the warm process is gone
        feed.finish()
        copy.finish()
        if cancelled is not None and cancelled.is_set():
            raise sandbox.Cancelled("it was cancelled")
        if answer and not answer["made"]:
            raise Unable("the box for the run could not be made")
        if answer.get("crowded"):
            stopped = watching.crowded(self._limits)
        status = answer.get("status", -signal.SIGKILL)
        lost = not answer and not stopped
        return sandbox.Ended(status, stopped, time.monotonic() - started, True, lost)

    def has_ended(self, seconds: float) -> bool:
        ready, _, _ = select.select([self._control], [], [], seconds)
        return bool(ready)

    def family(self) -> watching.Family:
        """Return what the forked process that waits for the run has below it."""
        family = watching.listed_below(self._forking)
        # Its own children wait for the runs' boxes, outside of them.
        return {pid: process for pid, process in family.items() if not self._is_waiting(process)}

    def _is_waiting(self, process: psutil.Process) -> bool:
        try:
            return process.ppid() == self._forking.pid
        except psutil.NoSuchProcess:
            return False

    def _last_answer(self, to_end: watching.Family) -> dict[str, Any]:
        """Return what the warm process says of a run that has ended, or that is to be ended.

        The end of the first process of the run's box ends all others, before it can be waited for.
        """
        for process in to_end.values():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        return self._answer() if self.has_ended(_SECONDS_TO_END if to_end else 0) else {}

    def _answer(self) -> dict[str, Any]:
        """Return what the warm process says; nothing if it is gone or takes too long."""
        try:
            said = self._control.recv(_MAX_ANSWER)
        except OSError:
            return {}
        return json.loads(said) if said else {}
