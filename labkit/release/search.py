"""Look for the lines of the solutions in what students get."""

import ast
import io
import json
import pathlib
import re
import zipfile
from collections.abc import Iterator
from typing import Any

# Shorter lines say nothing by themselves: ``return model``, ``epochs=5,``.
LONGER_THAN = 15


def secret_lines(solutions: pathlib.Path, notebooks: pathlib.Path) -> dict[str, str]:
    """Return the lines that only the worked notebooks have, by how they are looked for.

    Parameters
    ----------
    solutions, notebooks : pathlib.Path
        The folders of the worked and of the students' notebooks.

    Returns
    -------
    dict of str to str
        From what `plain` makes of a line to the line.
    """
    handed_out = "\n".join(map(plain, _lines(notebooks)))
    found = {}
    for line in _lines(solutions):
        text = line.strip()
        if len(text) > LONGER_THAN and plain(text) not in handed_out:
            found[plain(text)] = text
    return found


def _lines(folder: pathlib.Path) -> Iterator[str]:
    for path in sorted(folder.glob("*/*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            yield from "".join(cell["source"]).splitlines()


def plain(text: str) -> str:
    """Return a text without blanks, and with one kind of quotes: code may be written otherwise."""
    return re.sub(r"\s+", "", text).replace("'", '"').replace('\\"', '"')


def found_in(folder: pathlib.Path, secrets: dict[str, str]) -> list[str]:
    """Return which file of `folder`, packed ones unpacked, holds which line; one entry for each."""
    found: dict[str, None] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            for name, text in _texts(str(path.relative_to(folder)), path.read_bytes()):
                held = plain(text)
                found |= {f"{name}: {line}": None for key, line in secrets.items() if key in held}
    return list(found)


def _texts(name: str, content: bytes) -> Iterator[tuple[str, str]]:
    """Yield all that can be read in a file, with its name."""
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for item in archive.namelist():
                yield from _texts(f"{name}/{item}", archive.read(item))
        return
    text = content.decode("utf-8", "replace")
    yield name, text
    if name.endswith(".py"):
        nodes = ast.walk(ast.parse(text))
        strings = (node.value for node in nodes if isinstance(node, ast.Constant))
        yield name, "\n".join(part for part in strings if isinstance(part, str))
    elif name.endswith((".ipynb", ".json")):
        yield name, "\n".join(_strings(json.loads(text)))


def _strings(item: Any) -> Iterator[str]:
    if isinstance(item, str):
        yield item
    elif isinstance(item, list):
        if all(isinstance(part, str) for part in item):
            yield "".join(item)
        else:
            for part in item:
                yield from _strings(part)
    elif isinstance(item, dict):
        for key, part in item.items():
            yield key
            yield from _strings(part)
