"""Accidents: what happens to a notebook whose answers are right, and what it may lose."""

import codecs
import json

import nbformat

from labkit.data import settings
from tests.grading.cases import accident, accident_by_code
from tests.grading.classroom import ATTEMPTED, FULL, POINTS

# --- accidents to the notebook ----------------------------------------------------------------


@accident("none")
def _(book):
    return book


@accident("all metadata lost")
def _(book):
    for cell in book.cells:
        cell["metadata"] = {}
    book.notebook["metadata"] = {}
    return book


@accident("all metadata and all ids lost")
def _(book):
    for cell in book.cells:
        cell["metadata"] = {}
        del cell["id"]
    return book


@accident("an answer cell duplicated as it is")
def _(book):
    book.cells.insert(book.place("read-idx"), book.copy_of("read-idx"))
    return book


@accident("an answer cell duplicated, the first left blank")
def _(book):
    blank = book.copy_of("count-images") | {"source": "n_train = ...\nn_test = ..."}
    book.cells.insert(book.place("count-images"), blank)
    return book


@accident("an answer cell copied and used for something else")
def _(book):
    copied = book.copy_of("count-images") | {"source": "print('another idea')"}
    book.cells.insert(book.place("read-pixel-check"), copied)
    return book


@accident("every cell duplicated")
def _(book):
    book.notebook["cells"] = [
        cell for pair in zip(book.cells, book.cells, strict=True) for cell in pair
    ]
    return book


@accident("all check cells deleted")
def _(book):
    for cell in book.checks():
        book.cells.remove(cell)
    return book


@accident("given cells deleted")
def _(book):
    book.cells.remove(book.cell("setup"))
    book.cells.remove(book.cell("load"))
    return book


@accident("answers moved to another cell")
def _(book):
    source = book.cell("read-pixel")["source"]
    book.cells.remove(book.cell("read-pixel"))
    return book.after("describe-array-check", source)


@accident("all answers in one cell, their own cells untouched")
def _(book):
    given = next(cell["source"] for cell in book.cells if cell.get("id") == "your-pixel")
    sources = ["".join(given), *(book.cell(name)["source"] for name in ATTEMPTED)]
    return book.blank().first("\n".join(sources))


@accident("an answer below its check")
def _(book):
    answer, check = book.place("read-idx"), book.place("read-idx-check")
    book.cells[answer], book.cells[check] = book.cells[check], book.cells[answer]
    return book


@accident("an answer written into its check cell")
def _(book):
    source = book.cell("count-images")["source"]
    book.answer(**{"count-images": "n_train = ...\nn_test = ..."})
    check = book.cell("count-images-check")
    check["source"] = f"{source}\n{check['source']}"
    return book


@accident("an answer cell turned into text")
def _(book):
    book.cell("read-idx")["cell_type"] = "markdown"
    return book


@accident("cells that another tool split into lines")
def _(book):
    for cell in book.cells:
        cell["source"] = cell["source"].splitlines(keepends=True)
    return book


@accident("what is no cell, and cells of other kinds, between the cells")
def _(book):
    for number, strange in enumerate(("text", None, 5, [], {}, {"cell_type": "sql"})):
        book.cells.insert(1 + 2 * number, strange)
    return json.dumps(book.notebook).encode()


@accident("thousands of empty cells")
def _(book):
    book.cells[3:3] = [{"cell_type": "code", "source": "", "metadata": {}}] * 3_000
    return book


@accident("notebook format 3")
def _(book):
    for cell in book.cells:
        cell.setdefault("id", f"extra{id(cell)}")
    notebook = nbformat.convert(nbformat.from_dict(book.notebook), 3)
    return json.dumps(notebook).encode()


@accident("notebook format 2")
def _(book):
    cells = [
        {"cell_type": "code", "input": cell["source"], "language": "python", "outputs": []}
        for cell in book.cells
        if cell["cell_type"] == "code"
    ]
    sheets = [{"cells": cells}]
    return json.dumps({"nbformat": 2, "metadata": {}, "worksheets": sheets}).encode()


@accident("a byte-order mark")
def _(book):
    return codecs.BOM_UTF8 + book.content()


@accident("UTF-16")
def _(book):
    return book.content().decode().encode("utf-16")


@accident("Windows' encoding")
def _(book):
    book.first("größe = 'für später'")
    return json.dumps(book.notebook, ensure_ascii=False).encode("cp1252")


@accident("wrong kernel, wrong language")
def _(book):
    book.notebook["metadata"]["kernelspec"] = {"name": "ir", "language": "R", "display_name": "R"}
    return book


@accident("stray and malformed outputs")
def _(book):
    for cell in book.cells:
        cell["outputs"] = [{"output_type": "unheard-of", "data": 5}]
        cell["execution_count"] = "many"
    return book


# --- accidents in the code --------------------------------------------------------------------

accident_by_code("warnings", "import warnings; warnings.warn('mind the step')")
accident_by_code("standard error", "import sys; print('oh', file=sys.stderr); import logging")
accident_by_code("an error in a cell of one's own", "1 / 0")
accident_by_code("a syntax error in a cell of one's own", "for in in in:")
accident_by_code("input()", "name = input('Your name? ')")
accident_by_code("exit()", "exit()")
accident_by_code("an endless loop", "while True:\n    pass")
accident_by_code("100 MB of output", "for _ in range(100):\n    print('x' * 1_000_000)")
accident_by_code(
    "100 MB of output around Python",
    "import os\nfor _ in range(100):\n    os.write(1, b'x' * 1_000_000)",
)
accident_by_code(
    "magics and shell commands", "%matplotlib inline\n%time 1\n!ls\n!pip install nothing"
)
accident_by_code("names that hide others", "sum = max = list = 5")
accident_by_code("lab is another thing", "lab = 'my lab'")
accident_by_code("another folder", "import os; os.chdir('/')")
accident_by_code("no environment", "import os; os.environ.clear()")
for _name in settings.NAMES:
    for _value in ("", "sample", "C:/Users/ann/data", "1"):
        accident_by_code(
            f"{_name} of another machine: {_value!r}",
            f"import os; os.environ[{_name!r}] = {_value!r}",
        )
accident_by_code("top-level await", "import asyncio; await asyncio.sleep(0)")


@accident("one answer does not parse", points=FULL - POINTS["count-images"])
def _(book):
    return book.answer(**{"count-images": "n_train = = 5"})


@accident("one answer stops with an error", points=FULL - POINTS["read-idx"])
def _(book):
    return book.answer(**{"read-idx": "raise ValueError('not done')"})


BEFORE = sum(POINTS[name] for name in ATTEMPTED[: ATTEMPTED.index("read-idx")])


@accident("the kernel dies in an answer", points=BEFORE, graded=False)
def _(book):
    return book.answer(**{"read-idx": "import os; os.abort()"})


@accident("cells of one's own between answers")
def _(book):
    return book.after("read-idx", "read_idx_images(b'')").after("count-images", "n_train * 2")


@accident("helpers in a cell of one's own")
def _(book):
    source = book.cell("read-idx")["source"]
    book.first(source.replace("read_idx_images", "helper"))
    book.cell("read-idx")["source"] = "read_idx_images = lambda content: helper(content)"
    return book


@accident("a changed set-up cell")
def _(book):
    book.cell("setup")["source"] += "\nfrom math import *"
    return book
