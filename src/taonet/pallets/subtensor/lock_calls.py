"""
The calls that lock alpha.

Source: subtensor pallets/subtensor/src/macros/dispatches.rs, staking/lock.rs @ 14bc6f9.
"""

from typing import Annotated

from taonet.frame.origin import Origin, ensure_signed
from taonet.frame.pallet import Pallet, call
from taonet.frame.weight import Weight, database_weight
from taonet.pallets.subtensor.events.accounts import RejectLockedAlphaUpdated
from taonet.pallets.subtensor.stake_locks import StakeLocks
from taonet.pallets.subtensor.storage import Storage
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Alpha, NetUid
from taonet.scale.types import boolean

Bool = Annotated[bool, boolean]


class LockCalls(Pallet, prefix="SubtensorModule"):
    """Thin calls over `StakeLocks`."""

    def __init__(self, storage: Storage, locks: StakeLocks) -> None:
        super().__init__(storage.state)
        self._locks = locks

    @call(index=136, weight=Weight(115_995_000, 7655) + database_weight(reads=17, writes=3))
    def lock_stake(self, origin: Origin, hotkey: AccountId, netuid: NetUid, amount: Alpha) -> None:
        """Lock alpha on a hotkey: it cannot be unstaked, and earns the hotkey conviction."""
        self._locks.lock(ensure_signed(origin), netuid, hotkey, amount)

    @call(index=137, weight=Weight(149_819_000, 7339) + database_weight(reads=14, writes=6))
    def move_lock(self, origin: Origin, destination_hotkey: AccountId, netuid: NetUid) -> None:
        """Move a lock to another hotkey; its conviction is lost if that has another owner."""
        self._locks.move(ensure_signed(origin), netuid, destination_hotkey)

    @call(index=138, weight=database_weight(reads=4, writes=3))
    def set_perpetual_lock(self, origin: Origin, netuid: NetUid, enabled: Bool) -> None:
        """Let your lock in a subnet last for good, or decay."""
        self._locks.set_perpetual(ensure_signed(origin), netuid, enabled=enabled)

    @call(index=142, weight=database_weight(reads=1, writes=1))
    def set_reject_locked_alpha(self, origin: Origin, enabled: Bool) -> None:
        """Refuse transfers of locked alpha to you, or accept them."""
        coldkey = ensure_signed(origin)
        self._locks.set_accepts_locked_alpha(coldkey, accepts=not enabled)
        self.deposit_event(RejectLockedAlphaUpdated(coldkey=coldkey, enabled=enabled))
