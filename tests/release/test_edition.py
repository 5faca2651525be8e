"""The students' edition: it judges as the course does, and gives no solution away."""

import json
import marshal
import pathlib
import shutil
import subprocess
import sys
import types
import zipfile

import pytest

from labkit import labs
from labkit.release import search
from tests.notebooks import running
from tests.release import evidence, there
from tests.release.conftest import ROOT

# One process writes the edition, once.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("release")]
THERE = pathlib.Path(there.__file__)


@pytest.fixture(scope="module")
def secrets():
    return search.secret_lines(ROOT / "solutions", ROOT / "notebooks")


def test_no_line_of_a_solution_is_in_it(edition, secrets, tmp_path):
    assert len(secrets) > 300
    with zipfile.ZipFile(edition.wheel) as archive:
        archive.extractall(tmp_path)
    subprocess.run([sys.executable, "-m", "compileall", "-q", tmp_path], check=True)
    compiled = sorted(tmp_path.rglob("*.pyc"))
    assert len(compiled) > 150
    for path in compiled:
        text = search.plain("\n".join(_strings(marshal.loads(path.read_bytes()[16:]))))
        assert not [line for key, line in secrets.items() if key in text], path
    handed_out = tmp_path / "handed out"
    shutil.copytree(edition.folder, handed_out, ignore=shutil.ignore_patterns(".venv"))
    assert search.found_in(handed_out, secrets) == []


def test_a_line_that_is_in_it_is_found(secrets, tmp_path):
    """Also in a packed file, in other quotes, and with other blanks."""
    line = next(line for line in secrets.values() if line.count('"') == 2 and "(" in line)
    (tmp_path / "a.py").write_text(f"told = {line.replace(chr(34), chr(39))!r}\n")
    with zipfile.ZipFile(tmp_path / "b.whl", "w") as archive:
        archive.writestr("c.json", json.dumps({"x": [line.replace("(", "(  ")]}))
    found = search.found_in(tmp_path, {search.plain(line): line})
    assert [name.partition(": ")[0] for name in found] == ["a.py", "b.whl/c.json"]


def _said(printed):
    """Return what there.py has said, behind what labkit says of the data."""
    return json.loads(printed.splitlines()[-1])


def _strings(code):
    for part in code.co_consts:
        if isinstance(part, str):
            yield part
        elif isinstance(part, types.CodeType):
            yield from _strings(part)


def test_it_holds_nothing_of_instructors(edition):
    with zipfile.ZipFile(edition.wheel) as archive:
        names = {name for name in archive.namelist() if name.startswith("labkit/")}
        texts = [
            archive.read(name).decode()
            for name in names
            if name.startswith("labkit/labs/") and name.endswith(".py")
        ]
    parts = {name.split("/")[1] for name in names}
    assert not parts & {"grading", "release"}, parts
    commands = {name for name in names if name.startswith("labkit/commands/")}
    assert {pathlib.Path(name).stem for name in commands} == {
        "__init__",
        "accepted",
        "cli",
        "doctor",
        "lab",
        "start",
        "streams",
    }
    assert not [text for text in texts if "exercise.right" in text or "exercise.wrong" in text]
    assert not (edition.folder / "solutions").exists()
    said = edition.run("-m", "labkit", "--help")
    assert "submit" in said and "grade" not in said


def test_every_helper_that_a_check_calls_is_there(edition, tmp_path):
    with zipfile.ZipFile(edition.wheel) as archive:
        archive.extractall(tmp_path)
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "F821", tmp_path]
    finished = subprocess.run(command, capture_output=True, text=True)
    assert finished.returncode == 0, finished.stdout


@pytest.mark.usefixtures("sample_data", "beside_its_files")
def test_wrong_answers_are_judged_as_in_the_course(edition, tmp_path):
    """All that is compared with facts: the same points, messages and mistakes."""
    due = evidence.write(tmp_path)
    assert len(due) > 300
    seen = _said(edition.run(THERE, "judge", tmp_path))
    assert seen.keys() == due.keys()
    unlike = {name: (seen[name], due[name]) for name in due if seen[name] != due[name]}
    assert not unlike, json.dumps(unlike, indent=1)


@pytest.mark.parametrize("lab", running.LABS)
def test_blank_is_judged_as_in_the_course(lab, edition, shared_folder):
    handed_out = edition.folder / "notebooks" / lab / f"{lab}.ipynb"
    seen = _said(edition.run(THERE, "notebooks", handed_out))[lab]
    due = there.by_check(running.blank(lab, shared_folder))
    version = edition.wheel.name.split("-")[1]
    assert f"labkit {version}," in seen.pop("set-up")["text/plain"]
    due.pop("set-up")
    of_the_edition = f' data-edition="{version}"'
    for shown in seen.values():
        assert of_the_edition in shown["text/html"]
        shown["text/html"] = shown["text/html"].replace(of_the_edition, "")
    assert seen == due
    assert {shown["text/plain"] for shown in seen.values()} == {"0"}
    marks = json.loads(handed_out.read_text("utf-8"))["metadata"]["labkit"]
    assert marks["edition"] == version


@pytest.mark.longest
@pytest.mark.parametrize("lab", running.LABS)
def test_worked_notebook_gets_full_points(lab, edition, tmp_path):
    copy = tmp_path / f"{lab}.ipynb"
    copy.write_bytes(running.solution(lab).read_bytes())
    shown = _said(edition.run(THERE, "notebooks", copy))[lab]
    shown.pop("set-up")
    points = {name.removesuffix("-check"): float(one["text/plain"]) for name, one in shown.items()}
    assert points == {exercise.name: exercise.points for exercise in labs.load(lab)}
    assert all("passed" in one["text/html"] for one in shown.values())


def test_a_student_begins_works_and_hands_in(edition):
    said = edition.run("-m", "labkit", "start", "lab1-data")
    assert "is your copy" in said
    copy = edition.home / "labkit" / "lab1-data" / "lab1-data.ipynb"
    assert copy.is_file()
    assert "Receipt" in edition.run("-m", "labkit", "submit", "lab1-data")
    assert "is up to date" in edition.run("-m", "labkit", "update")
    assert "as it was handed out" in edition.run("-m", "labkit", "reset", "lab1-data")


def test_make_opens_the_labs(edition):
    finished = subprocess.run(
        ["make", "--no-print-directory", "--dry-run", "lab"],
        cwd=edition.folder,
        capture_output=True,
        text=True,
    )
    assert finished.stdout.strip().endswith("python -m labkit lab"), finished
    again = subprocess.run(
        ["make", "--no-print-directory", "--dry-run", "--always-make", "setup"],
        cwd=edition.folder,
        capture_output=True,
        text=True,
    )
    assert f"./{edition.wheel.name}" in again.stdout
    assert "--editable" not in again.stdout
