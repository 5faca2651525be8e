"""A student's hour in JupyterLab: mistakes that a check knows, links, hints, and handing in."""

import hashlib
import itertools
import json
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe

from labkit import labs
from labkit.checks import variants
from labkit.checks.result import Message, Outcome, Result, Verdict
from labkit.commands import cli
from labkit.notebook import box, document, handin, pages, progress
from tests.browser import chromium, lab_page, shots
from tests.grading import marking
from tests.notebooks import running

pytestmark = [*chromium.NEEDED, pytest.mark.usefixtures("sample_data")]

LAB, ESSAY = "lab1-data", "why-not-labels"
ITEMS = {item.name: item for item in labs.load(LAB).exercises}
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


def test_a_students_hour_from_the_first_page_to_the_report(tmp_path, capsys):
    """By keyboard alone from the page that `make lab` shows, with ten mistakes, to the receipt."""
    with lab_page.begun(tmp_path) as lab:
        _begin(lab)
        _mistakes_of_the_first_exercise(lab)
        _mistakes_of_later_ones(lab)
        handed = _hand_in(lab)
        _by_command(lab, handed, capsys)
        _back_at_the_first_page(lab)
    _graded_marked_reported(tmp_path, handed)


def _called(name):
    return f"Exercise {ITEMS[name].number}, {ITEMS[name].title}"


def _earned_by(name, answer):
    """Return what is said where this answer is right, and the exercise's others are wrong."""
    earned = sum(item.points for item in ITEMS[name].criteria if answer in item.about)
    return f"{earned:g} of {ITEMS[name].points:g} points"


def _begin(lab):
    link = lab.page.get_by_role("link", name=LAB, exact=True).first
    lab.expect(link).to_be_visible()
    shots.take(lab.page.locator(".jp-MarkdownViewer, .jp-RenderedMarkdown").first, "start")
    lab.tab_to(link)
    lab.page.keyboard.press("Enter")
    lab.wait_until_open()


def _mistakes_of_the_first_exercise(lab):
    name = "count-images"
    # 1: a check before anything has run.
    lab.run(f"{name}-check")
    lab.expect(lab.box(name)).to_contain_text("The set-up has not run")
    # 2: a name that is misspelt.
    lab.write(name, "n_train = len(x_trian)\nn_test = len(x_test)")
    lab.run_everything()
    lab.expect(lab.box(name)).to_contain_text("ended in an error")
    lab.expect(lab.box(name)).to_contain_text("Is x_train meant?")
    # The cells after it ran.
    lab.expect(lab.box("describe-array")).to_contain_text("not attempted")
    end = lab.cell("progress")
    lab.expect(end).to_contain_text(f"First error: {_called(name)}")
    # By the link to the answer cell, and on. 3: a change that was not run; 4: a wrong number.
    lab.go("progress")
    lab.tab_to(end.locator("a").first)
    lab.page.keyboard.press("Enter")
    lab.expect(lab.page.locator(".jp-Notebook .jp-Cell.jp-mod-active")).to_contain_text("x_trian")
    lab.write(name, "n_train = len(x_train)\nn_test = 1")
    lab.run(f"{name}-check")
    lab.expect(lab.box(name)).to_contain_text("was changed after it ran last")
    lab.run(name)
    lab.run(f"{name}-check")
    lab.expect(lab.box(name)).to_contain_text(f"failed. {_earned_by(name, 'n_train')}")
    lab.expect(lab.box(name)).to_contain_text("Stuck? First say what you see")
    for fold in range(2):
        lab.tab_to(lab.box(name).locator("summary").nth(fold))
        lab.page.keyboard.press("Enter")
    lab.expect(lab.box(name)).to_contain_text("The first axis of an image array")
    shots.take(lab.cell(f"{name}-check"), "hint")
    # 5: a cell that was emptied.
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
        told = f"Points so far: {ITEMS[name].points:g} of {most:g}"
        lab.expect(lab.cell(place)).to_contain_text(told)
    shots.take(lab.cell("where-am-i"), "progress")


