"""A student's notebook in a real JupyterLab: opened, run, filled in, and checked."""

import contextlib
import dataclasses
import json
import shutil
import urllib.parse

import pytest

from labkit import labs
from tests import serving
from tests.browser import chromium
from tests.notebooks import running

playwright = chromium.playwright

TRIES = 8
RUN_SECONDS = 240  # for a run of all cells on a busy machine

pytestmark = chromium.NEEDED


@dataclasses.dataclass(frozen=True)
class Task:
    """What the student does: in which lab, for which exercise, and what is typed."""

    lab: str
    exercise: str
    answer: str

    def __str__(self) -> str:
        return f"{self.lab}-{self.exercise}"

    def position(self, name: str) -> int:
        """Return the place of the cell with the ``grade_id`` `name` in the notebook."""
        cells = running.read(running.student(self.lab)).cells
        ids = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in cells]
        return ids.index(name)


TASKS = [Task("lab1-data", "count-images", "n_train = len(x_train)\nn_test = x_test.shape[0]")]


@pytest.fixture
def page():
    """Return an empty page of headless Chromium."""
    with chromium.page() as empty:
        yield empty


@pytest.fixture
def home(tmp_path):
    """Return a home folder whose JupyterLab keeps all cells on the page, seen or not."""
    settings = tmp_path / "home/.jupyter/lab/user-settings/@jupyterlab/notebook-extension"
    settings.mkdir(parents=True)
    (settings / "tracker.jupyterlab-settings").write_text(json.dumps({"windowingMode": "none"}))
    return tmp_path / "home"


@pytest.mark.parametrize("task", TASKS, ids=str)
def test_check_speaks_on_the_page(task, page, home, tmp_path):
    folder = tmp_path / "notebooks"
    shutil.copytree(running.student(task.lab).parent, folder / task.lab)
    exercise = next(e for e in labs.load(task.lab) if e.name == task.exercise)
    with serving.lab_server(folder, home, data="sample") as server:
        page.goto(_address(server.url, task.lab))
        cells = page.locator(".jp-Notebook .jp-Cell")
        answer = cells.nth(task.position(task.exercise))
        message = cells.nth(task.position(f"{task.exercise}-check")).get_by_role("status")
        _wait_until_idle(page)

        _run_all_cells(page)
        _expect(message).to_contain_text(f"{exercise.title}: not attempted. 0 of")
        _wait_until_idle(page)

        answer.locator(".cm-content").click()
        page.keyboard.press("Control+End")
        page.keyboard.press("Enter")
        page.keyboard.type(task.answer)
        _run_all_cells(page)
        full = f"{exercise.points:g} of {exercise.points:g} points"
        _expect(message).to_contain_text(f"{exercise.title}: passed. {full}")
        _wait_until_idle(page)

        message.scroll_into_view_if_needed()
        page.screenshot(path=tmp_path / "page.png")
        assert page.locator(".jp-Dialog, .Toastify__toast").count() == 0, "something pops up"


def _address(url: str, lab: str) -> str:
    parts = urllib.parse.urlsplit(url)
    return parts._replace(path=f"/lab/tree/{lab}/{lab}.ipynb").geturl()


def _run_all_cells(page) -> None:
    """Choose Run All Cells, again if need be: while it starts, JupyterLab may miss it."""
    first = page.locator(".jp-Notebook .jp-CodeCell .jp-InputPrompt").first
    before = first.inner_text()
    for _ in range(TRIES):
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        with contextlib.suppress(AssertionError):
            playwright.expect(first).not_to_have_text(before, timeout=30_000)
            return
    raise AssertionError(f"Run All Cells did nothing in {TRIES} tries")


def _expect(locator):
    playwright.expect.set_options(timeout=RUN_SECONDS * 1000)
    return playwright.expect(locator)


def _wait_until_idle(page) -> None:
    idle = page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").first
    _expect(idle).to_be_visible()
