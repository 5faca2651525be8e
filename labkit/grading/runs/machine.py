"""A machine that is ready to run notebooks: the kit, the box, and warm workers."""

import functools
import pathlib
import sys
import tempfile
import threading
from collections.abc import Iterable
from typing import Self

from labkit import data, files
from labkit.grading.runs import cgroups, course_copy, sandbox, self_test, system_calls, warm_sandbox


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
        self._groups = cgroups.Groups()

    def __enter__(self) -> Self:
        """Get ready.

        Raises
        ------
        self_test.Unsafe
            If the sandbox would show a student what it must not.
        """
        folder = pathlib.Path(self._folder.name)
        course_copy.build(folder)
        self._box = course_copy.box(folder, self._datasets, self._secrets)
        if self._sandboxed:
            self_test.verify(self._box, self._secrets)
            _say_what_is_missing()
        self._groups.__enter__()
        command = functools.partial(course_copy.warm_command, self._datasets)
        self._warm = warm_sandbox.Boxes(command, self._box, self._limits, self._groups)
        shipped = files.fingerprint_of_files(folder.rglob("*.py"))
        self.facts = {"labkit": shipped, "data": " ".join(map(data.stamp, self._datasets))}
        self.stamp = files.fingerprint(*self.facts.values(), str(self._sandboxed))
        return self

    def __exit__(self, *_: object) -> None:
        self._warm.close()
        self._groups.__exit__()
        self._folder.cleanup()

    def run(
        self, job: bytes, output: pathlib.Path, cancelled: threading.Event | None = None
    ) -> sandbox.Ended:
        """Run a job in a box and write its records to `output`; see `sandbox.run`."""
        if self._keep_warm:
            try:
                return self._warm.run(job, output, cancelled)
            except warm_sandbox.Unable:
                pass  # not an error: a box for this run alone does the same, only later
        command, how = course_copy.command(self._limits), (self._sandboxed, cancelled, self._groups)
        return sandbox.run(command, self._box, self._limits, job, output, *how)


def _say_what_is_missing() -> None:
    if system_calls.program() is None:
        print(
            "labkit: libseccomp is not installed here, so notebooks run in the sandbox, but may "
            "ask more of the kernel than they need. Install it (Debian: libseccomp2).",
            file=sys.stderr,
        )
