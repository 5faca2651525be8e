"""Exercises: from a student's objects to a result.

`Exercise.check` collects evidence and judges it. `Exercise.judge` is a pure function of the
evidence and the data, so that grading can call it in a process that never ran a student's code.
"""

import dataclasses
import fnmatch
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from labkit import evidence
from labkit.checks.given import Reference, reference
from labkit.checks.result import Message, Outcome, Result, Verdict
from labkit.checks.variants import Variant, at_hand, variant_of
from labkit.evidence import functions, networks, pictures, values

_log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class Answer:
    """One variable that a check takes.

    Attributes
    ----------
    collector : callable
        One of the collectors in `labkit.evidence`.
    kind : type
        The fact that the collector makes of a fitting object.
    words : str
        That kind of object in words, with its article: ``"a NumPy array"``.
    earlier : str
        The title of the earlier exercise that makes this variable; empty for an own answer.
    alone : bool
        Whether it is one value: an array or a list of one is told how to become that.
    """

    collector: values.Collector
    kind: type
    words: str
    earlier: str = ""
    alone: bool = False

    def from_earlier(self, title: str) -> "Answer":
        """Return the same kind of answer, made in the earlier exercise `title`."""
        return dataclasses.replace(self, earlier=title)


A_CELL = "a cell above"
"""Where an answer is from that no exercise makes."""
VALUE = Answer(values.value, evidence.Value, "a plain value")
NUMBER = Answer(values.value, evidence.Value, "a number", alone=True)
TEXT = Answer(values.value, evidence.Value, "a text in quotation marks")
ARRAY = Answer(values.array, evidence.Array, "an array of numbers")
MODEL = Answer(networks.model, evidence.Model, "a Keras model")
HISTORY = Answer(networks.history, evidence.History, "the history that fit() returns")
PICTURE = Answer(pictures.picture, evidence.Picture, "a Matplotlib figure or its axes")


def function(probes: Callable, words: str = "a function") -> Answer:
    """Return an answer that is a function, tried on `probes`; see `functions.calls`."""
    return Answer(functions.calls(probes), evidence.Calls, words)


class Misfit(ValueError):
    """Evidence that does not fit: of another exercise or other data, or unlike any answer."""


class Unusable(Exception):
    """An answer that a criterion asks for is missing or of another kind."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


class Answers:
    """What a criterion sees: facts by name, and the reference data as ``answers.data``."""

    def __init__(
        self, kinds: Mapping[str, Answer], facts: Mapping[str, Any], data: Reference
    ) -> None:
        self._kinds = kinds
        self._facts = facts
        self._read: set[str] = set()
        self.data = data

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._kinds:
            raise AttributeError(name)
        self._read.add(name)
        fact = self._facts[name]
        if isinstance(fact, self._kinds[name].kind):
            if self._kinds[name].alone and _holds_one(fact.value):
                raise Unusable(_to_be_taken_out(name, fact))
            return fact
        raise Unusable(_unusable(name, self._kinds[name], fact))

    def unlike(self, names: Iterable[str]) -> str:
        """Return what these answers are, where a criterion stumbled over them."""
        seen = [f"{name} is {_in_words(self._facts[name])}" for name in sorted(names)]
        return ", ".join(seen) or "nothing in it is what was expected"

    def names_read(self) -> frozenset[str]:
        """Return the student's own answers that were looked at since this was asked last."""
        own = frozenset(name for name in self._read if not self._kinds[name].earlier)
        self._read.clear()
        return own


def _in_words(fact: Any) -> str:
    """Say what a fact is about: its kind, and how large it is."""
    if isinstance(fact, evidence.Array):
        return f"an array of shape {fact.shape} and dtype {fact.dtype}"
    return values.of_type(getattr(fact, "type", type(fact).__name__))


def _unusable(name: str, answer: Answer, fact: Any) -> Message:
    if isinstance(fact, evidence.Placeholder):
        return Message(f"{name} is still the placeholder ...", answer.words, "Fill it in.")
    if not isinstance(fact, evidence.Other):
        raise TypeError(f"{name} is a {type(fact).__name__}, which its collector never makes")
    kind = values.of_type(fact.type)
    if fact.reason:  # the type may be a right one: what is wrong lies within
        next_step = "Mend that in the cell above, run it, then run this cell again."
        return Message(f"{name} is {kind}, and {fact.reason}", answer.words, next_step)
    return Message(f"{name} is {kind}", answer.words, "Look at type() of what you have assigned.")


