"""
Locks of alpha over storage: what a coldkey may unstake, and the sums by hotkey that conviction
is counted from.

A coldkey has one lock in a subnet, on one hotkey. Beside it stand four sums: of lasting and of
decaying locks, on each hotkey and on the subnet owner's.

Source: subtensor pallets/subtensor/src/staking/lock.rs @ 14bc6f9.
"""

from contextlib import suppress
from dataclasses import replace
from typing import Final

from taonet.economy.conviction import Kind, Lock, Rates, roll
from taonet.frame.dispatch_error import DispatchError
from taonet.pallets.subtensor.errors import (
    AccountRejectsLockedAlpha,
    AmountTooLow,
    HotKeyAccountNotExists,
    InsufficientStakeForLock,
    LockHotkeyMismatch,
    NoExistingLock,
    StakeUnavailable,
)
from taonet.pallets.subtensor.events.stake import LockMoved, PerpetualLockUpdated, StakeLocked
from taonet.pallets.subtensor.share_pools import SharePools
from taonet.pallets.subtensor.storage import Storage
from taonet.pallets.subtensor.types import LockState
from taonet.pallets.system import System
from taonet.primitives.fixed_point import U64F64, saturate_u64, u64f64
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Alpha, NetUid

ACCEPTS_LOCKED_ALPHA: Final = 1
"""The bit of an account's flags without which locked alpha cannot be transferred to it."""


