"""Every file that a download holds: listed before anything is read, whatever it was packed in.

Nothing is unpacked to disk and no link is followed. What cannot be taken is listed too, with the
reason: nothing of a download disappears.
"""

import dataclasses
import datetime
import io
import os
import pathlib
import re
import stat
import unicodedata
import zipfile
from collections.abc import Callable, Container, Iterable, Iterator

from labkit.grading import boundary

MAX_ENTRIES = 20_000
HIDDEN = "it is hidden"
OF_A_GRADING = ".kept"
"""The folder that tells the output of a grading, which may lie among what was handed in."""
LOCK = "lock"
"""What a grading puts there first."""
_AN_OUTPUT = "it is the output of a grading"
_UNPACKED = "what is in it lies unpacked beside it"
_ONLY_LEFT_BEHIND = "only what a machine left there is in it"
_A_PYTHON = "it is an installation of Python"
_DEPTH = 12
_UTF8_NAME = 0x800
_UNICODE_PATH = 0x7075
# Between looking and reading, a file can have become a link, or a pipe that nobody writes to.
_CAREFUL = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_NOT_ORDINARY = "it is not an ordinary file"
# What operating systems, editors and browsers leave behind; nobody hands it in.
_LEFT_BEHIND = re.compile(
    r"__MACOSX|\._.*|\.DS_Store|Thumbs\.db|desktop\.ini|\.ipynb_checkpoints|.*-checkpoint\.ipynb"
    r"|__pycache__|node_modules|\.git|\.venv|Icon\r|~\$.*|.*\.(?:part|crdownload|tmp)",
    re.IGNORECASE | re.DOTALL,
)


class UnreadableZip(ValueError):
    """A zip file that cannot be opened; the message says why."""


@dataclasses.dataclass(frozen=True)
class Entry:
    """A file, or a folder that is empty or not looked into.

    Attributes
    ----------
    parts : tuple of str
        The names of its folders and its own, from the top of the download.
    read : callable
        Returns its bytes. May raise OSError or ValueError.
    time : float or None
        When it was last changed, as its folder or zip file says, in seconds since 1970.
    problem : str
        Why it cannot be read; empty if it can.
    folder : bool
    origin : str
        The zip file that it came in; empty if in none.
    place : pathlib.Path or None
        Where it lies on this machine, under the name that it has there; None in an archive.
    """

    parts: tuple[str, ...]
    read: Callable[[], bytes]
    time: float | None = None
    problem: str = ""
    folder: bool = False
    origin: str = ""
    place: pathlib.Path | None = None

    @property
    def name(self) -> str:
        return self.parts[-1] if self.parts else ""

    @property
    def path(self) -> str:
        return "/".join(self.parts)

    @property
    def left_behind(self) -> bool:
        """Whether a machine, not a person, left it there."""
        known = self.problem == _AN_OUTPUT or self.unpacked
        return known or self._left_behind_at() < len(self.parts)

    @property
    def unpacked(self) -> bool:
        """Whether it is an archive, and all that is in it lies beside it."""
        return self.problem == _UNPACKED

    def _left_behind_at(self) -> int:
        """Return which of the parts a machine left there; their number if none."""
        left = (place for place, part in enumerate(self.parts) if _LEFT_BEHIND.fullmatch(part))
        return next(left, len(self.parts))

    @property
    def is_notebook(self) -> bool:
        return self.name.lower().endswith(".ipynb")

    @property
    def is_zip(self) -> bool:
        return self.name.lower().endswith(".zip")


def unpacked_already(item: Entry) -> Entry:
    """Return an archive as one that says nothing more than what lies beside it."""
    return dataclasses.replace(item, problem=_UNPACKED, read=raising(_UNPACKED))


def without_filled(items: Iterable[Entry]) -> list[Entry]:
    """Return entries without the folders in which others lie: some archives list these, too."""
    items = tuple(items)
    filled = {item.parts[:depth] for item in items for depth in range(1, len(item.parts))}
    return [item for item in items if item.problem or not item.folder or item.parts not in filled]


