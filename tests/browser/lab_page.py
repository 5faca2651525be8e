"""A notebook in a real JupyterLab, for tests that do what a student does there."""

from __future__ import annotations

import contextlib
import json
import pathlib
import re
import shutil
import time
import urllib.parse
from collections.abc import Callable, Iterator
from typing import Any

from tests import serving
from tests.browser import chromium
from tests.notebooks import running

TRIES = 5
RUN_SECONDS = 240  # for one cell on a busy machine
IDLE_SECONDS = 60
SECONDS_UNCHANGED = 20  # without a star on any cell, and the kernel idle
_RAN = re.compile(r"\d")
_IS_ACTIVE = re.compile(r"jp-mod-active")
_PROMPTS = ".jp-Notebook .jp-CodeCell .jp-InputPrompt"
_INDICATOR = ".jp-Notebook-ExecutionIndicator"
_ERROR = re.compile(r"\w(Error|Exception|Interrupt)\b")
_WITH_CODE = """(prompts) => prompts.map((prompt) => {
    const editor = prompt.closest(".jp-Cell").querySelector(".cm-content");
    return [prompt.textContent, editor === null || editor.textContent.trim() !== ""];
})"""


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
        page.set_default_timeout(RUN_SECONDS * 1000)
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
        """Run a cell with Ctrl+Enter, again if need be."""
        prompt = self.cell(name).locator(".jp-InputPrompt")

        def choose() -> None:
            self.go(name)
            self.page.keyboard.press("Control+Enter")

        self._until_all_have_run(prompt, choose)

    def begin(self, name: str) -> None:
        """Run a cell that does not end by itself, again if need be; wait for its star."""
        prompt, expect = self.cell(name).locator(".jp-InputPrompt"), chromium.playwright.expect
        for _ in range(TRIES):
            self.go(name)
            self.page.keyboard.press("Control+Enter")
            with contextlib.suppress(AssertionError):
                return expect(prompt).to_have_text("[*]:", timeout=IDLE_SECONDS * 1000)
        raise AssertionError(f"After {TRIES} tries {name} does not run")

    def stop(self, name: str) -> None:
        """Stop a running cell with the two keys for it, again if need be.

        A cell has its star as soon as the kernel is asked to run it. A kernel that has not begun
        yet lets an interrupt go, as it does when it has nothing to run.
        """
        prompt, expect = self.cell(name).locator(".jp-InputPrompt"), chromium.playwright.expect
        for _ in range(TRIES):
            self.go(name)
            self.page.keyboard.press("i")
            self.page.keyboard.press("i")
            with contextlib.suppress(AssertionError):
                return expect(prompt).to_have_text(_RAN, timeout=IDLE_SECONDS * 1000)
        raise AssertionError(f"After {TRIES} tries {name} still runs")

    def wait_until_ran(self, name: str) -> None:
        """Wait until a cell that was begun has its number."""
        self.expect(self.cell(name).locator(".jp-InputPrompt")).to_have_text(_RAN)

    def run_everything(self) -> None:
        """Choose all cells and run them, with the keyboard; again if need be."""

        def choose() -> None:
            self.page.keyboard.press("Escape")
            self.page.keyboard.press("Control+A")
            self.page.keyboard.press("Control+Enter")

        self._until_all_have_run(self.page.locator(_PROMPTS), choose)

    def run_all(self) -> None:
        """Choose Run All Cells, again if need be."""

        def choose() -> None:
            self.page.get_by_role("menuitem", name="Run", exact=True).click()
            self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()

        self._until_all_have_run(self.page.locator(_PROMPTS), choose)

    def _until_all_have_run(self, prompts: Any, choose: Callable[[], None]) -> None:
        """Choose to run cells until all of them have, of those that hold code.

        Before a page has its kernel, JupyterLab lets cells go that it is asked to run: some or all
        of them then stand without a number, and nothing runs.
        """
        for _ in range(TRIES):
            self.wait_until_idle()
            # So that every number that is seen comes from the run that is chosen now.
            prompts.evaluate_all("(all) => all.forEach((one) => { one.textContent = ''; })")
            choose()
            if self._have_run(prompts):
                return
            said = self.cell("setup").locator(".jp-OutputArea").inner_text()
            assert not _ERROR.search(said), f"The set-up failed:\n{said}"
        raise AssertionError(f"After {TRIES} tries cells have no number: {self._shown(prompts)}")

    def _have_run(self, prompts: Any) -> bool:
        """Wait until all have a number; False when nothing has changed for too long."""
        before, since = None, time.monotonic()
        while True:
            status, cells = shown = self._shown(prompts)
            left = [prompt for prompt, holds_code in cells if holds_code]
            if all(map(_RAN.search, left)):
                return True
            if shown != before:
                before, since = shown, time.monotonic()
            # While the set-up runs it may say "idle": what the page tells has its own thread.
            runs = RUN_SECONDS / 2 if any("*" in prompt for prompt in left) else SECONDS_UNCHANGED
            if time.monotonic() - since > (runs if status == "idle" else RUN_SECONDS):
                return False
            self.page.wait_for_timeout(100)

    def _shown(self, prompts: Any) -> tuple[str, list[list[Any]]]:
        """Return what the kernel is said to do, and each prompt; with it whether there is code."""
        status = self.page.locator(_INDICATOR).first.get_attribute("data-status")
        return status or "", prompts.evaluate_all(_WITH_CODE)

    def wait_until_open(self) -> None:
        """Wait until all cells are on the page."""
        cells = self.page.locator(".jp-Notebook .jp-Cell")
        self.expect(cells).to_have_count(len(running.read(self.notebook).cells))
        self.wait_until_idle()

    def wait_until_idle(self) -> None:
        """Wait until there is a kernel that does nothing; not for ever: what it says may be lost.

        A page begins with "idle", before it knows what kernel it will have.
        """
        expect = chromium.playwright.expect
        with contextlib.suppress(AssertionError):
            named = self.page.locator(".jp-Notebook-toolbar .jp-KernelName, .jp-KernelName").first
            expect(named).to_contain_text("Python", timeout=IDLE_SECONDS * 1000)
            idle = self.page.locator(f"{_INDICATOR}[data-status=idle]").first
            expect(idle).to_be_visible(timeout=IDLE_SECONDS * 1000)

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
        shown.wait_until_open()
        yield shown


@contextlib.contextmanager
def begun(folder: pathlib.Path) -> Iterator[LabPage]:
    """Begin as with `make lab`: on the page that it shows, with copies in a new home folder."""
    work = home(folder) / "labkit"
    with serving.lab_server(None, work.parent, data="sample") as server, chromium.page() as page:
        page.goto(server.url)
        yield LabPage(page, work / "lab1-data/lab1-data.ipynb")
