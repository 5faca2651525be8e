"""A right answer's object with something in it changed."""

import dataclasses
from collections.abc import Callable
from typing import Any


@dataclasses.dataclass(frozen=True)
class Mutant:
    """An object that differs from a right answer.

    Attributes
    ----------
    words : str
        What was changed; in one exercise no two answers have the same.
    value : object
    seeds : tuple of int
        Under each of these it has to be refused: a function may be right under others.
    make : callable or None
        Makes the object anew for each seed, where it changes as it is used.
    same : callable or None
        Tells of what was made whether it is the right answer after all, where that takes long.
    """

    words: str
    value: Any
    seeds: tuple[int, ...] = (0,)
    make: Callable[[], Any] | None = None
    same: Callable[[Any], bool] | None = None

    def fresh(self) -> Any:
        """Return the object, made anew where it has a memory."""
        return self.make() if self.make else self.value