def emptied(items: Iterable[Entry]) -> Iterator[Entry]:
    """Yield the folders in which nothing is left but what machines left behind.

    Somebody has handed these in, whatever became of the rest.
    """
    items = tuple(items)
    seen = {
        item.parts[:depth]
        for item in items
        if not item.left_behind
        for depth in range(len(item.parts) + 1)
    }
    for item in items:
        above = item.parts[: item._left_behind_at()]
        if item.left_behind and above != item.parts and above and above not in seen:
            seen |= {above[:depth] for depth in range(len(above) + 1)}
            yield Entry(above, bytes, problem=_ONLY_LEFT_BEHIND, folder=True, origin=item.origin)


def folded(items: Iterable[Entry], top: int = 1) -> list[Entry]:
    """Return entries of an archive, with one for each hidden folder and each installed Python.

    Nobody hands in what lies in them, and it may look as if: a wastebasket has notebooks, too.

    Parameters
    ----------
    items : iterable of Entry
    top : int
        How many folders are not looked at, from the top: students are called as they like.
    """
    items = list(items)
    installed = {item.parts[:-1] for item in items if item.name == "pyvenv.cfg"}
    kept: dict[tuple[str, ...], Entry] = {}
    for place, item in enumerate(items):
        why, above = _folder_around(item, installed, top)
        if above:
            kept[above] = Entry(above, bytes, problem=why, folder=True, origin=item.origin)
        else:
            kept[*item.parts, f"\0{place}"] = item
    return list(kept.values())


def _folder_around(
    item: Entry, installed: Container[tuple[str, ...]], top: int
) -> tuple[str, tuple[str, ...]]:
    """Return why the outermost folder around an entry is not looked into, and that folder."""
    for depth in range(top + 1, 0 if item.problem else len(item.parts) + item.folder):
        above = item.parts[:depth]
        if _LEFT_BEHIND.fullmatch(above[-1]):
            break
        if above in installed:
            return _A_PYTHON, above
        if above[-1].startswith("."):
            return HIDDEN, above
    return "", ()


def in_folder(folder: pathlib.Path, most: int) -> Iterator[Entry]:
    """List a folder.

    Parameters
    ----------
    folder : pathlib.Path
    most : int
        The largest number of bytes that is read of a file.
    """
    yield from _below(folder, (), most)


def _below(folder: pathlib.Path, parts: tuple[str, ...], most: int) -> Iterator[Entry]:
    try:
        children = sorted(os.scandir(folder), key=lambda item: item.name)
    except OSError as error:
        boundary.raise_if_exhausted(error)
        yield _refused(parts, f"its folder cannot be read ({error.strerror})", folder=True)
        return
    if not children and parts:
        yield Entry(parts, bytes, folder=True)
    for child in children:
        path, inner = pathlib.Path(child.path), (*parts, _readable(child.name))
        try:
            facts = child.stat(follow_symlinks=False)
        except OSError as error:
            boundary.raise_if_exhausted(error)
            yield _refused(inner, f"it cannot be looked at ({error.strerror})")
            continue
        if stat.S_ISDIR(facts.st_mode):
            yield from _folder(path, inner, most)
        else:
            yield _file(path, inner, facts, most)


def _folder(path: pathlib.Path, parts: tuple[str, ...], most: int) -> Iterator[Entry]:
    if parts[-1].lower().endswith(".ipynb"):
        yield _refused(parts, "it is a folder, not a file")
    elif parts[-1].startswith(".") or _LEFT_BEHIND.fullmatch(parts[-1]):
        yield Entry(parts, bytes, folder=True, problem=HIDDEN)
    elif os.path.isfile(path / "pyvenv.cfg"):
        yield Entry(parts, bytes, folder=True, problem=_A_PYTHON)
    elif _is_output(path):
        yield Entry(parts, bytes, folder=True, problem=_AN_OUTPUT)
    elif len(parts) > _DEPTH:
        yield _refused(parts, "it lies too deep to be looked into", folder=True)
    else:
        yield from _below(path, parts, most)


def _is_output(path: pathlib.Path) -> bool:
    """Tell whether a grading writes there, or has begun to."""
    # A folder that may not be looked into is none, and no error.
    kept = path / OF_A_GRADING
    ours = (path / "grades.csv", kept / LOCK)
    return os.path.isdir(kept) and any(map(os.path.isfile, ours))


