"""Which production code answers which kind of file."""

from collections.abc import Mapping
from typing import Final

from taonet.cli.conformance import dividends, emission, epoch, numbers, pools, registration
from taonet.cli.conformance.cases import Kind

KINDS: Final[Mapping[str, Kind]] = {
    "balancer": pools.balancer,
    "block_emission": numbers.emission,
    "coinbase_sequence": emission.coinbase_sequence,
    "dividend_distribution": dividends.distribution,
    "emission_terms": emission.emission_terms,
    "epoch": epoch.epoch,
    "moving_price": emission.moving_price,
    "network_lock_cost": registration.lock_cost,
    "parent_child_dividends": dividends.parent_child,
    "pow_ratio": numbers.pow_ratio,
    "registration_burn": registration.registration_burn,
    "safe_float": numbers.safe_float,
    "share_pool": numbers.share_pool,
    "swap": pools.swap,
}
