"""Progress, hints and handing in: what is shown, what is kept, and what is in the file."""

import hashlib
import html.parser
import json
import random

import pytest

from labkit import labs
from labkit.checks.result import Outcome, Result
from labkit.notebook import document, handin, progress
from tests.notebooks import running

each_lab = pytest.mark.parametrize("name", labs.MODULES)


class _Page(html.parser.HTMLParser):
    """Collects the links and the words of a page."""

    def __init__(self, text):
        super().__init__()
        self.links, self.words, self.open = [], "", []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        if tag == "a":
            self.links.append(dict(attrs))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words += data


def _entries(lab, rng):
    found = {}
    for exercise in lab:
        outcome = rng.choice([*Outcome, None])
        if outcome is not None:
            points = exercise.points if outcome is Outcome.PASSED else 0.0
            found[exercise.name] = progress.Entry(str(outcome), str(outcome), points)
    return found


@each_lab
@pytest.mark.parametrize("seed", range(5))
def test_progress_leads_to_every_exercise_and_to_the_next(name, seed):
    lab, rng = labs.load(name), random.Random(seed)
    entries = _entries(lab, rng)
    answers = {f"{essay.name}-answer": rng.choice(["", "A reason."]) for essay in lab.essays}
    shown = progress.view(lab, entries, answers)
    page = _Page(shown._repr_html_())
    assert page.open == []
    cells = {document.name_of(c) for c in running.read(running.student(name)).cells}
    headings = {
        line.removeprefix("### ").replace(" ", "-")
        for cell in running.read(running.student(name)).cells
        for line in cell.source.splitlines()
    }
    for link in page.links:
        assert link["data-labkit-cell"] in cells
        assert link["href"].removeprefix("#") in headings
    undone = [
        item.number
        for item in lab.exercises
        if (
            not answers[f"{item.name}-answer"]
            if item in lab.essays
            else getattr(entries.get(item.name), "outcome", "") != "passed"
        )
    ]
    assert (shown.next.number if shown.next else None) == (undone[0] if undone else None)
    assert f"Points so far: {shown.earned:g} of" in page.words
    for row in shown.rows:
        assert f"{row.title}: {row.state}" in repr(shown)


@each_lab
def test_the_first_error_is_named_with_a_link(name):
    lab = labs.load(name)
    for exercise in lab:
        for cell in (exercise.name, f"{exercise.name}-check"):
            page = _Page(progress.view(lab, {}, None, cell)._repr_html_())
            assert f"First error: Exercise {exercise.number}, {exercise.title}" in page.words
            assert page.links[0]["data-labkit-cell"] == exercise.name
    assert "A cell ended in an error" in progress.view(lab, {}, None, "own")._repr_html_()


def _result(name, outcome, points=0.0):
    return Result(name, name, outcome, points, 4.0)


def test_what_was_checked_is_kept_over_restarts(tmp_path):
    store = progress.Store(tmp_path, "a-lab")
    assert store.entries() == {}
    store.record(_result("one", Outcome.FAILED, 3.0))
    store.record(_result("one", Outcome.PASSED, 4.0))
    store.record(_result("one", Outcome.COULD_NOT_GRADE))
    store.record(_result("two", Outcome.FAILED, 3.0))
    kept = progress.Store(tmp_path, "a-lab").entries()
    assert (kept["one"].outcome, kept["one"].points, kept["one"].tries) == ("passed", 4.0, 2)
    assert kept["two"].words == "almost"
    assert progress.Store(tmp_path, "another-lab").entries() == {}


def test_a_file_that_cannot_be_read_counts_as_absent(tmp_path):
    store = progress.Store(tmp_path, "a-lab")
    store.record(_result("one", Outcome.PASSED, 4.0))
    whole, rng = store.path.read_bytes(), random.Random(1)
    for _ in range(200):
        broken = bytearray(whole)
        for _ in range(rng.randint(1, 4)):
            broken[rng.randrange(len(broken))] = rng.randrange(256)
        store.path.write_bytes(bytes(broken[: rng.randint(0, len(broken))]))
        store.entries()
        store.record(_result("two", Outcome.PASSED, 4.0))
        assert store.entries()["two"].points == 4.0


@each_lab
def test_the_handed_in_file_is_the_notebook_and_the_receipt_says_so(name, tmp_path):
    lab = labs.load(name)
    path = tmp_path / f"{name}.ipynb"
    path.write_bytes(running.student(name).read_bytes())
    found = handin.make(lab, document.read(path), {})
    assert found.path.read_bytes() == path.read_bytes()
    assert found.digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert found.size == path.stat().st_size
    assert [item.title.split(",")[0] for item in found.open] == [
        f"Exercise {item.number}" for item in lab.exercises
    ]
    receipt = (found.path.parent / f"{name}-receipt.txt").read_text("utf-8")
    page = _Page(found._repr_html_())
    for text in (receipt, page.words, repr(found)):
        assert found.digest in text and f"{found.size:,} bytes" in text
    assert page.open == [] and {link["data-labkit-cell"] for link in page.links} <= {
        document.name_of(c) for c in running.read(path).cells
    }


@each_lab
def test_nothing_is_open_when_all_is_done(name, tmp_path):
    lab = labs.load(name)
    path = tmp_path / f"{name}.ipynb"
    path.write_bytes(running.solution(name).read_bytes())
    entries = {e.name: progress.Entry("passed", "passed", e.points) for e in lab}
    found = handin.make(lab, document.read(path), entries)
    assert found.open == () and "Nothing is open" in repr(found)
    notebook = json.loads(path.read_text("utf-8"))
    for cell in notebook["cells"]:
        if document.name_of(cell) == next(iter(lab)).name:
            cell["execution_count"] = None
    path.write_text(json.dumps(notebook), "utf-8")
    (left,) = handin.make(lab, document.read(path), entries).open
    assert left.what == "its answer cell never ran"
