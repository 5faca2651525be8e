"""What a student meets in JupyterLab, one thing a test, all at one notebook on one page."""

import pytest

from labkit import labs
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


def _when_it_holds(lab, text):
    """Return what the notebook's file holds, when `text` has come into it."""
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
    desk.go(name)
    desk.page.keyboard.press("i")
    desk.page.keyboard.press("i")
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
    desk.page.keyboard.press("Escape")
    desk.page.keyboard.press("Control+S")
    assert "of 2 epochs" not in _when_it_holds(desk, "tiny.fit")
