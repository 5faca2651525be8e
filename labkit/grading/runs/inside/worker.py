"""Runs inside the sandbox: execute a repaired notebook and collect evidence at its checks.

This file is started by its path, or imported by a warm process (`preloaded.py`), with only the
collecting half of labkit beside it. It knows no criterion and no expected value. Its job comes on
standard input, and records go to the pipe whose number is its first argument; the second is the
number of processes that it may have. Nothing that it says is believed: it shares a process with the
student's code.
"""

import ast
import atexit
import base64
import builtins
import contextlib
import copy
import functools
import importlib
import io
import json
import os
import pickle
import random
import resource
import shutil
import signal
import sys
import types
from typing import Any

MAX_TEXT = 4_000
MAX_PICTURES = 4
MAX_PICTURE = 150_000
SEED = 2024
# For what a student's code has put off until its end, which may wait for ever.
_SECONDS_AT_EXIT = 10
_SHOWN = ("text/plain", "image/png")
HERE = os.path.dirname(os.path.abspath(__file__))


class Overtime(Exception):
    """A cell ran for longer than it may."""


class Screen(io.TextIOBase):
    """Stands in for standard output: keeps the beginning, forgets the rest."""

    encoding = "UTF-8"

    def __init__(self) -> None:
        self.text = ""

    def fileno(self) -> int:
        return 1  # as in a notebook, where what other programs print is shown elsewhere

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if len(self.text) < MAX_TEXT:
            self.text += str(text)[: MAX_TEXT - len(self.text)]
        return len(text)


class Exercise:
    """What a check cell calls: it collects and leaves judging to others."""

    def __init__(
        self, name: str, dataset: str, answers: dict[str, Any], yours: Any, found: dict[str, Any]
    ) -> None:
        # Before the first cell runs, which may leave nothing to import from.
        from labkit import evidence
        from labkit.evidence import values

        self._name, self._dataset = name, dataset
        self._yours, self._found = yours, found
        self._collectors = {name: _collector(*asked) for name, asked in answers.items()}
        self._collect, self._evidence = values.collect, evidence.Evidence

    def check(self, *args: Any, **kwargs: Any) -> None:
        given = dict(zip(self._collectors, args, strict=False)) | kwargs
        facts = {
            name: self._collect(collector, given[name])
            for name, collector in self._collectors.items()
        }
        self._found[self._name] = self._evidence(self._name, _kind(self._dataset), facts)

    def yours(self) -> Any:
        """Return what is the student's own in this exercise."""
        return self._yours

    def hint(self, step: int = 1) -> None:
        """Print nothing: hints are for the student's own machine."""


def _collector(place: str, arguments: Any) -> Any:
    """Return what collects an answer: a collector, or what calls a function with `arguments`."""
    from labkit.evidence import functions

    if arguments is not None:
        return lambda answer, _: functions.called(answer, arguments)
    module, name = place.split(":")
    return getattr(importlib.import_module(module), name)


@functools.cache
def _kind(dataset: str) -> str:
    """Return whether the data at hand is real; asking verifies it, which takes a while."""
    from labkit import data

    return data.source(dataset).kind


