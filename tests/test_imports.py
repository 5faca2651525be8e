"""What a student's imports load, and which way the parts of the package depend on each other."""

import ast
import pathlib
import subprocess
import sys

import pytest

import labkit

PACKAGE = pathlib.Path(labkit.__file__).parent
HEAVY = ("tensorflow", "keras", "matplotlib", "pandas", "sklearn", "nbgrader")


@pytest.mark.parametrize(
    "statement",
    ["import labkit", "from labkit import data", "from labkit.labs import data"],
)
def test_import_loads_nothing_heavy(statement):
    show = f"{statement}; import sys; print([m for m in {HEAVY} if m in sys.modules])"
    finished = subprocess.run([sys.executable, "-c", show], capture_output=True, text=True)
    assert finished.stdout.strip() == "[]", finished.stdout + finished.stderr


def test_names_are_there_when_asked_for():
    for name in labkit.__all__:
        assert getattr(labkit, name) is not None
    assert "load_fashion_mnist" in dir(labkit)
    with pytest.raises(AttributeError, match="no attribute 'load_data'"):
        _ = labkit.load_data


# Who may import whom: the parts to the left know nothing of those to their right.
ORDER = ("data", "plots", "checks", "labs", "grading")


def _part(path: pathlib.Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _imports(path: pathlib.Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("labkit"):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names if alias.name.startswith("labkit.")}
    return {name.split(".")[1] for name in names if "." in name}


def test_dependencies_point_one_way():
    for path in PACKAGE.rglob("*.py"):
        part = _part(path)
        if part in ORDER:
            later = set(ORDER[ORDER.index(part) + 1 :])
            assert not _imports(path) & later, path.relative_to(PACKAGE)
