"""What is kept of the measures of the checks: told as it is, and good enough."""

import nbformat
import pytest

from labkit import labs
from tools import options, record
from tools.mutate import course, operators

KEPT = record.read()


def test_the_page_tells_what_is_kept():
    assert record.PAGE.read_text("utf-8") == record.page(KEPT)


@pytest.mark.parametrize("kind", record.KINDS)
def test_no_exercise_is_kept_that_is_no_more(kind):
    kept = sum(len(found) for found in KEPT.get(kind, {}).values())
    assert len(list(record.exercises(kind, KEPT))) == kept


@pytest.mark.parametrize("kind", [record.CODE, record.OBJECTS, record.CLOTHES])
def test_the_first_lab_is_measured_whole(kind):
    """It trains nothing, so that nobody has a reason to leave some of it out."""
    names = {exercise.name for exercise in labs.load("lab1-data")}
    assert set(KEPT[kind]["lab1-data"]) == names
    assert all(found["made"] > 0 for found in KEPT[kind]["lab1-data"].values())


@pytest.mark.parametrize("lab", labs.MODULES)
def test_code_was_changed_as_it_would_be_today(lab):
    """Else a solution or an operator has changed since: measure it again, with ``--record``."""
    path = course.SOLUTIONS / lab / f"{lab}.ipynb"
    sources = {
        cell.metadata.get("nbgrader", {}).get("grade_id"): cell.source
        for cell in nbformat.read(path, as_version=4).cells
    }
    counted = {name: found["made"] for name, found in KEPT[record.CODE][lab].items()}
    made = {
        name: sum(1 for _ in operators.mutants(course.solution(sources[name]))) for name in counted
    }
    assert counted == made


@pytest.mark.parametrize("kind", record.CHANGED)
def test_nearly_all_that_differs_from_a_right_answer_is_refused(kind):
    total = record.totals(KEPT, kind)
    assert total["refused"] + total["same"] + total["through"] == total["made"]
    assert record.refused(total) >= 0.995


def test_all_other_clothes_of_right_answers_are_accepted():
    total = record.totals(KEPT, record.CLOTHES)
    assert total["accepted"] == total["made"] > 0


def test_what_was_kept_is_left_out_where_only_what_is_missing_is_asked_for():
    """So that a run that was interrupted goes on where it was."""
    kept = set(KEPT[record.CODE]["lab1-data"])
    told = options.parser("make mutate", "").parse_args(["lab1-data", "lab5-regularization"])
    everything = {
        lab: [exercise.name for exercise in labs.load(lab)]
        for lab in ("lab1-data", "lab5-regularization")
    }
    assert options.chosen(told, record.CODE) == everything
    told = options.parser("make mutate", "").parse_args(["lab1-data", "--missing"])
    assert kept and options.chosen(told, record.CODE) == {}
    assert options.chosen(told, "of another kind") == {"lab1-data": everything["lab1-data"]}
    told = options.parser("make mutate", "").parse_args(["--only", "one-hot"])
    assert options.chosen(told, record.CODE) == {"lab1-data": ["one-hot"]}


def test_what_is_measured_anew_takes_the_place_of_what_was_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(record, "KEPT", tmp_path / "checks.json")
    monkeypatch.setattr(record, "PAGE", tmp_path / "checks.md")
    lab, name = "lab1-data", next(iter(labs.load("lab1-data"))).name
    counts = {"made": 9, "refused": 6, "same": {"equal": 2}, "through": ["3 → 4"], "share": 0.5}
    for made in (100, 9):
        record.keep(record.CODE, lab, name, counts | {"made": made})
    kept = record.read()
    assert kept == {record.CODE: {lab: {name: counts}}}
    total = record.totals(kept, record.CODE)
    assert record.refused(total) == pytest.approx(6 / 7)
    page = (tmp_path / "checks.md").read_text("utf-8")
    assert f"| lab1 | {name} | 9 | 6 | 2 | 1 | 0.5 |" in page
    assert f"- lab1 {name}: 3 → 4" in page and f"- lab1 {name}, code: 2, equal" in page
