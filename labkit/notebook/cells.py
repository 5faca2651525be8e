"""What is known of a notebook's cells: what ran last and how it ended, and what the page shows.

IPython's events tell what runs. Which cell it is, the front end says in its request: its id, and in
JupyterLab all of its metadata. Where a front end says neither, as nbclient and so nbval and
nbgrader do, only the texts that ran are known: a check judges what there is, and says why there is
nothing.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from labkit.notebook import troubles


@dataclasses.dataclass(frozen=True)
class Run:
    """One run of a cell: its text, and what went wrong; None if nothing did."""

    source: str
    trouble: troubles.Trouble | None = None


@dataclasses.dataclass(frozen=True)
class Page:
    """What JupyterLab last told of the page: a moment before each run of a cell.

    Attributes
    ----------
    sources : dict of str to str
        The text of each answer cell, code or words, by its ``grade_id``.
    saved : bool
        Whether the file held all of that.
    path : str
        Where the notebook lies, from the server's folder.
    version : str
        The version of the notebook as it was handed out; empty if it names none.
    """

    sources: Mapping[str, str]
    saved: bool = False
    path: str = ""
    version: str = ""

    @classmethod
    def told(cls, data: Mapping[str, Any]) -> Page:
        """Return the page that a front end's message describes; what does not fit is left out."""
        sources = data.get("sources")
        if not isinstance(sources, Mapping):
            sources = {}
        texts = {str(name): text for name, text in sources.items() if isinstance(text, str)}
        version, path = data.get("version"), data.get("path")
        return cls(
            texts,
            data.get("saved") is True,
            path if isinstance(path, str) else "",
            version if isinstance(version, str) else "",
        )


class Cells:
    """The cells of the notebook that this kernel runs.

    Attributes
    ----------
    current : str or None
        The name of the cell that is running; None if the front end does not say.
    current_id : str or None
        What the front end calls it.
    runs : dict of str to Run
        The last run of each cell since the kernel started.
    history : list of Run
        All runs in their order, without those of checks: what is known where nobody names cells.
    page : Page or None
        None where no front end tells.
    first_error : str or None
        The first cell that ended in an error in this pass through the notebook.
    """

    def __init__(self) -> None:
        self.current: str | None = None
        self.current_id: str | None = None
        self.runs: dict[str, Run] = {}
        self.history: list[Run] = []
        self.page: Page | None = None
        self.missing: frozenset[str] = frozenset()
        self.first_error: str | None = None
        self._makers: dict[str, str] = {}

    def begins(self, name: str | None, cell_id: str | None = None) -> None:
        """Note that the cell `name` begins to run; `cell_id` is what the front end calls it."""
        self.current, self.current_id = name, cell_id

    def ended(self, name: str | None, source: str, error: BaseException | None) -> None:
        """Note how the run of the cell `name` ended."""
        self.current = None
        trouble = troubles.of(error) if error is not None else None
        if not troubles.asked(source):
            self.history.append(Run(source, trouble))
        if name is None:
            return
        for variable in troubles.assigned(source):
            self._makers[variable] = name
        self.runs.pop(name, None)  # the latest run comes last
        self.runs[name] = Run(source, trouble)
        if error is not None and (self.first_error is None or self._is_before_the_first(name)):
            self.first_error = name
        elif error is None and self.first_error == name:
            self.first_error = next((n for n, run in self.runs.items() if run.trouble), None)

    def _is_before_the_first(self, name: str) -> bool:
        """Tell whether the page has the cell `name` above the first one that ended in an error."""
        order = list(self.page.sources) if self.page else []
        places = [c.removesuffix("-check") for c in (name, self.first_error)]
        return all(c in order for c in places) and order.index(places[0]) < order.index(places[1])

    def is_left_over(self, variable: str, name: str) -> bool:
        """Tell whether only an earlier text of the cell `name` made `variable`."""
        run = self.runs.get(name)
        return (
            run is not None
            and self._makers.get(variable) == name
            and variable not in troubles.assigned(run.source)
        )

    def checks(self, exercise: str) -> bool:
        """Tell whether the running cell is the check cell of `exercise`."""
        return self.current == f"{exercise}-check"

    def shown(self, name: str) -> str | None:
        """Return the text that the cell `name` has on the page; None if nobody tells."""
        return None if self.page is None else self.page.sources.get(name)


cells = Cells()
"""Those of this kernel: a kernel runs one notebook."""


def name_of(cell_id: str | None, metadata: Any) -> str | None:
    """Return a cell's name: its ``grade_id``, else its id; None if the front end gave no id."""
    if not cell_id:
        return None
    marks = metadata.get("nbgrader") if isinstance(metadata, Mapping) else None
    grade_id = marks.get("grade_id") if isinstance(marks, Mapping) else None
    return grade_id if isinstance(grade_id, str) and grade_id else str(cell_id)
