"""
One epoch: from stake, weights and bonds to incentives, dividends and rao.

The order is the chain's: stake and permits; weights that count; consensus, trust and incentive;
bonds and dividends; emission. The sparse calculation is the reference, not the dense one that the
real chain keeps for its tests: they differ for absent weights under liquid alpha.
"""

import numpy as np
from numpy.typing import NDArray

from taonet.economy.yuma.bonds import Opinions, bonds_and_dividends
from taonet.economy.yuma.consensus import clip_weights, consensus_weights, incentives
from taonet.economy.yuma.emission import split_emission
from taonet.economy.yuma.fixed import Bits, Mask, from_u16_proportion, to_u16
from taonet.economy.yuma.inputs import EpochInput
from taonet.economy.yuma.matrix import pair_rows
from taonet.economy.yuma.outputs import EpochOutput
from taonet.economy.yuma.stake import standing
from taonet.economy.yuma.weights import counted_weights


def run_epoch(epoch: EpochInput) -> EpochOutput:
    """
    The outcome of one mechanism's epoch, equal in every bit to the real chain's.

    Raises `EpochInputError` for a uid twice in one row. Cost: O(rows * neurons * log rows), where
    rows are the neurons with a permit or with bonds.

    Source: subtensor pallets/subtensor/src/epoch/run_epoch.rs `epoch_mechanism` @ 14bc6f9.
    """
    who = standing(epoch)
    uids = _rows_that_matter(epoch, who.permitted)
    active_stake = who.active_stake[uids]
    weights = counted_weights(epoch, uids, who.permitted)
    consensus = consensus_weights(weights, active_stake, from_u16_proportion(epoch.kappa_u16))
    clipped = clip_weights(weights, consensus)
    incentive = incentives(clipped, active_stake)
    opinions = Opinions(uids, weights, clipped, active_stake, consensus, incentive)
    bonds, row_dividends = bonds_and_dividends(epoch, opinions)
    dividends = _of_all(row_dividends, uids, epoch.neurons)
    trust = _of_all(clipped.values.sum(axis=1), uids, epoch.neurons)
    emission = split_emission(
        epoch.emission_rao,
        incentive=incentive,
        dividends=dividends,
        stake=who.stake,
        active_stake=who.active_stake,
    )
    return EpochOutput(
        server_emission_rao=emission.server,
        validator_emission_rao=emission.validator,
        combined_emission_rao=emission.combined,
        consensus_bits=consensus,
        incentive_bits=incentive,
        dividends_bits=dividends,
        validator_trust_bits=trust,
        stake_bits=who.stake,
        consensus_u16=to_u16(consensus),
        incentive_u16=to_u16(incentive),
        dividends_u16=to_u16(dividends),
        validator_trust_u16=to_u16(trust),
        stake_weight_u16=to_u16(who.stake),
        active=who.active,
        validator_permits=who.permitted_next,
        bonds_rows=pair_rows(bonds, to_u16(bonds.values), uids, who.permitted_next),
        row_uids=uids,
        bonds=bonds,
    )


def _rows_that_matter(epoch: EpochInput, permitted: Mask) -> NDArray[np.int64]:
    """The neurons whose weights may count or who hold bonds; all other rows are empty."""
    held = np.fromiter((len(row) > 0 for row in epoch.bonds_rows), np.bool_, epoch.neurons)
    return np.flatnonzero(permitted | held)


def _of_all(row_values: Bits, uids: NDArray[np.int64], neurons: int) -> Bits:
    """The rows' values at their uids, 0 elsewhere."""
    values = np.zeros(neurons, dtype=np.int64)
    values[uids] = row_values
    return values
