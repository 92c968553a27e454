"""
Voting power: each validator's stake, smoothed from epoch to epoch, for contracts to count.

Source: subtensor pallets/subtensor/src/utils/voting_power.rs @ 14bc6f9.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from taonet.frame.origin import Origin, ensure_root
from taonet.frame.pallet import Pallet, call
from taonet.frame.weight import Weight, database_weight
from taonet.pallets.subtensor.errors import (
    InvalidVotingPowerEmaAlpha,
    VotingPowerTrackingNotEnabled,
)
from taonet.pallets.subtensor.events.networks import (
    VotingPowerTrackingDisabled,
    VotingPowerTrackingDisableScheduled,
    VotingPowerTrackingEnabled,
)
from taonet.pallets.subtensor.events.parameters import VotingPowerEmaAlphaSet
from taonet.pallets.subtensor.permissions import Permissions
from taonet.pallets.subtensor.storage import Storage
from taonet.pallets.system import System
from taonet.primitives.fixed_point import saturate_u64
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Alpha, NetUid
from taonet.scale.types import U64

GRACE_PERIOD_BLOCKS: Final = 100_800
"""Blocks for which tracking goes on after it was disabled: two weeks."""

SMOOTHING_ONE: Final = 10**18


@dataclass(frozen=True)
class ValidatorStake:
    """What an epoch found: the stake of a hotkey, and whether it may validate."""

    hotkey: AccountId
    stake: Alpha
    permitted: bool


class VotingPowerTracking(Pallet, prefix="SubtensorModule"):
    """Switches tracking, and keeps the averages."""

    def __init__(self, storage: Storage, system: System, permissions: Permissions) -> None:
        super().__init__(storage.state)
        self._storage = storage
        self._power = storage.voting_power
        self._system = system
        self._permissions = permissions

    @call(index=129, weight=Weight(10_000, 0) + database_weight(reads=2, writes=2))
    def enable_voting_power_tracking(self, origin: Origin, netuid: NetUid) -> None:
        """Track voting power in your subnet."""
        self._permissions.ensure_owner_or_root(origin, netuid)
        self._power.voting_power_tracking_enabled[netuid] = True
        del self._power.voting_power_disable_at_block[netuid]
        self.deposit_event(VotingPowerTrackingEnabled(netuid))

    @call(index=130, weight=Weight(10_000, 0) + database_weight(reads=2, writes=1))
    def disable_voting_power_tracking(self, origin: Origin, netuid: NetUid) -> None:
        """Stop tracking voting power in your subnet, in two weeks."""
        self._permissions.ensure_owner_or_root(origin, netuid)
        if not self._power.voting_power_tracking_enabled[netuid]:
            raise VotingPowerTrackingNotEnabled
        end = self._system.number + GRACE_PERIOD_BLOCKS
        self._power.voting_power_disable_at_block[netuid] = end
        self.deposit_event(VotingPowerTrackingDisableScheduled(netuid, end))

    @call(index=131, weight=Weight(6_000, 0) + database_weight(reads=1, writes=1))
    def sudo_set_voting_power_ema_alpha(self, origin: Origin, netuid: NetUid, alpha: U64) -> None:
        """Set how fast voting power follows stake, in parts of 10**18. Root only."""
        ensure_root(origin)
        if alpha > SMOOTHING_ONE:
            raise InvalidVotingPowerEmaAlpha
        self._power.voting_power_ema_alpha[netuid] = alpha
        self.deposit_event(VotingPowerEmaAlphaSet(netuid, alpha))

    def update(self, netuid: NetUid, validators: Iterable[ValidatorStake]) -> None:
        """Move the averages on by one epoch, or end tracking if its time is over."""
        if not self._power.voting_power_tracking_enabled[netuid]:
            return
        end = self._power.voting_power_disable_at_block[netuid]
        if 0 < end <= self._system.number:
            self._end(netuid)
            return
        for validator in validators:
            if validator.permitted:
                self._move(netuid, validator.hotkey, int(validator.stake))
            else:
                del self._power.voting_power[netuid, validator.hotkey]
        for key, _ in list(self._power.voting_power.under(netuid)):
            if not self._storage.neurons.is_network_member[key[1], netuid]:
                del self._power.voting_power[key]

    def swap(self, former: AccountId, hotkey: AccountId, netuid: NetUid) -> None:
        """Give `hotkey` the voting power of `former`."""
        power = self._power.voting_power[netuid, former]
        del self._power.voting_power[netuid, former]
        if power:
            own = self._power.voting_power[netuid, hotkey]
            self._power.voting_power[netuid, hotkey] = saturate_u64(own + power)

    def _move(self, netuid: NetUid, hotkey: AccountId, stake: int) -> None:
        weight = self._power.voting_power_ema_alpha[netuid]
        threshold = self._storage.global_parameters.stake_threshold
        former = self._power.voting_power[netuid, hotkey]
        power = (weight * stake + (SMOOTHING_ONE - weight) * former) // SMOOTHING_ONE
        if power < threshold <= former:
            del self._power.voting_power[netuid, hotkey]
        elif power:
            self._power.voting_power[netuid, hotkey] = saturate_u64(power)

    def _end(self, netuid: NetUid) -> None:
        self._power.voting_power.clear(netuid)
        self._power.voting_power_tracking_enabled[netuid] = False
        del self._power.voting_power_disable_at_block[netuid]
        self.deposit_event(VotingPowerTrackingDisabled(netuid))
