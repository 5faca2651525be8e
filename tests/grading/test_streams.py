"""What a command says may go anywhere, and the command goes on: its streams are made to take it."""

import os
import subprocess
import sys

import pytest

from tests.grading import classroom, light_command

CODE = (
    "import sys; from labkit.commands import streams; streams.settle()\n"
    "for number in range(3000): print('Zo\\u00eb', number, 'half \\ud83d \\u2192')\n"
    "print('\\u00fc', file=sys.stderr)\n"
    "with open(sys.argv[1], 'w') as file: file.write(str(file.fileno()))\n"
    "sys.exit(bool(streams.fault()))"
)
CLOSED = ("<&-", ">&-", "2>&-", "<&- >&-", ">&- 2>&-", "<&- >&- 2>&-")
LOST = ("| true", "| head -1", "2>&1 | head -c 3", "2> >(true)")
LETTERS = ({"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "latin-1:strict"}, {"LC_ALL": "C"})


def said(tmp_path, redirection="", **environment):
    """Run the code in a shell and return its exit status, standard error, and what it wrote."""
    line = f'"$0" -c "$1" "$2" {redirection}; exit ${{PIPESTATUS[0]}}'
    command = ["bash", "-c", line, sys.executable, CODE, str(tmp_path / "written")]
    plain = {"PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    done = subprocess.run(
        command, env=os.environ | plain | environment, capture_output=True, timeout=60
    )
    return done.returncode, done.stderr.decode(errors="replace"), (tmp_path / "written").read_text()


@pytest.mark.parametrize("redirection", [*CLOSED, *LOST])
def test_nothing_that_reads_or_not_ends_a_command(tmp_path, redirection):
    status, errors, number = said(tmp_path, redirection)
    assert status == 0
    assert "Traceback" not in errors and "Error" not in errors
    assert int(number) > 2  # no file that it opens is taken for one of these


@pytest.mark.parametrize("environment", LETTERS)
def test_names_in_other_letters_are_written_out(tmp_path, environment):
    status, errors, _ = said(tmp_path, **environment)
    assert status == 0 and "Error" not in errors


full_disk = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no full device is here")


@full_disk
def test_what_a_full_disk_does_not_take_is_told(tmp_path):
    status, errors, number = said(tmp_path, "> /dev/full")
    assert (status, int(number) > 2) == (1, True)
    assert "Traceback" not in errors and "Exception" not in errors


@full_disk
def test_a_class_is_graded_whether_or_not_what_is_printed_can_be(light_course, book, tmp_path):
    classroom.hand_in(tmp_path / "in", "ann", book.content())
    line = light_command.grading(light_course, tmp_path / "in", tmp_path / "out")
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run(line, cwd=classroom.ROOT, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 0, done.stderr
    assert b"the grades are in" in done.stderr and b"Traceback" not in done.stderr
    assert (tmp_path / "out" / "grades.csv").is_file()
