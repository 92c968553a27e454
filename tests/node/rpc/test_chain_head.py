"""`chainHead_v1_*`: following, pinning, and operations at pinned blocks."""

from typing import Any

import pytest

from taonet.node.rpc.chain_head import EVENTS_PER_TURN
from taonet.node.rpc.limits import RpcLimits
from taonet.node.rpc.operation import ITEMS_PER_EVENT
from taonet.primitives.hashing import blake2_256
from tests.node.rpc.client import Client, connect, refused, settle, to_hex
from tests.node.rpc.memory_chain import VERSION, MemoryChain


@pytest.fixture
def chain() -> MemoryChain:
    return MemoryChain({b":code": b"code", b"\xaa\x01": b"one", b"\xaa\x02": b"two"})


@pytest.fixture
def client(chain: MemoryChain) -> Client:
    return connect(chain)


async def follow(client: Client, *, with_runtime: bool = False) -> str:
    identifier = await client.call("chainHead_v1_follow", with_runtime)
    assert isinstance(identifier, str)
    return identifier


async def operated(
    client: Client, follower: str, method: str, block: bytes, *params: Any
) -> list[dict[str, Any]]:
    """The events of one operation."""
    started = await client.call(f"chainHead_v1_{method}", follower, to_hex(block), *params)
    assert started["result"] == "started"
    return [
        {name: value for name, value in event.items() if name != "operationId"}
        for event in client.notified(follower)
        if event.get("operationId") == started["operationId"]
    ]


async def test_following_starts_with_what_is_final(chain: MemoryChain, client: Client) -> None:
    follower = await follow(client, with_runtime=True)

    (first,) = client.notified(follower)
    assert first["event"] == "initialized"
    assert first["finalizedBlockHashes"] == [to_hex(chain.genesis_hash)]
    assert first["finalizedBlockRuntime"]["type"] == "valid"
    spec = first["finalizedBlockRuntime"]["spec"]
    assert spec["apis"] == dict(VERSION["apis"])
    assert (spec["specName"], spec["specVersion"]) == ("node-subtensor", 425)
    assert client.heard[1]["method"] == "chainHead_v1_followEvent"


async def test_the_runtime_is_left_out_unless_asked_for(client: Client) -> None:
    assert "finalizedBlockRuntime" not in client.notified(await follow(client))[0]


async def test_a_block_is_new_then_best_then_final(chain: MemoryChain, client: Client) -> None:
    follower = await follow(client)
    parent, block = to_hex(chain.best()), to_hex(chain.seal())

    assert client.notified(follower)[1:] == [
        {"event": "newBlock", "blockHash": block, "parentBlockHash": parent, "newRuntime": None},
        {"event": "bestBlockChanged", "bestBlockHash": block},
        {"event": "finalized", "finalizedBlockHashes": [block], "prunedBlockHashes": []},
    ]


async def test_blocks_that_are_not_final_come_after_those_that_are(
    chain: MemoryChain, client: Client
) -> None:
    chain.finality_lag = 1
    first, second = chain.seal(), chain.seal()
    follower = await follow(client)
    third = chain.seal()

    events = client.notified(follower)
    assert events[0]["finalizedBlockHashes"] == [to_hex(first)]
    assert [event["event"] for event in events[1:]] == [
        "newBlock",
        "bestBlockChanged",
        "newBlock",
        "bestBlockChanged",
        "finalized",
    ]
    assert [events[1]["blockHash"], events[3]["blockHash"]] == [to_hex(second), to_hex(third)]
    assert events[5]["finalizedBlockHashes"] == [to_hex(second)]


async def test_a_header_is_encoded(chain: MemoryChain, client: Client) -> None:
    follower = await follow(client)
    header = chain.header(chain.best())
    assert header is not None

    encoded = await client.call("chainHead_v1_header", follower, to_hex(chain.best()))

    assert encoded == to_hex(header.encoded)
    assert blake2_256(bytes.fromhex(encoded[2:])) == chain.best()


