"""Read and repair notebooks in a process of its own, with limits of time and memory.

A file of a few kilobytes can hold a notebook that takes gigabytes or minutes to read. `Reader`
keeps such a process and asks it; `serve` is what runs there. It starts the file itself, imports
what reading needs and nothing else, and ends with the one that asks.
"""

import contextlib
import dataclasses
import json
import os
import pathlib
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any, BinaryIO, Self

import psutil

from labkit.grading import asking, boundary
from labkit.grading.submissions import handed_out, repair, whose

SECONDS = 60.0
MIB = 2**20
# What Python and its libraries take, and what a file of ordinary cells takes for each of its bytes.
_MEMORY, _FOR_A_BYTE = 256 * MIB, 5
# What is small takes little, whatever it holds; after what is large, the process starts again.
_SMALL, _LARGE = 2 * MIB, 16 * MIB
_POLL = 0.02
_TRIES = 2
_ROOT = pathlib.Path(__file__).parents[3]
_START = (
    f"import sys; sys.path.insert(0, {str(_ROOT)!r}); "
    "from labkit.grading.submissions import reading; reading.serve()"
)


class Reader:
    """A process that reads notebooks, started when it is needed. Use it in a ``with`` statement.

    It may be asked by several threads, which wait for each other: reading takes milliseconds.

    Parameters
    ----------
    cells : sequence of handed_out.CourseCell
        Those of the lab, for repairing.
    seconds : float
        How long one notebook may take.
    """

    def __init__(
        self, cells: Sequence[handed_out.CourseCell] = (), seconds: float = SECONDS
    ) -> None:
        self._cells = [dataclasses.asdict(cell) for cell in cells]
        self._seconds = seconds
        self._process: subprocess.Popen | None = None
        self._one_at_a_time = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def repair(self, content: bytes) -> repair.Repaired:
        """Return the notebook in `content`, repaired; see `repair.repair`.

        Raises
        ------
        boundary.Reason
            If it is no notebook, or if reading it takes too long or too much memory.
        """
        answer = self._answer("repair", content)
        steps = [repair.Step(**{**step, "gives": tuple(step["gives"])}) for step in answer["steps"]]
        notes = tuple(answer["notes"])
        return repair.Repaired(tuple(steps), answer["essays"], notes, answer["student"])

    def look(self, content: bytes) -> whose.Content:
        """Tell what a file holds; see `whose.look`."""
        if len(content) <= _SMALL:
            return whose.look(content)
        return boundary.within(
            lambda: whose.Content(**self._answer("look", content)),
            lambda reason: whose.Content(problem=reason),
        )

    def _answer(self, what: str, content: bytes) -> dict[str, Any]:
        if len(content) > repair.MAX_BYTES:
            raise repair.Unreadable(f"the file is larger than {repair.MAX_BYTES // MIB} MiB")
        with self._one_at_a_time:
            for _ in range(_TRIES):
                answer = self._asked(what, content)
                if len(content) > _LARGE:
                    self._stop()  # it gives not all memory back
                if answer is not None and "problem" in answer:
                    raise boundary.Reason(answer["problem"])
                if answer is not None:
                    return answer
        raise boundary.Reason("the process that reads notebooks was lost: grade once more")

    def _asked(self, what: str, content: bytes) -> dict[str, Any] | None:
        """Return what was answered; None if the process was lost, for no fault of the notebook."""
        memory = _MEMORY + _FOR_A_BYTE * len(content)
        process = self._running()
        said: queue.Queue[dict[str, Any] | None] = queue.Queue()
        word, head = asking.question(what=what, size=len(content), memory=memory)
        how = (process, word, head + content, said)
        talk = threading.Thread(target=_talk, args=how, daemon=True)
        talk.start()
        until = time.monotonic() + self._seconds
        problem = ""
        while talk.is_alive() and not problem:
            talk.join(_POLL)
            if time.monotonic() > until:
                problem = f"reading it took more than {self._seconds:g} seconds"
            elif _memory_of(process) > memory:
                problem = f"reading it took more than {memory // MIB} MiB of memory"
        if problem:
            self._stop()
            talk.join()
            raise boundary.Reason(problem)
        answer = said.get_nowait()
        if answer is None:
            self._stop()
        return answer

    def _running(self) -> subprocess.Popen:
        if self._process is None or self._process.poll() is not None:
            self._stop()
            self._process = subprocess.Popen(
                [sys.executable, "-s", "-P", "-c", _START],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                # NumPy, of which nothing is used here, would set memory aside for each thread.
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
                start_new_session=True,  # Ctrl-C is for the one who asks
            )
            cells = json.dumps(self._cells).encode() + b"\n"
            with contextlib.suppress(OSError):  # it is gone: the next one to ask will notice
                self._process.stdin.write(cells)
        return self._process

    def _stop(self) -> None:
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):  # what was not yet written to it is lost with it
                stream.close()
        self._process = None


def _talk(
    process: subprocess.Popen,
    word: str,
    question: bytes,
    said: "queue.Queue[dict[str, Any] | None]",
) -> None:
    found = None
    # The process has ended, or its pipes were closed.
    with contextlib.suppress(OSError, ValueError):
        process.stdin.write(question)
        process.stdin.flush()
        found = asking.answer(word, process.stdout)
    said.put(found)


def _memory_of(process: subprocess.Popen) -> int:
    try:
        return psutil.Process(process.pid).memory_info().rss
    except psutil.Error:
        return 0  # it has ended


# --- in the process ---------------------------------------------------------------------------


def serve() -> None:
    """Answer on standard output what is asked on standard input, until that is closed."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing but answers may reach the one who asks
    cells = tuple(_cell(item) for item in json.loads(sys.stdin.buffer.readline()))
    while head := sys.stdin.buffer.readline():
        asked = json.loads(head)
        answers.write(asking.answered(asked, **_answer(asked, sys.stdin.buffer, cells)))
        answers.flush()


def _cell(fields: dict[str, Any]) -> handed_out.CourseCell:
    return handed_out.CourseCell(**{**fields, "names": tuple(fields["names"])})


def _answer(
    head: dict[str, Any], given: BinaryIO, cells: tuple[handed_out.CourseCell, ...]
) -> dict[str, Any]:
    content = given.read(head["size"])
    _limit_memory(head["memory"])
    return boundary.within(
        lambda: dataclasses.asdict(_ASKED[head["what"]](content, cells)),
        lambda reason: {"problem": reason},
    )


_ASKED = {
    "repair": repair.repaired,
    "look": lambda content, _: whose.look(content),
}


def _limit_memory(most: int) -> None:
    """Let this process take no more; where the system has no such limit, the asker looks."""
    try:
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        # What is mapped is more than what is used, by the libraries above all.
        resource.setrlimit(resource.RLIMIT_AS, (most + 256 * MIB, hard))
    except (ImportError, ValueError, OSError):
        return
