"""btcli 11.3.0 as it comes from the package index, against a node of ours."""

import json

import pytest

from taonet.primitives.ss58 import decode_ss58
from taonet.primitives.units import NetUid, Uid
from tests.clients.network import Node
from tests.clients.running import ALICE, ALICE_SEED, Client

pytestmark = pytest.mark.clients

TAO = 10**9
AMOUNT = 12 * TAO + TAO // 2


@pytest.fixture
def btcli(sdk11: Client) -> Client:
    """btcli with two wallets: `alice`, who is rich and sudo, and a new `person`."""
    sdk11.btcli("wallet", "create", "--no-password", wallet="person")
    sdk11.btcli("wallet", "regen-coldkey", "--seed", ALICE_SEED, "--no-password", wallet="alice")
    sdk11.btcli("wallet", "new-hotkey", wallet="alice")
    return sdk11


def as_root(btcli: Client, call: str, **arguments: object) -> None:
    """Let the sudo key make a call."""
    command = ("call", call, "--args", json.dumps(arguments), "--sudo")
    assert btcli.btcli(*command, wallet="alice")["success"]


def coldkey_of(btcli: Client, wallet: str) -> str:
    """The coldkey's address of one of the wallets."""
    wallets = btcli.btcli("wallet", "list")["coldkeys"]
    (address,) = [found["ss58"] for found in wallets if found["coldkey"] == wallet]
    return str(address)


def test_wallets_hold_and_send(btcli: Client, node: Node) -> None:
    person = coldkey_of(btcli, "person")
    before = node.free_balance(ALICE)

    sent = btcli.btcli("wallet", "transfer", "--dest", person, "--amount", "12.5", wallet="alice")

    assert sent["success"]
    fee = round(sent["fee_tao"] * TAO)
    assert before - node.free_balance(ALICE) == AMOUNT + fee
    assert btcli.btcli("wallet", "balance", wallet="person")["free_tao"] == 12.5
    assert node.free_balance(person) == AMOUNT
    assert btcli.btcli("query", "balance", "--coldkey", person) == "τ12.500000000"


def test_it_looks_around(sdk11: Client, node: Node) -> None:
    listed = {subnet["netuid"]: subnet for subnet in sdk11.btcli("subnets", "list")}
    shown = sdk11.btcli("subnets", "show", "1")
    graph = sdk11.btcli("subnets", "metagraph", "1")
    text = sdk11.btcli_text("subnets", "metagraph", "1")

    neurons = node.runtime().subtensor.neurons
    assert {0, 1} <= listed.keys()
    assert listed[1]["tempo"] == shown["tempo"] == graph["tempo"] == 100
    assert listed[1]["price_tao_per_alpha"] == pytest.approx(1.0, rel=0.1)
    assert shown["neurons"] == graph["num_uids"] == 1
    (hotkey,) = graph["hotkeys"]
    assert neurons.keys[NetUid(1), Uid(0)] == decode_ss58(hotkey)
    assert graph["name"] == "apex"
    assert hotkey in text


def test_a_subnet_is_founded_joined_staked_on_and_judged(btcli: Client, node: Node) -> None:
    # A local network's tempo is shorter than the time before an epoch in which nothing may change.
    as_root(btcli, "AdminUtils.sudo_set_admin_freeze_window", window=0)
    as_root(btcli, "AdminUtils.sudo_set_network_rate_limit", rate_limit=0)
    person = coldkey_of(btcli, "person")
    btcli.btcli("wallet", "transfer", "--dest", person, "--amount", "9000", wallet="alice")
    founded = btcli.btcli("subnets", "create", wallet="person")
    netuid = founded["data"]["netuid"]
    here = ("--netuid", str(netuid))
    assert btcli.btcli("hparams", "start", *here, wallet="person")["success"]

    miner = btcli.btcli("wallet", "new-hotkey", wallet="person", hotkey="miner")["ss58"]
    registered = btcli.btcli("subnets", "register", *here, wallet="person", hotkey="miner")
    assert registered["success"]
    assert registered["data"]["shielded"]

    def stake() -> float:
        return float(btcli.btcli("stake", "show", *here, wallet="person")["stake_amount"])

    assert btcli.btcli("stake", "add", *here, "--amount-tao", "3", wallet="person")["success"]
    assert stake() > 1
    assert btcli.btcli("stake", "remove", *here, "--amount-alpha", "1", wallet="person")["success"]

    # A registration counts as setting weights: without this one would wait for a hundred blocks.
    limit = {"netuid": netuid, "weights_set_rate_limit": 0}
    as_root(btcli, "AdminUtils.sudo_set_weights_set_rate_limit", **limit)
    reveal = ("--name", "commit_reveal_weights_enabled", "--value", "false")
    assert btcli.btcli("hparams", "set", *here, *reveal, wallet="person")["success"]
    weights = ("--uids", "0,1", "--weights", "0.2,0.8")
    assert btcli.btcli("weights", "set", *here, *weights, wallet="person")["success"]

    subtensor = node.runtime().subtensor
    assert subtensor.networks.subnet_owner[NetUid(netuid)] == decode_ss58(person)
    assert node.uid(netuid, miner) == 1
    row = btcli.btcli("query", "weights", *here)["0"]
    assert row == {"0": pytest.approx(0.2, abs=1e-4), "1": pytest.approx(0.8, abs=1e-4)}
    events = {
        type(record.event).__name__ for record in node.runtime(founded["block_hash"]).events()
    }
    assert "NetworkAdded" in events
