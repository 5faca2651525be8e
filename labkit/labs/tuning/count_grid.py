"""How large is the grid?

The report writes the decays as `10^seq(-3, 0, by=0.25)` and goes on: "number of decay parameters × number
of folds = 14 × 5 = 70 models". Make the array `decays` (R's `seq` includes both ends) and count the
networks, `n_networks`. Do you agree with the report?
"""

import numpy as np

from labkit.checks.authoring import ARRAY, NUMBER, Exercise, Message

exercise = Exercise(
    __doc__,
    decays=ARRAY,
    n_networks=NUMBER,
    hints=(
        "R's seq(-3, 0, by=0.25) includes both of its ends. Count the values, not the steps.",
        "np.arange leaves its end out, np.linspace includes it.",
        "decays = 10.0 ** np.linspace(-3, 0, ...); n_networks = ... * folds",
    ),
)


@exercise.solution
def solution(np):
    decays = 10.0 ** np.linspace(-3, 0, 13)
    n_networks = len(decays) * 5
    return decays, n_networks


@exercise.criterion(3, asks="Make the array `decays` (R's `seq` includes both ends)")
def _(decays, right):
    """decays are those of the report's sequence"""
    if decays.shape == right.decays.shape and np.allclose(decays.sample, right.decays, rtol=1e-3):
        return None
    told = np.ravel(decays.sample)[[0, -1]] if np.size(decays.sample) else (np.nan, np.nan)
    return Message(
        f"decays has the shape {decays.shape} and goes from {told[0]:g} to {told[1]:g}",
        "from 0.001 to 1, each a fixed factor above the one before, both ends included",
        "Make the exponents first, then raise 10 to them.",
    )


exercise.equal(
    "n_networks",
    2,
    "a network for each decay and each fold",
    "Count the decays, and then the folds.",
    asks="count the networks, `n_networks`",
    title="n_networks is how many networks the grid trains",
)


@exercise.mistake(earns=(0, 2))
def end_left_out():
    """The last decay, 1, is missing: np.arange stops before its end."""
    yield 10.0 ** np.arange(-3, 0, 0.25), 60
    yield 10.0 ** np.arange(-3, 0, 0.25), ...


@exercise.sign(shown_by=lambda: (np.arange(-3, 0.01, 0.25), 65), earns=2)
def exponents_for_decays(decays):
    """These are the exponents. The decays are powers of ten."""
    return decays.minimum < 0


@exercise.mistake(earns=3)
def fourteen_as_printed():
    """This is the number that the report prints. Count what its own sequence gives."""
    return ..., 14 * 5


@exercise.sign(shown_by=lambda: (np.linspace(0.001, 1, 13), 65), earns=2)
def evenly_spaced(decays):
    """These are evenly spaced. Here each is a fixed factor above the one before."""
    steps = np.diff(np.asarray(decays.sample, float), axis=0)
    return (
        len(decays.shape) == 1
        and len(steps) > 1
        and np.allclose(steps, steps[0])
        and decays.minimum > 0
    )


exercise.right(
    logspace=lambda: (np.logspace(-3, 0, 13), np.int64(13 * 5)),
    arange=lambda: (10 ** np.arange(-3, 0.01, 0.25), 65.0),
    a_list=lambda: ([10 ** (n / 4) for n in range(-12, 1)], 65),
)
exercise.wrong(constant=lambda: (0, 0))
exercise.wrong(earns=3, half_done=lambda: (..., None))
