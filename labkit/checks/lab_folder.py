"""A lab is a folder: ``lab.md`` and a file for each exercise. This reads it."""

import dataclasses
import importlib
import pathlib

from labkit import data
from labkit.checks import counted, exercise, faults, lab_text, names
from labkit.checks.authoring import AuthorError, Essay, Exercise
from labkit.checks.exercise import Answer
from labkit.checks.lab_text import Code, Piece, Place, Prose

TEXT = "lab.md"
SHARED = "shared"


class Lab(exercise.Lab):
    """A lab that was read from its folder.

    Attributes
    ----------
    folder : pathlib.Path
    dataset : str
    pieces : list
        What ``lab.md`` consists of, in its order.
    by_place : dict of str to Exercise or Essay
        What stands at each place, by the name of its file.
    """

    def __init__(self, folder: pathlib.Path, package: str) -> None:
        self.folder = folder
        path = folder / TEXT
        try:
            settings, text, line = lab_text.front_matter(path.read_text(encoding="utf-8"))
            self.pieces = lab_text.read(text, line)
        except lab_text.TextError as error:
            raise AuthorError(error.problem, error.cure, str(path), error.line) from error
        name, minutes, self.dataset = _settings(settings, path)
        self._promised = settings.get("points", "")
        self.by_place = {
            piece.name: _imported(package, piece, path)
            for piece in self.pieces
            if isinstance(piece, Place)
        }
        super().__init__(name, _title(self.pieces, path), minutes, tuple(self.by_place.values()))
        self._typed = self._typed_numbers(path)
        self._fill_in_numbers(path)
        self._join(path)

    def attributes(self) -> dict[str, Exercise]:
        """Return the machine-marked exercises by the names that a notebook calls them by."""
        return {name: item for name, item in self.by_place.items() if isinstance(item, Exercise)}

    def faults(self) -> list[AuthorError]:
        """Return all that is wrong with the lab's files and can be told without an answer."""
        placed = set(self.by_place)
        stray = {path.stem for path in self.folder.glob("*.py")} - placed - {"__init__", SHARED}
        found = [
            AuthorError(
                f"{name}.py has no place in the lab",
                f"Write {{{{ {name} }}}} on a line of its own where it should stand.",
                str(self.folder / TEXT),
                1,
            )
            for name in sorted(stray)
        ]
        found += (fault for item in self.exercises for fault in faults.of(item))
        return [*found, *self._typed, *self._points_unlike_promised()]

    def _points_unlike_promised(self) -> list[AuthorError]:
        if self._promised in ("", f"{self.points:g}"):
            return []
        problem = f"the exercises give {self.points:g} points; the settings say {self._promised}"
        cure = "Give other points to an exercise, or write another number."
        return [AuthorError(problem, cure, str(self.folder / TEXT), 1)]

    def _typed_numbers(self, path: pathlib.Path) -> list[AuthorError]:
        texts = [
            (piece.text, str(path), piece.line) for piece in self.pieces if isinstance(piece, Prose)
        ]
        # The title of an exercise and the empty line below it come first.
        texts += [(item.text, item.path, 3) for item in self.exercises]
        return [
            fault
            for text, file, first in texts
            for fault in counted.typed(
                text, lambda line, file=file, first=first: (file, first + line)
            )
        ]

    def _fill_in_numbers(self, path: pathlib.Path) -> None:
        """Put numbers in the place of ``{exercise:NAME}`` and of ``{points:CRITERION}``."""
        self.pieces = [
            dataclasses.replace(piece, text=self._numbered(piece.text, str(path), piece.line))
            if isinstance(piece, Prose)
            else piece
            for piece in self.pieces
        ]
        for item in self.exercises:
            item.text = self._numbered(counted.points_in(item), item.path, item.line)

    def _numbered(self, text: str, path: str, line: int) -> str:
        return counted.numbers_of(text, self.by_place, path, line)

    def _join(self, path: pathlib.Path) -> None:
        """Tell each exercise what the notebook has defined before it."""
        book = names.Book()
        earlier: dict[str, tuple[Answer, str]] = {}
        for piece in self.pieces:
            if isinstance(piece, Code):
                book.add(_cell(piece, path))
            elif isinstance(piece, Place):
                item = self.by_place[piece.name]
                for part in text_of(item):
                    if isinstance(part, Code):
                        book.add(_cell(part, pathlib.Path(item.path)))
                item.name = piece.name.replace("_", "-")
                if getattr(item, "variant", None):
                    book.add(item.variant.source())
                if isinstance(item, Exercise):
                    item.stand_in(book, item.name, self.dataset)
                    item.link(earlier)
                    new = (name for name in item.own if name not in item.is_there_already())
                    earlier |= {name: (item.answers[name], item.title) for name in new}


def text_of(item: Exercise | Essay) -> list[Piece]:
    """Return the pieces of an exercise's text.

    Raises
    ------
    AuthorError
    """
    try:
        # The title and the empty line below it come first.
        pieces = lab_text.read(item.text, 3)
    except lab_text.TextError as error:
        raise AuthorError(error.problem, error.cure, item.path, error.line) from error
    for piece in pieces:
        if isinstance(piece, Place):
            problem = "an exercise cannot hold another one"
            raise AuthorError(problem, f"Place it in {TEXT}.", item.path, piece.line)
    return pieces


def _settings(settings: dict[str, str], path: pathlib.Path) -> tuple[str, int, str]:
    missing = {"lab", "minutes"} - set(settings)
    unknown = set(settings) - {"lab", "minutes", "dataset", "points"}
    if missing or unknown or not settings["minutes"].isdigit():
        raise AuthorError(
            f"the settings at the top are {', '.join(settings) or 'none'}",
            "There have to be lab (its name) and minutes (a whole number); there may be dataset and"
            " points (what they add up to).",
            str(path),
            1,
        )
    dataset = settings.get("dataset", "fashion-mnist")
    try:
        data.class_names(dataset)
    except data.DataError as error:
        cure = "An entry in labkit/data/own.py makes one."
        raise AuthorError(str(error).removesuffix("."), cure, str(path), 1) from error
    return settings["lab"], int(settings["minutes"]), dataset


def _title(pieces: list[Piece], path: pathlib.Path) -> str:
    first = pieces[0] if pieces else None
    if not isinstance(first, Prose) or not first.text.startswith("# "):
        raise AuthorError(
            "the lab has no title", "Begin the text with a line '# TITLE'.", str(path), 1
        )
    return first.text.partition("\n")[0].removeprefix("# ").strip()


def _imported(package: str, place: Place, path: pathlib.Path) -> Exercise | Essay:
    if not (path.parent / f"{place.name}.py").is_file():
        there = sorted(file.stem for file in path.parent.glob("*.py"))
        raise AuthorError(
            f"there is no file {place.name}.py for this place",
            f"There are: {', '.join(there)}. `labkit new exercise` makes one.",
            str(path),
            place.line,
        )
    module = importlib.import_module(f"{package}.{place.name}")
    for name in ("exercise", "essay"):
        item = getattr(module, name, None)
        if isinstance(item, Exercise | Essay):
            return item
    raise AuthorError(
        "the file makes no exercise",
        "It needs a line exercise = Exercise(__doc__, ...) or essay = Essay(__doc__, ...).",
        str(module.__file__),
        1,
    )


def _cell(piece: Code, path: pathlib.Path) -> names.Source:
    try:
        return names.of_cell(piece.source)
    except SyntaxError as error:
        raise AuthorError(
            f"the code of the cell {piece.id} is no Python: {error.msg}",
            "Mend the cell.",
            str(path),
            piece.line + (error.lineno or 1),
        ) from error
