"""The solutions: full points on every data set, and stored outputs that are really compared."""

import html
import os
import re
import shutil
import subprocess
import sys

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from labkit import labs
from labkit.grading.runs import sandbox
from labkit.plots import alt_text
from tests.notebooks import running

SANITIZE = running.ROOT / "tests" / "notebooks" / "nbval.cfg"
IGNORED_CELLS = 3  # the budget of cells per lab whose output nbval does not compare

each_lab = pytest.mark.parametrize("lab", running.LABS)


@each_lab
def test_every_cell_was_run_in_order(lab):
    """nbval compares nothing in a cell without an execution count, and says nothing of it."""
    cells = [cell for cell in running.read(running.solution(lab)).cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))


@each_lab
def test_stored_outputs_are_clean(lab):
    document = running.read(running.solution(lab))
    assert running.errors(document) == []
    for cell in document.cells:
        for output in cell.get("outputs", []):
            assert output.get("name") != "stderr", cell.id
    setup = document.cells[next(i for i, c in enumerate(document.cells) if c.id == "setup")]
    assert "the real data" in setup.outputs[0].text


@each_lab
def test_stored_points_are_full(lab):
    stored = running.points(running.read(running.solution(lab)))
    assert stored == {exercise.name: exercise.points for exercise in labs.load(lab)}


@each_lab
def test_stored_criteria_are_those_of_the_checks(lab):
    """What nbval says after minutes of training: a criterion is called otherwise by now."""
    document = running.read(running.solution(lab))
    shown = {
        cell.metadata.nbgrader.grade_id: html.unescape(cell.outputs[0].data["text/html"])
        for cell in running.check_cells(document)
    }
    for exercise in labs.load(lab):
        found = re.findall(r"✓ ([^<>]+) \[[\d.]+/[\d.]+\]", shown[f"{exercise.name}-check"])
        assert found == [criterion.title for criterion in exercise.criteria]


@each_lab
def test_stored_figures_are_those_of_the_recordings(lab):
    """What nbval says after minutes of training: more seeds were recorded since."""
    document = running.read(running.solution(lab))
    code = [cell for cell in document.cells if cell.cell_type == "code"]
    names = {}
    for cell in code:
        if cell.id == "setup":
            exec("\n".join(re.findall(r"^(?:import|from) .*", cell.source, re.M)), names)
        elif re.search(r"\b(recorded\w*|all_networks|leaderboard)\b", cell.source):
            shown = running.value(cell.source, names)
            stored = [o for o in cell.outputs if o.output_type == "execute_result"]
            with pd.option_context("display.width", 80, "display.max_columns", 20):  # a kernel's
                expected = [] if shown is None else [repr(shown)]
            assert [output.data["text/plain"] for output in stored] == expected, cell.id
            drawn = [alt_text.alt_text(plt.figure(number)) for number in plt.get_fignums()]
            pictures = [o for o in cell.outputs if o.output_type == "display_data"]
            assert [p.metadata["image/png"]["alt"] for p in pictures] == drawn, cell.id
            plt.close("all")


@each_lab
def test_few_outputs_are_left_uncompared(lab):
    document = running.read(running.solution(lab))
    tagged = [c.id for c in document.cells if "nbval-ignore-output" in c.metadata.get("tags", [])]
    assert len(tagged) <= IGNORED_CELLS, tagged
    for cell in document.cells:
        # Marks that would leave a check cell out, or excuse an error, have no place here.
        assert not re.search("NBVAL_|raises-exception", cell.source + str(cell.metadata)), cell.id
    checks = {cell.id for cell in running.check_cells(document)}
    assert not checks & set(tagged)


@each_lab
def test_lab_is_of_a_readable_size(lab):
    document = running.read(running.solution(lab))
    code = [cell.source for cell in document.cells if cell.cell_type == "code"]
    assert sum(len(source.splitlines()) for source in code) < 300
    assert running.solution(lab).stat().st_size < 2_000_000


@pytest.fixture(scope="session")
def run_nowhere_else(has_real_data):
    """Skip where solutions are run twice anyway: by nbval in a kernel, by the grader on the sample.

    See `test_nbval_strict_on_the_real_data`, and tests/grading/test_labs.py.
    """
    if has_real_data and sandbox.available():
        pytest.skip("nbval runs it in a kernel, and the grader on the sample")


@pytest.mark.slow
@pytest.mark.usefixtures("run_nowhere_else")
@each_lab
def test_solution_gets_full_points_on_the_sample(lab, tmp_path):
    document = running.run(running.solution(lab), tmp_path, "sample")
    assert running.points(document) == {
        exercise.name: exercise.points for exercise in labs.load(lab)
    }


def _nbval(path, data, home, user):
    environment = running.environment(data) | {"HOME": str(home)}
    environment |= {"USER": user, "LOGNAME": user, "IPYTHONDIR": str(home / "ipython")}
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-cell-timeout=1200"]
    command += ["--nbval-sanitize-with", str(SANITIZE), "-c", os.devnull, "--rootdir", str(home)]
    command += ["-p", "tests.notebooks.nbval_without_stderr", "-p", "no:cacheprovider", "-q"]
    environment["PYTHONPATH"] = str(running.ROOT)
    return subprocess.run(
        [*command, str(path)], env=environment, capture_output=True, text=True, cwd=home
    )


@pytest.mark.slow
@pytest.mark.longest
@each_lab
def test_nbval_strict_on_the_real_data(lab, real_data, tmp_path):
    """On a copy elsewhere, with an empty home and another user's name."""
    path = shutil.copy(running.solution(lab), tmp_path)
    home = tmp_path / "home"
    home.mkdir()
    finished = _nbval(path, real_data, home, "another-reader")
    cells = [c for c in running.read(running.solution(lab)).cells if c.cell_type == "code"]
    assert finished.returncode == 0, finished.stdout[-20_000:]
    assert f"{len(cells)} passed" in finished.stdout


def test_nbval_notices_a_changed_output(tmp_path):
    """The comparison that guards the solutions fails for a wrong number."""
    import nbformat

    cell = nbformat.v4.new_code_cell("1 + 1", execution_count=1)
    wrong = nbformat.v4.new_output("execute_result", {"text/plain": "3"}, execution_count=1)
    cell.outputs = [wrong]
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "wrong.ipynb")
    finished = _nbval(tmp_path / "wrong.ipynb", "sample", tmp_path, "reader")
    assert finished.returncode == 1 and "1 failed" in finished.stdout


@each_lab
def test_no_value_is_hidden_by_a_semicolon(lab):
    """A shell keeps such a value to itself, but nbval shows and compares it."""
    for cell in running.read(running.solution(lab)).cells:
        if cell.cell_type == "code":
            assert not re.search(r";\s*$", cell.source, flags=re.M), cell.id
