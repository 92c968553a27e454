"""
Who owns a subnet: after a year, the coldkey behind the hotkey of most conviction, if all
conviction together is a tenth of the alpha outside of the pool.

Source: subtensor pallets/subtensor/src/staking/lock.rs `change_subnet_owner_if_needed` @ 14bc6f9.
"""

from collections.abc import Iterator
from typing import Final

from taonet.economy.conviction import Kind, Lock, Rates, roll
from taonet.frame.dispatch_error import DispatchError
from taonet.pallets.subtensor.events.networks import SubnetOwnerChanged
from taonet.pallets.subtensor.neuron_registry import NeuronRegistry
from taonet.pallets.subtensor.storage import Storage
from taonet.pallets.subtensor.types import LockState
from taonet.pallets.system import System
from taonet.primitives.fixed_point import U64F64, u64f64
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Alpha, NetUid

YEAR_BLOCKS: Final = 7_200 * 365 + 1_800
"""A subnet younger than this keeps its owner."""

CONVICTION_PARTS: Final = 10
"""All conviction must be at least one part in ten of the alpha outside."""

_NO_ALPHA: Final = Alpha(0)

_SUMS: Final = (True, False)
"""Lasting and decaying locks are summed apart."""


class Succession:
    """Looks for a new owner at each epoch."""

    def __init__(self, storage: Storage, system: System, neurons: NeuronRegistry) -> None:
        self._storage = storage
        self._system = system
        self._neurons = neurons

    def change_owner_if_due(self, netuid: NetUid) -> None:
        """Hand the subnet over, unless everything stays as it is."""
        networks = self._storage.networks
        outside = int(self._storage.pools.subnet_alpha_out[netuid])
        registered = networks.network_registered_at[netuid]
        if not outside or self._system.number < registered + YEAR_BLOCKS:
            return
        convictions = self._convictions(netuid)
        whole = u64f64.saturate(sum(convictions.values()))
        if not convictions or u64f64.saturate(whole * CONVICTION_PARTS) < u64f64.from_int(outside):
            return
        hotkey = max(convictions, key=lambda candidate: (convictions[candidate], candidate))
        coldkey, former = self._storage.accounts.owner[hotkey], networks.subnet_owner[netuid]
        if coldkey in (AccountId.zero(), former) or not self._has_place(netuid, hotkey):
            return
        self._swap_roles(netuid, networks.subnet_owner_hotkey[netuid], hotkey)
        networks.subnet_owner[netuid] = coldkey
        networks.subnet_owner_hotkey[netuid] = hotkey
        self._storage.state.deposit(
            SubnetOwnerChanged(netuid=netuid, old_coldkey=former, new_coldkey=coldkey)
        )

    def _convictions(self, netuid: NetUid) -> dict[AccountId, U64F64]:
        """The conviction behind each hotkey now."""
        convictions: dict[AccountId, U64F64] = {}
        for hotkey, lock in self._sums(netuid):
            before = convictions.get(hotkey, u64f64.zero)
            convictions[hotkey] = u64f64.saturating_add(before, lock.conviction)
        return convictions

    def _sums(self, netuid: NetUid) -> Iterator[tuple[AccountId, Lock]]:
        locks = self._storage.locks
        for perpetual in _SUMS:
            by_hotkey = locks.hotkey_lock if perpetual else locks.decaying_hotkey_lock
            kind = Kind(owner=False, perpetual=perpetual)
            for (_, hotkey), stored in by_hotkey.under(netuid):
                yield hotkey, self._rolled(stored, kind)
        owner_hotkey = self._storage.networks.subnet_owner_hotkey[netuid]
        for perpetual in _SUMS:
            whole = (locks.owner_lock if perpetual else locks.decaying_owner_lock)[netuid]
            if whole is not None:
                yield owner_hotkey, self._rolled(whole, Kind(owner=True, perpetual=perpetual))

    def _has_place(self, netuid: NetUid, hotkey: AccountId) -> bool:
        """Whether the new owner has a neuron, or could be given one."""
        if self._neurons.is_registered(netuid, hotkey):
            return True
        try:
            self._neurons.register(netuid, hotkey)
        except DispatchError:
            return False
        return True

    def _swap_roles(self, netuid: NetUid, former: AccountId, hotkey: AccountId) -> None:
        """The former owner's locks count as any hotkey's now, and the new one's as the owner's."""
        locks = self._storage.locks
        for perpetual in _SUMS:
            owner_sums = locks.owner_lock if perpetual else locks.decaying_owner_lock
            hotkey_sums = locks.hotkey_lock if perpetual else locks.decaying_hotkey_lock
            general = Kind(owner=False, perpetual=perpetual)
            owner = Kind(owner=True, perpetual=perpetual)
            leaving, joining = owner_sums[netuid], hotkey_sums[netuid, hotkey]
            del owner_sums[netuid]
            if leaving is not None:
                here = self._rolled(hotkey_sums[netuid, former], general)
                hotkey_sums[netuid, former] = _stored(here.plus(self._rolled(leaving, owner)))
            del hotkey_sums[netuid, hotkey]
            if joining is not None:
                moved = self._rolled(joining, general)
                owner_sums[netuid] = _stored(self._roll(moved, owner))

    def _rolled(self, stored: LockState | None, kind: Kind) -> Lock:
        if stored is None:
            return Lock(_NO_ALPHA, u64f64.zero, self._system.number)
        lock = Lock(stored.locked_mass, U64F64(stored.conviction), stored.last_update)
        return self._roll(lock, kind)

    def _roll(self, lock: Lock, kind: Kind) -> Lock:
        locks = self._storage.locks
        return roll(lock, self._system.number, Rates(locks.unlock_rate, locks.maturity_rate), kind)


def _stored(lock: Lock) -> LockState | None:
    return None if lock.is_empty() else LockState(lock.mass, lock.conviction, lock.updated)
