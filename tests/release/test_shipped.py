"""The list of what goes into a students' edition is enough, and small enough."""

import ast
import pathlib

import labkit
from labkit import labs
from labkit.release import cut, edition, shipped, wheel
from tests.release.conftest import ROOT

PACKAGE = pathlib.Path(labkit.__file__).parent


def _imported(text: str) -> set[str]:
    """Return the files below labkit that a file imports, by their paths."""
    names = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    below = {name.removeprefix("labkit.").replace(".", "/") for name in names if "labkit." in name}
    files = {f"{name}.py" for name in below} | {f"{name}/__init__.py" for name in below}
    return {name for name in files if (PACKAGE / name).is_file()}


def test_all_that_a_listed_file_imports_is_listed():
    found = wheel.sources({})
    texts = {name: content.decode() for name, content in found.items() if name.endswith(".py")}
    for lab_name in labs.MODULES:
        lab = labs.load(lab_name)
        notebook = ROOT / "notebooks" / lab_name / f"{lab_name}.ipynb"
        cut_down = cut.lab(lab, {}, notebook.read_text(encoding="utf-8"))
        texts |= {f"{lab.folder.name}/{name}": cut_down[name] for name in cut_down if "py" in name}
    missing = {
        f"{name} imports {other}"
        for name, text in texts.items()
        for other in _imported(text)
        if other not in found and not other.startswith("labs/")
    }
    assert not missing


def test_every_entry_of_the_list_is_there_and_gives_something():
    found = wheel.sources({})
    for name in shipped.PACKAGE:
        assert any(path == name or path.startswith(f"{name}/") for path in found), name
    assert not [name for name in found if name.startswith(("grading/", "release/"))]
    assert not [name for name in found if "trial" in name or "mutants" in name or "try_" in name]


def test_a_version_follows_from_what_is_in_it():
    found = wheel.sources({})
    version = wheel.version_of(found)
    assert version.startswith(f"{labkit.__version__}+")
    assert wheel.version_of(dict(reversed(found.items()))) == version
    assert wheel.version_of({**found, "files.py": b""}) != version


def test_files_of_the_course_become_files_of_students():
    makefile = edition._makefile((ROOT / "Makefile").read_text("utf-8"), "labkit.whl")
    assert "$(VENV)/runtime: labkit.whl constraints.txt" in makefile
    assert "$(INSTALL) ./labkit.whl" in makefile
    for gone in ("--editable", "pyproject.toml", "--numprocesses", "tools."):
        assert gone not in makefile, gone
    environment = edition._environment((ROOT / "environment.yml").read_text("utf-8"), "labkit.whl")
    assert "- ./labkit.whl" in environment and "-e ." not in environment
    page = edition._page((ROOT / "README.md").read_text("utf-8"))
    assert "make lab" in page and "## For students" in page
    for gone in ("make test", "labkit grade", "For instructors", "tools."):
        assert gone not in page, gone
