"""
Transaction fees in alpha: a coldkey without TAO can still unstake, and pays with what it unstakes.

Source: subtensor pallets/transaction-fee/src/lib.rs @ 14bc6f9.
"""

from dataclasses import dataclass
from typing import Final

from taonet.frame.call import Call
from taonet.pallets.subtensor.events.stake import TransactionFeePaidWithAlpha
from taonet.pallets.subtensor.stake import Author, Staking
from taonet.pallets.subtensor.storage import Storage
from taonet.primitives.ids import AccountId
from taonet.primitives.units import ROOT, Alpha, NetUid, Rao

PALLET: Final = "SubtensorModule"

_ONE_SUBNET: Final = {
    "remove_stake": ("hotkey", "netuid"),
    "remove_stake_limit": ("hotkey", "netuid"),
    "remove_stake_full_limit": ("hotkey", "netuid"),
    "recycle_alpha": ("hotkey", "netuid"),
    "burn_alpha": ("hotkey", "netuid"),
    "move_stake": ("origin_hotkey", "origin_netuid"),
    "transfer_stake": ("hotkey", "origin_netuid"),
    "swap_stake": ("hotkey", "origin_netuid"),
    "swap_stake_limit": ("hotkey", "origin_netuid"),
}
"""Calls that take alpha of one hotkey in one subnet, and the arguments that name them."""

_ALL_SUBNETS: Final = ("unstake_all", "unstake_all_alpha")


@dataclass(frozen=True, slots=True)
class AlphaFee:
    """A fee that was paid: alpha of a subnet, and the TAO that it was sold for."""

    netuid: NetUid
    alpha: Alpha
    tao: Rao


class AlphaFees:
    """Prices fees in alpha and takes them; charges are final, nothing is refunded."""

    def __init__(self, storage: Storage, staking: Staking, author: Author) -> None:
        self._storage = storage
        self._staking = staking
        self._author = author

    def source(self, who: AccountId, call: Call) -> tuple[AccountId, NetUid] | None:
        """
        The hotkey and the subnet whose alpha may pay for a call; None if it must be TAO, as for
        calls that take stake out of several subnets.
        """
        if call.pallet != PALLET:
            return None
        if call.spec.name in _ALL_SUBNETS:
            hotkey = call.argument("hotkey")
            places = self._places(who, hotkey)
            return (hotkey, places[0]) if len(places) == 1 else None
        names = _ONE_SUBNET.get(call.spec.name)
        return None if names is None else (call.argument(names[0]), call.argument(names[1]))

    def can_pay(self, who: AccountId, source: tuple[AccountId, NetUid], fee: Rao) -> bool:
        """Whether there is alpha worth `fee` at the present price."""
        hotkey, netuid = source
        needed = self._staking.swap.alpha_for_tao(netuid, fee)
        return not self._staking.pools.stake(hotkey, who, netuid) < needed

    def charge(self, who: AccountId, source: tuple[AccountId, NetUid], fee: Rao) -> AlphaFee:
        """
        Sell alpha worth `fee` for the block's author, at most what there is; undone if it fails,
        with the swap's error. Without a known author nothing is taken: the transaction is free.
        """
        hotkey, netuid = source
        author = self._author()
        if author is None:
            return AlphaFee(ROOT, Alpha(0), Rao(0))
        stake = self._staking.pools.stake(hotkey, who, netuid)
        worth = self._staking.swap.alpha_for_tao(netuid, fee)
        alpha = min(worth, stake) if worth else stake
        with self._storage.state.transaction():
            tao = self._staking.remove(
                hotkey, who, netuid, alpha, Rao(0), drop_fees=True, beneficiary=author
            )
        return AlphaFee(netuid, alpha, tao)

    def report(self, who: AccountId, paid: AlphaFee) -> None:
        """Say that the fee of the transaction was paid in alpha."""
        self._storage.state.deposit(
            TransactionFeePaidWithAlpha(
                who=who, netuid=paid.netuid, alpha_fee=paid.alpha, tao_amount=paid.tao
            )
        )

    def _places(self, who: AccountId, hotkey: AccountId) -> list[NetUid]:
        enabled = self._storage.networks.subtoken_enabled
        return [
            netuid
            for netuid in self._staking.subnets.all()
            if enabled[netuid] and self._staking.pools.stake(hotkey, who, netuid)
        ]
