"""`eth_*` over a real chain: reads, transactions, calls, and refusals in Ethereum's words."""

from typing import Any

import orjson
import pytest

from taonet.frame.call import Call
from taonet.frame.multi_address import AddressId
from taonet.node.rpc.ethereum_calls import revert_reason
from taonet.node.rpc.namespaces import Rpc
from taonet.pallets.evm.machine.calls import contract_address
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Rao
from taonet.runtime.pallets import CALLS
from tests.node.small_chain import ALICE, SmallChain
from tests.runtime.ethereum_wallet import GWEI, TAO, EthereumWallet
from tests.runtime.small_contract import CODE, REASON, init_code, selector, word

ADDRESS = "0x" + "11" * 20
WALLET = EthereumWallet()
FUNDS_RAO = 10**10


class Node:
    """A small chain and its RPC."""

    def __init__(self) -> None:
        self.small = SmallChain()
        self.rpc = Rpc(self.small.chain)
        self._nonce = 0

    async def reply(self, name: str, *params: object) -> dict[str, Any]:
        """The whole reply."""
        request = {"jsonrpc": "2.0", "id": 1, "method": name, "params": params}
        reply = await self.rpc.handle(orjson.dumps(request))
        assert reply is not None
        answer: dict[str, Any] = orjson.loads(reply)
        return answer

    async def ask(self, name: str, *params: object) -> Any:
        """The result."""
        reply = await self.reply(name, *params)
        assert "error" not in reply, reply
        return reply["result"]

    async def refusal(self, name: str, *params: object) -> tuple[int, str, str | None]:
        """The error's code, message and data."""
        error = (await self.reply(name, *params))["error"]
        return error["code"], error["message"], error.get("data")

    async def native(self, pallet: str, name: str, *arguments: object) -> None:
        """A call of Alice's in a block."""
        call = Call(*CALLS[pallet, name], arguments)
        await self.small.chain.submit(self.small.sign(ALICE, call, nonce=self._nonce))
        self._nonce += 1
        self.small.block()

    async def fund(self, account: AccountId, rao: int = FUNDS_RAO) -> None:
        """Alice sends TAO."""
        await self.native("Balances", "transfer_keep_alive", AddressId(account), Rao(rao))

    async def open_to_all(self) -> None:
        """Let everyone make contracts."""
        inner = Call(*CALLS["EVM", "disable_whitelist"], (True,))
        await self.native("Sudo", "sudo", inner)

    async def send(self, **fields: Any) -> dict[str, Any]:
        """A transaction of the wallet's in a block; its receipt."""
        key = await self.ask("eth_sendRawTransaction", "0x" + WALLET.raw(**fields).hex())
        self.small.block()
        receipt: dict[str, Any] = await self.ask("eth_getTransactionReceipt", key)
        return receipt


@pytest.fixture
def node() -> Node:
    return Node()


