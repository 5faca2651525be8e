"""The form in which labs are written: what it makes of a file, and what it says of a bad one."""

import ast
import inspect
import pathlib
import random

import hypothesis.strategies as st
import jupytext
import keras
import numpy as np
import pytest
from hypothesis import given, settings

from labkit import labs
from labkit.checks import faults, lab_folder, lab_text, mutants, names, trial
from labkit.checks.authoring import (
    ARRAY,
    NUMBER,
    VALUE,
    AuthorError,
    Exercise,
    Message,
    function,
)
from labkit.checks.given import reference
from labkit.checks.result import Outcome
from labkit.commands import try_
from tools import assemble

pytestmark = pytest.mark.usefixtures("sample_data", "beside_its_files")
HINTS = ("a nudge", "a tool", "a skeleton")
TEXT = "Title\n\nMake it of the images, all of it."

each_lab = pytest.mark.parametrize(
    "lab", [labs.load(name) for name in labs.MODULES], ids=list(labs.MODULES)
)


# --- lab.md ---------------------------------------------------------------------------------


@each_lab
def test_nothing_is_wrong_with_a_lab(lab):
    assert [str(fault) for fault in lab.faults()] == []


@each_lab
def test_jupytext_sees_the_same_cells_and_saves_the_same_file(lab):
    """An author may open lab.md as a notebook: saving it changes nothing."""
    text = (lab.folder / lab_folder.TEXT).read_text(encoding="utf-8")
    notebook = jupytext.reads(text, fmt="md")
    assert jupytext.writes(notebook, fmt="md") == text
    code = [piece.source for piece in lab.pieces if isinstance(piece, lab_text.Code)]
    assert [cell.source for cell in notebook.cells if cell.cell_type == "code"] == code
    tags = [list(piece.tags) for piece in lab.pieces if isinstance(piece, lab_text.Code)]
    seen = [c.metadata.get("tags", []) for c in notebook.cells if c.cell_type == "code"]
    assert seen == tags


LINES = st.lists(
    st.text("ab #-`{", min_size=1, max_size=12).map(str.rstrip), min_size=1, max_size=4
)
PROSE = LINES.map("\n".join).filter(lambda text: text.strip() and "```" not in text)
CELLS = st.lists(st.one_of(PROSE.map(lambda text: ("prose", text)), st.just(("code", "x = 1"))))


@settings(max_examples=60, deadline=None)
@given(CELLS)
def test_cells_are_read_as_jupytext_writes_them(cells):
    parts = [
        f"<!-- #region p{n} -->\n{text}\n<!-- #endregion -->"
        if kind == "prose"
        else f"```python c{n}\n{text}\n```"
        for n, (kind, text) in enumerate(cells)
    ]
    pieces = lab_text.read("\n\n".join(parts))
    seen = [
        ("prose", piece.text) if isinstance(piece, lab_text.Prose) else ("code", piece.source)
        for piece in pieces
    ]
    assert seen == [(kind, text.strip("\n")) for kind, text in cells]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a\n\n```python\nx\n```", 3, "does not name its cell"),
        ("a\n```python cell\nx = 1", 2, "has no end"),
        ("<!-- #region here -->\na", 1, "has no end"),
        ("```python a\n```\n\n```python a\n```", 4, "already used in line 1"),
    ],
)
def test_a_bad_text_is_told_with_its_line(text, line, said):
    with pytest.raises(lab_text.TextError, match=said) as caught:
        lab_text.read(text)
    assert caught.value.line == line and caught.value.cure


# --- what functions may ask for -------------------------------------------------------------


def test_names_come_from_the_cells_before():
    cells = [
        "import math",
        "a = 2\nprint('not run')\nb = [a]\nb.append(math.pi)",
        "a = 5",
        "c = a + 1",
    ]
    defined = names.Names(reference(), [names.of_cell(cell) for cell in cells])
    assert defined.find("b") == [2, 3.141592653589793]
    assert defined.find("c") == 6 and defined.find("a", before=2) == 2
    with pytest.raises(names.UnknownName, match="'c'"):
        defined.find("c", before=3)


def test_an_imported_module_is_made_without_what_is_called_in_it():
    cell = "import random\nrandom.seed('nothing is drawn anew')\na = [1]\na.append(2)"
    state = random.getstate()
    defined = names.Names(reference(), [names.of_cell(cell)])
    assert defined.find("random") is random and random.getstate() == state
    assert defined.find("a") == [1, 2]


