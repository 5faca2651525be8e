"""Judge stored evidence in processes that never ran a student's code.

`Judge` keeps a process that judges and asks it; `labkit.grading.judging.serving` is what runs
there: it forks for each submission.
"""

import contextlib
import dataclasses
import os
import pathlib
import selectors
import subprocess
import sys
import time
from typing import Any, Self

from labkit import labs
from labkit.checks import Exercise, Message, Outcome, Result
from labkit.checks.given import reference
from labkit.evidence import EvidenceError
from labkit.grading import asking
from labkit.grading.judging import verify
from labkit.grading.runs import course_copy, records, running, sandbox
from labkit.notebook import next_steps

SECONDS = 300
# To load the libraries and the data.
_SECONDS_TO_START = 120
_TRIES = 2
_ROOT = pathlib.Path(__file__).parents[3]
_START = (
    f"import sys; sys.path[:0] = [{course_copy.INSIDE!r}, {str(_ROOT)!r}]; "
    "from labkit.grading.judging import serving; serving.serve()"
)


@dataclasses.dataclass(frozen=True)
class Judged:
    """What came of judging one run.

    Attributes
    ----------
    results : list of Result
        One for each machine-marked exercise.
    lost : str
        What happened that has nothing to do with the submission, as far as can be told: the judge
        was ended from outside, or could not build a network. Results that something was lost for
        are not to be kept, since judging again may come to others. Empty if nothing was.
    """

    results: list[Result]
    lost: str = ""


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
    lab : str
        The lab that will be asked for, to be loaded before; others can be asked for, too.
    """

    def __init__(self, kept: pathlib.Path, seconds: float = SECONDS, lab: str = "") -> None:
        self._kept = pathlib.Path(os.path.realpath(kept))
        self._lab = lab
        self._seconds = seconds
        self._process: subprocess.Popen | None = None
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
        self._stop()

    def close(self) -> None:
        """End the process; another thread that asks it is refused, now and later."""
        self._closed = True
        if self._process is not None:
            self._process.kill()  # whoever waits for its answer notices

    def start(self) -> None:
        """Start the process, which takes seconds to get ready, before it is asked."""
        with contextlib.suppress(OSError):  # whoever asks it will be told
            self._running()

    def rest(self) -> None:
        """End the process, and with it the memory that it takes, until it is asked."""
        self._stop()

    def judge(self, lab: str, key: str) -> Judged:
        """Return the results for the run in the folder `key`.

        If the judge is lost meanwhile, it is asked once more.
        """
        kept = "/kept" if sandbox.available() else str(self._kept)
        for _ in range(_TRIES):
            said = self._asked(lab=lab, folder=f"{kept}/{key}", seconds=self._seconds)
            if said is not None:
                results = [Result.from_json(text) for text in said["results"]]
                return Judged(results, said["lost"])
        reason = "the process that judges was lost: grade once more"
        return Judged(could_not_grade(lab, reason), reason)

    def _asked(self, **request: Any) -> dict[str, Any] | None:
        """Return the judge's answer; None if it is lost."""
        word, line = asking.question(**request)
        try:
            process = self._running()
            process.stdin.write(line)
            process.stdin.flush()
            answer = self._answer(process, word)
        except OSError:  # the pipe is broken, or the process could not be started
            answer = None
        if answer is None:
            self._stop()
        return answer

    def _running(self) -> subprocess.Popen:
        if self._closed:
            raise sandbox.Cancelled("it was cancelled")
        if self._process is None or self._process.poll() is not None:
            self._stop()
            box = course_copy.judge_box(self._kept)
            words = sys.executable, "-I", "-c", _START
            command, environment = sandbox.line([*words, *filter(None, [self._lab])], box)
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
                start_new_session=True,  # Ctrl-C is for the one who asks
            )
        return self._process

    def _answer(self, process: subprocess.Popen, word: str) -> dict[str, Any] | None:
        """Return what it answers, if it does so within the time."""
        rest = b""
        until = time.monotonic() + self._seconds + _SECONDS_TO_START
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while selector.select(max(0.0, until - time.monotonic())):
                part = process.stdout.read1()
                if not part:
                    break  # it has ended
                *lines, rest = (rest + part).split(b"\n")
                if (found := asking.answer(word, lines)) is not None:
                    return found
        return None

    def _stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process.stdout.close()
            with contextlib.suppress(BrokenPipeError):  # what was not read yet is lost with it
                self._process.stdin.close()
            self._process = None


def judge_exercise(
    exercise: Exercise, run: running.Run, left: records.Records, folder: pathlib.Path
) -> Result:
    """Return the result of one exercise of the run whose records are in `folder`.

    Raises
    ------
    verify.NotBuilt
        If a network could not be built, though nothing is known against it.
    """
    found = left.evidence.get(exercise.name)
    errors = _errors(exercise.name, run, left)
    if found is None:
        return _without_evidence(exercise, run, left, errors)
    try:
        content = records.evidence_bytes(folder / running.RECORDS, found)
        verified = verify.verified(exercise, verify.read(content), run.seed)
        # Whose it is says the notebook's text, not what ran.
        result = exercise.judge(dataclasses.replace(verified, student=run.student))
    except (verify.Refused, EvidenceError) as error:
        return ungraded(exercise, f"the evidence was not accepted: {error}")
    if result.outcome is Outcome.NOT_ATTEMPTED and errors:
        return _ended_in_error(exercise, errors[0], running.first_error(run, left))
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
        return _ended_in_error(exercise, errors[0], running.first_error(run, left))
    if left.fault:
        reason = f"what the notebook left behind could not be read: {left.fault}"
    elif run.stopped:
        reason = f"the notebook was stopped before this check: {run.stopped}"
    elif not left.complete:
        reason = f"the notebook ended before this check (exit status {run.status})"
    else:
        reason = "there is no record that its check ran"
    return ungraded(exercise, reason)


def _ended_in_error(exercise: Exercise, error: str, first: tuple[str, str] | None) -> Result:
    step = f"{next_steps.of_words(error)} Then restart the kernel, and run all cells from the top."
    if first is not None and first[1] != error:
        where, what = first
        step = f"Mend the first error of your notebook first: {what} in the cell {where!r}."
    message = Message(
        f"The cell ended in an error: {error}", "a cell that runs without an error", step
    )
    return _result(exercise, Outcome.FAILED, message)


def ungraded(exercise: Exercise, reason: str) -> Result:
    """Return the result of an exercise that could not be graded, which says why."""
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
    return [ungraded(exercise, reason) for exercise in labs.load(lab)]
