"""Run one repaired notebook on a machine and keep what leaves it."""

import collections
import dataclasses
import json
import pathlib
import pickle
import secrets
import threading
from typing import Any, Protocol

from labkit.grading.runs import sandbox
from labkit.grading.submissions import handed_out, repair

RECORDS = "records.bin"
# One cell may take this share of the whole, so that an endless loop costs its exercise only.
_CELL_SHARE = 0.4


@dataclasses.dataclass(frozen=True)
class Run:
    """How a submission ran; beside it lies the file of records.

    Attributes
    ----------
    seed : int
        What the probes were drawn with.
    steps : list of (str, bool)
        For each cell that was run: its exercise, and whether it is the check.
    answers, essays : dict of str to str
        The student's code and texts, by exercise.
    notes : list of str
    status : int
    stopped : str
    seconds : float
    sandboxed : bool
    """

    seed: int
    steps: list[tuple[str, bool]]
    answers: dict[str, str]
    essays: dict[str, str]
    notes: list[str]
    status: int
    stopped: str
    seconds: float
    sandboxed: bool

    def to_json(self) -> str:
        return json.dumps(dataclasses.asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Run":
        fields = json.loads(text)
        return cls(**{**fields, "steps": [tuple(step) for step in fields["steps"]]})


class Runner(Protocol):
    """Something that runs jobs: this machine, or several."""

    def run(
        self, job: bytes, output: pathlib.Path, cancelled: threading.Event | None = None
    ) -> sandbox.Ended:
        """Run a job and write its records to `output`."""


def run(
    notebook: repair.Repaired,
    lab: handed_out.CourseLab,
    runner: Runner,
    limits: sandbox.Limits,
    folder: pathlib.Path,
    cancelled: threading.Event | None = None,
) -> Run:
    """Run `notebook` and write its records into `folder`."""
    seed = secrets.randbits(32)
    job = pickle.dumps(_job(notebook, lab, limits, seed))
    ended = runner.run(job, folder / RECORDS, cancelled)
    return Run(
        seed,
        [(step.exercise, step.check) for step in notebook.steps],
        _answers(notebook),
        notebook.essays,
        list(notebook.notes),
        ended.status,
        ended.stopped,
        round(ended.seconds, 2),
        ended.sandboxed,
    )


def _answers(notebook: repair.Repaired) -> dict[str, str]:
    by_exercise = collections.defaultdict(list)
    for step in notebook.steps:
        if step.exercise and not step.check:
            by_exercise[step.exercise].append(step.source)
    return {exercise: "\n\n".join(parts) for exercise, parts in by_exercise.items()}


def _job(
    notebook: repair.Repaired, lab: handed_out.CourseLab, limits: sandbox.Limits, seed: int
) -> dict[str, Any]:
    return {
        "cells": [
            {"source": step.source, "check": step.check, "shown": bool(step.exercise)}
            for step in notebook.steps
        ],
        "lab": lab.module,
        "exercises": lab.exercises_for_a_run(seed),
        "tables": lab.tables_for_a_run(),
        "cell_seconds": limits.seconds * _CELL_SHARE,
        "limits": {
            # The address space is larger than the memory in use: TensorFlow reserves 3 GiB.
            "RLIMIT_AS": limits.memory + 6 * 2**30,
            "RLIMIT_FSIZE": max(limits.scratch, limits.output),
            "RLIMIT_CPU": int(limits.seconds * 16),
        },
    }
