"""Which production code answers which kind of file."""

from collections.abc import Mapping
from typing import Final

from taonet.cli.conformance import numbers, pools
from taonet.cli.conformance.cases import Kind

KINDS: Final[Mapping[str, Kind]] = {
    "balancer": pools.balancer,
    "block_emission": numbers.emission,
    "pow_ratio": numbers.pow_ratio,
    "safe_float": numbers.safe_float,
    "share_pool": numbers.share_pool,
    "swap": pools.swap,
}
