"""What is on the chain is what is served."""

import asyncio

from taonet.neuron.axon import Axon
from taonet.neuron.chain import Endpoint
from taonet.neuron.errors import ChainRefused
from taonet.neuron.memory_chain import MemoryChain, MemorySubnet
from taonet.neuron.miner_loop import PUBLISH_BLOCKS, REFRESH_S, MinerLoop
from taonet.neuron.virtual_time import run_virtually
from taonet.primitives.units import NetUid
from tests.neuron.adding import Adder, adding
from tests.neuron.cast import admission


class Counting(MemoryChain):
    """Refuses at first, as the chain's rate limit does."""

    calls = 0
    refuses = 0

    async def serve_axon(self, netuid: NetUid, endpoint: Endpoint) -> None:
        self.calls += 1
        if self.calls <= self.refuses:
            raise ChainRefused("ServingRateLimitExceeded", "too soon")
        await super().serve_axon(netuid, endpoint)


async def mine(state: MemorySubnet, blocks: int) -> None:
    for _ in range(blocks):
        await asyncio.sleep(REFRESH_S)
        await state.mine()


async def scenario(refuses: int) -> tuple[list[Endpoint | None], int]:
    """Where the chain says the miner is: unregistered, registered, after somebody changed it."""
    state = MemorySubnet()
    chain = Counting(state, "miner")
    chain.refuses = refuses
    gate = admission()
    axon = Axon(adding, Adder(), hotkey="miner", admission=gate)
    loop = MinerLoop(axon, chain=chain, netuid=state.netuid, admission=gate)
    task = asyncio.ensure_future(loop.run("127.0.0.1", 0, public_ip="192.0.2.7"))
    seen: list[Endpoint | None] = []
    await mine(state, 2)
    state.register("miner")
    await mine(state, 2)
    seen.append(state.neuron("miner").endpoint)
    state.replace(0, "miner")
    await mine(state, PUBLISH_BLOCKS + 1)
    seen.append(state.neuron("miner").endpoint)
    task.cancel()
    await asyncio.wait([task])
    return seen, chain.calls


def test_an_axon_is_published_once_registered_and_again_when_the_chain_forgets() -> None:
    (first, second), calls = run_virtually(scenario(0))
    assert first is not None
    assert first.ip == "192.0.2.7"
    assert second == first
    assert calls == 2


def test_a_refused_publication_is_tried_again_but_not_in_every_block() -> None:
    (first, second), calls = run_virtually(scenario(1))
    assert first is None
    assert second is not None
    assert calls == 2
