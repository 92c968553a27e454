"""
A neuron's new hotkey: in one subnet, or in all of them and for good.

What the former hotkey was in a subnet, the new one is from then on: its uid, endpoints, commits,
relatives, locks and, unless the caller keeps it where it is, all stake on it.

Source: subtensor pallets/subtensor/src/swap/swap_hotkey.rs @ 14bc6f9.
"""

from collections.abc import Sequence
from typing import Annotated, TypeVar

from taonet.frame.origin import Origin, ensure_signed
from taonet.frame.pallet import Pallet, PostInfo, call
from taonet.frame.storage import BoundMap, BoundOptionMap
from taonet.frame.weight import DatabaseUse, Weight, database_weight
from taonet.pallets.subtensor.errors import (
    HotKeyAlreadyRegisteredInSubNet,
    HotKeySetTxRateLimitExceeded,
    HotKeySwapOnSubnetIntervalNotPassed,
    NewHotKeyIsSameWithOld,
    NewHotKeyNotCleanForRootSwap,
    NonAssociatedColdKey,
    NotEnoughBalanceToPaySwapHotKey,
)
from taonet.pallets.subtensor.events.accounts import HotkeySwapped, HotkeySwappedOnSubnet
from taonet.pallets.subtensor.hotkeys import ensure_no_system_account
from taonet.pallets.subtensor.lock_swaps import LockSwaps
from taonet.pallets.subtensor.mechanisms import Mechanisms
from taonet.pallets.subtensor.parentage import Parentage
from taonet.pallets.subtensor.rate_limiter import RateLimiter
from taonet.pallets.subtensor.stake import Staking
from taonet.pallets.subtensor.storage import Storage
from taonet.pallets.subtensor.subnet_creation import SubnetCreation
from taonet.pallets.subtensor.types import (
    Flag,
    LastChildkeyTake,
    LastDelegateTake,
    LastTransaction,
)
from taonet.pallets.subtensor.voting_power_tracking import VotingPowerTracking
from taonet.pallets.system import System
from taonet.primitives.fixed_point import i96f32, saturate_u64, saturate_u128
from taonet.primitives.ids import AccountId
from taonet.primitives.units import ROOT, Alpha, NetUid, Rao
from taonet.scale.types import option, type_of

K = TypeVar("K")
V = TypeVar("V")

Place = Annotated[NetUid | None, option(type_of(NetUid))]

_LIMITS = (LastTransaction, LastDelegateTake, LastChildkeyTake)
"""What the rate limits of a hotkey are kept under."""


