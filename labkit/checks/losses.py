"""Losses that a training tells of, held against those that its network shows."""

import math
from collections.abc import Sequence

import numpy as np

from labkit import evidence
from labkit.checks import measure, structures
from labkit.checks.canonical import canonical

Part = tuple[np.ndarray, np.ndarray]

# A graphics processor rounds what it multiplies to ten binary digits.
_ROUNDING, _LEAST = 2e-3, 1e-4


def same(seen: float, told: float) -> bool:
    """Tell whether a loss that was measured is one that `fit` told, but for a processor's rounding.

    Both are of the same images.
    """
    return abs(seen - told) <= _ROUNDING * abs(told) + _LEAST


def may_be(network: evidence.Model, told: float, part: Part) -> bool:
    """Tell whether a loss, with what regularizers add to it, is the network's, but for luck."""
    if (network.output_shape or (None,))[-1] != 10:
        return True
    each = measure.cross_entropies(network, *part)
    luck_of_some = 4 * float(each.std()) / math.sqrt(len(each))
    seen = float(each.mean()) + penalty(network)
    return abs(told - seen) <= max(0.1, luck_of_some) + 0.1 * seen


def of_no_epoch(network: evidence.Model, told: Sequence[float], part: Part) -> str:
    """Say what a network's loss is where it is none of those told of; else nothing.

    Any will do, for a callback may bring the weights of an earlier epoch back. All images of the
    part are measured, so nothing is left to luck. Nothing is said of a network whose loss is not
    known: one with another output, with other settings, or with something else added to it than
    what its weights cost.
    """
    chain = canonical(network.config)
    added = chain.fault or any("its weights" not in words for words in chain.regularized())
    if not told or added or network.loss_settings or (network.output_shape or (None,))[-1] != 10:
        return ""
    # Keras counts no probability below its least, unless it takes the loss from the scores.
    least = float(np.finfo(np.float32).tiny), measure.KERAS_LEAST
    seen = [measure.cross_entropy(network, *part, least=one) + penalty(network) for one in least]
    if any(math.isnan(one) or same(one, other) for one in seen for other in told):
        return ""
    nearest = min(told, key=lambda other: abs(other - seen[0]))
    return f"has a loss of {seen[0]:.5g}; the nearest validation loss is {nearest:.5g}"


def penalty(network: evidence.Model) -> float:
    """Return what the regularizers of a network's weights add to its loss, NaN if unknown."""
    chain = canonical(network.config)
    if chain.fault or not chain.regularized():
        return 0.0
    return structures.penalty(chain, network.weights)
