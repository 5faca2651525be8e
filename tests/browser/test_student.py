"""A student's hour in JupyterLab: mistakes that a check knows, links, hints, and handing in."""

import itertools
import json

import pytest
from axe_playwright_python.sync_playwright import Axe

from labkit import labs
from labkit.checks.result import Message, Outcome, Result, Verdict
from labkit.notebook import box, document, handin, pages, progress
from tests.browser import chromium, lab_page
from tests.notebooks import running

pytestmark = chromium.NEEDED

LAB = "lab1-data"
# What JupyterLab's two themes paint a cell's output with: text, background, links.
THEMES = {"light": ("#000000de", "#ffffff", "#1565c0"), "dark": ("#ffffff", "#111111", "#64b5f6")}


def _boxes(folder):
    lab = labs.load(LAB)
    exercise = lab.exercises[0]
    verdicts = (Verdict("one", 3, 3, True), Verdict("two", 0, 1, False, Message("a", "b", "c")))
    for outcome, points in itertools.product(Outcome, (0.0, 3.0)):
        found = Result(exercise.name, exercise.title, outcome, points, 4.0, verdicts)
        yield box.shown(found, question=box.question(found), hints=exercise.hints)._repr_html_()
    entries = {exercise.name: progress.Entry("failed", "almost", 3.0)}
    yield progress.view(lab, entries, {}, exercise.name)._repr_html_()
    yield progress.view(lab, {}, None, "own")._repr_html_()
    path = folder / f"{LAB}.ipynb"
    path.write_bytes(running.student(LAB).read_bytes())
    yield handin.make(lab, document.read(path), entries, ("A note.",))._repr_html_()
    yield pages.render("set-up-first.html")


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_in_what_a_notebook_shows(theme, tmp_path):
    text, background, link = THEMES[theme]
    shown = "".join(f"<div>{fragment}</div>" for fragment in _boxes(tmp_path))
    with chromium.page() as page:
        page.set_content(
            f"<!doctype html><html lang='en'><title>Boxes</title><style>body {{ color: {text};"
            f" background: {background} }} a {{ color: {link} }}</style>"
            f"<main><h1>Boxes</h1>{shown}</main>"
        )
        page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
        page.screenshot(path=tmp_path / f"{theme}.png", full_page=True)
        found = Axe().run(page).response["violations"]
    # One notebook has one progress box at a time of each place; here are several of each kind.
    found = [item for item in found if item["id"] != "landmark-unique"]
    assert found == [], json.dumps(found, indent=1)[:3_000]


def test_a_students_hour_from_the_first_error_to_the_receipt(tmp_path):
    with lab_page.opened(LAB, tmp_path) as lab:
        name = "count-images"
        lab.run(f"{name}-check")
        lab.expect(lab.box(name)).to_contain_text("The set-up has not run")

        lab.write(name, "n_train = len(x_trian)\nn_test = len(x_test)")
        lab.run_all()
        lab.expect(lab.box(name)).to_contain_text("ended in an error")
        lab.expect(lab.box(name)).to_contain_text("Is x_train meant?")
        # The cells after it ran.
        lab.expect(lab.box("describe-array")).to_contain_text("not attempted")
        end = lab.cell("progress")
        counting = next(item for item in labs.load(LAB) if item.name == name)
        called = f"Exercise {counting.number}, {counting.title}"
        lab.expect(end).to_contain_text(f"First error: {called}")

        # By keyboard alone: from the link to the answer cell, and on.
        end.locator("a").first.focus()
        lab.page.keyboard.press("Enter")
        active = lab.page.locator(".jp-Notebook .jp-Cell.jp-mod-active")
        lab.expect(active).to_contain_text("x_trian")
        lab.page.keyboard.press("Enter")
        lab.page.keyboard.press("Control+A")
        lab.page.keyboard.insert_text("n_train = len(x_train)\nn_test = 1")
        lab.run(f"{name}-check")
        lab.expect(lab.box(name)).to_contain_text("was changed after it ran last")
        lab.run(name)
        lab.run(f"{name}-check")
        lab.expect(lab.box(name)).to_contain_text("failed. 2 of 4 points")
        lab.expect(lab.box(name)).to_contain_text("Stuck? First say what you see")
        lab.page.screenshot(path=tmp_path / "hints.png")

        lab.write(name, " ")
        lab.run(f"{name}-check")
        lab.expect(lab.box(name)).to_contain_text("is empty")

        lab.write(name, "n_train = len(x_train)\nn_test = len(x_test)")
        lab.run(name)
        lab.run(f"{name}-check")
        lab.expect(lab.box(name)).to_contain_text("passed")
        # The boxes near the top and at the end follow.
        most = sum(item.points for item in labs.load(LAB))
        for place in ("where-am-i", "progress"):
            told = f"Points so far: {counting.points:g} of {most:g}"
            lab.expect(lab.cell(place)).to_contain_text(told)

        lab.run("hand-in")
        lab.expect(lab.cell("hand-in")).to_contain_text("Receipt")
        lab.page.screenshot(path=tmp_path / "receipt.png")
        handed = lab.notebook.parent / handin.FOLDER / f"{LAB}.ipynb"
        sources = document.read(handed).sources
        assert sources[name] == "n_train = len(x_train)\nn_test = len(x_test)"
