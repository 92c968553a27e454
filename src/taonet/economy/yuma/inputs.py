"""What an epoch reads, as plain values out of the chain's storage."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from taonet.primitives.fixed_point import U16_MAX, U64_MAX, i64f64

NEURONS_MAX: Final = 2**15
"""Up to here no sum of 16-bit weights leaves an I32F32; subnets hold 256 at most."""

NO_COMMIT: Final = U64_MAX
"""The commit block of a neuron that has no commit waiting."""

STEEPNESS_MAX: Final = 2**15
"""The size of the largest i16."""

UNSIGNED_FIELDS: Final = {
    "emission_rao": U64_MAX,
    "current_block": U64_MAX,
    "last_epoch_block": U64_MAX,
    "stake_threshold": U64_MAX,
    "bonds_moving_average_millionths": U64_MAX,
    "kappa_u16": U16_MAX,
    "bonds_penalty_u16": U16_MAX,
    "alpha_low_u16": U16_MAX,
    "alpha_high_u16": U16_MAX,
}
"""The largest number in each unsigned field."""


class EpochInputError(ValueError):
    """The input cannot come from a chain's storage, or is larger than the arithmetic allows."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EpochInput:
    """
    The state that one mechanism's epoch depends on; the subnet has `len(stake_weights)` neurons.

    Sequences are indexed by uid. Raises `EpochInputError` for lengths that do not fit together
    and for numbers out of range.
    """

    emission_rao: int
    """What is to be divided, u64."""

    current_block: int
    """The block in which the epoch runs."""

    last_epoch_block: int
    """LastMechansimStepBlock; 0 if no epoch has run, then `tempo_blocks` stands in."""

    tempo_blocks: int
    """The subnet's tempo."""

    activity_cutoff_blocks: int
    """A validator that set no weights for longer than this is inactive."""

    stake_weights: Sequence[int]
    """Alpha plus weighted TAO of each neuron, raw I64F64 bits, not filtered and not normalised."""

    stake_threshold: int = 0
    """Stake weights below this count as nothing, in whole units of stake; not the owner's."""

    owner_uid: int | None = None
    """The owner's neuron: always permitted, not filtered, and its weight on itself counts."""

    last_update_block: Sequence[int]
    """
    When each neuron last set weights in this mechanism.

    May be shorter than the subnet, as in a mechanism added later: missing neurons count as
    inactive, and their weights as older than any registration. If it is empty, stake is not
    masked by activity at all.
    """

    registration_block: Sequence[int]
    """When each neuron was registered."""

    validator_permits: Sequence[bool]
    """Which neurons were permitted to validate until now; missing ones were not."""

    commit_block: Sequence[int] | None = None
    """
    The block of each neuron's earliest commit that has not expired, else `NO_COMMIT`; a weight on
    a neuron registered after it does not count. None if the subnet has no commit-reveal.
    """

    weights_rows: Sequence[NDArray[np.uint16]]
    """(pairs, 2) for each neuron: uid and weight as stored, in stored order."""

    bonds_rows: Sequence[NDArray[np.uint16]]
    """(pairs, 2) for each neuron: uid and bond as stored, in stored order."""

    max_allowed_validators: int
    """How many of the neurons with the largest stake are permitted next."""

    kappa_u16: int
    """The majority that supports a consensus weight, in 65535ths of the active stake."""

    bonds_penalty_u16: int
    """How far weights above consensus are cut before they buy bonds, in 65535ths."""

    bonds_moving_average_millionths: int
    """How much of the old bonds remains, u64; owners are held below 1, root is not."""

    yuma3: bool
    """Yuma 3, in which a bond is between one validator and one miner, instead of Yuma 2."""

    liquid_alpha: bool
    """Whether bonds move faster for early, correct opinions. Only Yuma 3 heeds it."""

    alpha_sigmoid_steepness: int
    """Hundredths, i16; root may make it negative."""

    alpha_low_u16: int
    """The smallest rate of liquid alpha, in 65535ths."""

    alpha_high_u16: int
    """The largest rate of liquid alpha, in 65535ths."""

    def __post_init__(self) -> None:
        neurons = self.neurons
        if neurons > NEURONS_MAX:
            raise EpochInputError(f"{neurons} neurons are more than {NEURONS_MAX}")
        full = {
            "registration_block": self.registration_block,
            "weights_rows": self.weights_rows,
            "bonds_rows": self.bonds_rows,
        }
        if self.commit_block is not None:
            full["commit_block"] = self.commit_block
        for name, values in full.items():
            if len(values) != neurons:
                raise EpochInputError(f"{name} has {len(values)} items for {neurons} neurons")
        for name, values in {
            "last_update_block": self.last_update_block,
            "validator_permits": self.validator_permits,
        }.items():
            if len(values) > neurons:
                raise EpochInputError(f"{name} has {len(values)} items for {neurons} neurons")
        for name, highest in UNSIGNED_FIELDS.items():
            if not 0 <= getattr(self, name) <= highest:
                raise EpochInputError(f"{name} is not within 0 and {highest}")
        if abs(self.alpha_sigmoid_steepness) > STEEPNESS_MAX:
            raise EpochInputError(f"alpha_sigmoid_steepness is beyond {STEEPNESS_MAX}")
        if any(stake < 0 for stake in self.stake_weights):
            raise EpochInputError("a stake weight is negative")
        if sum(self.stake_weights) > i64f64.highest:
            raise EpochInputError("the stake weights' sum leaves an I64F64")

    @property
    def neurons(self) -> int:
        """The number of neurons in the subnet."""
        return len(self.stake_weights)

    @property
    def bonds_reset_block(self) -> int:
        """Bonds in neurons registered at this block or later are void."""
        if self.last_epoch_block == 0:
            return max(self.current_block - self.tempo_blocks, 0)
        return min(self.last_epoch_block + 1, U64_MAX)
