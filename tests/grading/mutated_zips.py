"""Downloads of whole classes, mutated: their entries, what their headers say of them, their bytes.

A mutation of a student's own entries concerns that student alone, and nobody else's row may change;
one of names or of the whole file may concern anybody, and must only leave a row for each.
"""

import dataclasses
import io
import pathlib
import struct
import zipfile

from hypothesis import strategies as st

from labkit.grading.submissions import find
from tests.grading import downloads

LAB = downloads.LAB
_LOCAL, _CENTRAL = b"PK\x03\x04", b"PK\x01\x02"
# By field: its place in the local header, in the central one, and its form.
_FIELDS = {
    "flags": (6, 8, "<H"),
    "method": (8, 10, "<H"),
    "date": (10, 12, "<I"),
    "crc": (14, 16, "<I"),
    "packed": (18, 20, "<I"),
    "size": (22, 24, "<I"),
}
_OF_ONE = ("truncate", "exchange", "double", "nest", "deep", *_FIELDS)
_OF_ALL = ("rename", "drop", "swap", "cut", "byte", "prefix", "offset", "folder")
_ORDER = (*_FIELDS, "offset", "byte", "prefix", "cut")
_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
_ODD_NAMES = st.sampled_from(
    (
        *("../../etc/x.ipynb", "/x.ipynb", "C:\\x.ipynb", "x" * 300 + ".ipynb", "a//b.ipynb", "."),
        *("__MACOSX/._x.ipynb", ".ipynb_checkpoints/x.ipynb", "con.ipynb", "a\0b.ipynb", "..", " "),
        f"{LAB}.ipynb", f"ann/{LAB}.ipynb", f"Ann Bee_101_assignsubmission_file_/{LAB}.ipynb",
    )
)  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Download:
    """A download as it was, and as it is.

    Attributes
    ----------
    layout : str
    plain, content : bytes
        The zip file before and after.
    touched : frozenset of str
        The entries that were changed.
    everybody : bool
        Whether the changes may concern anybody.
    what : tuple of str
        What was done.
    """

    layout: str
    plain: bytes
    content: bytes
    touched: frozenset[str]
    everybody: bool
    what: tuple[str, ...]


class Layouts(dict):
    """The entries of a download by its layout; hypothesis would write all of them down."""

    def __repr__(self) -> str:
        return "layouts"


def layouts(right: bytes) -> Layouts:
    """Return the entries of a download of each layout, in which each notebook is `right`."""
    people = [
        dataclasses.replace(
            person,
            attempts=tuple(
                dataclasses.replace(attempt, files=dict.fromkeys(attempt.files, right))
                for attempt in person.attempts
            ),
        )
        for person in downloads.class_of_five()
    ]
    made = {name: list(layout.make(people).items()) for name, layout in downloads.LAYOUTS.items()}
    return Layouts(made)


@st.composite
def mutated(draw, all_layouts, contents):
    """Return a `Download` with one to three mutations; `contents` draws what is put in."""
    layout = draw(st.sampled_from(sorted(all_layouts)))
    entries = list(all_layouts[layout])
    plain = packed(entries)
    kinds = draw(st.lists(st.sampled_from((*_OF_ONE, *_OF_ONE, *_OF_ALL)), min_size=1, max_size=3))
    touched, later = set(), []
    for kind in kinds:
        notebooks = [n for n, (name, _) in enumerate(entries) if name.endswith(".ipynb")]
        if not entries:
            break
        place = draw(st.sampled_from(notebooks or range(len(entries))))
        touched.add(entries[place][0])
        if kind in _FIELDS or kind == "offset":
            later.append((kind, place, draw(st.integers(0, 2**32 - 1)), draw(st.integers(1, 3))))
        elif kind in ("cut", "byte", "prefix"):
            later.append((kind, 0, draw(st.floats(0, 1)), draw(st.integers(0, 255))))
        else:
            entries = _changed(draw, kind, entries, place, contents)
    content = packed(entries)
    headers = _headers(content)
    # Headers first: behind other bytes they are elsewhere.
    for kind, place, value, which in sorted(later, key=lambda one: _ORDER.index(one[0])):
        at = headers[min(place, len(headers) - 1)] if headers else (0, 0)
        content = _patched(content, kind, at, value, which)
    everybody = not {*kinds} <= {*_OF_ONE}
    return Download(layout, plain, content, frozenset(touched), everybody, tuple(kinds))


