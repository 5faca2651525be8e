"""Criteria that several exercises share."""

import math
import numbers
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from labkit import evidence
from labkit.checks import measure
from labkit.checks.exercise import Answers, Criterion, Misconception
from labkit.checks.result import Message

Expected = Callable[[Answers], Any]


def is_number(fact: evidence.Value) -> bool:
    """Tell whether `fact` is one finite number, no truth value."""
    plain = fact.value
    if not isinstance(plain, numbers.Real) or isinstance(plain, bool):
        return False
    try:
        return math.isfinite(plain)
    except OverflowError:  # a whole number that is larger than any other number here
        return False


def number(
    name: str,
    expected: Expected,
    points: float,
    title: str,
    next_step: str,
    tolerance: float = 0.0,
    kind: str = "a number",
    words: str = "",
) -> Criterion:
    """Require a number within `tolerance` of what `expected` returns.

    `kind` is said to whoever gives no number, `words` to whoever gives another one.
    """

    def test(answers: Answers) -> Message | None:
        fact = getattr(answers, name)
        if not is_number(fact):
            of_type = "" if fact.value is None else f", of type {fact.type}"
            return Message(f"{name} is {shown(fact)}{of_type}", kind, next_step)
        if abs(fact.value - expected(answers)) <= tolerance:
            return None
        return Message(f"{name} is {shown(fact)}; that is another number", words, next_step)

    return Criterion(title, points, test)


def shape(
    name: str, expected: Expected, points: float, next_step: str, title: str = "", words: str = ""
) -> Criterion:
    """Require an array of the shape that `expected` returns; later criteria wait for it."""

    def test(answers: Answers) -> Message | None:
        fact = getattr(answers, name)
        if fact.shape == tuple(expected(answers)):
            return None
        return Message(f"{name} has the shape {fact.shape}", words, next_step)

    return Criterion(title or f"{name} has the right shape", points, test, stop=True)


def values(
    name: str,
    expected: Expected,
    points: float,
    title: str,
    next_step: str,
    tolerance: float = 1e-6,
    words: str = "",
    divided_by: float = 1,
) -> Criterion:
    """Require an array whose rows agree with the whole array that `expected` returns."""

    def test(answers: Answers) -> Message | None:
        fact = getattr(answers, name)
        if agrees(fact, expected(answers), tolerance, divided_by):
            return None
        return Message(f"{name} holds other values than it should", words, next_step)

    return Criterion(title, points, test)


def agrees(
    fact: evidence.Array, expected: np.ndarray, tolerance: float = 1e-6, divided_by: float = 1
) -> bool:
    """Tell whether an array's shape and its collected rows agree with `expected`.

    Only the collected rows of `expected` are divided by `divided_by`: a check has to be quick.
    """
    if fact.shape != np.shape(expected):
        return False
    wanted = np.asarray(expected[fact.rows] if fact.shape else expected, float) / divided_by
    return rows_agree(fact, wanted, tolerance)


def rows_agree(fact: evidence.Array, wanted: np.ndarray, tolerance: float = 1e-6) -> bool:
    """Tell whether the collected rows of an array are `wanted`, and all its values are numbers.

    A single NaN among the rows that were not collected makes the mean of all values one.
    """
    if not np.allclose(np.asarray(fact.sample, float), wanted, rtol=0, atol=tolerance):
        return False
    return math.isfinite(fact.mean) or not fact.sample.size


# Of a percentage people keep one place.
ONE_PLACE = 0.06


def is_another(told: float, right: float, other: float, tolerance: float) -> bool:
    """Tell whether a number is another figure than the right one.

    Where both are about the same, nobody can tell which of them a student has taken.

    Parameters
    ----------
    told : float
        What the student has; NaN is no figure.
    right, other : float
        What is asked for, and what a mistake would give.
    tolerance : float
        By how much `told` may differ from `other`, and `other` has to differ from `right` twice.
    """
    return abs(told - other) <= tolerance and abs(other - right) > 2 * tolerance


