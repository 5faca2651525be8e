"""All facts about one exercise's answers, and the file that they travel in.

`Evidence.save` writes them as JSON and ``.npy`` arrays in one ``npz`` file, `Evidence.load` reads
that back with ``allow_pickle=False``: nothing that a student wrote is ever run by reading evidence.
"""

import dataclasses
import io
import json
import pathlib
import tokenize
import zipfile
import zlib
from typing import Any, BinaryIO, Self

import numpy as np

from labkit.evidence import facts

VERSION = 1
# A lab's largest honest answer is a network of some million weights.
MAX_BYTES = 256 * 2**20
_JSON_KEY = "evidence"


class EvidenceError(ValueError):
    """An evidence file that cannot be read; the message says why."""


_FACTS = {
    fact.__name__: fact
    for fact in (
        *(
            facts.Placeholder,
            facts.Other,
            facts.Value,
            facts.Array,
            facts.Shown,
            facts.Fit,
            facts.Model,
            facts.Networks,
            facts.History,
        ),
        *(facts.Panel, facts.Picture, facts.Raised, facts.Call, facts.Calls),
    )
}
_NOT_SAVED = {"live"}


@dataclasses.dataclass(frozen=True)
class Evidence:
    """All facts about one exercise's answers.

    Attributes
    ----------
    exercise : str
        The exercise's name.
    data : str
        ``"real"`` or ``"sample"``: the data at hand where the facts were collected.
    facts : dict of str to fact
        By the name of the answer.
    student : int
        The number of the student whose variant of the exercise it is about; 0 where there is none.
    """

    exercise: str
    data: str
    facts: dict[str, Any]
    student: int = 0

    def save(self, path: str | pathlib.Path) -> None:
        """Write the evidence to `path` as one ``npz`` file without any pickle."""
        with open(path, "wb") as file:
            self.write(file)

    def write(self, file: BinaryIO) -> None:
        """Write what `save` writes to an open file."""
        arrays: dict[str, np.ndarray] = {}
        plain = {
            "version": VERSION,
            "exercise": self.exercise,
            "data": self.data,
            "student": self.student,
            "facts": {name: _encode(fact, arrays) for name, fact in self.facts.items()},
        }
        text = json.dumps(plain, sort_keys=True).encode()
        np.savez(file, **{_JSON_KEY: np.frombuffer(text, np.uint8)}, **arrays)

    @classmethod
    def load(cls, path: str | pathlib.Path, max_bytes: int = MAX_BYTES) -> Self:
        """Read what `save` wrote.

        Raises
        ------
        EvidenceError
            If the file is too large (also when unpacked), is no evidence, or is malformed.
        """
        path = pathlib.Path(path)
        try:
            with open(path, "rb") as file:
                return cls.read(file, path.name, max_bytes)
        except OSError as error:
            raise EvidenceError(f"{path.name} is not readable evidence: {error}.") from error

    @classmethod
    def read(cls, file: BinaryIO, name: str, max_bytes: int = MAX_BYTES) -> Self:
        """Read what `write` wrote; errors as `load`, with `name` for the file."""
        try:
            _refuse_oversized(file, name, max_bytes)
            with np.load(file, allow_pickle=False) as content:
                arrays = {key: content[key] for key in content.files}
            plain = json.loads(arrays.pop(_JSON_KEY).tobytes())
            if plain["version"] != VERSION:
                raise EvidenceError(f"{name} has format {plain['version']}, not {VERSION}.")
            decoded = {key: _decode(item, arrays) for key, item in plain["facts"].items()}
            student = int(plain.get("student", 0))
            return cls(str(plain["exercise"]), str(plain["data"]), decoded, student)
        except EvidenceError:
            raise
        except _MALFORMED as error:
            raise EvidenceError(f"{name} is not readable evidence: {error}.") from error


# What reading a file raises that is no evidence, the last two where it claims enormous sizes.
_MALFORMED = (
    *(zipfile.BadZipFile, zlib.error, tokenize.TokenError, SyntaxError, NotImplementedError),
    *(ValueError, KeyError, TypeError, AttributeError, EOFError, RecursionError, MemoryError),
)


def _refuse_oversized(file: BinaryIO, name: str, max_bytes: int) -> None:
    packed = file.seek(0, io.SEEK_END)
    with zipfile.ZipFile(file) as archive:
        size = max(packed, sum(item.file_size for item in archive.infolist()))
    file.seek(0)
    if size > max_bytes:
        raise EvidenceError(f"{name} holds {size:,} bytes, more than {max_bytes:,}.")


def _encode(item: Any, arrays: dict[str, np.ndarray]) -> Any:
    if isinstance(item, np.ndarray):
        name = f"array{len(arrays)}"
        arrays[name] = item
        return {"array": name}
    if dataclasses.is_dataclass(item):
        fields = {
            field.name: _encode(getattr(item, field.name), arrays)
            for field in dataclasses.fields(item)
            if field.name not in _NOT_SAVED
        }
        return {"fact": type(item).__name__, "fields": fields}
    if isinstance(item, tuple):
        return {"tuple": [_encode(part, arrays) for part in item]}
    if isinstance(item, list):
        return {"list": [_encode(part, arrays) for part in item]}
    if isinstance(item, dict):
        return {"dict": {str(key): _encode(part, arrays) for key, part in item.items()}}
    return {"plain": item}


def _decode(item: dict[str, Any], arrays: dict[str, np.ndarray]) -> Any:
    ((kind, content),) = ((key, item[key]) for key in item if key != "fields")
    if kind == "array":
        return arrays[content]
    if kind == "fact":
        fields = {name: _decode(part, arrays) for name, part in item["fields"].items()}
        return _FACTS[content](**fields)
    if kind == "tuple":
        return tuple(_decode(part, arrays) for part in content)
    if kind == "list":
        return [_decode(part, arrays) for part in content]
    if kind == "dict":
        return {key: _decode(part, arrays) for key, part in content.items()}
    if kind == "plain":
        return content
    raise EvidenceError(f"It holds a part of unknown kind {kind!r}.")