async def test_only_pinned_blocks_can_be_read(chain: MemoryChain, client: Client) -> None:
    follower = await follow(client)
    genesis = to_hex(chain.genesis_hash)
    block = to_hex(chain.seal())

    await refused(client, -32801, "chainHead_v1_header", follower, to_hex(bytes(32)))
    assert await client.call("chainHead_v1_unpin", follower, [genesis]) is None
    await refused(client, -32801, "chainHead_v1_header", follower, genesis)
    await refused(client, -32801, "chainHead_v1_body", follower, genesis)
    await refused(client, -32801, "chainHead_v1_unpin", follower, [block, genesis])
    assert await client.call("chainHead_v1_header", follower, block) is not None
    assert await client.call("chainHead_v1_unpin", follower, block) is None


async def test_a_body_is_an_operation(chain: MemoryChain, client: Client) -> None:
    follower = await follow(client)
    await client.call("author_submitExtrinsic", "0x0401")
    block = chain.seal()

    events = await operated(client, follower, "body", block)
    assert events == [{"event": "operationBodyDone", "value": ["0x0401"]}]


async def test_an_operation_s_reply_comes_before_its_events(
    chain: MemoryChain, client: Client
) -> None:
    follower = await follow(client)
    heard = len(client.heard)

    await operated(client, follower, "call", chain.best(), "Core_echo", "0x0102")

    reply, event = client.heard[heard:]
    assert reply["result"]["result"] == "started"
    assert event["params"]["result"]["output"] == "0x0102"
    assert event["params"]["result"]["operationId"] == reply["result"]["operationId"]


async def test_a_call_that_fails_is_an_event(chain: MemoryChain, client: Client) -> None:
    def fail(_: bytes) -> bytes:
        raise ZeroDivisionError

    chain.answers["Core_broken"] = fail
    follower = await follow(client)

    (event,) = await operated(client, follower, "call", chain.best(), "Core_no", "0x")
    assert event["event"] == "operationError"
    assert "Exported method Core_no is not found" in event["error"]
    (event,) = await operated(client, follower, "call", chain.best(), "Core_broken", "0x")
    assert event == {"event": "operationError", "error": "Internal error"}


@pytest.mark.parametrize(
    ("key", "kind", "items"),
    [
        ("0xaa01", "value", [{"key": "0xaa01", "value": to_hex(b"one")}]),
        ("0xcc", "value", []),
        ("3a636f6465", "hash", [{"key": "0x3a636f6465", "hash": to_hex(blake2_256(b"code"))}]),
        ("0xcc", "hash", []),
        (
            "0xaa",
            "descendantsValues",
            [
                {"key": "0xaa01", "value": to_hex(b"one")},
                {"key": "0xaa02", "value": to_hex(b"two")},
            ],
        ),
        (
            "0xaa",
            "descendantsHashes",
            [
                {"key": "0xaa01", "hash": to_hex(blake2_256(b"one"))},
                {"key": "0xaa02", "hash": to_hex(blake2_256(b"two"))},
            ],
        ),
    ],
)
async def test_storage_is_read_as_asked(
    chain: MemoryChain, client: Client, key: str, kind: str, items: list[dict[str, str]]
) -> None:
    follower = await follow(client)

    asked = [{"key": key, "type": kind}]
    events = await operated(client, follower, "storage", chain.best(), asked, None)

    page = [{"event": "operationStorageItems", "items": items}] if items else []
    assert events == [*page, {"event": "operationStorageDone"}]


async def test_storage_goes_on_after_a_key(chain: MemoryChain, client: Client) -> None:
    follower = await follow(client)
    asked = [{"key": "0xaa", "type": "descendantsValues", "paginationStartKey": "0xaa01"}]

    events = await operated(client, follower, "storage", chain.best(), asked)

    assert [item["key"] for item in events[0]["items"]] == ["0xaa02"]


