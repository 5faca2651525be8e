"""A check knows its cell: what it says instead of judging a value that the cell does not make.

The cases come from the labs: each exercise's own stub, solution and check cell.
"""

import itertools
import re

import pytest

from labkit import evidence, labs
from tests.notebook import kernel as kernels
from tests.notebooks import running

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("notebook-kernel")]

LAB = "lab1-data"
SET_UP = "\n".join(
    cell.source
    for cell in running.read(running.student(LAB)).cells
    if cell.cell_type == "code"
    and cell.id in ("setup", "load", "your-pixel", "files", "table", "alphabetical-table")
)
# (The pictures take seconds to draw.)
EXERCISES = [
    exercise.name
    for exercise in labs.load(LAB)
    if not any(answer.kind is evidence.Picture for answer in exercise.answers.values())
]


def _solved(name):
    source = _cell(running.solution(LAB), name).source
    return re.sub(r" *### (BEGIN|END) SOLUTION\n?", "", source)


def _cell(path, name):
    cells = running.read(path).cells
    return next(c for c in cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)


def _check(name):
    return _cell(running.student(LAB), f"{name}-check").source


def _do_those_before(name, page):
    for earlier in EXERCISES[: EXERCISES.index(name)]:
        page.run(_solved(earlier), None)


def _exercise(name):
    return next(exercise for exercise in labs.load(LAB) if exercise.name == name)


def _called(name):
    """Return how a student is told which exercise is meant."""
    return f"Exercise {_exercise(name).number}, {_exercise(name).title}"


def _own_variables(name):
    answers = _exercise(name).answers.items()
    return [variable for variable, answer in answers if not answer.earlier]


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    """Give one kernel for all tests: the set-up takes seconds."""
    with kernels.kernel(tmp_path_factory.mktemp("work"), kernels.EXTENSION) as kernel:
        assert "Set-up complete" in kernel.run(SET_UP, "setup").text
        kernel.run("_before = {*globals(), '_before'}", None)
        yield kernel


# What was found on another page: kept progress, hints given, the sample named.
FORGET = """
import shutil
shutil.rmtree('.labkit', ignore_errors=True)
lab.__init__(lab.description)
for _exercise in lab.description:
    _exercise.latest = None
labkit.notebook.desk._named_sample[:] = ['sample']
"""


@pytest.fixture
def page(started):
    """Give a page on which nothing was answered yet."""
    started.run("for _n in {*globals()} - _before: globals().pop(_n)", None)
    started.run("labkit.notebook.cells.cells.__init__()", None)
    started.run(FORGET, None)
    return started


def test_a_check_before_the_set_up_asks_for_it(tmp_path):
    with kernels.kernel(tmp_path, kernels.EXTENSION) as fresh:
        for name in EXERCISES:
            ran = fresh.run(_check(name), f"{name}-check")
            assert ran.error == "" and "The set-up has not run" in ran.words, name
            assert float(ran.plain) == 0
        assert "choose Run All Cells" in fresh.run("x_train[0]", "own").error
        for asked in ("lab.progress()", "lab.hint()", "lab.hint(2)", "lab.submit()"):
            ran = fresh.run(asked, "own")
            assert ran.error == "" and "The set-up has not run" in ran.words, asked
        assert "NameError" in fresh.run("lab", "own").error


def test_a_check_after_a_set_up_that_failed_asks_for_it(tmp_path):
    """In a kernel that nobody has prepared, for cells that nobody names."""
    with kernels.kernel(tmp_path) as fresh:
        failing = "import labkit\nlab = labkit.setup('lab1-data', 'no-such-data')"
        assert "no-such-data" in fresh.run(failing, None).error
        for name in EXERCISES:
            ran = fresh.run(_check(name), None)
            assert ran.error == "" and "The set-up has not run" in ran.words, name
            assert float(ran.plain) == 0


