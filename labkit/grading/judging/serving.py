"""Runs in the box of the judge: answer what to give for runs, each judged in a fork of its own.

The process that forks has imported Keras and loaded the labs and their data, and has never built
a network nor read what a student made. So nothing of one submission can be left when the next is
judged, and a network that ends its judge, or holds it up, costs its own exercise only.
"""

import contextlib
import dataclasses
import functools
import gc
import importlib
import json
import os
import pathlib
import resource
import select
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from typing import NoReturn

from labkit import data, labs
from labkit.checks import Exercise, Result
from labkit.checks.given import reference
from labkit.grading import asking
from labkit.grading.judging import judge, verify
from labkit.grading.runs import records, running

_PRELOADED = ("tensorflow", "keras", "pandas", "labkit.evidence.saved_networks")
# One exercise may take this share of the whole time.
_SHARE = 0.4
# The address space is larger than the memory in use: TensorFlow reserves 3 GiB.
_ADDRESS_SPACE = 12 * 2**30
_MIB = 2**20


@dataclasses.dataclass(frozen=True)
class _Said:
    """What a fork says of one exercise."""

    result: Result
    lost: str


def serve() -> None:
    """Answer requests on standard input until it is closed.

    The labs that are named as arguments are made ready before the first request.
    """
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing but answers may reach the one who asks
    for name in _PRELOADED:
        importlib.import_module(name)
    for lab in sys.argv[1:]:
        _loaded(lab)
    gc.collect()
    gc.freeze()  # else the collector of each fork copies all of it
    for line in sys.stdin:
        request = json.loads(line)
        folder = pathlib.Path(request["folder"])
        said = judge_run(request["lab"], folder, request["seconds"])
        results = [one.result.to_json() for one in said]
        lost = next((one.lost for one in said if one.lost), "")
        answers.write(asking.answered(request, results=results, lost=lost))
        answers.flush()


def judge_run(lab: str, folder: pathlib.Path, seconds: float = judge.SECONDS) -> list[_Said]:
    """Return what there is to say of each machine-marked exercise of the run in `folder`."""
    exercises = _loaded(lab)
    until = time.monotonic() + seconds
    said: list[_Said] = []
    while len(said) < len(exercises):
        left = exercises[len(said) :]
        longest = min(seconds * _SHARE, until - time.monotonic())
        new, reason, lost = _said_by_a_fork(left, folder, longest) if longest > 0 else ([], "", "")
        said += new
        if len(new) < len(left):
            reason = reason or f"judging it took more than {seconds:g} seconds"
            said.append(_Said(judge.ungraded(left[len(new)], reason), lost))
    return said


def _loaded(lab: str) -> list[Exercise]:
    """Return the machine-marked exercises of a lab, with what they compare with at hand."""
    exercises = list(labs.load(lab))
    for dataset in sorted({exercise.dataset for exercise in exercises}):
        _load(dataset)
    return exercises


@functools.cache
def _load(dataset: str) -> None:
    """Load once for all forks what exercises compare with."""
    data.load_in_advance(dataset)
    known = reference(dataset)
    _ = known.x_train, known.kind


def _said_by_a_fork(
    exercises: Sequence[Exercise], folder: pathlib.Path, longest: float
) -> tuple[list[_Said], str, str]:
    """Judge in a fork until it ends; return what it said, why it ended early, and what was lost.

    No exercise may take longer than `longest` seconds.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        _judge_all(exercises, folder, writing)
    os.close(writing)
    said: list[_Said] = []
    try:
        for line in _lines(reading, longest):
            fields = json.loads(line)
            said.append(_Said(Result.from_json(fields["result"]), fields["lost"]))
    except TimeoutError:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return said, f"judging it took more than {longest:.3g} seconds", ""
    finally:
        os.close(reading)
    _, status = os.waitpid(child, 0)
    return said, *_why_it_ended(os.waitstatus_to_exitcode(status))


def _lines(pipe: int, longest: float) -> Iterator[bytes]:
    """Yield the lines that come from a pipe until it is closed.

    Raises
    ------
    TimeoutError
        If one takes longer than `longest` seconds.
    """
    rest = b""
    until = time.monotonic() + longest
    while True:
        ready, _, _ = select.select([pipe], [], [], max(0.0, until - time.monotonic()))
        if not ready:
            raise TimeoutError
        part = os.read(pipe, _MIB)
        if not part:
            return
        *lines, rest = (rest + part).split(b"\n")
        if lines:
            until = time.monotonic() + longest
        yield from lines


def _why_it_ended(status: int) -> tuple[str, str]:
    """Return the reason, and the same once more if it lies outside of the submission."""
    if status == -signal.SIGKILL:
        # Nothing in there sends this signal: the system does when memory is short, or a person.
        return ("the process that judges was ended from outside",) * 2
    if status < 0:
        return f"judging it ended with {signal.Signals(-status).name}", ""
    return (f"the process that judges ended (exit status {status})",) * 2


def _judge_all(exercises: Sequence[Exercise], folder: pathlib.Path, pipe: int) -> NoReturn:
    """Judge in the fork, and end it."""
    status = 1
    with contextlib.suppress(BaseException):  # it is a copy of the process that serves, and ends
        resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
        run = running.Run.from_json((folder / "run.json").read_text(encoding="utf-8"))
        left = records.read(folder / running.RECORDS)
        for exercise in exercises:
            result, lost = judge_exercise(exercise, run, left, folder)
            line = json.dumps({"result": result.to_json(), "lost": lost}).encode() + b"\n"
            while line:
                line = line[os.write(pipe, line) :]
        status = 0
    os._exit(status)


def judge_exercise(
    exercise: Exercise, run: running.Run, left: records.Records, folder: pathlib.Path
) -> tuple[Result, str]:
    """Return the result of an exercise, and what was lost if it is not to be relied on."""
    try:
        return judge.judge_exercise(exercise, run, left, folder), ""
    except MemoryError:
        return judge.ungraded(exercise, "judging it takes too much memory"), ""
    except verify.NotBuilt as error:
        return judge.ungraded(exercise, f"the evidence was not accepted: {error}"), str(error)
    except Exception as error:
        # A fault of the judge's, whatever it is, costs this exercise until it is mended.
        reason = f"the judge failed ({type(error).__name__}: {error})"
        return judge.ungraded(exercise, reason), reason
