"""
The named rules by which a block's TAO is split among subnets: what holds now, and what held before.

A rule set is chosen in genesis. `price_burn` is the real chain's at spec 425.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from taonet.economy.subnet_emission import Subnet, price_shares, shares
from taonet.economy.tao_flow import flow_shares, net_of_protocol
from taonet.primitives.fixed_point import I64F64, U64F64


@dataclass(frozen=True, slots=True)
class PriceSplit:
    """A split that reads the subnets' moving prices alone."""

    shares: Callable[[Sequence[Subnet]], list[U64F64]]


@dataclass(frozen=True, slots=True)
class FlowSplit:
    """
    A split that reads the moving averages of TAO flows, in rao a block.

    With `net`, what the protocol brought is taken off what stakers brought.
    """

    net: bool

    def shares(
        self,
        stakers: Sequence[I64F64],
        protocol: Sequence[I64F64],
        cutoff: I64F64,
        exponent: U64F64,
    ) -> list[U64F64]:
        """Each subnet's part; `protocol` is read by a net split only."""
        flows = net_of_protocol(stakers, protocol) if self.net else stakers
        return flow_shares(flows, cutoff, exponent)


Split = PriceSplit | FlowSplit

SPLITS: Final[Mapping[str, Split]] = {
    "price_burn": PriceSplit(shares),
    "plain_price": PriceSplit(price_shares),
    "tao_flow": FlowSplit(net=False),
    "net_flow": FlowSplit(net=True),
}
"""
By the names that genesis gives them:

- `price_burn`: moving price times what the last epoch let miners have (spec 425).
- `plain_price`: moving price.
- `tao_flow`: what stakers bring less what they take.
- `net_flow`: that, less what the protocol brings by emission and buys.
"""