class Worker:
    """One run of one notebook."""

    def __init__(self, job: dict[str, Any], pipe: int) -> None:
        self.job = job
        self.pipe = pipe
        self.pid = os.getpid()
        self.found: dict[str, Any] = {}
        self.failed: set[int] = set()
        self.shown_error: BaseException | None = None
        self.lab = self._lab_module()
        self.shell = self._shell()
        self._builtins = vars(builtins).copy()

    def run(self) -> None:
        """Run all cells in order; an error ends its cell only."""
        import keras_files  # it lies beside this file

        if keras_files.are_wanted([cell["source"] for cell in self.job["cells"]]):
            keras_files.provide()
        for number, cell in enumerate(self.job["cells"]):
            if cell["check"]:
                self._check(number, cell)
            elif not cell["spare"] or self._is_needed(number, cell):
                self._cell(number, cell)
        self._write({"kind": "end"})

    def _is_needed(self, number: int, cell: dict[str, Any]) -> bool:
        """Tell whether the course's own cell has to run after the student's version of it."""
        theirs = {*range(number - cell["spare"], number)}
        return bool(theirs & self.failed) or any(
            name not in self.shell.user_ns for name in cell["gives"]
        )

    def _lab_module(self) -> types.ModuleType:
        """Make the lab's module out of the job: exercises without criteria, and its tables."""
        labs = types.ModuleType("labkit.labs")
        module = types.ModuleType(f"labkit.labs.{self.job['lab']}")
        for spoken in ("hint", "progress", "submit"):  # these are for the student's own machine
            setattr(module, spoken, lambda *_, **__: None)
        for attribute, exercise in self.job["exercises"].items():
            setattr(module, attribute, Exercise(*exercise, self.found))
        for attribute, (is_called, value) in self.job["tables"].items():
            given = functools.partial(copy.deepcopy, value) if is_called else value
            setattr(module, attribute, given)
        setattr(labs, self.job["lab"], module)
        labs.of_notebook = lambda name: module
        sys.modules |= {labs.__name__: labs, module.__name__: module}
        return module

    def _shell(self) -> Any:
        from IPython.core.displayhook import DisplayHook
        from IPython.core.displaypub import DisplayPublisher
        from IPython.core.interactiveshell import InteractiveShell
        from traitlets.config import Config

        worker = self

        class Publisher(DisplayPublisher):
            def publish(self, data: dict, metadata: dict | None = None, **more: Any) -> None:
                worker.show(data, metadata or {})

        class Hook(DisplayHook):
            def write_output_prompt(self) -> None:
                pass

            def write_format_data(self, format_dict: dict, md_dict: dict | None = None) -> None:
                worker.show(format_dict, md_dict or {})

        class Shell(InteractiveShell):
            def _showtraceback(self, kind: Any, error: Any, lines: Any) -> None:
                # It is recorded in one line; magics such as %%time show an error and go on.
                if isinstance(error, BaseException):
                    worker.shown_error = error

            def enable_gui(self, gui: str | None = None) -> None:
                pass  # as in a notebook, where %matplotlib needs no window

            def enable_matplotlib(self, gui: str | None = None) -> Any:
                try:
                    return super().enable_matplotlib(gui)
                except ImportError:  # such as of `widget`, where it is not installed
                    return super().enable_matplotlib("inline")

        config = Config()
        config.HistoryManager.enabled = False
        Shell.display_pub_class = Publisher
        Shell.displayhook_class = Hook
        shell = Shell.instance(config=config)
        for kind, formatter in shell.display_formatter.formatters.items():
            formatter.enabled = kind in _SHOWN  # others, such as a table's HTML, nobody sees
        return shell

    def show(self, data: dict[str, Any], metadata: dict[str, Any]) -> None:
        """Keep what a cell displays: its picture, or its text."""
        png = data.get("image/png")
        if png is None:
            sys.stdout.write(str(data.get("text/plain", "")) + "\n")
            return
        if isinstance(png, bytes):
            png = base64.b64encode(png).decode()
        png = png.replace("\n", "")
        if len(self.pictures) < MAX_PICTURES and len(png) < MAX_PICTURE * 4 / 3:
            words = (metadata.get("image/png") or {}).get("alt", "")
            self.pictures.append({"png": png, "words": str(words)[:MAX_TEXT]})

    def _cell(self, number: int, cell: dict[str, Any]) -> None:
        self.pictures: list[dict[str, str]] = []
        screen = Screen()
        error = self.shown_error = None
        _draw_without_windows()
        self._show_pictures(cell["shown"])
        with self._no_longer_than(self.job["cell_seconds"]), _printing_to(screen):
            try:
                result = self.shell.run_cell(cell["source"], store_history=False)
                error = result.error_before_exec or result.error_in_exec or self.shown_error
            except BaseException as raised:  # whatever it is, the next cell runs
                error = raised
        if error is not None:
            self.failed.add(number)
        self._record(number, error, screen.text)

    def _show_pictures(self, shown: bool) -> None:
        """Let figures be drawn, or not: the feedback has no picture of what the course gave."""
        formatter = self.shell.display_formatter
        for part in (formatter.mimebundle_formatter, formatter.formatters["image/png"]):
            part.enabled = shown

    def _check(self, number: int, cell: dict[str, Any]) -> None:
        """Run the course's check cell on the student's variables.

        A variable that does not exist, because the cell that makes it failed, counts as the
        placeholder for this check.
        """
        self.pictures = []
        self.found.clear()
        screen = Screen()
        error = None
        theirs = self.shell.user_ns
        missing = _missing_names(cell["source"], theirs)
        theirs["lab"] = self.lab
        # What Python itself gives is here what it was, whatever they have made of it.
        space = {**theirs, **dict.fromkeys(missing, ...), "__builtins__": self._builtins}
        with self._no_longer_than(self.job["check_seconds"]), _printing_to(screen):
            try:
                exec(compile(cell["source"], "check", "exec"), space)
                self._write_evidence()
            except BaseException as raised:  # whatever it is, the next cell runs
                error = raised
        self._record(number, error, screen.text)

    def _write_evidence(self) -> None:
        for name, evidence in self.found.items():
            file = io.BytesIO()
            evidence.write(file)
            content = file.getvalue()
            self._write({"kind": "evidence", "exercise": name, "size": len(content)}, content)

    def _record(self, number: int, error: BaseException | None, text: str) -> None:
        said = _in_one_line(error)
        self._write(
            {
                "kind": "cell",
                "number": number,
                "error": said,
                "text": text,
                "pictures": self.pictures,
            }
        )

    def _write(self, record: dict[str, Any], content: bytes = b"") -> None:
        if os.getpid() != self.pid:
            os._exit(0)  # a process that a cell forked has come back here
        left = memoryview(json.dumps(record).encode() + b"\n" + content)
        while left:
            left = left[os.write(self.pipe, left) :]

    @contextlib.contextmanager
    def _no_longer_than(self, seconds: float) -> Any:
        def ring(*_: Any) -> None:
            raise Overtime(f"the cell ran for more than {seconds:g} seconds")

        signal.signal(signal.SIGALRM, ring)
        # It rings again, for code that catches every exception and goes on.
        signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)


