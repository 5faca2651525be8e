"""What is read off an author's file, and what is told where something in it is not right."""

import dis
import inspect
import pathlib
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any


class AuthorError(Exception):
    """Something in an author's file is not as it should be; says where, what, and what to do."""

    def __init__(self, problem: str, cure: str, path: str = "", line: int = 0) -> None:
        self.problem, self.cure, self.path, self.line = problem, cure, path, line
        where = f"{path}, line {line}: " if path else ""
        super().__init__(f"{where}{problem}. {cure}")


_OWN = str(pathlib.Path(__file__).parent)


def caller() -> tuple[str, int]:
    """Return file and line of the author's code that is being run."""
    frame = sys._getframe(1)
    while frame.f_code.co_filename.startswith(_OWN) and frame.f_back is not None:
        frame = frame.f_back
    return frame.f_code.co_filename, frame.f_lineno


def path_of(function: Callable) -> str:
    """Return the file that a function is written in."""
    return function.__code__.co_filename


def title_and_text(doc: str | None, where: Any) -> tuple[str, str]:
    """Return the first line of a docstring, and what follows the empty line below it."""
    title, _, text = inspect.cleandoc(doc or "").partition("\n")
    if not title or not text.strip():
        raise AuthorError(
            "the text is missing",
            'Begin the file with """The title, an empty line, and what students are to do.""", '
            "and hand over __doc__.",
            where.path,
            where.line,
        )
    return title.rstrip("."), text.strip("\n")


def told(function: Callable, where: Any) -> str:
    """Return the docstring of a function of an exercise, which is what students are told."""
    told = inspect.getdoc(function)
    if not told:
        raise where.error(
            f"{function.__name__} has no docstring", "Write there what is told.", function
        )
    return " ".join(told.split())


def words(function: Callable) -> str:
    """Return the name of a function as words."""
    return function.__name__.strip("_").replace("_", " ")


def functions(make: Callable | None, named: Mapping[str, Any]) -> Iterator[Callable]:
    """Yield a function, if there is one, and those that were handed over by names, so named."""
    if make is not None:
        yield make
    for name, function in named.items():
        if not isinstance(function, types.FunctionType):
            raise AuthorError(
                f"{name} is no function",
                f"Write {name}=lambda x_train: ..., with what it asks for behind lambda.",
                *caller(),
            )
        function.__name__ = name
        yield function


def yields(make: Callable) -> int:
    """Return how many answers a generator function yields: its `yield`s outside loops."""
    return sum(item.opname == "YIELD_VALUE" for item in dis.get_instructions(make))
