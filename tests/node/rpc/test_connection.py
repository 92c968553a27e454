"""JSON-RPC itself: requests, batches, ids, errors, and replies before notifications."""

from typing import Any

import orjson
import pytest

from taonet.node.rpc.limits import RpcLimits
from taonet.node.rpc.namespaces import Rpc
from tests.node.rpc.client import Client, connect, refused, settle, to_hex
from tests.node.rpc.memory_chain import MemoryChain


@pytest.fixture
def chain() -> MemoryChain:
    return MemoryChain({b"key": b"value"})


@pytest.fixture
def client(chain: MemoryChain) -> Client:
    return connect(chain)


def request(method: str, params: Any = None, identifier: Any = 1) -> dict[str, Any]:
    asked = {"jsonrpc": "2.0", "id": identifier, "method": method}
    return asked if params is None else asked | {"params": params}


@pytest.mark.parametrize("identifier", [0, 17, -3, "gX6", "", None, 1.5])
async def test_an_id_comes_back_as_it_was(client: Client, identifier: Any) -> None:
    reply = await client.say(request("system_chain", [], identifier))

    assert reply == {"jsonrpc": "2.0", "result": "Bittensor", "id": identifier}


@pytest.mark.parametrize("identifier", [[], {}, True, [1]])
async def test_an_id_of_another_type_is_refused(client: Client, identifier: Any) -> None:
    reply = await client.say(request("system_chain", [], identifier))

    assert reply["error"]["code"] == -32600


async def test_a_request_without_id_has_no_reply(client: Client) -> None:
    assert await client.say({"jsonrpc": "2.0", "method": "system_chain"}) is None
    assert await client.say({"jsonrpc": "2.0", "method": "no_such"}) is None
    assert await client.say({"jsonrpc": "2.0", "method": "author_submitExtrinsic"}) is None
    assert client.heard == []


@pytest.mark.parametrize("message", [b"", b"{", b"\xff\xfe", b"[1,", b"[" * 5000])
async def test_what_is_not_json_is_a_parse_error(client: Client, message: bytes) -> None:
    reply = await client.say(message)

    assert reply["error"]["code"] == -32700
    assert reply["id"] is None


@pytest.mark.parametrize(
    "message",
    [
        1,
        "text",
        {},
        {"jsonrpc": "1.0", "id": 1, "method": "system_chain"},
        {"jsonrpc": "2.0", "id": 1},
        {"jsonrpc": "2.0", "id": 1, "method": 5},
    ],
)
async def test_json_that_is_no_request_is_refused(client: Client, message: Any) -> None:
    reply = await client.say(message)

    assert reply["error"]["code"] == -32600
    assert reply["error"]["message"] == "Invalid request"


async def test_an_unknown_method_is_not_found(client: Client) -> None:
    reply = await client.say(request("chain_noSuch", []))

    assert reply["error"] == {"code": -32601, "message": "Method not found"}


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ([], "key is missing"),
        ([None], "key is missing"),
        ({}, "key is missing"),
        ([5], "key: a string of hexadecimal digits is expected, not 5"),
        (["0x123"], "key: '0x123' is not an even count of hexadecimal digits"),
        (["0x12", "0x34"], "hash: a hash has 32 bytes, '0x34' has 1"),
        (["0x12", None, 1], "2 parameters are taken at most, 3 were given"),
        ({"kex": "0x12"}, "no parameter is called 'kex'; there is key, hash"),
        ("0x12", "params are a list or an object, not '0x12'"),
    ],
)
async def test_invalid_params_say_what_is_wrong(client: Client, params: Any, reason: str) -> None:
    reply = await client.say(request("state_getStorage", params))

    assert reply["error"] == {"code": -32602, "message": "Invalid params", "data": reason}


async def test_a_long_value_is_not_repeated_whole(client: Client) -> None:
    failed = await refused(client, -32602, "state_getStorage", "z" * 10_000)

    assert len(failed.data or "") < 200


