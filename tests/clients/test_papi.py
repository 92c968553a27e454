"""polkadot-api as it comes from the package index, against a node of ours."""

from itertools import pairwise

import pytest

from tests.clients.network import Node
from tests.clients.running import ALICE, ALICE_SEED, BOB, Client

pytestmark = pytest.mark.clients


def test_it_reads_and_sends_over_chain_head(papi: Client, node: Node) -> None:
    before = node.free_balance(BOB)

    told = papi.script("papi/transfer.mjs", seed=ALICE_SEED, **{"from": ALICE}, to=BOB, rao=10**9)

    assert told["head"][1] == node.rpc("chain_getBlockHash", told["head"][0])
    assert (told["tempo"], told["deposit"]) == (100, "500")
    assert sorted(told["networks"]) == [[0, True], [1, True]]
    assert told["ok"]
    assert told["states"] == ["signed", "broadcasted", "txBestBlocksState", "finalized"]
    assert told["events"][-1] == "System.ExtrinsicSuccess"
    assert node.free_balance(BOB) == before + 10**9
    number, block_hash = told["block"]
    assert block_hash == node.rpc("chain_getBlockHash", number)
    assert int(told["after"]) == node.free_balance(ALICE, block_hash)
    assert int(told["before"]) - int(told["after"]) == 10**9 + int(told["fee"])
    for (_, parent, _), (_, _, named) in pairwise(told["blocks"]):
        assert named == parent
