"""A limit on how long a student's function may run when a check calls it."""

from __future__ import annotations

import _thread
import contextlib
import signal
import threading
from collections.abc import Iterator

SECONDS = 5.0
_AGAIN = 0.5


class DoesNotEnd(BaseException):
    """A function ran for longer than it may. Not an Exception: code that catches those goes on."""


@contextlib.contextmanager
def at_most(seconds: float = SECONDS) -> Iterator[None]:
    """Stop what runs in the block after `seconds`.

    It is stopped again and again, for code that catches everything and goes on. Only the main
    thread can be stopped; in another one the block runs as it is.

    Raises
    ------
    DoesNotEnd
        If the block did not end in time.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
    elif hasattr(signal, "setitimer"):
        with _alarm(seconds):
            yield
    else:
        with _interruption(seconds):
            yield


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    def ring(*_: object) -> None:
        raise DoesNotEnd

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _interruption(seconds: float) -> Iterator[None]:
    """Do the same where there is no alarm: on Windows."""
    over = threading.Event()
    rang = False

    def watch() -> None:
        nonlocal rang
        wait = seconds
        while not over.wait(wait):
            rang, wait = True, _AGAIN
            _thread.interrupt_main()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    except KeyboardInterrupt:
        if rang:
            raise DoesNotEnd from None
        raise
    finally:
        over.set()
        watcher.join()
