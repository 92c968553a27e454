"""
What becomes of locks when a hotkey or a coldkey is swapped.

A hotkey's locks and their sums move to the new hotkey with their conviction, since the same
coldkey owns both. A coldkey's locks move to the new coldkey, with its choices about them.

Source: subtensor pallets/subtensor/src/staking/lock.rs `swap_hotkey_locks_for_netuids`,
`swap_coldkey_locks` @ 14bc6f9.
"""

from collections.abc import Sequence
from typing import Final

from taonet.economy.conviction import Kind, Lock
from taonet.frame.weight import DatabaseUse
from taonet.pallets.subtensor.errors import AccountRejectsLockedAlpha, ActiveLockExists
from taonet.pallets.subtensor.stake_locks import StakeLocks
from taonet.primitives.ids import AccountId
from taonet.primitives.units import NetUid

_SUMS: Final = (True, False)
"""Lasting and decaying locks are summed apart."""


class LockSwaps(StakeLocks):
    """Moves all locks of a key at once."""

    def swap_hotkey(
        self, former: AccountId, hotkey: AccountId, netuids: Sequence[NetUid], use: DatabaseUse
    ) -> None:
        """Move the locks on a hotkey, and their sums, in some subnets."""
        places = [netuid for netuid in netuids if self._concerns(former, hotkey, netuid)]
        use.count(reads=5 * len(netuids))
        for netuid in places:
            self._move_locks(former, hotkey, netuid, use)
        for netuid in places:
            self._move_sums(former, hotkey, netuid)
            use.count(writes=6)

    def swap_coldkey(self, former: AccountId, coldkey: AccountId) -> None:
        """
        Move a coldkey's locks in all subnets. Raises `ActiveLockExists` if the new coldkey has one
        of its own, and `AccountRejectsLockedAlpha`.
        """
        if any(lock.mass for *_, lock in self._locks_of(coldkey)):
            raise ActiveLockExists
        moved = self._locks_of(former)
        if any(lock.mass for *_, lock in moved) and not self.accepts_locked_alpha(coldkey):
            raise AccountRejectsLockedAlpha
        # The sums are left while the former coldkey's choices still say which ones those are.
        for netuid, hotkey, lock in moved:
            self._forget(former, netuid, hotkey)
            self._take_from_sum(netuid, hotkey, self._kind(former, netuid, hotkey), lock)
        self._swap_choices(former, coldkey)
        for netuid, hotkey, lock in moved:
            kind = self._kind(coldkey, netuid, hotkey)
            rolled = self._rolled(lock, kind)
            self._store(coldkey, netuid, hotkey, rolled)
            self._add_to_sum(netuid, hotkey, kind, rolled)

    def _concerns(self, former: AccountId, hotkey: AccountId, netuid: NetUid) -> bool:
        """Whether there is something to move, or the subnet owner's hotkey is one of the two."""
        owner = self._storage.networks.subnet_owner_hotkey[netuid]
        locks, key = self._storage.locks, (netuid, former)
        return (
            owner in (former, hotkey)
            or key in locks.hotkey_lock
            or key in locks.decaying_hotkey_lock
        )

    def _move_locks(
        self, former: AccountId, hotkey: AccountId, netuid: NetUid, use: DatabaseUse
    ) -> None:
        locks, owner = self._storage.locks, self._storage.networks.subnet_owner_hotkey[netuid]
        for (_, _, coldkey), _ in list(locks.locking_coldkeys.under(netuid, former)):
            found = self.lock_of(coldkey, netuid)
            use.count(reads=1)
            if found is None or found[0] != former:
                del locks.locking_coldkeys[netuid, former, coldkey]
                use.count(writes=1)
                continue
            use.count(writes=2)
            kind = self._kind(coldkey, netuid, former)
            then = Kind(owner=owner in (former, hotkey), perpetual=kind.perpetual)
            self._forget(coldkey, netuid, former)
            self._store(coldkey, netuid, hotkey, self._rolled(found[1], then))

    def _move_sums(self, former: AccountId, hotkey: AccountId, netuid: NetUid) -> None:
        owner = self._storage.networks.subnet_owner_hotkey[netuid]
        for perpetual in _SUMS:
            kind = Kind(owner=owner == former, perpetual=perpetual)
            then = Kind(owner=owner in (former, hotkey), perpetual=perpetual)
            before = self._sum(netuid, former, kind)
            if before.is_empty():
                continue
            whole = self._rolled(before, kind)
            self._store_sum(netuid, former, kind, self._empty())
            self._store_sum(netuid, hotkey, then, self._rolled(whole, then))

    def _locks_of(self, coldkey: AccountId) -> list[tuple[NetUid, AccountId, Lock]]:
        """A coldkey's locks as they stand now: where, on which hotkey."""
        netuids = [netuid for (_, netuid, _), _ in self._storage.locks.lock.under(coldkey)]
        found = [(netuid, self.lock_of(coldkey, netuid)) for netuid in netuids]
        return [(netuid, *lock) for netuid, lock in found if lock is not None]

    def _swap_choices(self, former: AccountId, coldkey: AccountId) -> None:
        locks, flags = self._storage.locks, self._storage.accounts.account_flags
        for key, decaying in list(locks.decaying_lock.under(former)):
            del locks.decaying_lock[key]
            locks.decaying_lock[coldkey, key[1]] = decaying
        chosen = flags[former]
        del flags[former]
        if chosen:
            flags[coldkey] = chosen
        else:
            del flags[coldkey]

    def _forget(self, coldkey: AccountId, netuid: NetUid, hotkey: AccountId) -> None:
        del self._storage.locks.lock[coldkey, netuid, hotkey]
        del self._storage.locks.locking_coldkeys[netuid, hotkey, coldkey]
