"""
Why orders are refused.

Source: subtensor pallets/limit-orders/src/lib.rs @ 14bc6f9.
"""

from taonet.frame.dispatch_error import ModuleError


class InvalidSignature(ModuleError, index=0):
    """The signature is not that of the order's signer."""


class OrderAlreadyProcessed(ModuleError, index=1):
    """The order has been fulfilled or cancelled already."""


class OrderCancelled(ModuleError, index=2):
    """The order has been cancelled."""


class OrderExpired(ModuleError, index=3):
    """The order has expired."""


class PriceConditionNotMet(ModuleError, index=4):
    """The price does not satisfy the order's limit price."""


class Unauthorized(ModuleError, index=5):
    """Only the order's signer may cancel it."""


class SwapReturnedZero(ModuleError, index=6):
    """The pool paid nothing."""


class RootNetUidNotAllowed(ModuleError, index=7):
    """Orders on the root network are not allowed."""


class OrderNetUidMismatch(ModuleError, index=8):
    """An order is for another subnet than its batch."""


class LimitOrdersDisabled(ModuleError, index=9):
    """Limit orders are disabled."""


class RelayerMissMatch(ModuleError, index=10):
    """The order names others to bring it."""


class PartialFillsNotEnabled(ModuleError, index=11):
    """The order may only be executed whole."""


class IncorrectPartialFillAmount(ModuleError, index=12):
    """The amount is not one that is left of the order."""


class RelayerRequiredForPartialFill(ModuleError, index=13):
    """An order that is executed in parts must name who may bring it."""


class ChainIdMismatch(ModuleError, index=14):
    """The order was signed for another chain."""


class PalletHotkeyNotRegistered(ModuleError, index=15):
    """The pallet's hotkey does not belong to the pallet's account."""


class ArithmeticOverflow(ModuleError, index=16):
    """A value is too large at this price."""


class DuplicateOrderInBatch(ModuleError, index=17):
    """An order appears twice in the batch."""


class ZeroShareInBatch(ModuleError, index=18):
    """An order's share of the batch would be nothing."""
