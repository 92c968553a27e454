"""Who may change a parameter, and when: what all of AdminUtils' calls on subnets share."""

from collections.abc import Iterator
from contextlib import contextmanager

from taonet.frame.origin import Origin, ensure_root
from taonet.pallets.admin_utils.errors import NotPermittedOnRootSubnet, SubnetDoesNotExist
from taonet.pallets.subtensor.module import Subtensor
from taonet.pallets.subtensor.rate_limiter import Operation
from taonet.primitives.ids import AccountId
from taonet.primitives.units import ROOT, NetUid


def ensure_not_root(netuid: NetUid) -> None:
    """Raises `NotPermittedOnRootSubnet` for the root network."""
    if netuid == ROOT:
        raise NotPermittedOnRootSubnet


class ParameterChange:
    """Refuses a change, or lets it happen and remembers when it did."""

    def __init__(self, subtensor: Subtensor) -> None:
        self._networks = subtensor.networks
        self._permissions = subtensor.permissions

    @contextmanager
    def by_owner(
        self, origin: Origin, netuid: NetUid, operation: Operation, *, exists: bool = True
    ) -> Iterator[AccountId | None]:
        """
        A change by the subnet's owner, or by root: then the value is None. The real chain asks
        only sometimes whether the subnet `exists`.

        Raises `BadOrigin`, `TxRateLimitExceeded`, `AdminActionProhibitedDuringWeightsWindow`,
        `SubnetDoesNotExist`.
        """
        operations = (operation,)
        who = self._permissions.ensure_owner_or_root_within(origin, netuid, operations)
        self._permissions.ensure_not_frozen(netuid)
        if exists:
            self._ensure_exists(netuid)
        yield who
        self._permissions.record(who, netuid, operations)

    def by_root(
        self, origin: Origin, netuid: NetUid, *, window: bool = True, exists: bool = True
    ) -> None:
        """
        A change by root alone; `window` says whether it waits for an epoch that is close. Raises
        `BadOrigin`, `AdminActionProhibitedDuringWeightsWindow`, `SubnetDoesNotExist`.
        """
        ensure_root(origin)
        if window:
            self._permissions.ensure_not_frozen(netuid)
        if exists:
            self._ensure_exists(netuid)

    def ensure_owner_or_root(self, origin: Origin, netuid: NetUid) -> None:
        """A change by the owner or root that may be made as often as one likes."""
        self._permissions.ensure_owner_or_root(origin, netuid)
        self._permissions.ensure_not_frozen(netuid)
        self._ensure_exists(netuid)

    def _ensure_exists(self, netuid: NetUid) -> None:
        if not self._networks.networks_added[netuid]:
            raise SubnetDoesNotExist
