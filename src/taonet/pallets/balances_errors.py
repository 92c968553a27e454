"""The errors of Balances."""

from taonet.frame.dispatch_error import ModuleError


class VestingBalance(ModuleError, index=0):
    """Vesting balance too high to send value."""


class LiquidityRestrictions(ModuleError, index=1):
    """Account liquidity restrictions prevent withdrawal."""


class InsufficientBalance(ModuleError, index=2):
    """Balance too low to send value."""


class ExistentialDeposit(ModuleError, index=3):
    """Value too low to create account due to existential deposit."""


class Expendability(ModuleError, index=4):
    """Transfer/payment would kill account."""


class ExistingVestingSchedule(ModuleError, index=5):
    """A vesting schedule already exists for this account."""


class DeadAccount(ModuleError, index=6):
    """Beneficiary account must pre-exist."""


class TooManyReserves(ModuleError, index=7):
    """Number of named reserves exceed `MaxReserves`."""


class TooManyHolds(ModuleError, index=8):
    """Number of holds exceed the number of reasons to hold."""


class TooManyFreezes(ModuleError, index=9):
    """Number of freezes exceed `MaxFreezes`."""


class IssuanceDeactivated(ModuleError, index=10):
    """The issuance cannot be modified since it is already deactivated."""


class DeltaZero(ModuleError, index=11):
    """The delta cannot be zero."""


ERRORS: tuple[type[ModuleError], ...] = (
    VestingBalance,
    LiquidityRestrictions,
    InsufficientBalance,
    ExistentialDeposit,
    Expendability,
    ExistingVestingSchedule,
    DeadAccount,
    TooManyReserves,
    TooManyHolds,
    TooManyFreezes,
    IssuanceDeactivated,
    DeltaZero,
)
