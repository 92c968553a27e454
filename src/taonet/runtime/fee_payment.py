"""
Who pays a fee, and in what: TAO, or for calls that sell alpha, some of that alpha.

Source: subtensor pallets/transaction-fee/src/lib.rs @ 14bc6f9.
"""

from taonet.frame.call import Call
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Rao
from taonet.runtime.runtime import Runtime


class FeePayment:
    """Takes a fee before dispatch, and settles it after."""

    def __init__(self, runtime: Runtime) -> None:
        self._payment = runtime.transaction_payment

    def can_pay(self, who: AccountId, call: Call, fee: Rao) -> bool:  # noqa: ARG002
        """Whether the fee can be taken for this call."""
        return self._payment.can_pay(who, fee)

    def charge(self, who: AccountId, call: Call, fee: Rao) -> None:  # noqa: ARG002
        """Take what `can_pay` allowed."""
        self._payment.charge(who, fee)

    def settle(self, who: AccountId, charged: Rao, actual: Rao, tip: Rao) -> None:
        """Refund what was charged too much, pay the author, and report the fee."""
        self._payment.settle(who, charged, actual, tip)
