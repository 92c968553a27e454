"""
AdminUtils: the parameters that subnets' owners and root set.

`ADMIN_UTILS_CLASSES` are the pallet on the wire, joined; `AdminUtils` holds one of each.
"""

from taonet.frame.pallet import Pallet
from taonet.pallets.admin_utils.errors import ERRORS
from taonet.pallets.admin_utils.events import EVENTS
from taonet.pallets.admin_utils.network_parameters import NetworkParameters
from taonet.pallets.admin_utils.owner_parameters import OwnerParameters
from taonet.pallets.admin_utils.subnet_parameters import SubnetParameters
from taonet.pallets.subtensor.module import Subtensor

ADMIN_UTILS_INDEX = 19
"""The pallet's place in the runtime."""


class AdminSurface(Pallet, prefix="AdminUtils"):
    """The events and errors that the pallet's classes share."""

    events = EVENTS
    errors = ERRORS


ADMIN_UTILS_CLASSES: tuple[type[Pallet], ...] = (
    AdminSurface,
    NetworkParameters,
    OwnerParameters,
    SubnetParameters,
)


class AdminUtils:
    """The pallet over one state."""

    def __init__(self, subtensor: Subtensor) -> None:
        self.network_parameters = NetworkParameters(subtensor)
        self.owner_parameters = OwnerParameters(subtensor)
        self.subnet_parameters = SubnetParameters(subtensor)
