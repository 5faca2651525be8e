"""What `labkit grade` says while it works: a line that changes in a terminal, lines elsewhere."""

import sys
import threading
import time
from typing import Self, TextIO

import rich.console
import rich.live
import rich.text

from labkit.checks import Outcome
from labkit.checks.result import points
from labkit.grading.graded import Graded
from labkit.grading.results.pages import plain

_REASON = 120


def one_line(text: object) -> str:
    """Return a text in one line, without what a terminal would obey."""
    return " ".join(plain(text).split())


def problem(item: Graded) -> str:
    """Return why some of a submission could not be graded; empty if all of it was."""
    unread = [r for r in item.results if r.outcome is Outcome.COULD_NOT_GRADE]
    return one_line(unread[0].message) if unread else ""


class Progress:
    """How far grading is. Use it in a ``with`` statement; its methods may be called by threads.

    Parameters
    ----------
    file : TextIO, optional
        Where to speak; standard error if left out. A terminal gets one line that changes.
    """

    def __init__(self, file: TextIO | None = None) -> None:
        self._console = rich.console.Console(file=file or sys.stderr, highlight=False)
        self._lock = threading.Lock()
        self._total = self._done = self._running = 0
        self._problem = ""
        self._begun = time.monotonic()
        self._live: rich.live.Live | None = None

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live = rich.live.Live(
                get_renderable=self._text, console=self._console, transient=True
            )
            self._live.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        if self._live is not None:
            self._live.__exit__(*error)

    def begins(self, total: int) -> None:
        """Take the number of submissions."""
        self._total, self._begun = total, time.monotonic()

    def starts(self) -> None:
        """Count one more that runs."""
        with self._lock:
            self._running += 1

    def ends(self, item: Graded) -> None:
        """Count one that has ended, and say it where nothing else shows it."""
        with self._lock:
            self._running -= 1
            self._done += 1
            why = problem(item)
            name = one_line(item.submission.student)
            absent = item.submission.absent
            if why and not absent:
                self._problem = f"{name}: {why[:_REASON]}"
            if self._live is None:
                said = f"could not grade all: {why[:_REASON]}" if why else points(item.points)
                said = "handed in nothing" if absent else said
                print(
                    f"{self._done} of {self._total}: {name}, {said}{self._to_go()}",
                    file=self._console.file,
                    flush=True,
                )

    def line(self) -> str:
        """Return the one line: done, running, left, time to go, the last problem."""
        if not self._total:
            return "Getting ready …"
        left = self._total - self._done - self._running
        said = f"{self._done} of {self._total} done, {self._running} running, {left} left"
        if self._done == self._total:
            said = f"{self._done} of {self._total} done, writing grades and pages …"
        last = f"; last problem: {self._problem}" if self._problem else ""
        return f"{said}{self._to_go()}{last}"

    def _to_go(self) -> str:
        open_ones = self._total - self._done
        if not self._done or not open_ones:
            return ""
        seconds = (time.monotonic() - self._begun) / self._done * open_ones
        return (
            f", about {seconds / 60:.0f} min to go" if seconds >= 90 else ", about a minute to go"
        )

    def _text(self) -> rich.text.Text:
        return rich.text.Text(self.line(), no_wrap=True, overflow="ellipsis")
