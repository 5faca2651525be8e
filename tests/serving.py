"""Start the command `labkit lab` as a student does, and find out where it serves."""

import contextlib
import dataclasses
import os
import pathlib
import queue
import re
import signal
import socket
import subprocess
import sys
import sysconfig
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator

import psutil

ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/lab(/tree/[\w.]+)?\?token=\w+")


@dataclasses.dataclass
class Server:
    """A running JupyterLab: its address, and what was printed until it was known.

    `seconds` is the processor time that the start took: what a clock would show on an idle machine.
    """

    url: str
    said: str
    seconds: float
    process: subprocess.Popen

    def ask(self, path: str) -> str:
        """Return what the server answers to a GET of `path`."""
        with urllib.request.urlopen(self.url.replace("/lab?", f"/{path}?"), timeout=60) as answer:
            return answer.read().decode()

    def interrupt(self) -> int:
        """Do what Ctrl-C does, and return the exit status."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=60)


@contextlib.contextmanager
def lab_server(
    folder: pathlib.Path | None, home: pathlib.Path, data: str | None
) -> Iterator[Server]:
    """Serve `folder`, with `home` as home folder and `data` as ``LABKIT_DATA`` (None: unset).

    Without a folder it does what `make lab` does: the student's copies are made, and a page shown.
    """
    environment = {name: text for name, text in os.environ.items() if not _is_own(name)}
    environment |= {"HOME": str(home), "LABKIT_CACHE": str(home / "cache"), "LABKIT_OFFLINE": "1"}
    # As where the environment is activated: the pages that a picture is taken of name no path of
    # this machine's.
    scripts = sysconfig.get_path("scripts")
    environment["PATH"] = f"{scripts}{os.pathsep}{environment.get('PATH', os.defpath)}"
    if data is not None:
        environment["LABKIT_DATA"] = data
    # JupyterLab minds Ctrl-C only where there is a keyboard.
    hand, keyboard = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "labkit", "lab", "--no-browser", f"--port={_free_port()}"]
        + ([folder] if folder else []),
        env=environment,
        stdin=keyboard,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        url, said = _wait_for_address(process, seconds=120)
        wait_until_reached(url, process)
        times = psutil.Process(process.pid).cpu_times()
        yield Server(url, said, times.user + times.system, process)
    finally:
        process.terminate()
        process.wait(timeout=60)
        os.close(hand)
        os.close(keyboard)


def wait_until_reached(url: str, process: subprocess.Popen) -> None:
    """Wait until the server at `url` takes calls: Jupyter prints its address a little earlier."""
    parts = urllib.parse.urlsplit(url)
    deadline = time.monotonic() + 60
    while True:
        try:
            socket.create_connection((parts.hostname, parts.port), timeout=30).close()
            return
        except OSError as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"{url}: {error}; status {process.poll()}") from error
        time.sleep(0.1)


def _is_own(name: str) -> bool:
    """Tell whether a variable belongs to the person who runs the tests, not to every student."""
    return name in ("LABKIT_DATA", "LABKIT_WORK") or name.startswith(("JUPYTER", "IPYTHON", "XDG_"))


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def _wait_for_address(process: subprocess.Popen, seconds: float) -> tuple[str, str]:
    lines: queue.Queue[str] = queue.Queue()

    def read() -> None:
        # To the end: a full pipe would stop the server.
        for line in process.stdout:
            lines.put(line)
        lines.put("")

    threading.Thread(target=read, daemon=True).start()
    said = ""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(queue.Empty):
            line = lines.get(timeout=0.2)
            said += line
            if found := ADDRESS.search(line):
                return found.group(), said
            if not line:
                break
    raise AssertionError(f"labkit lab printed no address:\n{said}")
