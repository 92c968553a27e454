"""
A coldkey's replacement: announced, waited for, and then everything goes to the new coldkey.

From its announcement on the coldkey can do nothing else, so a thief gains nothing by making one.
The owner may dispute it, after which only root can help.

Source: subtensor pallets/subtensor/src/swap/swap_coldkey.rs and macros/dispatches.rs @ 14bc6f9.
"""

from typing import Final

from taonet.frame.origin import Origin, ensure_root, ensure_signed
from taonet.frame.pallet import Pallet, call
from taonet.frame.weight import Weight, database_weight
from taonet.pallets.subtensor.errors import (
    AnnouncedColdkeyHashDoesNotMatch,
    ColdKeyAlreadyAssociated,
    ColdkeySwapAlreadyDisputed,
    ColdkeySwapAnnouncementNotFound,
    ColdkeySwapClearTooEarly,
    ColdkeySwapReannouncedTooEarly,
    ColdkeySwapTooEarly,
    Deprecated,
    InsufficientBalance,
    NewColdKeyIsHotkey,
    NotEnoughBalanceToPaySwapColdKey,
)
from taonet.pallets.subtensor.events.accounts import (
    ColdkeySwapAnnounced,
    ColdkeySwapCleared,
    ColdkeySwapDisputed,
    ColdkeySwapped,
    ColdkeySwapReset,
)
from taonet.pallets.subtensor.hotkeys import ensure_no_system_account
from taonet.pallets.subtensor.lock_swaps import LockSwaps
from taonet.pallets.subtensor.rate_limiter import RateLimiter
from taonet.pallets.subtensor.stake import Staking
from taonet.pallets.subtensor.storage import Storage
from taonet.pallets.subtensor.types import LastTransaction
from taonet.pallets.system import System
from taonet.primitives.fixed_point import saturate_u128
from taonet.primitives.hashing import blake2_256
from taonet.primitives.ids import H256, AccountId
from taonet.primitives.units import ROOT, NetUid, Rao

BLOCK_MAX: Final = 2**32 - 1


