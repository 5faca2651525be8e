"""What leaves a run: records in a row, each a line of JSON and, for evidence, bytes after it.

The writer runs beside the student's code, so the reader believes nothing: sizes, types and
lengths are checked, and a file that breaks off is read as far as it goes.
"""

import base64
import binascii
import dataclasses
import json
import pathlib
from typing import Any, BinaryIO

from labkit.grading import harmless

MAX_LINE = 2**20
MAX_RECORDS = 2_000
MAX_EVIDENCE = 64 * 2**20
MAX_TEXT = 4_000
MAX_PICTURES = 4
MAX_PICTURE = 150_000
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclasses.dataclass(frozen=True)
class Picture:
    """A picture that a cell drew: PNG bytes and words for those who cannot see it."""

    png: bytes
    words: str


@dataclasses.dataclass(frozen=True)
class CellRun:
    """How one cell of a submission ran.

    Attributes
    ----------
    number : int
        Its place in the repaired notebook.
    error : str
        The error that ended it in one line; empty if there was none.
    text : str
        The beginning of what it printed.
    pictures : tuple of Picture
    """

    number: int
    error: str
    text: str
    pictures: tuple[Picture, ...]


@dataclasses.dataclass(frozen=True)
class Found:
    """The evidence of one exercise: where its bytes are in the file of records."""

    offset: int
    size: int


@dataclasses.dataclass
class Records:
    """What a run left behind.

    Attributes
    ----------
    cells : dict of int to CellRun
    evidence : dict of str to Found
        By the exercise's name.
    complete : bool
        Whether the run came to its end.
    fault : str
        Why reading stopped early; empty if nothing was wrong.
    """

    cells: dict[int, CellRun] = dataclasses.field(default_factory=dict)
    evidence: dict[str, Found] = dataclasses.field(default_factory=dict)
    complete: bool = False
    fault: str = ""


def read(path: pathlib.Path) -> Records:
    """Read the records in the file `path` as far as they are well formed."""
    records = Records()
    end = path.stat().st_size
    with open(path, "rb") as file:
        try:
            for _ in range(MAX_RECORDS):
                line = file.readline(MAX_LINE)
                if not line:
                    return records
                _take(records, line, file, end)
        except Exception as error:  # whatever is wrong with it: it comes from a student's process
            records.fault = f"a record is malformed: {type(error).__name__}"
            return records
    records.fault = f"there are more than {MAX_RECORDS} records"
    return records


def evidence_bytes(path: pathlib.Path, found: Found) -> bytes:
    """Return the bytes of one piece of evidence."""
    with open(path, "rb") as file:
        file.seek(found.offset)
        return file.read(found.size)


def _take(records: Records, line: bytes, file: BinaryIO, end: int) -> None:
    record = json.loads(line)
    kind = record["kind"]
    if kind == "evidence":
        name, size = record["exercise"], record["size"]
        if not isinstance(name, str) or not isinstance(size, int):
            raise TypeError("evidence without a name or a size")
        if not 0 <= size <= MAX_EVIDENCE or file.tell() + size > end:
            raise ValueError("evidence that is too large or breaks off")
        records.evidence[name] = Found(file.tell(), size)
        file.seek(size, 1)
    elif kind == "cell":
        run = _cell(record)
        records.cells[run.number] = run
    elif kind == "end":
        records.complete = True
    else:
        raise ValueError("a record of unknown kind")


def _cell(record: dict[str, Any]) -> CellRun:
    if not isinstance(record["number"], int):
        raise TypeError("a cell without a number")
    pictures = [_picture(item) for item in record["pictures"][:MAX_PICTURES]]
    return CellRun(
        record["number"],
        harmless.text(str(record["error"])[:MAX_TEXT]),
        harmless.text(str(record["text"])[:MAX_TEXT]),
        tuple(picture for picture in pictures if picture),
    )


def _picture(item: dict[str, Any]) -> Picture | None:
    try:
        png = base64.b64decode(item["png"], validate=True)
    except binascii.Error:
        return None
    if not png.startswith(_PNG) or len(png) > MAX_PICTURE:
        return None
    return Picture(png, harmless.text(str(item["words"])[:MAX_TEXT]))
