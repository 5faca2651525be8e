"""What a file is that lies where a data file should: told from its first bytes, in words."""

from __future__ import annotations

import os
import pathlib
import re
from collections.abc import Iterator

from labkit import files

_LFS = b"version https://git-lfs.github.com/spec/"
_BEGINNINGS = (
    (_LFS, "a Git LFS pointer, which stands for a file that was not fetched", "git lfs pull"),
    (b"PK\x03\x04", "a zip file (or .npz, .xlsx)", "unpack it"),
    (b"\x1f\x8b", "a gzip file", "unpack it once: gunzip FILE.gz"),
    (b"BZh", "a bzip2 file", "unpack it"),
    (b"\xfd7zXZ", "an xz file", "unpack it"),
    (b"7z\xbc\xaf", "a 7z archive", "unpack it"),
    (b"Rar!", "a rar archive", "unpack it"),
    (b"\x93NUMPY", "a NumPy .npy file", "read it with numpy.load"),
    (b"\x89PNG", "a PNG picture", "take the data file"),
    (b"\xff\xd8\xff", "a JPEG picture", "take the data file"),
    (b"%PDF", "a PDF document", "take the data file"),
    (b"\x89HDF", "an HDF5 file, perhaps a saved network", "take the data file"),
    (b"{", "JSON text, perhaps a server's error message", "fetch the file itself"),
)
_PROXY = (
    "Delete it and fetch it again. A network that asks to log in (a proxy) may have sent it: log in"
    " with a browser before, or set HTTPS_PROXY to the address of the proxy"
)
_DEPTH = 4
_MOST_LOOKED_AT = 5_000


def told(content: bytes) -> str:
    """Return in one or two sentences what `content` is and what to do; empty if it is not known."""
    if not content:
        return "the file is empty. Delete it and fetch it again."
    if files.is_web_page(content):
        return f"this is a web page. {_PROXY}."
    for beginning, what, do in _BEGINNINGS:
        if content.startswith(beginning):
            return f"this is {what}. What to do: {do}."
    return ""


def like(folder: pathlib.Path, name: str) -> list[pathlib.Path]:
    """Return the files in and below `folder` whose names mean `name`, the nearest first.

    A dot for a dash, another case, a browser's number and further endings make no difference.
    """
    wanted = _plain(name)
    found = [path for path in _files(folder) if _plain(path.name) == wanted]
    return sorted(found, key=lambda path: (len(path.parts), path.name != name, str(path)))


def _plain(name: str) -> str:
    name = name.lower()
    while True:
        shorter = re.sub(r"(?: ?\(\d+\)|\.(?:gz|zip|bin|dat|idx|part))$", "", name)
        if shorter == name:
            return re.sub(r"[\W_]+", "", name)
        name = shorter


def _files(folder: pathlib.Path) -> Iterator[pathlib.Path]:
    looked_at = 0
    for place, folders, names in os.walk(folder):
        depth = len(pathlib.Path(place).relative_to(folder).parts)
        folders[:] = sorted(folders) if depth < _DEPTH else []
        for name in sorted(names):
            looked_at += 1
            if looked_at > _MOST_LOOKED_AT:
                return
            yield pathlib.Path(place, name)
