"""
What a new subnet costs, as clients ask for it.

Source: subtensor pallets/subtensor/runtime-api/src/lib.rs @ 14bc6f9.
"""

from taonet.frame.runtime_api import RuntimeApi, api
from taonet.primitives.units import Rao
from taonet.runtime.runtime import Runtime


class SubnetRegistrationRuntimeApi(RuntimeApi[Runtime], version=1):
    """The price of a subnet."""

    @api
    def get_network_registration_cost(self) -> Rao:
        """What registering a subnet would lock now, in rao."""
        return self.runtime.subtensor.subnet_creation.lock_cost()