def _holds_one(plain: Any) -> bool:
    """Tell whether a plain value is a list of one number, however deep that lies."""
    within = plain
    while isinstance(within, list) and len(within) == 1:
        within = within[0]
    return within is not plain and isinstance(within, int | float)


def _to_be_taken_out(name: str, fact: evidence.Value) -> Message:
    return Message(
        f"{name} is of type {fact.type}, with one number in it: {str(fact.value)[:60]}",
        "the number itself",
        "Take it out: [0] gives the first of several, .item() the only one of an array.",
    )


@dataclasses.dataclass(frozen=True)
class Criterion:
    """One property of a right answer.

    Attributes
    ----------
    title : str
        The property in a few words; shown whether met or not.
    points : float
    test : callable
        From `Answers` to None where the property holds, or to the `Message` that says what was
        seen. It must say the same text for the same evidence.
    stop : bool
        Whether later criteria make no sense before this one is met.
    about : frozenset of str
        The answers that it looks at; empty where that is not said.
    """

    title: str
    points: float
    test: Callable[[Answers], Message | None]
    stop: bool = False
    about: frozenset[str] = frozenset()


@dataclasses.dataclass(frozen=True)
class Misconception:
    """A mistake with a name.

    Attributes
    ----------
    name : str
        Stable, for reports: ``"scaled-twice"``.
    seen : callable
        From `Answers` to whether the evidence shows this mistake; asked only when a criterion
        is not met.
    message : str
        What to tell the student; never the answer.
    about : frozenset of str
        The answers that show it: it is looked for only where a criterion about one of them is not
        met. Empty where any criterion will do.
    """

    name: str
    seen: Callable[[Answers], bool]
    message: str
    about: frozenset[str] = frozenset()


