"""
Which subnet gives way to a new one when there are as many as allowed.

Source: subtensor pallets/subtensor/src/coinbase/root.rs `get_network_to_prune` @ 14bc6f9.
"""

from taonet.pallets.subtensor.subnets import DYNAMIC_MECHANISM
from taonet.primitives.fixed_point import U64F64, u64f64
from taonet.primitives.units import ROOT, NetUid
from taonet.runtime.runtime import Runtime

MOVING_PRICE_FRACTION_BITS = 32


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
    subtensor = runtime.subtensor
    if subtensor.networks.subnet_mechanism[netuid] != DYNAMIC_MECHANISM:
        return u64f64.one
    price = subtensor.pools.subnet_moving_price[netuid]
    return u64f64.convert(price, MOVING_PRICE_FRACTION_BITS)
