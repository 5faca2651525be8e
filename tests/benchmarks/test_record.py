"""What a benchmark has found is told as it was found, and what is computed of it follows."""

import dataclasses
import json
import pathlib
import tempfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

import benchmarks.__main__ as everything
from benchmarks import grading, rows, scale

SECONDS = st.lists(st.floats(0.001, 1e4), min_size=1, max_size=5)


@given(SECONDS)
def test_a_row_lies_between_its_least_and_its_most(seconds):
    row = rows.Row("topic", "what", tuple(seconds))
    assert min(seconds) <= row.median <= max(seconds)
    again = rows.read(json.loads(json.dumps({"rows": [dataclasses.asdict(row)]})))
    assert again == [row]
    *_, line = rows.lines([row])
    assert line.startswith("| what |") and line.count("|") == 6


@given(SECONDS)
def test_a_ratio_is_taken_round_by_round(seconds):
    twice = [2 * value for value in seconds]
    assert rows.ratio("topic", "what", twice, seconds).values == pytest.approx([2] * len(seconds))


def _record(seconds=1.8, cores=2):
    found = [
        rows.Row(f"Grading the solution of {lab}", f"{grading.TWO}: a notebook more", (seconds,))
        for lab in grading.LABS
    ]
    found.append(rows.Row("500 submissions at once, 2 workers", "50 % are graded after", (9.0,)))
    return {"machine": {"cores": cores}, "rows": [dataclasses.asdict(row) for row in found]}


def test_costs_follow_from_the_seconds():
    short = _record(0.1, cores=64)
    short["rows"].pop()
    text = scale.page([short, _record()])  # computed from the machine that measured more
    # 1,000 notebooks of 1.8 s on two cores are an hour of both.
    assert "| lab1-data | 1,000 | 1.0 | 30 | 1 | 4 |" in text
    assert "| lab1-data | 100,000 | 100.0 | 3,000 | 7 | 54 |" in text
    assert "50 % are graded after | 9.00 s" in text


@given(st.floats(0.01, 1e5))
def test_machines_are_enough_and_not_one_too_many(core_hours):
    needed = scale.machines(core_hours)
    an_hour = scale.CORES * scale.MINUTES / 60
    assert needed * an_hour >= core_hours * (1 - 1e-9)
    assert needed == 1 or (needed - 1) * an_hour < core_hours


NAMED = st.builds(
    rows.Row, st.sampled_from("ab"), st.sampled_from("xyz"), st.tuples(st.floats(0.1, 9))
)


@given(st.lists(NAMED), st.lists(NAMED))
def test_what_is_measured_again_takes_the_place_of_what_was(earlier, new):
    found = everything.merged(earlier, new)
    last = {(row.topic, row.what): row for row in (*earlier, *new)}
    assert len(found) == len(last) and set(found) == set(last.values())
    topics = [row.topic for row in found]
    assert topics == sorted(topics, key=topics.index)  # the rows of a topic stand together


def _store_in(folder, patch):
    for module, name in ((everything, "RECORD"), (everything, "PAGE"), (scale, "PAGE")):
        patch.setattr(module, name, folder / f"{module.__name__}-{name}")


def test_what_was_not_measured_is_said(tmp_path, monkeypatch):
    _store_in(tmp_path, monkeypatch)
    everything.store([rows.Row("Start", "import labkit", (0.1,))])
    assert "import labkit | 0.100 s" in everything.PAGE.read_text(encoding="utf-8")
    assert "No grading is recorded yet" in scale.PAGE.read_text(encoding="utf-8")
    one = f"{grading.TWO}: a notebook more"
    everything.store([rows.Row(f"Grading the solution of {grading.LABS[0]}", one, (1.8,))])
    text = scale.PAGE.read_text(encoding="utf-8")
    assert "| lab1-data | 1,000 | 1.0 |" in text and "lab2-mlp" not in text
    assert "import labkit | 0.100 s" in everything.PAGE.read_text(encoding="utf-8")


@given(st.lists(st.tuples(st.sampled_from([1, 2, 3]), NAMED), min_size=1))
def test_each_machine_keeps_its_rows(measured):
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        _store_in(pathlib.Path(name), patch)
        for cores, row in measured:
            patch.setattr(rows, "machine", lambda cores=cores: {"cores": cores})
            everything.store([row])
        records = json.loads(everything.RECORD.read_text(encoding="utf-8"))
    of = {record["machine"]["cores"]: set(rows.read(record)) for record in records}
    assert len(of) == len(records)
    for cores in of:
        own = [row for where, row in measured if where == cores]
        assert of[cores] == set(everything.merged([], own))


def test_pages_are_those_of_the_stored_record():
    if not everything.RECORD.exists():
        pytest.skip("nothing is recorded yet: python -m benchmarks --record")
    records = json.loads(everything.RECORD.read_text(encoding="utf-8"))
    assert everything.PAGE.read_text(encoding="utf-8") == everything.page(records)
    assert scale.PAGE.read_text(encoding="utf-8") == scale.page(records)
