"""Following a subnet: its metagraph now, and again as blocks come."""

import asyncio
from collections.abc import AsyncIterator

import structlog

from taonet.neuron.chain import Chain, Metagraph
from taonet.neuron.errors import ChainError
from taonet.primitives.units import NetUid

RETRY_S = 1.0
"""After the chain did not answer."""

log = structlog.get_logger("taonet.follower")


async def current(chain: Chain, netuid: NetUid) -> Metagraph:
    """The metagraph, tried until the chain gives it."""
    while True:
        try:
            return await chain.metagraph(netuid)
        except ChainError as error:
            log.warning("metagraph_unavailable", netuid=int(netuid), reason=str(error))
        await asyncio.sleep(RETRY_S)


async def follow(chain: Chain, netuid: NetUid, *, every_s: float) -> AsyncIterator[Metagraph]:
    """The metagraph at once, and after each new block, but at most once in `every_s` seconds."""
    loop = asyncio.get_running_loop()
    yield await current(chain, netuid)
    read_at_s = loop.time()
    async for _ in chain.blocks():
        if loop.time() - read_at_s < every_s:
            continue
        read_at_s = loop.time()
        yield await current(chain, netuid)
