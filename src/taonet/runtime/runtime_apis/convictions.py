"""
Which hotkeys stakers believe in: the conviction of all locks on them, as it stands now.

Source: subtensor pallets/subtensor/src/staking/lock.rs @ 14bc6f9.
"""

from collections.abc import Iterator

from taonet.economy.conviction import Kind, Lock, Rates, roll
from taonet.pallets.subtensor.types import LockState
from taonet.primitives.fixed_point import U64F64, u64f64
from taonet.primitives.ids import AccountId
from taonet.primitives.units import NetUid
from taonet.runtime.runtime import Runtime


class Convictions:
    """The conviction in the hotkeys of one subnet."""

    def __init__(self, runtime: Runtime, netuid: NetUid) -> None:
        locks = runtime.subtensor.locks
        self._locks = locks
        self._netuid = netuid
        self._owner_hotkey = runtime.subtensor.networks.subnet_owner_hotkey[netuid]
        self._now = runtime.system.number
        self._rates = Rates(locks.unlock_rate, locks.maturity_rate)

    def of(self, hotkey: AccountId) -> U64F64:
        """The conviction in one hotkey, 0 if nobody locked stake to it."""
        stored = [
            (self._locks.hotkey_lock[self._netuid, hotkey], _LASTING),
            (self._locks.decaying_hotkey_lock[self._netuid, hotkey], _DECAYING),
        ]
        if hotkey == self._owner_hotkey:
            stored.extend(self._owner_locks())
        total = u64f64.zero
        for lock, kind in stored:
            if lock is not None:
                total = u64f64.saturating_add(total, self._rolled(lock, kind))
        return total

    def strongest(self) -> AccountId | None:
        """The hotkey of the largest conviction, the last of equals; None without any lock."""
        scores: dict[AccountId, U64F64] = {}
        for hotkey, conviction in self._all():
            scores[hotkey] = u64f64.saturating_add(scores.get(hotkey, u64f64.zero), conviction)
        ranked = sorted(scores, key=lambda hotkey: (scores[hotkey], hotkey))
        return ranked[-1] if ranked else None

    def _all(self) -> Iterator[tuple[AccountId, U64F64]]:
        for (_, hotkey), lock in self._locks.hotkey_lock.under(self._netuid):
            yield hotkey, self._rolled(lock, _LASTING)
        for (_, hotkey), lock in self._locks.decaying_hotkey_lock.under(self._netuid):
            yield hotkey, self._rolled(lock, _DECAYING)
        for owner_lock, kind in self._owner_locks():
            if owner_lock is not None:
                yield self._owner_hotkey, self._rolled(owner_lock, kind)

    def _owner_locks(self) -> list[tuple[LockState | None, Kind]]:
        return [
            (self._locks.owner_lock[self._netuid], _OWNER_LASTING),
            (self._locks.decaying_owner_lock[self._netuid], _OWNER_DECAYING),
        ]

    def _rolled(self, stored: LockState, kind: Kind) -> U64F64:
        lock = Lock(stored.locked_mass, stored.conviction, stored.last_update)
        return roll(lock, self._now, self._rates, kind).conviction


_LASTING = Kind(owner=False, perpetual=True)
_DECAYING = Kind(owner=False, perpetual=False)
_OWNER_LASTING = Kind(owner=True, perpetual=True)
_OWNER_DECAYING = Kind(owner=True, perpetual=False)
