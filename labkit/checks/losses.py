"""Losses that a training tells of, held against those that its network shows."""

import math
from collections.abc import Sequence

import numpy as np

from labkit import evidence
from labkit.checks import measure, structures
from labkit.checks.canonical import canonical

Part = tuple[np.ndarray, np.ndarray]

# A graphics processor may round what it multiplies to ten binary digits. Done on purpose, that
# moved losses of dense and convolutional networks, trained for 1 to 20 epochs, by 1.1e-4 at most.
_ROUNDING, _LEAST = 2e-3, 1e-4
# Of images that lie between two classes, rounding decides.
_TURNED = 2e-3

ANY_EPOCH = (
    "no epoch was left out, and the network has the weights of one that its history tells of"
)
"""Why a training that stopped by itself may be as right as one that did not."""


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


def exact(network: evidence.Model, part: Part) -> list[float]:
    """Return what `fit` may tell of as a network's loss on these images, none where not known.

    It is not known of a network with another output, with other settings of its loss, or with
    something else added to it than what its weights cost.
    """
    chain = canonical(network.config)
    added = chain.fault or any("its weights" not in words for words in chain.regularized())
    if added or network.loss_settings or (network.output_shape or (None,))[-1] != 10:
        return []
    # Keras counts no probability below its least, unless it takes the loss from the scores.
    least = float(np.finfo(np.float32).tiny), measure.KERAS_LEAST
    seen = [measure.cross_entropy(network, *part, least=one) + penalty(network) for one in least]
    return [] if any(map(math.isnan, seen)) else seen


def epoch(
    seen: Sequence[float], told: Sequence[float], share: float, shares: Sequence[float]
) -> int | None:
    """Return the epoch after which a network had these weights; None where there is none.

    Any may be, for a callback may bring the weights of an earlier epoch back.

    Parameters
    ----------
    seen : sequence of float
        What the network's loss may be.
    told : sequence of float
        The losses told of, epoch by epoch.
    share : float
        The network's accuracy on the same images.
    shares : sequence of float
        The accuracies told of; where there are none, they are not asked about.
    """
    alike = [abs(share - one) <= _TURNED for one in shares] or [True] * len(told)
    numbers = [number for number in range(min(len(told), len(alike))) if alike[number]]
    pairs = [(one, number) for one in seen for number in numbers]
    fitting = [(abs(one - told[n]), n) for one, n in pairs if same(one, told[n])]
    return min(fitting)[1] if fitting else None


def penalty(network: evidence.Model) -> float:
    """Return what the regularizers of a network's weights add to its loss, NaN if unknown."""
    chain = canonical(network.config)
    if chain.fault or not chain.regularized():
        return 0.0
    return structures.penalty(chain, network.weights)