class StakeLocks:
    """Ages, checks and moves locks."""

    def __init__(self, storage: Storage, system: System, pools: SharePools) -> None:
        self._storage = storage
        self._system = system
        self._pools = pools

    def total_stake(self, coldkey: AccountId, netuid: NetUid) -> Alpha:
        """All alpha of a coldkey in a subnet, over all hotkeys."""
        hotkeys = self._storage.accounts.staking_hotkeys[coldkey]
        stakes = (int(self._pools.stake(hotkey, coldkey, netuid)) for hotkey in hotkeys)
        return Alpha(saturate_u64(sum(stakes)))

    def locked(self, coldkey: AccountId, netuid: NetUid) -> Alpha:
        """How much of a coldkey's alpha is locked now."""
        found = self.lock_of(coldkey, netuid)
        return Alpha(0) if found is None else found[1].mass

    def lock_of(self, coldkey: AccountId, netuid: NetUid) -> tuple[AccountId, Lock] | None:
        """A coldkey's lock as it stands now, and the hotkey it is on."""
        for (_, _, hotkey), stored in self._storage.locks.lock.under(coldkey, netuid):
            return hotkey, self._rolled(_lock(stored), self._kind(coldkey, netuid, hotkey))
        return None

    def available(self, coldkey: AccountId, netuid: NetUid) -> Alpha:
        """What a coldkey could unstake."""
        total = int(self.total_stake(coldkey, netuid))
        return Alpha(saturate_u64(total - int(self.locked(coldkey, netuid))))

    def ensure_available(self, coldkey: AccountId, netuid: NetUid, amount: Alpha) -> None:
        """Raises `StakeUnavailable` if a lock covers some of `amount`."""
        if self.available(coldkey, netuid) < amount:
            raise StakeUnavailable

    def lock(self, coldkey: AccountId, netuid: NetUid, hotkey: AccountId, amount: Alpha) -> None:
        """
        Lock more alpha on a hotkey. Raises `AmountTooLow`, `HotKeyAccountNotExists`,
        `LockHotkeyMismatch`, `InsufficientStakeForLock`.
        """
        if not amount:
            raise AmountTooLow
        if hotkey not in self._storage.accounts.owner:
            raise HotKeyAccountNotExists
        total = self.total_stake(coldkey, netuid)
        found = self.lock_of(coldkey, netuid)
        if found is not None and found[0] != hotkey:
            raise LockHotkeyMismatch
        current = self._empty() if found is None else found[1]
        grown = Alpha(saturate_u64(int(current.mass) + int(amount)))
        if total < grown:
            raise InsufficientStakeForLock
        self.settle(coldkey, netuid)
        kind = self._kind(coldkey, netuid, hotkey)
        fresh = Lock(grown, current.conviction, self._system.number)
        self._store(coldkey, netuid, hotkey, self._rolled(fresh, kind))
        self._add_to_sum(netuid, hotkey, kind, Lock(amount, u64f64.zero, self._system.number))
        self._storage.state.deposit(StakeLocked(coldkey, hotkey, netuid, amount))

    def settle(self, coldkey: AccountId, netuid: NetUid) -> None:
        """Bring a coldkey's lock, and the sum it is in, up to now; drop it if it is dust."""
        for (_, _, hotkey), stored in self._storage.locks.lock.under(coldkey, netuid):
            kind = self._kind(coldkey, netuid, hotkey)
            before = _lock(stored)
            after = self._rolled(before, kind)
            self._store(coldkey, netuid, hotkey, after)
            mass = saturate_u64(int(before.mass) - int(after.mass))
            conviction = u64f64.saturating_sub(before.conviction, after.conviction)
            whole = self._sum(netuid, hotkey, kind)
            if mass or conviction:
                whole = replace(whole.minus(Alpha(mass), conviction), updated=self._system.number)
            else:
                whole = self._rolled(whole, kind)
            self._store_sum(netuid, hotkey, kind, whole)
            return

    def force_reduce(self, coldkey: AccountId, netuid: NetUid, amount: Alpha) -> None:
        """Take `amount` off a coldkey's lock, whatever it is, for stake that is gone."""
        self.settle(coldkey, netuid)
        found = self.lock_of(coldkey, netuid)
        if found is None:
            return
        hotkey, lock = found
        kind = self._kind(coldkey, netuid, hotkey)
        left = Alpha(saturate_u64(int(lock.mass) - int(amount)))
        conviction = u64f64.zero
        if left:
            removed = u64f64.from_ratio(int(amount), int(lock.mass))
            kept = u64f64.saturating_sub(u64f64.one, removed)
            conviction = u64f64.mul_floor(lock.conviction, kept)
        self._store(coldkey, netuid, hotkey, Lock(left, conviction, self._system.number))
        gone = u64f64.saturating_sub(lock.conviction, conviction)
        taken = Lock(lock.mass - left, gone, self._system.number)
        self._take_from_sum(netuid, hotkey, kind, taken)

    def transfer(
        self, origin: AccountId, destination: AccountId, netuid: NetUid, amount: Alpha
    ) -> None:
        """
        Let a lock follow stake to another coldkey: what the free stake does not cover.

        Raises `LockHotkeyMismatch` if the other one's lock is on another hotkey, and
        `AccountRejectsLockedAlpha`.
        """
        if origin == destination or not amount:
            return
        source = self.lock_of(origin, netuid)
        if source is None:
            return
        hotkey, lock = source
        target_hotkey, target = self.lock_of(destination, netuid) or (hotkey, self._empty())
        free = saturate_u64(int(self.total_stake(origin, netuid)) - int(lock.mass))
        moved = Alpha(min(saturate_u64(int(amount) - free), int(lock.mass)))
        conviction = u64f64.zero
        if int(amount) > free:
            if target_hotkey != hotkey:
                raise LockHotkeyMismatch
            part = u64f64.from_ratio(int(moved), int(lock.mass))
            conviction = u64f64.mul_floor(lock.conviction, part)
            target = replace(
                target.plus(Lock(moved, conviction, target.updated)), updated=target.updated
            )
            lock = lock.minus(moved, conviction)
        if moved and not self.accepts_locked_alpha(destination):
            raise AccountRejectsLockedAlpha
        from_kind = self._kind(origin, netuid, hotkey)
        to_kind = self._kind(destination, netuid, target_hotkey)
        self._store(origin, netuid, hotkey, self._rolled(lock, from_kind))
        self._store(destination, netuid, target_hotkey, self._rolled(target, to_kind))
        if moved:
            added = Lock(moved, conviction, self._system.number)
            self._take_from_sum(netuid, hotkey, from_kind, added)
            self._add_to_sum(netuid, target_hotkey, to_kind, added)

    def move(self, coldkey: AccountId, netuid: NetUid, hotkey: AccountId) -> None:
        """
        Move a coldkey's lock to another hotkey; its conviction is lost if that has another owner.

        Raises `HotKeyAccountNotExists` and `NoExistingLock`.
        """
        owners = self._storage.accounts.owner
        if hotkey not in owners:
            raise HotKeyAccountNotExists
        # The sum ages by itself here: what this lock lost since is not taken off it, as elsewhere.
        found = self.lock_of(coldkey, netuid)
        if found is None:
            raise NoExistingLock
        former, lock = found
        self._take_from_sum(netuid, former, self._kind(coldkey, netuid, former), lock)
        self._store(coldkey, netuid, former, self._empty())
        if owners[former] != owners[hotkey]:
            lock = replace(lock, conviction=u64f64.zero)
        kind = self._kind(coldkey, netuid, hotkey)
        lock = self._rolled(lock, kind)
        self._store(coldkey, netuid, hotkey, lock)
        self._add_to_sum(netuid, hotkey, kind, lock)
        self._storage.state.deposit(
            LockMoved(
                coldkey=coldkey, origin_hotkey=former, destination_hotkey=hotkey, netuid=netuid
            )
        )

    def set_perpetual(self, coldkey: AccountId, netuid: NetUid, *, enabled: bool) -> None:
        """Let a coldkey's lock last, or decay from now on."""
        self.settle(coldkey, netuid)
        decaying = self._storage.locks.decaying_lock
        changes = enabled != (decaying[coldkey, netuid] is False)
        found = self.lock_of(coldkey, netuid) if changes else None
        if found is not None:
            self._take_from_sum(netuid, found[0], self._kind(coldkey, netuid, found[0]), found[1])
        decaying[coldkey, netuid] = False if enabled else None
        if found is not None:
            self._add_to_sum(netuid, found[0], self._kind(coldkey, netuid, found[0]), found[1])
        self._storage.state.deposit(
            PerpetualLockUpdated(coldkey=coldkey, netuid=netuid, enabled=enabled)
        )

    def set_accepts_locked_alpha(self, coldkey: AccountId, *, accepts: bool) -> None:
        """Let locked alpha be transferred to a coldkey, or not."""
        flags = self._storage.accounts.account_flags
        changed = flags[coldkey] & ~ACCEPTS_LOCKED_ALPHA | (ACCEPTS_LOCKED_ALPHA * accepts)
        if changed:
            flags[coldkey] = changed
        else:
            del flags[coldkey]

    def accepts_locked_alpha(self, coldkey: AccountId) -> bool:
        """Whether a coldkey opted into receiving locked alpha."""
        return bool(self._storage.accounts.account_flags[coldkey] & ACCEPTS_LOCKED_ALPHA)

    def lock_owner_cut(self, netuid: NetUid, amount: Alpha) -> None:
        """Lock what a subnet's owner was just paid, if the subnet is set so."""
        if not amount or not self._storage.hyperparameters.owner_cut_auto_lock_enabled[netuid]:
            return
        coldkey = self._storage.networks.subnet_owner[netuid]
        found = self.lock_of(coldkey, netuid)
        hotkey = self._storage.networks.subnet_owner_hotkey[netuid] if found is None else found[0]
        with suppress(DispatchError):
            self.lock(coldkey, netuid, hotkey, amount)

    def forget_subnet(self, netuid: NetUid) -> None:
        """Drop all locks in a subnet that is no more, and all their sums."""
        locks = self._storage.locks
        for (_, hotkey, coldkey), _ in list(locks.locking_coldkeys.under(netuid)):
            del locks.lock[coldkey, netuid, hotkey]
        locks.locking_coldkeys.clear(netuid)
        locks.hotkey_lock.clear(netuid)
        locks.decaying_hotkey_lock.clear(netuid)
        del locks.owner_lock[netuid]
        del locks.decaying_owner_lock[netuid]
        for coldkey, place in list(locks.decaying_lock.keys()):
            if place == netuid:
                del locks.decaying_lock[coldkey, netuid]

    def _empty(self) -> Lock:
        return Lock(Alpha(0), u64f64.zero, self._system.number)

    def _kind(self, coldkey: AccountId, netuid: NetUid, hotkey: AccountId) -> Kind:
        owner = hotkey == self._storage.networks.subnet_owner_hotkey[netuid]
        perpetual = self._storage.locks.decaying_lock[coldkey, netuid] is False
        return Kind(owner=owner, perpetual=perpetual)

    def _rolled(self, lock: Lock, kind: Kind) -> Lock:
        locks = self._storage.locks
        return roll(lock, self._system.number, Rates(locks.unlock_rate, locks.maturity_rate), kind)

    def _store(self, coldkey: AccountId, netuid: NetUid, hotkey: AccountId, lock: Lock) -> None:
        locks = self._storage.locks
        if lock.is_dust():
            del locks.locking_coldkeys[netuid, hotkey, coldkey]
            del locks.lock[coldkey, netuid, hotkey]
        else:
            locks.locking_coldkeys[netuid, hotkey, coldkey] = ()
            locks.lock[coldkey, netuid, hotkey] = _stored(lock)

    def _sum(self, netuid: NetUid, hotkey: AccountId, kind: Kind) -> Lock:
        locks = self._storage.locks
        if kind.owner:
            stored = (locks.owner_lock if kind.perpetual else locks.decaying_owner_lock)[netuid]
        else:
            by_hotkey = locks.hotkey_lock if kind.perpetual else locks.decaying_hotkey_lock
            stored = by_hotkey[netuid, hotkey]
        return self._empty() if stored is None else _lock(stored)

    def _store_sum(self, netuid: NetUid, hotkey: AccountId, kind: Kind, whole: Lock) -> None:
        locks = self._storage.locks
        stored = None if whole.is_empty() else _stored(whole)
        if kind.owner:
            (locks.owner_lock if kind.perpetual else locks.decaying_owner_lock)[netuid] = stored
        else:
            by_hotkey = locks.hotkey_lock if kind.perpetual else locks.decaying_hotkey_lock
            by_hotkey[netuid, hotkey] = stored

    def _take_from_sum(self, netuid: NetUid, hotkey: AccountId, kind: Kind, taken: Lock) -> None:
        before = self._rolled(self._sum(netuid, hotkey, kind), kind)
        self._store_sum(netuid, hotkey, kind, before.minus(taken.mass, taken.conviction))

    def _add_to_sum(self, netuid: NetUid, hotkey: AccountId, kind: Kind, added: Lock) -> None:
        before = self._rolled(self._sum(netuid, hotkey, kind), kind)
        self._store_sum(netuid, hotkey, kind, self._rolled(before.plus(added), kind))


def _lock(stored: LockState) -> Lock:
    return Lock(stored.locked_mass, U64F64(stored.conviction), stored.last_update)


def _stored(lock: Lock) -> LockState:
    return LockState(lock.mass, lock.conviction, lock.updated)
