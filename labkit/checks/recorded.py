"""The form of an exercise in the students' edition: facts stand where the solution stood.

What a check compares with was worked out when the edition was written (`labkit.release`), and lies
beside the exercises as evidence: what a collector makes of the solution's answers and of each
mistake. Nothing here can work out an answer.
"""

import functools
import inspect
import pathlib
import types
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from labkit import evidence
from labkit.checks import agreement, authoring, folding, names
from labkit.checks.case import Case
from labkit.checks.exercise import Answers, Unusable
from labkit.checks.given import Reference, reference
from labkit.evidence import functions

# In the folder of a lab: a file for each exercise and kind of data.
FOLDER = "facts"


RIGHT, MISTAKE, FOLDED = "right", "mistake", "folded"


def file_name(exercise: str, kind: str) -> str:
    """Return the name of the file of an exercise's facts about one kind of data."""
    return f"{exercise}-{kind}.npz"


def key(variant: int, part: str, *more: object) -> str:
    """Return the name of a fact: ``0 right n_train``, ``17 mistake pixels-counted 0 n_test``."""
    return " ".join(map(str, (variant, part, *more)))


class NotRecorded(LookupError):
    """Something that a check compares with is not among the facts."""


class Exercise(authoring.Exercise):
    """An exercise that is judged by facts which were worked out beforehand."""

    def source(self) -> names.Source:
        def make(find: Callable[[str], Any], name: str) -> dict[str, Any]:
            return {name: self._right(name, find("variant"))}

        return names.Source(frozenset(self.own), make)

    def cases(self) -> list[Case]:
        """Return no answers: a student's edition holds none."""
        return []

    def _facts(self) -> Mapping[str, Any]:
        data = reference(self.dataset)
        folder = pathlib.Path(self.path).parent / FOLDER
        return _read(folder / file_name(self.name, data.kind), data)

    def _right_fact(self, name: str, variant: int) -> Any:
        wanted = key(variant if self.variant else 0, RIGHT, name)
        try:
            return self._facts()[wanted]
        except KeyError as error:
            raise NotRecorded(f"{self.name} has no fact {wanted!r}") from error

    def _right(self, name: str, variant: int) -> Any:
        """Return an object like the solution's answer `name`."""
        collector = self.answers[name].collector
        is_function = isinstance(collector, functions.Probing)
        probes = collector.arguments(0) if is_function else ()
        return self._plain(self._right_fact(name, variant), probes)

    def _plain(self, fact: Any, probes: Sequence[tuple]) -> Any:
        """Return an object that can be worked with as with the one that a fact is about."""
        if isinstance(fact, evidence.Value):
            return fact.value
        if isinstance(fact, evidence.Calls):
            return _Function(fact, probes)
        if isinstance(fact, evidence.Array) and np.shape(fact.sample) == fact.shape:
            return fact.sample
        raise NotRecorded(f"{self.name} has only a part of what a check works with")

    def _find(self, name: str, answers: Answers, data: Any = None, before: Any = None) -> Any:
        if before is None and name in self.own:
            return self._right(name, answers.data.variant)
        return super()._find(name, answers, data, before)

    def _own_or_special(self, name: str, answers: Answers) -> Any:
        if name == "right":
            return _Right(functools.partial(self._find, answers=answers))
        return super()._own_or_special(name, answers)

    def _is_right(
        self, name: str, fact: Any, answers: Answers, tolerance: float, read: Callable
    ) -> bool:
        right = self._right_fact(name, answers.data.variant)
        if isinstance(fact, evidence.Value):
            return agreement.same(read(fact.value), read(right.value), tolerance)
        return self._agrees(name, fact, right, tolerance)

    def _right_shape(self, name: str, answers: Answers) -> tuple[int, ...]:
        right = self._right_fact(name, answers.data.variant)
        return right.shape if isinstance(right, evidence.Array) else np.shape(right.value)

    def _has_made(self, make: Callable, answers: Answers) -> bool:
        if inspect.signature(make).parameters:  # it is made of the student's own
            return super()._has_made(make, answers)
        mistake = make.__name__.replace("_", "-")
        found = self._recorded_alternatives(mistake, answers.data.variant)
        return any(
            all(self._shows(name, fact, answers) for name, fact in alternative.items())
            for alternative in found
        )

    def _recorded_alternatives(self, mistake: str, variant: int) -> list[dict[str, Any]]:
        """Return the facts of each wrong answer that shows a mistake, by the answer's name."""
        found: dict[str, dict[str, Any]] = {}
        start = key(variant if self.variant else 0, MISTAKE, mistake, "")
        for name, fact in self._facts().items():
            if name.startswith(start):
                number, answer = name.removeprefix(start).split(" ")
                found.setdefault(number, {})[answer] = fact
        return list(found.values())

    def _shows(self, name: str, made: Any, answers: Answers) -> bool:
        try:
            fact = getattr(answers, name)
        except Unusable:
            return False
        return self._agrees(name, fact, made)

    def _agrees(
        self, name: str, fact: Any, made: Any, tolerance: float = agreement.TOLERANCE
    ) -> bool:
        if isinstance(fact, evidence.Array):
            return agreement.alike(fact, made, tolerance)
        if isinstance(made, evidence.Value | evidence.Calls):
            probes = self._probes(name, fact)
            return agreement.agrees(fact, self._plain(made, probes), tolerance, probes)
        return False


class _Right:
    """The solution's answers, each looked up when it is asked for."""

    def __init__(self, find: Callable[[str], Any]) -> None:
        self._find = find

    def __getattr__(self, name: str) -> Any:
        return self._find(name)


class _Function:
    """A function that knows what it returned on its probes, and nothing else."""

    def __init__(self, calls: evidence.Calls, probes: Sequence[tuple]) -> None:
        pairs = zip(probes, calls.calls, strict=True)
        self._results = {functions.digest(given): call.result for given, call in pairs}

    def __call__(self, *arguments: Any) -> Any:
        result = self._results.get(functions.digest(arguments))
        if isinstance(result, evidence.Value):
            return result.value
        if isinstance(result, evidence.Array):
            return result.sample
        raise NotRecorded("nothing is known of these arguments")


@functools.lru_cache(maxsize=16)
def _read(path: pathlib.Path, data: Reference) -> Mapping[str, Any]:
    if not path.is_file():
        return {}
    facts = dict(evidence.Evidence.load(path).facts)
    for name in [name for name in facts if name.startswith(f"{FOLDED} ")]:
        whole = name.removeprefix(f"{FOLDED} ")
        facts[whole] = folding.unfold(facts[whole], facts.pop(name).value, data)
    return types.MappingProxyType(facts)