@pytest.mark.parametrize("name", EXERCISES)
def test_a_check_says_what_happened_to_its_cell(name, page):
    def check():
        ran = page.run(_check(name), f"{name}-check")
        assert ran.error == "" and ran.status == "ok", ran.error
        return ran

    assert "has not run since the kernel started" in check().words

    _do_those_before(name, page)
    solved = _solved(name)
    page.run(solved, name)
    full = check()
    assert "passed" in full.words, full.words

    page.run(f"{solved}\n1 / 0", name)
    failed = check()
    assert "ended in an error" in failed.words and "ZeroDivisionError" in failed.words
    assert float(failed.plain) == 0

    page.run(f"{solved}\nlabel = “c”", name)
    assert "curly quotation marks" in check().words

    page.run(f'{solved}\nlabel = "c', name)
    assert "quotation mark is missing" in check().words

    page.run(f"{solved}\nprint((1, 2)", name)
    assert "cannot read the cell" in check().words

    variable = _own_variables(name)[0]
    page.run(re.sub(rf"\b{variable}\b", f"{variable}s", solved), name)
    left = check()
    assert f"no {variable}" in left.words, left.words

    page.run(solved, name)
    assert check().words == full.words


@pytest.mark.parametrize("name", EXERCISES)
def test_a_check_knows_what_the_page_shows(name, page):
    def check(shown):
        page.tell(sources={name: shown})
        return page.run(_check(name), f"{name}-check").words

    _do_those_before(name, page)
    solved = _solved(name)
    page.run(solved, name)
    before = check(solved)
    assert "not judged" not in before
    assert check(f"{solved}\n# a remark\n") == before
    assert "is empty" in check(" \n")
    assert "was changed after it ran" in check(f"{solved}\nmore = 1")
    assert "cannot read the cell" in check(f"{solved}\nmore = (1")
    assert "curly" in check(f"{solved}\nmore = “1”")
    assert check(solved) == before


def test_an_answer_cell_that_was_deleted_is_missed(page):
    others = dict.fromkeys(set(EXERCISES) - {"count-images"}, "...")
    page.tell(sources=others)
    said = page.run(_check("count-images"), "count-images-check").words
    assert "is not in the notebook any more" in said and "Undo Cell Operation" in said
    assert "reset lab1-data count-images" in said
    # Who has answered in another cell is judged all the same.
    page.run(_solved("count-images"), "own")
    assert "passed" in page.run(_check("count-images"), "count-images-check").words


def test_what_is_there_is_not_offered_for_what_is_missing(page):
    """One of two answers was made: its name is like the other's, and not misspelt."""
    page.run("y_train_one_hot = keras.utils.to_categorical(y_train)", "one-hot")
    said = page.run(_check("one-hot"), "one-hot-check").words
    assert "made no y_test_one_hot" in said and "Is that the one" not in said
    page.run("y_train_one_hot = y_test_one_hot = 1", "one-hot")
    page.run("y_train_one_hot = 1\ny_tset_one_hot = 1", "one-hot")
    said = page.run(_check("one-hot"), "one-hot-check").words
    assert "It makes y_tset_one_hot: is that the one?" in said


def test_a_text_without_quotation_marks_is_recognised(page):
    page.run("array_or_matrix = c", "array-or-matrix")
    said = page.run(_check("array-or-matrix"), "array-or-matrix-check").words
    assert "A text needs quotation marks" in said


def test_an_answer_without_its_variable_and_its_quotation_marks_is_recognised(page):
    page.run("c", "array-or-matrix")
    said = page.run(_check("array-or-matrix"), "array-or-matrix-check").words
    assert "A text needs quotation marks: array_or_matrix" in said


@pytest.mark.parametrize("sign", ["==", "<-"])
def test_a_comparison_is_told_from_an_answer(sign, page):
    """With a value at hand that an earlier text of the cell gave: without, it is a NameError."""
    page.run("n_train = n_test = 5", "count-images")
    page.run(f"n_train {sign} 7\nn_test = 1", "count-images")
    said = page.run(_check("count-images"), "count-images-check").words
    assert "makes no n_train" in said and "A single = gives one" in said


def test_what_is_not_judged_takes_no_points_from_anyone(page):
    page.run(_solved("count-images"), "count-images")
    page.run(_check("count-images"), "count-images-check")
    page.run("1 / 0", "count-images")
    said = page.run(_check("count-images"), "count-images-check").words
    assert "not judged" in said and "0 of" not in said


def test_later_cells_run_after_an_error(page):
    requests = [
        page.send(source, name)
        for source, name in (("1 / 0", "count-images"), ("print('next')", "given"))
    ]
    assert "ZeroDivisionError" in page.wait(requests[0]).error
    assert page.wait(requests[1]).text == "next\n"


