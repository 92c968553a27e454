"""`transaction_v1_*`."""

import pytest

from taonet.node.rpc.limits import RpcLimits
from tests.node.rpc.client import connect, refused
from tests.node.rpc.memory_chain import MemoryChain


@pytest.fixture
def chain() -> MemoryChain:
    return MemoryChain()


async def test_a_broadcast_reaches_the_pool(chain: MemoryChain) -> None:
    client = connect(chain)

    operation = await client.call("transaction_v1_broadcast", "0x0401")

    assert isinstance(operation, str)
    assert chain.pending() == [b"\x04\x01"]
    assert await client.call("transaction_v1_stop", operation) is None
    assert chain.pending() == [b"\x04\x01"]
    await refused(client, -32602, "transaction_v1_stop", operation)


async def test_a_refused_broadcast_looks_like_any_other(chain: MemoryChain) -> None:
    client = connect(chain)

    assert isinstance(await client.call("transaction_v1_broadcast", "0xff"), str)
    assert chain.pending() == []


async def test_a_bug_is_not_taken_for_a_refusal(chain: MemoryChain) -> None:
    client = connect(chain, RpcLimits(broadcasts_max=1))

    await refused(client, -32603, "transaction_v1_broadcast", "0x")
    assert isinstance(await client.call("transaction_v1_broadcast", "0x01"), str)


async def test_a_connection_may_have_its_limit_of_broadcasts_and_not_one_more(
    chain: MemoryChain,
) -> None:
    client = connect(chain, RpcLimits(broadcasts_max=2))
    first = await client.call("transaction_v1_broadcast", "0x01")
    await client.call("transaction_v1_broadcast", "0x02")

    assert await client.call("transaction_v1_broadcast", "0x03") is None
    assert chain.pending() == [b"\x01", b"\x02"]
    await client.call("transaction_v1_stop", first)
    assert isinstance(await client.call("transaction_v1_broadcast", "0x03"), str)
