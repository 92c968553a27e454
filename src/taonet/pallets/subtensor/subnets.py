"""Which subnets exist and what their pools hold: the questions that everything else asks."""

from taonet.frame.state import State
from taonet.pallets.subtensor.storage.networks import Networks
from taonet.pallets.subtensor.storage.pools import Pools
from taonet.primitives.fixed_point import saturate_u64
from taonet.primitives.units import ROOT, Alpha, NetUid, Rao

DYNAMIC_MECHANISM = 1
"""The mechanism of subnets whose alpha has a price of its own."""


class Subnets:
    """Reads subnets; the Swap pallet asks through it for reserves."""

    def __init__(self, state: State) -> None:
        self._networks = Networks(state)
        self._pools = Pools(state)

    def all(self) -> list[NetUid]:
        """Every network, the root included, in the order of storage."""
        return list(self._networks.networks_added.keys())

    def without_root(self) -> list[NetUid]:
        """Every subnet, in the order of storage."""
        return [netuid for netuid in self.all() if netuid != ROOT]

    def exists(self, netuid: NetUid) -> bool:
        """Whether there is such a network."""
        return self._networks.networks_added[netuid]

    def is_dynamic(self, netuid: NetUid) -> bool:
        """Whether its alpha has a price of its own; the root's does not."""
        return self._networks.subnet_mechanism[netuid] == DYNAMIC_MECHANISM

    def tao_reserve(self, netuid: NetUid) -> Rao:
        """The TAO in its pool; of the root all TAO that is staked there."""
        return self._pools.subnet_tao[netuid]

    def alpha_reserve(self, netuid: NetUid) -> Alpha:
        """The alpha in its pool."""
        return self._pools.subnet_alpha_in[netuid]

    def alpha_issuance(self, netuid: NetUid) -> Alpha:
        """All its alpha: in the pool and outside."""
        outside = self._pools.subnet_alpha_out[netuid]
        return Alpha(saturate_u64(int(self.alpha_reserve(netuid)) + int(outside)))
