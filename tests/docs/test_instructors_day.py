"""The README's walk through the instructor's day works, command by command."""

import contextlib
import csv
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
import urllib.request
import zipfile

import pytest

from tests import serving
from tests.grading import classroom, importers

README = classroom.ROOT / "README.md"
SECTION = "### A walk through the instructor's day\n"
ADDRESS = re.compile(r"(http://127\.0\.0\.1:\d+)/(?:formgrader)?\?token=([\w-]+)")
ESSAY = "why-not-labels-answer"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.usefixtures("sample_data"),
    pytest.mark.skipif(os.name == "nt", reason="the commands are for a POSIX shell"),
]


def commands() -> list[str]:
    """Return the blocks of commands of the walk, in order."""
    text = README.read_text(encoding="utf-8").split(SECTION)[1]
    return re.findall(r"```sh\n(.*?)```", re.split(r"\n##+ ", text)[0], re.DOTALL)


class Terminal:
    """A terminal in the course's folder, in which the first command has set up Python."""

    def __init__(self, folder: pathlib.Path) -> None:
        self._folder = folder
        home = folder / "home"
        home.mkdir()
        quiet = "c.ServerApp.allow_root = True\nc.ServerApp.open_browser = False\n"
        (home / "jupyter_server_config.py").write_text(quiet)
        own = {"HOME": str(home), "JUPYTER_CONFIG_DIR": str(home), "LABKIT_DATA": "sample"}
        self._settings = {"env": os.environ | own, "cwd": folder, "text": True}
        self._begin = ""

    def run(self, block: str) -> str:
        """Run commands to their end and return what they printed."""
        line = ["bash", "-ec", self._begin + block]
        ended = subprocess.run(line, capture_output=True, timeout=280, **self._settings)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        self._begin = self._begin or block.splitlines(keepends=True)[0]
        return ended.stdout

    @contextlib.contextmanager
    def serve(self, block: str):
        """Start a server and give its address and token; then do what Ctrl-C does."""
        log = self._folder / "log"
        with open(log, "w") as file:
            process = subprocess.Popen(
                ["bash", "-ec", self._begin + block],
                stdout=file,
                stderr=file,
                start_new_session=True,
                **self._settings,
            )
        try:
            deadline = time.monotonic() + 120
            while not (found := ADDRESS.search(log.read_text())):
                assert time.monotonic() < deadline and process.poll() is None, log.read_text()
                time.sleep(0.3)
            serving.wait_until_reached(found.group(), process)
            yield found.groups()
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=30)


@pytest.fixture
def school(tmp_path):
    """Return a course's folder with the download of a class of four."""
    root = classroom.light_course(tmp_path / "course")
    (root / ".venv" / "bin").mkdir(parents=True)
    beside = pathlib.Path(sys.executable).parent
    (root / ".venv" / "bin" / "activate").write_text(f"export PATH={beside}:$PATH\n")
    ann, late = classroom.Book(root).right(), classroom.Book(root).right()
    ann.cell(ESSAY)["source"] = "A label is a name."
    late.cells.remove(late.cell("setup"))
    books = {"Ann Bee_1": ann, "Bo_2": classroom.Book(root).wrong(), "Cy_3": classroom.Book(root)}
    (root / "downloads").mkdir()
    with zipfile.ZipFile(root / "downloads" / "moodle.zip", "w") as archive:
        for student, book in (books | {"Di_4": late}).items():
            folder = f"{student}_assignsubmission_file_"
            archive.writestr(f"{folder}/{classroom.LAB}.ipynb", book.content())
        archive.writestr("Di_4_assignsubmission_file_/numpy.py", "raise SystemExit(0)")
    members = [
        importers.Member(int(number), name, "", name, "")
        for name, number in (student.split("_") for student in [*books, "Di_4", "Eve_5"])
    ]
    (root / "worksheet.csv").write_bytes(importers.Moodle(members).worksheet())
    return root