@dataclasses.dataclass(repr=False)
class Exercise:
    """A machine-marked exercise.

    Attributes
    ----------
    name : str
        Also the ``grade_id`` of its answer cell; its check cell's is ``<name>-check``.
    title : str
    answers : dict of str to Answer
        What `check` takes, in this order.
    criteria : sequence of Criterion
        From coarse to fine.
    hints : three str
        A nudge, the name of the tool, the skeleton.
    misconceptions : sequence of Misconception
    dataset : str
    variant : Variant or None
        What is each student's own in it; None where all students get the same.
    alike : dict of str to str
        Answers that `checks.mutants` and `tools.mutate` make of the right ones and that are as
        right, and why; with ``*`` for any words.
    """

    name: str
    title: str
    answers: Mapping[str, Answer]
    criteria: Sequence[Criterion]
    hints: tuple[str, str, str]
    misconceptions: Sequence[Misconception] = ()
    dataset: str = "fashion-mnist"
    number: int = 0
    latest: Result | None = None
    variant: Variant | None = None
    alike: dict[str, str] = dataclasses.field(default_factory=dict)

    def __repr__(self) -> str:
        """Say what it is. All that it consists of would name the mistakes that it looks for."""
        return f"Exercise {self.number}, {self.title}: check({', '.join(self.answers)})"

    @property
    def points(self) -> float:
        """The most points that an answer can earn."""
        return sum(criterion.points for criterion in self.criteria)

    def why_alike(self, words: str) -> str:
        """Return why what `tools.mutate` calls by these words is as right as the solution."""
        found = (why for what, why in self.alike.items() if fnmatch.fnmatchcase(words, what))
        return next(found, "")

    def check(self, *args: Any, **kwargs: Any) -> Result:
        """Judge an answer and return the result, which the notebook shows.

        Parameters
        ----------
        *args, **kwargs
            The student's variables, in the order or by the names of `answers`.
        """
        self.latest = carry_out(self, *args, **kwargs)
        return self.latest

    def collect(self, *args: Any, seed: int = 0, **kwargs: Any) -> evidence.Evidence:
        """Return the evidence about the student's variables, as plain data."""
        given = self._bind(args, kwargs)
        facts = {
            name: values.collect(answer.collector, given[name], seed)
            for name, answer in self.answers.items()
        }
        student = at_hand.number if self.variant else 0
        return evidence.Evidence(self.name, reference(self.dataset).kind, facts, student)

    def yours(self) -> Any:
        """Return what is the student's own in this exercise, by the number of the notebook.

        Raises
        ------
        LookupError
            If all students get the same.
        """
        return self.for_student(at_hand.number)

    def for_student(self, number: int) -> Any:
        """Return what `yours` does in the notebook of the student with this number."""
        if self.variant is None:
            raise LookupError(f"In {self.title!r} all students get the same.")
        return self.variant.of(reference(self.dataset).of_variant(variant_of(number)))

    def varies(self, *variables: str) -> Callable:
        """Take a function that returns what each student has of their own.

        Parameters
        ----------
        *variables : str
            What the given cell calls it that says it, by ``lab.<exercise>.yours()``. The function
            may ask for ``variant``, which is 0 for students without a number, and for the data.
        """

        def add(make: Callable) -> Callable:
            self.variant = Variant(variables, make)
            return make

        return add

    def judge(self, found: evidence.Evidence) -> Result:
        """Return the result that `found` deserves. Pure: nothing of a student's is run.

        Evidence that does not fit the exercise ends as *could not grade*, with the reason.
        """
        try:
            return self._judge(found)
        except Exception as error:
            # What went wrong inside is for whoever wrote the check; a student reads a sentence.
            _log.debug("%s could not be judged", self.name, exc_info=True)
            reason = f": {error}" if isinstance(error, Misfit) else ""
            return self._could_not_grade(found, f"The check could not read the answer{reason}")

    def hint(self, step: int = 1) -> None:
        """Print one of three hints: a nudge, the tool's name, the skeleton.

        Parameters
        ----------
        step : {1, 2, 3}
        """
        if step not in (1, 2, 3):
            raise ValueError(f"There are three hints: hint(1), hint(2) and hint(3), not {step!r}.")
        print(f"Hint {step} of 3: {self.hints[step - 1]}")

    def _bind(self, args: tuple, kwargs: dict[str, Any]) -> dict[str, Any]:
        names = list(self.answers)
        given = dict(zip(names, args, strict=False)) | kwargs
        if len(args) > len(names) or set(given) != set(names):
            raise TypeError(f"The check of {self.title!r} takes: {', '.join(names)}.")
        return given

    def _judge(self, found: evidence.Evidence) -> Result:
        if found.exercise != self.name or set(found.facts) != set(self.answers):
            raise Misfit(f"this is evidence about {found.exercise!r}")
        data = reference(self.dataset)
        if self.variant:
            data = data.of_variant(variant_of(found.student))
        if found.data != data.kind:
            raise Misfit(f"made with {found.data} data, but {data.kind} data is at hand")
        own = [name for name, answer in self.answers.items() if not answer.earlier]
        if all(_not_attempted(found.facts[name]) for name in own):
            return self._not_attempted(found, own)
        for name, answer in self.answers.items():
            if answer.earlier and isinstance(found.facts[name], evidence.Placeholder):
                return self._blocked(found, name, answer.earlier)
        answers = Answers(self.answers, found.facts, data)
        judged = tuple(_verdicts(self.criteria, answers))
        verdicts = tuple(verdict for verdict, _ in judged)
        if all(verdict.met for verdict in verdicts):
            return self._result(found, Outcome.PASSED, verdicts)
        missed = [about for verdict, about in judged if verdict.met is False]
        seen = [mistake for mistake in self.misconceptions if _explains(mistake, missed, answers)]
        return self._result(
            found,
            Outcome.FAILED,
            verdicts,
            message=Message(seen[0].message) if seen else None,
            misconceptions=tuple(mistake.name for mistake in seen),
        )

    def _could_not_grade(self, found: evidence.Evidence, reason: str) -> Result:
        next_step = "Restart the kernel, run all cells, and show this line to your instructor."
        message = Message(reason, "", next_step)
        return self._result(found, Outcome.COULD_NOT_GRADE, message=message)

    def _not_attempted(self, found: evidence.Evidence, own: list[str]) -> Result:
        names = ", ".join(own)
        message = Message(f"Fill in {names} in the cell above, run it, then run this cell again.")
        return self._result(found, Outcome.NOT_ATTEMPTED, message=message)

    def _blocked(self, found: evidence.Evidence, name: str, earlier: str) -> Result:
        if earlier == A_CELL:
            message = Message(f"This needs {name}, which {A_CELL} makes: run that cell first.")
        else:
            message = Message(f"This needs {name} from “{earlier}”: do that exercise first.")
        return self._result(found, Outcome.BLOCKED, message=message)

    def _result(
        self,
        found: evidence.Evidence,
        outcome: Outcome,
        verdicts: tuple[Verdict, ...] = (),
        **more: Any,
    ) -> Result:
        earned = sum(verdict.points for verdict in verdicts)
        title = f"Exercise {self.number}, {self.title}" if self.number else self.title
        return Result(
            self.name, title, outcome, earned, self.points, verdicts, data=found.data, **more
        )


