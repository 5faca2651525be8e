"""Dropout in three lines

Write it. `values` is an array of any shape, `rate` the share to be dropped, `random` one of NumPy's
generators: `random.random(shape)` draws numbers from 0 to 1. Return a new array: each value is 0 with
probability `rate`, and otherwise larger by the factor that makes up for those that are gone.
"""

import math

import numpy as np

from labkit import evidence
from labkit.checks import agreement
from labkit.checks.authoring import Exercise, Message, function

SURE = 5  # standard errors: a right function is refused once in a million
EXPECTED = "an array of the same shape as values"


def _probes(random):
    """Return values without zeros, rates, and generators.

    The first three calls have the same values and rate: the first and the second have two
    generators, the first and the third have two that draw the same.
    """
    seeds = [int(seed) for seed in random.choice(2**31, 3, replace=False)]
    values, others = (
        random.uniform(1, 2, shape) * random.choice([-1, 1], shape)
        for shape in ((120, 100), (20, 25, 25))
    )
    calls = ((values, 0.4, seeds[0]), (values, 0.4, seeds[1]), (values, 0.4, seeds[0]))
    probes = [(part.copy(), rate, np.random.default_rng(seed)) for part, rate, seed in calls]
    return [*probes, (others, 0.2, np.random.default_rng(seeds[2]))]


exercise = Exercise(
    __doc__,
    drop=function(_probes),
    hints=(
        "Draw a random number from 0 to 1 for each value. Which of them are dropped?",
        "random.random(values.shape) draws, np.where(condition, a, b) chooses value by value.",
        "kept = random.random(values.shape) >= …; return np.where(kept, values / …, 0)",
    ),
)


@exercise.solution
def solution(np):
    def drop(values, rate, random):
        """Return values as dropout at this rate would pass them on."""
        kept = random.random(values.shape) >= rate
        return np.where(kept, values / (1 - rate), 0)

    return drop


def _dropped(drop, probes):
    """Return what the function made of the values, the values and the rate, for every probe."""
    return [
        (np.asarray(call.result.sample, float), values, rate)
        for call, (values, rate, _) in zip(drop.calls, probes, strict=True)
        if isinstance(call.result, evidence.Array) and call.result.shape == values.shape
    ]


def _is_share(zeros, share):
    return abs(zeros.mean() - share) <= SURE * math.sqrt(share * (1 - share) / zeros.size)


def _whole_lines(zeros):
    return any(zeros.all(axis=axis).any() for axis in range(zeros.ndim))


def _places_differ(first, second):
    return not np.array_equal(first[0] == 0, second[0] == 0)


def _kept_times(dropped, factor):
    """Tell whether some values stay, all of them multiplied by `factor` of the rate."""
    return bool(dropped) and all(
        result.any()
        and np.allclose(result[result != 0], (values * factor(rate))[result != 0], atol=1e-6)
        for result, values, rate in dropped
    )


@exercise.criterion(2, asks="Return a new array", stop=True)
def _(drop, probes):
    """returns a new array of the same shape"""
    for call, (values, *_) in zip(drop.calls, probes, strict=True):
        problem = agreement.not_returned("drop", call.result, values, EXPECTED)
        if problem is not None:
            return problem
        if call.result.shape != values.shape:
            return Message(
                f"For values of shape {values.shape} drop returned an array of shape "
                f"{call.result.shape}",
                EXPECTED,
                "Let NumPy work on the whole array.",
            )
        if call.changed_its_input:
            return Message(
                "drop changes the array that it is given",
                "a new array; backpropagation still needs the old one",
                "Make the result from values without assigning into it.",
            )


@exercise.criterion(4, asks="each value is 0 with probability `rate`")
def _(drop, probes):
    """sets a share of the values to 0, each by chance"""
    dropped = _dropped(drop, probes)
    for result, _, rate in dropped:
        zeros = result == 0
        if _whole_lines(zeros) and not zeros.all():
            return Message(
                "drop set whole rows or columns to 0",
                "a decision of its own for every value",
                "Draw as many random numbers as there are values: their shape is values.shape.",
            )
        if not _is_share(zeros, rate):
            return Message(
                f"At a rate of {rate} drop set {zeros.mean():.0%} of the values to 0",
                "about the share that rate says",
                "random.random(shape) gives numbers from 0 to 1. How many are below the rate?",
            )
    if not _places_differ(*dropped[:2]):
        return Message(
            "drop set the same places to 0 in two calls",
            "other places in every call",
            "Draw from the generator that is handed over.",
        )
    if _places_differ(*dropped[0:3:2]):
        return Message(
            "With two generators that draw the same numbers, drop set different places to 0",
            "places that only the generator decides, so that a run can be repeated",
            "Draw from the generator that is handed over, and from nothing else.",
        )


