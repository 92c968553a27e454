"""
Who may change a subnet's parameters, and when.

Source: subtensor pallets/subtensor/src/utils/misc.rs @ 14bc6f9.
"""

from collections.abc import Sequence

from taonet.frame.dispatch_error import BadOrigin
from taonet.frame.origin import Origin, ensure_signed, ensure_signed_or_root
from taonet.pallets.subtensor.epoch_schedule import EpochSchedule
from taonet.pallets.subtensor.errors import (
    AdminActionProhibitedDuringWeightsWindow,
    TxRateLimitExceeded,
)
from taonet.pallets.subtensor.rate_limiter import Operation, RateLimiter
from taonet.pallets.subtensor.storage import Storage
from taonet.pallets.system import System
from taonet.primitives.ids import AccountId
from taonet.primitives.units import NetUid


class Permissions:
    """Refuses whoever may not, and whoever may not now."""

    def __init__(
        self, storage: Storage, system: System, schedule: EpochSchedule, limiter: RateLimiter
    ) -> None:
        self._storage = storage
        self._system = system
        self._schedule = schedule
        self._limiter = limiter

    def ensure_owner(self, origin: Origin, netuid: NetUid) -> AccountId:
        """The subnet's owner, who signed; raises `BadOrigin` for anyone else."""
        who = ensure_signed(origin)
        if self._storage.networks.subnet_owner[netuid] != who:
            raise BadOrigin
        return who

    def ensure_owner_or_root(self, origin: Origin, netuid: NetUid) -> AccountId | None:
        """The subnet's owner, None for root; raises `BadOrigin` for anyone else."""
        who = ensure_signed_or_root(origin)
        if who is not None and self._storage.networks.subnet_owner[netuid] != who:
            raise BadOrigin
        return who

    def ensure_owner_or_root_within(
        self, origin: Origin, netuid: NetUid, operations: Sequence[Operation]
    ) -> AccountId | None:
        """As `ensure_owner_or_root`; raises `TxRateLimitExceeded` for an owner in a hurry."""
        who = self.ensure_owner_or_root(origin, netuid)
        if who is not None and not all(self._limiter.passes(o, who, netuid) for o in operations):
            raise TxRateLimitExceeded
        return who

    def record(
        self, who: AccountId | None, netuid: NetUid, operations: Sequence[Operation]
    ) -> None:
        """An owner did `operations` in this block; root's are not counted."""
        if who is not None:
            for operation in operations:
                self._limiter.record(operation, who, netuid)

    def is_frozen(self, netuid: NetUid) -> bool:
        """Whether an epoch is so close that parameters may not change."""
        if self._storage.hyperparameters.tempo[netuid] == 0:
            return False
        now = self._system.number
        if self._storage.epochs.pending_epoch_at[netuid] > now:
            return True
        remaining = self._schedule.blocks_until_regular(netuid, now)
        return remaining < self._storage.global_parameters.admin_freeze_window

    def ensure_not_frozen(self, netuid: NetUid) -> None:
        """Raises `AdminActionProhibitedDuringWeightsWindow` close to an epoch."""
        if self.is_frozen(netuid):
            raise AdminActionProhibitedDuringWeightsWindow