def ask(url: str, headers: dict[str, str], content: object = None) -> str:
    body = None if content is None else json.dumps(content).encode()
    method = "GET" if content is None else "PUT"
    request = urllib.request.Request(url, body, headers, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read().decode()


def mark(address: str, token: str) -> None:
    """Do by requests what the page of `labkit mark` does: give 4.5 points and a comment."""
    headers = {"X-Token": token, "Content-Type": "application/json"}
    question = ESSAY.removesuffix("-answer")
    assert question in ask(f"{address}/", headers)
    (waiting,) = re.findall(r'data-id="(\w+)"', ask(f"{address}/question/{question}", headers))
    ask(f"{address}/mark", headers, {"id": waiting, "points": 4.5, "comment": "Nearly."})


def marked_in_formgrader(address: str, token: str) -> list[float]:
    """Return the points that the pages of formgrader show for the answer."""
    headers = {"Authorization": f"token {token}"}
    assert "formgrader" in ask(f"{address}/formgrader", headers)
    lab = classroom.LAB
    listed = ask(f"{address}/formgrader/api/submitted_notebooks/{lab}/{lab}", headers)
    points = []
    for item in json.loads(listed):
        assert not item["needs_manual_grade"]
        path = f"formgrader/api/grades?submission_id={item['id']}"
        grades = json.loads(ask(f"{address}/{path}", headers))
        points += [grade["manual_score"] for grade in grades if grade["name"] == ESSAY]
    return [given for given in points if given is not None]


def totals(path: pathlib.Path) -> dict[str, str]:
    with open(path, encoding="utf-8", newline="") as file:
        return {row["Full name"]: row["Grade"] for row in csv.DictReader(file)}


def test_every_command_of_the_walk(school):
    look, grade, by_question, serve, again, regrade, upload = commands()
    terminal, grades = Terminal(school), school / "grades"
    full = f"{classroom.FULL:g}"
    most = f"{classroom.POINTS[ESSAY.removesuffix('-answer')]:g}"

    table = terminal.run(look)
    assert "Found: Moodle (moodle.zip)" in table and "5 files: 4 to grade" in table
    assert not grades.exists()
    assert "4 submissions" in terminal.run(grade)
    # Ann's answer waits for a person: no grade yet, and never a 0.
    assert totals(grades / "moodle.csv") == {"Ann Bee": "", "Bo": "0", "Cy": "0", "Di": full}
    assert (grades / "report.html").exists()
    note = "Only the notebook is graded; left out: numpy.py."
    assert note in (grades / "feedback" / "Di_4.html").read_text(encoding="utf-8")

    with terminal.serve(by_question) as (address, token):
        mark(address, token)
    with terminal.serve(serve) as (address, token):
        assert marked_in_formgrader(address, token) == [4.5]
    before = (grades / "grades.csv").read_text(encoding="utf-8")
    for block in (again, regrade):
        terminal.run(block)
        rows = (grades / "grades.csv").read_text(encoding="utf-8")
        assert rows != before and f"4.5,{most},marked by hand" in rows
        assert totals(grades / "moodle.csv")["Ann Bee"] == f"{classroom.FULL + 4.5:g}"
        page = (grades / "feedback" / "Ann Bee_1.html").read_text(encoding="utf-8")
        assert f"4.5 of {most} points" in page and "Nearly." in page

    assert "4 grades filled in" in terminal.run(upload)
    moodle = importers.Moodle([importers.Member(number, "", "", "", "") for number in range(1, 6)])
    moodle.take((grades / "moodle.csv").read_bytes())
    # The worksheet's scale ends at 100, whatever the lab gives in all.
    scale = 100 / sum(classroom.POINTS.values())
    due = {1: scale * (classroom.FULL + 4.5), 2: 0.0, 3: 0.0, 4: scale * classroom.FULL}
    assert moodle.grades == pytest.approx(due, abs=0.005)


def test_every_kind_of_command_is_there():
    words = [" ".join(block.split()) for block in commands()]
    kinds = ("labkit grade", "labkit mark", "jupyter server")
    found = [next(kind for kind in kinds if kind in line) for line in words]
    grade, mark, serve = kinds
    assert found == [grade, grade, mark, serve, grade, grade, grade]
