"""Run notebooks as students and CI do, and read the points off them."""

import ast
import os
import pathlib
import shutil

import filelock
import nbclient
import nbformat

from labkit import files, labs
from labkit.notebook import setup
from tests import threads

ROOT = pathlib.Path(__file__).resolve().parents[2]
LABS = sorted(labs.MODULES)


def solution(lab: str) -> pathlib.Path:
    """Return the path of the solution of `lab`."""
    return ROOT / "solutions" / lab / f"{lab}.ipynb"


def student(lab: str) -> pathlib.Path:
    """Return the path of the student's notebook of `lab`."""
    return ROOT / "notebooks" / lab / f"{lab}.ipynb"


def read(path: pathlib.Path) -> nbformat.NotebookNode:
    """Return the notebook at `path`."""
    return nbformat.read(path, as_version=4)


def run(
    path: pathlib.Path, folder: pathlib.Path, data: str, allow_errors: bool = False
) -> nbformat.NotebookNode:
    """Return the notebook at `path`, run on a copy in `folder` with `data` as ``LABKIT_DATA``."""
    copy = pathlib.Path(shutil.copy(path, folder))
    document = read(copy)
    client = nbclient.NotebookClient(
        document,
        timeout=1_200,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        allow_errors=allow_errors,
    )
    client.execute(env=environment(data))
    return document


def blank(lab: str, shared: pathlib.Path) -> nbformat.NotebookNode:
    """Return the student's notebook of `lab` as it runs on the sample when nothing is filled in.

    It is run once for all that look at it; `shared` is a folder of all test processes.
    """
    ran = shared / f"blank-{lab}" / "ran.ipynb"
    with filelock.FileLock(shared / f"blank-{lab}.lock"):
        if not ran.exists():
            ran.parent.mkdir(exist_ok=True)
            document = run(student(lab), ran.parent, "sample", allow_errors=True)
            files.write(ran, nbformat.writes(document).encode())
    return read(ran)


def environment(data: str) -> dict[str, str]:
    """Return the environment of a kernel that a student would start.

    ``MPLBACKEND``, which keeps the tests themselves from opening windows, would keep pictures out
    of the notebooks. A student's kernel has all processors.
    """
    of_tests = ("MPLBACKEND", *threads.NAMES)
    inherited = {name: value for name, value in os.environ.items() if name not in of_tests}
    return {**setup.TENSORFLOW, **inherited, "LABKIT_DATA": str(data)}


def points(document: nbformat.NotebookNode) -> dict[str, float]:
    """Return the points that each check cell shows, as nbgrader reads them."""
    return {
        cell.metadata.nbgrader.grade_id.removesuffix("-check"): _shown_points(cell)
        for cell in check_cells(document)
    }


def check_cells(document: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """Return the cells whose value is a check's result."""
    return [
        cell
        for cell in document.cells
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade")
    ]


def answer_cells(document: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """Return the cells in which the student writes code."""
    return [
        cell
        for cell in document.cells
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution")
    ]


def errors(document: nbformat.NotebookNode) -> list[str]:
    """Return the tracebacks that a run left."""
    return [
        "\n".join(output.traceback)
        for cell in document.cells
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    ]


def _shown_points(cell: nbformat.NotebookNode) -> float:
    (result,) = [output for output in cell.outputs if output.output_type == "execute_result"]
    return float(result.data["text/plain"])


def value(source, names):
    """Run a cell's code where ``names`` are defined; what its last expression is, else None."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<cell>", "exec"), names)
    return eval(compile(ast.Expression(last.value), "<cell>", "eval"), names) if last else None