def _mistakes_of_later_ones(lab):
    letter, pixel = "array-or-matrix", "read-pixel"
    tries = (
        # 6 and 7: quotes that a word processor made, and none at all.
        (letter, "array_or_matrix = \u201cc\u201d", "quotation marks"),
        (letter, "array_or_matrix = c", "quotation marks"),
        # 8: another name than the one that was asked for.
        (letter, "array_or_matrx = 'c'", "array_or_matrx"),
        # 9: a bracket that was not closed.
        (pixel, "pixel = x_train[0, row, column\ndarkest_and_brightest = (0, 255)", "never closed"),
        # 10: counted as R counts; and the pixel of somebody else.
        (
            pixel,
            "pixel = x_train[1, row + 1, column + 1]\ndarkest_and_brightest = (0, 255)",
            "when you count from 1",
        ),
        (
            pixel,
            "pixel = x_train[0, 19, 14]\ndarkest_and_brightest = (0, 255)",
            "pixel is the value in your row and your column",
        ),
    )
    for name, source, told in tries:
        lab.write(name, source)
        lab.run(name)
        lab.run(f"{name}-check")
        lab.expect(lab.box(name)).to_contain_text(told)
        lab.expect(lab.box(name)).not_to_contain_text("passed")
    lab.write(pixel, "pixel = x_train[0, row, column]\ndarkest_and_brightest = (0, 255)")
    lab.run(pixel)
    lab.run(f"{pixel}-check")
    lab.expect(lab.box(pixel)).to_contain_text("passed")


def _hand_in(lab):
    lab.write(f"{ESSAY}-answer", "A label is the number of a class, and not an amount.")
    lab.page.keyboard.press("Control+Enter")
    lab.run("hand-in")
    lab.expect(lab.cell("hand-in")).to_contain_text("Receipt")
    lab.expect(lab.cell("hand-in")).to_contain_text(_called("describe-array"))
    # The table only: below it stands a path of this machine's.
    shots.take(lab.cell("hand-in").locator("table"), "receipt")
    handed = lab.notebook.parent / handin.FOLDER / f"{LAB}.ipynb"
    sources = document.read(handed).sources
    assert sources["count-images"] == "n_train = len(x_train)\nn_test = len(x_test)"
    assert variants.number_in(map(document.text_of, document.read(handed).cells))
    return handed


def _by_command(lab, handed, capsys):
    """The command makes the same file, and says the same."""
    capsys.readouterr()
    assert cli.main(["submit", LAB, str(lab.notebook.parent.parent)]) == 0
    said = capsys.readouterr().out
    digest = said.split("SHA-256")[1].split()[0]
    assert digest == hashlib.sha256(handed.read_bytes()).hexdigest()
    assert _called("describe-array") in said


def _back_at_the_first_page(lab):
    """The page that was left open says where the student is now."""
    tab = lab.page.locator(".lm-TabBar-tab").filter(has_text="START.md")
    tab.click()
    page = lab.page.locator(".jp-MarkdownViewer, .jp-RenderedMarkdown").first
    lab.expect(page).to_contain_text("points so far, handed in")
    lab.expect(page).to_contain_text(f"Begin here: {list(labs.MODULES)[1]}")


def _graded_marked_reported(folder, handed):
    place, output = folder / "submissions", folder / "grades"
    (place / "ada").mkdir(parents=True)
    shutil.copy(handed, place / "ada")
    grade = ["grade", LAB, "--submissions", str(place), "--output", str(output)]
    grade += ["--course", str(running.ROOT)]
    assert cli.main(grade) == 0
    with marking.mark_server(output) as url, chromium.page() as page:
        page.goto(url)
        page.get_by_role("link", name=ITEMS[ESSAY].title).press("Enter")
        left = page.locator("#left")
        left.get_by_text("1 of 1 to be marked").wait_for()
        page.keyboard.press("p")
        page.keyboard.type("5")
        page.keyboard.press("Enter")
        left.get_by_text("All are marked.", exact=True).wait_for()
    assert cli.main(grade) == 0
    # What was right: the images counted, the pixel read, and what the essay was given.
    earned = ITEMS["count-images"].points + ITEMS["read-pixel"].points + 5
    report = (output / "report.html").read_text("utf-8")
    assert f'>ada</a></th><td class="number">{earned:g}</td>' in report
    feedback = (output / "feedback/ada.html").read_text("utf-8")
    assert f"{earned:g} of {labs.load(LAB).points:g} points" in feedback
