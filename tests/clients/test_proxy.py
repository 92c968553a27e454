"""Accounts that act for others, as unmodified clients set them up and use them."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from taonet.pallets.multisig import MultisigExecuted, NewMultisig
from taonet.pallets.proxy.events import ProxyExecuted, PureCreated
from taonet.pallets.proxy.types import ProxyType
from taonet.primitives.ss58 import decode_ss58, encode_ss58
from tests.clients.network import Node
from tests.clients.running import ALICE, ALICE_SEED, BOB, Client, ClientFailed

pytestmark = pytest.mark.clients

TAO = 10**9


@pytest.fixture
def btcli(sdk11: Client) -> Client:
    """btcli with two wallets: `alice`, who is rich, and `person`, who has 30 TAO."""
    sdk11.btcli("wallet", "regen-coldkey", "--seed", ALICE_SEED, "--no-password", wallet="alice")
    sdk11.btcli("wallet", "create", "--no-password", wallet="person")
    person = coldkey_of(sdk11, "person")
    sdk11.btcli("wallet", "transfer", "--dest", person, "--amount", "30", wallet="alice")
    return sdk11


def coldkey_of(btcli: Client, wallet: str) -> str:
    """The coldkey's address of one of the wallets."""
    wallets = btcli.btcli("wallet", "list")["coldkeys"]
    (address,) = [found["ss58"] for found in wallets if found["coldkey"] == wallet]
    return str(address)


def kinds(node: Node, who: str) -> list[tuple[bytes, ProxyType]]:
    """Who acts for an account as what, from raw storage."""
    proxies, _ = node.runtime().proxy.kept.proxies[decode_ss58(who)]
    return [(proxy.delegate, proxy.proxy_type) for proxy in proxies]


def give(btcli: Client, amount: str, *options: str, wallet: str) -> Any:
    """Send TAO to Bob."""
    command = ("wallet", "transfer", "--dest", BOB, "--amount", amount)
    return btcli.btcli(*command, *options, wallet=wallet)


def test_btcli_lets_another_wallet_act(btcli: Client, node: Node) -> None:
    person = coldkey_of(btcli, "person")
    small = ("--delegate", person, "--proxy-type", "SmallTransfer")
    assert btcli.btcli("proxy", "add", *small, wallet="alice")["success"]
    listed = btcli.btcli("proxy", "list", wallet="alice")
    assert listed["proxies"] == [{"delegate": person, "proxy_type": "SmallTransfer", "delay": 0}]
    assert listed["deposit"] == "τ0.093000000"
    assert kinds(node, ALICE) == [(decode_ss58(person), ProxyType.SMALL_TRANSFER)]

    alices, bobs = node.free_balance(ALICE), node.free_balance(BOB)
    assert give(btcli, "0.4", "--proxy-for", ALICE, wallet="person")["success"]
    # Alice gets her own blocks' fees, so that she may have more than what she had less the gift.
    assert node.free_balance(BOB) - bobs == 4 * TAO // 10
    assert alices - node.free_balance(ALICE) <= 4 * TAO // 10
    with pytest.raises(ClientFailed, match="CallFiltered"):
        give(btcli, "0.6", "--proxy-for", ALICE, wallet="person")
    assert node.free_balance(BOB) - bobs == 4 * TAO // 10

    assert btcli.btcli("proxy", "remove", *small, wallet="alice")["success"]
    assert kinds(node, ALICE) == []


def test_btcli_keeps_a_pure_account(btcli: Client, node: Node) -> None:
    command = ("proxy", "create", "--proxy-type", "Any", "--name", "vault")
    created = btcli.btcli(*command, wallet="person")
    pure = created["data"]["pure_proxy"]
    (event,) = node.events(PureCreated, created["block_hash"])
    assert encode_ss58(event.pure) == pure
    btcli.btcli("wallet", "transfer", "--dest", pure, "--amount", "5", wallet="person")
    bobs = node.free_balance(BOB)
    assert give(btcli, "2", "--proxy-for", "vault", wallet="person")["success"]
    assert node.free_balance(BOB) - bobs == 2 * TAO
    assert node.free_balance(pure) == 3 * TAO
    killed = btcli.btcli("proxy", "kill", "vault", wallet="person")
    (executed,) = node.events(ProxyExecuted, killed["block_hash"])
    assert type(executed.result).__name__ == "Ok"
    assert kinds(node, pure) == []


def test_two_people_act_together_each_with_a_btcli_of_their_own(
    btcli: Client, node: Node, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    other = replace(btcli, home=elsewhere)
    other.btcli("wallet", "create", "--no-password", wallet="other")
    theirs = coldkey_of(other, "other")
    btcli.btcli("wallet", "transfer", "--dest", theirs, "--amount", "5", wallet="alice")
    for each in (btcli, other):
        both = ("--threshold", "2", "--signatories", f"{ALICE},{theirs}")
        safe = each.btcli("multisig", "add", "safe", *both)["multisig_address"]
    btcli.btcli("wallet", "transfer", "--dest", safe, "--amount", "5", wallet="alice")
    arguments = json.dumps({"dest": BOB, "value": TAO})
    call = ("call", "Balances.transfer_keep_alive", "--args", arguments, "--multisig", "safe")
    bobs = node.free_balance(BOB)

    first = btcli.btcli(*call, wallet="alice")
    (begun,) = node.events(NewMultisig, first["block_hash"])
    assert encode_ss58(begun.multisig) == safe
    assert node.free_balance(BOB) == bobs
    last = other.btcli(*call, wallet="other")
    (executed,) = node.events(MultisigExecuted, last["block_hash"])
    assert executed.approving == decode_ss58(theirs)
    assert type(executed.result).__name__ == "Ok"
    assert node.free_balance(BOB) == bobs + TAO
    assert node.free_balance(safe) == 4 * TAO


def test_subtensor_of_sdk_10_acts_by_proxy(sdk10: Client, node_for_sdk10: Node) -> None:
    told = sdk10.script("sdk10/proxies.py")

    assert told["proxies"] == [[told["delegate"], "SmallTransfer", 0]]
    assert told["deposit"] == 93_000_000
    assert told["announced"] == [[told["real"], told["call_hash"]]]
    assert told["left"] == 0
    (executed,) = node_for_sdk10.events(ProxyExecuted, told["acted"]["block_hash"])
    assert type(executed.result).__name__ == "Ok"
    (event,) = node_for_sdk10.events(PureCreated, told["created"]["block_hash"])
    assert event.who == decode_ss58(told["delegate"])
    assert told["constants"]["MaxProxies"] == 20
    assert [index for index, _, _ in told["types"]] == list(range(18))
    assert told["filters"]["Any"] == "AllowAll"
    assert told["filters"]["SmallTransfer"] == "Allow"
