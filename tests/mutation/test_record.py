"""What is kept of the measures of the checks, and how it is told."""

import pytest

from labkit import labs
from tools import record


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
