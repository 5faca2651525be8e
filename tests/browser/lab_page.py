"""A notebook in a real JupyterLab, for tests that do what a student does there."""

from __future__ import annotations

import contextlib
import json
import pathlib
import re
import shutil
import urllib.parse
from collections.abc import Callable, Iterator
from typing import Any

from tests import serving
from tests.browser import chromium
from tests.notebooks import running

TRIES = 5
RUN_SECONDS = 240  # for a run of all cells on a busy machine
_RAN = re.compile(r"\d")
_IS_ACTIVE = re.compile(r"jp-mod-active")


class LabPage:
    """A page with one lab's notebook.

    Parameters
    ----------
    page : playwright.sync_api.Page
    notebook : pathlib.Path
        The file that is shown.
    """

    def __init__(self, page: Any, notebook: pathlib.Path) -> None:
        self.page = page
        self.notebook = notebook

    def cell(self, name: str) -> Any:
        """Return the cell with the ``grade_id`` or id `name`."""
        return self.page.locator(".jp-Notebook .jp-Cell").nth(self._place(name))

    def _place(self, name: str) -> int:
        cells = running.read(self.notebook).cells
        ids = [c.metadata.get("nbgrader", {}).get("grade_id") or c.id for c in cells]
        return ids.index(name)

    def box(self, exercise: str) -> Any:
        """Return the box that the check of `exercise` shows."""
        return self.cell(f"{exercise}-check").get_by_role("status").first

    def go(self, name: str) -> None:
        """Make a cell the active one, with the arrow keys."""
        cells = self.page.locator(".jp-Notebook .jp-Cell")
        self.page.keyboard.press("Escape")
        active = cells.evaluate_all(
            "(cells) => cells.findIndex((cell) => cell.classList.contains('jp-mod-active'))"
        )
        steps = self._place(name) - active
        for _ in range(abs(steps)):
            self.page.keyboard.press("ArrowDown" if steps > 0 else "ArrowUp")
        self.expect(self.cell(name)).to_have_class(_IS_ACTIVE)

    def tab_to(self, wanted: Any, most: int = 300) -> None:
        """Press Tab until `wanted` has the focus."""
        for _ in range(most):
            if wanted.evaluate("(element) => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{most} times Tab, and {wanted} has no focus")

    def write(self, name: str, text: str) -> None:
        """Replace the text of a cell, with the keyboard; do not run it."""
        self.go(name)
        self.page.keyboard.press("Enter")
        self.page.keyboard.press("Control+A")
        self.page.keyboard.press("Delete")
        self.page.keyboard.insert_text(text)
        self.page.keyboard.press("Escape")

    def run(self, name: str) -> None:
        """Run a cell with Ctrl+Enter, again if need be: see `run_all`."""
        prompt = self.cell(name).locator(".jp-InputPrompt")

        def choose() -> None:
            self.go(name)
            self.page.keyboard.press("Control+Enter")

        self._try_until_it_ran(prompt, choose)

    def run_everything(self) -> None:
        """Choose all cells and run them, with the keyboard; again if need be: see `run_all`."""
        first = self.page.locator(".jp-Notebook .jp-CodeCell .jp-InputPrompt").first

        def choose() -> None:
            self.page.keyboard.press("Escape")
            self.page.keyboard.press("Control+A")
            self.page.keyboard.press("Control+Enter")

        self._try_until_it_ran(first, choose)
        self.wait_until_idle()

    def run_all(self) -> None:
        """Choose Run All Cells, again if need be: while it starts, JupyterLab may miss it."""
        first = self.page.locator(".jp-Notebook .jp-CodeCell .jp-InputPrompt").first

        def choose() -> None:
            self.page.get_by_role("menuitem", name="Run", exact=True).click()
            self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()

        self._try_until_it_ran(first, choose)
        self.wait_until_idle()

    def _try_until_it_ran(self, prompt: Any, choose: Callable[[], None]) -> None:
        """Choose to run a cell until it has: a star may go again where the kernel was not ready."""
        before, expect = prompt.inner_text(), chromium.playwright.expect
        for _ in range(TRIES):
            choose()
            with contextlib.suppress(AssertionError):
                expect(prompt).not_to_have_text(before, timeout=30_000)
                expect(prompt).to_have_text(_RAN, timeout=RUN_SECONDS * 1000 / 2)
                return
        raise AssertionError(f"No cell ran in {TRIES} tries")

    def wait_until_idle(self) -> None:
        """Wait until nothing runs."""
        idle = self.page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").first
        self.expect(idle).to_be_visible()

    def expect(self, locator: Any) -> Any:
        """Return Playwright's assertions about `locator`, patient with a busy machine."""
        chromium.playwright.expect.set_options(timeout=RUN_SECONDS * 1000)
        return chromium.playwright.expect(locator)


def home(folder: pathlib.Path) -> pathlib.Path:
    """Make a home folder whose JupyterLab keeps all cells on the page, and saves nothing alone."""
    settings = folder / "home/.jupyter/lab/user-settings/@jupyterlab/notebook-extension"
    settings.mkdir(parents=True)
    (settings / "tracker.jupyterlab-settings").write_text(json.dumps({"windowingMode": "none"}))
    # What is saved is saved by what the student does, however long a test takes.
    documents = settings.with_name("docmanager-extension")
    documents.mkdir()
    (documents / "plugin.jupyterlab-settings").write_text(json.dumps({"autosave": False}))
    return folder / "home"


@contextlib.contextmanager
def opened(lab: str, folder: pathlib.Path) -> Iterator[LabPage]:
    """Open the student's notebook of `lab` in `folder`, on the drawn sample."""
    work = folder / "notebooks"
    notebook = work / lab / f"{lab}.ipynb"
    if not notebook.exists():
        shutil.copytree(running.student(lab).parent, notebook.parent)
    with (
        serving.lab_server(work, home(folder), data="sample") as server,
        chromium.page() as page,
    ):
        parts = urllib.parse.urlsplit(server.url)
        page.goto(parts._replace(path=f"/lab/tree/{lab}/{lab}.ipynb").geturl())
        shown = LabPage(page, notebook)
        shown.wait_until_idle()
        yield shown


@contextlib.contextmanager
def begun(folder: pathlib.Path) -> Iterator[LabPage]:
    """Begin as with `make lab`: on the page that it shows, with copies in a new home folder."""
    work = home(folder) / "labkit"
    with serving.lab_server(None, work.parent, data="sample") as server, chromium.page() as page:
        page.goto(server.url)
        yield LabPage(page, work / "lab1-data/lab1-data.ipynb")
