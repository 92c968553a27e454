"""`state_*` over a small chain."""

import pytest

from taonet.node.rpc.limits import RpcLimits
from taonet.primitives.hashing import blake2_256
from tests.node.rpc.client import Client, connect, refused, to_hex
from tests.node.rpc.memory_chain import VERSION, MemoryChain

A1, A2, A3, B1 = b"\xaa\x01", b"\xaa\x02", b"\xaa\x03", b"\xbb\x01"
ABSENT = b"\xcc"


@pytest.fixture
def chain() -> MemoryChain:
    chain = MemoryChain({A1: b"one", A2: b"two", B1: b""})
    chain.seal({A1: b"uno", A3: b"tres"})
    return chain


@pytest.fixture
def client(chain: MemoryChain) -> Client:
    return connect(chain)


def hashes(chain: MemoryChain) -> list[str]:
    return [to_hex(block.hash) for block in chain.blocks]


async def test_a_value_is_read_at_any_block(chain: MemoryChain, client: Client) -> None:
    genesis, _ = hashes(chain)

    for method in ("state_getStorage", "state_getStorageAt"):
        assert await client.call(method, to_hex(A1)) == to_hex(b"uno")
        assert await client.call(method, A1.hex(), None) == to_hex(b"uno")
        assert await client.call(method, to_hex(A1), genesis) == to_hex(b"one")
        assert await client.call(method, key=to_hex(A1), hash=genesis) == to_hex(b"one")
        assert await client.call(method, key=to_hex(A1), at=genesis) == to_hex(b"one")
        assert await client.call(method, to_hex(B1)) == "0x"
        assert await client.call(method, to_hex(ABSENT)) is None


async def test_a_value_has_a_hash_and_a_size(client: Client) -> None:
    assert await client.call("state_getStorageHash", to_hex(A1)) == to_hex(blake2_256(b"uno"))
    assert await client.call("state_getStorageHash", to_hex(ABSENT)) is None
    assert await client.call("state_getStorageSize", to_hex(A1)) == 3
    assert await client.call("state_getStorageSize", "0xaa") == 3 + 3 + 4
    assert await client.call("state_getStorageSize", to_hex(ABSENT)) is None


async def test_keys_are_listed_under_a_prefix(chain: MemoryChain, client: Client) -> None:
    genesis, _ = hashes(chain)

    assert await client.call("state_getKeys", "0xaa") == [to_hex(k) for k in (A1, A2, A3)]
    assert await client.call("state_getKeys", "aa", genesis) == [to_hex(A1), to_hex(A2)]
    assert await client.call("state_getKeys", "0x") == [to_hex(k) for k in (A1, A2, A3, B1)]
    assert await client.call("state_getKeys", to_hex(ABSENT)) == []
    pairs = await client.call("state_getPairs", "0xbb")
    assert pairs == [[to_hex(B1), "0x"]]


async def test_keys_are_paged_from_the_prefix_itself_or_a_key(client: Client) -> None:
    """SDK 11 sends the prefix as the first page's start key."""
    page = await client.call("state_getKeysPaged", "0xaa", 2, "0xaa", None)

    assert page == [to_hex(A1), to_hex(A2)]
    assert await client.call("state_getKeysPaged", "0xaa", 2) == page
    rest = await client.call("state_getKeysPaged", "0xaa", 2, page[-1])
    assert rest == [to_hex(A3)]
    assert await client.call("state_getKeysPaged", "0xaa", 2, rest[-1]) == []
    named = {"prefix": "0xaa", "count": 2, "startKey": page[-1], "hash": None}
    assert await client.call("state_getKeysPaged", **named) == rest
    named = {"prefix": "0xaa", "count": 2, "start_key": page[-1]}
    assert await client.call("state_getKeysPaged", **named) == rest


async def test_a_page_may_have_its_limit_and_not_one_more(client: Client) -> None:
    assert len(await client.call("state_getKeysPaged", "0x", 1000)) == 4
    failed = await refused(client, 4002, "state_getKeysPaged", "0x", 1001)
    assert failed.message == "count exceeds maximum value. value: 1001, max: 1000"


async def test_an_unpaged_answer_may_have_its_limit_and_not_one_more(chain: MemoryChain) -> None:
    enough = connect(chain, RpcLimits(keys_max=4))
    few = connect(chain, RpcLimits(keys_max=3))

    for method in ("state_getKeys", "state_getPairs"):
        assert len(await enough.call(method, "0x")) == 4
        failed = await refused(few, 4002, method, "0x")
        assert failed.data == "keys_max is 3"
        assert "state_getKeysPaged" in failed.message


async def test_several_values_are_read_at_once(chain: MemoryChain, client: Client) -> None:
    genesis, head = hashes(chain)
    keys = [to_hex(A1), ABSENT.hex(), to_hex(B1)]

    assert await client.call("state_queryStorageAt", keys) == [
        {
            "block": head,
            "changes": [[to_hex(A1), to_hex(b"uno")], [to_hex(ABSENT), None], [to_hex(B1), "0x"]],
        }
    ]
    at_genesis = await client.call("state_queryStorageAt", keys[:1], genesis)
    assert at_genesis == [{"block": genesis, "changes": [[to_hex(A1), to_hex(b"one")]]}]
    assert await client.call("state_queryStorageAt", keys=keys[:1], hash=genesis) == at_genesis