def _changed(draw, kind, entries, place, contents):
    """Return the entries after a mutation of the one at `place`."""
    name, content = entries[place]
    rest = [*entries[:place], *entries[place + 1 :]]
    if kind == "rename":
        new = draw(_ODD_NAMES | _TEXTS | _TEXTS.map(lambda text: name.replace(LAB, text)))
        return [*rest, (new, content)]
    if kind == "drop":
        return rest
    if kind == "folder":
        return [*rest, (f"{name}/", b"")]
    if kind == "swap":
        other = draw(st.integers(0, len(entries) - 1))
        swapped = list(entries)
        swapped[place], swapped[other] = (name, entries[other][1]), (entries[other][0], content)
        return swapped
    if kind == "double":
        return [*entries, (name, draw(contents))]
    made = {
        "truncate": lambda: content[: draw(st.integers(0, len(content)))],
        "exchange": lambda: draw(contents),
        "nest": lambda: packed([(draw(_ODD_NAMES | _TEXTS), content), (f"{LAB}.ipynb", content)]),
        "deep": lambda: _nested(content, draw(st.integers(1, 8))),
    }[kind]()
    return [*entries[:place], (name, made), *entries[place + 1 :]]


def _nested(content: bytes, depth: int) -> bytes:
    for level in range(depth):
        content = packed([(f"{LAB}.ipynb" if not level else "deeper.zip", content)])
    return content


def packed(entries) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            # Written as it is: not all of what is tried is a name that `ZipInfo` leaves alone.
            entry = zipfile.ZipInfo("x", downloads.PACKED)
            entry.filename, entry.compress_type = name, zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return file.getvalue()


def _headers(content: bytes) -> list[tuple[int, int]]:
    """Return where the local and the central header of each entry are."""
    found = []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        central = archive.start_dir
        for entry in archive.infolist():
            assert content[entry.header_offset :][:4] == _LOCAL
            assert content[central:][:4] == _CENTRAL
            found.append((entry.header_offset, central))
            central += 46 + sum(struct.unpack_from("<HHH", content, central + 28))
    return found


def _patched(content: bytes, kind: str, at: tuple[int, int], value: float, which: int) -> bytes:
    """Return the file with a header's field, or any byte, changed; `which` headers by its bits."""
    if kind in ("cut", "byte", "prefix"):
        return _damaged(content, kind, int(value * max(0, len(content) - 1)), which)
    changed, (local, central) = bytearray(content), at
    if kind == "offset":
        struct.pack_into("<I", changed, central + 42, value)
        return bytes(changed)
    in_local, in_central, form = _FIELDS[kind]
    value %= 1 << 8 * struct.calcsize(form)
    if which & 1:
        struct.pack_into(form, changed, local + in_local, value)
    if which & 2:
        struct.pack_into(form, changed, central + in_central, value)
    return bytes(changed)


def _damaged(content: bytes, kind: str, at: int, value: int) -> bytes:
    if kind == "cut":
        return content[:at]
    if kind == "prefix":
        return b"\0" * at + content
    return content[:at] + bytes([value]) + content[at + 1 :]


def looked_at(content: bytes, folder: pathlib.Path) -> find.Arrivals:
    """Return what is found in a zip file, written to a folder of its own."""
    folder.mkdir()
    (folder / "download.zip").write_bytes(content)
    return find.look(folder, LAB)