@exercise.criterion(3, asks="larger by the factor that makes up for those that are gone")
def _(drop, probes):
    """makes up for it in the values that stay"""
    if not _kept_times(_dropped(drop, probes), lambda rate: 1 / (1 - rate)):
        return Message(
            "The values that stay are not made larger by the right factor",
            "values whose sum is on average what it was before",
            "If 40 % of ten equal values are gone, what must the other six be multiplied by?",
        )


@exercise.sign(
    shown_by=lambda: _drop(lambda chance, rate: chance < rate, lambda rate: 1 / rate), earns=2
)
def rate_of_keeping(drop, probes):
    """You kept the share that should go.

    In Keras, rate is the share that is dropped; older texts often give the share that is kept.
    """
    dropped = _dropped(drop, probes)
    return dropped and all(_is_share(result == 0, 1 - rate) for result, _, rate in dropped)


@exercise.sign(shown_by=lambda: _drop(factor=lambda rate: 1), earns=6)
def not_scaled_up(drop, probes):
    """The values that stay are as they were.

    So the next layer gets a smaller sum in training than later, when nothing is dropped.
    """
    return _kept_times(_dropped(drop, probes), lambda rate: 1)


@exercise.sign
def scaled_by_the_rate(drop, probes):
    """The factor is wrong: the share that stays has to make up for the share that is gone."""
    factors = (lambda rate: 1 / rate, lambda rate: 1 - rate, lambda rate: rate)
    return any(_kept_times(_dropped(drop, probes), factor) for factor in factors)


@exercise.sign
def whole_rows_or_columns(drop, probes):
    """Whole rows or columns are 0: every image would lose the same nodes, or all of them."""
    return any(_whole_lines(result == 0) for result, *_ in _dropped(drop, probes))


@exercise.sign(
    shown_by=lambda: lambda values, rate, random: _drop()(values, rate, np.random.default_rng(1)),
    earns=5,
)
def same_places_every_time(drop, probes):
    """The same places are dropped in every call.

    Nodes that are always missing are not missed: the others never have to do without the rest.
    """
    first, second = _dropped(drop, probes)[:2]
    return bool(np.any(first[0] == 0)) and not _places_differ(first, second)


@exercise.sign
def changes_its_input(drop):
    """Your function writes into the array that it is given."""
    return any(call.changed_its_input for call in drop.calls)


def _drop(keep=lambda chance, rate: chance >= rate, factor=lambda rate: 1 / (1 - rate)):
    def drop(values, rate, random):
        return np.where(keep(random.random(values.shape), rate), values * factor(rate), 0)

    return drop


@exercise.right
def binomial():
    return lambda values, rate, random: (
        values * random.binomial(1, 1 - rate, values.shape) / (1 - rate)
    )


@exercise.right
def in_a_loop():
    def drop(values, rate, random):
        result = values.copy()
        for place in np.ndindex(values.shape):
            result[place] = 0 if random.random() < rate else result[place] / (1 - rate)
        return result

    return drop


exercise.alike["drop: argument 2 drawn from once before"] = (
    "each value is dropped by chance all the same: which of the generator's numbers decide is free"
)
exercise.wrong(
    no_function=lambda: 0.4,
    no_array=lambda: lambda *arguments: 0,
    takes_two_arguments=lambda: lambda values, rate: values,
    a_vector_alone=lambda: lambda values, rate, random: _drop()(values.ravel(), rate, random),
)


@exercise.wrong(earns=2)
def nothing_or_everything_dropped():
    yield lambda values, rate, random: values.copy()
    yield lambda values, rate, random: 0 * values


@exercise.wrong(earns=6, shows="scaled-by-the-rate")
def another_factor():
    yield _drop(factor=lambda rate: 1 - rate)
    yield _drop(factor=lambda rate: 1 / rate)


@exercise.wrong(earns=5, shows="whole-rows-or-columns")
def columns():
    return lambda values, rate, random: np.where(
        random.random(values.shape[1]) >= rate, values / (1 - rate), 0
    )


@exercise.wrong(earns=5, shows="same-places-every-time")
def no_chance_at_all():
    return lambda values, rate, random: np.where(
        values >= np.quantile(values, rate), values / (1 - rate), 0
    )


@exercise.wrong(earns=5)
def another_generator():
    return lambda values, rate, random: _drop()(values, rate, np.random.default_rng())


@exercise.wrong(shows="changes-its-input")
def in_place():
    def drop(values, rate, random):
        values[random.random(values.shape) < rate] = 0
        values /= 1 - rate
        return values

    return drop
