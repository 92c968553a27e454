"""Why AdminUtils refuses. Source: subtensor pallets/admin-utils/src/lib.rs @ 14bc6f9."""

import sys

from taonet.frame.dispatch_error import ModuleError
from taonet.frame.pallet import declared_errors


class SubnetDoesNotExist(ModuleError, index=0):
    """The subnet does not exist."""


class MaxValidatorsLargerThanMaxUIds(ModuleError, index=1):
    """There would be more validators than neurons."""


class MaxAllowedUIdsLessThanCurrentUIds(ModuleError, index=2):
    """The subnet has more neurons than the limit."""


class BondsMovingAverageMaxReached(ModuleError, index=3):
    """The moving average of bonds is above what an owner may set."""


class NegativeSigmoidSteepness(ModuleError, index=4):
    """Only root may set a negative steepness."""


class ValueNotInBounds(ModuleError, index=5):
    """The value is out of its bounds."""


class MinAllowedUidsGreaterThanCurrentUids(ModuleError, index=6):
    """The smallest limit is not below the number of neurons."""


class MinAllowedUidsGreaterThanMaxAllowedUids(ModuleError, index=7):
    """The smallest limit on neurons is not below the largest."""


class MaxAllowedUidsLessThanMinAllowedUids(ModuleError, index=8):
    """The limit on neurons is below the smallest one."""


class MaxAllowedUidsGreaterThanDefaultMaxAllowedUids(ModuleError, index=9):
    """The limit on neurons is above the network's."""


class InvalidValue(ModuleError, index=10):
    """The value is invalid."""


class NotPermittedOnRootSubnet(ModuleError, index=11):
    """This cannot be set for the root network."""


class POWRegistrationDisabled(ModuleError, index=12):
    """Registration by work has ended."""


class Deprecated(ModuleError, index=13):
    """The call is no longer supported."""


ERRORS = declared_errors(sys.modules[__name__])
