"""`eth_*` over a real chain: the reads that need no EVM, and the refusals of the rest."""

import orjson
import pytest

from taonet.frame.call import Call
from taonet.frame.multi_address import AddressId
from taonet.node.rpc.ethereum import mirror_account
from taonet.node.rpc.namespaces import Rpc
from taonet.primitives.ids import AccountId
from taonet.runtime.pallets import CALLS
from tests.node.small_chain import ALICE, SmallChain

ADDRESS = "0x" + "11" * 20


async def ask(small: SmallChain, name: str, *params: object) -> dict[str, object]:
    """The whole reply."""
    request = {"jsonrpc": "2.0", "id": 1, "method": name, "params": params}
    reply = await Rpc(small.chain).handle(orjson.dumps(request))
    answer: dict[str, object] = orjson.loads(reply)  # type: ignore[arg-type]
    return answer


async def test_chain_id_and_block_number_are_the_chains() -> None:
    small = SmallChain()
    small.block()

    assert (await ask(small, "eth_chainId"))["result"] == hex(42)
    assert (await ask(small, "net_version"))["result"] == "42"
    assert (await ask(small, "eth_blockNumber"))["result"] == hex(1)


async def test_a_balance_is_its_mirror_accounts_in_eighteen_decimals() -> None:
    small = SmallChain()
    mirror: AccountId = mirror_account(bytes.fromhex(ADDRESS[2:]))
    call = Call(*CALLS["Balances", "transfer_keep_alive"], (AddressId(mirror), 10**9))
    await small.chain.submit(small.sign(ALICE, call))

    assert (await ask(small, "eth_getBalance", ADDRESS, "latest"))["result"] == "0x0"
    small.block()

    balance = (await ask(small, "eth_getBalance", ADDRESS, "latest"))["result"]
    assert balance == hex((10**9 - 500) * 10**9)


@pytest.mark.parametrize("name", ["eth_call", "eth_estimateGas", "eth_sendRawTransaction"])
async def test_what_needs_an_evm_is_refused_by_name(name: str) -> None:
    error = (await ask(SmallChain(), name, {}))["error"]

    assert isinstance(error, dict)
    assert error["code"] == -32000
    assert "needs an EVM" in error["message"]


async def test_an_address_of_another_length_is_refused() -> None:
    error = (await ask(SmallChain(), "eth_getBalance", "0x11"))["error"]

    assert isinstance(error, dict)
    assert error["code"] == -32602
