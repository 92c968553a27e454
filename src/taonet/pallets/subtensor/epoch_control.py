"""
What owners decide about their subnets' epochs: how far apart they are, and one out of turn.

Source: subtensor pallets/subtensor/src/coinbase/tempo_control.rs @ 14bc6f9.
"""

from taonet.frame.origin import Origin
from taonet.frame.pallet import Pallet, call
from taonet.frame.weight import Weight, database_weight
from taonet.pallets.subtensor.epoch_schedule import EpochSchedule
from taonet.pallets.subtensor.errors import (
    ActivityCutoffFactorMilliOutOfBounds,
    AutoEpochAlreadyImminent,
    DynamicTempoBlockedByCommitReveal,
    EpochTriggerAlreadyPending,
    TempoOutOfBounds,
    TxRateLimitExceeded,
)
from taonet.pallets.subtensor.events.networks import EpochTriggered
from taonet.pallets.subtensor.events.parameters import ActivityCutoffFactorMilliSet, TempoSet
from taonet.pallets.subtensor.permissions import Permissions
from taonet.pallets.subtensor.rate_limiter import Limited, RateLimiter
from taonet.pallets.subtensor.storage import Storage
from taonet.pallets.subtensor.types import Hyperparameter
from taonet.pallets.system import System
from taonet.primitives.units import NetUid
from taonet.scale.types import U16, U32


class EpochControl(Pallet, prefix="SubtensorModule"):
    """Tempo, activity cutoff and triggered epochs."""

    def __init__(
        self,
        storage: Storage,
        system: System,
        schedule: EpochSchedule,
        permissions: Permissions,
        limiter: RateLimiter,
    ) -> None:
        super().__init__(storage.state)
        self._storage = storage
        self._system = system
        self._schedule = schedule
        self._permissions = permissions
        self._limiter = limiter

    @call(index=139, weight=Weight(46_407_000, 4440) + database_weight(reads=6, writes=3))
    def set_tempo(self, origin: Origin, netuid: NetUid, tempo: U16) -> None:
        """Set the blocks between your subnet's epochs, 360 to 50400; a new cycle starts now."""
        who = self._permissions.ensure_owner(origin, netuid)
        constants = self._storage.constants
        if not constants.min_tempo <= tempo <= constants.max_tempo:
            raise TempoOutOfBounds
        self._permissions.ensure_not_frozen(netuid)
        if not self._limiter.passes(Limited.TEMPO_UPDATE, who, netuid):
            raise TxRateLimitExceeded
        self.restart(netuid, tempo)
        self._limiter.record(Limited.TEMPO_UPDATE, who, netuid)

    @call(index=140, weight=Weight(39_193_000, 4364) + database_weight(reads=7, writes=2))
    def set_activity_cutoff_factor(self, origin: Origin, netuid: NetUid, factor_milli: U32) -> None:
        """
        Set after how many tempos without weights a validator counts as inactive, in thousandths:
        1000 to 50000.
        """
        who = self._permissions.ensure_owner_or_root(origin, netuid)
        constants = self._storage.constants
        lowest = constants.min_activity_cutoff_factor_milli
        if not lowest <= factor_milli <= constants.max_activity_cutoff_factor_milli:
            raise ActivityCutoffFactorMilliOutOfBounds
        operation = Hyperparameter.ACTIVITY_CUTOFF_FACTOR_MILLI
        if who is not None:
            self._permissions.ensure_not_frozen(netuid)
            if not self._limiter.passes(operation, who, netuid):
                raise TxRateLimitExceeded
        self._storage.hyperparameters.activity_cutoff_factor_milli[netuid] = factor_milli
        self.deposit_event(ActivityCutoffFactorMilliSet(netuid, factor_milli))
        self._permissions.record(who, netuid, (operation,))

    @call(index=141, weight=Weight(42_539_000, 4447) + database_weight(reads=8, writes=2))
    def trigger_epoch(self, origin: Origin, netuid: NetUid) -> None:
        """Have an epoch of your subnet as soon as the freeze window has passed."""
        who = self._permissions.ensure_owner(origin, netuid)
        storage, now = self._storage, self._system.number
        if storage.hyperparameters.commit_reveal_weights_enabled[netuid]:
            raise DynamicTempoBlockedByCommitReveal
        if storage.epochs.pending_epoch_at[netuid]:
            raise EpochTriggerAlreadyPending
        window = storage.global_parameters.admin_freeze_window
        if self._schedule.blocks_until_regular(netuid, now) < window:
            raise AutoEpochAlreadyImminent
        if not self._limiter.passes(Hyperparameter.TRIGGER_EPOCH, who, netuid):
            raise TxRateLimitExceeded
        storage.epochs.pending_epoch_at[netuid] = now + window
        self._limiter.record(Hyperparameter.TRIGGER_EPOCH, who, netuid)
        self.deposit_event(EpochTriggered(netuid, who, now + window))

    def restart(self, netuid: NetUid, tempo: int) -> None:
        """Set the tempo and count it from this block."""
        self._storage.hyperparameters.tempo[netuid] = tempo
        self.deposit_event(TempoSet(netuid, tempo))
        self._storage.epochs.last_epoch_block[netuid] = self._system.number
