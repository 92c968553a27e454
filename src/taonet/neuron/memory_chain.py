"""
A subnet in this process: what the simulator and tests use in place of a node.

It keeps the rules that neurons meet: who is registered, the rate limit of weights, the version
key. It has no money and no Yuma; the weights that were set can be read back.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field, replace

from taonet.neuron.chain import Endpoint, Metagraph, Neuron
from taonet.neuron.errors import ChainRefused
from taonet.primitives.units import NetUid, Uid

U16_MAX = 65_535
NETUID = NetUid(1)


@dataclass
class MemorySubnet:
    """The state that every `MemoryChain` of one subnet shares; `mine` makes blocks."""

    netuid: NetUid = NETUID
    tempo: int = 10
    weights_rate_limit: int = 0
    version_key: int = 0
    block: int = 1
    neurons: list[Neuron] = field(default_factory=list)
    weights: dict[str, dict[int, int]] = field(default_factory=dict)
    """By the hotkey of the validator that set them."""
    _mined: asyncio.Condition = field(default_factory=asyncio.Condition)

    def register(self, *hotkeys: str) -> None:
        """Give each hotkey the next uid."""
        for hotkey in hotkeys:
            uid = Uid(len(self.neurons))
            self.neurons.append(Neuron(uid, hotkey, registered_at=self.block))

    def replace(self, uid: int, hotkey: str) -> None:
        """A new hotkey takes `uid`."""
        self.neurons[uid] = Neuron(Uid(uid), hotkey, registered_at=self.block)

    def neuron(self, hotkey: str) -> Neuron:
        """The neuron of `hotkey`; raises `ChainRefused`."""
        for neuron in self.neurons:
            if neuron.hotkey == hotkey:
                return neuron
        raise ChainRefused("NotRegistered", f"{hotkey} has no uid on this subnet")

    def change(self, neuron: Neuron) -> None:
        """Put `neuron` in place of the one with its uid."""
        self.neurons[int(neuron.uid)] = neuron

    async def mine(self, count: int = 1) -> None:
        """Make `count` blocks."""
        async with self._mined:
            self.block += count
            self._mined.notify_all()

    async def next_block(self, after: int) -> int:
        """The newest block's number, once it is over `after`."""
        async with self._mined:
            await self._mined.wait_for(lambda: self.block > after)
            return self.block


class MemoryChain:
    """A `MemorySubnet` as one hotkey sees it."""

    def __init__(self, subnet: MemorySubnet, hotkey: str) -> None:
        self.hotkey = hotkey
        self._subnet = subnet

    async def metagraph(self, netuid: NetUid) -> Metagraph:
        """The subnet now."""
        subnet = self._subnet
        if int(netuid) != int(subnet.netuid):
            raise ChainRefused("UnknownSubnet", f"there is no subnet {int(netuid)}")
        return Metagraph(
            netuid=netuid,
            block=subnet.block,
            tempo=subnet.tempo,
            weights_rate_limit=subnet.weights_rate_limit,
            version_key=subnet.version_key,
            neurons=tuple(subnet.neurons),
        )

    async def serve_axon(self, netuid: NetUid, endpoint: Endpoint) -> None:
        """Publish at once."""
        del netuid
        neuron = self._subnet.neuron(self.hotkey)
        self._subnet.change(replace(neuron, endpoint=endpoint))

    async def set_weights(
        self, netuid: NetUid, weights: Mapping[Uid, int], version_key: int
    ) -> None:
        """Set at once, by the chain's rules."""
        del netuid
        subnet, neuron = self._subnet, self._subnet.neuron(self.hotkey)
        if version_key < subnet.version_key:
            raise ChainRefused("IncorrectWeightVersionKey", f"{version_key} is too old")
        since = subnet.block - neuron.last_update
        if neuron.last_update and since < subnet.weights_rate_limit:
            raise ChainRefused("SettingWeightsTooFast", f"{since} blocks after the last ones")
        if not _lawful(weights.values()):
            raise ChainRefused("WeightVecNotMaxUpscaled", "the largest weight is not 65535")
        subnet.weights[self.hotkey] = {int(uid): weight for uid, weight in weights.items()}
        subnet.change(replace(neuron, last_update=subnet.block))

    async def blocks(self) -> AsyncIterator[int]:
        """Each block that `mine` makes."""
        block = self._subnet.block
        while True:
            block = await self._subnet.next_block(block)
            yield block


def _lawful(weights: Iterable[int]) -> bool:
    values = list(weights)
    return bool(values) and max(values) == U16_MAX and min(values) >= 0
