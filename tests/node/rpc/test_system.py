"""`system_*` and `chainSpec_v1_*`."""

import pytest

from taonet.primitives.ids import AccountId
from taonet.primitives.ss58 import encode_ss58
from tests.node.rpc.client import Client, connect, refused, to_hex
from tests.node.rpc.memory_chain import MemoryChain

PROPERTIES = {"ss58Format": 42, "tokenDecimals": 9, "tokenSymbol": "TAO"}


@pytest.fixture
def chain() -> MemoryChain:
    chain = MemoryChain()
    chain.seal()
    return chain


@pytest.fixture
def client(chain: MemoryChain) -> Client:
    return connect(chain)


@pytest.mark.parametrize(
    ("method", "answer"),
    [
        ("system_name", "taonet"),
        ("system_chain", "Bittensor"),
        ("system_chainType", "Development"),
        ("system_properties", PROPERTIES),
        ("system_health", {"peers": 0, "isSyncing": False, "shouldHavePeers": False}),
        ("system_peers", []),
        ("system_reservedPeers", []),
        ("system_localListenAddresses", []),
        ("system_nodeRoles", ["Authority"]),
        ("system_syncState", {"startingBlock": 0, "currentBlock": 1, "highestBlock": 1}),
        ("chainSpec_v1_chainName", "Bittensor"),
        ("chainSpec_v1_properties", PROPERTIES),
    ],
)
async def test_the_node_describes_itself(client: Client, method: str, answer: object) -> None:
    assert await client.call(method) == answer


async def test_the_version_is_the_package_s(client: Client) -> None:
    version = await client.call("system_version")

    assert version[:2] == "20"


async def test_the_peer_id_is_well_formed_and_the_chain_s(
    chain: MemoryChain, client: Client
) -> None:
    peer_id = await client.call("system_localPeerId")

    assert peer_id.startswith("12D3KooW")
    assert len(peer_id) == 52
    other = connect(MemoryChain({b"another": b"genesis"}))
    assert await other.call("system_localPeerId") != peer_id


async def test_the_genesis_hash_is_the_chain_s(chain: MemoryChain, client: Client) -> None:
    assert await client.call("chainSpec_v1_genesisHash") == to_hex(chain.genesis_hash)


async def test_a_nonce_counts_what_waits(client: Client) -> None:
    account = AccountId(b"\x05" + bytes(31))
    address = encode_ss58(account)

    for method in ("system_accountNextIndex", "account_nextIndex"):
        assert await client.call(method, address) == 5
        assert await client.call(method, account=address) == 5
        assert await client.call(method, to_hex(account)) == 5
    await client.call("author_submitExtrinsic", "0x01")
    assert await client.call("account_nextIndex", address) == 6


@pytest.mark.parametrize("address", ["5abc", "0x05", 5, "", "l" * 100])
async def test_what_is_no_account_is_refused(client: Client, address: object) -> None:
    failed = await refused(client, -32602, "account_nextIndex", address)

    assert (failed.data or "").startswith("account: ")
