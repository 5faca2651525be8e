"""pyproject.toml, constraints.txt, environment.yml and the Makefile agree with each other."""

import itertools
import os
import pathlib
import re
import subprocess
import sys
import tomllib
from importlib import metadata

import packaging.requirements
import packaging.specifiers
import packaging.utils
import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def _direct() -> dict[str, packaging.requirements.Requirement]:
    """Return what the project asks for, the extras included, by normal name."""
    groups = [PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()]
    lines = itertools.chain.from_iterable(groups)
    requirements = [packaging.requirements.Requirement(line) for line in lines]
    named = {packaging.utils.canonicalize_name(r.name): r for r in requirements}
    del named["labkit"]  # one extra takes in another
    return named


def _constraints() -> dict[str, str]:
    """Return the exact versions, by normal name."""
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pins = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {packaging.utils.canonicalize_name(name): version for name, version in pins}


def _environment() -> tuple[list[str], list[str]]:
    """Return what environment.yml takes from conda and what from pip."""
    wanted = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))["dependencies"]
    (from_pip,) = [part["pip"] for part in wanted if isinstance(part, dict)]
    return [part for part in wanted if isinstance(part, str)], from_pip


def test_constraints_hold_names_and_versions_only():
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    for line in lines:
        assert re.fullmatch(r"#.*|[\w.-]+==[\w.+!]+", line), line
    assert "labkit" not in _constraints()


@pytest.mark.parametrize("name", _direct())
def test_pinned_version_is_within_its_bounds(name):
    requirement = _direct()[name]
    version = _constraints()[name]
    assert requirement.specifier.contains(version), f"{version} is not {requirement.specifier}"
    assert ">=" in str(requirement.specifier), f"{name} has no lower bound"


@pytest.mark.parametrize("name", _direct())
def test_suite_runs_with_the_pinned_version(name):
    """The constraints say what was tested: these tests must run in that environment."""
    assert metadata.version(name) == _constraints()[name]


@pytest.mark.parametrize("name", _constraints())
def test_pin_suits_every_release_of_the_pythons(name):
    """Debian 12 brings Python 3.11.2, and a package may ask for a later 3.11."""
    wanted = metadata.metadata(name).get("Requires-Python", "")
    ours, theirs = map(packaging.specifiers.SpecifierSet, (PROJECT["requires-python"], wanted))
    firsts = [version for minor in range(20) if ours.contains(version := f"3.{minor}.0")]
    refused = [version for version in firsts if not theirs.contains(version)]
    assert firsts
    assert not refused, f"{name} {_constraints()[name]} wants Python {wanted}: pin an earlier one"


def test_opening_a_notebook_reads_no_grammar():
    """What checks notebooks may bring one along, whose reading takes seconds of every start."""
    program = "import sys, nbformat; sys.exit('lark' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0


def test_conda_installs_what_make_installs():
    """conda gives Python only, so no version can differ: pip reads the same two files."""
    from_conda, from_pip = _environment()
    assert from_pip == ["-c constraints.txt", "-e ."]
    python, pip = from_conda
    assert pip == "pip"
    version = python.removeprefix("python=")
    assert packaging.specifiers.SpecifierSet(PROJECT["requires-python"]).contains(version)


@pytest.mark.parametrize("minor", range(9, 16))
def test_makefile_accepts_the_pythons_of_the_project(minor):
    makefile = (ROOT / "Makefile").read_text("utf-8")
    program = re.search(r"^FITS := (.*)$", makefile, flags=re.M)[1]
    program = program.replace("sys.version_info[:2]", f"(3, {minor})")
    finished = subprocess.run([sys.executable, "-c", program])
    required = packaging.specifiers.SpecifierSet(PROJECT["requires-python"])
    assert (finished.returncode == 0) == required.contains(f"3.{minor}")


def test_make_says_what_to_do_without_a_fitting_python(tmp_path):
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_text((ROOT / name).read_text("utf-8"), "utf-8")
    command = ["make", "lab", "PYTHON="]
    finished = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert finished.returncode == 2
    assert "No Python 3.11, 3.12 or 3.13 was found" in finished.stderr


def test_package_carries_its_data_files():
    """What is not a module has to be named in pyproject.toml to be installed."""
    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    patterns = patterns["package-data"]["labkit"]
    package = ROOT / "labkit"
    present = {p for p in package.rglob("*") if p.is_file() and p.suffix not in (".py", ".pyc")}
    carried = {path for pattern in patterns for path in package.glob(pattern)}
    assert present <= carried


@pytest.mark.xdist_group("grouped")
def test_tests_of_a_group_stay_in_one_process(request):
    """Pytest and pytest-xdist may come apart silently: fixtures are then made in each process."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        pytest.skip("all tests run in one process")
    assert request.node.nodeid.endswith("@grouped")