async def test_a_query_may_have_its_limit_of_keys_and_not_one_more(chain: MemoryChain) -> None:
    client = connect(chain, RpcLimits(query_keys_max=2))

    await client.call("state_queryStorageAt", ["0x01", "0x02"])
    await client.call("state_subscribeStorage", ["0x01", "0x02"])
    for method in ("state_queryStorageAt", "state_subscribeStorage"):
        failed = await refused(client, -32602, method, ["0x01", "0x02", "0x03"])
        assert failed.data == "keys: query_keys_max is 2, got 3"
    genesis = to_hex(chain.genesis_hash)
    await refused(client, -32602, "state_queryStorage", ["0x01", "0x02", "0x03"], genesis)


async def test_changes_are_found_between_blocks(chain: MemoryChain, client: Client) -> None:
    chain.seal()
    chain.seal({A1: None})
    genesis, first, _, last = hashes(chain)
    keys = [to_hex(A1), to_hex(A2)]

    assert await client.call("state_queryStorage", keys, genesis) == [
        {"block": genesis, "changes": [[keys[0], to_hex(b"one")], [keys[1], to_hex(b"two")]]},
        {"block": first, "changes": [[keys[0], to_hex(b"uno")]]},
        {"block": last, "changes": [[keys[0], None]]},
    ]
    within = await client.call("state_queryStorage", keys[1:], first, last)
    assert within == [{"block": first, "changes": [[keys[1], to_hex(b"two")]]}]
    await refused(client, -32602, "state_queryStorage", keys, last, genesis)
    await refused(client, 4003, "state_queryStorage", keys, to_hex(bytes(32)))


async def test_a_query_may_have_its_limit_of_blocks_and_not_one_more(chain: MemoryChain) -> None:
    client = connect(chain, RpcLimits(query_blocks_max=2))
    genesis = to_hex(chain.genesis_hash)
    await client.call("state_queryStorage", ["0x01"], genesis)
    chain.seal()

    failed = await refused(client, -32602, "state_queryStorage", ["0x01"], genesis)
    assert "query_blocks_max is 2" in (failed.data or "")


async def test_a_runtime_api_is_called_with_hex_of_any_form(
    chain: MemoryChain, client: Client
) -> None:
    assert await client.call("state_call", "Core_echo", "0x0102") == "0x0102"
    assert await client.call("state_call", "Core_echo", "0102", None) == "0x0102"
    assert await client.call("state_call", "Core_echo", "") == "0x"
    assert await client.call("state_call", "Core_echo", "0x") == "0x"
    assert await client.call("state_callAt", "Core_echo", "0x", hashes(chain)[0]) == "0x"
    assert await client.call("state_call", name="Core_echo", bytes="05", hash=None) == "0x05"


async def test_a_runtime_api_that_fails_says_what_clients_match(client: Client) -> None:
    failed = await refused(client, 4003, "state_call", "Metadata_metadata_at_version", "0x")
    assert "Exported method Metadata_metadata_at_version is not found" in failed.message
    failed = await refused(client, 4003, "state_call", "Core_count", "0x01")
    assert "Bad input data provided to Core_count" in failed.message
    await refused(client, 4003, "state_call", "Core_echo", "0x", to_hex(bytes(32)))


async def test_metadata_is_version_14(chain: MemoryChain, client: Client) -> None:
    expected = to_hex(b"meta\x0e")

    assert await client.call("state_getMetadata") == expected
    assert await client.call("state_getMetadata", hashes(chain)[0]) == expected
    await refused(client, 4003, "state_getMetadata", to_hex(bytes(32)))


async def test_the_version_is_known_at_every_block(chain: MemoryChain, client: Client) -> None:
    for block in (None, *hashes(chain)):
        assert await client.call("state_getRuntimeVersion", block) == VERSION
    assert await client.call("chain_getRuntimeVersion") == VERSION
    failed = await refused(client, 4003, "state_getRuntimeVersion", to_hex(bytes(32)))
    assert failed.message.startswith("Client error: Api called for an unknown Block")


async def test_a_new_version_is_told_once(chain: MemoryChain, client: Client) -> None:
    identifier = await client.call("state_subscribeRuntimeVersion")
    chain.seal()
    chain.version = {**VERSION, "specVersion": 426}
    chain.seal()
    chain.seal()

    assert [told["specVersion"] for told in client.notified(identifier)] == [425, 426]
    assert client.heard[1]["method"] == "state_runtimeVersion"
    assert (await client.call("state_getRuntimeVersion"))["specVersion"] == 426
    assert await client.call("state_unsubscribeRuntimeVersion", identifier) is True


async def test_storage_is_told_in_full_and_then_as_it_is_written(
    chain: MemoryChain, client: Client
) -> None:
    identifier = await client.call("state_subscribeStorage", [to_hex(A1), to_hex(ABSENT)])
    chain.seal({A2: b"not asked for"})
    chain.seal({A1: None, ABSENT: b"there"})

    told = client.notified(identifier)
    assert [message["block"] for message in told] == [hashes(chain)[1], hashes(chain)[3]]
    assert told[0]["changes"] == [[to_hex(A1), to_hex(b"uno")], [to_hex(ABSENT), None]]
    assert told[1]["changes"] == [[to_hex(A1), None], [to_hex(ABSENT), to_hex(b"there")]]
    assert client.heard[1]["method"] == "state_storage"
    assert await client.call("state_unsubscribeStorage", identifier) is True