async def test_the_chain_is_told_in_ethereums_words(node: Node) -> None:
    node.small.block()
    assert await node.ask("eth_chainId") == hex(42)
    assert await node.ask("net_version") == "42"
    assert await node.ask("eth_blockNumber") == hex(1)
    assert await node.ask("eth_accounts") == []
    assert await node.ask("eth_syncing") is False
    assert await node.ask("web3_sha3", "0x") == "0x" + (
        "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    )
    price = node.small.executor.runtime.base_fee.wei
    assert await node.ask("eth_gasPrice") == hex(price)


async def test_every_listed_method_of_ethereums_answers(node: Node) -> None:
    """Nothing is listed that is not there; what needs no parameters gives a result."""
    node.small.block()
    listed = (await node.ask("rpc_methods"))["methods"]
    names = [n for n in listed if n.startswith(("eth_", "net_", "web3_"))]
    assert len(names) >= 30
    for name in names:
        reply = await node.reply(name)
        assert "result" in reply or reply["error"]["code"] == -32602, (name, reply)


async def test_a_balance_is_its_mirror_accounts_in_eighteen_decimals(node: Node) -> None:
    address = "0x" + WALLET.address.hex()
    assert await node.ask("eth_getBalance", address, "latest") == "0x0"
    await node.fund(WALLET.mirror, 10**9)
    assert await node.ask("eth_getBalance", address) == hex((10**9 - 500) * 10**9)
    assert await node.ask("eth_getBalance", address, "0x0") == "0x0"
    assert await node.ask("eth_getBalance", address, {"blockNumber": "0x1"}) != "0x0"


async def test_a_transfer_is_found_by_every_way(node: Node) -> None:
    await node.fund(WALLET.mirror)
    receipt = await node.send(to=ADDRESS, value=TAO)

    assert receipt["status"] == "0x1"
    assert receipt["gasUsed"] == receipt["cumulativeGasUsed"] == hex(21_000)
    block = await node.ask("eth_getBlockByHash", receipt["blockHash"], True)
    assert block["hash"] == receipt["blockHash"]
    assert block == await node.ask("eth_getBlockByNumber", receipt["blockNumber"], True)
    (transaction,) = block["transactions"]
    assert transaction == await node.ask("eth_getTransactionByHash", receipt["transactionHash"])
    assert transaction["from"] == "0x" + WALLET.address.hex()
    assert transaction["value"] == hex(TAO)
    parent = await node.ask("eth_getBlockByNumber", hex(int(block["number"], 16) - 1), False)
    assert block["parentHash"] == parent["hash"]
    assert receipt["effectiveGasPrice"] == block["baseFeePerGas"]
    address = "0x" + WALLET.address.hex()
    spent = 21_000 * int(block["baseFeePerGas"], 16) // 10**9 * 10**9
    left = (FUNDS_RAO - 500) * 10**9 - TAO - spent
    assert await node.ask("eth_getBalance", address) == hex(left)
    assert await node.ask("eth_getTransactionCount", address) == "0x1"


async def test_what_waits_is_counted_and_found(node: Node) -> None:
    await node.fund(WALLET.mirror)
    key = await node.ask("eth_sendRawTransaction", "0x" + WALLET.raw(to=ADDRESS).hex())
    address = "0x" + WALLET.address.hex()
    assert await node.ask("eth_getTransactionCount", address, "pending") == "0x1"
    assert await node.ask("eth_getTransactionCount", address, "latest") == "0x0"
    assert (await node.ask("eth_getTransactionByHash", key))["blockNumber"] is None
    assert await node.ask("eth_getTransactionReceipt", key) is None


async def test_later_nonces_wait_for_the_first(node: Node) -> None:
    await node.fund(WALLET.mirror)
    for nonce in (2, 1):
        raw = WALLET.raw(to=ADDRESS, value=TAO, nonce=nonce)
        await node.ask("eth_sendRawTransaction", "0x" + raw.hex())
    node.small.block()
    assert await node.ask("eth_getBalance", ADDRESS) == "0x0"
    await node.send(to=ADDRESS, value=TAO)
    count = await node.ask("eth_getBlockTransactionCountByNumber", "latest")
    assert count == "0x3"


async def test_a_contract_is_deployed_called_and_reverts(node: Node) -> None:
    await node.fund(WALLET.mirror)
    await node.open_to_all()
    made = await node.send(data=init_code(), gas=300_000, to=b"")
    contract = "0x" + contract_address(WALLET.address, 0).hex()
    assert made["contractAddress"] == contract
    assert await node.ask("eth_getCode", contract) == "0x" + CODE.hex()

    stored = await node.send(
        to=contract, data=selector("set(uint256)") + word(7), gas=100_000, nonce=1
    )
    assert stored["logs"][0]["data"] == "0x" + word(7).hex()
    assert await node.ask("eth_getStorageAt", contract, "0x0") == "0x" + word(7).hex()
    logs = await node.ask("eth_getLogs", {"fromBlock": "0x0", "address": contract})
    assert logs == stored["logs"]
    assert await node.ask("eth_getLogs", {"fromBlock": "0x0", "address": ADDRESS}) == []

    question = {"to": contract, "data": "0x" + selector("get()").hex()}
    assert await node.ask("eth_call", question, "latest") == "0x" + word(7).hex()
    assert await node.ask("eth_call", question, made["blockNumber"]) == "0x" + word(0).hex()
    estimated = int(await node.ask("eth_estimateGas", question), 16)
    assert 21_000 < estimated < 30_000

    code, message, data = await node.refusal(
        "eth_call", {"to": contract, "data": "0x" + selector("fail()").hex()}
    )
    assert (code, message) == (3, f"execution reverted: {REASON}")
    assert data is not None
    assert revert_reason(bytes.fromhex(data[2:])) == REASON
    assert (await node.refusal("eth_estimateGas", {"to": contract, "data": data[:10]}))[0] == 3


BAD: list[tuple[dict[str, Any], str]] = [
    ({"chainId": 1}, "invalid chain id"),
    ({"gas": 20_000}, "intrinsic gas too low"),
    ({"gas": 75_000_001}, "exceeds block gas limit"),
    ({"gasPrice": GWEI}, "max fee per gas less than block base fee"),
    ({"value": 10**30}, "insufficient funds for gas * price + value"),
    ({"to": b"", "data": init_code(), "gas": 300_000}, "contract creation is not allowed"),
]


@pytest.mark.parametrize(("fields", "text"), BAD, ids=[text for _, text in BAD])
async def test_a_bad_transaction_is_refused_in_the_words_that_tools_match(
    node: Node, fields: dict[str, Any], text: str
) -> None:
    await node.fund(WALLET.mirror)
    raw = WALLET.raw(**({"to": ADDRESS} | fields))
    code, message, _ = await node.refusal("eth_sendRawTransaction", "0x" + raw.hex())
    assert code == -32000
    assert message.startswith(text)
    assert len(node.small.chain.pool) == 0


async def test_a_transaction_that_was_there_is_known(node: Node) -> None:
    await node.fund(WALLET.mirror)
    raw = "0x" + WALLET.raw(to=ADDRESS).hex()
    await node.ask("eth_sendRawTransaction", raw)
    assert (await node.refusal("eth_sendRawTransaction", raw))[1] == "already known"
    other = "0x" + WALLET.raw(to=ADDRESS, value=1).hex()
    underpriced = "replacement transaction underpriced"
    assert (await node.refusal("eth_sendRawTransaction", other))[1] == underpriced
    node.small.block()
    assert (await node.refusal("eth_sendRawTransaction", other))[1] == "nonce too low"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("0x", "transaction data is empty"),
        ("0xc180", "decode transaction failed"),
        ("0xf8", "decode transaction failed"),
        ("0x04c0", "transaction type not supported"),
        ("0x02" + "c0", "decode transaction failed"),
        ("0xc0" + "00" * 140_000, "oversized data"),
    ],
)
async def test_what_is_no_transaction_is_refused_by_name(node: Node, raw: str, text: str) -> None:
    code, message, _ = await node.refusal("eth_sendRawTransaction", raw)
    assert code == -32000
    assert message.startswith(text)


async def test_calls_have_limits_and_say_what_went_wrong(node: Node) -> None:
    endless = {"data": "0x5b5f56", "gas": hex(100_000)}
    await node.open_to_all()
    assert (await node.refusal("eth_call", endless))[1] == "out of gas"
    broke = {"from": ADDRESS, "to": ADDRESS[:-2] + "22", "value": hex(TAO)}
    assert (await node.refusal("eth_call", broke))[1] == "insufficient funds for transfer"
    assert (await node.refusal("eth_call", {"to": ADDRESS}, "0x99"))[1] == "header not found"
    wide = {"fromBlock": "0x0", "toBlock": "latest"}
    assert await node.ask("eth_getLogs", wide) == []
