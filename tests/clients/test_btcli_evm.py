"""`btcli evm` 11.3.0 as it comes from the package index, against a node of ours."""

import json
from pathlib import Path

import pytest

from taonet.frame.multi_address import AddressId
from taonet.pallets.evm.types import mirror_account
from taonet.primitives.units import Rao
from tests.clients.network import Node
from tests.clients.running import ALICE_SEED, Client
from tests.clients.signing import submit_as_alice
from tests.runtime.chain import call_of
from tests.runtime.ethereum_wallet import EthereumWallet
from tests.runtime.small_contract import ABI, CODE, init_code

pytestmark = pytest.mark.clients

FUNDS_RAO = 100 * 10**9
OTHER = b"\x77" * 20


def test_a_local_network_is_made_ready_and_used(sdk11: Client, node: Node, tmp_path: Path) -> None:
    sdk11.btcli("wallet", "regen-coldkey", "--seed", ALICE_SEED, "--no-password", wallet="alice")
    sdk11.btcli_text("--json", "evm", "setup-localnet", wallet="alice")
    wallet = EthereumWallet()
    fund = call_of("Balances", "transfer_allow_death", AddressId(wallet.mirror), Rao(FUNDS_RAO))
    submit_as_alice(node, fund)
    node.wait_for_block(node.block_number() + 2)
    key = ("--evm-key", "wallet")
    private = "0x" + bytes(wallet.signer.key).hex()
    sdk11.btcli(
        "evm", "key", "import", "--name", "wallet", "--private-key", private, wallet="alice"
    )

    doctor = sdk11.btcli("evm", "doctor", *key, wallet="alice")
    assert doctor["chain id"] == 945
    sent = sdk11.btcli(
        "evm", "send", "--to", "0x" + OTHER.hex(), "--amount-tao", "1.5", *key, wallet="alice"
    )
    assert (sent["success"], sent["gas_used"]) == (True, 21_000)
    assert int(node.runtime().balances.free(mirror_account(OTHER))) == 15 * 10**8

    artifact = tmp_path / "contract.json"
    artifact.write_text(json.dumps({"abi": ABI, "bytecode": "0x" + init_code().hex()}))
    made = sdk11.btcli("evm", "deploy", str(artifact), *key, wallet="alice")
    assert made["success"]
    contract = bytes.fromhex(made["contract_address"][2:])
    assert node.runtime().contracts.code(contract) == CODE
    assert sdk11.btcli("evm", "call", "metagraph", "getUidCount", "1") == 1
