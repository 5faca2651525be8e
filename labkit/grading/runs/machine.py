"""A machine that is ready to run notebooks: the kit, the box, and warm workers.

What a box shows is a list that is read once, and the machine goes on living: who installs a package
while a class is graded takes something away that is on the list. A run that has not even begun says
nothing about the notebook: it is lost, and the list is read anew for the next one.
"""

import dataclasses
import pathlib
import sys
import tempfile
import threading
from collections.abc import Iterable
from typing import Self

from labkit import data, files
from labkit.grading.runs import (
    course_copy,
    records,
    sandbox,
    self_test,
    system_calls,
    warm_sandbox,
)

_TRIES = 2


@dataclasses.dataclass(frozen=True)
class _Ready:
    """A box that was tried out, and the warm ones like it."""

    box: sandbox.Box
    warm: warm_sandbox.Boxes


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
        self._secrets = [path.resolve() for path in secrets]
        self._sandboxed = sandbox.available() if sandboxed is None else sandboxed
        self._keep_warm = keep_warm and self._sandboxed
        self._folder = tempfile.TemporaryDirectory(prefix="labkit-kit-")
        self._ready: _Ready | None = None
        self._one_at_a_time = threading.Lock()

    def __enter__(self) -> Self:
        """Get ready.

        Raises
        ------
        self_test.Unsafe
            If the sandbox would show a student what it must not.
        """
        folder = pathlib.Path(self._folder.name)
        course_copy.build(folder)
        self._ready = self._made_ready(tries=_TRIES)
        if self._sandboxed:
            _say_what_is_missing()
        shipped = files.fingerprint_of_files(folder.rglob("*.py"))
        self.facts = {"labkit": shipped, "data": data.source().kind}
        self.stamp = files.fingerprint(*self.facts.values(), str(self._sandboxed))
        return self

    def __exit__(self, *_: object) -> None:
        if self._ready is not None:
            self._ready.warm.close()
        self._folder.cleanup()

    def run(
        self, job: bytes, output: pathlib.Path, cancelled: threading.Event | None = None
    ) -> sandbox.Ended:
        """Run a job in a box and write its records to `output`; see `sandbox.run`.

        A run that has not begun was lost; the next one gets a box that was made anew.
        """
        ready = self._current()
        if ready is None:
            output.write_bytes(b"")
            return sandbox.Ended(1, "", 0.0, self._sandboxed, lost=True)
        ended = self._run_in(ready, job, output, cancelled)
        if ended.stopped or records.read(output).begun:
            return ended
        self._give_up(ready)
        return dataclasses.replace(ended, lost=True)

    def _run_in(
        self,
        ready: _Ready,
        job: bytes,
        output: pathlib.Path,
        cancelled: threading.Event | None,
    ) -> sandbox.Ended:
        if self._keep_warm:
            try:
                return ready.warm.run(job, output, cancelled)
            except warm_sandbox.Unable:
                pass  # not an error: a box for this run alone does the same, only later
        command = course_copy.command(self._limits)
        return sandbox.run(
            command, ready.box, self._limits, job, output, self._sandboxed, cancelled
        )

    def _made_ready(self, tries: int = 1) -> _Ready:
        """Read the list of what a box shows, and try a box out."""
        folder = pathlib.Path(self._folder.name)
        box = course_copy.box(folder, self._datasets, self._secrets)
        try:
            if self._sandboxed:
                self_test.verify(box, self._secrets)
        except self_test.NotStarted:
            if tries > 1:
                return self._made_ready(tries - 1)
            raise
        return _Ready(box, warm_sandbox.Boxes(course_copy.warm_command, box, self._limits))

    def _current(self) -> _Ready | None:
        """Return what is ready; None if it was given up and cannot be made anew at this time."""
        with self._one_at_a_time:
            if self._ready is None:
                try:
                    self._ready = self._made_ready()
                except (self_test.NotStarted, OSError):
                    return None  # it is tried again for the next run
            return self._ready

    def _give_up(self, ready: _Ready) -> None:
        """Let the next run have a box that is made anew; others may use this one meanwhile."""
        with self._one_at_a_time:
            if self._ready is ready:
                self._ready = None
                ready.warm.close()


def _say_what_is_missing() -> None:
    if system_calls.program() is None:
        print(
            "labkit: libseccomp is not installed here, so notebooks run in the sandbox, but may "
            "ask more of the kernel than they need. Install it (Debian: libseccomp2).",
            file=sys.stderr,
        )
