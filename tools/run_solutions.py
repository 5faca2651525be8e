"""Run the solutions and store their outputs; run it as ``make solutions``.

The outputs in the project come from the real data. With ``--sample`` they are tried on the drawn
sample, in a folder that goes afterwards; nothing in the project is written.
"""

import argparse
import os
import pathlib
import sys
import tempfile
import time

import nbclient
import nbformat

from labkit import data, labs
from labkit.notebook import setup
from tools import assemble

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOLUTIONS = ROOT / "solutions"
TIMEOUT = 1800


def run(path: pathlib.Path) -> nbformat.NotebookNode:
    """Return the notebook at `path`, run from top to bottom in its own folder.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        If a cell raises.
    """
    document = nbformat.read(path, as_version=4)
    client = nbclient.NotebookClient(
        document,
        timeout=TIMEOUT,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
    )
    return client.execute()


def write(document: nbformat.NotebookNode, path: pathlib.Path) -> None:
    """Write the notebook so that a second run changes as little as possible."""
    document.metadata.language_info = {"name": "python"}
    for cell in document.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = [_without_stderr(cell, output) for output in cell.outputs]
    nbformat.write(document, path)


def _without_stderr(
    cell: nbformat.NotebookNode, output: nbformat.NotebookNode
) -> nbformat.NotebookNode:
    if output.output_type == "stream" and output.name == "stderr":
        raise SystemExit(f"Cell {cell.id} writes to stderr:\n{output.text}")
    return output


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labs", nargs="*", help="names of labs; all of them if left out")
    parser.add_argument("--sample", action="store_true", help="a trial run on the drawn sample")
    arguments = parser.parse_args()
    if arguments.sample:
        os.environ["LABKIT_DATA"] = "sample"
    elif data.source().kind != "real":
        sys.exit("The outputs are stored with the real data; set LABKIT_DATA to its folder.")
    os.environ.update(setup.TENSORFLOW | os.environ)
    with tempfile.TemporaryDirectory() as trial:
        folder = pathlib.Path(trial) if arguments.sample else SOLUTIONS
        for name in arguments.labs or labs.MODULES:
            path = folder / name / f"{name}.ipynb"
            path.parent.mkdir(exist_ok=True)
            path.write_text(assemble.worked_text(name), encoding="utf-8")
            start = time.monotonic()
            document = run(path)
            if not arguments.sample:
                write(document, path)
            print(f"{name}: {time.monotonic() - start:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
