"""A kernel that is asked to run cells as JupyterLab asks: with each cell's id and metadata."""

from __future__ import annotations

import contextlib
import pathlib
import re
import time
from collections.abc import Iterator
from typing import Any

import jupyter_client

from tests.notebooks import running

EXTENSION = "--IPKernelApp.extra_extensions=labkit.notebook.kernel"
SECONDS = 120


class Kernel:
    """Stands for a page of JupyterLab with one notebook."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.comm = "page"
        self.is_open = False

    def send(
        self, source: str, name: str | None, cell_id: str | None = None, **content: Any
    ) -> str:
        """Ask for a run of a cell with the ``grade_id`` `name`; do not wait for it.

        With None nobody says which cell it is; or only by `cell_id`, an id that nobody else knows.
        """
        session = self.client.session
        message = session.msg("execute_request", {**_REQUEST, "code": source, **content})
        if name is not None:
            message["metadata"] = {"cellId": f"id-of-{name}", "nbgrader": {"grade_id": name}}
        elif cell_id is not None:
            message["metadata"] = {"cellId": cell_id}
        self.client.shell_channel.send(message)
        return message["header"]["msg_id"]

    def tell(self, **data: Any) -> None:
        """Tell what the page shows, as JupyterLab's part of labkit does before a run."""
        kind = "comm_msg" if self.is_open else "comm_open"
        content = {"comm_id": self.comm, "data": data}
        if not self.is_open:
            content["target_name"] = "labkit"
        self.is_open = True
        self.client.shell_channel.send(self.client.session.msg(kind, content))

    def run(self, source: str, name: str | None = "some-cell", **content: Any) -> Ran:
        """Run a cell and return what it shows."""
        return self.wait(self.send(source, name, **content))

    def wait(self, request: str) -> Ran:
        """Return what the run of `request` shows, when it has ended."""
        ran = Ran()
        deadline = time.monotonic() + SECONDS
        while True:
            message = self.client.get_iopub_msg(timeout=deadline - time.monotonic())
            if message["parent_header"].get("msg_id") != request:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "status" and content["execution_state"] == "idle":
                break
            if kind == "stream":
                ran.text += content["text"]
            elif kind == "error":
                ran.error = "\n".join(content["traceback"])
            elif kind in ("execute_result", "display_data"):
                ran.html += content["data"].get("text/html", "")
                ran.plain += content["data"].get("text/plain", "")
        reply = {"parent_header": {}}
        while reply["parent_header"].get("msg_id") != request:
            reply = self.client.get_shell_msg(timeout=SECONDS)
        ran.status = reply["content"]["status"]
        return ran


class Ran:
    """What a cell's run showed."""

    def __init__(self) -> None:
        self.text = self.html = self.plain = self.error = ""
        self.status = ""

    @property
    def words(self) -> str:
        """What a person reads in the box."""
        return re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", self.html))


_REQUEST = {
    "silent": False,
    "store_history": True,
    "user_expressions": {},
    "allow_stdin": False,
    "stop_on_error": True,
}


@contextlib.contextmanager
def kernel(folder: pathlib.Path, *arguments: str) -> Iterator[Kernel]:
    """Start a kernel in `folder` on the drawn sample."""
    manager = jupyter_client.KernelManager(kernel_name="python3")
    environment = running.environment("sample") | {"PYTHONPATH": str(running.ROOT)}
    manager.start_kernel(cwd=str(folder), env=environment, extra_arguments=[*arguments])
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=SECONDS)
        yield Kernel(client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
