"""An answer of an exercise that its author wrote, and what it must earn."""

import dataclasses
import types
from collections.abc import Callable, Mapping
from typing import Any

from labkit.checks import names
from labkit.checks.result import Outcome


@dataclasses.dataclass(frozen=True)
class Case:
    """One answer, and what it must earn.

    Attributes
    ----------
    name : str
    make : callable
        From the notebook's names to the answers, own ones first. Called anew for each use.
    earns : float or None
        None for full points.
    shows : str
        The misconception that must be recognised first; empty where none is asked for.
    outcome : Outcome
    """

    name: str
    make: Callable[[names.Names], tuple]
    earns: float | None
    shows: str = ""
    outcome: Outcome = Outcome.FAILED

    @property
    def is_right(self) -> bool:
        return self.outcome is Outcome.PASSED


def constantly(value: Any) -> Callable[[names.Names], tuple]:
    """Return what makes an answer of `value`, whatever there is."""
    return lambda defined: (value,)


def letters(right: str, shown: Mapping[str, str]) -> list[Case]:
    """Return the answers to a question with one right letter that are tried everywhere.

    Parameters
    ----------
    right : str
    shown : dict of str to str
        For each wrong letter, the misconception that it shows.
    """
    clothes = {"a capital": right.upper(), "with a bracket": f" {right}) "}
    clothes |= {"with its words": f"{right}: A word or two.", "as it is printed": f"**{right}**"}
    made = [Case(name, constantly(a), None, "", Outcome.PASSED) for name, a in clothes.items()]
    made += [Case(letter, constantly(letter), 0, name) for letter, name in shown.items()]
    first, name = next(iter(shown.items()))
    made.append(Case("two letters", constantly([first, right]), 0, name))
    no_letters = {"its number": ord(right) - ord("a") + 1, "no letter": ""}
    no_letters |= {"this or that": f"{right} or {first}", "a word of it": f"{right}{right}"}
    return [*made, *(Case(name, constantly(a), 0) for name, a in no_letters.items())]


def stub(function: Callable) -> Callable:
    """Return the function as the student finds it: its head and its docstring."""
    stub = types.FunctionType((lambda *given, **named: None).__code__, {}, function.__name__)
    stub.__doc__ = function.__doc__
    return stub
