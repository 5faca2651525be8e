"""The form in which an exercise is written: text, solution, criteria, mistakes, further answers.

An exercise is one file of its lab's folder. What is written there once is used everywhere: in the
student's notebook and in the worked one, by the check, for the hints, and in the tests. A function
of an exercise gets what its parameters ask for by name: the data, what given cells define, what
earlier exercises make; a criterion gets the student's answers, too.
"""

import dataclasses
import functools
import inspect
import types
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from labkit import evidence
from labkit.checks import agreement, author_file, case, criteria, exercise, names
from labkit.checks.author_file import AuthorError
from labkit.checks.case import Case
from labkit.checks.essay import Essay
from labkit.checks.exercise import (
    ARRAY,
    HISTORY,
    MODEL,
    NUMBER,
    PICTURE,
    TEXT,
    VALUE,
    Answer,
    Answers,
    Criterion,
    Misconception,
    function,
)
from labkit.checks.given import FEW, Few, Reference
from labkit.checks.result import Message, Outcome
from labkit.evidence import functions, values

__all__ = [
    "ARRAY",
    "HISTORY",
    "MODEL",
    "NUMBER",
    "PICTURE",
    "TEXT",
    "VALUE",
    "AuthorError",
    "Case",
    "Essay",
    "Exercise",
    "Message",
    "function",
]

# Besides the names of the notebook, a criterion may ask for these: the solution's answers, the
# arguments that a function was tried on, the data as a whole, and all that it was given.
SPECIAL = ("right", "probes", "data", "answers")