def choice(
    name: str,
    right: str | Iterable[str],
    points: float,
    options: Mapping[str, str],
    title: str = "the right option",
) -> tuple[list[Criterion], list[Misconception]]:
    """Require one of the letters, and tell for every wrong one what it overlooks.

    Parameters
    ----------
    name : str
        The answer's name.
    right : str or several
        The right letter; several where all of them have to be chosen together.
    points : float
    options : dict of str to str
        For every wrong letter, what to tell a student who chose it. Together with `right` these
        are all the letters.

    Returns
    -------
    criteria, misconceptions : list
    """
    wanted = {right} if isinstance(right, str) else set(right)
    letters = sorted(wanted | set(options))

    def chosen(answers: Answers) -> set[str]:
        plain = getattr(answers, name).value
        parts = plain if isinstance(plain, list) else [plain]
        return {_letter(str(part)) for part in parts}

    def test(answers: Answers) -> Message | None:
        letters_given = chosen(answers)
        if letters_given == wanted:
            return None
        given = shown(getattr(answers, name))
        kind = f"one of the letters {', '.join(letters)}, in quotation marks"
        if not letters_given <= set(letters):
            return Message(f"{name} is {given}", kind, "Choose one of the options above.")
        return Message(f"You chose {given}", "", "Read the question and the options once more.")

    def mistake(letter: str, told: str) -> Misconception:
        return Misconception(f"{name}-{letter}", lambda answers: letter in chosen(answers), told)

    return (
        [Criterion(title, points, test)],
        [mistake(letter, told) for letter, told in options.items()],
    )


# An option as it stands in a text: its letter, then perhaps its words. "c or d" is no option.
_OPTION = re.compile(
    r"""\W*([a-z])                                  # the letter
    (?: \W*                                        # alone, or in brackets
    | (?: \s+ | [.):]+\s+ (?:[a-z]\s+)? )         # or before its words, of which the first may
      (?! (?:or|and|not)\b ) [^\W\d_]{2,} .* )      # be an article
    """,
    re.VERBOSE | re.DOTALL,
)


def _letter(chosen: str) -> str:
    """Return the letter of a chosen option, whether its words stand behind it or not."""
    found = _OPTION.fullmatch(chosen.strip().lower())
    return found[1] if found else chosen


def takes_images(name: str, points: float, channel: bool) -> Criterion:
    """Require a network that is built for 28×28 images; later criteria wait for it."""
    wanted = "images of 28×28 pixels with one channel" if channel else "images of 28×28 pixels"

    def test(answers: Answers) -> Message | None:
        seen = getattr(answers, name).input_shape
        fits = {(28, 28, 1)} if channel else {(28, 28), (28, 28, 1)}
        if seen is not None and seen[1:] in fits:
            return None
        if seen is None:
            saw = f"{name} does not know yet what its input looks like"
        else:
            saw = f"{name} takes input of shape {seen[1:]}"
        return Message(saw, wanted, "Begin the network with keras.Input(shape=...).")

    return Criterion(f"takes {wanted}", points, test, stop=True)


def floor(
    name: str,
    least: Expected,
    points: float,
    title: str,
    next_step: str,
    on_all: bool = False,
) -> Criterion:
    """Require a network that is right on at least the share `least` of some test images, or all."""

    def test(answers: Answers) -> Message | None:
        model = getattr(answers, name)
        try:
            tested = answers.data.x_test, answers.data.y_test
            seen = measure.accuracy(model, *(tested if on_all else measure.thinned(*tested)))
        except measure.NotMeasurable as error:
            return Message(f"{name} cannot be tried on the test images: {error}", "", next_step)
        if seen >= least(answers):
            return None
        saw = f"Measured on the test images, {name} is right on {seen:.1%}"
        return Message(saw, f"at least {least(answers):.1%}", next_step)

    return Criterion(title, points, test)


def shown(fact: evidence.Value) -> str:
    """Return a short text of what a student has assigned: a tuple or a set as such."""
    if not isinstance(fact.value, list):
        return show(fact.value)
    if fact.type == "tuple":
        return show(tuple(fact.value))
    text = show(fact.value)
    # In the order that the collector gave it: that of a set is another one in every process.
    return f"{{{text[1:-1]}}}" if fact.type in ("set", "frozenset") and text[-1] == "]" else text


def beside(name: str, plain: Any, measured: str) -> str:
    """Say of a number that the check has measured another; of anything else, only what it is.

    Parameters
    ----------
    name : str
        The student's variable.
    plain : object
        Its plain value.
    measured : str
        What the check did, and found another of: ``"measured another gap"``.
    """
    is_one = isinstance(plain, int | float) and not isinstance(plain, bool)
    return f"{name} is {show(plain)}{f', but the check {measured}' * is_one}"


def show(plain: Any) -> str:
    """Return a short text of a plain value."""
    text = f"{plain:.6g}" if isinstance(plain, float) else repr(plain)
    return text if len(text) <= 60 else text[:57] + "..."
