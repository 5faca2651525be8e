"""Judge stored evidence in a process that never ran a student's code.

`Judge` keeps such a process and asks it; `serve` is what runs there.
"""

import json
import os
import pathlib
import selectors
import subprocess
import sys
from typing import Self

from labkit import labs
from labkit.checks import Exercise, Message, Outcome, Result
from labkit.checks.given import reference
from labkit.evidence import EvidenceError
from labkit.grading.judging import verify
from labkit.grading.runs import course_copy, records, running, sandbox

SECONDS = 300
_ROOT = pathlib.Path(__file__).parents[2]
_START = (
    f"import sys; sys.path[:0] = [{course_copy.INSIDE!r}, {str(_ROOT)!r}]; "
    "from labkit.grading.judging import judge; judge.serve()"
)


class Judge:
    """A process that judges, started again when it is lost. Use it in a ``with`` statement.

    It reads what students made, if only as data: so it has no network and can write nothing
    either, where there is a sandbox.

    Parameters
    ----------
    kept : pathlib.Path
        The folder that holds the folders of the runs.
    seconds : float
        How long judging one run may take.
    """

    def __init__(self, kept: pathlib.Path, seconds: float = SECONDS) -> None:
        self._kept = kept.resolve()
        self._seconds = seconds
        self._process: subprocess.Popen | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def judge(self, lab: str, key: str) -> list[Result] | str:
        """Return the results for the run in the folder `key`, or why there are none."""
        process = self._running()
        kept = "/kept" if sandbox.available() else str(self._kept)
        request = json.dumps({"lab": lab, "folder": f"{kept}/{key}"}) + "\n"
        try:
            process.stdin.write(request.encode())
            process.stdin.flush()
        except BrokenPipeError:
            self._stop()
            return "the judge ended before it was asked"
        line = self._line(process)
        if not line:
            self._stop()
            return f"judging it took more than {self._seconds:g} seconds or too much memory"
        return [Result.from_json(text) for text in json.loads(line)]

    def _running(self) -> subprocess.Popen:
        if self._process is None or self._process.poll() is not None:
            box = course_copy.judge_box(self._kept)
            command, environment = sandbox.line([sys.executable, "-I", "-c", _START], box)
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
            )
        return self._process

    def _line(self, process: subprocess.Popen) -> bytes:
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            ready = selector.select(self._seconds)
        return process.stdout.readline() if ready else b""

    def _stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process.stdin.close()
            self._process.stdout.close()
            self._process = None


def serve() -> None:
    """Answer requests on standard input until it is closed."""
    import resource

    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # nothing but answers may reach the one who asks
    resource.setrlimit(resource.RLIMIT_AS, (16 * 2**30, 16 * 2**30))
    for line in sys.stdin:
        request = json.loads(line)
        results = judge_run(request["lab"], pathlib.Path(request["folder"]))
        answers.write(json.dumps([result.to_json() for result in results]) + "\n")
        answers.flush()


def judge_run(lab: str, folder: pathlib.Path) -> list[Result]:
    """Return one result for each machine-marked exercise of the run in `folder`."""
    run = running.Run.from_json((folder / "run.json").read_text(encoding="utf-8"))
    left = records.read(folder / running.RECORDS)
    return [judge_exercise(exercise, run, left, folder) for exercise in labs.load(lab)]


def judge_exercise(
    exercise: Exercise, run: running.Run, left: records.Records, folder: pathlib.Path
) -> Result:
    """Return the result of one exercise of the run whose records are in `folder`."""
    found = left.evidence.get(exercise.name)
    errors = _errors(exercise.name, run, left)
    if found is None:
        return _without_evidence(exercise, run, left, errors)
    try:
        content = records.evidence_bytes(folder / running.RECORDS, found)
        result = exercise.judge(verify.verified(exercise, verify.read(content), run.seed))
    except (verify.Refused, EvidenceError) as error:
        return _could_not_grade(exercise, f"the evidence was not accepted: {error}")
    if result.outcome is Outcome.NOT_ATTEMPTED and errors:
        return _ended_in_error(exercise, errors[0])
    return result


def _errors(exercise: str, run: running.Run, left: records.Records) -> list[str]:
    """Return the errors of the cells that belong to `exercise`."""
    numbers = [number for number, step in enumerate(run.steps) if step[0] == exercise]
    cells = [left.cells[number] for number in numbers if number in left.cells]
    return [cell.error for cell in cells if cell.error]


def _without_evidence(
    exercise: Exercise, run: running.Run, left: records.Records, errors: list[str]
) -> Result:
    check = run.steps.index((exercise.name, True)) if (exercise.name, True) in run.steps else -1
    if check in left.cells and errors:
        return _ended_in_error(exercise, errors[0])
    if left.fault:
        reason = f"what the notebook left behind could not be read: {left.fault}"
    elif run.stopped:
        reason = f"the notebook was stopped before this check: {run.stopped}"
    elif not left.complete:
        reason = f"the notebook ended before this check (exit status {run.status})"
    else:
        reason = "there is no record that its check ran"
    return _could_not_grade(exercise, reason)


def _ended_in_error(exercise: Exercise, error: str) -> Result:
    message = Message(
        f"The cell ended in an error: {error}",
        "a cell that runs without an error",
        "Restart the kernel, run all cells from the top, and look at the first error.",
    )
    return _result(exercise, Outcome.FAILED, message)


def _could_not_grade(exercise: Exercise, reason: str) -> Result:
    return _result(exercise, Outcome.COULD_NOT_GRADE, Message(reason[:1].upper() + reason[1:]))


def _result(exercise: Exercise, outcome: Outcome, message: Message) -> Result:
    return Result(
        exercise.name,
        f"Exercise {exercise.number}, {exercise.title}",
        outcome,
        0.0,
        exercise.points,
        message=message,
        data=reference(exercise.dataset).kind,
    )


def could_not_grade(lab: str, reason: str) -> list[Result]:
    """Return the results of a submission that could not be graded at all."""
    return [_could_not_grade(exercise, reason) for exercise in labs.load(lab)]
