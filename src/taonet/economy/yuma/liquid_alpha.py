"""
Liquid alpha: how fast a bond moves depends on how far a weight is from what others say.

A weight above consensus buys faster the farther it is above; a weight below the bond sells faster
the farther it is below. A sigmoid turns the distance into a rate between `alpha_low` and
`alpha_high`.

Source: subtensor pallets/subtensor/src/epoch/run_epoch.rs `alpha_sigmoid` @ 14bc6f9;
substrate-fixed 0.6.0 transcendental.rs `exp`.
"""

from typing import Final

import numpy as np

from taonet.economy.yuma.fixed import (
    FRACTION_BITS,
    ONE,
    Bits,
    from_u16_proportion,
    multiply,
    quotient_towards_zero,
    reciprocal,
)
from taonet.economy.yuma.inputs import EpochInput
from taonet.economy.yuma.matrix import RowMatrix

EXPONENT_MAX: Final = 20 << FRACTION_BITS
"""Exponents are clamped to this distance from 0."""

NARROW_EXPONENT_MAX: Final = 8 << FRACTION_BITS
"""Up to here a Taylor term times 16 integer bits of the exponent fits 64 bits."""

EULER: Final = 0x15BF0A8 << 9
"""e, which the real chain's constant holds to 23 fraction bits."""


def liquid_bonds(
    epoch: EpochInput, bought: RowMatrix, held: RowMatrix, consensus: Bits
) -> RowMatrix:
    """
    Held bonds moved toward the bought ones, each at its own rate: (rows, neurons), at most 1.

    A bond without an entry in `bought` is gone, whatever it was. Rates are computed from rows
    read in step with the columns, so that in a row that does not ascend some entries count as 0
    for the rate and in full for the bond.
    """
    entries = np.flatnonzero(bought.present)
    bought_bonds = bought.values.reshape(-1)[entries]
    held_bonds = held.values.reshape(-1)[entries]
    seen_bought = bought_bonds * bought.merge_visible().reshape(-1)[entries]
    seen_held = held_bonds * held.merge_visible().reshape(-1)[entries]
    majority = consensus[entries % consensus.size]
    distance = np.where(
        seen_bought >= seen_held,
        np.maximum(seen_bought - majority, 0),
        seen_held - seen_bought,
    )
    alphas = alpha_sigmoid(
        distance,
        steepness=epoch.alpha_sigmoid_steepness,
        low=from_u16_proportion(epoch.alpha_low_u16),
        high=from_u16_proportion(epoch.alpha_high_u16),
    )
    moved = multiply(held_bonds, ONE - alphas)
    moved += multiply(bought_bonds, alphas)
    values = np.zeros_like(bought.values)
    values.reshape(-1)[entries] = np.minimum(moved, ONE)
    return RowMatrix(values, values > 0, bought.order)


def alpha_sigmoid(distance: Bits, *, steepness: int, low: int, high: int) -> Bits:
    """
    low + (high - low) / (1 + e**(-steepness / 100 * (distance - 1/2))), for distances in 0..1.

    `steepness` is in hundredths; `low` and `high` are bits. If they are the wrong way round the
    rate is `low`.
    """
    if low >= high:
        return np.full_like(distance, low)
    # Most distances are 0 and share one rate.
    far = np.flatnonzero(distance)
    curve = np.concatenate((np.zeros(1, dtype=np.int64), distance[far]))
    exponents = _scaled(curve - (ONE >> 1), quotient_towards_zero(steepness, -100))
    sigmoid = reciprocal(exponential(exponents) + ONE)
    rates = low + multiply(sigmoid, np.array([high - low], dtype=np.int64))
    alphas = np.full_like(distance, rates[0])
    alphas[far] = rates[1:]
    return alphas


def _scaled(numbers: Bits, factor: int) -> Bits:
    """`numbers * factor`, rounded down, for numbers within 1/2 and a factor within 328."""
    if factor < 0:
        numbers, factor = -numbers, -factor
    high = numbers * (factor >> 16)
    return high + (numbers * (factor & 0xFFFF) >> 16) >> 16


def exponential(exponents: Bits) -> Bits:
    """e to the power of each, by 30 terms of Taylor's series; exponents are clamped to 20."""
    sizes = np.minimum(np.abs(exponents), EXPONENT_MAX)
    terms = sizes
    sums = sizes + ONE
    narrow = sizes.max(initial=0) <= NARROW_EXPONENT_MAX
    product, split = (_narrow_product, 16) if narrow else (_wide_product, FRACTION_BITS)
    high, low = sizes >> split, sizes & (1 << split) - 1
    for divisor in range(2, FRACTION_BITS):
        terms = product(terms, high, low)
        if not terms.any():
            break
        terms //= divisor
        sums += terms
    result = np.where(exponents < 0, reciprocal(sums), sums)
    result[exponents == ONE] = EULER
    return result


def _narrow_product(terms: Bits, high: Bits, low: Bits) -> Bits:
    """`terms` times the sizes that `high` and 16 bits of `low` make, for sizes up to 8."""
    tails = terms * low
    tails >>= 16
    tails += terms * high
    tails >>= 16
    return tails


def _wide_product(terms: Bits, high: Bits, low: Bits) -> Bits:
    """`terms` times the sizes that `high` and 32 bits of `low` make, for sizes up to 20."""
    tails = ((terms & (ONE - 1)) * low).view(np.uint64) >> np.uint64(FRACTION_BITS)
    result: Bits = tails.view(np.int64)
    result += terms * high
    result += (terms >> FRACTION_BITS) * low
    return result
