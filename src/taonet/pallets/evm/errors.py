"""
Why the EVM refuses a call before it runs anything.

Source: frontier frame/evm/src/lib.rs.
"""

import sys

from taonet.frame.dispatch_error import ModuleError
from taonet.frame.pallet import declared_errors


class BalanceLow(ModuleError, index=0):
    """Not enough balance to perform action"""


class FeeOverflow(ModuleError, index=1):
    """Calculating total fee overflowed"""


class PaymentOverflow(ModuleError, index=2):
    """Calculating total payment overflowed"""


class WithdrawFailed(ModuleError, index=3):
    """Withdraw fee failed"""


class GasPriceTooLow(ModuleError, index=4):
    """Gas price is too low."""


class InvalidNonce(ModuleError, index=5):
    """Nonce is invalid"""


class GasLimitTooLow(ModuleError, index=6):
    """Gas limit is too low."""


class GasLimitTooHigh(ModuleError, index=7):
    """Gas limit is too high."""


class InvalidChainId(ModuleError, index=8):
    """The chain id is invalid."""


class InvalidSignature(ModuleError, index=9):
    """the signature is invalid."""


class Reentrancy(ModuleError, index=10):
    """EVM reentrancy"""


class TransactionMustComeFromEoa(ModuleError, index=11, name="TransactionMustComeFromEOA"):
    """EIP-3607: the sender is a contract."""


class Undefined(ModuleError, index=12):
    """Undefined error."""


class NotAllowed(ModuleError, index=13):
    """Origin is not allowed to perform the operation."""


class CreateOriginNotAllowed(ModuleError, index=14):
    """Address not allowed to deploy contracts either via CREATE or CALL(CREATE)."""


ERRORS = declared_errors(sys.modules[__name__])