def _file(path: pathlib.Path, parts: tuple[str, ...], facts: os.stat_result, most: int) -> Entry:
    if stat.S_ISLNK(facts.st_mode):
        what = "it is a link to another file" if "." in parts[-1] else "its folder is a link"
        return _refused(parts, what)
    if not stat.S_ISREG(facts.st_mode):
        return _refused(parts, _NOT_ORDINARY)
    if facts.st_size > most and not parts[-1].lower().endswith(".zip"):
        return _refused(parts, f"it is larger than {most // 2**20} MiB")
    return Entry(parts, lambda: _read_file(path, most), facts.st_mtime, place=path)


def _read_file(path: pathlib.Path, most: int) -> bytes:
    try:
        return _content(path, most)
    except OSError as error:
        boundary.raise_if_exhausted(error)
        raise ValueError(boundary.reason(error)) from error


def _content(path: pathlib.Path, most: int) -> bytes:
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | _CAREFUL
    with open(os.open(path, flags), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise ValueError(_NOT_ORDINARY)
        content = file.read(most + 1)
    if len(content) > most:
        raise ValueError(f"it is larger than {most // 2**20} MiB")
    return content


def _refused(parts: tuple[str, ...], problem: str, folder: bool = False) -> Entry:
    return Entry(parts, bytes, problem=problem, folder=folder)


def _readable(name: str) -> str:
    """Return a name in the one form that the same name has on every system."""
    return unicodedata.normalize("NFC", name)


# --- zip files ------------------------------------------------------------------------------


def in_zip(source: pathlib.Path | bytes, origin: str, most: int) -> list[Entry]:
    """List a zip file.

    Parameters
    ----------
    source : pathlib.Path or bytes
        The file, or what is in it.
    origin : str
        Its name, for people.
    most : int
        The largest number of bytes that is unpacked of an entry.

    Raises
    ------
    UnreadableZip
        If it cannot be opened or holds too many files.
    """
    try:
        with _open(source) as archive:
            found = archive.infolist()
            if len(found) > MAX_ENTRIES:
                raise UnreadableZip(f"it holds more than {MAX_ENTRIES:,} files")
            encoding = _of_all(found)
            return [_zipped(source, entry, origin, most, encoding) for entry in found]
    except UnreadableZip:
        raise
    except Exception as error:
        boundary.raise_if_exhausted(error)
        # A damaged file makes the library raise whatever its bytes lead to.
        raise UnreadableZip(f"it is not a zip file that can be read ({error})") from error


def _open(source: pathlib.Path | bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source)


def _zipped(
    source: pathlib.Path | bytes, entry: zipfile.ZipInfo, origin: str, most: int, encoding: str
) -> Entry:
    name = _name(entry, encoding)
    parts = parts_of(name)
    refuse = points_out(name) or _why_not(entry, most)
    if refuse or not parts:
        why = refuse or "it has no name"
        return Entry(parts or ("?",), raising(why), problem=why, origin=origin)
    if entry.is_dir() or _pieces(name)[-1] == "":
        return Entry(parts, bytes, folder=True, origin=origin)
    return Entry(parts, lambda: _unpacked(source, entry, most), _time(entry), origin=origin)


def _pieces(name: str) -> list[str]:
    return name.replace("\\", "/").split("/")  # old programs on Windows write backslashes


def parts_of(name: str) -> tuple[str, ...]:
    """Return the names of an entry's folders and its own, from its name in an archive."""
    return tuple(_readable(piece) for piece in _pieces(name) if piece not in ("", "."))


def points_out(name: str) -> str:
    """Say so if an entry's name points out of its archive; empty if not."""
    pieces = _pieces(name)
    rooted = pieces[0] == "" and len(pieces) > 1
    if ".." in pieces or rooted or re.match(r"[A-Za-z]:$", pieces[0]):
        return "its name in the zip file points out of it"
    return ""


def _why_not(entry: zipfile.ZipInfo, most: int) -> str:
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "it is a link in the zip file"
    if entry.file_size > most:
        return f"it is larger than {most // 2**20} MiB"
    return ""


def _time(entry: zipfile.ZipInfo) -> float | None:
    try:
        return datetime.datetime(*entry.date_time).timestamp()
    except (ValueError, OverflowError, OSError):
        return None  # a date of zeros: the program that packed it knew none


def _unpacked(source: pathlib.Path | bytes, entry: zipfile.ZipInfo, most: int) -> bytes:
    try:
        with _open(source) as archive, archive.open(entry) as file:
            content = file.read(most + 1)
    except Exception as error:
        boundary.raise_if_exhausted(error)
        # Damaged bytes, a password, a method that Python lacks: each has its own error.
        raise ValueError(f"it cannot be unpacked: {error}") from error
    if len(content) > most:
        raise ValueError(f"unpacked, it is larger than {most // 2**20} MiB")
    return content


def _name(entry: zipfile.ZipInfo, encoding: str) -> str:
    """Return an entry's name; many programs do not say in which encoding they wrote it."""
    raw = _raw(entry)
    if raw is not None:
        return decoded(raw, encoding)
    return entry.filename if _is_sure(entry) else _told_by_extra(entry.extra) or entry.filename


def _raw(entry: zipfile.ZipInfo) -> bytes | None:
    """Return the bytes of an entry's name where nothing says what they mean; else None."""
    if _is_sure(entry) or _told_by_extra(entry.extra):
        return None
    try:
        return entry.orig_filename.encode("cp437")
    except UnicodeEncodeError:
        return None


def _is_sure(entry: zipfile.ZipInfo) -> bool:
    return bool(entry.flag_bits & _UTF8_NAME) or entry.orig_filename.isascii()


def _told_by_extra(extra: bytes) -> str:
    """Return the name in Info-ZIP's extra field for it, if there is one."""
    while len(extra) >= 4:
        kind = int.from_bytes(extra[:2], "little")
        size = int.from_bytes(extra[2:4], "little")
        if kind == _UNICODE_PATH:
            return extra[9 : 4 + size].decode("utf-8", "ignore")
        extra = extra[4 + size :]
    return ""


def decoded(raw: bytes, encoding: str = "") -> str:
    """Return `raw` as text: UTF-8 if it can be, else `encoding`, else what gives most letters."""
    for known in filter(None, ("utf-8", encoding)):
        try:
            return raw.decode(known)
        except UnicodeDecodeError:
            continue
    return raw.decode(_encoding(raw))


def _encoding(raw: bytes) -> str:
    """Return the encoding in which `raw` has the largest share of what names are made of."""
    best, most = "cp437", -1.0
    for encoding in ("cp437", "cp850", "cp1252", "latin-1", "cp932", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        strange = [place for place, letter in enumerate(text) if not letter.isascii()]
        share = sum(_usual(text, place, encoding) for place in strange) / max(1, len(strange))
        if share > most:
            best, most = encoding, share
    return best


def _of_all(entries: Iterable[zipfile.ZipInfo]) -> str:
    """Return the encoding of the names in a zip file that do not say it.

    Of all of them together: alone, a name of a few letters may be one in several encodings.
    """
    raw = [found for entry in entries if (found := _raw(entry)) is not None]
    return _encoding(b"\n".join(name for name in raw if not _is_utf8(name)))


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _usual(text: str, place: int, encoding: str) -> float:
    """Return how likely it is that somebody's name has this letter."""
    letter = text[place]
    if letter.encode(encoding)[-1:].isascii():
        # Of an accent and the letter behind it, some encodings make one character: it is alone.
        beside = text[max(0, place - 1) : place] + text[place + 1 : place + 2]
        return 0.3 if beside.isascii() else 0.9
    name = unicodedata.name(letter, "")
    if name.endswith(("THORN", "ETH")):
        return 0.5  # where other encodings have é and ç
    return 1.0 * name.startswith(
        ("LATIN SMALL", "LATIN CAPITAL", "CJK UNIFIED", "HIRAGANA", "KATAKANA")
    )


def raising(problem: str) -> Callable[[], bytes]:
    """Return what stands for reading an entry that cannot be read."""

    def read() -> bytes:
        raise ValueError(problem)

    return read
