"""`payment_*` from a runtime's answers."""

import pytest

from tests.node.rpc.client import Client, connect, refused, to_hex
from tests.node.rpc.memory_chain import FEE_RAO, MemoryChain


@pytest.fixture
def client() -> Client:
    return connect(MemoryChain())


async def test_info_is_weight_class_and_fee(client: Client) -> None:
    assert await client.call("payment_queryInfo", "0x040102") == {
        "weight": {"ref_time": 3, "proof_size": 8},
        "class": "operational",
        "partialFee": str(FEE_RAO),
    }


async def test_details_are_the_fee_s_parts(client: Client) -> None:
    details = await client.call("payment_queryFeeDetails", "0x840102")

    fee = {"baseFee": "0x0", "lenFee": "0x3", "adjustedWeightFee": "0x1b58"}
    assert details == {"inclusionFee": fee}


async def test_what_pays_nothing_has_no_parts(client: Client) -> None:
    assert await client.call("payment_queryFeeDetails", "0x0401") == {"inclusionFee": None}


async def test_a_fee_is_quoted_at_a_block(client: Client) -> None:
    await refused(client, 4003, "payment_queryInfo", "0x84", to_hex(bytes(32)))
