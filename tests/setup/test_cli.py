"""The command `labkit`: its answers to good and bad use, and what the doctor sees."""

import importlib.metadata
import subprocess
import sys
import textwrap
import types

import pytest

import labkit
from labkit.commands import cli, doctor


def test_version(capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"labkit {labkit.__version__}\n"
    assert importlib.metadata.version("labkit") == labkit.__version__


@pytest.mark.parametrize("arguments", [[], ["teach"], ["data", "cats"], ["lab", "--port=x"]])
def test_bad_use_exits_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 2
    assert "usage: labkit" in capsys.readouterr().err


def test_help_is_quick_to_import():
    """`labkit --help` waits for no big package."""
    program = textwrap.dedent("""
        import sys
        from labkit.commands import cli
        try:
            cli.main(["--help"])
        except SystemExit:
            pass
        heavy = {"tensorflow", "keras", "pandas", "matplotlib", "jupyterlab"} & set(sys.modules)
        sys.exit(str(heavy) if heavy else 0)
    """)
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert finished.returncode == 0, finished.stderr
    assert "doctor" in finished.stdout


def test_data_says_in_one_line_what_is_used(sample_data):
    command = [sys.executable, "-m", "labkit", "data", "mnist"]
    finished = subprocess.run(command, capture_output=True, text=True)
    assert (finished.returncode, finished.stderr) == (0, "")
    assert finished.stdout.startswith("labkit: MNIST")
    assert "drawn sample (not the real data)" in finished.stdout
    assert len(finished.stdout.splitlines()) == 1


@pytest.mark.parametrize("command", ["data", "lab"])
def test_a_bad_folder_is_an_error_in_words(command, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LABKIT_DATA", str(tmp_path / "nowhere"))
    assert cli.main([command]) == 1
    error = capsys.readouterr().err
    assert error.startswith("labkit: ") and "nowhere" in error and "LABKIT_DATA" in error


def test_a_missing_folder_of_notebooks_is_an_error_in_words(tmp_path, capsys):
    assert cli.main(["lab", str(tmp_path / "nowhere")]) == 1
    assert "there is no folder" in capsys.readouterr().err


def _doctor_sees(monkeypatch, *findings):
    monkeypatch.setattr(doctor, "examine", lambda: iter(findings))
    return cli.main(["doctor"])


def test_doctor_exits_with_1_for_a_problem_only(monkeypatch, capsys):
    ok, note = doctor.Finding("ok", "good"), doctor.Finding("note", "fair")
    assert _doctor_sees(monkeypatch, ok, note) == 0
    assert _doctor_sees(monkeypatch, ok, doctor.Finding("problem", "bad"), note) == 1
    assert capsys.readouterr().out.splitlines()[-2:] == ["problem  bad", "note     fair"]


def test_doctor_compares_versions_with_the_bounds():
    assert doctor.python_version(">=3.11").mark == "ok"
    assert "install one of these" in doctor.python_version(">=4").text
    fine = list(doctor.packages(["numpy>=1", 'nbgrader>=99; extra == "instructor"']))
    assert [finding.mark for finding in fine] == ["ok"]
    old, missing, rest = doctor.packages(["numpy>=99", "no-such-package-here", "pytest>=1"])
    assert old.mark == missing.mark == "problem"
    assert "needs >=99" in old.text and "make setup" in old.text
    assert "is missing" in missing.text
    assert rest.text.startswith("packages: pytest ")


def test_doctor_judges_room(tmp_path, monkeypatch):
    deep = tmp_path / "not" / "there" / "yet"
    free = types.SimpleNamespace(free=5_000_000_000)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: free)
    assert doctor.free_disk(deep).text.endswith(str(tmp_path))
    free.free = 1_000
    assert doctor.free_disk(deep).mark == "problem"
    assert doctor.free_memory(8_000_000_000).mark == "ok"
    assert doctor.free_memory(1_000_000_000).mark == "problem"


def test_doctor_tells_the_sample_from_the_real_data(sample_data, tmp_path, monkeypatch):
    assert doctor.images().mark == "note"
    monkeypatch.setenv("LABKIT_DATA", str(tmp_path))
    assert doctor.images().mark == "problem"


@pytest.mark.slow
def test_doctor_starts_tensorflow():
    assert doctor.tensorflow_starts().mark == "ok"


def test_doctor_names_the_reason_when_tensorflow_does_not_start(monkeypatch):
    broken = subprocess.CompletedProcess([], -4, "", "")
    monkeypatch.setattr(doctor.subprocess, "run", lambda *_, **__: broken)
    assert "exit status -4" in doctor.tensorflow_starts().text
