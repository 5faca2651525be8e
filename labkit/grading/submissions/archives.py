"""What lies in an archive that a student handed in: told by its content, whatever it is called.

An archive is opened with the same care as the download: nothing is written to disk, no link is
followed, and all that is unpacked has limits.
"""

import bz2
import dataclasses
import functools
import io
import lzma
import pathlib
import re
import tarfile
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from labkit.data import strangers
from labkit.grading import boundary
from labkit.grading.submissions import entries

_DEPTH = 2
_ZIP = b"PK\x03\x04"
# Of a file of xz, its first bytes say how much memory it wants: at most 4 GiB.
_MEMORY = 2**28
# A file that was made smaller by itself, as its first bytes tell.
_SQUEEZED: dict[bytes, Callable[[], Any]] = {
    b"\x1f\x8b": lambda: zlib.decompressobj(zlib.MAX_WBITS | 16),
    b"BZh": bz2.BZ2Decompressor,
    b"\xfd7zXZ\0": lambda: lzma.LZMADecompressor(memlimit=_MEMORY),
}
_CALLED_TAR = re.compile(r"\.(?:tar(?:\.(?:gz|bz2|xz))?|tgz|tbz2?|txz)$", re.IGNORECASE)
_AN_ARCHIVE = re.compile(r"archive|compress", re.IGNORECASE)
_FIRST = 2**12
_TAR_MARK, _TAR_PLACE = b"ustar", 257


def is_zip(content: bytes) -> bool:
    """Tell whether `content` is a zip file."""
    return content.startswith(_ZIP)


def is_archive(content: bytes) -> bool:
    """Tell whether files may lie in `content`."""
    return content.startswith((_ZIP, *_SQUEEZED)) or _is_tar(content)


def strange(content: bytes) -> str:
    """Return what an archive is called that cannot be opened here; empty if it is none."""
    if is_archive(content):
        return ""
    name = strangers.kind(content[:_FIRST])
    return name if _AN_ARCHIVE.search(name) else ""


def stem(name: str) -> str:
    """Return the name of an archive without what says what it is."""
    shorter = _CALLED_TAR.sub("", name)
    return shorter if shorter != name else pathlib.PurePath(name).stem


def is_called_tar(name: str) -> bool:
    """Tell whether a file is called as tar files are."""
    return _CALLED_TAR.search(name) is not None


def in_tar(path: pathlib.Path, most: int) -> list[entries.Entry]:
    """List a tar file that was downloaded; parameters and errors as of `entries.in_zip`."""
    try:
        with open(path, "rb") as file:
            content = file.read(most + 1)
        if len(content) > most:
            raise ValueError(f"it is larger than {most // 2**20} MiB: unpack it")
        squeezed = next(
            (make for mark, make in _SQUEEZED.items() if content.startswith(mark)), None
        )
        content = content if squeezed is None else _loosened(content, squeezed, most)
    except (OSError, ValueError) as error:
        boundary.raise_if_exhausted(error)
        raise entries.UnreadableZip(boundary.reason(error)) from error
    return [dataclasses.replace(item, origin=path.name) for item in _in_tar(content, most)]


def unpacked(entry: entries.Entry, most: int, depth: int = _DEPTH) -> Iterator[entries.Entry]:
    """List the archive that `entry` is, and those in it; one that cannot be read is listed itself.

    The names begin with that of the archive.
    """
    try:
        content = entry.read()
        inside = _inside(content, entry.name, most)
    except (OSError, ValueError) as error:
        why = str(error)
        yield dataclasses.replace(entry, problem=why, read=entries.raising(why))
        return
    for item in entries.folded(inside, top=0):
        placed = dataclasses.replace(
            item, parts=(*entry.parts, *item.parts), origin=entry.origin or entry.name
        )
        deeper = placed.is_zip or not content.startswith(_ZIP)
        if deeper and depth > 1 and not item.problem and not item.left_behind and _opens(placed):
            yield from unpacked(placed, most, depth - 1)
        else:
            yield placed


def _opens(entry: entries.Entry) -> bool:
    if entry.is_zip:
        return True
    try:
        return is_archive(entry.read())
    except (OSError, ValueError):
        return False


def _inside(content: bytes, name: str, most: int) -> list[entries.Entry]:
    for mark, make in _SQUEEZED.items():
        if content.startswith(mark):
            inner = pathlib.PurePath(name).stem or name
            return [entries.Entry((inner,), functools.partial(_loosened, content, make, most))]
    if _is_tar(content):
        return _in_tar(content, most)
    return entries.in_zip(content, name, most)


def _is_tar(content: bytes) -> bool:
    return content[_TAR_PLACE : _TAR_PLACE + len(_TAR_MARK)] == _TAR_MARK


def _loosened(content: bytes, make: Callable[[], Any], most: int) -> bytes:
    squeezed = make()
    try:
        loose = squeezed.decompress(content, most + 1)
    except Exception as error:
        # Damaged bytes make each library raise its own.
        raise ValueError(f"it cannot be unpacked: {error}") from error
    if len(loose) > most:
        raise ValueError(f"unpacked, it is larger than {most // 2**20} MiB")
    if not squeezed.eof:
        raise ValueError("it cannot be unpacked: its end is missing")
    return loose


def _in_tar(content: bytes, most: int) -> list[entries.Entry]:
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as archive:
            found = archive.getmembers()
    except Exception as error:
        raise entries.UnreadableZip(f"it is not a tar file that can be read ({error})") from error
    if len(found) > entries.MAX_ENTRIES:
        raise entries.UnreadableZip(f"it holds more than {entries.MAX_ENTRIES:,} files")
    return [_in_tar_one(content, item, most) for item in found if not item.isdir()]


def _in_tar_one(content: bytes, item: tarfile.TarInfo, most: int) -> entries.Entry:
    parts = entries.parts_of(item.name)
    start, end = item.offset_data, item.offset_data + item.size
    why = entries.points_out(item.name)
    if not item.isreg() or item.issparse():
        why = "it is not an ordinary file"
    elif item.size > most or end > len(content):
        why = f"it is larger than {most // 2**20} MiB, or not all there"
    if why or not parts:
        why = why or "it has no name"
        return entries.Entry(parts or ("?",), entries.raising(why), problem=why)
    return entries.Entry(parts, lambda: content[start:end], float(item.mtime))
