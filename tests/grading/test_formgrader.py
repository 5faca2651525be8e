"""nbgrader's formgrader opens what grading wrote, and what is marked there is kept."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from labkit.grading import grade
from tests.grading import classroom

LAB = classroom.LAB
TOKEN = "a-token-for-this-test"


@contextlib.contextmanager
def formgrader(folder, home):
    """Serve `folder` with Jupyter, as an instructor does, and give a function that asks it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    line = [sys.executable, "-m", "jupyter", "server", "--no-browser", "--allow-root"]
    line += [f"--port={port}", f"--IdentityProvider.token={TOKEN}"]
    line += ["--ServerApp.jpserver_extensions=nbgrader.server_extensions.formgrader=True"]
    beside = os.path.dirname(sys.executable)
    environment = os.environ | {"HOME": str(home), "PATH": f"{beside}:{os.environ['PATH']}"}
    with open(home / "log", "wb") as log:
        process = subprocess.Popen(line, cwd=folder, env=environment, stdout=log, stderr=log)

    def ask(path, content=None):
        headers = {"Authorization": f"token {TOKEN}", "Content-Type": "application/json"}
        body = None if content is None else json.dumps(content).encode()
        method = "GET" if content is None else "PUT"
        url = f"http://127.0.0.1:{port}/{path}"
        request = urllib.request.Request(url, body, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read().decode()

    try:
        deadline = time.monotonic() + 90
        while True:
            try:
                ask("api/status")
                break
            except (urllib.error.URLError, ConnectionError):
                if time.monotonic() > deadline or process.poll() is not None:
                    raise AssertionError((home / "log").read_text()) from None
                time.sleep(0.3)
        yield ask
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.mark.slow
@pytest.mark.usefixtures("sandboxed")
def test_formgrader_serves_the_questions_and_marks_are_kept(light_course, tmp_path, book):
    book.right()
    book.cell("why-not-labels-answer")["source"] = "A label is a name. <script>alert(1)</script>"
    classroom.hand_in(tmp_path / "in", "ann", book.content())
    settings = classroom.settings(light_course)
    output, home = tmp_path / "out", tmp_path / "home"
    home.mkdir()
    grade.grade(LAB, tmp_path / "in", output, settings)
    with formgrader(output, home) as ask:
        listed = json.loads(ask(f"formgrader/api/submissions/{LAB}"))
        assert [(item["student"], item["needs_manual_grade"]) for item in listed] == [("ann", True)]
        notebooks = json.loads(ask(f"formgrader/api/submitted_notebooks/{LAB}/{LAB}"))
        submission = notebooks[0]["id"]
        page = ask(f"formgrader/submissions/{submission}/")
        assert "A label is a name." in page
        assert "<script>alert(1)" not in page
        assert "Rubric" in page and "a name, and not an amount" in page
        grades = json.loads(ask(f"formgrader/api/grades?submission_id={submission}"))
        mine = next(item for item in grades if item["name"] == "why-not-labels-answer")
        assert mine["needs_manual_grade"] and mine["max_score"] == 6
        ask(f"formgrader/api/grade/{mine['id']}", {"manual_score": 4.5})
        comments = json.loads(ask(f"formgrader/api/comments?submission_id={submission}"))
        comment = next(item for item in comments if item["name"] == "why-not-labels-answer")
        ask(f"formgrader/api/comment/{comment['id']}", {"manual_comment": "Nearly."})
    (ann,) = grade.grade(LAB, tmp_path / "in", output, settings)
    assert ann.total == classroom.FULL + 4.5
    page = (output / "feedback" / "ann.html").read_text(encoding="utf-8")
    assert "4.5 of 6 points" in page and "Nearly." in page
