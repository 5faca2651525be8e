"""What a student meets in JupyterLab, one thing a test, all at one notebook on one page."""

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from labkit import labs
from labkit.commands import cli
from tests.browser import chromium, lab_page

pytestmark = [
    *chromium.NEEDED,
    pytest.mark.usefixtures("sample_data"),
    pytest.mark.xdist_group("student-desk"),
]

LAB = "lab1-data"
GIVEN = "first-labels"  # a cell to try things in
COUNTED = "n_train = len(x_train)\nn_test = len(x_test)"
# Two epochs, of which the second waits until somebody has looked at the line.
TRAINING = """\
class Wait(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        import pathlib, time
        while epoch == 1 and not pathlib.Path("seen").exists():
            time.sleep(0.02)

tiny = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(), keras.layers.Dense(10)])
tiny.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
tiny.fit(x_train[:20] / 255, y_train[:20], epochs=2, verbose=0, callbacks=[Wait()]);"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """Give lab 1 as `make lab` opens it, its set-up run."""
    with lab_page.begun(tmp_path_factory.mktemp("desk")) as lab:
        link = lab.page.get_by_role("link", name=LAB, exact=True).first
        lab.expect(link).to_be_visible()
        link.click()
        lab.wait_until_open()
        _set_up(lab)
        yield lab


def _set_up(lab):
    for name in ("setup", "load"):
        lab.run(name)


def _answer(lab, name, source):
    lab.write(name, source)
    lab.run(name)
    lab.run(f"{name}-check")
    return lab.box(name)


def _saved(lab, text):
    """Save, and return what the notebook's file holds when `text` has come into it."""
    lab.page.keyboard.press("Escape")
    lab.page.keyboard.press("Control+S")
    for _ in range(600):
        saved = lab.notebook.read_text("utf-8")
        if text in saved:
            return saved
        lab.page.wait_for_timeout(100)
    raise AssertionError(f"{text!r} was not saved")


def test_what_a_restart_has_taken_is_not_judged_and_progress_stays(desk):
    name = "count-images"
    desk.expect(_answer(desk, name, COUNTED)).to_contain_text("passed")
    desk.go(name)
    desk.page.keyboard.press("0")
    desk.page.keyboard.press("0")
    desk.page.locator(".jp-Dialog").wait_for()
    desk.page.keyboard.press("Enter")
    desk.page.locator(".jp-Dialog").wait_for(state="detached")
    desk.run(f"{name}-check")
    desk.expect(desk.box(name)).to_contain_text("The set-up has not run")
    _set_up(desk)
    desk.run(f"{name}-check")
    desk.expect(desk.box(name)).to_contain_text("has not run since the kernel started")
    desk.run("where-am-i")
    exercise = labs.load(LAB).exercises[0]
    row = desk.cell("where-am-i").get_by_role("row", name=exercise.title)
    desk.expect(row).to_contain_text(f"{exercise.points:g} of {exercise.points:g}")


def test_an_error_shows_the_students_line_and_folds_the_rest(desk):
    desk.write(GIVEN, "fold = np.zeros(6)\nnp.reshape(fold, (4, 2))")
    desk.run(GIVEN)
    shown = desk.cell(GIVEN).locator(".jp-OutputArea-output")
    desk.expect(shown).to_contain_text("cannot reshape")
    assert "In line 2: np.reshape(fold, (4, 2))" in shown.inner_text()
    assert "inside libraries left out" in shown.inner_text()
    assert "Traceback" not in shown.inner_text() and "fromnumeric" not in shown.inner_text()


def test_what_does_not_end_is_stopped_with_a_sentence(desk):
    name = "read-idx"
    endless = "def read_idx_images(content):\n    while True:\n        pass"
    desk.expect(_answer(desk, name, endless)).to_contain_text("had not ended after 5 seconds")
    # A cell runs as long as the student lets it: the button stops it, or two keys.
    desk.write(name, "while True: pass")
    desk.begin(name)
    desk.stop(name)
    desk.expect(desk.cell(name).locator(".jp-OutputArea-output")).to_contain_text("was stopped")
    desk.run(f"{name}-check")
    desk.expect(desk.box(name)).to_contain_text("was stopped before its end in line 1")


def test_a_hint_is_for_what_was_worked_on_last_and_most_is_almost(desk):
    for name in ("files", "table"):
        desk.run(name)
    exercise = next(item for item in labs.load(LAB) if item.name == "read-csv")
    earned = sum(item.points for item in exercise.criteria if "csv_images" in item.about)
    solved = "csv_images = table.drop(columns='label').to_numpy().reshape(-1, 28, 28)"
    box = _answer(desk, "read-csv", f"{solved}\ncsv_labels = 5")
    desk.expect(box).to_contain_text(f"almost. {earned:g} of {exercise.points:g} points")
    desk.expect(box).to_contain_text("Stuck? First say what you see")
    desk.write(GIVEN, "lab.hint()")
    desk.run(GIVEN)
    shown = desk.cell(GIVEN).locator(".jp-OutputArea-output")
    desk.expect(shown).to_contain_text(exercise.title)
    desk.expect(shown).to_contain_text("Hint 1 of 3")


def test_a_silent_training_shows_a_line_that_is_not_stored(desk):
    desk.write(GIVEN, TRAINING)
    desk.begin(GIVEN)
    line = desk.page.locator(".labkit-line")
    desk.expect(line).to_contain_text("Training: 1 of 2 epochs, loss")
    desk.expect(line).to_contain_text("to go")
    assert desk.cell(GIVEN).locator(".labkit-line").count() == 1
    (desk.notebook.parent / "seen").touch()
    desk.expect(line).to_have_count(0)
    desk.wait_until_ran(GIVEN)
    assert "of 2 epochs" not in _saved(desk, "tiny.fit")


