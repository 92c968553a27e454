"""
Which subnet gives way to a new one when there are as many as allowed.

Source: subtensor pallets/subtensor/src/coinbase/root.rs `get_network_to_prune` @ 14bc6f9.
"""

from taonet.economy.moving_price import effective_moving_price
from taonet.primitives.fixed_point import U64F64
from taonet.primitives.units import ROOT, NetUid
from taonet.runtime.runtime import Runtime


def subnet_to_prune(runtime: Runtime) -> NetUid | None:
    """
    The subnet of the lowest moving price, the oldest of equals, among those that are not immune.
    """
    networks, now = runtime.subtensor.networks, runtime.system.number
    immunity = runtime.subtensor.global_parameters.network_immunity_period
    candidates = [
        (moving_price(runtime, netuid), networks.network_registered_at[netuid], netuid)
        for netuid, added in networks.networks_added.items()
        if added and netuid != ROOT and now >= networks.network_registered_at[netuid] + immunity
    ]
    ranked = sorted(candidates, key=lambda candidate: candidate[:2])
    return ranked[0][2] if ranked else None


def moving_price(runtime: Runtime, netuid: NetUid) -> U64F64:
    """The moving price of a subnet's alpha; 1 where alpha is TAO."""
    stored = runtime.subtensor.pools.subnet_moving_price[netuid]
    dynamic = runtime.subtensor.staking.subnets.is_dynamic(netuid)
    return effective_moving_price(stored, dynamic=dynamic)