class HotkeySwap(Pallet, prefix="SubtensorModule"):
    """Swaps hotkeys for their owners."""

    def __init__(
        self,
        storage: Storage,
        system: System,
        staking: Staking,
        mechanisms: Mechanisms,
        limiter: RateLimiter,
        parentage: Parentage,
        tracking: VotingPowerTracking,
        creation: SubnetCreation,
    ) -> None:
        super().__init__(storage.state)
        self._storage = storage
        self._system = system
        self._staking = staking
        self._mechanisms = mechanisms
        self._limiter = limiter
        self._parentage = parentage
        self._tracking = tracking
        self._creation = creation
        self._locks = LockSwaps(storage, system, staking.pools)

    @call(index=70, weight=Weight(1_242_038_000, 28912) + database_weight(reads=182, writes=99))
    def swap_hotkey(
        self, origin: Origin, hotkey: AccountId, new_hotkey: AccountId, netuid: Place
    ) -> PostInfo:
        """Replace your hotkey with its stake. Deprecated: please use swap_hotkey_v2 instead."""
        return self._swap(ensure_signed(origin), hotkey, new_hotkey, netuid, keep_stake=False)

    @call(index=72, weight=Weight(275_300_000, 0) + database_weight(reads=52, writes=35))
    def swap_hotkey_v2(
        self,
        origin: Origin,
        hotkey: AccountId,
        new_hotkey: AccountId,
        netuid: Place,
        keep_stake: Flag,
    ) -> PostInfo:
        """
        Replace your hotkey in one subnet, or everywhere, for a price. With `keep_stake` the stake
        stays on the former hotkey.
        """
        return self._swap(ensure_signed(origin), hotkey, new_hotkey, netuid, keep_stake=keep_stake)

    def _swap(
        self,
        coldkey: AccountId,
        former: AccountId,
        hotkey: AccountId,
        netuid: NetUid | None,
        *,
        keep_stake: bool,
    ) -> PostInfo:
        """The swap; what it weighed is counted as the real chain does, read by read."""
        self._ensure_may_swap(coldkey, former, hotkey)
        self._ensure_free(hotkey, netuid)
        if netuid is None or netuid == ROOT:
            self._ensure_clean_on_root(hotkey)
        limits = self._storage.rate_limits.last_rate_limited_block
        for limit in _LIMITS:
            _put(limits, limit(hotkey), limits[limit(former)])
        use = DatabaseUse(reads=7, writes=3)
        if netuid is None:
            self._swap_everywhere(coldkey, former, hotkey, use, keep_stake=keep_stake)
            self.deposit_event(HotkeySwapped(coldkey=coldkey, old_hotkey=former, new_hotkey=hotkey))
        else:
            self._swap_in_one(coldkey, former, hotkey, netuid, use, keep_stake=keep_stake)
            self.deposit_event(
                HotkeySwappedOnSubnet(
                    coldkey=coldkey, old_hotkey=former, new_hotkey=hotkey, netuid=netuid
                )
            )
        return PostInfo(use.weight())

    def _ensure_may_swap(self, coldkey: AccountId, former: AccountId, hotkey: AccountId) -> None:
        hotkeys = self._staking.hotkeys
        if not hotkeys.owned_by(former, coldkey):
            raise NonAssociatedColdKey
        if hotkeys.exists(hotkey) and not hotkeys.owned_by(hotkey, coldkey):
            raise NonAssociatedColdKey
        if former == hotkey:
            raise NewHotKeyIsSameWithOld
        blocks = self._storage.global_parameters.tx_rate_limit
        if self._limiter.exceeds(LastTransaction(coldkey), blocks):
            raise HotKeySetTxRateLimitExceeded

    def _ensure_free(self, hotkey: AccountId, netuid: NetUid | None) -> None:
        """In one subnet whatever is noted of the hotkey counts, even that it is no member."""
        taken = (
            self._staking.hotkeys.is_registered_anywhere(hotkey)
            if netuid is None
            else (hotkey, netuid) in self._storage.neurons.is_network_member
        )
        if taken:
            raise HotKeyAlreadyRegisteredInSubNet

    def _ensure_clean_on_root(self, hotkey: AccountId) -> None:
        """Two accounts of root dividends cannot be joined without giving some of them away."""
        claims = self._storage.root_claims
        claimed = any(True for _ in claims.root_claimed.under(ROOT, hotkey))
        if claims.root_claimable[hotkey] or self._staking.pools.total(hotkey, ROOT) or claimed:
            raise NewHotKeyNotCleanForRootSwap

    def _swap_everywhere(
        self,
        coldkey: AccountId,
        former: AccountId,
        hotkey: AccountId,
        use: DatabaseUse,
        *,
        keep_stake: bool,
    ) -> None:
        netuids = self._staking.subnets.all()
        concerned = [netuid for netuid in netuids if self._takes_part(former, netuid)]
        for netuid in concerned:
            self._ensure_interval(coldkey, netuid)
        self._pay(coldkey, self._storage.constants.key_swap_cost)
        holders = self._holders(former)
        use.count(reads=2 * len(netuids) + 4 + len(concerned) + len(holders), writes=2)
        self._locks.swap_hotkey(former, hotkey, netuids, use)
        accounts = self._storage.accounts
        ensure_no_system_account(hotkey)
        del accounts.owner[former]
        self._own(coldkey, hotkey)
        owned = accounts.owned_hotkeys[coldkey]
        accounts.owned_hotkeys[coldkey] = tuple(known for known in owned if known != former)
        use.count(reads=2, writes=2)
        for netuid in netuids:
            self._swap_in(netuid, former, hotkey, use, keep_stake=keep_stake)
        for limit in _LIMITS:
            del self._storage.rate_limits.last_rate_limited_block[limit(former)]
            use.count(reads=1, writes=2)
        if _move(self._storage.delegation.delegates, former, hotkey):
            use.count(reads=2, writes=2)
        if not keep_stake:
            self._rename_for_stakers(holders, former, hotkey, use)
        self._record(coldkey, concerned)
        use.count(writes=len(concerned) + 1)

    def _swap_in_one(
        self,
        coldkey: AccountId,
        former: AccountId,
        hotkey: AccountId,
        netuid: NetUid,
        use: DatabaseUse,
        *,
        keep_stake: bool,
    ) -> None:
        last = self._storage.key_swaps.last_hotkey_swap_on_netuid[netuid, coldkey]
        if self._system.number <= last + self._storage.constants.hotkey_swap_on_subnet_interval:
            raise HotKeySwapOnSubnetIntervalNotPassed
        ensure_no_system_account(hotkey)
        self._pay(coldkey, self._storage.constants.key_swap_on_subnet_cost)
        use.count(reads=7, writes=2)
        if self._own(coldkey, hotkey):
            use.count(reads=1, writes=1)
        self._locks.swap_hotkey(former, hotkey, (netuid,), use)
        self._swap_in(netuid, former, hotkey, use, keep_stake=keep_stake)
        self._record(coldkey, (netuid,))
        use.count(writes=2)

    def _takes_part(self, hotkey: AccountId, netuid: NetUid) -> bool:
        """
        Whether a swap counts in a subnet: the hotkey is registered there or lends its stake. That
        others lend to it does not count, since they need not ask.
        """
        member = self._storage.neurons.is_network_member[hotkey, netuid]
        return member or bool(self._storage.children.child_keys[hotkey, netuid])

    def _ensure_interval(self, coldkey: AccountId, netuid: NetUid) -> None:
        last = self._storage.key_swaps.last_hotkey_swap_on_netuid[netuid, coldkey]
        interval = self._storage.constants.hotkey_swap_on_subnet_interval
        if last and self._system.number <= last + interval:
            raise HotKeySwapOnSubnetIntervalNotPassed

    def _pay(self, coldkey: AccountId, price: Rao) -> None:
        """Raises `NotEnoughBalanceToPaySwapHotKey`, or `InsufficientBalance` for the last rao."""
        if price > self._staking.tao.balance(coldkey):
            raise NotEnoughBalanceToPaySwapHotKey
        self._staking.tao.recycle(coldkey, price)

    def _own(self, coldkey: AccountId, hotkey: AccountId) -> bool:
        """Make the coldkey the owner; whether the hotkey is new among its hotkeys."""
        accounts = self._storage.accounts
        accounts.owner[hotkey] = coldkey
        owned = accounts.owned_hotkeys[coldkey]
        if hotkey in owned:
            return False
        accounts.owned_hotkeys[coldkey] = (*owned, hotkey)
        return True

    def _record(self, coldkey: AccountId, netuids: Sequence[NetUid]) -> None:
        for netuid in netuids:
            swaps = self._storage.key_swaps.last_hotkey_swap_on_netuid
            swaps[netuid, coldkey] = self._system.number
        self._limiter.record_key(LastTransaction(coldkey))

    def _swap_in(
        self,
        netuid: NetUid,
        former: AccountId,
        hotkey: AccountId,
        use: DatabaseUse,
        *,
        keep_stake: bool,
    ) -> None:
        members = self._storage.neurons.is_network_member
        is_member = members[former, netuid]
        del members[former, netuid]
        # Also where neither is registered: the real chain's state has such rows.
        members[hotkey, netuid] = is_member
        use.count(reads=1, writes=2)
        if is_member:
            self._swap_neuron(netuid, former, hotkey, use)
        if _move(self._storage.children.childkey_take, (former, netuid), (hotkey, netuid)):
            use.count(reads=1, writes=2)
        self._parentage.swap(former, hotkey, netuid, use)
        self._rename_pending_child(netuid, former, hotkey, use)
        self._swap_auto_stake(netuid, former, hotkey)
        owners = self._storage.networks.subnet_owner_hotkey
        if netuid in owners:
            use.count(reads=1)
            if owners[netuid] == former:
                self._creation.set_owner_hotkey(netuid, hotkey)
                use.count(writes=1)
        if keep_stake:
            return
        self._swap_dividends(netuid, former, hotkey)
        self._tracking.swap(former, hotkey, netuid)
        use.count(reads=6, writes=6)
        self._swap_stake(netuid, former, hotkey, use)
        if netuid == ROOT:
            self._swap_root_dividends(former, hotkey, use)
            if _move(self._storage.children.auto_parent_delegation_enabled, former, hotkey):
                use.count(reads=1, writes=2)

    def _swap_neuron(
        self, netuid: NetUid, former: AccountId, hotkey: AccountId, use: DatabaseUse
    ) -> None:
        neurons, scores = self._storage.neurons, self._storage.scores
        uid = neurons.uids[netuid, former]
        if uid is not None:
            neurons.keys[netuid, uid] = hotkey
            use.count(writes=1)
        there, here = (netuid, former), (netuid, hotkey)
        moved = int(_move_optional(neurons.uids, there, here))
        moved += _move_optional(neurons.prometheus, there, here)
        moved += _move_optional(neurons.axons, there, here)
        moved += _move_optional(neurons.neuron_certificates, there, here)
        for index in self._mechanisms.indices(netuid):
            commits = self._storage.weights.weight_commits
            moved += _move_optional(commits, (index, former), (index, hotkey))
        use.count(reads=moved, writes=2 * moved)
        loaded = scores.loaded_emission[netuid]
        if loaded is not None:
            use.count(reads=1, writes=2)
            scores.loaded_emission[netuid] = tuple(
                (hotkey if earner == former else earner, miner, validator)
                for earner, miner, validator in loaded
            )

    def _rename_pending_child(
        self, netuid: NetUid, former: AccountId, hotkey: AccountId, use: DatabaseUse
    ) -> None:
        """The new hotkey comes last among the children that a hotkey will have."""
        pending = self._storage.children.pending_child_keys
        for key, (children, due) in list(pending.under(netuid)):
            shares = [share for share, child in children if child == former]
            use.count(reads=1)
            if shares:
                use.count(reads=1, writes=2)
                kept = tuple(pair for pair in children if pair[1] != former)
                pending[key] = ((*kept, (shares[0], hotkey)), due)

    def _swap_auto_stake(self, netuid: NetUid, former: AccountId, hotkey: AccountId) -> None:
        accounts = self._storage.accounts
        by_hotkey = accounts.auto_stake_destination_coldkeys
        if (former, netuid) in by_hotkey:
            for coldkey in by_hotkey[former, netuid]:
                accounts.auto_stake_destination[coldkey, netuid] = hotkey
            _move(by_hotkey, (former, netuid), (hotkey, netuid))

    def _swap_dividends(self, netuid: NetUid, former: AccountId, hotkey: AccountId) -> None:
        stake, emission = self._storage.stake, self._storage.emission
        _add(stake.total_hotkey_alpha_last_epoch, (former, netuid), (hotkey, netuid))
        _add(emission.alpha_dividends_per_subnet, (netuid, former), (netuid, hotkey))

    def _swap_stake(
        self, netuid: NetUid, former: AccountId, hotkey: AccountId, use: DatabaseUse
    ) -> None:
        staking, accounts = self._staking, self._storage.accounts
        holders = self._holders(former)
        use.count(reads=len(holders), writes=len(holders))
        for coldkey, place in holders:
            if place != netuid:
                continue
            alpha = staking.pools.stake(former, coldkey, netuid)
            staking.pools.withdraw(former, coldkey, netuid, alpha)
            staking.grant(hotkey, coldkey, netuid, alpha)
            use.count(reads=3, writes=2)
            known = accounts.staking_hotkeys[coldkey]
            if former in known and hotkey not in known:
                accounts.staking_hotkeys[coldkey] = (*known, hotkey)
                use.count(writes=1)

    def _swap_root_dividends(self, former: AccountId, hotkey: AccountId, use: DatabaseUse) -> None:
        claims = self._storage.root_claims
        rates = dict(claims.root_claimable[hotkey])
        for netuid, rate in sorted(claims.root_claimable[former].items()):
            rates[netuid] = i96f32.saturating_add(rates.get(netuid, i96f32.zero), rate)
        del claims.root_claimable[former]
        if rates:
            claims.root_claimable[hotkey] = rates
        use.count(reads=3, writes=2)
        for netuid in sorted(rates):
            for key, paid in list(claims.root_claimed.under(netuid, former)):
                use.count(reads=3, writes=2)
                del claims.root_claimed[key]
                there = (netuid, hotkey, key[2])
                claims.root_claimed[there] = saturate_u128(claims.root_claimed[there] + paid)

    def _holders(self, hotkey: AccountId) -> list[tuple[AccountId, NetUid]]:
        """Who has shares of a hotkey's pools, and where."""
        holders = self._staking.pools.holders(hotkey)
        return [(coldkey, netuid) for _, coldkey, netuid in holders]

    def _rename_for_stakers(
        self,
        holders: Sequence[tuple[AccountId, NetUid]],
        former: AccountId,
        hotkey: AccountId,
        use: DatabaseUse,
    ) -> None:
        known = self._storage.accounts.staking_hotkeys
        for coldkey, _ in holders:
            use.count(reads=1)
            if former in known[coldkey]:
                use.count(writes=1)
                kept = tuple(k for k in known[coldkey] if k not in (former, hotkey))
                known[coldkey] = (*kept, hotkey)


def _put(values: BoundMap[K, int], key: K, value: int) -> None:
    if value:
        values[key] = value
    else:
        del values[key]


def _move(values: BoundMap[K, V], former: K, key: K) -> bool:
    """Move what is stored; a default stays one. Whether anything was."""
    if former not in values:
        return False
    values[key] = values[former]
    del values[former]
    return True


def _move_optional(values: BoundOptionMap[K, V], former: K, key: K) -> bool:
    found = values[former]
    if found is None:
        return False
    del values[former]
    values[key] = found
    return True


def _add(values: BoundMap[K, Alpha], former: K, key: K) -> None:
    """Join the amounts of both keys."""
    both = saturate_u64(int(values[former]) + int(values[key]))
    del values[former]
    if both:
        values[key] = Alpha(both)
