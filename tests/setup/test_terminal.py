"""What a student is told to type in a terminal can be typed there."""

import os
import shlex
import subprocess
import sysconfig

import labkit
from labkit.notebook import terminal

SCRIPTS = sysconfig.get_path("scripts")
ELSEWHERE = os.pathsep.join(
    folder for folder in os.environ["PATH"].split(os.pathsep) if folder != SCRIPTS
)


def test_the_command_runs_where_nothing_is_activated(monkeypatch):
    monkeypatch.setenv("PATH", ELSEWHERE)
    typed = terminal.command("--version")
    assert typed != "labkit --version"
    finished = subprocess.run(typed, shell=True, capture_output=True, text=True)
    assert finished.stdout == f"labkit {labkit.__version__}\n", finished.stderr


def test_it_is_short_where_the_environment_is_activated(monkeypatch):
    monkeypatch.setenv("PATH", f"{SCRIPTS}{os.pathsep}{ELSEWHERE}")
    assert terminal.command("submit", "lab1-data") == "labkit submit lab1-data"


def test_a_name_with_spaces_stays_one_word(monkeypatch):
    monkeypatch.setenv("PATH", ELSEWHERE)
    assert shlex.split(terminal.command("lab", "my work"))[-2:] == ["lab", "my work"]


def test_it_runs_without_a_script_too(monkeypatch, tmp_path):
    monkeypatch.setattr(sysconfig, "get_path", lambda name: str(tmp_path))
    typed = terminal.command("--version")
    finished = subprocess.run(typed, shell=True, capture_output=True, text=True)
    assert finished.stdout == f"labkit {labkit.__version__}\n", finished.stderr
