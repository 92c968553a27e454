"""
Who pays a fee, and in what: TAO, or for calls that give up alpha, some of that alpha.

Alpha is not given back where the call cost less than it declared.

Source: subtensor pallets/transaction-fee/src/lib.rs @ 14bc6f9.
"""

from dataclasses import dataclass

from taonet.frame.call import Call
from taonet.frame.dispatch_error import DispatchError
from taonet.pallets.balances import can_withdraw
from taonet.pallets.subtensor.alpha_fees import AlphaFee
from taonet.pallets.system import AccountInfo
from taonet.pallets.transaction_payment import TransactionFeePaid
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Rao
from taonet.runtime.runtime import Runtime
from taonet.runtime.transaction_validity import Invalid, TransactionInvalid
from taonet.scale.construction import quicken


@quicken
@dataclass(frozen=True)
class Charge:
    """What was taken before dispatch: TAO, or the alpha that was sold in its place."""

    tao: Rao
    alpha: AlphaFee | None


class FeePayment:
    """Takes a fee before dispatch, and settles it after."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._alpha_fees = runtime.subtensor.alpha_fees

    def can_pay(self, who: AccountId, info: AccountInfo, call: Call, fee: Rao) -> bool:
        """Whether the fee can be taken for this call, from the account as it stands."""
        if can_withdraw(info, fee):
            return True
        source = self._alpha_fees.source(who, call)
        return source is not None and self._alpha_fees.can_pay(who, source, fee)

    def charge(self, who: AccountId, info: AccountInfo, call: Call, fee: Rao) -> Charge:
        """Count the transaction and take its fee; raises `TransactionInvalid`."""
        if can_withdraw(info, fee):
            self._runtime.balances.pay_fee(who, info, fee)
            return Charge(fee, None)
        source = self._alpha_fees.source(who, call)
        if source is None:
            raise TransactionInvalid(Invalid.PAYMENT)
        try:
            paid = self._alpha_fees.charge(who, source, fee)
        except DispatchError as error:
            raise TransactionInvalid(Invalid.PAYMENT) from error
        self._runtime.system.increment_nonce(who)
        return Charge(Rao(0), paid)

    def settle(
        self, who: AccountId, charge: Charge, actual: Rao, tip: Rao, author: AccountId | None
    ) -> None:
        """Refund what was charged too much, pay the author, and report the fee."""
        if charge.alpha is None:
            self._runtime.transaction_payment.settle(who, charge.tao, actual, author)
        else:
            self._alpha_fees.report(who, charge.alpha)
        self._runtime.state.deposit(TransactionFeePaid(who=who, actual_fee=actual, tip=tip))