def test_a_cell_that_only_shows_an_answer_waits_for_it(page):
    ran = page.run("if labkit.ready(y_train_one_hot):\n    print(y_train_one_hot[:2])", "look")
    assert ran.error == "" and "still to be done" in ran.text
    assert page.run("y_train_one_hot", "own").status == "error"


def test_an_error_shows_the_students_line_first(page):
    ran = page.run("import numpy as np\nnp.reshape(np.zeros(6), (4, 2))", "count-images")
    lines = re.sub("\x1b[^m]*m", "", ran.error).splitlines()
    assert lines[0].startswith("ValueError: cannot reshape")
    assert lines[1] == "In line 2: np.reshape(np.zeros(6), (4, 2))"
    assert "inside libraries left out" in lines[-1] and len(lines) == 3
    assert "fromnumeric.py" in page.run("%tb", "own").text + page.run("%tb", "own").error


def test_what_was_stopped_is_shown_as_short_as_an_error(page):
    """As the button does that stops a cell, while it is deep inside a library."""
    page.run("import os, signal, threading\nstop = os.getpid(), signal.SIGINT", None)
    source = "threading.Timer(0.1, os.kill, stop).start()\nthreading.Event().wait(600)"
    ran = page.run(source, "count-images")
    lines = re.sub("\x1b[^m]*m", "", ran.error).splitlines()
    assert lines[:3] == [
        "KeyboardInterrupt",
        "In line 2: threading.Event().wait(600)",
        "The cell was stopped before its end.",
    ]
    assert "inside libraries left out" in lines[3] and len(lines) == 4
    said = page.run(_check("count-images"), "count-images-check").words
    assert "was stopped before its end in line 2" in said and "KeyboardInterrupt" not in said


def test_a_function_that_does_not_end_is_stopped(page):
    page.run("def read_idx_images(content):\n    while True:\n        pass", "read-idx")
    said = page.run(_check("read-idx"), "read-idx-check").words
    assert "read_idx_images had not ended after 5 seconds" in said


def test_where_no_cell_is_named_a_value_is_judged_as_it_is(page):
    """As with nbclient: nbval, nbgrader and the grader."""
    page.run("n_train, n_test = len(x_train), 1\n1 / 0", None)
    assert "not judged" not in page.run(_check("count-images"), None).words
    error = page.run("1 / 0", None).error
    assert "Traceback" in error


# What may be wrong with an answer's cell, and what is said of it, where nothing comes of it.
SPOILT = {
    "not-run": (None, "No cell has made"),
    "nothing-in-it": ("# nothing yet", "No cell has made"),
    "unreadable": ("{}\nprint((1, 2", "cannot read the cell"),
    "curly-quotes": ("{}\nlabel = “c”", "curly quotation marks"),
    "a-quote-missing": ("{}\nlabel = 'c", "quotation mark is missing"),
    "indented": ("{}\n  label = 1", "cannot read the cell"),
    "an-error-before": ("1 / 0\n{}", "ZeroDivisionError"),
    "a-name-before": ("no_such_name\n{}", "no_such_name"),
    "misspelt": ("{}", "Is that the one? Check the spelling"),
}
FRONT_ENDS = {"nobody-says-which": None, "ids-of-its-own": "W{}sZmlsZQ=="}


@pytest.mark.parametrize("front_end", FRONT_ENDS)
@pytest.mark.parametrize("name", EXERCISES)
def test_no_name_is_missing_in_a_check_whatever_front_end_it_is(name, front_end, page):
    numbers = itertools.count()

    def run(source):
        own = FRONT_ENDS[front_end]
        return page.run(source, None, cell_id=own and own.format(next(numbers)))

    for how, (spoilt, said) in SPOILT.items():
        page.run("for _n in {*globals()} - _before: globals().pop(_n)", None)
        page.run("labkit.notebook.cells.cells.__init__()", None)
        for earlier in EXERCISES[: EXERCISES.index(name)]:
            run(_solved(earlier))
        source = _solved(name)
        if how == "misspelt":
            for variable in _own_variables(name):
                source = re.sub(rf"\b{variable}\b", f"{variable}s", source)
        if spoilt is not None:
            run(spoilt.format(source))
        ran = run(_check(name))
        assert ran.error == "" and ran.status == "ok", (how, ran.error)
        assert said in ran.words and float(ran.plain) == 0, (how, ran.words)
        run(_solved(name))
        assert "not judged" not in run(_check(name)).words


