"""Standard input, output and error as a command needs them, whatever it was started with.

Each may be closed, be a pipe whose reader has left (``| head``), lead to a full disk, or know
fewer letters than a class has in its names. A class is graded all the same.
"""

import contextlib
import errno
import io
import os
import sys
from typing import TextIO

_NAMES = ("stdin", "stdout", "stderr")
# A pipe without a reader, a terminal that was closed.
_LEFT = {errno.EPIPE, errno.EIO, errno.EBADF}


class _Patient(io.FileIO):
    """A file that takes everything: what cannot be written is left out, and `fault` says why."""

    fault: OSError | None = None

    def write(self, data: bytes) -> int:  # type: ignore[override]
        try:
            return super().write(data)
        except OSError as error:
            self.fault = error
            return len(data)


def settle() -> None:
    """Open what is closed, and let nothing that is said end the command."""
    for number, name in enumerate(_NAMES):
        if _is_closed(number):
            # The lowest number that is free. Else the next file opened would be taken for it.
            os.open(os.devnull, os.O_RDWR)
        stream = getattr(sys, name)
        if number and (stream is None or _is_plain(stream, number)):
            setattr(sys, name, _patient(number, stream))


def fault() -> str:
    """Say why something that was said could not be written, where its reader has not just left.

    It is told once: what is said from now on may have another.
    """
    sys.stdout.flush()
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    found = getattr(raw, "fault", None)
    if found is None or found.errno in _LEFT:
        return ""
    raw.fault = None
    return found.strerror


def _is_closed(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return True
    return False


def _is_plain(stream: TextIO, number: int) -> bool:
    """Tell whether it is Python's own, and neither a test's, a notebook's nor Windows' console."""
    if type(stream) is not io.TextIOWrapper or stream is not getattr(sys, f"__{_NAMES[number]}__"):
        return False
    with contextlib.suppress(OSError, ValueError):  # it is closed
        raw = getattr(stream.buffer, "raw", stream.buffer)  # without PYTHONUNBUFFERED, and with it
        return stream.fileno() == number and type(raw) is io.FileIO
    return False


def _patient(number: int, before: TextIO | None) -> TextIO:
    if before is not None:
        with contextlib.suppress(OSError):
            before.flush()
    raw = _Patient(number, "w", closefd=False)
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=before.encoding if before is not None else "utf-8",
        errors="backslashreplace",
        line_buffering=raw.isatty() or number == 2 or getattr(before, "write_through", False),
    )
