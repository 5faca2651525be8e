"""An exercise in its place in a lab: what its author's functions ask for, and what agrees with it.

What an author writes, `labkit.checks.authoring` takes; here it is called with what the notebook has
defined before the exercise, and evidence is compared with what comes out.
"""

import dataclasses
import functools
import inspect
import types
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from labkit import evidence
from labkit.checks import agreement, author_file, criteria, exercise, names
from labkit.checks.author_file import AuthorError
from labkit.checks.exercise import A_CELL, VALUE, Answer, Answers
from labkit.checks.given import FEW, Few, Reference
from labkit.evidence import functions, values

# Besides the names of the notebook, a criterion may ask for these: the solution's answers, the
# arguments that a function was tried on, the data as a whole, and all that it was given.
SPECIAL = ("right", "probes", "data", "answers")


@dataclasses.dataclass
class _WorkedOut:
    """What was worked out for the answers that are judged: all mistakes ask for the same.

    Attributes
    ----------
    answers : Answers
    few : dict of str to Few
        The rows of the data that each answer is compared on; ``""`` for what it looks like.
    defined : dict of int to names.Names
        By the identity of the data.
    """

    answers: Answers
    few: dict[str, Few] = dataclasses.field(default_factory=dict)
    defined: dict[int, names.Names] = dataclasses.field(default_factory=dict)


