"""The form in which an exercise is written: text, solution, criteria, mistakes, further answers.

An exercise is one file of its lab's folder. What is written there once is used everywhere: in the
student's notebook and in the worked one, by the check, for the hints, and in the tests. A function
of an exercise gets what its parameters ask for by name: the data, what given cells define, what
earlier exercises make; a criterion gets the student's answers, too.
"""

import dataclasses
import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from labkit import evidence
from labkit.checks import agreement, author_file, case, criteria, names
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
from labkit.checks.placed import SPECIAL, Placed
from labkit.checks.result import Message, Outcome

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


class Exercise(Placed):
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
        self.free: tuple[str, ...] = ()
        self.comments: dict[str, str] = {}
        self.further: list[Case] = []
        self._asked: list[tuple[str, tuple[str, int]]] = []
        self.functions: list[tuple[Callable, tuple[str, ...]]] = []
        # The answers that are compared with the solution's.
        self.compared: set[str] = set()
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

    def right(self, make: Callable | None = None, /, **named: Callable) -> Callable | None:
        """Take functions that return another right answer; they may ask for the solution's.

        One stands below this as a decorator; short ones are handed over by their names:
        ``exercise.right(by_shape=lambda x_train: x_train.shape[0])``.
        """
        for one in author_file.functions(make, named):
            self._takes(one, *self.own)
            self._add_cases(one, author_file.words(one), None, "", Outcome.PASSED)
        return make

    def wrong(
        self,
        make: Callable | None = None,
        /,
        *,
        earns: float | Sequence[float] = 0,
        shows: str = "",
        **named: Callable,
    ) -> Callable | None:
        """Take functions that return a wrong answer, or yield several; handed over as to `right`.

        Parameters
        ----------
        make : callable
        earns : float or sequence of float
            What the answer must earn all the same.
        shows : str
            The name of the mistake that must be recognised in it.
        **named : callable
        """
        if make is None and not named:
            return functools.partial(self.wrong, earns=earns, shows=shows)
        for one in author_file.functions(make, named):
            self._takes(one, *self.own)
            self._add_cases(one, author_file.words(one), earns, shows)
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

    def sign(
        self,
        seen: Callable | None = None,
        *,
        shown_by: Callable | None = None,
        earns: float | Sequence[float] = 0,
    ) -> Callable:
        """Take a predicate that recognises a mistake, where no single value shows it.

        It is looked for only where a criterion is not met that is about one of the answers that it
        asks for.

        Parameters
        ----------
        seen : callable
        shown_by : callable
            Makes a wrong answer that shows it. Others, or longer ones, are given to `wrong`.
        earns : float or sequence of float
            What that answer must earn all the same.
        """
        if seen is None:
            return functools.partial(self.sign, shown_by=shown_by, earns=earns)
        about = frozenset(names.parameters(seen)) & frozenset(self.own)
        self._takes(seen, *self._of_evidence())
        name = self._add_mistake(seen, lambda answers: bool(self._call(seen, answers)), about)
        if shown_by is not None:
            self.wrong(earns=earns, shows=name, **{seen.__name__: shown_by})
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

    # --- cases ------------------------------------------------------------------------------

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

    def judging(self) -> list[Callable]:
        """Return the functions of the criteria and signs, which look at a student's answer."""
        return [called for called, more in self.functions if more == self._of_evidence()]

    def mistaken(self) -> list[Callable]:
        """Return the functions that make what is recognised as a mistake."""
        return [called for called, more in self.functions if not more and called != self.solve]

    def filled(self, make: Callable | None, number: int = 0) -> Callable[[names.Names], tuple]:
        """Return what makes all that the check takes, with the solution's in place of ``...``."""

        def filled(defined: names.Names) -> tuple:
            made = self.alternatives(make, defined)[number] if make else ()
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
        self.compared.add(name)