def test_an_essay_is_written_by_a_double_click(desk):
    name = "why-not-labels-answer"
    essay = next(item for item in labs.load(LAB).essays if name.startswith(item.name))
    desk.run("where-am-i")
    row = desk.cell("where-am-i").get_by_role("row", name=essay.title)
    desk.expect(row).to_contain_text("not answered yet: double-click its cell")
    cell = desk.cell(name)
    desk.expect(cell.locator(".jp-RenderedMarkdown")).to_contain_text("Double-click here")
    cell.dblclick()
    desk.expect(cell.locator(".cm-content")).to_be_focused()
    desk.page.keyboard.press("Control+A")
    desk.page.keyboard.type("A label is a *name*, not an amount.")
    desk.page.keyboard.press("Shift+Enter")
    desk.expect(cell.locator(".jp-RenderedMarkdown em")).to_have_text("name")
    desk.run("where-am-i")
    desk.expect(row).to_contain_text("answered")
    desk.expect(row).not_to_contain_text("not answered")
    assert "A label is a *name*" in _saved(desk, "not an amount")


def test_what_was_set_back_and_brought_up_to_date_is_there_after_a_reload(desk, capsys):
    work = str(desk.notebook.parent.parent)
    desk.expect(_answer(desk, "count-images", COUNTED)).to_contain_text("passed")
    desk.write("describe-array", "images_dtype = 5")
    _saved(desk, "images_dtype = 5")
    assert cli.main(["reset", LAB, "count-images", "--folder", work]) == 0
    assert "File, Reload Notebook from Disk" in capsys.readouterr().out
    _reload_until(desk, "count-images", "n_train = ...")
    desk.expect(desk.cell("describe-array")).to_contain_text("images_dtype = 5")
    desk.run("where-am-i")
    exercise = labs.load(LAB).exercises[0]
    row = desk.cell("where-am-i").get_by_role("row", name=exercise.title)
    desk.expect(row).to_contain_text("not checked yet")

    # As if the course had gone on since this copy was made.
    older = json.loads(desk.notebook.read_text("utf-8"))
    older["metadata"]["labkit"]["version"] = "of-last-year"
    older["cells"][0]["source"] = "# A title that was corrected since"
    desk.notebook.write_text(json.dumps(older), "utf-8")
    _reload_until(desk, "title", "corrected since")
    told = "This notebook is of another version than the course's present one"
    for name in ("setup", "hand-in"):
        desk.run(name)
        desk.expect(desk.cell(name).locator(".jp-OutputArea")).to_contain_text(told)
    assert cli.main(["update", work]) == 0
    assert "with what you wrote" in capsys.readouterr().out
    _reload_until(desk, "title", labs.load(LAB).title)
    desk.expect(desk.cell("describe-array")).to_contain_text("images_dtype = 5")
    for name in ("setup", "hand-in"):
        desk.run(name)
        desk.expect(desk.cell(name).locator(".jp-OutputArea")).not_to_contain_text(told)


def _reload_until(desk, name, text):
    """Do what the commands say: File, Reload Notebook from Disk; until a cell holds `text`."""
    desk.run("where-am-i")  # something that is not saved: then it asks
    desk.page.get_by_role("menuitem", name="File", exact=True).click()
    desk.page.get_by_role("menuitem", name="Reload Notebook from Disk").click()
    desk.page.locator(".jp-Dialog").get_by_role("button", name="Reload").click()
    desk.page.locator(".jp-Dialog").wait_for(state="detached")
    desk.expect(desk.cell(name)).to_contain_text(text)
    desk.wait_until_open()
    _go_back(desk)


# Of the page only what is labkit's: what JupyterLab has around it is not ours to mend.
OURS = {
    "progress": "section[aria-label='Your progress']",
    "check": ".jp-OutputArea-output [role=status]",
    "hand-in": "section[aria-label='Hand in']",
}
START = ".jp-MarkdownViewer"


@pytest.mark.parametrize("theme", ["JupyterLab Dark", "JupyterLab Light"])
def test_axe_finds_nothing_in_what_is_ours(desk, theme):
    _answer(desk, "count-images", "n_train = len(x_train)\nn_test = 1")
    for name in ("where-am-i", "hand-in"):
        desk.run(name)
    _choose_theme(desk, theme)
    for fold in desk.cell("count-images-check").locator("summary").all():
        fold.press("Enter")
    found = [item for selector in OURS.values() for item in _findings(desk, selector)]
    desk.page.locator(".lm-TabBar-tab").filter(has_text="START.md").click()
    desk.expect(desk.page.locator(START)).to_be_visible()
    found += _findings(desk, START)
    desk.page.locator(".lm-TabBar-tab").filter(has_text=f"{LAB}.ipynb").click()
    _go_back(desk)
    assert found == []


def _choose_theme(desk, theme):
    desk.page.get_by_role("menuitem", name="Settings", exact=True).click()
    desk.page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Theme$")).click()
    desk.page.get_by_role("menuitem", name=theme, exact=True).click()
    light = str(theme == "JupyterLab Light").lower()
    desk.page.locator(f"body[data-jp-theme-light={light}]").wait_for(state="attached")
    _go_back(desk)


def _go_back(desk):
    """Go from a menu or another tab back to the notebook."""
    desk.page.locator(".jp-Notebook .jp-Cell.jp-mod-active").focus()


def _findings(desk, selector):
    assert desk.page.locator(selector).count() > 0, selector
    found = Axe().run(desk.page, context={"include": [[selector]]}).response["violations"]
    return [(selector, item["id"], node["html"]) for item in found for node in item["nodes"]]
