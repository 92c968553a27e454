"""What an epoch answers: each neuron's terms, as numbers of full precision and as stored."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taonet.economy.yuma.fixed import Bits, Mask
from taonet.economy.yuma.matrix import PairRow, RowMatrix


@dataclass(frozen=True, slots=True, eq=False)
class EpochOutput:
    """
    The result of one mechanism's epoch; arrays are (neurons,), indexed by uid.

    Fields that end in `_bits` are raw I32F32; `_u16` are 65535ths, rounded down, as the chain
    stores them.
    """

    server_emission_rao: NDArray[np.uint64]
    """What each neuron earned as a miner."""

    validator_emission_rao: NDArray[np.uint64]
    """What each neuron earned as a validator."""

    combined_emission_rao: NDArray[np.uint64]
    """Both, rounded once: the Emission item."""

    consensus_bits: Bits
    incentive_bits: Bits
    dividends_bits: Bits
    validator_trust_bits: Bits
    stake_bits: Bits
    """Normalised over the stake that passed the threshold."""

    consensus_u16: NDArray[np.uint16]
    incentive_u16: NDArray[np.uint16]
    dividends_u16: NDArray[np.uint16]
    validator_trust_u16: NDArray[np.uint16]
    stake_weight_u16: NDArray[np.uint16]

    active: Mask
    """Who set weights within the activity cutoff."""

    validator_permits: Mask
    """Who may validate until the next epoch."""

    bonds_rows: tuple[PairRow, ...]
    """
    The Bonds row of every neuron, uid and u16 in the order to store; empty without a new permit.

    Rows are views of one array in the form of SCALE: `row.tobytes()` follows the compact length.
    """

    row_uids: NDArray[np.int64]
    """The neurons of `bonds`' rows: who was permitted or held bonds, ascending."""

    bonds: RowMatrix
    """Bonds in full precision, (row_uids, neurons), also of those who have lost their permit."""

    def bond_entries(self) -> Iterator[tuple[int, int, int]]:
        """Validator, miner and raw I32F32 of every bond, in stored order."""
        rows, columns = self.bonds.entries()
        values = self.bonds.values[rows, columns]
        return zip(self.row_uids[rows].tolist(), columns.tolist(), values.tolist(), strict=True)
