"""Time what one process does, and what two do at once: more than that no two workers can gain.

    python -m benchmarks.both_cores

A machine's second core may be another thread of the first, share its memory's bandwidth, or be lent
out elsewhere. The processes share nothing, and each does the same work as the one alone.
"""

import multiprocessing
import time
from collections.abc import Callable
from multiprocessing.synchronize import Barrier

import numpy as np

from benchmarks import rows

TOPIC = "Two processes beside each other, to one alone"


def measure(rounds: int = 5) -> list[rows.Row]:
    """Return how many times as much two processes do in a second; 2 is all that there is."""
    return [
        rows.Row(TOPIC, what, tuple(_gained(work) for _ in range(rounds)), rows.TIMES)
        for what, work in WORK.items()
    ]


def _gained(work: Callable[[], None]) -> float:
    one, two = (_seconds(work, processes) for processes in (1, 2))
    return 2 * one / two


def _seconds(work: Callable[[], None], processes: int) -> float:
    """Return the seconds until all of some processes, begun at once, have done the same work."""
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(processes + 1)
    started = [context.Process(target=_after, args=(barrier, work)) for _ in range(processes)]
    for process in started:
        process.start()
    barrier.wait()
    start = time.perf_counter()
    for process in started:
        process.join()
    if any(process.exitcode for process in started):
        raise RuntimeError("a process of the measurement failed; its error stands above")
    return time.perf_counter() - start


def _after(barrier: Barrier, work: Callable[[], None]) -> None:
    barrier.wait()
    work()


def _python() -> None:
    total = 0
    for number in range(20_000_000):
        total += number & 7


def _scaling() -> None:
    images = np.zeros((60_000, 28, 28), np.uint8)
    for _ in range(5):
        images / 255


WORK: dict[str, Callable[[], None]] = {
    "a loop in Python": _python,
    "60,000 images scaled by NumPy": _scaling,
}


if __name__ == "__main__":
    print(*rows.lines(measure()), sep="\n")