class Exercise(exercise.Exercise):
    """A machine-marked exercise, as an author writes it.

    Parameters
    ----------
    doc : str
        The title in the first line, then, after an empty line, the text that students read. It has
        the form of ``lab.md``.
    hints : three str
        A nudge, the name of the tool, the skeleton.
    needs : sequence of str, or dict of str to Answer
        Variables of earlier exercises that the check takes, too, after the own answers. Where given
        cells make them, or another kind is needed than there, a dictionary says of what kind.
    given : str
        Lines that stand at the top of the answer's cell. What they define may be asked for.
    needs_first : bool
        Whether the check takes them before the own answers.
    by_rows : bool
        Whether row k of an answer is made of row k of the data alone. Then only the rows that are
        compared are worked out.
    **answers : Answer
        The variables that the student is to make, and their kinds.
    """

    def __init__(
        self,
        doc: str,
        *,
        hints: Sequence[str],
        needs: Sequence[str] | Mapping[str, Answer] = (),
        given: str = "",
        needs_first: bool = False,
        by_rows: bool = False,
        **answers: Answer,
    ) -> None:
        self.path, self.line = author_file.caller()
        title, self.text = author_file.title_and_text(doc, self)
        super().__init__("", title, dict(answers), [], tuple(hints), [])
        self.own = tuple(answers)
        self.needs, self.needs_first, self.by_rows = tuple(needs), needs_first, by_rows
        self._kinds_given = dict(needs) if isinstance(needs, Mapping) else {}
        self.given = inspect.cleandoc(given)
        self._latest: tuple = ((), None)
        self.solve: Callable | None = None
        self.free: tuple[str, ...] = ()
        self.comments: dict[str, str] = {}
        self.further: list[Case] = []
        self._asked: list[tuple[str, tuple[str, int]]] = []
        self.functions: list[tuple[Callable, tuple[str, ...]]] = []
        self._enter(names.Book())
        if not answers:
            raise self.error("the exercise has no answer", "Name its variables: pixel=NUMBER.")
        if len(self.hints) != 3 or isinstance(hints, str):
            raise self.error(
                f"there are {len(self.hints)} hints",
                "Give three: a nudge, the name of the tool, the skeleton.",
            )

    # --- what an author writes --------------------------------------------------------------

    def solution(
        self, solve: Callable | None = None, *, free: str | Sequence[str] = ()
    ) -> Callable:
        """Take the function whose body is the worked answer; it returns all variables.

        One that it asks for, too, is there already and is changed: it gets no placeholder.

        Parameters
        ----------
        solve : callable
        free : str or sequence of str
            Pieces of its code that may as well be otherwise, for nothing asks for them:
            ``"figsize=(6, 3)"``. Tests change everything else, and expect that it is refused.
        """
        if solve is None:
            return functools.partial(self.solution, free=free)
        self.solve = self._takes(solve)
        self.free = (free,) if isinstance(free, str) else tuple(free)
        return solve

    def right(self, make: Callable) -> Callable:
        """Take a function that returns another right answer; it may ask for the solution's."""
        self._takes(make, *self.own)
        self._add_cases(make, author_file.words(make), None, "", Outcome.PASSED)
        return make

    def wrong(
        self, make: Callable | None = None, *, earns: float | Sequence[float] = 0, shows: str = ""
    ) -> Callable:
        """Take a function that returns a wrong answer, or yields several.

        Parameters
        ----------
        make : callable
        earns : float or sequence of float
            What the answer must earn all the same.
        shows : str
            The name of the mistake that must be recognised in it.
        """
        if make is None:
            return functools.partial(self.wrong, earns=earns, shows=shows)
        self._takes(make, *self.own)
        self._add_cases(make, author_file.words(make), earns, shows)
        return make

    def mistake(
        self, make: Callable | None = None, *, earns: float | Sequence[float] = 0
    ) -> Callable:
        """Take a wrong answer that is recognised: its name, and what to tell the student.

        It returns what a student with this misconception would have, or yields several such
        answers; ``...`` stands for whatever the student has there. Its docstring is told.
        """
        if make is None:
            return functools.partial(self.mistake, earns=earns)
        self._takes(make)
        name = self._add_mistake(make, functools.partial(self._has_made, make))
        self._add_cases(make, author_file.words(make), earns, name)
        return make

    def sign(self, seen: Callable) -> Callable:
        """Take a predicate that recognises a mistake, where no single value shows it.

        A wrong answer has to show it. It is looked for only where a criterion is not met that is
        about one of the answers that it asks for.
        """
        about = frozenset(names.parameters(seen)) & frozenset(self.own)
        self._takes(seen, *self._of_evidence())
        self._add_mistake(seen, lambda answers: bool(self._call(seen, answers)), about)
        return seen

    def equal(
        self,
        name: str,
        points: float,
        words: str,
        next_step: str,
        *,
        asks: str,
        title: str = "",
        tolerance: float = agreement.TOLERANCE,
        read: Callable[[Any], Any] = lambda plain: plain,
        stop: bool = False,
    ) -> None:
        """Require that an answer is the solution's.

        Parameters
        ----------
        name : str
        points : float
        words : str
            What the answer is to be, as a student is told: "the number of training images".
        next_step : str
            What helps whoever has another answer.
        asks : str
            The words of the exercise's text that ask for this.
        title : str
            Of the criterion, where it is not ``<name> is <words>``.
        tolerance : float
            By how much numbers may differ.
        read : callable
            What to make of both plain values before they are compared.
        stop : bool
            Whether later criteria make no sense before this one is met.
        """
        self._own_answer(name)

        def test(answers: Answers) -> Message | None:
            fact = getattr(answers, name)
            if self._is_right(name, fact, answers, tolerance, read):
                return None
            shape = functools.partial(self._right_shape, name, answers)
            return Message(agreement.saw(name, fact, shape), words, next_step)

        self._add_criterion(
            Criterion(title or f"{name} is {words}", points, test, stop), asks, name
        )

    def shape(
        self, name: str, points: float, words: str, next_step: str, *, asks: str, title: str = ""
    ) -> None:
        """Require that an array has the shape of the solution's; later criteria wait for it."""
        self._own_answer(name)

        def test(answers: Answers) -> Message | None:
            fact = getattr(answers, name)
            if fact.shape == self._right_shape(name, answers):
                return None
            return Message(f"{name} has the shape {fact.shape}", words, next_step)

        title = title or f"{name} has {words}"
        self._add_criterion(Criterion(title, points, test, stop=True), asks, name)

    def runs(self, name: str, points: float, title: str, expected: str, *, asks: str) -> None:
        """Require that a function returns, for every probe, the kind of thing the solution does."""
        self._own_answer(name)

        def test(answers: Answers) -> Message | None:
            right = self._find(name, answers)
            for call, arguments in self._calls(name, answers):
                problem = agreement.not_returned(name, call.result, right(*arguments), expected)
                if problem is not None:
                    return problem
            return None

        self._add_criterion(Criterion(title, points, test, stop=True), asks, name)

    def criterion(self, points: float, *, asks: str, stop: bool = False) -> Callable:
        """Take a criterion: its docstring is the title, it returns None or a `Message`.

        Its parameters are the student's answers (a plain value, or what was collected of an array,
        a picture, ...), ``right``, the solution's answers, ``probes``, the arguments that a
        function was tried on, ``data``, and whatever the notebook has defined.
        """

        def add(test: Callable) -> Callable:
            about = [name for name in names.parameters(test) if name in self.own]
            judge = functools.partial(self._call, self._takes(test, *self._of_evidence()))
            self._add_criterion(
                Criterion(author_file.told(test, self), points, judge, stop), asks, *about
            )
            return test

        return add

    def require(self, criterion: Criterion, *, asks: str) -> None:
        """Require a criterion of `labkit.checks`, which several exercises share."""
        self._add_criterion(criterion, asks)

    def knows(self, *mistakes: Misconception) -> None:
        """Recognise mistakes that several exercises share; a wrong answer has to show each."""
        self.misconceptions.extend(mistakes)

    def choice(self, points: float, *, asks: str, **options: str) -> None:
        """Require one letter; for every wrong letter, what to tell a student who chose it.

        The right letter in other clothes, each wrong one, and answers that are no letter are tried.
        """
        (name,) = self.own
        letters = sorted({*options, *(chr(n) for n in range(97, 97 + len(options) + 1))})
        (right,) = set(letters) - set(options)
        required, mistakes = criteria.choice(name, right, points, options)
        for item in required:
            self._add_criterion(item, asks, name)
        quoted = [f'"{letter}"' for letter in letters]
        self.comments[name] = f"{', '.join(quoted[:-1])} or {quoted[-1]}"
        self.misconceptions.extend(mistakes)
        shown = {letter: item.name for letter, item in zip(options, mistakes, strict=True)}
        self.further.extend(case.letters(right, shown))

    # --- what the kit makes of it -----------------------------------------------------------

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
            kind, title = earlier.get(name, (None, "a cell above"))
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

    def cases(self) -> list[Case]:
        """Return the solution, all further answers, and those that any exercise has to refuse."""
        solution = Case("the solution", self.filled(None), None, "", Outcome.PASSED)
        blank = Case("nothing", self._untouched, 0, "", Outcome.NOT_ATTEMPTED)
        blocked = functools.partial(Case, earns=0, outcome=Outcome.BLOCKED)
        missing = [blocked(f"without {n}", functools.partial(self._without, n)) for n in self.needs]
        return [solution, blank, *missing, *self.further]

    def asked(self) -> list[tuple[str, str, tuple[str, int]]]:
        """Return each criterion's title, the words that ask for it, and where it is written."""
        pairs = zip(self.criteria, self._asked, strict=True)
        return [(item.title, asks, place) for item, (asks, place) in pairs]

    def known(self) -> set[str]:
        """Return what the notebook has defined before this exercise."""
        return self._book.names(exercise.reference(self.dataset)).known(self._place)

    def error(self, problem: str, cure: str, function: Callable | None = None) -> AuthorError:
        """Return an error about this exercise, or about one of its functions."""
        path, line = self.path, self.line
        if function is not None:
            path, line = author_file.path_of(function), function.__code__.co_firstlineno
        return AuthorError(problem, cure, path, line)

    # --- recognising ------------------------------------------------------------------------

    def _has_made(self, make: Callable, answers: Answers) -> bool:
        """Tell whether the evidence agrees with one of the wrong answers of `make`."""
        data = Few.of(answers.data, *FEW) if self.by_rows else answers.data
        with agreement.of_the_students_own(self.needs):
            alternatives = self._alternatives(make, self._defined(answers, data))
        return any(
            all(
                self._agrees_with(make, number, position, answers)
                for position, made in enumerate(alternative[: len(self.own)])
                if made is not ...
            )
            for number, alternative in enumerate(alternatives)
        )

    def _agrees_with(self, make: Callable, number: int, position: int, answers: Answers) -> bool:
        """Tell whether an answer is what the wrong answer with this `number` has in its place."""
        name = self.own[position]
        try:
            fact = getattr(answers, name)
        except exercise.Unusable:
            return False
        data = self._compared(answers.data, fact)
        made = self._alternatives(make, self._defined(answers, data))[number][position]
        if isinstance(data, Few):
            return agreement.agrees_by_rows(fact, made, data.length)
        return agreement.agrees(fact, made, probes=self._probes(name, fact))

    def _compared(self, data: Reference, fact: Any) -> Reference | Few:
        """Return the data to work out what `fact` is compared with."""
        return Few.kept_by(data, fact) if self.by_rows and getattr(fact, "shape", ()) else data

    def _is_right(
        self, name: str, fact: Any, answers: Answers, tolerance: float, read: Callable
    ) -> bool:
        data = self._compared(answers.data, fact)
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
        few = self._book.names(Few.of(data, *FEW)).find(name, self._place + 1)
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
        if not self.needs:
            return self._book.names(data)
        latest, defined = self._latest
        if latest != (answers, data):
            get = functools.partial(agreement.as_made, answers)
            defined = self._book.names(data).with_own(self.needs, get, self._place)
            self._latest = (answers, data), defined
        return defined

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

    def _alternatives(self, make: Callable, defined: names.Names) -> list[tuple]:
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

    # --- cases ------------------------------------------------------------------------------

    def filled(self, make: Callable | None, number: int = 0) -> Callable[[names.Names], tuple]:
        """Return what makes all that the check takes, with the solution's in place of ``...``."""

        def filled(defined: names.Names) -> tuple:
            made = self._alternatives(make, defined)[number] if make else ()
            given = dict(zip((*self.own, *self.needs), made, strict=False))
            return tuple(
                defined.find(name, self._place + 1) if given.get(name, ...) is ... else given[name]
                for name in self.answers
            )

        return filled

    def _untouched(self, defined: names.Names) -> tuple:
        def untouched(name: str) -> Any:
            if name in self.needs:
                return defined.find(name, self._place)
            if self.answers[name].kind is evidence.Calls:
                return case.stub(defined.find(name, self._place + 1))
            return ...

        return tuple(map(untouched, self.answers))

    def _without(self, missing: str, defined: names.Names) -> tuple:
        made = self.filled(None)(defined)
        return tuple(... if n == missing else a for n, a in zip(self.answers, made, strict=True))

    def _add_cases(
        self,
        make: Callable,
        name: str,
        earns: float | Sequence[float] | None,
        shows: str,
        outcome: Outcome = Outcome.FAILED,
    ) -> None:
        if not inspect.isgeneratorfunction(make):
            self.further.append(Case(name, self.filled(make), earns, shows, outcome))
            return
        count = author_file.yields(make)
        due = list(earns) if isinstance(earns, Sequence) else [earns] * count
        if len(due) != count:
            raise self.error(
                f"it yields {count} answers, and earns names {len(due)}",
                "Write one number, or one for each answer.",
                make,
            )
        for number, points in enumerate(due):
            answer = self.filled(make, number)
            self.further.append(Case(f"{name}, {number + 1}", answer, points, shows, outcome))

    def _takes(self, called: Callable, *more: str) -> Callable:
        """Note a function, and what it may ask for besides what is defined before the exercise."""
        self.functions.append((called, more))
        return called

    def _of_evidence(self) -> tuple[str, ...]:
        return (*self.own, *self.needs, *SPECIAL)

    def _add_mistake(self, made: Callable, seen: Callable, about: frozenset = frozenset()) -> str:
        name = made.__name__.replace("_", "-")
        if any(mistake.name == name for mistake in self.misconceptions):
            raise self.error(f"the mistake {name!r} is there twice", "Rename one.", made)
        self.misconceptions.append(Misconception(name, seen, author_file.told(made, self), about))
        return name

    def _add_criterion(self, criterion: Criterion, asks: str, *about: str) -> None:
        self.criteria.append(dataclasses.replace(criterion, about=frozenset(about)))
        self._asked.append((asks, author_file.caller()))

    def _own_answer(self, name: str) -> None:
        if name not in self.own:
            path, line = author_file.caller()
            raise AuthorError(
                f"{name!r} is no answer of this exercise",
                f"Its answers are: {', '.join(self.own)}.",
                path,
                line,
            )