async def test_what_storage_cannot_say_is_an_error(chain: MemoryChain, client: Client) -> None:
    follower = await follow(client)
    head = to_hex(chain.best())

    asked = [{"key": "0xaa", "type": "closestDescendantMerkleValue"}]
    (event,) = await operated(client, follower, "storage", chain.best(), asked)
    assert event["event"] == "operationError"
    for items in (5, [5], [{"key": "0xaa"}], [{"key": "zz", "type": "value"}]):
        await refused(client, -32602, "chainHead_v1_storage", follower, head, items)
    await refused(client, -32602, "chainHead_v1_storage", follower, head, [], "0x01")


async def test_a_pruned_state_is_inaccessible() -> None:
    chain = MemoryChain(keep_blocks=1)
    client = connect(chain)
    follower = await follow(client)
    genesis = chain.genesis_hash
    chain.seal()

    inaccessible = [{"event": "operationInaccessible"}]
    assert await operated(client, follower, "call", genesis, "Core_echo", "0x") == inaccessible
    asked = [{"key": "0xaa", "type": "value"}]
    assert await operated(client, follower, "storage", genesis, asked) == inaccessible


async def test_a_long_operation_waits_until_it_is_asked_to_go_on() -> None:
    count = ITEMS_PER_EVENT * EVENTS_PER_TURN + 1
    chain = MemoryChain({b"\xaa" + number.to_bytes(2, "big"): b"x" for number in range(count)})
    client = connect(chain)
    follower = await follow(client)
    asked = [{"key": "0xaa", "type": "descendantsValues"}]

    events = await operated(client, follower, "storage", chain.best(), asked)
    assert len(events) == EVENTS_PER_TURN + 1
    assert events[-1] == {"event": "operationWaitingForContinue"}
    operation = client.notified(follower)[-1]["operationId"]
    await client.call("chainHead_v1_continue", follower, operation)

    events = client.notified(follower)
    assert events[-1]["event"] == "operationStorageDone"
    items = [item for event in events for item in event.get("items", [])]
    assert len({item["key"] for item in items}) == len(items) == count
    await refused(client, -32602, "chainHead_v1_continue", follower, operation)


async def test_a_stopped_operation_sends_no_more() -> None:
    count = ITEMS_PER_EVENT * EVENTS_PER_TURN + 1
    chain = MemoryChain({b"\xaa" + number.to_bytes(2, "big"): b"x" for number in range(count)})
    client = connect(chain)
    follower = await follow(client)
    await operated(
        client, follower, "storage", chain.best(), [{"key": "0xaa", "type": "descendantsValues"}]
    )
    operation = client.notified(follower)[-1]["operationId"]

    assert await client.call("chainHead_v1_stopOperation", follower, operation) is None
    await refused(client, -32602, "chainHead_v1_continue", follower, operation)
    assert await client.call("chainHead_v1_stopOperation", follower, operation) is None


async def test_an_answer_may_have_its_limit_of_items_and_not_one_more(chain: MemoryChain) -> None:
    asked = [{"key": "0xaa", "type": "descendantsValues"}]
    enough, few = connect(chain, RpcLimits(keys_max=2)), connect(chain, RpcLimits(keys_max=1))

    events = await operated(enough, await follow(enough), "storage", chain.best(), asked)
    assert events[-1] == {"event": "operationStorageDone"}
    events = await operated(few, await follow(few), "storage", chain.best(), asked)
    assert events[-1]["event"] == "operationError"
    assert "keys_max (1)" in events[-1]["error"]


async def test_a_query_may_have_its_limit_of_items_and_not_one_more(chain: MemoryChain) -> None:
    client = connect(chain, RpcLimits(query_keys_max=1))
    follower = await follow(client)
    item = {"key": "0xaa01", "type": "value"}

    await operated(client, follower, "storage", chain.best(), [item])
    head = to_hex(chain.best())
    await refused(client, -32602, "chainHead_v1_storage", follower, head, [item, item])