async def test_a_bug_is_an_internal_error_that_says_nothing(client: Client) -> None:
    failed = await refused(client, -32603, "author_submitExtrinsic", "0x")

    assert (failed.message, failed.data) == ("Internal error", None)


async def test_a_bug_in_a_method_that_does_not_wait_is_one_too(
    chain: MemoryChain, client: Client
) -> None:
    def break_down(_: bytes) -> bytes:
        raise ZeroDivisionError

    chain.answers["Core_broken"] = break_down

    await refused(client, -32603, "state_call", "Core_broken", "0x")
    assert await client.call("system_chain") == "Bittensor"


async def test_a_batch_is_answered_entry_by_entry(chain: MemoryChain, client: Client) -> None:
    reply = await client.say(
        [
            request("system_chain", [], 1),
            {"jsonrpc": "2.0", "method": "system_chain"},
            request("no_such", [], "two"),
            5,
            request("author_submitExtrinsic", ["0x01"], 3),
        ]
    )

    assert [entry["id"] for entry in reply] == [1, "two", None, 3]
    assert reply[0]["result"] == "Bittensor"
    assert reply[1]["error"]["code"] == -32601
    assert reply[2]["error"]["code"] == -32600
    assert chain.pending() == [b"\x01"]


async def test_a_batch_of_notifications_has_no_reply(client: Client) -> None:
    assert await client.say([{"jsonrpc": "2.0", "method": "system_chain"}] * 2) is None


async def test_an_empty_batch_is_refused(client: Client) -> None:
    reply = await client.say([])

    assert reply["error"]["code"] == -32600


async def test_a_batch_may_have_its_limit_and_not_one_more(chain: MemoryChain) -> None:
    client = connect(chain, RpcLimits(batch_length_max=3))

    assert len(await client.say([request("system_chain")] * 3)) == 3
    reply = await client.say([request("system_chain")] * 4)
    assert reply["error"]["code"] == -32010
    assert reply["error"]["data"] == "batch_length_max is 3"


async def test_a_batch_stops_answering_at_its_limit_of_bytes(chain: MemoryChain) -> None:
    size = len(orjson.dumps({"jsonrpc": "2.0", "result": "Bittensor", "id": 1}))
    client = connect(chain, RpcLimits(batch_reply_bytes_max=2 * size))

    reply = await client.say([request("system_chain")] * 3)

    assert [entry.get("result") for entry in reply] == ["Bittensor", "Bittensor", None]
    assert reply[2]["error"]["code"] == -32008
    assert reply[2]["error"]["data"] == f"batch_reply_bytes_max is {2 * size}"


async def test_a_subscription_is_named_before_it_notifies(
    chain: MemoryChain, client: Client
) -> None:
    identifier = await client.call("chain_subscribeNewHeads")

    assert isinstance(identifier, str)
    assert client.heard[0] == {"jsonrpc": "2.0", "result": identifier, "id": 7}
    assert client.heard[1]["method"] == "chain_newHead"
    assert client.heard[1]["params"]["subscription"] == identifier


async def test_a_block_between_a_request_and_its_reply_is_told_after_it(
    chain: MemoryChain, client: Client
) -> None:
    """A batch gives way between its entries, so blocks may come before its reply."""

    def seal(_: bytes) -> bytes:
        chain.seal()
        return b""

    chain.answers["Core_seal"] = seal
    reply = await client.say(
        [request("chain_subscribeNewHeads", []), request("state_call", ["Core_seal", "0x"])]
    )

    assert client.heard[0] == reply
    numbers = [header["number"] for header in client.notified(reply[0]["result"])]
    assert numbers == ["0x0", "0x1"]


async def test_an_ended_subscription_is_silent(chain: MemoryChain, client: Client) -> None:
    identifier = await client.call("chain_subscribeNewHeads")

    assert await client.call("chain_unsubscribeNewHeads", identifier) is True
    assert await client.call("chain_unsubscribeNewHeads", identifier) is False
    chain.seal()
    assert len(client.notified(identifier)) == 1


