"""Gradescope's autograder: what is in the zip file, and a submission that it grades."""

import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import zipfile

import pytest

from labkit.commands import cli
from tests.grading import classroom

LAB = classroom.LAB


@pytest.fixture(scope="module")
def autograder(tmp_path_factory):
    """Return the zip file of the light course."""
    folder = tmp_path_factory.mktemp("export")
    course = classroom.light_course(folder / "course")
    for name in ("pyproject.toml", "constraints.txt", "README.md"):
        shutil.copyfile(classroom.ROOT / name, course / name)
    path = folder / "autograder.zip"
    assert (
        cli.main(["export", "gradescope", LAB, "--course", str(course), "--output", str(path)]) == 0
    )
    return path, course


def test_what_gradescope_looks_for_is_at_the_top(autograder):
    with zipfile.ZipFile(autograder[0]) as archive:
        names = set(archive.namelist())
        assert {"setup.sh", "run_autograder", "grade_one.py"} <= names
        for name in ("setup.sh", "run_autograder"):
            assert archive.getinfo(name).external_attr >> 16 & 0o111
            assert archive.read(name).startswith(b"#!/usr/bin/env bash\n")
        assert f"course/notebooks/{LAB}/{LAB}.ipynb" in names
        assert not any(name.startswith(("course/solutions", "course/tests")) for name in names)


def test_scripts_parse(autograder, tmp_path):
    with zipfile.ZipFile(autograder[0]) as archive:
        archive.extractall(tmp_path)
    for name in ("setup.sh", "run_autograder"):
        subprocess.run(["bash", "-n", tmp_path / name], check=True)


def test_course_without_its_files_is_told(tmp_path, capsys):
    course = classroom.light_course(tmp_path / "course")
    assert cli.main(["export", "gradescope", LAB, "--course", str(course)]) == 2
    assert "pyproject.toml" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Gradescope runs Linux")
@pytest.mark.parametrize(("kind", "score"), [("right", classroom.FULL), ("broken", None)])
def test_autograder_grades_in_a_bare_folder(autograder, tmp_path, kind, score):
    path, course = autograder
    root = tmp_path / "autograder"
    with zipfile.ZipFile(path) as archive:
        archive.extractall(root / "source")
    (root / "submission").mkdir()
    content = classroom.Book(course).right().content() if kind == "right" else b"no notebook"
    (root / "submission" / f"{LAB}.ipynb").write_bytes(content)
    bare = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "AUTOGRADER_ROOT": str(root)}
    ended = subprocess.run(
        ["bash", root / "source" / "run_autograder"],
        env=bare | {"AUTOGRADER_PYTHON": sys.executable},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=600,
    )
    found = json.loads((root / "results" / "results.json").read_text(encoding="utf-8"))
    assert found.get("score") == score, ended.stdout + ended.stderr
    if score is None:
        assert "notebook" in found["output"]
    kib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(f"{kind}: largest process {kib // 1024} MiB")


def test_templates_are_in_the_package():
    here = pathlib.Path(cli.__file__).with_name("gradescope")
    assert {path.name for path in here.iterdir() if path.is_file()} == {
        *("setup.sh", "run_autograder", "grade_one.py")
    }