async def test_a_follower_may_have_its_limit_of_operations_and_not_one_more() -> None:
    count = ITEMS_PER_EVENT * EVENTS_PER_TURN + 1
    chain = MemoryChain({b"\xaa" + number.to_bytes(2, "big"): b"x" for number in range(count)})
    client = connect(chain, RpcLimits(operations_max=2))
    follower = await follow(client)
    head, asked = to_hex(chain.best()), [{"key": "0xaa", "type": "descendantsValues"}]
    for _ in range(2):
        await operated(client, follower, "storage", chain.best(), asked)

    refusal = await client.call("chainHead_v1_storage", follower, head, asked)
    assert refusal == {"result": "limitReached"}
    await client.call("chainHead_v1_stopOperation", follower, "0")
    await operated(client, follower, "storage", chain.best(), asked)


async def test_a_connection_may_have_its_limit_of_followers_and_not_one_more(
    chain: MemoryChain,
) -> None:
    client = connect(chain, RpcLimits(follows_max=2))
    first = await follow(client)
    await follow(client)

    failed = await refused(client, -32800, "chainHead_v1_follow", False)
    assert failed.data == "follows_max is 2"
    assert await client.call("chainHead_v1_unfollow", first) is True
    await follow(client)


async def test_who_pins_too_many_blocks_is_stopped(chain: MemoryChain) -> None:
    client = connect(chain, RpcLimits(pinned_blocks_max=2))
    follower = await follow(client)
    chain.seal()
    assert client.notified(follower)[-1]["event"] == "finalized"
    chain.seal()

    assert client.notified(follower)[-1] == {"event": "stop"}
    assert client.connection.session.subscription_count == 0
    chain.seal()
    assert client.notified(follower)[-1] == {"event": "stop"}


async def test_who_unpins_is_not_stopped(chain: MemoryChain) -> None:
    client = connect(chain, RpcLimits(pinned_blocks_max=2))
    follower = await follow(client)
    for _ in range(3):
        oldest = to_hex(chain.best())
        chain.seal()
        await client.call("chainHead_v1_unpin", follower, oldest)

    assert client.notified(follower)[-1]["event"] == "finalized"


async def test_a_block_that_is_taken_back_stops_its_followers(
    chain: MemoryChain, client: Client
) -> None:
    chain.seal()
    follower = await follow(client)
    assert chain.dev is not None
    await chain.dev.revert(chain.genesis_hash)
    chain.seal({b"other": b"branch"})

    assert client.notified(follower)[-1] == {"event": "stop"}


async def test_a_follower_that_ended_has_reached_its_limit(
    chain: MemoryChain, client: Client
) -> None:
    follower = await follow(client)
    head = to_hex(chain.best())
    await client.call("chainHead_v1_unfollow", follower)

    assert await client.call("chainHead_v1_header", follower, head) is None
    over = {"result": "limitReached"}
    assert await client.call("chainHead_v1_body", follower, head) == over
    assert await client.call("chainHead_v1_call", follower, head, "Core_echo", "0x") == over
    assert await client.call("chainHead_v1_storage", follower, head, []) == over
    assert await client.call("chainHead_v1_unpin", follower, head) is None
    assert await client.call("chainHead_v1_continue", follower, "0") is None
    assert await client.call("chainHead_v1_stopOperation", follower, "0") is None
    chain.seal()
    await settle()
    assert len(client.notified(follower)) == 1


async def test_parameters_have_the_specification_s_names(
    chain: MemoryChain, client: Client
) -> None:
    follower = await client.call("chainHead_v1_follow", withRuntime=False)
    named = {"followSubscription": follower, "hash": to_hex(chain.best())}

    assert await client.call("chainHead_v1_header", **named) is not None
    echo = {"function": "Core_echo", "callParameters": "0x01"}
    assert (await client.call("chainHead_v1_call", **named, **echo))["result"] == "started"
    assert await client.call("chainHead_v1_unfollow", subscription=follower) is True
