"""The grid's seconds are told beside what no program could save, and otter gets the same code."""

import ast
import json

import nbformat
import numpy as np
import pytest

import benchmarks.__main__ as everything
from benchmarks import grading, grid_accuracies, otter, processes, rows, tuning_grid
from labkit import data
from labkit.reports import grid

REAL = data.Source("fashion-mnist", "real", "a folder")


def _measured(monkeypatch, **wide):
    monkeypatch.setattr(data, "source", lambda: REAL)
    ways = {
        "wide": {"wall": 20.0, "processor": 38.0, "products": "float32", "least": 16.0} | wide,
        "plain": {"wall": 100.0, "processor": 190.0},
    }
    monkeypatch.setattr(processes, "only", lambda _, way: ways[way])
    return {row.what: row for row in tuning_grid.measure(rounds=2)}


def test_the_grid_is_told_beside_scikit_learn_s_and_the_machine_s_products(monkeypatch):
    found = _measured(monkeypatch, float32=190.0)
    assert found["side by side"].values == (20.0, 20.0)
    assert found["scikit-learn's seconds to ours"].values == (5.0, 5.0)
    assert found["our seconds to those of its products alone"].values == (1.25, 1.25)
    assert found["matrix products of float32"].unit == "GFLOP/s"
    assert "matrix products of bfloat16" not in found
    assert "matrix products of bfloat16" in _measured(monkeypatch, float32=1.0, bfloat16=2.0)


def test_the_products_of_the_grid_are_counted():
    # 5 folds of 48,000 images, 6 epochs, there and back through 548,800 weights.
    assert tuning_grid._operations(5 * 48_000 * 6) == pytest.approx(3.161e12, rel=1e-3)


def test_the_grid_is_measured_on_the_real_data_alone(monkeypatch):
    sample = data.Source("fashion-mnist", "sample", "drawn")
    monkeypatch.setattr(data, "source", lambda: sample)
    with pytest.raises(ValueError, match="LABKIT_DATA"):
        tuning_grid.measure()


def test_rounded_products_are_held_against_exact_ones_fold_by_fold(monkeypatch):
    def search(_images, _labels, decays, folds, *, seed, products, **_):
        higher = np.arange(folds) * 1e-3 if products == "bfloat16" else 0
        accuracies = np.full((len(decays), folds), 0.8 + seed / 100) + higher
        return grid.Grid(decays, accuracies, 1, 1.0)

    nothing = np.zeros((1, 28, 28)), np.zeros(1)
    monkeypatch.setattr(data, "load_fashion_mnist", lambda: (nothing, nothing))
    monkeypatch.setattr(grid, "cross_validate", search)
    exact, rounded, difference = grid_accuracies.compare_products([1, 2]).splitlines()
    assert exact.endswith("0.81000, 0.82000") and rounded.endswith("0.81200, 0.82200")
    # Twice 0, 1, 2, 3, 4 thousandths: a deviation of 1.4907, by the root of ten.
    assert difference.endswith("10 folds: +0.00200, standard error 0.00047")


def test_otter_gets_the_same_code_and_the_same_checks(tmp_path):
    lab = "lab1-data"
    otter.write_form(lab, tmp_path)
    solution, form = (
        nbformat.read(folder / f"{lab}.ipynb", as_version=4).cells
        for folder in (grading.ROOT / "solutions" / lab, tmp_path)
    )
    code = [cell for cell in solution if cell.cell_type == "code"]
    checks = {cell.source for cell in code if cell.metadata.get("nbgrader", {}).get("grade")}
    sources = {cell.source for cell in form}
    assert {cell.source for cell in solution} - sources == checks | {"lab.submit()"}
    tests = [ast.parse(path.read_text("utf-8")) for path in (tmp_path / "tests").iterdir()]
    evaluated = {
        node.args[0].value
        for test in tests
        for node in ast.walk(test)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "eval"
    }
    assert evaluated == checks and len(tests) == len(checks) > 5
    calls = {f'grader.check("{path.stem}")' for path in (tmp_path / "tests").iterdir()}
    assert calls <= sources


@pytest.mark.parametrize("score", [0.0, None])
def test_a_run_of_otter_s_that_does_not_find_everything_right_is_no_measure(
    score, tmp_path, monkeypatch
):
    def run(_python, folder, what, *_):
        results = [{"name": "one", "score": 4.0, "max_score": 4.0}]
        results.append({"name": "two", "score": score, "max_score": 4.0})
        if what == "run":
            text = json.dumps({"tests": results})
            (folder / "otter" / "results.json").write_text(text, encoding="utf-8")

    monkeypatch.setattr(otter, "_otter", run)
    with pytest.raises(ValueError, match=r"right: two\.$"):
        otter._otter_run(tmp_path / "python", tmp_path, "lab1-data")


def test_what_cannot_be_installed_leaves_the_other_parts_as_they_are(monkeypatch, capsys):
    def none():
        raise otter.NotInstallableError("otter-grader is not to be had: no index")

    parts = {name: lambda name=name: [rows.Row(name, "import", (0.1,))] for name in ("a", "b")}
    parts["otter"] = none
    monkeypatch.setattr(everything, "parts", lambda *_: parts)
    monkeypatch.setattr("sys.argv", ["make bench"])
    assert everything.main() == 0
    shown = capsys.readouterr().out
    assert "not to be had: no index" in shown
    # In the end everything is in one table.
    *_, last = shown.partition("not to be had")
    table = last.partition("| | median")[2].splitlines()[1:]
    named = [line.split("|")[1].strip() for line in table]
    assert named == ["---", "**a**", "import", "**b**", "import"]
