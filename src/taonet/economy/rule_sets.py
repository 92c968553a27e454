"""
The named rules that change every few weeks: how a block's TAO is split among subnets, which Yuma
consensus epochs run, and how the price of a registration moves.

Genesis chooses one of each, and root may switch them. `price_burn`, `subnet_choice` and
`continuous` are the real chain's at spec 425.
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


@dataclass(frozen=True, slots=True)
class Epoch:
    """Which consensus an epoch runs: Yuma 3 or 2 for all, or what the subnet's owner chose."""

    yuma3: bool | None

    def runs_yuma3(self, *, chosen: bool) -> bool:
        """Whether a subnet runs Yuma 3, which has `chosen` it or not."""
        return chosen if self.yuma3 is None else self.yuma3


EPOCHS: Final[Mapping[str, Epoch]] = {
    "subnet_choice": Epoch(None),
    "yuma2": Epoch(yuma3=False),
    "yuma3": Epoch(yuma3=True),
}

REGISTRATION_PRICES: Final[Mapping[str, bool]] = {"continuous": True, "interval": False}
"""
Whether a price falls with each block and jumps with each registration (spec 425), or is set anew
after so many blocks by how many registrations there were (spec 393).
"""
