"""What a kernel does beside running cells, where the front end says which cell it runs.

`labkit lab` starts its kernels with this module as an extension of IPython; elsewhere a notebook's
set-up attaches it.

- It notes what each cell's run did (`labkit.notebook.cells`).
- A cell that asks a check finds a placeholder for each variable that does not exist, and so can say
  which exercise makes it, or what kept it from being made.

Where the front end names the cells, and not for nbclient's, which come without an id:

- After an error the cells that wait are run all the same; only an interruption stops them.
- An error is shown with the student's own line first, and without the steps inside libraries.
"""

from __future__ import annotations

import inspect
import linecache
import os
import sys
import traceback
import types
from collections.abc import Callable
from typing import Any

from labkit.notebook import troubles
from labkit.notebook.cells import Page, cells, name_of

TARGET = "labkit"
"""The name under which JupyterLab's part (`labkit/jupyter/labextensions`) calls."""
_attached: set[int] = set()
_SETUP = "labkit.setup("
_CHECK, _READY = ".check(", "labkit.ready("


def load_ipython_extension(shell: Any) -> None:
    """Do what IPython asks an extension for: attach to its shell."""
    attach(shell)


def attach(shell: Any) -> None:
    """Listen to what `shell` runs; once, however often it is called."""
    if id(shell) in _attached:
        return
    _attached.add(id(shell))
    watcher = Watcher(shell)
    shell.events.register("pre_run_cell", watcher.before)
    shell.events.register("post_run_cell", watcher.after)
    kernel = getattr(shell, "kernel", None)
    if kernel is not None:
        _go_on_after_errors(kernel)
        kernel.comm_manager.register_target(TARGET, watcher.called)


class Watcher:
    """Listens to one shell.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
    """

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self.lent: dict[str, Any] = {}
        self.shows_errors = False

    def before(self, info: Any) -> None:
        """Note that a cell begins, and lend it the names that it needs and that do not exist."""
        name = name_of(info.cell_id, info.cell_meta)
        cells.begins(name, info.cell_id)
        if self.shows_errors != (name is not None):
            self.shows_errors = not self.shows_errors
            shown = (Exception, KeyboardInterrupt) if self.shows_errors else ()
            self.shell.set_custom_exc(shown, _show_error)
        self._lend(self._wanted(name or "", info.raw_cell))

    def _wanted(self, name: str, source: str) -> list[str]:
        """Return the names that are lent to a cell if they do not exist.

        In a cell of the student's own these are only the names that the course knows: one that is
        misspelt is an error there.
        """
        if (name.endswith("-check") and _CHECK in source) or (name and _READY in source):
            return troubles.loaded(source)
        asked = sorted(troubles.asked(source))
        if "lab" in asked and "lab" not in self.shell.user_ns:
            return asked
        return list(filter(_is_of_the_course, asked))

    def after(self, result: Any) -> None:
        """Note how a cell ended, and take back what it was lent."""
        space = self.shell.user_ns
        for name, value in self.lent.items():
            if space.get(name) is value:
                del space[name]
        self.lent = {}
        cells.missing = frozenset()
        info = result.info
        if info is None:
            return
        error = result.error_before_exec or result.error_in_exec
        cells.ended(name_of(info.cell_id, info.cell_meta), info.raw_cell, error)

    def called(self, comm: Any, opening: dict[str, Any]) -> None:
        """Take what JupyterLab tells of the page; see `labkit.notebook.cells.Page`."""
        page_comms.append(comm)
        del page_comms[:-1]  # a page that was loaded again opens another one
        comm.on_msg(_told)
        _told(opening)

    def _lend(self, names: list[str]) -> None:
        space = self.shell.user_ns
        missing = [name for name in names if name not in space]
        self.lent = {name: SetUpFirst() if name == "lab" else ... for name in missing}
        self.lent.pop("labkit", None)
        space.update(self.lent)
        cells.missing = frozenset(missing)


