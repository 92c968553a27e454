"""bittensor 10.5.0 as it comes from the package index, against a node of ours."""

import pytest

from taonet.pallets.subtensor.events.stake import StakeRemoved
from tests.clients.network import Node
from tests.clients.running import ALICE, Client

pytestmark = pytest.mark.clients

ZERO_ACCOUNT = "5C4hrfjw9DjXZTzV3MwzrrAr9P1MJhSrvWGWqi1eSuyUpnhM"


def test_subtensor_reads_what_the_chain_holds(sdk10: Client, node_for_sdk10: Node) -> None:
    node = node_for_sdk10
    read = sdk10.script("sdk10/read.py", address=ALICE)

    assert read["block"] <= read["current"] <= node.block_number()
    assert read["balance"] == read["balance_then"] == node.free_balance(ALICE)
    assert read["existential_deposit"] == 500
    assert read["metagraph"]["n"] == read["full"] == 1
    assert read["metagraph"]["hotkeys"] == read["neurons"] == [ZERO_ACCOUNT]
    assert read["metagraph"]["coldkeys"] == [ZERO_ACCOUNT]
    assert read["subnet"]["netuid"] == 1
    assert read["subnet"]["tempo"] == read["tempo"] == read["hyperparameters"]["tempo"] == 100
    assert read["price"] == pytest.approx(1.0, rel=0.1)
    assert read["subnets"] == read["infos"] == sorted(read["networks"]) == [0, 1]
    assert read["exists"] == [True, False]
    assert read["cost"] == 1_000 * 10**9


def test_subtensor_trades(sdk10: Client, node_for_sdk10: Node) -> None:
    told = sdk10.script("sdk10/trade.py")

    fee = told["transactions"]["transferred"]["fee"]
    assert told["before"] - told["after"] == 1_000 * 10**9 + fee
    # The client quotes an immortal transaction, a byte shorter; a byte costs one rao.
    assert fee == told["quoted_fee"] + 1
    assert told["uid"] == node_for_sdk10.uid(told["netuid"], told["miner_hotkey"]) == 1
    assert told["registered_on_chain"]
    assert told["hotkeys"] == [told["owner_hotkey"], told["miner_hotkey"]]
    (removed,) = node_for_sdk10.events(StakeRemoved, told["transactions"]["unstaked"]["block_hash"])
    assert (int(removed._3) + removed._5, int(removed._4)) == (10**9, told["netuid"])
    assert told["stake"] > 10**9


def test_async_subtensor_acts(sdk10: Client, node_for_sdk10: Node) -> None:
    told = sdk10.script("sdk10/asynchronous.py")

    node = node_for_sdk10
    assert told["later"] > told["block"]
    assert told["balances"] == [node.free_balance(ALICE), node.free_balance(told["coldkey"])]
    assert told["uid"] == node.uid(told["netuid"], told["miner_hotkey"]) == 1
    assert told["hotkeys"] == [told["hotkey"], told["miner_hotkey"]]
    assert told["stake"] > 10**9
