"""Packages are installed or taken away while a class is graded: runs are made again, and run."""

import os
import pickle
import sys

import pytest

from labkit.grading.runs import machine, readable, records, sandbox, self_test

LIMITS = sandbox.Limits(seconds=60, processes=24)
CELL = {"check": False, "spare": False, "shown": False, "source": "print(7)"}
JOB = pickle.dumps(
    {
        "cells": [CELL],
        **{
            "lab": "data",
            "exercises": {},
            "tables": {},
            "cell_seconds": 60,
            "check_seconds": 60,
            "limits": {},
        },
    }
)


def test_the_state_of_packages_is_another_one_when_something_comes_or_goes(tmp_path, monkeypatch):
    monkeypatch.setattr(readable, "_package_folders", lambda: [str(tmp_path)])
    seen = [readable.state_of_packages()]
    (tmp_path / "numpy").mkdir()
    seen.append(readable.state_of_packages())
    (tmp_path / "numpy").rename(tmp_path / "~umpy")
    seen.append(readable.state_of_packages())
    (tmp_path / "__pycache__").mkdir()
    os.utime(tmp_path, ns=(1, 1))
    seen.append(readable.state_of_packages())
    assert len(set(seen)) == 4
    (tmp_path / "~umpy" / "inside").mkdir()
    assert readable.state_of_packages() == seen[-1]


@pytest.mark.usefixtures("sandboxed")
def test_boxes_are_made_for_the_packages_there_are(tmp_path, monkeypatch):
    """Something that was covered in the box has gone: a box that covers it cannot be made."""
    packages = tmp_path / "packages"
    (packages / "somebody's").mkdir(parents=True)
    plain = readable._package_folders()
    monkeypatch.setattr(readable, "_package_folders", lambda: [*plain, str(packages)])
    monkeypatch.setattr(machine, "_QUIET", 0.1)
    monkeypatch.setattr(self_test, "verify", lambda *_: None)
    output = tmp_path / "records"
    with machine.Machine(["fashion-mnist"], LIMITS, keep_warm=False) as ready:
        assert not ready.run(JOB, output).changed
        (packages / "somebody's").rmdir()
        (packages / "other").mkdir()
        ended = ready.run(JOB, output)
        assert (ended.status, ended.changed) == (0, False)
        assert records.read(output).complete
        command, run = [sys.executable, "-c", ""], sandbox.run

        def meanwhile(_, *others, **more):
            (packages / "another").mkdir()
            return run(command, *others, **more)

        monkeypatch.setattr(sandbox, "run", meanwhile)
        assert ready.run(JOB, output).changed
