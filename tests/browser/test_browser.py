"""A student's notebook in a real JupyterLab: opened, run, filled in, and checked."""

import dataclasses

import pytest

from labkit import labs
from tests.browser import chromium, lab_page

pytestmark = chromium.NEEDED


@dataclasses.dataclass(frozen=True)
class Task:
    """What the student does: in which lab, for which exercise, and what is typed."""

    lab: str
    exercise: str
    answer: str

    def __str__(self) -> str:
        return f"{self.lab}-{self.exercise}"


TASKS = [Task("lab1-data", "count-images", "n_train = len(x_train)\nn_test = x_test.shape[0]")]


@pytest.mark.parametrize("task", TASKS, ids=str)
def test_check_speaks_on_the_page(task, tmp_path):
    exercise = next(e for e in labs.load(task.lab) if e.name == task.exercise)
    with lab_page.opened(task.lab, tmp_path) as lab:
        message = lab.box(task.exercise)
        lab.run_all()
        lab.expect(message).to_contain_text(f"{exercise.title}: not attempted. 0 of")

        lab.cell(task.exercise).locator(".cm-content").click()
        lab.page.keyboard.press("Control+End")
        lab.page.keyboard.press("Enter")
        lab.page.keyboard.type(task.answer)
        lab.run_all()
        full = f"{exercise.points:g} of {exercise.points:g} points"
        lab.expect(message).to_contain_text(f"{exercise.title}: passed. {full}")

        message.scroll_into_view_if_needed()
        lab.page.screenshot(path=tmp_path / "page.png")
        pops_up = lab.page.locator(".jp-Dialog, .Toastify__toast")
        assert pops_up.count() == 0, "something pops up"