def _is_of_the_course(name: str) -> bool:
    """Tell whether an open lab asks for `name`; none is open before the set-up has run."""
    lab = sys.modules.get("labkit.notebook.lab")
    return lab is not None and lab.asks_for(name)


page_comms: list[Any] = []
"""The way to the page, if there is one: what it is asked for goes there."""


def _told(message: dict[str, Any]) -> None:
    data = message.get("content", {}).get("data")
    if isinstance(data, dict):
        cells.page = Page.told(data)


class SetUpFirst:
    """Stands where the lab stands, until the set-up has run in this kernel."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self

    def __call__(self, *args: Any, **kwargs: Any) -> SetUpFirst:
        return self

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "0"

    def _repr_html_(self) -> str:
        from labkit.notebook import pages

        return pages.render("set-up-first.html")


def _show_error(
    shell: Any, kind: type, error: BaseException, trace: types.TracebackType, tb_offset: Any = None
) -> list[str]:
    """Show an error: what it says, the student's own line, and how many steps lie below it."""
    # %tb shows all of it.
    sys.last_type, sys.last_value, sys.last_traceback = kind, error, trace
    lines = in_short(error, trace)
    shell._showtraceback(kind, error, lines)
    shell._last_traceback = lines
    return lines


def in_short(error: BaseException, trace: types.TracebackType | None) -> list[str]:
    """Return an error's traceback with the student's lines only, in the order that helps."""
    red, plain = "\x1b[0;31m", "\x1b[0m"
    said = "".join(traceback.TracebackException(type(error), error, None).format_exception_only())
    if isinstance(error, SyntaxError):
        place = f"In line {error.lineno} of this cell:" if error.lineno else ""
        body = said.split("\n", 1)[1] if said.lstrip().startswith("File ") else said
        return [line for line in (place, f"{red}{body.rstrip()}{plain}") if line]
    steps = traceback.walk_tb(trace)
    own = list(troubles.own_lines(trace))
    lines = [f"{red}{said.rstrip()}{plain}"]
    for number, (filename, line) in enumerate(reversed(own)):
        words = "In line" if number == 0 else "called by line"
        lines.append(f"{words} {line}: {linecache.getline(filename, line).strip()}")
    inside = sum(1 for frame, _ in steps if _is_of_a_library(frame.f_code.co_filename))
    if isinstance(error, NameError) and not _is_set_up():
        lines.append("The set-up has not run since the kernel started: choose Run All Cells.")
    if isinstance(error, KeyboardInterrupt):
        lines.append("The cell was stopped before its end.")
    if inside:
        steps_inside = "1 step" if inside == 1 else f"{inside} steps"
        lines.append(f"({steps_inside} inside libraries left out; a cell with %tb shows them)")
    return lines


def _is_set_up() -> bool:
    return any(_SETUP in run.source for run in cells.runs.values())


def _is_of_a_library(filename: str) -> bool:
    return os.path.exists(filename) and f"{os.sep}IPython{os.sep}core{os.sep}" not in filename


def _go_on_after_errors(kernel: Any) -> None:
    """Let a front end's cells that wait run after an error, too, but for an error of the set-up."""
    run: Callable[..., Any] = kernel.shell_handlers["execute_request"]

    async def execute(stream: Any, ident: Any, parent: dict[str, Any]) -> None:
        content = parent.get("content", {})
        named = (parent.get("metadata") or {}).get("cellId")
        goes_on = bool(named) and _SETUP not in str(content.get("code", ""))
        stops = content.get("stop_on_error", True)
        if goes_on:
            content["stop_on_error"] = False
        answer = run(stream, ident, parent)
        if inspect.isawaitable(answer):
            await answer
        if goes_on and stops and _was_interrupted(kernel):
            # As the kernel itself does after an error.
            kernel._abort_queues(parent.get("header", {}).get("subshell_id"))

    kernel.shell_handlers["execute_request"] = execute


def _was_interrupted(kernel: Any) -> bool:
    result = kernel.shell.last_execution_result
    error = getattr(result, "error_in_exec", None)
    return isinstance(error, KeyboardInterrupt)
