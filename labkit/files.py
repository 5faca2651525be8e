"""Writing files so that a reader never sees half of one, and telling whether files are the same."""

from __future__ import annotations

import contextlib
import hashlib
import os
import pathlib
import re
import stat
import uuid
from collections.abc import Iterable, Iterator
from typing import BinaryIO

UNFINISHED = re.compile(r"\.unfinished-[0-9a-f]{32}")
"""The name of what is being written; nothing else is called so."""


class Unwritable(OSError):
    """A file or folder cannot be written; its ``strerror`` and ``filename`` say why and which."""

    def __str__(self) -> str:
        return f"{self.filename} cannot be written: {self.strerror}"


@contextlib.contextmanager
def writing(path: pathlib.Path) -> Iterator[None]:
    """Raise `Unwritable` for any `OSError` while `path` is written."""
    try:
        yield
    except OSError as error:
        raise Unwritable(error.errno, error.strerror or str(error), str(path)) from error


@contextlib.contextmanager
def replacing(path: pathlib.Path) -> Iterator[BinaryIO]:
    """Open a file for writing that takes the place of `path` when the block ends well.

    Until then it is a temporary file in the same folder, which is made if need be. A full disk, an
    error or an interruption leaves `path` as it was, and of two processes that write the same file
    at once the later one wins.

    Raises
    ------
    Unwritable
        If the folder cannot be made or the file cannot be written.
    """
    # Not made of the file's own name, which may be as long as a name can be.
    temporary = path.with_name(f".unfinished-{uuid.uuid4().hex}")
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with temporary.open("xb") as file:
                yield file
            os.replace(temporary, path)
        except BaseException:
            # Ctrl-C included: leave nothing behind, and let the error go on.
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise


def write(path: pathlib.Path, content: bytes) -> None:
    """Write `content` to `path` in one step; see `replacing`."""
    with replacing(path) as file:
        file.write(content)


def write_text(path: pathlib.Path, content: str) -> None:
    """Write `content` as UTF-8 in one step; bytes that were read undecoded go back as they were."""
    write(path, content.encode("utf-8", "surrogateescape"))


def read_kept(path: pathlib.Path, most: int) -> bytes:
    """Return what is in a file that this program has written, if it is still such a file.

    Raises
    ------
    OSError
        If it cannot be read.
    ValueError
        If it is a link, a pipe or the like, which may lead anywhere and never end, or if it has
        more than `most` bytes.
    """
    # A pipe that nobody writes to would be waited for; a link is not followed where that is known.
    careful = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    with open(os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | careful), "rb") as file:
        facts = os.fstat(file.fileno())
        if not stat.S_ISREG(facts.st_mode) or facts.st_size > most:
            raise ValueError(f"{path} is not what was written there")
        return file.read(most)


def fingerprint(*parts: str | bytes) -> str:
    """Return one short text that changes when any part changes."""
    digest = hashlib.sha256()
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        digest.update(len(content).to_bytes(8, "big") + content)
    return digest.hexdigest()


def fingerprint_of_files(paths: Iterable[pathlib.Path]) -> str:
    """Return a fingerprint of the contents of files."""
    return fingerprint(*(path.read_bytes() for path in sorted(paths)))


def is_web_page(content: bytes) -> bool:
    """Tell whether `content` starts like HTML or XML, as pages and servers' messages do."""
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    return re.match(rb"<[!?]?[-a-zA-Z]", start) is not None
