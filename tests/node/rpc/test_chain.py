"""`chain_*` over a small chain."""

import pytest

from taonet.node.rpc.limits import RpcLimits
from tests.node.rpc.client import Client, connect, refused, settle, to_hex
from tests.node.rpc.memory_chain import MemoryChain

UNKNOWN = to_hex(b"\x11" * 32)


@pytest.fixture
async def chain() -> MemoryChain:
    chain = MemoryChain()
    await chain.submit(b"\x04one")
    chain.seal()
    chain.seal()
    return chain


@pytest.fixture
def client(chain: MemoryChain) -> Client:
    return connect(chain)


async def test_a_header_is_in_the_words_of_clients(chain: MemoryChain, client: Client) -> None:
    block = chain.blocks[1]

    header = await client.call("chain_getHeader", to_hex(block.hash))

    assert header == {
        "parentHash": to_hex(chain.genesis_hash),
        "number": "0x1",
        "stateRoot": to_hex(block.header.state_root),
        "extrinsicsRoot": to_hex(block.header.extrinsics_root),
        "digest": {"logs": [to_hex(block.header.digest[0])]},
    }


async def test_without_a_hash_the_head_is_meant(chain: MemoryChain, client: Client) -> None:
    head = await client.call("chain_getHeader", to_hex(chain.best()))

    assert head["number"] == "0x2"
    assert await client.call("chain_getHeader") == head
    assert await client.call("chain_getHeader", None) == head
    assert await client.call("chain_getHeader", hash=None) == head
    assert await client.call("chain_getHeader", hash=to_hex(chain.best())[2:]) == head


async def test_the_head_that_is_kept_is_not_given_for_another(
    chain: MemoryChain, client: Client
) -> None:
    taken_back = to_hex(chain.best())
    assert (await client.call("chain_getHeader"))["number"] == "0x2"
    assert chain.dev is not None
    await chain.dev.revert(chain.blocks[1].hash)

    assert (await client.call("chain_getHeader"))["number"] == "0x1"
    assert await client.call("chain_getHeader", taken_back) is None
    chain.seal({b"other": b"branch"})
    assert await client.call("chain_getHeader", taken_back) is None
    assert (await client.call("chain_getHeader"))["number"] == "0x2"


async def test_an_unknown_block_is_null(client: Client) -> None:
    assert await client.call("chain_getHeader", UNKNOWN) is None
    assert await client.call("chain_getBlock", UNKNOWN) is None


async def test_a_block_has_its_extrinsics(chain: MemoryChain, client: Client) -> None:
    block_hash = to_hex(chain.blocks[1].hash)

    block = await client.call("chain_getBlock", block_hash)

    assert block["justifications"] is None
    assert block["block"]["extrinsics"] == [to_hex(b"\x04one")]
    assert block["block"]["header"] == await client.call("chain_getHeader", block_hash)
    assert (await client.call("chain_getBlock"))["block"]["extrinsics"] == []


async def test_hashes_are_found_by_number(chain: MemoryChain, client: Client) -> None:
    genesis, first, head = (to_hex(block.hash) for block in chain.blocks)

    assert await client.call("chain_getBlockHash", 0) == genesis
    assert await client.call("chain_getBlockHash", "0x1") == first
    assert await client.call("chain_getBlockHash", hash=2) == head
    assert await client.call("chain_getBlockHash", hash=None) == head
    assert await client.call("chain_getBlockHash") == head
    assert await client.call("chain_getHead") == head
    assert await client.call("chain_getBlockHash", 3) is None
    assert await client.call("chain_getBlockHash", [1, "0x0", 9]) == [first, genesis, None]
    assert await client.call("chain_getBlockHash", []) == []


async def test_the_genesis_is_known_where_its_block_is_not(chain: MemoryChain) -> None:
    """A chain that was loaded from a snapshot begins above 0; clients sign with its genesis."""
    genesis = to_hex(chain.genesis_hash)
    chain.hash_of = lambda number: None  # type: ignore[method-assign]

    assert await connect(chain).call("chain_getBlockHash", 0) == genesis


@pytest.mark.parametrize("number", [-1, 1.5, "1", True, 1 << 32, "0x", {}])
async def test_what_is_no_number_is_refused(client: Client, number: object) -> None:
    await refused(client, -32602, "chain_getBlockHash", number)


async def test_a_list_of_numbers_may_have_its_limit_and_not_one_more(chain: MemoryChain) -> None:
    client = connect(chain, RpcLimits(block_numbers_max=2))

    assert len(await client.call("chain_getBlockHash", [0, 1])) == 2
    failed = await refused(client, -32602, "chain_getBlockHash", [0, 1, 2])
    assert failed.data == "number: block_numbers_max is 2, got 3"


async def test_finality_may_lag_behind(chain: MemoryChain, client: Client) -> None:
    chain.finality_lag = 1

    assert await client.call("chain_getFinalizedHead") == to_hex(chain.blocks[1].hash)
    assert await client.call("chain_getFinalisedHead") == to_hex(chain.blocks[1].hash)
    assert await client.call("chain_getHead") == to_hex(chain.blocks[2].hash)


@pytest.mark.parametrize(
    ("method", "notification", "end"),
    [
        ("chain_subscribeNewHeads", "chain_newHead", "chain_unsubscribeNewHeads"),
        ("chain_subscribeNewHead", "chain_newHead", "chain_unsubscribeNewHead"),
        ("chain_subscribeAllHeads", "chain_allHead", "chain_unsubscribeAllHeads"),
        ("chain_subscribeFinalizedHeads", "chain_finalizedHead", "chain_unsubscribeFinalizedHeads"),
    ],
)
async def test_heads_are_told_from_the_current_one_on(
    chain: MemoryChain, client: Client, method: str, notification: str, end: str
) -> None:
    identifier = await client.call(method)
    chain.seal()
    chain.seal()

    assert client.heard[-1]["method"] == notification
    assert client.notified(identifier)[-1] == await client.call("chain_getHeader")
    numbers = [header["number"] for header in client.notified(identifier)]
    assert numbers == ["0x2", "0x3", "0x4"]
    assert await client.call(end, identifier) is True


async def test_every_final_block_is_told_once(chain: MemoryChain, client: Client) -> None:
    chain.finality_lag = 2
    identifier = await client.call("chain_subscribeFinalizedHeads")
    chain.seal()
    chain.finality_lag = 5
    chain.seal()
    chain.finality_lag = 0
    chain.seal()
    await settle()

    numbers = [int(header["number"], 16) for header in client.notified(identifier)]
    assert numbers == [0, 1, 0, 1, 2, 3, 4, 5]


async def test_two_clients_hear_the_same(chain: MemoryChain, client: Client) -> None:
    other = Client(client.rpc)
    first = await client.call("chain_subscribeNewHeads")
    second = await other.call("chain_subscribeNewHeads")
    chain.seal()

    assert first != second
    assert client.notified(first) == other.notified(second)
    assert len(chain.listeners) == 1


async def test_a_hearer_that_fails_is_left_out_and_stops_nobody(
    chain: MemoryChain, client: Client
) -> None:
    def fail(_: object) -> None:
        raise ZeroDivisionError

    client.rpc.feed.listen(fail)
    identifier = await client.call("chain_subscribeNewHeads")
    chain.seal()

    assert len(client.notified(identifier)) == 2
    assert client.rpc.feed.hearer_count == 1
