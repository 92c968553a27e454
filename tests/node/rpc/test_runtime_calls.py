"""The runtime APIs that have method names of their own."""

from typing import Any

import pytest

from taonet.node.rpc.runtime_calls import INDEXES_MAX, WRAPPED
from taonet.primitives.ids import AccountId
from taonet.primitives.ss58 import encode_ss58
from tests.node.rpc.client import Client, connect, refused, to_hex
from tests.node.rpc.memory_chain import MemoryChain

ACCOUNT = AccountId(bytes(range(32)))
ADDRESS = encode_ss58(ACCOUNT)


@pytest.fixture
def chain() -> MemoryChain:
    """Each runtime API answers with its own arguments."""
    chain = MemoryChain()
    for wrapped in WRAPPED.values():
        chain.answers[wrapped.api] = lambda data: data
    return chain


@pytest.fixture
def client(chain: MemoryChain) -> Client:
    return connect(chain)


@pytest.mark.parametrize(
    ("method", "params", "arguments"),
    [
        ("delegateInfo_getDelegates", [], b""),
        ("delegateInfo_getDelegate", [list(ACCOUNT)], ACCOUNT),
        ("delegateInfo_getDelegated", [ADDRESS], ACCOUNT),
        ("neuronInfo_getNeuronsLite", [258], b"\x02\x01"),
        ("neuronInfo_getNeuronLite", [1, 2], b"\x01\x00\x02\x00"),
        ("neuronInfo_getNeurons", [1], b"\x01\x00"),
        ("neuronInfo_getNeuron", [1, 2], b"\x01\x00\x02\x00"),
        ("subnetInfo_getSubnetInfo", [1], b"\x01\x00"),
        ("subnetInfo_getSubnetsInfo", [], b""),
        ("subnetInfo_getSubnetInfo_v2", [1], b"\x01\x00"),
        ("subnetInfo_getSubnetsInfo_v2", [None], b""),
        ("subnetInfo_getSubnetHyperparams", [1], b"\x01\x00"),
        ("subnetInfo_getSubnetHyperparamsV2", [1], b"\x01\x00"),
        ("subnetInfo_getAllDynamicInfo", [], b""),
        ("subnetInfo_getDynamicInfo", [1], b"\x01\x00"),
        ("subnetInfo_getAllMetagraphs", [], b""),
        ("subnetInfo_getMetagraph", [1], b"\x01\x00"),
        ("subnetInfo_getAllMechagraphs", [], b""),
        ("subnetInfo_getMechagraph", [1, 3], b"\x01\x00\x03"),
        ("subnetInfo_getSubnetState", [1], b"\x01\x00"),
        ("subnetInfo_getSelectiveMetagraph", [1, [0, 72]], b"\x01\x00\x08\x00\x00\x48\x00"),
        ("subnetInfo_getSelectiveMechagraph", [1, 3, [5]], b"\x01\x00\x03\x04\x05\x00"),
        ("subnetInfo_getColdkeyAutoStakeHotkey", [ADDRESS, 1], ACCOUNT + b"\x01\x00"),
        ("stakeInfo_getColdkeyLock", [ADDRESS, 1], ACCOUNT + b"\x01\x00"),
        ("swap_simSwapTaoForAlpha", [1, 7], b"\x01\x00\x07" + bytes(7)),
        ("swap_simSwapAlphaForTao", [1, 7], b"\x01\x00\x07" + bytes(7)),
    ],
)
async def test_the_answer_is_an_array_of_bytes(
    client: Client, method: str, params: list[Any], arguments: bytes
) -> None:
    assert await client.call(method, *params) == list(arguments)


@pytest.mark.parametrize(
    ("method", "params", "answer", "expected"),
    [
        ("subnetInfo_getLockCost", [], (10**12).to_bytes(8, "little"), 10**12),
        ("swap_currentAlphaPrice", [1], (999).to_bytes(8, "little"), 999),
        ("subnetInfo_getSubnetToPrune", [], b"\x00", None),
        ("subnetInfo_getSubnetToPrune", [], b"\x01\x05\x00", 5),
        ("subnetInfo_getSubnetAccountId", [1], b"\x01" + ACCOUNT, list(ACCOUNT)),
        (
            "swap_currentAlphaPriceAll",
            [],
            b"\x04\x01\x00" + (7).to_bytes(8, "little"),
            [{"netuid": 1, "price": 7}],
        ),
    ],
)
async def test_some_answers_are_json(
    chain: MemoryChain,
    client: Client,
    method: str,
    params: list[Any],
    answer: bytes,
    expected: object,
) -> None:
    chain.answers[WRAPPED[method].api] = lambda _: answer

    assert await client.call(method, *params) == expected


async def test_a_subnet_that_is_not_there_has_no_account(
    chain: MemoryChain, client: Client
) -> None:
    chain.answers["SubnetInfoRuntimeApi_get_subnet_account_id"] = lambda _: b"\x00"

    failed = await refused(client, 1, "subnetInfo_getSubnetAccountId", 9)
    assert failed.message == "Subnet does not exist"


async def test_parameters_have_names(chain: MemoryChain, client: Client) -> None:
    genesis = to_hex(chain.genesis_hash)

    assert await client.call("neuronInfo_getNeuron", netuid=1, uid=2, at=genesis) == [1, 0, 2, 0]
    await refused(client, 4003, "neuronInfo_getNeuron", 1, 2, to_hex(bytes(32)))


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("neuronInfo_getNeurons", [1 << 16]),
        ("neuronInfo_getNeurons", [-1]),
        ("subnetInfo_getMechagraph", [1, 256]),
        ("subnetInfo_getSelectiveMetagraph", [1, [0] * (INDEXES_MAX + 1)]),
        ("delegateInfo_getDelegate", [[256] * 32]),
        ("delegateInfo_getDelegate", [[1] * 31]),
        ("swap_simSwapTaoForAlpha", [1, 1.9e19]),
    ],
)
async def test_what_does_not_fit_is_refused(client: Client, method: str, params: list[Any]) -> None:
    await refused(client, -32602, method, *params)


async def test_a_list_of_fields_may_have_its_limit(client: Client) -> None:
    answer = await client.call("subnetInfo_getSelectiveMetagraph", 1, [0] * INDEXES_MAX)

    assert len(answer) == 2 + 2 + 2 * INDEXES_MAX