async def test_a_client_that_goes_leaves_nothing(chain: MemoryChain, client: Client) -> None:
    await client.call("chain_subscribeNewHeads")
    await client.call("state_subscribeStorage", ["0x12"])
    await client.call("author_submitAndWatchExtrinsic", "0x01")
    await client.call("chainHead_v1_follow", True)
    heard = len(client.heard)

    client.connection.close()
    assert client.connection.session.subscription_count == 0
    assert client.rpc.feed.hearer_count == 0
    assert chain.watched() == 0
    chain.seal()
    await settle()
    assert len(client.heard) == heard


async def test_a_client_that_goes_while_it_submits_is_not_watched_for(
    chain: MemoryChain, client: Client
) -> None:
    waiting = client.connection.begin(
        orjson.dumps(request("author_submitAndWatchExtrinsic", ["0x01"]))
    )
    assert waiting is not None
    assert not isinstance(waiting, bytes)
    waiting.send(None)
    client.connection.close()
    with pytest.raises(StopIteration):
        waiting.send(None)

    assert chain.pending() == [b"\x01"]
    assert chain.watched() == 0


async def test_a_connection_may_have_its_limit_of_subscriptions_and_not_one_more(
    chain: MemoryChain,
) -> None:
    client = connect(chain, RpcLimits(subscriptions_max=2))
    first = await client.call("chain_subscribeNewHeads")
    await client.call("chain_subscribeAllHeads")

    failed = await refused(client, -32006, "chain_subscribeFinalizedHeads")
    assert failed.data == "subscriptions_max is 2"
    assert await client.call("chain_unsubscribeNewHeads", first) is True
    await client.call("chain_subscribeFinalizedHeads")


async def test_a_subscription_that_fails_does_not_count(chain: MemoryChain) -> None:
    client = connect(chain, RpcLimits(subscriptions_max=1))

    await refused(client, -32602, "state_subscribeStorage", "0x12")
    await refused(client, 1010, "author_submitAndWatchExtrinsic", "0xff")
    assert client.connection.session.subscription_count == 0


async def test_nothing_is_subscribed_to_without_a_way_to_notify(chain: MemoryChain) -> None:
    rpc = Rpc(chain)

    reply = await rpc.handle(orjson.dumps(request("chain_subscribeNewHeads", [])))

    assert reply is not None
    assert orjson.loads(reply)["error"] == {
        "code": -32000,
        "message": "Notifications need a WebSocket connection",
    }
    assert rpc.feed.hearer_count == 0


async def test_the_listing_is_what_there_is(chain: MemoryChain) -> None:
    listed = (await connect(chain, dev=False).call("rpc_methods"))["methods"]

    assert listed == sorted(set(listed))
    assert {"state_call", "account_nextIndex", "chainHead_v1_follow"} <= set(listed)
    assert not [name for name in listed if name.startswith(("dev_", "engine_", "taonet_"))]
    client = connect(chain)
    for name in (await client.call("rpc_methods"))["methods"]:
        reply = await client.say(request(name, {"no such": 1}))
        assert reply.get("error", {}).get("code") != -32601, name


async def test_dev_methods_need_a_dev_chain() -> None:
    client = connect(MemoryChain(dev=False))

    await refused(client, -32601, "dev_newBlock")


async def test_state_of_an_unknown_and_of_a_pruned_block_is_refused_as_clients_match() -> None:
    chain = MemoryChain(keep_blocks=1)
    chain.seal()
    client = connect(chain)
    pruned, unknown = to_hex(chain.genesis_hash), to_hex(bytes(32))

    failed = await refused(client, 4003, "state_getStorage", "0x12", pruned)
    assert failed.message.endswith(f"State already discarded for {pruned}")
    failed = await refused(client, 4003, "state_getStorage", "0x12", unknown)
    assert failed.message.startswith("Client error: Api called for an unknown Block")
    assert unknown in failed.message
