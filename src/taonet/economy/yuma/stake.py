"""Whose stake counts in an epoch, and who may validate until the next."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from taonet.economy.yuma.fixed import FRACTION_BITS, Bits, Mask, bits, normalise
from taonet.economy.yuma.inputs import EpochInput

STAKE_FRACTION_BITS = 64


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """What stake and activity make of the neurons; everything is (neurons,)."""

    stake: Bits
    """Each neuron's part of the stake weight that passed the threshold."""

    active: Mask
    """Who set weights recently enough."""

    permitted: Mask
    """Who validates in this epoch."""

    permitted_next: Mask
    """Who validates in the next one."""

    active_stake: Bits
    """The stake of active, permitted validators; its sum is 1, less rounding, or 0."""


def standing(epoch: EpochInput) -> Standing:
    """Normalise the stake and see who may use it."""
    stake = _normalised_stake(epoch)
    active = _padded(_is_active(epoch), epoch.neurons)
    permitted = _padded(epoch.validator_permits, epoch.neurons)
    permitted_next = _largest(stake, epoch.max_allowed_validators)
    if epoch.owner_uid is not None:
        if epoch.owner_uid < len(epoch.validator_permits):
            permitted[epoch.owner_uid] = True
        permitted_next[epoch.owner_uid : epoch.owner_uid + 1] = True
    active_stake = stake.copy()
    # An empty list masks nothing on the real chain, though a short one masks what it lacks.
    if len(epoch.last_update_block):
        active_stake[~active] = 0
    if len(epoch.validator_permits):
        active_stake[~permitted] = 0
    return Standing(stake, active, permitted, permitted_next, normalise(active_stake))


def _normalised_stake(epoch: EpochInput) -> Bits:
    """Each neuron's part of the stake above the threshold."""
    threshold = epoch.stake_threshold << STAKE_FRACTION_BITS
    counted = [
        stake if stake >= threshold or uid == epoch.owner_uid else 0
        for uid, stake in enumerate(epoch.stake_weights)
    ]
    total = max(sum(counted), 1)
    # Rounding an I64F64 quotient down to an I32F32 is rounding down once.
    return bits([(stake << FRACTION_BITS) // total for stake in counted])


def _is_active(epoch: EpochInput) -> list[bool]:
    """For each known last update, whether it is within the activity cutoff."""
    oldest = epoch.current_block - epoch.activity_cutoff_blocks
    return [updated >= oldest for updated in epoch.last_update_block]


def _padded(flags: Sequence[bool], neurons: int) -> Mask:
    """The flags as a mask of all neurons; missing ones are False."""
    mask = np.zeros(neurons, dtype=np.bool_)
    mask[: len(flags)] = flags
    return mask


def _largest(stake: Bits, count: int) -> Mask:
    """The `count` largest that are not 0; of equals, the larger uids."""
    largest: Mask = stake != 0
    if stake.size >= count:
        order = np.argsort(stake, kind="stable")
        largest[order[: stake.size - count]] = False
    return largest
