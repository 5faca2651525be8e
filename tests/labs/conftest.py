"""Count what the right/wrong tables show, and print the rates at the end."""

import collections

import pytest

_counts: collections.Counter[str] = collections.Counter()


@pytest.fixture
def count():
    """Return the counter of judged answers, by kind."""
    return _counts


def pytest_terminal_summary(terminalreporter) -> None:
    if not _counts:
        return
    terminalreporter.section("quality of the checks")
    for kind in ("right answers accepted", "wrong answers refused", "misconceptions named"):
        done, total = _counts[kind], _counts[f"{kind}, tried"]
        if total:
            terminalreporter.write_line(f"{kind}: {done} of {total} ({done / total:.1%})")
