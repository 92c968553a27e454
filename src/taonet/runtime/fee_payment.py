"""
Who pays a fee, and in what: TAO, or for calls that give up alpha, some of that alpha.

Alpha is not given back where the call cost less than it declared. For what a proxy does, the
account that it acts for pays if it has said so.

Source: subtensor pallets/transaction-fee/src/lib.rs, runtime/src/transaction_payment_wrapper.rs
@ 14bc6f9.
"""

from dataclasses import dataclass
from typing import Final

from taonet.frame.call import Call
from taonet.frame.dispatch_error import DispatchError
from taonet.frame.multi_address import AddressId
from taonet.pallets.balances import can_withdraw
from taonet.pallets.balances_types import Preservation
from taonet.pallets.subtensor.alpha_fees import AlphaFee
from taonet.pallets.system import AccountInfo
from taonet.pallets.transaction_payment import TransactionFeePaid
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Rao
from taonet.runtime.runtime import Runtime
from taonet.runtime.transaction_validity import Invalid, TransactionInvalid
from taonet.scale.construction import quicken

PROXY_PALLET: Final = "Proxy"
PROXY: Final = "Proxy.proxy"
BATCHES: Final = frozenset({"Utility.batch", "Utility.batch_all", "Utility.force_batch"})


@quicken
@dataclass(frozen=True)
class Charge:
    """What was taken before dispatch, of whom: TAO, or the alpha that was sold in its place."""

    payer: AccountId
    tao: Rao
    alpha: AlphaFee | None


class FeePayment:
    """Takes a fee before dispatch, and settles it after."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._alpha_fees = runtime.subtensor.alpha_fees

    def can_pay(self, who: AccountId, info: AccountInfo, call: Call, fee: Rao) -> bool:
        """Whether the fee can be taken for this call, from the account as it stands."""
        payer = fee_payer(self._runtime, who, call)
        if payer != who:
            return can_withdraw(self._runtime.system.account[payer], fee)
        if can_withdraw(info, fee):
            return True
        source = self._alpha_fees.source(who, call)
        return source is not None and self._alpha_fees.can_pay(who, source, fee)

    def charge(self, who: AccountId, info: AccountInfo, call: Call, fee: Rao) -> Charge:
        """Count the transaction and take its fee; raises `TransactionInvalid`."""
        payer = fee_payer(self._runtime, who, call)
        if payer != who:
            return self._charge_other(who, payer, fee)
        if can_withdraw(info, fee):
            self._runtime.balances.pay_fee(who, info, fee)
            return Charge(who, fee, None)
        source = self._alpha_fees.source(who, call)
        if source is None:
            raise TransactionInvalid(Invalid.PAYMENT)
        try:
            paid = self._alpha_fees.charge(who, source, fee)
        except DispatchError as error:
            raise TransactionInvalid(Invalid.PAYMENT) from error
        self._runtime.system.increment_nonce(who)
        return Charge(who, Rao(0), paid)

    def settle(self, charge: Charge, actual: Rao, tip: Rao, author: AccountId | None) -> None:
        """Refund what was charged too much, pay the author, and report the fee."""
        who = charge.payer
        if charge.alpha is None:
            self._runtime.transaction_payment.settle(who, charge.tao, actual, author)
        else:
            self._alpha_fees.report(who, charge.alpha)
        self._runtime.state.deposit(TransactionFeePaid(who, actual, tip))

    def _charge_other(self, who: AccountId, payer: AccountId, fee: Rao) -> Charge:
        balances, system = self._runtime.balances, self._runtime.system
        if not can_withdraw(system.account[payer], fee):
            raise TransactionInvalid(Invalid.PAYMENT)
        system.increment_nonce(who)
        if int(fee):
            balances.withdraw(payer, fee, Preservation.PRESERVE)
        return Charge(payer, fee, None)


def fee_payer(runtime: Runtime, signer: AccountId, call: Call) -> AccountId:
    """
    Who pays for a call that `signer` signed: of a proxy's, the account that it acts for if that
    one pays for its proxies, and of a proxy's proxy the one behind both.
    """
    if call.pallet != PROXY_PALLET:
        return signer
    real = _paying(runtime, signer, call)
    if real is None:
        return signer
    inner: Call = call.argument("call")
    calls = inner.arguments[0] if inner.name in BATCHES else (inner,)
    # One account has to be behind all of a batch.
    behind = {_paying(runtime, real, each) for each in calls}
    return (behind.pop() if len(behind) == 1 else None) or real


def _paying(runtime: Runtime, delegate: AccountId, call: Call) -> AccountId | None:
    """The account that a proxy's call is made for, if it pays for that proxy."""
    if call.name != PROXY:
        return None
    address = call.argument("real")
    if not isinstance(address, AddressId):
        return None
    return address._0 if runtime.proxy.pays_fee(address._0, delegate) else None
