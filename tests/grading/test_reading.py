"""Notebooks are read elsewhere, within limits: whatever they hold, the grader stays as it is."""

import json
import time

import hypothesis
import psutil
import pytest
from hypothesis import strategies as st

from labkit.grading import boundary
from labkit.grading.submissions import reading, repair
from tests.grading import classroom, noise

MIB = 2**20


@pytest.fixture(scope="module")
def reader(light_course):
    with reading.Reader(classroom.lab(light_course).cells) as reader:
        yield reader


def test_it_reads_as_repair_does(reader, light_course, book):
    content = book.right().content()
    assert reader.repair(content) == repair.repair(content, classroom.lab(light_course))


def test_many_empty_cells_take_no_memory_here(reader, book):
    content = b'{"cells":[' + b"{}," * 6_000_000 + b"{}]}"
    before = psutil.Process().memory_info().rss
    with pytest.raises(boundary.Reason, match=r"MiB of memory|takes more memory|more than 1,000"):
        reader.repair(content)
    assert reader.look(content).lab == ""
    assert psutil.Process().memory_info().rss - before < 100 * MIB
    assert reader.repair(book.content()).steps  # the next one is read as ever


def test_what_takes_long_is_given_up(light_course, book):
    slow = book.right().after("load", "x = 1 +\n" * 20_000).content()
    with reading.Reader(classroom.lab(light_course).cells, seconds=0.01) as reader:
        begun = time.monotonic()
        with pytest.raises(boundary.Reason, match=r"more than 0.01 seconds"):
            reader.repair(slow)
        assert time.monotonic() - begun < 10


def test_a_reader_that_was_killed_is_started_again(light_course, book):
    with reading.Reader(classroom.lab(light_course).cells) as reader:
        first = reader.repair(book.content())
        for child in psutil.Process().children():
            if "reading.serve" in " ".join(child.cmdline()):
                child.kill()
        assert reader.repair(book.content()) == first


@hypothesis.settings(deadline=None, derandomize=True, max_examples=10)
@hypothesis.given(noise.printed)
def test_what_else_is_printed_there_is_no_answer(light_course, printed):
    book = classroom.Book(light_course)
    contents = [book.content(), book.right().content()]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "_START", f"{noise.printing(printed)}; {reading._START}")
        with reading.Reader(classroom.lab(light_course).cells) as reader:
            read = [reader.repair(content) for content in contents]
    assert read == [repair.repair(content, classroom.lab(light_course)) for content in contents]


@hypothesis.settings(deadline=None, derandomize=True)
@hypothesis.given(st.integers(1, 1_500), st.sampled_from(("%time 1", "!ls", "x = !ls", "?a", "%")))
def test_many_magics_are_read_in_time(light_course, count, line):
    """IPython's reader takes its time squared, and raises RuntimeError after 500 of them."""
    book = classroom.Book(light_course).right().after("load", f"{line}\n" * count)
    begun = time.process_time()
    steps = repair.repair(book.content(), classroom.lab(light_course)).steps
    assert time.process_time() - begun < 5
    assert any(line in step.source for step in steps)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<!DOCTYPE html><html></html>", "web page"),
        (b"<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> theirs\n", "merged"),
        (b"[" * 100_000, "nested too deeply"),
        (b"{", "not JSON"),
    ],
)
def test_what_is_no_notebook_is_told_apart(reader, content, said):
    with pytest.raises(boundary.Reason, match=said):
        reader.repair(content)


def test_lines_of_a_heading_in_an_old_format(reader, light_course):
    cells = [
        {"cell_type": "heading", "level": 1, "source": ["Images ", "are arrays"], "metadata": {}},
        {"cell_type": "code", "input": ["n_train = 1\n", "n_test = 2"], "outputs": [],
         "language": "python", "metadata": {}, "collapsed": False},
    ]  # fmt: skip
    sheet = {"cells": cells, "metadata": {}}
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [sheet]}
    found = reader.repair(json.dumps(old).encode())
    assert "n_train = 1\nn_test = 2" in [step.source for step in found.steps]