def test_a_shared_function_asks_for_what_each_exercise_calls_it():
    def larger(one, other):
        """Say how much larger."""
        return one - other

    asking = names.asking(larger, "b", "a")
    defined = names.Names(reference(), [names.of_cell("a = 1"), names.of_cell("b = 5")])
    assert names.parameters(asking) == ["b", "a"] and defined.call(asking) == 4
    assert (asking.__name__, asking.__doc__) == ("larger", "Say how much larger.")


def test_comprehensions_and_functions_of_a_cell_see_its_names():
    cell = "k = 3\ndef times(x):\n    return [x * k for _ in range(2)]\nd = times(2)"
    assert names.Names(reference(), [names.of_cell(cell)]).find("d") == [6, 6]


def test_what_is_changed_later_has_all_its_changes():
    """A network is defined, compiled and trained in three cells, each of which runs once."""
    cells = [
        "import math\ndef made(): return []\na, b = made(), made()",
        "if math.pi:\n    for item in (a, b):\n        item.append(1)",
        "def f(a):\n    a.append(2)",
        "a[0] += 1\nprint('not run')\nmath.append = 3",
    ]
    defined = names.Names(reference(), [names.of_cell(cell) for cell in cells])
    assert defined.find("a", before=1) == [] and defined.find("b") == [1]
    assert defined.find("a", before=3) == [1] and defined.find("a") == [2]
    assert defined.find("a") is defined.find("a", before=1)


def test_a_solution_that_changes_what_was_made_earlier_runs_before_what_follows():
    book = names.Book()
    made = {}
    for name, doc, needs in (("a", "first", ()), ("c", "second", ("a",)), ("d", "third", ("a",))):
        item = Exercise(f"{doc}\n\n{TEXT}", **{name: VALUE}, needs=needs, hints=HINTS)
        item.stand_in(book, doc, "fashion-mnist")
        item.link(dict.fromkeys(needs, (VALUE, "first")))
        made[name] = item

    @made["a"].solution
    def first():
        a = [1]
        return a

    @made["c"].solution
    def second(a):
        c = a.append(2)
        return c

    @made["d"].solution
    def third(a):
        d = len(a)
        return d

    assert made["c"].changes() == {"a"} and not made["d"].changes()
    (blocked,) = (case for case in made["d"].cases() if case.outcome is Outcome.BLOCKED)
    assert blocked.make(book.names(reference())) == (2, ...)
    assert list(mutants.of(made["c"])), "only trainings have no mutants"


# --- an exercise ----------------------------------------------------------------------------


def _sum(**more):
    """Return an exercise in which the images are to be counted, with a few errors on demand."""
    exercise = Exercise(TEXT, n=NUMBER, hints=HINTS)

    @exercise.solution
    def solution(x_train):
        n = len(x_train)
        return n

    for _ in range(1 + more.get("twice", False)):
        exercise.equal("n", 2, "the number of images", "Count.", asks=more.get("asks", "all of it"))
    exercise.right(lambda x_train: x_train.shape[0])
    exercise.right(more.get("right", lambda y_train: y_train.size))
    exercise.wrong(one_too_many=lambda n: n + 1, one_too_few=lambda n: n - 1, half=lambda n: n / 2)
    exercise.wrong(**({} if more.get("few") else {"double": lambda n: 2 * n}))
    return exercise


def test_a_good_exercise_has_no_faults():
    assert faults.of(_sum()) == []


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: _sum(asks="something else"), "does not say 'something else'"),
        (lambda: _sum(right=lambda x_valid: 0), "asks for 'x_valid'"),
        (lambda: _sum(twice=True), "two criteria are called"),
        (lambda: _sum(few=True), "there are 4 wrong answers"),
        (lambda: Exercise(TEXT, n=NUMBER, hints=HINTS), "no solution"),
    ],
)
def test_faults_are_told_with_file_line_and_cure(made, said):
    found = faults.of(made())
    assert any(said in fault.problem for fault in found)
    for fault in found:
        lines, _ = inspect.getsourcelines(inspect.getmodule(_sum))
        assert fault.path == __file__ and 0 < fault.line <= len(lines) and fault.cure


def test_mistakes_in_the_call_are_told_at_once():
    with pytest.raises(AuthorError, match=f"{__file__}, line .*there are 2 hints. Give three"):
        Exercise(TEXT, n=NUMBER, hints=("one", "two"))
    with pytest.raises(AuthorError, match="the text is missing"):
        Exercise("Only a title", n=NUMBER, hints=HINTS)
    exercise = Exercise(TEXT, n=NUMBER, hints=HINTS)
    with pytest.raises(AuthorError, match="'m' is no answer of this exercise"):
        exercise.equal("m", 1, "a number", "Count.", asks="all of it")


