"""Make the students' notebooks from the solutions, with nbgrader.

Run it as ``make notebooks``. With ``--check`` nothing is written: the exit status is 1 when a
notebook in ``notebooks/`` is not what its solution would give.
"""

import argparse
import difflib
import json
import logging
import os
import pathlib
import shutil
import sys
import tempfile

import nbformat
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from labkit import labs

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOLUTIONS = ROOT / "solutions"
NOTEBOOKS = ROOT / "notebooks"


def build(lab: str, solutions: pathlib.Path = SOLUTIONS) -> str:
    """Return the text of the student's notebook that belongs to the solution of `lab`."""
    with tempfile.TemporaryDirectory() as folder:
        course = pathlib.Path(folder)
        source = course / "solutions" / lab
        source.mkdir(parents=True)
        shutil.copy(solutions / lab / f"{lab}.ipynb", source)
        _generate(lab, course)
        return _tidy(course / "notebooks" / lab / f"{lab}.ipynb", lab)


def _generate(lab: str, course: pathlib.Path) -> None:
    # nbgrader starts `alembic` by its bare name: it has to be found beside this Python.
    beside = str(pathlib.Path(sys.executable).parent)
    os.environ["PATH"] = beside + os.pathsep + os.environ.get("PATH", "")
    config = Config(PyFileConfigLoader(str(ROOT / "nbgrader_config.py")).load_config())
    config.CourseDirectory.root = str(course)
    config.CourseDirectory.db_url = f"sqlite:///{course}/gradebook.db"
    api = NbGraderAPI(config=config)
    api.log.setLevel(logging.ERROR)
    answer = api.generate_assignment(lab, force=True, create=True)
    if not answer["success"]:
        raise SystemExit(f"nbgrader could not make {lab}:\n{answer['log'] or answer.get('error')}")


def _tidy(path: pathlib.Path, lab: str) -> str:
    """Return the notebook's text with the same bytes on every machine."""
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {
                "display_name": "Python 3 (ipykernel)",
                "language": "python",
                "name": "python3",
            },
            "labkit": {"generated_from": f"solutions/{lab}/{lab}.ipynb"},
            "language_info": {"name": "python"},
        }
    )
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labs", nargs="*", help="names of labs; all of them if left out")
    parser.add_argument("--check", action="store_true", help="compare only, write nothing")
    arguments = parser.parse_args()
    different = [
        lab for lab in arguments.labs or labs.MODULES if not up_to_date(lab, arguments.check)
    ]
    return 1 if different else 0


def up_to_date(lab: str, check: bool) -> bool:
    """Make the student's notebook of `lab` anew, or only tell whether it is in step; say which."""
    path = NOTEBOOKS / lab / f"{lab}.ipynb"
    text = build(lab)
    present = path.read_text(encoding="utf-8") if path.exists() else ""
    if text == present:
        print(f"notebooks/{lab}: up to date")
        return True
    if not check:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(f"notebooks/{lab}: written")
        return True
    print(f"notebooks/{lab}: differs from what its solution gives; run `make notebooks`.")
    lines = difflib.unified_diff(present.splitlines(), text.splitlines(), "present", "expected", "")
    print("\n".join(list(lines)[:40]))
    return False


if __name__ == "__main__":
    sys.exit(main())
