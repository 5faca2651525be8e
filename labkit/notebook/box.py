"""What a check's value shows in a notebook: the result, and hints that are folded away."""

from __future__ import annotations

import dataclasses

from labkit.checks import result
from labkit.checks.result import Result


@dataclasses.dataclass(frozen=True)
class Shown(Result):
    """A result with what only a notebook shows beside it.

    Attributes
    ----------
    word : str
        Another word for the outcome, such as ``"not judged"``.
    question : str
        What the student is asked before the first hint.
    hints : tuple of str
        Empty for none.
    name_the_data : bool
        Whether the sample's name is said: once in a notebook, not in each box.
    """

    word: str = ""
    question: str = ""
    hints: tuple[str, ...] = ()
    name_the_data: bool = True

    # A dataclass would make its own, which shows all fields; nbgrader reads the points.
    __repr__ = Result.__repr__

    def headline(self) -> str:
        # No points: whoever has some keeps them.
        return (
            f"{result.MARKS[self.outcome]} {self.title}: {self.word}."
            if self.word
            else (super().headline())
        )

    def in_words(self) -> str:
        return self.word or super().in_words()

    def _repr_html_(self) -> str:
        return result.html(self, self.question, self.hints, self.name_the_data)


def shown(found: Result, **more: object) -> Shown:
    """Return `found` with what a notebook shows beside it; the keywords are fields of `Shown`."""
    fields = {field.name: getattr(found, field.name) for field in dataclasses.fields(Result)}
    return Shown(**fields | more)


def question(found: Result) -> str:
    """Return a question about what the check saw, to be answered before a hint is opened."""
    message = next((verdict.message for verdict in found.verdicts if verdict.message), None)
    if message is None:
        return "Say in your own words what the exercise asks for. Which line of yours does that?"
    saw = message.saw.rstrip(".")
    return (
        f"The check saw this: {saw}. What had you expected to see there, and which line of yours "
        "makes it? Say it aloud, or write it down. Then open the first hint."
    )
