"""`dev_*`, `engine_*`, `taonet_*` over a small chain that can be controlled."""

from typing import Any

import pytest

from taonet.node.config import Sealing
from taonet.node.rpc.limits import RpcLimits
from tests.node.rpc.client import Client, connect, refused, to_hex
from tests.node.rpc.memory_chain import MemoryChain, MemoryDev


@pytest.fixture
def chain() -> MemoryChain:
    return MemoryChain({b"\xaa": b"one"})


@pytest.fixture
def client(chain: MemoryChain) -> Client:
    return connect(chain)


@pytest.fixture
def dev(chain: MemoryChain) -> MemoryDev:
    assert chain.dev is not None
    return chain.dev


@pytest.mark.parametrize(
    ("params", "number"),
    [
        ([], 3),
        ([None], 3),
        ([2], 4),
        ([{"count": 2}], 4),
        ([{"to": 5}], 5),
        ([None, 5], 5),
        ([{}], 3),
        ({"count": 3}, 5),
        ({"to": "0x4"}, 4),
    ],
)
async def test_blocks_are_made_as_asked(
    chain: MemoryChain, client: Client, params: Any, number: int
) -> None:
    chain.seal()
    chain.seal()

    reply = await client.say(
        {"jsonrpc": "2.0", "id": 7, "method": "dev_newBlock", "params": params}
    )

    assert reply["result"] == to_hex(chain.best())
    assert len(chain.blocks) - 1 == number


@pytest.mark.parametrize("count", [0, -1, {"to": 0}, {"count": "x"}, {"blocks": 1}, 10_001])
async def test_no_blocks_are_made_of_nonsense(
    chain: MemoryChain, client: Client, count: Any
) -> None:
    await refused(client, -32602, "dev_newBlock", count)
    assert len(chain.blocks) == 1


async def test_a_call_may_make_its_limit_of_blocks_and_not_one_more(chain: MemoryChain) -> None:
    client = connect(chain, RpcLimits(dev_blocks_max=2))

    await client.call("dev_newBlock", 2)
    failed = await refused(client, -32602, "dev_newBlock", 3)
    assert failed.data == "dev_blocks_max is 2, not 3"


async def test_storage_is_written_and_read_at_the_hash(chain: MemoryChain, client: Client) -> None:
    head = await client.call("dev_setStorage", [["0xaa", None], ["bb", "0x01"]])

    assert await client.call("state_getStorage", "0xaa", head) is None
    assert await client.call("state_getStorage", "0xbb", head) == "0x01"
    assert await client.call("state_getStorage", "0xbb") == "0x01"
    await client.call("dev_setStorage", values=[["0xbb", "0x02"]])
    assert await client.call("state_getStorage", "0xbb") == "0x02"


@pytest.mark.parametrize(
    "changes", [5, {"System": {}}, [5], [["0xaa"]], [["zz", None]], [["0xaa", 5]]]
)
async def test_storage_takes_raw_pairs_only(
    chain: MemoryChain, client: Client, changes: Any
) -> None:
    await refused(client, -32602, "dev_setStorage", changes)
    assert len(chain.blocks) == 1


@pytest.mark.parametrize(
    ("time", "time_ms"),
    [
        (1_700_000_000_123, 1_700_000_000_123),
        ("2026-11-30T12:00:00Z", 1_796_040_000_000),
        ("2026-11-30T13:00:00+01:00", 1_796_040_000_000),
        ("2026-11-30 12:00", 1_796_040_000_000),
        ("1970-01-01", 0),
    ],
)
async def test_time_is_a_number_or_a_date(
    client: Client, dev: MemoryDev, time: Any, time_ms: int
) -> None:
    assert await client.call("dev_timeTravel", time) == time_ms
    assert dev.time_ms == time_ms


async def test_a_refusal_of_the_chain_is_told(client: Client) -> None:
    await client.call("dev_timeTravel", 1000)

    failed = await refused(client, 6000, "dev_timeTravel", 999)
    assert failed.message == "time does not go back"
    for time in ("yesterday", "1969-12-31", -1, None):
        await refused(client, -32602, "dev_timeTravel", time)


