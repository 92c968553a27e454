"""bittensor 11.3.0 as it comes from the package index, against a node of ours."""

import pytest

from taonet.pallets.subtensor.events.stake import StakeRemoved
from taonet.primitives.ss58 import decode_ss58
from taonet.primitives.units import NetUid
from tests.clients.network import Node
from tests.clients.running import ALICE, BOB, Client

pytestmark = pytest.mark.clients

ZERO_ACCOUNT = "5C4hrfjw9DjXZTzV3MwzrrAr9P1MJhSrvWGWqi1eSuyUpnhM"
"""Owns the subnet that a local network begins with."""


def test_it_reads_what_the_chain_holds(sdk11: Client, node: Node) -> None:
    read = sdk11.script("sdk11/read.py", address=ALICE, other=BOB)

    runtime = node.runtime(read["block_hash"])
    assert read["block_hash"] == node.rpc("chain_getBlockHash", read["block"])
    assert read["block"] <= read["finalized"] <= node.block_number()
    assert read["spec_version"] == node.rpc("state_getRuntimeVersion")["specVersion"]
    assert read["is_fast_blocks"]
    assert read["timestamp"] == read["info_timestamp"] == runtime.timestamp.now / 1000
    assert read["balance"] == read["balance_then"] == node.free_balance(ALICE)
    assert read["balances"] == {ALICE: read["balance"], BOB: node.free_balance(BOB)}
    assert read["existential_deposit"] == 500
    assert read["subnets"] == {"0": [100, 0], "1": [100, 1]}
    assert read["networks"] == [0, 1]
    assert read["symbols"]["0"] == "Τ"
    assert read["tempo"] == runtime.subtensor.hyperparameters.tempo[NetUid(1)]
    assert read["hyperparameters"]["tempo"] == 100
    assert read["registration_cost"] == 1_000 * 10**9
    assert read["burn"] > 0
    assert read["prices"]["1"] == pytest.approx(1.0, rel=0.1)
    assert read["epoch"]["tempo"] == 100
    assert [neuron["coldkey"] for neuron in read["neurons"]] == [ZERO_ACCOUNT]
    assert read["neurons_full"] == 1
    assert read["metagraph"]["hotkeys"] == [ZERO_ACCOUNT]
    assert read["metagraph"]["netuid"] == 1
    assert any("Timestamp" in extrinsic for extrinsic in read["extrinsics"])


def test_a_transfer_costs_what_it_was_quoted(sdk11: Client, node: Node) -> None:
    sent = sdk11.script("sdk11/transfer.py", amount_tao=12.5)

    amount = 12_500_000_000
    assert sent["received"] == amount == node.free_balance(sent["receiver"])
    assert sent["before"] - sent["after"] == amount + sent["fee"]
    # The client quotes an immortal transaction, a byte shorter; a byte costs one rao.
    assert sent["fee"] == sent["quoted_fee"] + 1
    assert any("Transfer" in event for event in sent["events"])
    assert node.free_balance(ALICE, sent["block_hash"]) == sent["after"]


def test_it_follows_heads_and_epochs(sdk11: Client) -> None:
    followed = sdk11.script("sdk11/follow.py", heads=4)

    for heads in (followed["new"], followed["finalized"]):
        numbers = [number for number, _ in heads]
        assert numbers == list(range(numbers[0], numbers[0] + 4))
    assert followed["awaited"] > followed["new"][-1][0]
    assert followed["epoch"]["block"] > followed["epoch"]["previous"]


def test_a_subnet_is_founded_joined_staked_on_and_judged(sdk11: Client, node: Node) -> None:
    told = sdk11.script("sdk11/subnet.py")

    netuid = told["subnet"]["netuid"]
    subtensor = node.runtime().subtensor
    assert told["subnet"]["founded"]["registration_mode"] == "immediate"
    assert told["graph_owner"] == told["owner_coldkey"]
    assert subtensor.networks.subnet_owner[NetUid(netuid)] == decode_ss58(told["owner_coldkey"])
    # SDK 11.3 registers by an encrypted transaction alone.
    assert told["registration"]["shielded"]
    assert told["registration"]["uid"] == node.uid(netuid, told["miner_hotkey"]) == 1
    assert 0.9 < told["registration"]["paid"] / told["registration"]["cost"] < 1.1
    staking = told["staking"]
    (removed,) = node.events(StakeRemoved, staking["unstaked"]["block_hash"])
    assert (int(removed._3) + removed._5, int(removed._4)) == (10**9, netuid)
    assert staking["limited"] > staking["left"]
    expected = [netuid, told["owner_hotkey"], told["miner_coldkey"], staking["staked"]]
    assert expected in staking["positions"]
    assert told["weights"] == {"0": {"0": pytest.approx(0.25), "1": pytest.approx(0.75)}}
    assert [tuple(row[:2]) for row in told["metagraph"]] == [
        (0, told["owner_hotkey"]),
        (1, told["miner_hotkey"]),
    ]
    assert told["axons"] == ["None", "192.0.2.7:8091"]
    assert node.uid(netuid, told["owner_hotkey"]) == 0


def test_a_refusal_says_what_the_matter_is(sdk11: Client, node: Node) -> None:
    refused = sdk11.script("sdk11/refused.py")

    assert refused["not_root"]["name"] == "BadOrigin"
    assert refused["no_subnet"]["name"] == "SubnetNotExists"
    assert refused["not_traded"]["name"] == "SubtokenDisabled"
    assert refused["too_poor"]["kind"]
    assert refused["too_much"]["kind"]
    assert node.free_balance(refused["poor"]) == 0
