"""What validators agree on: the weight of each miner that a majority of stake supports."""

from typing import Final

import numpy as np

from taonet.economy.yuma.fixed import Bits, multiply, normalise
from taonet.economy.yuma.matrix import RowMatrix

ROW_BITS: Final = 15
"""Room for a row's number below its score when both are sorted as one integer."""


def consensus_weights(weights: RowMatrix, active_stake: Bits, kappa: int) -> Bits:
    """
    The consensus weight of each neuron: the median of its weights by stake, (neurons,).

    It is the smallest weight such that more than 1 - `kappa` of the stake gives that or less;
    a validator with no weight on the neuron gives 0. `active_stake` is (rows,), `kappa` is bits.
    """
    voters = np.flatnonzero(active_stake > 0)
    if voters.size == 0:
        return np.zeros(weights.values.shape[1], dtype=np.int64)
    shares = normalise(active_stake[voters])
    minority = int(shares.sum()) - kappa
    scores = weights.values[voters].T << ROW_BITS  # (neurons, voters)
    ranked = np.sort(scores | np.arange(voters.size), axis=1)
    support = shares[ranked & (1 << ROW_BITS) - 1].cumsum(axis=1)
    median = np.minimum(np.count_nonzero(support <= minority, axis=1), voters.size - 1)
    picked: Bits = np.take_along_axis(ranked, median[:, np.newaxis], axis=1)[:, 0] >> ROW_BITS
    return picked


def clip_weights(weights: RowMatrix, consensus: Bits) -> RowMatrix:
    """Weights cut down to consensus; what a consensus of 0 cuts is no longer present."""
    dropped = (consensus == 0) & (weights.values > 0)
    clipped = np.minimum(weights.values, consensus)
    return RowMatrix(clipped, weights.present & ~dropped, weights.order)


def incentives(clipped: RowMatrix, active_stake: Bits) -> Bits:
    """Each neuron's part of the clipped weight by stake, (neurons,); sums to 1, less rounding."""
    return normalise(multiply(clipped.values, active_stake[:, np.newaxis]).sum(axis=0))
