"""Which production code answers which kind of file."""

from collections.abc import Mapping
from typing import Final

from taonet.cli.conformance import emission, numbers, pools, registration
from taonet.cli.conformance.cases import Kind

KINDS: Final[Mapping[str, Kind]] = {
    "balancer": pools.balancer,
    "block_emission": numbers.emission,
    "emission_terms": emission.emission_terms,
    "moving_price": emission.moving_price,
    "network_lock_cost": registration.lock_cost,
    "pow_ratio": numbers.pow_ratio,
    "registration_burn": registration.registration_burn,
    "safe_float": numbers.safe_float,
    "share_pool": numbers.share_pool,
    "swap": pools.swap,
}