@pytest.mark.parametrize("method", ["dev_setHead", "taonet_revert"])
async def test_the_head_is_set_by_hash_number_or_distance(
    chain: MemoryChain, client: Client, method: str
) -> None:
    hashes = [chain.genesis_hash, *(chain.seal() for _ in range(6))]

    assert await client.call(method, to_hex(hashes[5])) is None
    assert chain.best() == hashes[5]
    await client.call(method, 4)
    assert chain.best() == hashes[4]
    await client.call(method, "0x3")
    assert chain.best() == hashes[3]
    await client.call(method, -1)
    assert chain.best() == hashes[2]
    await client.call(method, hashOrNumber=1)
    assert chain.best() == hashes[1]
    for head in (2, -2, to_hex(bytes(32)), "0xzz", None, True):
        await refused(client, -32602, method, head)
    assert chain.best() == hashes[1]


async def test_a_block_is_made_as_manual_seal_makes_it(chain: MemoryChain, client: Client) -> None:
    created = await client.call("engine_createBlock", True, True, None)

    assert created["hash"] == to_hex(chain.best())
    assert created["aux"] == {
        "header_only": False,
        "clear_justification_requests": False,
        "needs_justification": False,
        "bad_justification": False,
        "is_new_best": True,
    }
    parent = created["hash"]
    await client.call("engine_createBlock", True, False, parent)
    failed = await refused(client, 13_000, "engine_createBlock", True, False, parent)
    assert parent in failed.message
    assert await client.call("engine_finalizeBlock", parent) is True
    await refused(client, 13_000, "engine_finalizeBlock", to_hex(bytes(32)), None)


async def test_an_empty_block_is_made_only_when_asked_for(
    chain: MemoryChain, client: Client
) -> None:
    failed = await refused(client, 12_000, "engine_createBlock", False, True)
    assert failed.message.startswith("Transaction pool is empty")
    await client.call("author_submitExtrinsic", "0x0401")

    created = await client.call("engine_createBlock", createEmpty=False, finalize=True)
    assert (await client.call("chain_getBlock", created["hash"]))["block"]["extrinsics"] == [
        "0x0401"
    ]


async def test_a_step_goes_to_the_next_epoch(chain: MemoryChain, client: Client) -> None:
    assert await client.call("taonet_stepToEpoch", netuid=2) == to_hex(chain.best())
    assert len(chain.blocks) == 10
    failed = await refused(client, 6000, "taonet_stepToEpoch", 9)
    assert failed.message == "there is no subnet 9"
    await refused(client, -32602, "taonet_stepToEpoch", 1 << 16)
    await refused(client, -32602, "taonet_stepToEpoch")


async def test_sealing_changes(client: Client, dev: MemoryDev) -> None:
    assert await client.call("taonet_sealing") == {"mode": "manual", "paused": False}
    await client.call("taonet_setSealing", "interval", 250)
    assert dev.sealing() is Sealing.INTERVAL
    assert dev.interval_ms == 250
    await client.call("taonet_setSealing", mode="interval", intervalMs=1)
    assert dev.interval_ms == 1
    await client.call("taonet_setSealing", "instant")
    assert await client.call("taonet_sealing") == {"mode": "instant", "paused": False}
    assert dev.interval_ms is None
    for params in (["often"], [5], ["manual", 250], ["interval", 0]):
        await refused(client, -32602, "taonet_setSealing", *params)
    assert dev.sealing() is Sealing.INSTANT


async def test_sealing_changes_in_chopsticks_words(client: Client, dev: MemoryDev) -> None:
    for mode, sealing in (("Instant", "instant"), ("Manual", "manual"), ("Batch", "interval")):
        assert await client.call("dev_setBlockBuildMode", mode) is None
        assert dev.sealing().value == sealing
    await refused(client, -32602, "dev_setBlockBuildMode", "instant")


async def test_sealing_pauses_and_goes_on(client: Client) -> None:
    await client.call("taonet_pause")
    assert (await client.call("taonet_sealing"))["paused"] is True
    await client.call("taonet_resume")
    assert (await client.call("taonet_sealing"))["paused"] is False


async def test_a_dump_is_loaded(chain: MemoryChain, client: Client) -> None:
    dumped = await client.call("taonet_dump")
    await client.call("dev_setStorage", [["0xaa", "0x00"]])
    assert len(chain.blocks) == 2

    assert await client.call("taonet_load", dumped) == to_hex(chain.best())
    assert len(chain.blocks) == 1
    assert await client.call("state_getStorage", "0xaa") == to_hex(b"one")