@contextlib.contextmanager
def _printing_to(screen: Screen) -> Any:
    before = sys.stdout, sys.stderr
    sys.stdout = sys.stderr = screen
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def _missing_names(source: str, space: dict[str, Any]) -> list[str]:
    loaded = {
        node.id
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    return sorted(
        name
        for name in loaded
        if name not in space and not hasattr(builtins, name) and name != "lab"
    )


def _in_one_line(error: BaseException | None) -> str:
    if error is None:
        return ""
    try:
        said = error
        if isinstance(error, SyntaxError) and error.lineno:
            said = f"{error.msg} (line {error.lineno})"  # not the name that IPython gives a cell
        return " ".join(f"{type(error).__name__}: {said}".split())[:MAX_TEXT]
    except BaseException:  # the student's own exception cannot say what it is
        return "an error that has no message"


def _draw_without_windows() -> None:
    """Let Matplotlib draw into the notebook where a cell asks for a window, which is not here."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    plain = getattr(pyplot, "switch_backend", None)
    if plain is None or hasattr(plain, "plain"):
        return

    def switch_backend(newbackend: str) -> None:
        try:
            plain(newbackend)
        except ImportError:
            plain("module://matplotlib_inline.backend_inline")

    switch_backend.plain = plain
    pyplot.switch_backend = switch_backend


def provide_fonts() -> None:
    """Put Matplotlib's list of fonts where it looks for it."""
    fonts = os.path.join(HERE, "matplotlib")
    shutil.copytree(fonts, os.path.expanduser("~/.cache/matplotlib"), dirs_exist_ok=True)


def work(pipe: int, has_images: bool = False) -> None:
    """Run the job on standard input; records go to the descriptor `pipe`.

    A process that `has_images` was forked from one that has loaded them.
    """
    provide_fonts()
    with open(0, "rb", closefd=False) as given:
        job = pickle.load(given)  # written by the grader, before any student's code runs
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for kind, limit in job["limits"].items():
        _limit(getattr(resource, kind), limit)
    _start_alike()
    if not has_images:
        _load_images(job)
    _rehearse()
    worker = Worker(job, pipe)
    # It would take down, object by object, what ends with the process anyhow.
    atexit.unregister(worker.shell.atexit_operations)
    # As in a notebook, its own folder comes first: there a cell writes the modules that it imports.
    sys.path.insert(0, "")
    worker.run()
    signal.signal(signal.SIGALRM, lambda *_: os._exit(0))
    signal.setitimer(signal.ITIMER_REAL, _SECONDS_AT_EXIT)
    atexit._run_exitfuncs()  # what a student's code has put off until its end
    # All is said. To take the interpreter down would touch, and so copy, most of what a fork shares
    # with the process that forked it: that costs more than many notebooks do.
    os._exit(0)


def _limit(kind: int, most: int) -> None:
    """Set a limit, or leave a lower one, which none but the system's owner may raise."""
    _, highest = resource.getrlimit(kind)
    if highest != resource.RLIM_INFINITY:
        most = min(most, highest)
    resource.setrlimit(kind, (most, most))


def _load_images(job: dict[str, Any]) -> None:
    """Load the images before the first cell, which may leave nothing to load them with."""
    from labkit import data

    for dataset in sorted({exercise[1] for exercise in job["exercises"].values()}):
        # Where they are not at hand, the notebook finds out, in the cell that asks for them.
        with contextlib.suppress(data.DataError):
            data.load_in_advance(dataset)


def _rehearse() -> None:
    """Collect something and write it: libraries import some of what they need when it is used."""
    import numpy as np

    from labkit import evidence
    from labkit.evidence import values

    large = np.linspace(0, 1, 2 * values.WHOLE, dtype=np.float32).reshape(-1, 10, 10)
    facts = {"large": values.collect(values.array, large), "small": values.collect(values.value, 1)}
    evidence.Evidence("", "", facts).write(io.BytesIO())


def _start_alike() -> None:
    """Let unseeded numbers and the images be the same in every run, whatever a cell sets."""
    import numpy as np

    from labkit.data import settings

    settings.hold()
    random.seed(SEED)
    np.random.seed(SEED)  # noqa: NPY002  what students use


def main() -> None:
    sys.path.insert(0, HERE)
    is_first = os.getpid() == 1
    if is_first:
        import nested_box  # it lies beside this file

        nested_box.close_box()
    if sys.platform == "linux":
        import hardened

        hardened.harden()
    if is_first:
        nested_box.guard(int(sys.argv[2]))
    work(int(sys.argv[1]))


if __name__ == "__main__":
    main()