def test_short_answers_are_handed_over_by_their_names():
    exercise = _sum()

    @exercise.sign(shown_by=lambda x_train: len(x_train) // 2)
    def half_counted(n, x_train):
        """There are twice as many."""
        return 2 * n == len(x_train)

    exercise.right(in_a_loop=lambda x_train: sum(1 for _ in x_train))
    exercise.wrong(too_many=lambda n: n + 1, too_few=lambda n: n - 1)
    exercise.wrong(shows="half-counted", rounded=lambda n: n / 2)
    found = {one.case.name: one for one in trial.answers(exercise)}
    assert [name for name, one in found.items() if one.problem] == []
    assert found["in a loop"].result.outcome is Outcome.PASSED
    assert {"too many", "too few"} <= set(found)
    for name in ("half counted", "rounded"):
        assert found[name].result.misconceptions == ("half-counted",)
    assert exercise.judge(exercise.collect(7)).misconceptions == ()


def test_an_answer_handed_over_that_is_no_function_is_told():
    with pytest.raises(AuthorError, match=f"{__file__}, line .*earn is no function. Write earn="):
        _sum().wrong(earn=3, too_many=lambda n: n + 1)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 400), st.sampled_from(["x_train", "x_test"]), st.floats(0.5, 3))
def test_rows_are_compared_as_the_whole_would_be(row, name, factor):
    """Whatever row of a large array is wrong, and whatever the factor: by rows as in full."""
    exercise = Exercise(TEXT, scaled=ARRAY, by_rows=True, hints=HINTS)
    whole = Exercise(TEXT, scaled=ARRAY, hints=HINTS)
    for item in (exercise, whole):

        @item.solution
        def solution(x_train):
            scaled = x_train * 0.5
            return scaled

        item.equal("scaled", 1, "half", "Halve.", asks="all of it")
    data = reference()
    answer = getattr(data, name) * 0.5
    answer[row] *= factor
    assert exercise.check(answer).outcome == whole.check(answer).outcome


def test_an_answer_that_is_there_already_is_changed_and_has_no_placeholder():
    book = names.Book()
    made = Exercise(TEXT, items=ARRAY, hints=HINTS)
    longer = Exercise(TEXT, items=ARRAY, hints=HINTS)
    count = Exercise(TEXT, n=NUMBER, needs=("items",), hints=HINTS)

    @made.solution
    def solution():
        items = [1]
        return items

    @longer.solution
    def longer_solution(items):
        items.append(2)
        return items

    @count.solution(free="print(items, 3)")
    def count_solution(items):
        print(items, 3)
        n = 4 + len(items)
        return n

    @count.wrong
    def another_list():
        return 7, [0]

    for item in (made, longer, count):
        item.stand_in(book, "lists", "fashion-mnist")
    count.link({"items": (ARRAY, "Make a list")})
    defined = book.names(reference())
    assert assemble.answer_source(made, solved=False) == "items = ...\n# Write your code here."
    assert assemble.answer_source(longer, solved=False) == "# Write your code here."
    assert longer.is_there_already() == {"items"} and not count.is_there_already()
    assert longer.cases()[0].make(defined) == ([1, 2],)
    assert count.cases()[0].make(defined) == (6, [1, 2])
    assert count.cases()[-1].make(defined) == (7, [0])
    # The 3 is free, the 4 and the + are not.
    assert [case.name.partition(":")[0] for case in mutants.of(count)] == [
        "binop",
        *["constant"] * 2,
    ]


def test_a_changed_solution_may_write_a_whole_number_as_a_float():
    exercise = Exercise(TEXT, n=NUMBER, hints=HINTS)

    @exercise.solution
    def solution():
        n = 6 // 2
        return n

    exercise.equal("n", 1, "half of six", "Halve.", asks="all of it")
    # 6 / 2 is the same answer; 5 // 2, 6 // 3 and 6 // 1 are refused; 7 // 2 is 3 again.
    assert [one.problem for one in trial.changed(exercise)] == [""] * 3


def test_a_plain_value_may_be_a_tuple():
    exercise = Exercise(TEXT, pair=VALUE, needs={"sizes": ARRAY}, hints=HINTS)

    @exercise.solution
    def solution():
        pair = 1, 2
        return pair

    @exercise.right
    def as_a_list(sizes):
        return [*sizes]

    exercise.equal("pair", 1, "both", "Count.", asks="all of it")
    exercise.link({})
    book = names.Book()
    book.add(names.of_cell("sizes = [1, 2]"))
    exercise.stand_in(book, "pair", "fashion-mnist")
    assert [one.problem for one in trial.answers(exercise)] == [""] * 4


