"""Every check cell of the course is known by its text: where nobody says which cell it is."""

import ast
import builtins
import random

import nbformat
import pytest

from labkit import labs
from labkit.notebook import lab, troubles
from tests.notebooks import running

LAB = "lab1-data"
SPOILT = ("{}\nprint((1, 2", "{}\nlabel = “c”", "no_such_name\n{}", "# {}", "", "  {}")


def _names(source):
    found = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
    return {name for name in found if not hasattr(builtins, name)}


@pytest.mark.parametrize("name", running.LABS)
def test_each_check_asks_for_what_an_open_lab_takes(name):
    lab.of(labs.load(name))
    for cell in running.check_cells(running.read(running.student(name))):
        asked = troubles.asked(cell.source)
        assert asked == _names(cell.source) and "lab" in asked
        assert all(map(lab.asks_for, asked - {"lab"})), cell.source


@pytest.mark.parametrize("name", running.LABS)
def test_no_answer_and_no_given_cell_is_taken_for_a_check(name):
    cells = [*running.answer_cells(running.read(running.solution(name)))]
    assert cells
    for cell in cells:
        assert troubles.asked(cell.source) == set(), cell.source


@pytest.mark.parametrize("name", running.LABS)
def test_a_cell_that_waits_asks_for_what_it_waits_for(name):
    waiting = [
        cell.source
        for cell in running.read(running.student(name)).cells
        if cell.cell_type == "code" and "labkit.ready(" in cell.source
    ]
    for source in waiting:
        call = next(
            node
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "labkit.ready"
        )
        assert {argument.id for argument in call.args} <= troubles.asked(source)


@pytest.mark.slow
def test_nbclient_meets_no_error_in_a_check_nor_in_what_is_given(tmp_path):
    """Each answer's cell spoilt in some way: only these may end in an error."""
    rng = random.Random(14)
    document = running.read(running.student(LAB))
    spoilt = running.answer_cells(document)
    for cell in spoilt:
        cell.source = rng.choice(SPOILT).format(cell.source.replace("\n", "\n# "))
    path = tmp_path / "in" / "spoilt.ipynb"
    path.parent.mkdir()
    path.write_text(nbformat.writes(document), "utf-8")
    ran = running.run(path, tmp_path, "sample", allow_errors=True)
    assert running.errors(ran)
    answers = {cell.id for cell in spoilt}
    for cell in ran.cells:
        if cell.id not in answers:
            cell_alone = nbformat.v4.new_notebook(cells=[cell])
            assert running.errors(cell_alone) == [], cell.source
    assert set(running.points(ran).values()) == {0.0}
