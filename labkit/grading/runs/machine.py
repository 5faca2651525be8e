"""A machine that is ready to run notebooks: the kit, the box, and warm workers."""

import contextlib
import dataclasses
import functools
import os
import pathlib
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from typing import Self

from labkit import data, files
from labkit.grading.runs import (
    allowances,
    cgroups,
    course_copy,
    readable,
    sandbox,
    self_test,
    system_calls,
    warm_sandbox,
)

# Programs that install packages pause while they fetch one.
_QUIET, _LONGEST_INSTALLATION = 3.0, 300.0


class Machine:
    """The machine at hand. Use it in a ``with`` statement.

    Parameters
    ----------
    datasets : iterable of str
        The data that the notebooks load.
    limits : sandbox.Limits
        For each run.
    sandboxed : bool, optional
        False runs notebooks with limits only; None takes the sandbox where it works.
    keep_warm : bool
        Whether to import libraries once for many runs, where the sandbox allows it.
    secrets : iterable of pathlib.Path
        Files and folders that no run may see: solutions, submissions, results.

    Attributes
    ----------
    facts : dict of str to str
        What has to be the same on all machines that grade a class.
    stamp : str
        Changes when runs would have to be made again.
    """

    def __init__(
        self,
        datasets: Iterable[str],
        limits: sandbox.Limits,
        sandboxed: bool | None = None,
        keep_warm: bool = True,
        secrets: Iterable[pathlib.Path] = (),
    ) -> None:
        self._datasets, self._limits = list(datasets), limits
        self._secrets = [pathlib.Path(os.path.realpath(path)) for path in secrets]
        self._sandboxed = sandbox.available() if sandboxed is None else sandboxed
        self._keep_warm = keep_warm and self._sandboxed
        self._folder = tempfile.TemporaryDirectory(prefix="labkit-kit-")
        self._groups = cgroups.Groups()
        self._one_at_a_time = threading.Lock()
        self._awaited = 0
        self._ready: _Ready | None = None

    def __enter__(self) -> Self:
        """Get ready.

        Raises
        ------
        allowances.TooLittle
            If a run could not have here what its limits allow.
        self_test.Unsafe
            If the sandbox would show a student what it must not, or nothing can be run and watched.
        """
        with contextlib.ExitStack() as otherwise:
            otherwise.callback(self._folder.cleanup)
            allowances.verify(self._limits)
            self_test.verify_watched()
            folder = pathlib.Path(self._folder.name)
            course_copy.build(folder)
            self._ready = self._made()
            otherwise.callback(self._ready.warm.close)
            if self._sandboxed:
                _say_what_is_missing()
            shipped = files.fingerprint_of_files(folder.rglob("*.py"))
            self.facts = {"labkit": shipped, "data": " ".join(map(data.stamp, self._datasets))}
            self.stamp = files.fingerprint(*self.facts.values(), str(self._sandboxed))
            self._groups.__enter__()
            otherwise.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._ready.warm.close()
        self._groups.__exit__()
        self._folder.cleanup()

    def get_ready(self, count: int) -> None:
        """Begin to get ready for so many runs at the same time, and return at once.

        Said before the ``with`` statement, it is begun there.
        """
        if not self._keep_warm:
            return
        if self._ready is None:
            self._awaited = count
        else:
            self._ready.warm.begin(count)

    def run(
        self, job: bytes, output: pathlib.Path, cancelled: threading.Event | None = None
    ) -> sandbox.Ended:
        """Run a job in a box and write its records to `output`; see `sandbox.run`."""
        ready = self._up_to_date()
        ended = self._run_in(ready, job, output, cancelled)
        changed = readable.state_of_packages() != ready.packages
        return dataclasses.replace(ended, changed=changed)

    def _run_in(
        self, ready: "_Ready", job: bytes, output: pathlib.Path, cancelled: threading.Event | None
    ) -> sandbox.Ended:
        if self._keep_warm:
            try:
                return ready.warm.run(job, output, cancelled)
            except warm_sandbox.Unable:
                pass  # not an error: a box for this run alone does the same, only later
        command, how = course_copy.command(self._limits), (self._sandboxed, cancelled, self._groups)
        return sandbox.run(command, ready.box, self._limits, job, output, *how)

    def _up_to_date(self) -> "_Ready":
        """Return the boxes; they are made anew once packages were changed and that has ended."""
        with self._one_at_a_time:
            if readable.state_of_packages() != self._ready.packages:
                self._ready.warm.close()
                _await_quiet()
                self._ready = self._made()
            return self._ready

    def _made(self) -> "_Ready":
        packages = readable.state_of_packages()
        box = course_copy.box(pathlib.Path(self._folder.name), self._datasets, self._secrets)
        command = functools.partial(course_copy.warm_command, self._datasets)
        warm = warm_sandbox.Boxes(command, box, self._limits, self._groups)
        warm.begin(self._awaited)  # it imports libraries while the box is tried out
        try:
            if self._sandboxed:
                self_test.verify(box, self._secrets)
            else:
                self_test.verify_plain(box)
        except BaseException:
            warm.close()
            raise
        return _Ready(box, warm, packages)


@dataclasses.dataclass(frozen=True)
class _Ready:
    """The boxes that were made for Python's packages as they were then."""

    box: sandbox.Box
    warm: warm_sandbox.Boxes
    packages: str


def _await_quiet() -> None:
    """Wait until packages have not changed for a while, or for as long as that is reasonable."""
    until = time.monotonic() + _LONGEST_INSTALLATION
    before, since = "", time.monotonic()
    while time.monotonic() < min(until, since + _QUIET):
        time.sleep(_QUIET / 10)
        now = readable.state_of_packages()
        if now != before:
            before, since = now, time.monotonic()


def _say_what_is_missing() -> None:
    if system_calls.program() is None:
        print(
            "labkit: libseccomp is not installed here, so notebooks run in the sandbox, but may "
            "ask more of the kernel than they need. Install it (Debian: libseccomp2).",
            file=sys.stderr,
        )