class ColdkeySwap(Pallet, prefix="SubtensorModule"):
    """Announces, disputes and carries out swaps of coldkeys."""

    def __init__(
        self, storage: Storage, system: System, staking: Staking, limiter: RateLimiter
    ) -> None:
        super().__init__(storage.state)
        self._storage = storage
        self._swaps = storage.key_swaps
        self._system = system
        self._staking = staking
        self._limiter = limiter
        self._locks = LockSwaps(storage, system, staking.pools)

    @call(index=71, weight=Weight(312_301_000, 13056) + database_weight(reads=37, writes=19))
    def swap_coldkey(
        self, origin: Origin, old_coldkey: AccountId, new_coldkey: AccountId, swap_cost: Rao
    ) -> None:
        """Move everything of one coldkey to another, for a price it pays. Root only."""
        ensure_root(origin)
        if swap_cost:
            self._pay(old_coldkey, swap_cost)
        self._swap(old_coldkey, new_coldkey)
        del self._swaps.coldkey_swap_announcements[old_coldkey]
        del self._swaps.coldkey_swap_disputes[old_coldkey]

    @call(index=73, weight=database_weight(reads=5))
    def schedule_swap_coldkey(self, _origin: Origin, _new_coldkey: AccountId) -> None:
        """Deprecated, please migrate to `announce_coldkey_swap`/`coldkey_swap`."""
        raise Deprecated

    @call(index=125, weight=Weight(47_248_000, 4159) + database_weight(reads=4, writes=3))
    def announce_coldkey_swap(self, origin: Origin, new_coldkey_hash: H256) -> None:
        """
        Announce that a coldkey, known by its blake2-256, will replace yours. The first
        announcement has a price; a later one replaces it, not too soon.
        """
        who = ensure_signed(origin)
        announced = self._swaps.coldkey_swap_announcements[who]
        if announced is None:
            self._pay(who, self._storage.constants.key_swap_cost)
        elif self._system.number < self._renewable_from(announced[0]):
            raise ColdkeySwapReannouncedTooEarly
        due = min(self._system.number + self._swaps.coldkey_swap_announcement_delay, BLOCK_MAX)
        self._swaps.coldkey_swap_announcements[who] = (due, new_coldkey_hash)
        self.deposit_event(ColdkeySwapAnnounced(who=who, new_coldkey_hash=new_coldkey_hash))

    @call(index=126, weight=Weight(288_156_000, 13000) + database_weight(reads=37, writes=15))
    def swap_coldkey_announced(self, origin: Origin, new_coldkey: AccountId) -> None:
        """Move everything of yours to the coldkey that you announced, once its time has come."""
        who = ensure_signed(origin)
        announced = self._swaps.coldkey_swap_announcements[who]
        if announced is None:
            raise ColdkeySwapAnnouncementNotFound
        due, new_coldkey_hash = announced
        if new_coldkey_hash != blake2_256(new_coldkey):
            raise AnnouncedColdkeyHashDoesNotMatch
        if self._system.number < due:
            raise ColdkeySwapTooEarly
        del self._swaps.coldkey_swap_announcements[who]
        self._swap(who, new_coldkey)

    @call(index=127, weight=Weight(23_293_000, 4130) + database_weight(reads=2, writes=1))
    def dispute_coldkey_swap(self, origin: Origin) -> None:
        """Say that the announced swap of your coldkey is not yours; only root can go on then."""
        who = ensure_signed(origin)
        if who not in self._swaps.coldkey_swap_announcements:
            raise ColdkeySwapAnnouncementNotFound
        if who in self._swaps.coldkey_swap_disputes:
            raise ColdkeySwapAlreadyDisputed
        self._swaps.coldkey_swap_disputes[who] = self._system.number
        self.deposit_event(ColdkeySwapDisputed(coldkey=who))

    @call(index=128, weight=Weight(8_857_000, 0) + database_weight(writes=2))
    def reset_coldkey_swap(self, origin: Origin, coldkey: AccountId) -> None:
        """Drop the announcement and the dispute of a coldkey's swap. Root only."""
        ensure_root(origin)
        del self._swaps.coldkey_swap_announcements[coldkey]
        del self._swaps.coldkey_swap_disputes[coldkey]
        self.deposit_event(ColdkeySwapReset(who=coldkey))

    @call(index=133, weight=Weight(17_890_000, 0) + database_weight(reads=2, writes=1))
    def clear_coldkey_swap_announcement(self, origin: Origin) -> None:
        """Withdraw your announcement, once it could be made anew."""
        who = ensure_signed(origin)
        announced = self._swaps.coldkey_swap_announcements[who]
        if announced is None:
            raise ColdkeySwapAnnouncementNotFound
        if self._system.number < self._renewable_from(announced[0]):
            raise ColdkeySwapClearTooEarly
        del self._swaps.coldkey_swap_announcements[who]
        self.deposit_event(ColdkeySwapCleared(who=who))

    def _renewable_from(self, due: int) -> int:
        return min(due + self._swaps.coldkey_swap_reannouncement_delay, BLOCK_MAX)

    def _pay(self, coldkey: AccountId, price: Rao) -> None:
        try:
            self._staking.tao.recycle(coldkey, price)
        except InsufficientBalance:
            raise NotEnoughBalanceToPaySwapColdKey from None

    def _swap(self, former: AccountId, coldkey: AccountId) -> None:
        """
        Raises `ColdKeyAlreadyAssociated` and `NewColdKeyIsHotkey` for a key that is in use, and
        `ActiveLockExists`.
        """
        accounts = self._storage.accounts
        if accounts.staking_hotkeys[coldkey]:
            raise ColdKeyAlreadyAssociated
        if self._staking.hotkeys.exists(coldkey):
            raise NewColdKeyIsHotkey
        self._swap_identity(former, coldkey)
        # Locked alpha arrives before the former coldkey's own choice about it.
        self._locks.set_accepts_locked_alpha(coldkey, accepts=True)
        for netuid in self._staking.subnets.all():
            if self._storage.networks.subnet_owner[netuid] == former:
                self._storage.networks.subnet_owner[netuid] = coldkey
            self._swap_auto_stake(netuid, former, coldkey)
            self._swap_stake(netuid, former, coldkey)
        self._swap_staking_hotkeys(former, coldkey)
        self._swap_owned_hotkeys(former, coldkey)
        self._locks.swap_coldkey(former, coldkey)
        self._staking.tao.transfer_all(former, coldkey)
        self._limiter.record_key(LastTransaction(coldkey))
        self.deposit_event(ColdkeySwapped(old_coldkey=former, new_coldkey=coldkey))

    def _swap_identity(self, former: AccountId, coldkey: AccountId) -> None:
        identities = self._storage.accounts.identities_v2
        identity = identities[former]
        if identity is not None and coldkey not in identities:
            del identities[former]
            identities[coldkey] = identity

    def _swap_auto_stake(self, netuid: NetUid, former: AccountId, coldkey: AccountId) -> None:
        accounts = self._storage.accounts
        hotkey = accounts.auto_stake_destination[former, netuid]
        if hotkey is None:
            return
        del accounts.auto_stake_destination[former, netuid]
        accounts.auto_stake_destination[coldkey, netuid] = hotkey
        coldkeys = accounts.auto_stake_destination_coldkeys
        others = tuple(c for c in coldkeys[hotkey, netuid] if c not in (former, coldkey))
        coldkeys[hotkey, netuid] = (*others, coldkey)

    def _swap_stake(self, netuid: NetUid, former: AccountId, coldkey: AccountId) -> None:
        staking, root = self._staking, self._staking.root
        for hotkey in self._storage.accounts.staking_hotkeys[former]:
            alpha = staking.pools.stake(hotkey, former, netuid)
            staking.pools.withdraw(hotkey, former, netuid, alpha)
            staking.grant(hotkey, coldkey, netuid, alpha)
            if staking.pools.stake(hotkey, coldkey, netuid):
                self._swap_root_claimed(netuid, hotkey, former, coldkey)
                if netuid == ROOT:
                    root.index_coldkey(coldkey)
        if netuid == ROOT:
            root.forget_coldkey(former)

    def _swap_root_claimed(
        self, netuid: NetUid, hotkey: AccountId, former: AccountId, coldkey: AccountId
    ) -> None:
        claimed = self._storage.root_claims.root_claimed
        before = claimed[netuid, hotkey, former]
        del claimed[netuid, hotkey, former]
        if before:
            key = (netuid, hotkey, coldkey)
            claimed[key] = saturate_u128(claimed[key] + before)

    def _swap_staking_hotkeys(self, former: AccountId, coldkey: AccountId) -> None:
        known = self._storage.accounts.staking_hotkeys
        joined = tuple(dict.fromkeys((*known[coldkey], *known[former])))
        del known[former]
        if joined:
            known[coldkey] = joined

    def _swap_owned_hotkeys(self, former: AccountId, coldkey: AccountId) -> None:
        accounts = self._storage.accounts
        owned = accounts.owned_hotkeys[former]
        for hotkey in owned:
            ensure_no_system_account(hotkey)
            accounts.owner[hotkey] = coldkey
        joined = tuple(dict.fromkeys((*accounts.owned_hotkeys[coldkey], *owned)))
        del accounts.owned_hotkeys[former]
        if joined:
            accounts.owned_hotkeys[coldkey] = joined
