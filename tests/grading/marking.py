"""Serve what an instructor marks with: nbgrader's formgrader, and `labkit mark`."""

import contextlib
import dataclasses
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator

from tests import serving

TOKEN = "a-token-for-this-test"


@dataclasses.dataclass(frozen=True)
class Formgrader:
    """A running formgrader: its page, and a function that asks its server.

    `ask` takes a path, and what to put there; it returns the answer's text.
    """

    url: str
    ask: Callable[..., str]


@contextlib.contextmanager
def formgrader(folder: pathlib.Path, home: pathlib.Path) -> Iterator[Formgrader]:
    """Serve `folder` with Jupyter, as an instructor does."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    line = [sys.executable, "-m", "jupyter", "server", "--no-browser", "--allow-root"]
    line += [f"--port={port}", f"--IdentityProvider.token={TOKEN}"]
    line += ["--ServerApp.jpserver_extensions=nbgrader.server_extensions.formgrader=True"]
    beside = os.path.dirname(sys.executable)
    environment = os.environ | {"HOME": str(home), "PATH": f"{beside}:{os.environ['PATH']}"}
    with open(home / "log", "wb") as log:
        process = subprocess.Popen(line, cwd=folder, env=environment, stdout=log, stderr=log)

    def ask(path, content=None):
        headers = {"Authorization": f"token {TOKEN}", "Content-Type": "application/json"}
        body = None if content is None else json.dumps(content).encode()
        method = "GET" if content is None else "PUT"
        url = f"http://127.0.0.1:{port}/{path}"
        request = urllib.request.Request(url, body, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read().decode()

    try:
        serving.wait_until_reached(f"http://127.0.0.1:{port}", process)
        yield Formgrader(f"http://127.0.0.1:{port}/formgrader?token={TOKEN}", ask)
    finally:
        process.terminate()
        process.wait(timeout=30)


_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/\?token=\S+")


@contextlib.contextmanager
def mark_server(folder: pathlib.Path, *more: str) -> Iterator[str]:
    """Start `labkit mark` on the grades in `folder`, give its address, and end it by Ctrl-C."""
    line = [sys.executable, "-m", "labkit", "mark", "lab1-data", "--output", str(folder)]
    with open(folder / "log", "w+", encoding="utf-8") as log:
        process = subprocess.Popen(
            [*line, "--no-browser", *more], stdout=log, stderr=log, preexec_fn=_mind_ctrl_c
        )
        try:
            deadline = time.monotonic() + 120
            while not (found := _ADDRESS.search((folder / "log").read_text())):
                assert process.poll() is None and time.monotonic() < deadline
                time.sleep(0.2)
            yield found.group()
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=60) == 0, (folder / "log").read_text()


def _mind_ctrl_c() -> None:
    """Undo what a shell does to what it runs in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
