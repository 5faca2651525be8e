"""Whatever is handed over, a check answers in a sentence, without a word of its insides."""

import collections
import dataclasses
import datetime
import decimal
import fractions
import io
import itertools
import random
import re
import threading
from unittest import mock

import numpy as np
import pandas as pd
import pytest

from labkit import labs
from labkit.checks import authoring
from labkit.checks.exercise import NUMBER, Criterion, Exercise, Misconception
from labkit.checks.given import reference
from labkit.checks.result import Message, Outcome
from labkit.evidence import functions

pytestmark = pytest.mark.usefixtures("sample_data")
INSIDES = re.compile(
    r"Traceback|<locals>| at 0x|__\w+__|evidence\.|facts\.|File \"|NoneType|its dtype|<[A-Za-z]\d"
)
# Only a number is another one than what a check measures.
NO_NUMBER = re.compile(
    r"is (?!-?[\d.]|nan|inf|-inf)\S.{0,60}, but the check (measured|found) another"
)


class _Raises:
    """An object that raises whatever is asked of it."""

    def __getattr__(self, name):
        raise RuntimeError("no")

    def __array__(self, *arguments, **settings):
        raise KeyError("no")

    def __len__(self):
        raise ZeroDivisionError("no")

    def __iter__(self):
        raise OSError("no")

    def __eq__(self, other):
        raise MemoryError("no")

    __hash__ = object.__hash__

    def __repr__(self):
        raise ValueError("no")


class _NeverEnds:
    """Three things, it says, and whoever takes them gets more and more."""

    def __len__(self):
        return 3

    def __iter__(self):
        return itertools.repeat(1)


class _Lies:
    """An object that looks like an array, and is none."""

    shape, dtype, ndim, size = "wide", None, -1, float("nan")

    def __array__(self, *arguments, **settings):
        return "no array"

    def __float__(self):
        return "no number"


class _Number(int):
    """A number that cannot be compared."""

    def __eq__(self, other):
        raise TypeError("no")

    __lt__ = __le__ = __gt__ = __ge__ = __eq__
    __hash__ = int.__hash__


def _deep():
    found = []
    for _ in range(2_000):
        found = [found]
    return found


def _holds_itself():
    found = []
    found.append(found)
    return found


def _itself_in_a_dictionary():
    found = {}
    found["all"] = found
    return found


def _odd_objects():
    """Return objects of many kinds, and the same in lists, tuples, dictionaries and arrays."""
    plain = [
        *(None, True, False, 0, -1, 1, 2**64, 10**400, -(10**400), 0.5, 1e308, float("nan")),
        *(float("inf"), -0.0, 1 + 2j, "", "a", "b" * 5_000, "\0", "<b>", b"x", bytearray(b"y")),
        *(decimal.Decimal("NaN"), fractions.Fraction(1, 3), datetime.date(2020, 1, 1), range(3)),
        *(int, np.int64(3), np.float32("nan"), np.bool_(True), np.str_("x"), np.datetime64("NaT")),
        *(slice(1), NotImplemented, Exception("x"), type("Own", (), {})(), _Raises(), lambda: 0),
        *(print, len, iter([]), (n for n in "ab"), {1, 2}, frozenset(), memoryview(b"z"), re),
        *(np.zeros(0), np.zeros((0, 3)), np.zeros((3, 0, 2)), np.full(3, np.nan), np.array(5)),
        *(np.array([None]), np.array(["a"]), np.arange(3), np.ones((2, 2, 2, 2)), np.eye(10)),
        *(np.array([1j]), np.ma.masked, np.array([(1, 2.0)], "i4,f8"), collections.Counter("ab")),
        *(_holds_itself(), _itself_in_a_dictionary(), collections.deque([1]), [[]], [[1], [1, 2]]),
        *(itertools.count(), _NeverEnds(), _Lies(), _Number(7), _deep(), mock.MagicMock()),
        *("\ud800", [...], threading.Lock(), pd.DataFrame([[1, "x"]], columns=["a", "a"])),
    ]
    wrapped = [make(item) for item in plain for make in (_listed, _paired, _keyed)]
    return [*plain, *wrapped]


def _listed(item):
    return [item, item]


def _paired(item):
    return (item, 1)


def _keyed(item):
    return {"accuracy": item, 3: item}


