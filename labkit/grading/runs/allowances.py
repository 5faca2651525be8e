"""What this machine lets a process use, before any notebook runs with less than it was promised.

A shell, a container or a cluster's queue may allow few open files, little memory or few processes
(``ulimit``). Honest notebooks would fail for that, and be given what failing ones are given.
"""

import dataclasses
import os
from collections.abc import Iterator

from labkit.grading import boundary
from labkit.grading.runs import sandbox

_OPEN_FILES = 256
# Libraries start threads, which count as processes, as many as there are processor cores.
_THREADS = 4
_KIB = 1024


class TooLittle(boundary.ClassFault):
    """A process may use less here than a notebook needs; the message says what to do."""


@dataclasses.dataclass(frozen=True)
class _Allowance:
    """A limit by its name in Python and its letter for ``ulimit``, and how much is needed."""

    name: str
    letter: str
    what: str
    least: int
    unit: int = 1


def verify_rights() -> None:
    """Raise `TooLittle` if this process could not use the files that it makes."""
    mask = os.umask(0o077)
    os.umask(mask)
    if mask & 0o700:
        raise TooLittle(
            f"Nobody may use the files that are made here, not even you (umask {mask:03o}), so "
            "nothing was run. Give `umask 022`, and the same command again."
        )


def verify(limits: sandbox.Limits) -> None:
    """Raise `TooLittle` if a run could not use what `limits` allow it; raise what may be raised."""
    try:
        import resource
    except ImportError:
        return  # Windows has no such limits
    for needed in _needed(limits):
        number = getattr(resource, needed.name, None)
        if number is None:
            continue
        now, highest = resource.getrlimit(number)
        allowed = now if now != resource.RLIM_INFINITY else needed.least
        if allowed < needed.least and (
            highest == resource.RLIM_INFINITY or highest >= needed.least
        ):
            resource.setrlimit(number, (needed.least, highest))
        elif allowed < needed.least:
            raise TooLittle(
                f"A process may have only {allowed // needed.unit:,} {needed.what} here, and a "
                f"notebook may need {needed.least // needed.unit:,}, so nothing was run. Raise it: "
                f"ulimit -{needed.letter} {needed.least // needed.unit}"
            )


def _needed(limits: sandbox.Limits) -> Iterator[_Allowance]:
    yield _Allowance("RLIMIT_NOFILE", "n", "open files", _OPEN_FILES)
    yield _Allowance("RLIMIT_NPROC", "u", "processes and threads", _THREADS * limits.processes)
    yield _Allowance("RLIMIT_CPU", "t", "seconds of the processor", int(limits.seconds))
    for name, letter in (("RLIMIT_AS", "v"), ("RLIMIT_DATA", "d")):
        yield _Allowance(name, letter, "KiB of memory", limits.memory, _KIB)
    largest = max(limits.scratch, limits.output)
    yield _Allowance("RLIMIT_FSIZE", "f", "KiB in a file", largest, _KIB)
