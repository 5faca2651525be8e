"""What a student's imports load, and which way the parts of the package depend on each other."""

import ast
import functools
import graphlib
import pathlib
import subprocess
import sys

import pytest

import labkit
from labkit.grading.runs import course_copy

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
    with pytest.raises(AttributeError, match="no attribute 'load_cifar'"):
        _ = labkit.load_cifar


# Who may import whom: each room only those to its left. Rooms of one group are apart.
ROOMS = (
    ("files", "evidence"),
    ("data",),
    ("checks", "plots"),
    ("notebook",),
    ("reports",),
    ("labs",),
    ("grading", "release"),
    ("commands",),
)
WINGS_OF_GRADING = (
    ("asking", "harmless"),
    ("boundary",),
    ("submissions",),
    ("runs",),
    ("graded",),
    ("judging", "results"),
    ("graders",),
    ("writing",),
    ("grade",),
)


def _imports(path: pathlib.Path) -> set[str]:
    """Return the dotted names below labkit that a file imports."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("labkit"):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names if alias.name.startswith("labkit.")}
    return {name.removeprefix("labkit.") for name in names if "." in name}


def _arrows_upwards(folder: pathlib.Path, prefix: str, rooms: tuple) -> list[str]:
    """Return who imports what stands beside or to the right of its own room."""
    place = {name: number for number, group in enumerate(rooms) for name in group}
    found = []
    for path in sorted(folder.rglob("*.py")):
        part = path.relative_to(folder).parts[0].removesuffix(".py")
        if part == "__init__" or part == "__main__":
            continue
        assert part in place, f"{path.relative_to(PACKAGE)} is in no room"
        for name in _imports(path):
            if not name.startswith(prefix):
                continue
            other = name.removeprefix(prefix).split(".")[0]
            if other in place and other != part and place[other] >= place[part]:
                found.append(f"{path.relative_to(PACKAGE)} imports {name}")
    return found


def test_dependencies_point_one_way():
    assert _arrows_upwards(PACKAGE, "", ROOMS) == []


def test_dependencies_within_grading_point_one_way():
    assert _arrows_upwards(PACKAGE / "grading", "grading.", WINGS_OF_GRADING) == []


def test_no_module_imports_itself_through_others():
    """Imports inside functions, and those for annotations alone, count as well."""
    names = {
        ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__"): path
        for path in PACKAGE.rglob("*.py")
    }
    needed = {
        name: {asked if asked in names else asked.rpartition(".")[0] for asked in _imports(path)}
        for name, path in names.items()
    }
    for name, others in needed.items():
        others.discard(name)
    graphlib.TopologicalSorter(needed).prepare()


PROJECT = PACKAGE.parent
SOURCES = [
    path
    for name in ("labkit", "tests", "tools", "benchmarks")
    for path in (PROJECT / name).rglob("*.py")
]


def test_what_is_imported_of_the_project_is_there():
    """Also by the tools and benchmarks, which few tests run. Nothing is imported for it."""
    missing = [
        f"{path.relative_to(PROJECT)}:{node.lineno}: {module}.{alias.name}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom)
        for module in [node.module or ""]
        if not node.level and module.split(".")[0] in ("labkit", "tests", "tools", "benchmarks")
        for alias in node.names
        if not _is_there(module, alias.name)
    ]
    assert missing == []


def _is_there(module: str, name: str) -> bool:
    place = PROJECT.joinpath(*module.split("."))
    if (place / name).is_dir() or (place / f"{name}.py").is_file():
        return True
    source = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
    return source.is_file() and name in _names_of(source)


@functools.cache
def _names_of(source: pathlib.Path) -> set[str]:
    """Return every name that a file binds anywhere, defines, imports or offers when asked."""
    names = set()
    for node in ast.walk(ast.parse(source.read_text("utf-8"))):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.Constant(value=str(name)):
                names.add(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.alias(name=name, asname=given):
                names.add(given or name)
    return names


def test_no_module_is_longer_than_600_lines():
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in SOURCES}
    assert len(SOURCES) > 400
    assert {str(path): length for path, length in lengths.items() if length > 600} == {}


def test_what_is_copied_into_a_box_imports_nothing_of_grading():
    inside = PACKAGE / "grading" / "runs" / "inside"
    allowed = {"evidence", "data"}
    for path in inside.glob("*.py"):
        assert {name.split(".")[0] for name in _imports(path)} <= allowed, path.name


# Where a page is open that runs the notebook, which no box has.
_WITH_A_PAGE = {"desk", "kernel", "training"}


def test_set_up_finds_in_a_box_all_that_it_imports(tmp_path):
    """The checks stay out of a box: what is read there must not need them."""
    course_copy.build(tmp_path)
    names = {name for name in _imports(PACKAGE / "notebook" / "setup.py") if "notebook." in name}
    wanted = sorted({name.split(".")[1] for name in names} - _WITH_A_PAGE)
    assert {"document", "working_copy"} <= set(wanted)
    program = f"""
import sys
sys.path.insert(0, {str(tmp_path)!r})
from labkit.notebook import {", ".join(wanted)}
for name, module in sorted(sys.modules.items()):
    if name.partition(".")[0] == "labkit" and not module.__file__.startswith({str(tmp_path)!r}):
        print(name)
"""
    ended = subprocess.run(
        [sys.executable, "-P", "-c", program], capture_output=True, text=True, cwd=tmp_path
    )
    assert (ended.returncode, ended.stdout) == (0, ""), ended.stderr
