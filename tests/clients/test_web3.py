"""web3.py as it comes from the package index, against a node of ours."""

import pytest

from taonet.frame.multi_address import AddressId
from taonet.primitives.units import Rao
from tests.clients.network import Node
from tests.clients.running import Client
from tests.clients.signing import submit_as_alice
from tests.runtime.chain import call_of
from tests.runtime.ethereum_wallet import TAO, EthereumWallet
from tests.runtime.small_contract import ABI, CODE, REASON, init_code

pytestmark = pytest.mark.clients

FUNDS_RAO = 100 * 10**9


def test_a_wallet_pays_deploys_calls_and_is_told_why_not(web3: Client, node: Node) -> None:
    wallet = EthereumWallet()
    fund = call_of("Balances", "transfer_allow_death", AddressId(wallet.mirror), Rao(FUNDS_RAO))
    submit_as_alice(node, fund)
    everyone = call_of("EVM", "disable_whitelist", True)
    submit_as_alice(node, call_of("Sudo", "sudo", everyone))
    node.wait_for_block(node.block_number() + 2)
    assert node.runtime().contracts.disable_whitelist_check

    told = web3.script(
        "web3/session.py",
        key="0x" + bytes(wallet.signer.key).hex(),
        init_code="0x" + init_code().hex(),
        abi=ABI,
    )

    assert (told["connected"], told["chain_id"]) == (True, 42)
    assert told["transfer"] == {
        "status": 1,
        "gas_used": 21_000,
        # The account's existential deposit is not Ethereum's to see.
        "received": TAO - 500 * 10**9,
        "spent_but_for_fee": 0,
        "from": True,
        "in_block": True,
        "by_hash": True,
        "nonce": 1,
    }
    assert told["legacy_status"] == 1
    contract = told["contract"]
    assert contract.pop("estimated") > 21_000
    assert contract == {
        "made": 1,
        "code": CODE.hex(),
        "stored": 1,
        "value": 42,
        "slot": 42,
        "logs": [(42).to_bytes(32, "big").hex()],
    }
    assert REASON in told["reverted"]
    assert told["failed_status"] == 0
    refused = told["refused"]
    assert "nonce too low" in refused["again"]
    assert "insufficient funds for gas * price + value" in refused["funds"]
    assert "invalid chain id" in refused["chain"]
    assert "intrinsic gas too low" in refused["gas"]
    assert "less than block base fee" in refused["price"]
    assert "decode transaction failed" in refused["nonsense"]
    assert "transaction data is empty" in refused["empty"]
    assert told["history"]
    assert told["rest"] == ["taonet", "42", True, False, []]
