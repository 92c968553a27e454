"""Bonds: a validator's lasting stake in the miners it weighed early, and the dividends of it."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from taonet.economy.yuma.fixed import (
    FRACTION_BITS,
    ONE,
    Bits,
    from_u16_proportion,
    multiply,
    multiply_wide,
    normalise,
    normalise_columns,
    u16_proportions,
    upscale_columns,
)
from taonet.economy.yuma.inputs import EpochInput
from taonet.economy.yuma.liquid_alpha import liquid_bonds
from taonet.economy.yuma.matrix import RowMatrix, read_rows
from taonet.primitives.fixed_point import I64_MAX, U16_MAX

MILLIONTHS: Final = 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Opinions:
    """What the validators of an epoch said and what came of it."""

    uids: NDArray[np.int64]
    """The neurons of the rows."""

    weights: RowMatrix
    """(rows, neurons)"""

    clipped: RowMatrix
    """(rows, neurons)"""

    active_stake: Bits
    """(rows,)"""

    consensus: Bits
    """(neurons,)"""

    incentive: Bits
    """(neurons,)"""


def bonds_and_dividends(epoch: EpochInput, opinions: Opinions) -> tuple[RowMatrix, Bits]:
    """
    The bonds to store, (rows, neurons), and each row's part of the dividends, (rows,).

    Bonds of neurons without permit, and with stake or not, take part until they are overwritten.
    """
    bought = _penalised_weights(opinions, epoch.bonds_penalty_u16)
    held = _held_bonds(epoch, opinions.uids)
    if epoch.yuma3:
        return _yuma3(epoch, opinions, bought, held)
    return _yuma2(epoch, opinions, bought, held)


def _yuma3(
    epoch: EpochInput, opinions: Opinions, bought: RowMatrix, held: RowMatrix
) -> tuple[RowMatrix, Bits]:
    held = RowMatrix(u16_proportions(held.values), held.present, held.order)
    if epoch.liquid_alpha and opinions.consensus.any():
        bonds = liquid_bonds(epoch, bought, held, opinions.consensus)
    else:
        bonds = _moving_average(bought.values, held.values, epoch.bonds_moving_average_millionths)
    shares = multiply(normalise_columns(bonds.values), opinions.incentive)
    dividends = normalise(multiply(shares.sum(axis=1), opinions.active_stake))
    return bonds, dividends


def _yuma2(
    epoch: EpochInput, opinions: Opinions, bought: RowMatrix, held: RowMatrix
) -> tuple[RowMatrix, Bits]:
    purchases = multiply(bought.values, opinions.active_stake[:, np.newaxis])
    bonds = _moving_average(
        normalise_columns(purchases),
        normalise_columns(held.values),
        epoch.bonds_moving_average_millionths,
    )
    shares = normalise_columns(bonds.values)
    dividends = normalise(multiply(shares, opinions.incentive).sum(axis=1))
    return RowMatrix(upscale_columns(shares), bonds.present, None), dividends


def _held_bonds(epoch: EpochInput, uids: NDArray[np.int64]) -> RowMatrix:
    """The stored bonds, as u16, without those in neurons registered since the last epoch."""
    stored = read_rows(epoch.bonds_rows, uids, epoch.neurons, order_outside=True)
    registered = np.asarray(epoch.registration_block, dtype=np.uint64)
    return stored.keep(registered < np.uint64(epoch.bonds_reset_block))


def _penalised_weights(opinions: Opinions, penalty_u16: int) -> RowMatrix:
    """
    The weights that buy bonds: between the weights, without penalty, and the clipped ones.

    At either end the matrix is taken as it is, with entries of 0 and in stored order; in between
    only positive entries remain, ascending.
    """
    if penalty_u16 == 0:
        return opinions.weights
    if penalty_u16 == U16_MAX:
        return opinions.clipped
    excess = opinions.weights.values - opinions.clipped.values
    # The chain rounds a negative product down, so the part taken off is rounded up.
    products = (excess * from_u16_proportion(penalty_u16)).view(np.uint64)
    parts = (products + np.uint64(ONE - 1)) >> np.uint64(FRACTION_BITS)
    values = opinions.weights.values - parts.view(np.int64)
    return RowMatrix(values, values > 0, None)


def _moving_average(new: Bits, old: Bits, old_millionths: int) -> RowMatrix:
    """Both matrices mixed, `old_millionths` of the old one; only positive entries remain."""
    old_part = min((old_millionths << FRACTION_BITS) // MILLIONTHS, I64_MAX)
    if old_part <= ONE:
        new_part = np.array([ONE - old_part], dtype=np.int64)
        values = multiply(new, new_part)
        values += multiply(old, np.array([old_part], dtype=np.int64))
        return RowMatrix(values, values > 0, None)
    # Root may let old bonds grow and new ones count against the validator.
    sums = multiply_wide(old, old_part) + multiply_wide(new, ONE - old_part)
    values = np.asarray(np.clip(sums, 0, I64_MAX), dtype=np.int64)
    return RowMatrix(values, values > 0, None)