def test_a_name_of_the_students_own_is_missed_where_no_cell_is_named(page):
    assert "n_trian" in page.run("lab.count_images.check(n_trian, 1)", None).error


def test_hints_come_with_the_first_failure_one_within_the_other(page):
    page.run("n_train, n_test = 1, 2", "count-images")
    ran = page.run(_check("count-images"), "count-images-check")
    assert "failed" in ran.words and "What had you expected to see there" in ran.words
    hints = _exercise("count-images").hints
    places = [ran.html.index(f"Hint {number} of 3") for number in (1, 2, 3)]
    assert places == sorted(places) and ran.html.count("<details") == 4
    # Each closes after the last: they lie within one another.
    assert ran.html.index("</details>") > places[-1]
    assert hints[0].split()[0] in ran.html
    page.run(_solved("count-images"), "count-images")
    assert "<details" not in page.run(_check("count-images"), "count-images-check").html


def test_a_hint_is_for_the_exercise_worked_on_last(page):
    lab = "labkit.notebook.lab.of(labkit.labs.load('lab1-data'))"
    page.run("n_train, n_test = 1, 2", "count-images")
    page.run(_check("count-images"), "count-images-check")
    page.run("images_axes = 4", "describe-array")
    said = [page.run(f"{lab}.hint()", "own").text for _ in range(4)]
    assert all(text.startswith(f"{_called('describe-array')}\n") for text in said)
    assert [f"Hint {n} of 3" in text for n, text in zip((1, 2, 3, 3), said, strict=True)] == [
        True
    ] * 4
    page.run(_solved("count-images"), "count-images")
    page.run("n_train = 5", "count-images")
    assert _called("count-images") in page.run(f"{lab}.hint()", "own").text


def test_the_sample_is_named_in_one_box_only(page):
    page.run("labkit.notebook.desk._named_sample.clear()", None)
    page.run("n_train, n_test = 1, 2", "count-images")
    said = [page.run(_check("count-images"), "count-images-check").words for _ in range(3)]
    assert ["drawn sample" in words for words in said] == [True, False, False]


def test_what_was_set_back_meanwhile_is_not_remembered(page):
    """`labkit reset` takes it out of the file; in the folder of the notebook, as here."""
    page.run(_solved("count-images"), "count-images")
    page.run(_check("count-images"), "count-images-check")
    full = f"{_exercise('count-images').points:g} of"
    assert f"Points so far: {full}" in page.run("lab.progress()", "progress").words
    kept = "__import__('pathlib').Path('.labkit/progress.json')"
    page.run(f'{kept}.write_text(\'{{"lab": "{LAB}", "exercises": {{}}}}\')', None)
    assert "Points so far: 0 of" in page.run("lab.progress()", "progress").words


def test_progress_is_kept_and_names_the_first_error(page):
    lab = "labkit.notebook.lab.of(labkit.labs.load('lab1-data'))"
    page.run("1 / 0", "describe-array")
    page.run("2 / 0", "read-pixel")
    page.run(_solved("count-images"), "count-images")
    page.run(_check("count-images"), "count-images-check")
    page.run(
        "next(e for e in labkit.labs.load('lab1-data') if e.name == 'count-images').latest = None",
        None,
    )
    ran = page.run(f"{lab}.progress()", "progress")
    assert f"First error: {_called('describe-array')}" in ran.words
    most = sum(exercise.points for exercise in labs.load(LAB))
    assert f"Points so far: {_exercise('count-images').points:g} of {most:g}" in ran.words
    # On the page, not in time: what stands first is mended first.
    page.tell(sources=dict.fromkeys(EXERCISES, ""))
    page.run("3 / 0", "count-images")
    assert f"First error: {_called('count-images')}" in page.run(f"{lab}.progress()", "p").words
    page.run(_solved("count-images"), "count-images")
    page.run("images_dtype = 1", "describe-array")
    assert (
        f"First error: {_called('read-pixel')}" in page.run(f"{lab}.progress()", "progress").words
    )
