"""`author_*`: submission, and what becomes of a transaction."""

import pytest

from taonet.primitives.hashing import blake2_256
from tests.node.rpc.client import Client, connect, refused, to_hex
from tests.node.rpc.memory_chain import MemoryChain

RAW = b"\x04transaction"


@pytest.fixture
def chain() -> MemoryChain:
    return MemoryChain()


@pytest.fixture
def client(chain: MemoryChain) -> Client:
    return connect(chain)


async def test_a_transaction_is_known_by_its_hash(chain: MemoryChain, client: Client) -> None:
    assert await client.call("author_submitExtrinsic", RAW.hex()) == to_hex(blake2_256(RAW))
    assert await client.call("author_submitExtrinsic", bytes="0x05") == to_hex(blake2_256(b"\x05"))
    assert await client.call("author_pendingExtrinsics") == [to_hex(RAW), "0x05"]
    chain.seal()
    assert await client.call("author_pendingExtrinsics") == []


@pytest.mark.parametrize("method", ["author_submitExtrinsic", "author_submitAndWatchExtrinsic"])
async def test_a_refusal_has_the_code_and_texts_of_the_pool(client: Client, method: str) -> None:
    failed = await refused(client, 1010, method, "0xff")
    assert failed.message == "Invalid Transaction"
    assert failed.data == "Transaction has a bad signature"

    await client.call(method, to_hex(RAW))
    failed = await refused(client, 1013, method, to_hex(RAW))
    assert (failed.message, failed.data) == ("Transaction Already Imported", None)


async def test_what_becomes_of_a_transaction_is_told_in_order(
    chain: MemoryChain, client: Client
) -> None:
    identifier = await client.call("author_submitAndWatchExtrinsic", to_hex(RAW))
    block = to_hex(chain.seal())

    assert client.heard[0]["result"] == identifier
    assert {message["method"] for message in client.heard[1:]} == {"author_extrinsicUpdate"}
    assert client.notified(identifier) == ["ready", {"inBlock": block}, {"finalized": block}]


async def test_the_last_status_ends_the_subscription(chain: MemoryChain, client: Client) -> None:
    identifier = await client.call("author_submitAndWatchExtrinsic", to_hex(RAW))
    assert client.connection.session.subscription_count == 1
    chain.seal()

    assert client.connection.session.subscription_count == 0
    assert await client.call("author_unwatchExtrinsic", identifier) is False


async def test_who_unwatches_hears_no_more(chain: MemoryChain, client: Client) -> None:
    identifier = await client.call("author_submitAndWatchExtrinsic", to_hex(RAW))

    assert await client.call("author_unwatchExtrinsic", identifier) is True
    assert chain.watched() == 0
    chain.seal()
    assert client.notified(identifier) == ["ready"]
    assert chain.body(chain.best()) == (RAW,)
