"""`labkit lab` on a fresh machine."""

import json
import os
import re

import pytest

from labkit.commands import cli, lab, start
from tests import serving


@pytest.mark.slow
def test_serves_the_drawn_sample_within_ten_seconds_and_ends_on_ctrl_c(tmp_path):
    """No data, no network, an empty home, a folder with a space, no display."""
    notebooks = tmp_path / "my notebooks"
    notebooks.mkdir()
    (notebooks / "here.txt").touch()
    home = tmp_path / "home"
    home.mkdir()
    with serving.lab_server(notebooks, home, data=None) as server:
        assert server.seconds < 10
        assert "drawn sample (not the real data)" in server.said
        assert "here.txt" in server.ask("api/contents")
        # Of an instructor's nbgrader, no student sees a button or a word.
        assert "nbgrader" not in server.said.lower()
        (config,) = re.findall(r'"jupyter-config-data"[^>]*>(.*?)</script', server.ask("lab"), re.S)
        assert "@jupyter/nbgrader" in json.loads(config)["disabledExtensions"]
        settings = json.loads(server.ask("lab/api/settings/@jupyterlab/notebook-extension:tracker"))
        started = settings["schema"]["properties"]["autoStartDefaultKernel"]["default"]
        assert started is True, "a notebook's kernel is asked for"
        assert server.interrupt() == 0


def test_a_students_folder_is_opened_on_its_page(monkeypatch, tmp_path, sample_data):
    opened = []
    monkeypatch.setattr(lab, "serve", lambda folder, **options: opened.append((folder, options)))
    work = tmp_path / "work"
    assert cli.main(["start", "lab1-data", str(work)]) == 0
    assert cli.main(["lab", str(work)]) == 0
    assert cli.main(["lab", str(tmp_path)]) == 0
    assert [(folder, options["page"]) for folder, options in opened] == [
        (work, start.PAGE),
        (tmp_path, ""),
    ]


def test_notebooks_are_found_from_any_folder(tmp_path, monkeypatch):
    beside = lab.find_notebooks()
    assert beside.name == "notebooks"
    monkeypatch.chdir(tmp_path)
    assert lab.find_notebooks() == beside
    (tmp_path / "notebooks").mkdir()
    assert lab.find_notebooks() == tmp_path / "notebooks"
    assert lab.find_notebooks(tmp_path) == tmp_path
    assert lab.find_notebooks(tmp_path / "missing") is None


@pytest.mark.parametrize(
    ("platform", "display", "expected"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("darwin", {}, True),
        ("win32", {}, True),
    ],
)
def test_browser_is_opened_where_there_is_a_display(platform, display, expected, monkeypatch):
    monkeypatch.setattr("sys.platform", platform)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in display.items():
        monkeypatch.setenv(name, value)
    assert lab.has_display() is expected


def test_the_sample_is_handed_on_to_the_notebooks(monkeypatch, tmp_path, capsys):
    """No notebook waits for the network again when the start has found that there is none."""
    monkeypatch.setenv("LABKIT_CACHE", str(tmp_path))
    monkeypatch.setenv("LABKIT_DATA", "")
    assert lab.prepare_data().kind == "sample"
    assert os.environ["LABKIT_DATA"] == "sample"
    assert capsys.readouterr().out.count("drawn sample") <= 1  # said once in a process


def test_a_folder_is_handed_on_with_its_full_path(monkeypatch, tmp_path, capsys, real_data):
    if not real_data:
        pytest.skip("the real data is in the cache, not in a folder")
    monkeypatch.setenv("LABKIT_DATA", os.path.relpath(real_data))
    assert lab.prepare_data().place == "folder"
    assert os.path.isabs(os.environ["LABKIT_DATA"])
    assert os.path.samefile(os.environ["LABKIT_DATA"], real_data)
    assert "60,000 training" in capsys.readouterr().out