def _plainly(exercise: Exercise, *args: Any, **kwargs: Any) -> Result:
    return exercise.judge(exercise.collect(*args, **kwargs))


carry_out: Callable[..., Result] = _plainly
"""How `Exercise.check` goes about it. A notebook's set-up puts `labkit.notebook.desk.check` here,
which knows whether the answer's cell has been run."""


@dataclasses.dataclass
class Essay:
    """A question that a person marks: its answer cell's ``grade_id`` is ``<name>-answer``.

    Attributes
    ----------
    name, title : str
    points : float
    rubric : tuple of (float, str)
        Points and what earns them; they add up to `points`.
    """

    name: str
    title: str
    points: float
    rubric: tuple[tuple[float, str], ...]
    number: int = 0


@dataclasses.dataclass
class Lab:
    """A lab: its exercises in order, machine-marked and marked by hand.

    Attributes
    ----------
    name : str
        The notebook's name without its ending.
    title : str
    minutes : int
        What a student needs, the computer's time included.
    exercises : tuple of Exercise or Essay
    """

    name: str
    title: str
    minutes: int
    exercises: tuple[Exercise | Essay, ...]

    def __post_init__(self) -> None:
        for number, exercise in enumerate(self.exercises, start=1):
            exercise.number = number

    def __iter__(self) -> Iterator[Exercise]:
        """Go through the machine-marked exercises."""
        return (item for item in self.exercises if isinstance(item, Exercise))

    @property
    def essays(self) -> list[Essay]:
        """The questions that a person marks."""
        return [item for item in self.exercises if isinstance(item, Essay)]

    @property
    def points(self) -> float:
        """All points of the lab, those given by hand among them."""
        return sum(item.points for item in self.exercises)

    def progress(self) -> None:
        """Print what was checked since the kernel started, and what is next."""
        # A result is true only when it is passed: one that is not counts all the same.
        earned = sum(exercise.latest.points for exercise in self if exercise.latest is not None)
        machine = sum(exercise.points for exercise in self)
        by_hand = self.points - machine
        for exercise in self:
            checked = exercise.latest is not None
            outcome = exercise.latest.outcome if checked else "not checked yet"
            print(f"Exercise {exercise.number:2}  {exercise.title}: {outcome}")
        print(f"Points so far: {earned:g} of {machine:g}; {by_hand:g} more are given by hand.")


def _verdicts(
    criteria: Iterable[Criterion], answers: Answers
) -> Iterator[tuple[Verdict, frozenset[str]]]:
    """Yield a verdict on each criterion, and the answers that it looked at."""
    stopped = False
    for criterion in criteria:
        if stopped:
            yield Verdict(criterion.title, 0.0, criterion.points, None), criterion.about
            continue
        answers.names_read()
        try:
            message = criterion.test(answers)
        except Unusable as error:
            message = error.message
        except Exception as error:
            seen = answers.unlike(criterion.about or answers.names_read())
            raise Misfit(seen) from error
        met = message is None
        stopped = criterion.stop and not met
        earned = criterion.points if met else 0.0
        told = message and message.below(criterion.title)
        verdict = Verdict(criterion.title, earned, criterion.points, met, told)
        yield verdict, criterion.about or answers.names_read()


def _explains(mistake: Misconception, missed: list[frozenset[str]], answers: Answers) -> bool:
    """Tell whether a mistake is seen, in an answer that a criterion which is not met looked at."""
    answers.names_read()
    if mistake.about and not _overlap(mistake.about, missed):
        return False
    return _seen(mistake, answers) and _overlap(mistake.about or answers.names_read(), missed)


def _overlap(about: frozenset[str], missed: list[frozenset[str]]) -> bool:
    return not about or any(not names or names & about for names in missed)


def _seen(mistake: Misconception, answers: Answers) -> bool:
    try:
        return bool(mistake.seen(answers))
    except Exception:
        return False  # the evidence is too unlike an answer to show this mistake


def _not_attempted(fact: Any) -> bool:
    if isinstance(fact, evidence.Calls):
        return fact.untouched
    return isinstance(fact, evidence.Placeholder)
