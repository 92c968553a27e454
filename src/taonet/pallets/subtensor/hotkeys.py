"""
Who owns which hotkey.

A hotkey exists once a coldkey has been associated with it, by registration, by staking on it or by
asking for it, and belongs to that coldkey from then on.

Source: subtensor pallets/subtensor/src/staking/{helpers,account}.rs and macros/dispatches.rs
@ 14bc6f9.
"""

from taonet.frame.origin import Origin, ensure_signed
from taonet.frame.pallet import Pallet, call
from taonet.frame.weight import Weight, database_weight
from taonet.pallets.subtensor.errors import (
    CannotUseSystemAccount,
    HotKeyAccountNotExists,
    HotKeyNotRegisteredInSubNet,
    NonAssociatedColdKey,
    SameAutoStakeHotkeyAlreadySet,
    SubnetNotExists,
)
from taonet.pallets.subtensor.events.accounts import AutoStakeDestinationSet
from taonet.pallets.subtensor.storage import Storage
from taonet.pallets.subtensor.subnet_accounts import is_subnet_account
from taonet.primitives.ids import AccountId
from taonet.primitives.units import NetUid


class Hotkeys(Pallet, prefix="SubtensorModule"):
    """Hotkeys and their owners."""

    def __init__(self, storage: Storage) -> None:
        super().__init__(storage.state)
        self._accounts = storage.accounts
        self._neurons = storage.neurons
        self._networks = storage.networks

    def exists(self, hotkey: AccountId) -> bool:
        """Whether some coldkey owns `hotkey`."""
        return hotkey in self._accounts.owner

    def owner(self, hotkey: AccountId) -> AccountId:
        """The coldkey that owns `hotkey`, the zero account if none does."""
        return self._accounts.owner[hotkey]

    def owned_by(self, hotkey: AccountId, coldkey: AccountId) -> bool:
        """Whether `coldkey` owns `hotkey`."""
        return self.exists(hotkey) and self._accounts.owner[hotkey] == coldkey

    def ensure_owned(self, hotkey: AccountId, coldkey: AccountId) -> None:
        """Raises `HotKeyAccountNotExists` or `NonAssociatedColdKey` unless `coldkey` owns it."""
        if not self.exists(hotkey):
            raise HotKeyAccountNotExists
        if not self.owned_by(hotkey, coldkey):
            raise NonAssociatedColdKey

    def is_registered_anywhere(self, hotkey: AccountId) -> bool:
        """Whether `hotkey` has a uid in any network."""
        return any(member for _, member in self._neurons.is_network_member.under(hotkey))

    def networks_of(self, hotkey: AccountId) -> list[NetUid]:
        """The networks in which `hotkey` has a uid, in the byte order of their keys."""
        entries = self._neurons.is_network_member.under(hotkey)
        return [netuid for (_, netuid), member in entries if member]

    def associate(self, coldkey: AccountId, hotkey: AccountId) -> None:
        """
        Make `coldkey` the owner of a hotkey that nobody owns; an owned one stays as it is. Raises
        `CannotUseSystemAccount` for an account of a subnet.
        """
        ensure_no_system_account(hotkey)
        if self.exists(hotkey):
            return
        accounts = self._accounts
        accounts.owner[hotkey] = coldkey
        for hotkeys in (accounts.owned_hotkeys, accounts.staking_hotkeys):
            known = hotkeys[coldkey]
            if hotkey not in known:
                hotkeys[coldkey] = (*known, hotkey)

    @call(index=91, weight=Weight(25_337_000, 4283) + database_weight(reads=3, writes=3))
    def try_associate_hotkey(self, origin: Origin, hotkey: AccountId) -> None:
        """Become the owner of a hotkey that nobody owns; an owned one stays as it is."""
        self.associate(ensure_signed(origin), hotkey)

    @call(index=114, weight=Weight(33_853_000, 4274) + database_weight(reads=4, writes=2))
    def set_coldkey_auto_stake_hotkey(
        self, origin: Origin, netuid: NetUid, hotkey: AccountId
    ) -> None:
        """Choose the hotkey on which what your miners earn in a subnet is staked."""
        coldkey = ensure_signed(origin)
        if not self._networks.networks_added[netuid]:
            raise SubnetNotExists
        if (netuid, hotkey) not in self._neurons.uids:
            raise HotKeyNotRegisteredInSubNet
        accounts = self._accounts
        coldkeys = accounts.auto_stake_destination_coldkeys
        former = accounts.auto_stake_destination[coldkey, netuid]
        if former is not None:
            if former == hotkey:
                raise SameAutoStakeHotkeyAlreadySet
            kept = tuple(c for c in coldkeys[former, netuid] if c != coldkey)
            coldkeys[former, netuid] = kept
        accounts.auto_stake_destination[coldkey, netuid] = hotkey
        if coldkey not in coldkeys[hotkey, netuid]:
            coldkeys[hotkey, netuid] = (*coldkeys[hotkey, netuid], coldkey)
        self.deposit_event(AutoStakeDestinationSet(coldkey, netuid, hotkey))


def ensure_no_system_account(hotkey: AccountId) -> None:
    """Raises `CannotUseSystemAccount` for an account of a subnet."""
    if is_subnet_account(hotkey):
        raise CannotUseSystemAccount
