"""What a file is that lies where a data file should: told from its first bytes, in words."""

from __future__ import annotations

import codecs
import itertools
import os
import pathlib
import re
from collections.abc import Iterator

from labkit import files

_TAKE = "take the data file"
# What to do about each of these is its own; what else there is, a library knows by its name.
_BEGINNINGS = (
    (
        b"version https://git-lfs.github.com/spec/",
        "a Git LFS pointer, which stands for a file that was not fetched",
        "git lfs pull",
    ),
    (b"/annex/objects/", "a git-annex pointer, which stands for a file", "git annex get FILE"),
    (b"../.git/annex/", "a git-annex pointer, which stands for a file", "git annex get FILE"),
    (b"outs:\n- md5", "a DVC pointer, which stands for a file that was not fetched", "dvc pull"),
    (b"PK\x03\x04", "a zip file (or .npz, .xlsx)", "unpack it"),
    (b"\x1f\x8b", "a gzip file", "unpack it once: gunzip FILE.gz"),
    (b"BZh", "a bzip2 file", "unpack it"),
    (b"\xfd7zXZ", "an xz file", "unpack it"),
    (b"\x93NUMPY", "a NumPy .npy file", "read it with numpy.load"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word document", "save it as CSV"),
    (b"PAR1", "a Parquet file", "read it with pandas.read_parquet"),
    (b"ARROW1", "a Feather file", "read it with pandas.read_feather"),
    (b"MATLAB 5.0 MAT-file", "a file of MATLAB", "read it with scipy.io.loadmat"),
    (b"@relation", "an ARFF table of Weka", "take the data file as CSV"),
    (b"\0\0\x08\x01", "an IDX file of labels", "read it with read_idx"),
    (b"\0\0\x08\x03", "an IDX file of images", "read it with read_idx"),
)
_JSON = re.compile(rb'\{\s*["}]|\[\s*["{\[\]\d-]')
_WIDE = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
# No text has these; a file of UTF-16 is read as one before.
_IN_NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_IN_WORDS = 60
_PROXY = (
    "Delete it and fetch it again. A network that asks to log in (a proxy) may have sent it: log in"
    " with a browser before, or set HTTPS_PROXY to the address of the proxy"
)
_DEPTH = 4
_SHOWN = 6
_MOST_LOOKED_AT = 5_000


def told(content: bytes) -> str:
    """Return in one or two sentences what `content` is and what to do; empty if it is not known."""
    if not content:
        return "the file is empty. Delete it and fetch it again."
    text = _in_utf8(content)
    if files.is_web_page(text):
        return f"this is a web page. {_PROXY}."
    start = text[:64].lstrip(b"\xef\xbb\xbf \t\r\n").replace(b"\r\n", b"\n")
    for beginning, what, do in _BEGINNINGS:
        if any(form.startswith(beginning) for form in (content, start, start.lower())):
            return f"this is {what}. What to do: {do}."
    if _JSON.match(start):
        if b'"nbformat"' in text or b'"cell_type"' in text:
            return f"this is a notebook. What to do: {_TAKE}."
        return "this is JSON text, perhaps a server's message. What to do: fetch the file itself."
    if not content.strip(b"\0"):
        return "there is nothing in it but zeros: it was not written to its end. Fetch it again."
    name = kind(content) if _IN_NO_TEXT.search(text[:2048]) else ""
    return f"it begins as this does: {name}. What to do: {_TAKE}." if name else ""


def _in_utf8(content: bytes) -> bytes:
    """Return text in UTF-16 in UTF-8; all else as it is."""
    encoding = _WIDE.get(content[:2])
    return content[2:].decode(encoding, "replace").encode() if encoding else content


def kind(content: bytes) -> str:
    """Return what a file that is no text is called; empty if nobody knows."""
    import puremagic

    try:
        found = puremagic.magic_string(content)[0]
    except (puremagic.PureError, ValueError):
        return ""
    ending = found.extension.removeprefix(".").upper()
    return f"{found.name} ({ending})" if ending else found.name


def words(content: bytes) -> str:
    """Return how `content` begins if that is text; empty if it is none."""
    line = content[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").splitlines()[:1]
    try:
        text = line[0].decode("utf-8") if line else ""
    except UnicodeDecodeError:
        return ""
    text = " ".join(text.split())
    if not text or not text.isprintable():
        return ""
    return text if len(text) <= _IN_WORDS else f"{text[:_IN_WORDS]}…"


def like(folder: pathlib.Path, name: str) -> list[pathlib.Path]:
    """Return the files in and below `folder` whose names mean `name`, the nearest first.

    A dot for a dash, another case, a browser's number and further endings make no difference.
    """
    wanted = _plain(name)
    # Copies have words before their names. What a Mac lays beside a file ("._") is not the file.
    found = [
        path
        for path in _files(folder)
        if _plain(path.name).endswith(wanted) and not path.name.startswith("._")
    ]
    return sorted(found, key=lambda path: (len(path.parts), path.name != name, str(path)))


def names(folder: pathlib.Path) -> str:
    """Say which files lie in and below `folder`, the first few of them."""
    found = [str(path.relative_to(folder)) for path in itertools.islice(_files(folder), _SHOWN + 1)]
    if not found:
        return "Nothing lies there."
    more = " and more" if len(found) > _SHOWN else ""
    return f"What lies there: {', '.join(found[:_SHOWN])}{more}."


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
