"""Run one repaired notebook on a machine and keep what leaves it."""

import collections
import dataclasses
import io
import json
import pathlib
import pickle
import secrets
import signal
import threading
from typing import Any, Protocol

from labkit import files
from labkit.grading import harmless
from labkit.grading.runs import records, sandbox
from labkit.grading.submissions import handed_out, repair

RECORDS = "records.bin"
CHANGED = (
    "packages of Python were installed or taken away while it ran; grade it once more when that "
    "has ended"
)
# One cell may take this share of the whole, so that an endless loop costs its exercise only.
_CELL_SHARE = 0.4
# A check trains nothing: a function that it calls and that takes so long does not end.
_CHECK_SECONDS = 60.0
_MOST_OF_A_LINE, _MOST_OF_AN_ERROR = 80, 300
_OPEN_FILES = 1024
# What the system and people send to end a process; by shells and bubblewrap, 128 is added.
_FROM_OUTSIDE = {
    getattr(signal, name).value
    for name in ("SIGKILL", "SIGTERM", "SIGHUP", "SIGINT")
    if hasattr(signal, name)
}


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
    spares : list of int
        The numbers of the course's own cells that run only if the student's failed.
    starts : list of str
        How each cell begins.
    lost : bool
        Whether it was ended or disturbed from outside, which says nothing about the notebook.
    student : int
        The number that the notebook gives its student; 0 if it gives none.
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
    spares: list[int] = dataclasses.field(default_factory=list)
    starts: list[str] = dataclasses.field(default_factory=list)
    lost: bool = False
    student: int = 0

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
    if ended.changed:
        # Whatever failed may have failed for that.
        (folder / RECORDS).write_bytes(b"")
    return Run(
        seed,
        [(step.exercise, step.check) for step in notebook.steps],
        answers(notebook),
        notebook.essays,
        list(notebook.notes),
        ended.status,
        CHANGED if ended.changed else ended.stopped,
        round(ended.seconds, 2),
        ended.sandboxed,
        [number for number, step in enumerate(notebook.steps) if step.spare],
        [_start(step.source) for step in notebook.steps],
        _was_lost(ended, records.read(folder / RECORDS)),
        notebook.student,
    )


def stamp(notebook: repair.Repaired, lab: handed_out.CourseLab, limits: sandbox.Limits) -> str:
    """Return a text that changes when anything does that decides how a notebook runs.

    That is the job, with probes that a fixed seed gives, and what each of its cells counts for.
    """
    file = io.BytesIO()
    pickler = pickle.Pickler(file)
    pickler.fast = True  # else equal jobs differ by which of their texts are one object
    steps = [dataclasses.astuple(step) for step in notebook.steps]
    pickler.dump((_job(notebook, lab, limits, seed=0), steps, dataclasses.astuple(limits)))
    return files.fingerprint(file.getvalue())


def remarks(run: Run, left: records.Records) -> list[str]:
    """Return what a student is told of how the notebook ran: the first error, and what was mended.

    Errors that follow from an earlier one, as a missing name does, are not said here.
    """
    said = []
    first = first_error(run, left)
    if first is not None:
        where, error = first
        said.append(
            f"The first error was in the cell that begins with {where!r}: {error} "
            "Mend that one first: later errors may only follow from it."
        )
    for number in run.spares:
        if number in left.cells:
            said.append(
                f"The cell that begins with {run.starts[number]!r} was changed and did not do what "
                "it is there for; the course's own was run after it."
            )
    return said


def first_error(run: Run, left: records.Records) -> tuple[str, str] | None:
    """Return how the first of the student's cells begins that failed, and its error, if one did."""
    for number, cell in sorted(left.cells.items()):
        known = 0 <= number < min(len(run.steps), len(run.starts))
        if cell.error and known and not run.steps[number][1] and number not in run.spares:
            return run.starts[number], harmless.line(cell.error, _MOST_OF_AN_ERROR)
    return None


def _was_lost(ended: sandbox.Ended, left: records.Records) -> bool:
    """Tell whether something ended the run that was neither the notebook nor a limit."""
    if ended.changed:
        return True
    if left.complete or ended.stopped:
        return False
    status = ended.status
    return ended.lost or (-status if status < 0 else status - 128) in _FROM_OUTSIDE


def _start(source: str) -> str:
    """Return the first line of a cell that does something."""
    lines = [line for line in source.splitlines() if line.strip() and line.strip()[0] != "#"]
    return harmless.line(lines[0] if lines else "", _MOST_OF_A_LINE)


def answers(notebook: repair.Repaired) -> dict[str, str]:
    """Return the student's code by exercise."""
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
            {
                "source": step.source,
                "check": step.check,
                "spare": step.spare,
                "gives": step.gives,
                "shown": bool(step.exercise),
            }
            for step in notebook.steps
        ],
        "lab": lab.module,
        "exercises": lab.exercises_for_a_run(seed, notebook.student),
        "tables": lab.tables_for_a_run(),
        "cell_seconds": limits.seconds * _CELL_SHARE,
        "check_seconds": min(limits.seconds * _CELL_SHARE, _CHECK_SECONDS),
        "limits": {
            # The address space is larger than the memory in use: TensorFlow reserves 3 GiB.
            "RLIMIT_AS": limits.memory + 6 * 2**30,
            "RLIMIT_FSIZE": max(limits.scratch, limits.output),
            "RLIMIT_CPU": int(limits.seconds * 16),
            # Each may be a socket with a buffer that nobody counts while it is on its way.
            "RLIMIT_NOFILE": _OPEN_FILES,
        },
    }
