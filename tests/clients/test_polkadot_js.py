"""@polkadot/api as it comes from the package index, against a node of ours."""

from itertools import pairwise

import pytest

from taonet.primitives.hashing import blake2_256
from tests.clients.running import ALICE, BOB, Client

pytestmark = pytest.mark.clients

FERDIE = "5CiPPseXPECbkjWCa6MnjNokrgYjMqmKndv2rSnekmSK2DjL"


@pytest.mark.parametrize("transport", ["ws", "http"])
def test_it_connects_and_reads(polkadot_js: Client, transport: str) -> None:
    node = polkadot_js.node
    read = polkadot_js.script("polkadot_js/read.mjs", address=BOB, transport=transport)

    assert (read["chain"], read["ss58Format"]) == ("Bittensor", 42)
    assert (read["tokens"], read["decimals"]) == (["TAO"], [9])
    assert read["specName"] == "node-subtensor"
    assert read["specVersion"] == node.rpc("state_getRuntimeVersion")["specVersion"]
    assert int(read["free"]) == node.free_balance(BOB)
    assert (read["tempo"], read["existentialDeposit"], read["slotDuration"]) == (100, "500", "250")
    assert sorted(read["networks"]) == [[0, True], [1, True]]
    # It hashes the header itself: the node's hash is the real one.
    assert read["hash"] == node.rpc("chain_getBlockHash", read["number"])
    assert read["calls"][0] == "timestamp.set"
    assert not read["syncing"]
    assert int(read["price"]) == pytest.approx(10**9, rel=0.1)


def test_a_transfer_is_in_a_block_and_then_final(polkadot_js: Client) -> None:
    node = polkadot_js.node
    sent = polkadot_js.script(
        "polkadot_js/transfer.mjs", uri="//Alice", to=FERDIE, rao="1000000000"
    )

    assert sent["failed"] is None
    assert sent["from"] == ALICE
    inclusion = [status for status in sent["statuses"] if status in ("InBlock", "Finalized")]
    assert inclusion == ["InBlock", "Finalized"]
    assert sent["events"][-1] == "system.ExtrinsicSuccess"
    assert "balances.Transfer" in sent["events"]
    assert sent["quotedFee"] == sent["paidFee"]
    assert int(sent["before"]) - int(sent["after"]) == 10**9 + int(sent["paidFee"])
    body = node.rpc("chain_getBlock", sent["blockHash"])["block"]["extrinsics"]
    hashes = [f"0x{blake2_256(bytes.fromhex(extrinsic[2:])).hex()}" for extrinsic in body]
    assert sent["hash"] in hashes


def test_it_follows_heads_events_and_storage(polkadot_js: Client) -> None:
    node = polkadot_js.node
    before = node.free_balance(FERDIE)
    seen = polkadot_js.script(
        "polkadot_js/follow.mjs", heads=3, uri="//Bob", to=FERDIE, rao="2000000000"
    )

    for heads in (seen["heads"], seen["finalized"]):
        for (number, block_hash, _), (next_number, _, parent) in pairwise(heads):
            assert next_number == number + 1
            assert parent == block_hash == node.rpc("chain_getBlockHash", number)
    assert [int(balance) for balance in seen["balances"][:2]] == [before, before + 2 * 10**9]
    assert seen["version"] == node.rpc("state_getRuntimeVersion")["specVersion"]