def test_given_lines_stand_above_the_answer_and_can_be_asked_for():
    exercise = Exercise(TEXT, given="SIZES = [2, 3]", total=NUMBER, hints=HINTS)

    @exercise.solution
    def solution(SIZES):
        total = sum(SIZES)
        return total

    exercise.equal("total", 1, "the sum", "Add.", asks="all of it")
    assert exercise.check(5) and not exercise.check(6)
    assert assemble.answer_source(exercise, solved=False) == (
        "SIZES = [2, 3]\ntotal = ...\n# Write your code here."
    )
    with pytest.raises(AuthorError, match="the lines in given are no Python"):
        Exercise(TEXT, given="SIZES = [", total=NUMBER, hints=HINTS)


def test_definitions_of_a_solution_stand_apart_in_the_cell():
    """In the function that is the solution the formatter leaves one empty line around them."""
    exercise = Exercise(TEXT, n=NUMBER, m=NUMBER, hints=HINTS)

    @exercise.solution
    def solution(x_train):
        # It counts.
        def count(images):
            return len(images)

        n = count(x_train)

        m = n + 1
        return n, m

    stub = "n = ...\nm = ...\n\n\n# Write your code here."
    assert assemble.answer_source(exercise, solved=False) == stub
    assert assemble.answer_source(exercise, solved=True) == (
        "n = ...\nm = ...\n\n\n### BEGIN SOLUTION\n# It counts.\ndef count(images):\n"
        "    return len(images)\n\n\nn = count(x_train)\n\nm = n + 1\n### END SOLUTION"
    )


def test_a_line_that_fits_into_its_cell_is_not_broken_there():
    exercise = Exercise(TEXT, n=NUMBER, m=NUMBER, hints=HINTS)

    @exercise.solution
    def solution(x_train, x_test):
        n = sum(
            len(images) * images.shape[1] * images.shape[2] for images in (x_train, x_test[:100])
        )
        m = x_train.shape[0] + max(
            len(images) * images.shape[1] * images.shape[2] for images in (x_train, x_test[:100])
        )
        return n, m

    *_, joined, broken, _, _, _ = assemble.answer_source(exercise, solved=True).splitlines()
    assert len(joined) <= assemble.LINE and joined.startswith("n = sum(len(images)")
    assert broken == "m = x_train.shape[0] + max("


def test_a_check_may_take_what_a_given_cell_made():
    exercise = Exercise(TEXT, needs={"sizes": ARRAY}, n=NUMBER, hints=HINTS)
    exercise.link({"sizes": (ARRAY, "Sizes")})
    assert exercise.answers["sizes"].earlier == "Sizes"
    exercise.link({})

    @exercise.criterion(1, asks="all of it")
    def _(n, sizes):
        """n counts them"""
        return None if n == sizes.shape[0] else Message("it does not")

    assert list(exercise.answers) == ["n", "sizes"]
    assert exercise.check(2, [3, 4]) and not exercise.check(2, [3])
    assert exercise.check(2, ...).outcome is Outcome.BLOCKED


def _two_in_a_row():
    """Return the second of two exercises: it counts what the first one kept, which is costly."""
    made, first = [], Exercise(TEXT, kept=ARRAY, hints=HINTS)

    @first.solution
    def solution(x_train):
        made.append("anew")
        kept = x_train[:, 0, 0]
        return kept

    second = Exercise(TEXT, needs=["kept"], n=NUMBER, hints=HINTS)

    @second.solution
    def solution(kept):  # noqa: F811
        n = len(kept)
        return n

    second.equal("n", 2, "its length", "Count.", asks="all of it")
    second.wrong(lambda n: n + 2)

    @second.mistake
    def one_too_many(kept):
        """Count from one."""
        return len(kept) + 1

    book = names.Book()
    for number, item in enumerate((first, second)):
        item.stand_in(book, f"exercise-{number}", "fashion-mnist")
    second.link({"kept": (first.answers["kept"], first.title)})
    return second, made


def test_an_exercise_goes_on_with_what_the_student_made_before():
    exercise, made = _two_in_a_row()
    assert exercise.check(3, [7, 8, 9]) and exercise.check(1, np.zeros(1))
    assert exercise.check(4, [7, 8, 9]).misconceptions == ("one-too-many",)
    assert "do that exercise first" in exercise.check(4, ...).text()
    # Of a large array a part is kept: neither the right answer nor a mistake is made anew for it.
    for odd in (np.zeros((1_000, 101)), "text", object()):
        result = exercise.check(4, odd)
        assert result.outcome is Outcome.FAILED and not result.misconceptions
    assert "cannot be solved with kept as they are" in exercise.check(1, np.float64(3)).text()
    assert made == []
    *_, case = exercise.cases()
    assert exercise.collect(*case.make(exercise.notebook(reference()))).facts["n"].value == (
        len(reference().x_train) + 1
    )
    assert made == ["anew"] and not [fault for fault in faults.of(exercise) if "asks" in str(fault)]


