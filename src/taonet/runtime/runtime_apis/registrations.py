"""
What a new subnet costs, as clients ask for it.

Source: subtensor pallets/subtensor/runtime-api/src/lib.rs, src/coinbase/root.rs @ 14bc6f9.
"""

from taonet.economy.block_emission import block_emission
from taonet.economy.registration import LastLock, lock_reduction_interval, network_lock_cost
from taonet.frame.runtime_api import RuntimeApi, api
from taonet.pallets.subtensor.types import NetworkLastRegistered
from taonet.primitives.units import Rao
from taonet.runtime.runtime import Runtime


class SubnetRegistrationRuntimeApi(RuntimeApi[Runtime], version=1):
    """The price of a subnet."""

    @api
    def get_network_registration_cost(self) -> Rao:
        """What registering a subnet would lock now, in rao."""
        subtensor = self.runtime.subtensor
        parameters = subtensor.global_parameters
        last_block = subtensor.rate_limits.last_rate_limited_block[NetworkLastRegistered()]
        interval = lock_reduction_interval(
            parameters.network_lock_reduction_interval,
            block_emission(subtensor.emission.total_issuance),
        )
        return network_lock_cost(
            LastLock(parameters.network_last_lock_cost, last_block),
            parameters.network_min_lock_cost,
            interval,
            self.runtime.system.number,
        )
