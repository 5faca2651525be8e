"""Look, from within a box and before any student's code, for what must not be seen there."""

import hashlib
import json
import os
import pathlib
import socket
import tempfile
from collections.abc import Iterable, Iterator

import labkit
from labkit.grading import boundary
from labkit.grading.runs import course_copy, sandbox

# The half of labkit that knows right from wrong; a copy anywhere would do.
_OF_THE_COURSE = ("checks", "labs", "grading", "reports/networks.py")
# A file this small, such as an empty one, may well be there for another reason.
_LEAST = 64
_MOST = 20_000
_LIMITS = sandbox.Limits(seconds=300)


class Unsafe(boundary.ClassFault):
    """The sandbox shows what it must not; the message says what, and what to do."""


def verify(box: sandbox.Box, secrets: Iterable[pathlib.Path]) -> None:
    """Raise `Unsafe` if a run in `box` would see the course, what is secret, or a network."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        wanted = {
            "identities": list(_identities(secrets)),
            "contents": _contents(),
            "port": listening.getsockname()[1],
        }
        found = _found(box, json.dumps(wanted).encode())
    if found:
        raise Unsafe(
            f"The sandbox would show {found[0]} to students, so nothing was run. Move the course, "
            "the submissions and the output to a folder of their own, away from Python, its "
            "packages and the data."
        )


def _found(box: sandbox.Box, wanted: bytes) -> list[str]:
    command = course_copy.looking_command()
    with tempfile.TemporaryDirectory(prefix="labkit-run-") as folder:
        output = pathlib.Path(folder) / "found"
        ended = sandbox.run(command, box, _LIMITS, wanted, output, sandboxed=True)
        said = output.read_bytes()
    if ended.status != 0 or ended.stopped or not said:
        raise Unsafe(
            "The sandbox could not be tried out, so nothing was run: Python does not start in it "
            f"({ended.stopped or f'exit status {ended.status}'})."
        )
    return json.loads(said)


def _identities(secrets: Iterable[pathlib.Path]) -> Iterator[tuple[int, int]]:
    left = _MOST
    for secret in secrets:
        for path in _files_below(secret):
            left -= 1
            if left < 0:
                return
            there = os.stat(path)
            yield there.st_dev, there.st_ino


def _contents() -> dict[str, list[str]]:
    """Return the digests of the course's files by their names."""
    package = pathlib.Path(labkit.__file__).parent
    found: dict[str, list[str]] = {}
    for part in _OF_THE_COURSE:
        for path in _files_below(package / part):
            shipped = path.parent == package / "grading" / "runs" / "inside"
            if path.suffix == ".py" and not shipped and path.stat().st_size >= _LEAST:
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                found.setdefault(path.name, []).append(digest)
    return found


def _files_below(place: pathlib.Path) -> Iterator[pathlib.Path]:
    if place.is_file():
        yield place
        return
    for folder, _, names in os.walk(place):
        for name in names:
            path = pathlib.Path(folder, name)
            if path.is_file() and not path.is_symlink():
                yield path
