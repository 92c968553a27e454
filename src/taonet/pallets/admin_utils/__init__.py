"""
AdminUtils: the parameters that subnets' owners and root set.

`ADMIN_UTILS_CLASSES` are the pallet on the wire, joined; `AdminUtils` holds one of each.
"""

from taonet.frame.pallet import Pallet
from taonet.pallets.admin_utils.chain_parameters import ChainParameters
from taonet.pallets.admin_utils.errors import ERRORS
from taonet.pallets.admin_utils.events import EVENTS
from taonet.pallets.admin_utils.network_parameters import NetworkParameters
from taonet.pallets.admin_utils.owner_parameters import OwnerParameters
from taonet.pallets.admin_utils.subnet_parameters import SubnetParameters
from taonet.pallets.subtensor.module import Subtensor
from taonet.pallets.system import System

ADMIN_UTILS_INDEX = 19
"""The pallet's place in the runtime."""


class AdminSurface(Pallet, prefix="AdminUtils"):
    """The events and errors that the pallet's classes share."""

    events = EVENTS
    errors = ERRORS


ADMIN_UTILS_CLASSES: tuple[type[Pallet], ...] = (
    AdminSurface,
    ChainParameters,
    NetworkParameters,
    OwnerParameters,
    SubnetParameters,
)


class AdminUtils:
    """The pallet over one state."""

    def __init__(self, subtensor: Subtensor, system: System) -> None:
        self.chain_parameters = ChainParameters(system)
        self.network_parameters = NetworkParameters(subtensor)
        self.owner_parameters = OwnerParameters(subtensor)
        self.subnet_parameters = SubnetParameters(subtensor)
