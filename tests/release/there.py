"""Run in the students' edition, and in the course beside it: what do its checks say?

``there.py notebooks FILE...`` runs notebooks, ``there.py judge FOLDER`` judges evidence.
Both print JSON. This file imports nothing of the tests, which an edition does not have.
"""

import json
import pathlib
import sys


def notebooks(paths: list[str]) -> dict[str, dict[str, dict[str, str]]]:
    """Return what each check of each notebook shows, by the notebook's name."""
    import nbclient
    import nbformat

    shown = {}
    for path in map(pathlib.Path, paths):
        document = nbformat.read(path, as_version=4)
        resources = {"metadata": {"path": str(path.parent)}}
        client = nbclient.NotebookClient(
            document, timeout=1_200, kernel_name="python3", resources=resources, allow_errors=True
        )
        client.execute()
        shown[path.stem] = by_check(document)
    return shown


def by_check(document) -> dict[str, dict[str, str]]:
    """Return what each check of a notebook that was run shows, and what its set-up says."""
    outputs = [output for cell in document.cells for output in cell.get("outputs", [])]
    errors = ["\n".join(item.traceback) for item in outputs if item.output_type == "error"]
    assert not errors, errors[0]
    shown = {
        cell.metadata.nbgrader.grade_id: _data(cell)
        for cell in document.cells
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade")
    }
    shown["set-up"] = next(
        {"text/plain": output.text}
        for output in outputs
        if output.output_type == "stream" and "Set-up complete" in output.text
    )
    return shown


def _data(cell) -> dict[str, str]:
    (found,) = [item.data for item in cell.outputs if item.output_type == "execute_result"]
    return {kind: found[kind] for kind in ("text/plain", "text/html")}


def judge(folder: str) -> dict[str, str]:
    """Return the result of each evidence file, ``LAB EXERCISE NUMBER.npz``, by its name."""
    from labkit import labs
    from labkit.evidence import Evidence

    results = {}
    for path in sorted(pathlib.Path(folder).glob("*.npz")):
        lab, name, _ = path.stem.split(" ")
        (exercise,) = [item for item in labs.load(lab) if item.name == name]
        results[path.stem] = exercise.judge(Evidence.load(path)).to_json()
    return results


if __name__ == "__main__":
    what, *given = sys.argv[1:]
    said = notebooks(given) if what == "notebooks" else judge(*given)
    print(json.dumps(said))
