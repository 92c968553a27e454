"""
Who pays a fee, and in what: TAO, or for calls that give up alpha, some of that alpha.

Alpha is sold at the present price for the block's author, and is not given back where the call
cost less than it declared.

Source: subtensor pallets/transaction-fee/src/lib.rs @ 14bc6f9.
"""

from dataclasses import dataclass
from typing import Final

from taonet.frame.call import Call
from taonet.frame.dispatch_error import DispatchError
from taonet.pallets.balances import can_withdraw
from taonet.pallets.balances_types import Preservation
from taonet.pallets.subtensor.events.stake import TransactionFeePaidWithAlpha
from taonet.pallets.system import AccountInfo
from taonet.pallets.transaction_payment import TransactionFeePaid
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Alpha, NetUid, Rao
from taonet.runtime.runtime import Runtime
from taonet.runtime.transaction_validity import Invalid, TransactionInvalid

ALPHA_CALLS: Final = {
    "remove_stake": ("hotkey", "netuid"),
    "remove_stake_limit": ("hotkey", "netuid"),
    "remove_stake_full_limit": ("hotkey", "netuid"),
    "move_stake": ("origin_hotkey", "origin_netuid"),
    "transfer_stake": ("hotkey", "origin_netuid"),
    "swap_stake": ("hotkey", "origin_netuid"),
    "swap_stake_limit": ("hotkey", "origin_netuid"),
    "recycle_alpha": ("hotkey", "netuid"),
    "burn_alpha": ("hotkey", "netuid"),
}
"""SubtensorModule's calls whose fee may be paid in alpha, and which arguments say which."""

ALPHA_CALLS_OF_ALL: Final = frozenset({"unstake_all", "unstake_all_alpha"})
"""Those that take a hotkey's alpha in every subnet: it pays where there is just one."""


_NO_ALPHA = Alpha(0)


@dataclass(frozen=True)
class Charge:
    """What was taken before dispatch: TAO, or alpha of one subnet that was sold for TAO."""

    tao: Rao
    alpha: Alpha
    netuid: NetUid | None


class FeePayment:
    """Takes a fee before dispatch, and settles it after."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def can_pay(self, who: AccountId, info: AccountInfo, call: Call, fee: Rao) -> bool:
        """Whether the fee can be taken for this call, from the account as it stands."""
        if can_withdraw(info, fee):
            return True
        source = self._alpha_source(who, call)
        if source is None:
            return False
        stake = self._runtime.subtensor.staking.pools.stake(source[0], who, source[1])
        return stake >= self._runtime.swap.alpha_for_tao(source[1], fee)

    def charge(self, who: AccountId, info: AccountInfo, call: Call, fee: Rao) -> Charge:
        """Count the transaction and take its fee; raises `TransactionInvalid`."""
        if can_withdraw(info, fee):
            self._runtime.balances.pay_fee(who, info, fee)
            return Charge(fee, _NO_ALPHA, None)
        source = self._alpha_source(who, call)
        if source is None:
            raise TransactionInvalid(Invalid.PAYMENT)
        try:
            with self._runtime.state.transaction():
                charge = self._sell(who, *source, fee)
        except DispatchError as error:
            raise TransactionInvalid(Invalid.PAYMENT) from error
        self._runtime.system.increment_nonce(who)
        return charge

    def settle(
        self, who: AccountId, charge: Charge, actual: Rao, tip: Rao, author: AccountId | None
    ) -> None:
        """Refund what was charged too much, pay the author, and report the fee."""
        state = self._runtime.state
        if charge.netuid is None:
            self._runtime.transaction_payment.settle(who, charge.tao, actual, author)
        else:
            state.deposit(TransactionFeePaidWithAlpha(who, charge.netuid, charge.alpha, charge.tao))
        state.deposit(TransactionFeePaid(who=who, actual_fee=actual, tip=tip))

    def _sell(self, who: AccountId, hotkey: AccountId, netuid: NetUid, fee: Rao) -> Charge:
        author = self._runtime.aura.author()
        if author is None:
            return Charge(Rao(0), _NO_ALPHA, netuid)
        staking = self._runtime.subtensor.staking
        stake = staking.pools.stake(hotkey, who, netuid)
        alpha = min(self._runtime.swap.alpha_for_tao(netuid, fee) or stake, stake)
        tao = staking.remove(hotkey, who, netuid, alpha, drop_fees=True)
        self._runtime.balances.transfer(who, author, tao, Preservation.EXPENDABLE)
        return Charge(tao, alpha, netuid)

    def _alpha_source(self, who: AccountId, call: Call) -> tuple[AccountId, NetUid] | None:
        """The one hotkey and subnet whose alpha the call gives up."""
        if call.pallet != "SubtensorModule":
            return None
        if call.spec.name in ALPHA_CALLS:
            hotkey, netuid = ALPHA_CALLS[call.spec.name]
            return call.argument(hotkey), call.argument(netuid)
        if call.spec.name not in ALPHA_CALLS_OF_ALL:
            return None
        hotkey_account = call.argument("hotkey")
        enabled = self._runtime.subtensor.networks.subtoken_enabled
        pools = self._runtime.subtensor.staking.pools
        places = [
            netuid
            for netuid in pools.subnets_of(hotkey_account, who)
            if enabled[netuid] and pools.stake(hotkey_account, who, netuid)
        ]
        return (hotkey_account, places[0]) if len(places) == 1 else None