class Placed(exercise.Exercise):
    """A machine-marked exercise that knows what its notebook has defined before it.

    Attributes
    ----------
    own : tuple of str
        The variables that the student is to make.
    needs : tuple of str
        Those of earlier exercises that the check takes, too; `needs_first` tells whether before.
    given : str
        Lines that stand at the top of the answer's cell.
    by_rows : bool
        Whether row k of an answer is made of row k of the data alone.
    solve : callable or None
        The solution.
    path, line : str, int
        Where the exercise is written.
    """

    path: str
    line: int
    own: tuple[str, ...]
    needs: tuple[str, ...]
    given: str
    needs_first: bool
    by_rows: bool
    _kinds_given: dict[str, Answer]
    solve: Callable | None = None
    _latest: _WorkedOut | None = None

    def stand_in(self, book: names.Book, name: str, dataset: str) -> None:
        """Take a place in a lab: what was added to `book` so far is what may be asked for."""
        self.name, self.dataset = name, dataset
        self._enter(book)

    def _enter(self, book: names.Book) -> None:
        if self.given:
            try:
                book.add(names.of_cell(self.given))
            except SyntaxError as error:
                problem = f"the lines in given are no Python: {error.msg}"
                raise self.error(problem, "Mend them.") from error
        self._book, self._place = book, len(book.sources)
        book.add(self.source())

    def link(self, earlier: Mapping[str, tuple[Answer, str]]) -> None:
        """Take the kinds and titles of the answers that it needs of earlier exercises."""
        for name in self.needs:
            if name not in {**earlier, **self._kinds_given}:
                raise self.error(
                    f"it needs {name!r}, which no earlier exercise makes",
                    f"Earlier exercises make: {', '.join(sorted(earlier)) or 'nothing'}.",
                )
            kind, title = earlier.get(name, (None, A_CELL))
            self.answers[name] = self._kinds_given.get(name, kind).from_earlier(title)
        if self.needs_first:
            self.answers = {name: self.answers[name] for name in (*self.needs, *self.own)}

    def source(self) -> names.Source:
        """Return the solution's answers as names that later exercises may ask for."""

        def make(find: Callable[[str], Any], name: str) -> dict[str, Any]:
            given = {key: find(key) for key in names.parameters(self.solve)}
            made = self._as_answers(self.solve(**given))
            return {k: given[k] for k in self.changes()} | dict(zip(self.own, made, strict=True))

        return names.Source(frozenset(self.own), make, self.changes)

    def changes(self) -> frozenset[str]:
        """Return the names of what is made earlier and changed by the solution."""
        return names.changed_by(self.solve) - set(self.own) if self.solve else frozenset()

    def is_there_already(self) -> frozenset[str]:
        """Return the names of answers that the solution changes, and does not make."""
        asked = names.parameters(self.solve) if self.solve else ()
        return frozenset(self.own) & frozenset(asked)

    def notebook(self, data: Reference) -> names.Names:
        """Return the names of the notebook that this exercise stands in."""
        return self._book.names(data)

    def position(self) -> tuple[names.Book, int]:
        """Return what the notebook defines, and where in it this exercise stands."""
        return self._book, self._place

    def known(self) -> set[str]:
        """Return what the notebook has defined before this exercise."""
        return self._book.names(exercise.reference(self.dataset)).known(self._place)

    def error(self, problem: str, cure: str, function: Callable | None = None) -> AuthorError:
        """Return an error about this exercise, or about one of its functions."""
        path, line = self.path, self.line
        if function is not None:
            path, line = author_file.path_of(function), function.__code__.co_firstlineno
        return AuthorError(problem, cure, path, line)

    def _has_made(self, make: Callable, answers: Answers) -> bool:
        """Tell whether the evidence agrees with one of the wrong answers of `make`."""
        tried: dict[int, list[tuple]] = {}

        def alternatives(data: Reference | Few) -> list[tuple]:
            if id(data) not in tried:
                tried[id(data)] = self.alternatives(make, self._defined(answers, data))
            return tried[id(data)]

        with agreement.of_the_students_own(self.needs):
            found = alternatives(self._few(answers) if self.by_rows else answers.data)
        return any(
            all(
                self._agrees_with(alternatives, number, position, answers)
                for position, made in enumerate(alternative[: len(self.own)])
                if made is not ...
            )
            for number, alternative in enumerate(found)
        )

    def _agrees_with(
        self, alternatives: Callable, number: int, position: int, answers: Answers
    ) -> bool:
        """Tell whether an answer is what the wrong answer with this `number` has in its place."""
        name = self.own[position]
        try:
            fact = getattr(answers, name)
        except exercise.Unusable:
            return False
        data = self._compared(answers, name, fact)
        made = alternatives(data)[number][position]
        if isinstance(data, Few):
            return agreement.agrees_by_rows(fact, made, data.length)
        return agreement.agrees(fact, made, probes=self._probes(name, fact))

    def _compared(self, answers: Answers, name: str, fact: Any) -> Reference | Few:
        """Return the data to work out what `fact` is compared with."""
        if not (self.by_rows and getattr(fact, "shape", ())):
            return answers.data
        few = self._worked_out(answers).few
        if name not in few:
            few[name] = Few.kept_by(answers.data, fact)
        return few[name]

    def _few(self, answers: Answers) -> Few:
        """Return a few rows, to find out what an answer looks like."""
        few = self._worked_out(answers).few
        if "" not in few:
            few[""] = Few.of(answers.data, *FEW)
        return few[""]

    def _worked_out(self, answers: Answers) -> _WorkedOut:
        if self._latest is None or self._latest.answers is not answers:
            self._latest = _WorkedOut(answers)
        return self._latest

    def _is_right(
        self, name: str, fact: Any, answers: Answers, tolerance: float, read: Callable
    ) -> bool:
        data = self._compared(answers, name, fact)
        right = self._find(name, answers, data)
        if isinstance(data, Few):
            return agreement.agrees_by_rows(fact, right, data.length, tolerance)
        if isinstance(fact, evidence.Value):
            collected = values.value(right)
            return agreement.same(read(fact.value), read(collected.value), tolerance)
        return agreement.agrees(fact, right, tolerance, self._probes(name, fact))

    def _right_shape(self, name: str, answers: Answers) -> tuple[int, ...]:
        if not self.by_rows:
            return np.shape(self._find(name, answers))
        data = answers.data
        few = self._book.names(self._few(answers)).find(name, self._place + 1)
        rows, *rest = np.shape(few)
        return (len(data.x_train if rows == len(FEW[0]) else data.x_test), *rest)

    # --- calling what an author wrote -------------------------------------------------------

    def _find(self, name: str, answers: Answers, data: Any = None, before: Any = None) -> Any:
        """Return what a name stands for, made of what the student has made before."""
        defined = self._defined(answers, data or answers.data)
        with agreement.of_the_students_own(self.needs):
            return defined.find(name, self._place + 1 if before is None else before)

    def _defined(self, answers: Answers, data: Reference | Few) -> names.Names:
        """Return the notebook's names, those that it needs of before as the student made them.

        So nothing is made anew, and nothing trained, that the student has made.
        """
        if not self.needs and data is answers.data:
            return self._book.names(data)
        defined = self._worked_out(answers).defined
        if id(data) not in defined:
            made = self._book.names(data)
            if self.needs:
                get = functools.partial(agreement.as_made, answers)
                made = made.with_own(self.needs, get, self._place)
            defined[id(data)] = made
        return defined[id(data)]

    def _call(self, called: Callable, answers: Answers) -> Any:
        own = {
            name: self._own_or_special(name, answers)
            for name in names.parameters(called)
            if name in self.answers or name in SPECIAL
        }
        rest = set(names.parameters(called)) - own.keys()
        own |= {name: self._find(name, answers, before=self._place) for name in rest}
        return called(**own)

    def _own_or_special(self, name: str, answers: Answers) -> Any:
        if name in ("data", "answers"):
            return answers.data if name == "data" else answers
        if name == "right":
            return types.SimpleNamespace(**{key: self._find(key, answers) for key in self.own})
        if name == "probes":
            (only,) = (key for key in self.own if self.answers[key].kind is evidence.Calls)
            return self._probes(only, getattr(answers, only))
        fact = getattr(answers, name)
        return fact.value if isinstance(fact, evidence.Value) else fact

    def _calls(self, name: str, answers: Answers) -> list[tuple[evidence.Call, tuple]]:
        fact = getattr(answers, name)
        return list(zip(fact.calls, self._probes(name, fact), strict=True))

    def _probes(self, name: str, fact: Any) -> list[tuple]:
        collector = self.answers[name].collector
        if isinstance(collector, functions.Probing) and isinstance(fact, evidence.Calls):
            return collector.arguments(fact.seed)
        return []

    def alternatives(self, make: Callable, defined: names.Names) -> list[tuple]:
        """Return the wrong answers of a mistake, or what else returns or yields answers."""
        asked = names.parameters(make)
        solved = {key: defined.find(key, self._place + 1) for key in self.own if key in asked}
        made = defined.call(make, solved, self._place)
        several = list(made) if inspect.isgenerator(made) else [made]
        return [self._as_answers(item, make) for item in several]

    def _as_answers(self, made: Any, make: Callable | None = None) -> tuple:
        """Return what the solution made as a tuple, or what `make` did.

        That may be all that the check takes: after the own ones those of earlier exercises.
        """
        one = len(self.own) == 1
        lengths = {len(self.own), len(self.answers) if make else 0} - {0, 1}
        # A plain value may be a tuple itself.
        may_be_all = not one or self.answers[self.own[0]] != VALUE
        if may_be_all and isinstance(made, tuple) and len(made) in lengths:
            return made
        if one:
            return (made,)
        raise self.error(
            f"it returns {criteria.show(made)} where {len(self.own)} answers are due",
            f"Return them in this order: {', '.join(self.own)}.",
            make or self.solve,
        )