# In the process that tries the lab's answers: what they are made of is trained once.
LABS = [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in labs.MODULES]
ODD = _odd_objects()
BESIDE = 40  # of them, drawn for each answer, beside right ones


def test_there_are_three_hundred():
    assert len(ODD) == 300


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.usefixtures("beside_its_files")
@pytest.mark.parametrize("lab", LABS)
def test_every_check_answers_in_a_sentence(lab):
    """Odd objects for all answers of an exercise, and for one of them beside right ones."""
    for exercise in labs.load(lab):
        judged = set()
        for odd, found in _evidence(exercise):
            what = odd, _bytes(found, odd)
            if what in judged:  # a verdict follows from the evidence alone
                continue
            judged.add(what)
            result = exercise.judge(found)
            text = result.text()
            assert result.outcome is not Outcome.COULD_NOT_GRADE, (exercise.name, text)
            assert not INSIDES.search(text), (exercise.name, text)
            assert not NO_NUMBER.search(text), (exercise.name, text)
            assert len(text) < 3_000, (exercise.name, text)


def _evidence(exercise):
    """Yield the names of what is odd, and the evidence about all that the check takes.

    An answer is collected without a look at the others: each object once for each answer, and the
    right answers, which may be networks to be measured, once for all.
    """
    made = [exercise.collect(*[item] * len(exercise.answers)) for item in ODD]
    for found in made:
        yield tuple(exercise.answers), found
    if isinstance(exercise, authoring.Exercise) and len(exercise.own) > 1:
        defined = exercise.notebook(reference(exercise.dataset))
        right = exercise.collect(*exercise.cases()[0].make(defined))
        for name in exercise.own:
            for found in random.Random(name).sample(made, BESIDE):
                yield (name,), _replaced(right, name, found.facts[name])


def _replaced(found, name, fact):
    return dataclasses.replace(found, facts=found.facts | {name: fact})


@pytest.mark.parametrize("lab", LABS)
def test_an_answer_is_collected_without_a_look_at_the_others(lab):
    """Evidence that is put together here is the evidence that would be collected."""
    for exercise in labs.load(lab):
        names = tuple(exercise.answers)
        blank, odd = [...] * len(names), exercise.collect(*range(len(names)))
        for place, name in enumerate(names):
            collected = exercise.collect(*blank[:place], place, *blank[place + 1 :])
            put = _replaced(exercise.collect(*blank), name, odd.facts[name])
            assert _bytes(collected, names) == _bytes(put, names), (exercise.name, name)


def _bytes(found, names):
    """Return what was collected of some answers, as it is written to a file."""
    file = io.BytesIO()
    part = {name: found.facts[name] for name in names}
    dataclasses.replace(found, facts=part).write(file)
    return file.getvalue()


def test_a_check_that_stumbles_says_over_what_and_nothing_of_its_insides():
    def stumbles(answers):
        raise RuntimeError(f"internals of {answers.n.value}")

    criteria = [Criterion("stumbles", 1, stumbles), Criterion("stands", 2, lambda answers: None)]
    made = Exercise("odd", "Odd", {"n": NUMBER}, criteria, ("", "", ""))
    result = made.judge(made.collect(3))
    assert result.outcome is Outcome.COULD_NOT_GRADE
    assert "could not read the answer: n is of type int" in result.text()
    assert "internals" not in result.text()


@pytest.mark.parametrize("error", [OSError, KeyError, OverflowError, RecursionError])
def test_a_mistake_that_cannot_be_looked_for_is_not_seen(error):
    def stumbles(answers):
        raise error("internals")

    criteria = [Criterion("is two", 1, lambda answers: Message("It is not two"))]
    mistakes = [Misconception("stumbling", stumbles, "never said")]
    made = Exercise("odd", "Odd", {"n": NUMBER}, criteria, ("", "", ""), mistakes)
    result = made.judge(made.collect(3))
    assert (result.outcome, result.misconceptions) == (Outcome.FAILED, ())


def test_what_a_function_raises_is_told_in_one_line_without_addresses():
    def raises(image):
        raise ValueError(f"line one\n  {object()} {'long ' * 200}")

    fact = functions.called(raises, [(1,)])
    text = fact.calls[0].result.text
    assert text.startswith("line one <object object> long") and len(text) <= functions.MAX_TOLD
