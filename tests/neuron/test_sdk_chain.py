"""A node that is away is a named error, not a crash."""

import asyncio

import pytest

from taonet.neuron.errors import ChainUnreachable
from taonet.neuron.sdk_chain import SdkChain
from taonet.primitives.units import NetUid
from tests.neuron.cast import ALICE


async def test_a_node_that_is_away_is_named() -> None:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    async with SdkChain(f"ws://127.0.0.1:{port}", ALICE) as chain:
        assert chain.hotkey == ALICE.ss58_address
        with pytest.raises(ChainUnreachable, match=str(port)):
            await chain.metagraph(NetUid(1))
