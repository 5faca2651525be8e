"""Try out, before any student's code, that runs can be watched, and what a box shows."""

import contextlib
import hashlib
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence

import psutil

import labkit
from labkit.grading import boundary, harmless
from labkit.grading.runs import course_copy, sandbox

# The half of labkit that knows right from wrong; a copy anywhere would do.
_OF_THE_COURSE = ("checks", "labs", "grading", "reports/networks.py")
# A file this small, such as an empty one, may well be there for another reason.
_LEAST = 64
_MOST = 20_000
_LIMITS = sandbox.Limits(seconds=300)
_SECONDS, _LONGEST = 30, 200


class Unsafe(boundary.ClassFault):
    """The sandbox shows what it must not; the message says what, and what to do."""


def verify_watched() -> None:
    """Raise `Unsafe` if this process cannot see what it starts: no limit would hold."""
    try:
        this = psutil.Process()
        this.children(recursive=True)
        this.memory_info()
    except (psutil.Error, OSError) as error:
        why = harmless.line(str(error), _LONGEST)
        raise Unsafe(
            f"The processes of this machine cannot be seen ({why}), so notebooks could not be held "
            "to their limits, and nothing was run. See that /proc is mounted: mount -t proc proc "
            "/proc"
        ) from error


def verify_plain(box: sandbox.Box) -> None:
    """Raise `Unsafe` if nothing can be run here with limits only, where there is no sandbox."""
    command = [sys.executable, "-c", "import os, sys; os.write(int(sys.argv[1]), b'1')", "{pipe}"]
    try:
        _said(command, box, b"", sandboxed=False)
    except (psutil.Error, ValueError) as error:
        why = harmless.line(str(error), _LONGEST)
        raise Unsafe(
            f"Notebooks cannot be run here ({why}), so nothing was run. Install bubblewrap, on "
            "Linux, and give the same command again."
        ) from error


def verify(box: sandbox.Box, secrets: Iterable[pathlib.Path]) -> None:
    """Raise `Unsafe` if a run in `box` would see the course, what is secret, or a network."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        wanted = {
            "identities": list(_identities(secrets)),
            "contents": _contents(),
            "port": listening.getsockname()[1],
        }
        looking = course_copy.looking_command()
        found = json.loads(_said(looking, box, json.dumps(wanted).encode(), sandboxed=True))
    if found:
        raise Unsafe(
            f"The sandbox would show {found[0]} to students, so nothing was run. Move the course, "
            "the submissions and the output to a folder of their own, away from Python, its "
            "packages and the data."
        )


def _said(command: Sequence[str], box: sandbox.Box, given: bytes, sandboxed: bool) -> bytes:
    with tempfile.TemporaryDirectory(prefix="labkit-run-") as folder:
        output = pathlib.Path(folder) / "said"
        ended = sandbox.run(command, box, _LIMITS, given, output, sandboxed)
        said = output.read_bytes()
    if ended.status == 0 and not ended.stopped and said:
        return said
    why = ended.stopped or (sandboxed and _words_of_bubblewrap(box))
    why = why or f"Python does not start (exit status {ended.status})"
    raise Unsafe(
        f"A run could not be tried out here, so nothing was run: {why}. In a container, see that "
        "bubblewrap may make its boxes (for Docker: --security-opt seccomp=unconfined "
        "--security-opt systempaths=unconfined), or grade outside of it."
    )


def _words_of_bubblewrap(box: sandbox.Box) -> str:
    """Return why bubblewrap makes no such box; empty where it says nothing."""
    trial = sandbox.bubblewrap(["true"], box, _LIMITS)
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        ended = subprocess.run(trial, capture_output=True, timeout=_SECONDS)
        return harmless.line(ended.stderr.decode(errors="replace"), _LONGEST)
    return ""


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