@pytest.mark.parametrize(
    ("names", "lines"), [(["a", "b"], 1), (["a" * 30] * 3, 3), (["a" * 30] * 4, 6)]
)
def test_a_call_is_written_as_the_formatter_writes_it(names, lines):
    source = assemble.call("lab.exercise.check", names)
    assert len(source.splitlines()) == lines
    assert all(len(line) <= assemble.LINE for line in source.splitlines())
    assert [part.id for part in ast.parse(source).body[0].value.args] == names


def _probes(random):
    return [(random.normal(size=3),), (random.normal(size=5),)]


def test_function_without_return_was_attempted_and_an_empty_one_was_not():
    exercise = Exercise(TEXT, f=function(_probes), hints=HINTS)

    @exercise.solution
    def solution():
        def f(x):
            return x.sum()

        return f

    exercise.runs("f", 1, "it runs", "a number", asks="all of it")

    def forgets(x):
        x.sum()

    def stub(x):
        """Return the sum."""

    def other_stub(*anything, more=1):
        pass

    def builds_a_network(x):
        return keras.Sequential()

    for other in (len, lambda: 0, lambda x, y: x, lambda *, x: x):
        told = exercise.check(lambda x, other=other: other(x, x, x)).text()
        assert "arguments did not fit" in told and "TypeError" not in told
    assert "raised TypeError" in exercise.check(lambda x: len(3)).text()
    assert "returned nothing" in exercise.check(forgets).text()
    assert "returned a Sequential" in exercise.check(builds_a_network).text()
    assert "not attempted" in exercise.check(stub).text()
    assert "not attempted" in exercise.check(other_stub).text()
    assert exercise.check(np.sum)


def test_of_an_earlier_answer_more_may_be_needed_than_there():
    exercise = Exercise(TEXT, n=NUMBER, needs={"rows": ARRAY}, hints=HINTS)
    exercise.link({"rows": (VALUE, "Title")})
    assert exercise.answers["rows"] == ARRAY.from_earlier("Title")
    exercise.link({})
    assert exercise.answers["rows"] == ARRAY.from_earlier("a cell above")


@pytest.mark.parametrize("needs_first", [True, False])
def test_answers_are_made_of_the_solutions_and_of_earlier_ones(needs_first):
    book = names.Book()
    first = Exercise(TEXT, rows=VALUE, hints=HINTS)
    exercise = Exercise(TEXT, n=NUMBER, needs=("rows",), needs_first=needs_first, hints=HINTS)
    for item in (first, exercise):
        item.stand_in(book, "item", "fashion-mnist")
    exercise.link({"rows": (first.answers["rows"], "Title")})

    @first.solution
    def of_rows():
        rows = 3
        return rows

    @exercise.solution
    def of_n(rows):
        n = rows + 1
        return n

    exercise.equal("n", 1, "one more", "Add.", asks="all of it")
    exercise.right(lambda n, rows: (rows + 1, n - 1))
    exercise.right(lambda n: n)
    exercise.wrong(lambda n: (..., n))
    exercise.wrong(lambda rows: rows)
    exercise.wrong(twice=lambda rows: 2 * rows, less=lambda rows: rows - 1)
    made = [case.make(book.names(reference())) for case in exercise.cases()]
    assert list(exercise.answers) == (["rows", "n"] if needs_first else ["n", "rows"])
    seen = made if needs_first else [answers[::-1] for answers in made]
    assert seen[:2] == [(3, 4), (3, ...)]
    assert seen[-6:] == [(3, 4), (3, 4), (4, 4), (3, 3), (3, 6), (3, 2)]
    assert {tried.problem for tried in trial.of_nothing(exercise)} == {""}
    assert faults.of(exercise) == []


def test_what_an_answer_writes_is_no_file_of_the_author(tmp_path, monkeypatch, capsys):
    exercise = Exercise(TEXT, name=VALUE, hints=HINTS)

    @exercise.solution
    def solution():
        name = "answer.txt"
        pathlib.Path(name).touch()
        return name

    exercise.equal("name", 1, "the name", "Write it.", asks="all of it")
    monkeypatch.setattr(try_, "_item", lambda lab, name: exercise)
    monkeypatch.chdir(tmp_path)
    try_.run("lab", "exercise")
    assert "✓ the solution: passed" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []
