"""
Why a call of a crowdloan is refused.

Source: names and indices of subtensor pallets/crowdloan/src/lib.rs @ 14bc6f9.
"""

from taonet.frame.dispatch_error import ModuleError


class DepositTooLow(ModuleError, index=0):
    """The crowdloan initial deposit is too low."""


class CapTooLow(ModuleError, index=1):
    """The crowdloan cap is too low."""


class MinimumContributionTooLow(ModuleError, index=2):
    """The minimum contribution is too low."""


class CannotEndInPast(ModuleError, index=3):
    """The crowdloan cannot end in the past."""


class BlockDurationTooShort(ModuleError, index=4):
    """The crowdloan block duration is too short."""


class BlockDurationTooLong(ModuleError, index=5):
    """The block duration is too long."""


class InsufficientBalance(ModuleError, index=6):
    """The account does not have enough balance to pay for the initial deposit/contribution."""


class Overflow(ModuleError, index=7):
    """An overflow occurred."""


class InvalidCrowdloanId(ModuleError, index=8):
    """The crowdloan id is invalid."""


class CapRaised(ModuleError, index=9):
    """The crowdloan cap has been fully raised."""


class ContributionPeriodEnded(ModuleError, index=10):
    """The contribution period has ended."""


class ContributionTooLow(ModuleError, index=11):
    """The contribution is too low."""


class InvalidOrigin(ModuleError, index=12):
    """The origin of this call is invalid."""


class AlreadyFinalized(ModuleError, index=13):
    """The crowdloan has already been finalized."""


class ContributionPeriodNotEnded(ModuleError, index=14):
    """The crowdloan contribution period has not ended yet."""


class NoContribution(ModuleError, index=15):
    """The contributor has no contribution for this crowdloan."""


class CapNotRaised(ModuleError, index=16):
    """The crowdloan cap has not been raised."""


class Underflow(ModuleError, index=17):
    """An underflow occurred."""


class CallUnavailable(ModuleError, index=18):
    """Call to dispatch was not found in the preimage storage."""


class NotReadyToDissolve(ModuleError, index=19):
    """The crowdloan is not ready to be dissolved, it still has contributions."""


class DepositCannotBeWithdrawn(ModuleError, index=20):
    """The deposit cannot be withdrawn from the crowdloan."""


class MaxContributorsReached(ModuleError, index=21):
    """The maximum number of contributors has been reached."""


class InvalidFinalizationConfig(ModuleError, index=22):
    """Exactly one of call or target address must be provided."""


class MaxContributionReached(ModuleError, index=23):
    """The contributor has already reached the maximum contribution."""


class MaximumContributionTooLow(ModuleError, index=24):
    """The maximum contribution is too low."""


class MinimumContributionTooHigh(ModuleError, index=25):
    """The minimum contribution is too high."""
