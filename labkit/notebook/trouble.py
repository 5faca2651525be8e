"""How a cell's run ended, where it did not end well."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Trouble:
    """How a cell's run ended, if not well.

    Attributes
    ----------
    kind, text : str
        The name of the error's class, and what it says.
    line : int or None
        The line of the student's own code, counted from 1; None if none is known.
    code : str
        That line.
    name : str
        The name that was not found; empty for another error.
    instead : str
        What was meant by an attribute that was not found; empty if that cannot be told.
    """

    kind: str
    text: str
    line: int | None = None
    code: str = ""
    name: str = ""
    instead: str = ""

    @property
    def is_of_grammar(self) -> bool:
        """Whether Python could not even read the cell."""
        return self.kind in ("SyntaxError", "IndentationError", "TabError")
