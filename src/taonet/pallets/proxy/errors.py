"""Why calls about proxies are refused."""

from taonet.frame.dispatch_error import ModuleError


class TooMany(ModuleError, index=0):
    """There are too many proxies registered or too many announcements pending."""


class NotFound(ModuleError, index=1):
    """Proxy registration not found."""


class NotProxy(ModuleError, index=2):
    """Sender is not a proxy of the account to be proxied."""


class Unproxyable(ModuleError, index=3):
    """A call which is incompatible with the proxy type's filter was attempted."""


class Duplicate(ModuleError, index=4):
    """Account is already a proxy."""


class NoPermission(ModuleError, index=5):
    """Call may not be made by proxy because it may escalate its privileges."""


class Unannounced(ModuleError, index=6):
    """Announcement, if made at all, was made too recently."""


class NoSelfProxy(ModuleError, index=7):
    """Cannot add self as proxy."""


class AnnouncementDepositInvariantViolated(ModuleError, index=8):
    """The deposit for announcements could not be computed."""


class InvalidDerivedAccountId(ModuleError, index=9):
    """No valid account could be derived."""
