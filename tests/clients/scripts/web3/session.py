"""A wallet of Ethereum's on our node: transfer, contract, revert, refusals; prints what it saw."""
# mypy: ignore-errors

import json
import sys

from eth_account import Account
from web3 import Web3
from web3.exceptions import ContractLogicError, Web3RPCError

given = json.loads(sys.argv[1])
w3 = Web3(Web3.HTTPProvider(given["endpoint"].replace("ws://", "http://")))
account = Account.from_key(given["key"])
other = Web3.to_checksum_address("0x" + "77" * 20)
GWEI = 10**9


def send(**fields):
    """Sign, send and wait for a receipt."""
    whole = {
        "from": account.address,
        "nonce": w3.eth.get_transaction_count(account.address, "pending"),
        "chainId": w3.eth.chain_id,
        **fields,
    }
    if "gasPrice" not in whole:
        block = w3.eth.get_block("latest")
        whole["maxPriorityFeePerGas"] = w3.eth.max_priority_fee
        whole["maxFeePerGas"] = block["baseFeePerGas"] * 2
    if "gas" not in whole:
        whole["gas"] = w3.eth.estimate_gas(whole)
    whole.pop("from")
    raw = account.sign_transaction(whole).raw_transaction
    key = w3.eth.send_raw_transaction(raw)
    return w3.eth.wait_for_transaction_receipt(key, timeout=30, poll_latency=0.1), raw


def refusal(action):
    """What the node says when it refuses."""
    try:
        action()
    except (Web3RPCError, ContractLogicError) as error:
        return error.message
    return "nothing was refused"


told = {"connected": w3.is_connected(), "chain_id": w3.eth.chain_id}
before = w3.eth.get_balance(account.address)
receipt, raw = send(to=other, value=10**18)
fee = receipt["gasUsed"] * receipt["effectiveGasPrice"]
transaction = w3.eth.get_transaction(receipt["transactionHash"])
block = w3.eth.get_block(receipt["blockNumber"], full_transactions=True)
told["transfer"] = {
    "status": receipt["status"],
    "gas_used": receipt["gasUsed"],
    "received": w3.eth.get_balance(other),
    "spent_but_for_fee": before - w3.eth.get_balance(account.address) - 10**18 - fee,
    "from": transaction["from"] == account.address,
    "in_block": block["transactions"][receipt["transactionIndex"]]["hash"] == transaction["hash"],
    "by_hash": w3.eth.get_block(receipt["blockHash"])["number"] == receipt["blockNumber"],
    "nonce": w3.eth.get_transaction_count(account.address),
}
legacy, _ = send(to=other, value=10**18, gasPrice=w3.eth.gas_price * 2, gas=21_000)
told["legacy_status"] = legacy["status"]

made, _ = send(data=given["init_code"], value=0)
contract = w3.eth.contract(address=made["contractAddress"], abi=given["abi"])
stored, _ = send(to=made["contractAddress"], data=contract.encode_abi("set", [42]))
logs = w3.eth.get_logs(
    {"fromBlock": made["blockNumber"], "toBlock": "latest", "address": made["contractAddress"]}
)
told["contract"] = {
    "made": made["status"],
    "code": w3.eth.get_code(made["contractAddress"]).hex(),
    "stored": stored["status"],
    "value": contract.functions.get().call(),
    "slot": int.from_bytes(w3.eth.get_storage_at(made["contractAddress"], 0), "big"),
    "logs": [log["data"].hex() for log in logs],
    "estimated": w3.eth.estimate_gas(
        {"to": made["contractAddress"], "data": contract.encode_abi("get")}
    ),
}
told["reverted"] = refusal(lambda: contract.functions.fail().call())
failed, _ = send(to=made["contractAddress"], data=contract.encode_abi("fail"), gas=100_000)
told["failed_status"] = failed["status"]

nonce = w3.eth.get_transaction_count(account.address)


def signed(**fields):
    """A legacy transaction that has something wrong with it."""
    whole = {
        "to": other,
        "value": 1,
        "nonce": nonce,
        "gas": 21_000,
        "gasPrice": w3.eth.gas_price * 2,
        "chainId": w3.eth.chain_id,
        **fields,
    }
    return account.sign_transaction(whole).raw_transaction


told["refused"] = {
    "again": refusal(lambda: w3.eth.send_raw_transaction(raw)),
    "funds": refusal(lambda: w3.eth.send_raw_transaction(signed(value=10**30))),
    "chain": refusal(lambda: w3.eth.send_raw_transaction(signed(chainId=1))),
    "gas": refusal(lambda: w3.eth.send_raw_transaction(signed(gas=20_000))),
    "price": refusal(lambda: w3.eth.send_raw_transaction(signed(gasPrice=GWEI))),
    "nonsense": refusal(lambda: w3.eth.send_raw_transaction(b"\xc1\x80")),
    "empty": refusal(lambda: w3.eth.send_raw_transaction(b"")),
}
history = w3.eth.fee_history(4, "latest", [50])
told["history"] = len(history["baseFeePerGas"]) == len(history["gasUsedRatio"]) + 1
told["rest"] = [
    w3.client_version,
    w3.net.version,
    w3.net.listening,
    w3.eth.syncing,
    w3.eth.accounts,
]
print(json.dumps(told))
