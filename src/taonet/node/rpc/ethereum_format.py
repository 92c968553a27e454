"""
Ethereum's values as its JSON-RPC writes and reads them.

Source: https://ethereum.github.io/execution-apis; frontier client/rpc-core/src/types.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from taonet.node.rpc.parameters import Kind, parse_hex
from taonet.pallets.ethereum.block import EthereumBlock, ReceiptData, TransactionStatus
from taonet.pallets.ethereum.transaction import (
    Facts,
    Transaction,
    encode_transaction,
    facts_of,
)
from taonet.pallets.evm.types import Log
from taonet.pallets.subtensor.types import H160
from taonet.primitives.ids import H256

ADDRESS_BYTES = 20
INPUT_BYTES_MAX = 128 * 1024
TAGS = ("latest", "pending", "safe", "finalized", "earliest")

_QUANTITY = re.compile("0x[0-9a-fA-F]{1,64}")

JsonObject = dict[str, Any]


@dataclass(frozen=True)
class BlockChoice:
    """A block by a tag, a number or one of its hashes."""

    tag: str = "latest"
    number: int | None = None
    block_hash: bytes | None = None


@dataclass(frozen=True)
class CallRequest:
    """What a call would be; None where the client leaves it to the node."""

    source: H160
    to: H160 | None
    gas: int | None
    fee_max: int | None
    value: int
    data: bytes
    access_list: tuple[tuple[H160, tuple[H256, ...]], ...]


@dataclass(frozen=True)
class LogFilter:
    """Which logs are asked for; a place of `topics` that is empty takes any."""

    start: BlockChoice
    end: BlockChoice
    block_hash: bytes | None
    addresses: frozenset[bytes]
    topics: tuple[frozenset[bytes], ...]


def parse_quantity(value: Any) -> int:
    """An integer of 256 bits as hexadecimal digits; a number is taken as well."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 256:
        return value
    if isinstance(value, str) and _QUANTITY.fullmatch(value):
        return int(value, 16)
    raise ValueError("a quantity is expected: 0x and hexadecimal digits")


def parse_address(value: Any) -> H160:
    """An address of 20 bytes."""
    raw = parse_hex(value)
    if len(raw) != ADDRESS_BYTES:
        raise ValueError(f"an Ethereum address has {ADDRESS_BYTES} bytes, not {len(raw)}")
    return H160(raw)


def parse_block(value: Any) -> BlockChoice:
    """A tag, a number, a hash, or an object with either."""
    if isinstance(value, Mapping):
        if "blockHash" in value:
            return BlockChoice(block_hash=_parse_hash(value["blockHash"]))
        return parse_block(value.get("blockNumber"))
    if value in TAGS:
        return BlockChoice(tag=value)
    if isinstance(value, str) and len(value) == 66:
        return BlockChoice(block_hash=_parse_hash(value))
    try:
        return BlockChoice(number=parse_quantity(value))
    except ValueError:
        raise ValueError(f"a block is a number, a hash or one of {', '.join(TAGS)}") from None


def _parse_hash(value: Any) -> bytes:
    raw = parse_hex(value)
    if len(raw) != 32:
        raise ValueError(f"a hash has 32 bytes, not {len(raw)}")
    return raw


def parse_call(value: Any) -> CallRequest:
    """A transaction that is not signed."""
    if not isinstance(value, Mapping):
        raise ValueError("an object is expected")
    data = _first(value, "input", "data")
    raw = b"" if data is None else parse_hex(data)
    if len(raw) > INPUT_BYTES_MAX:
        raise ValueError(f"the input has {len(raw)} bytes, at most {INPUT_BYTES_MAX} are taken")
    source, to, gas = value.get("from"), value.get("to"), value.get("gas")
    price = _first(value, "gasPrice", "maxFeePerGas")
    sent = value.get("value")
    return CallRequest(
        source=H160.zero() if source is None else parse_address(source),
        to=None if to in (None, "", "0x") else parse_address(to),
        gas=None if gas is None else parse_quantity(gas),
        fee_max=None if price is None else parse_quantity(price),
        value=0 if sent is None else parse_quantity(sent),
        data=raw,
        access_list=_parse_access_list(value.get("accessList")),
    )


def _first(value: Mapping[str, Any], *names: str) -> Any:
    return next((value[name] for name in names if value.get(name) is not None), None)


def _parse_access_list(value: Any) -> tuple[tuple[H160, tuple[H256, ...]], ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(entry, Mapping) for entry in value):
        raise ValueError("accessList is a list of objects with address and storageKeys")
    return tuple(
        (
            parse_address(entry.get("address")),
            tuple(H256(_parse_hash(key)) for key in entry.get("storageKeys") or ()),
        )
        for entry in value
    )


def parse_filter(value: Any) -> LogFilter:
    """A filter of logs."""
    if not isinstance(value, Mapping):
        raise ValueError("an object is expected")
    block_hash = value.get("blockHash")
    wanted = value.get("address")
    addresses = () if wanted is None else wanted if isinstance(wanted, list) else (wanted,)
    topics = value.get("topics") or ()
    if not isinstance(topics, list | tuple):
        raise ValueError("topics is a list")
    return LogFilter(
        start=_block_or_latest(value.get("fromBlock")),
        end=_block_or_latest(value.get("toBlock")),
        block_hash=None if block_hash is None else _parse_hash(block_hash),
        addresses=frozenset(bytes(parse_address(address)) for address in addresses),
        topics=tuple(_parse_topic(topic) for topic in topics),
    )


def _block_or_latest(value: Any) -> BlockChoice:
    return BlockChoice() if value is None else parse_block(value)


def _parse_topic(value: Any) -> frozenset[bytes]:
    if value is None:
        return frozenset()
    return frozenset(map(_parse_hash, value if isinstance(value, list) else [value]))


Address = Annotated[H160, Kind(parse_address)]
Quantity = Annotated[int, Kind(parse_quantity)]
Block = Annotated[BlockChoice, Kind(parse_block)]
CallObject = Annotated[CallRequest, Kind(parse_call)]
Filter = Annotated[LogFilter, Kind(parse_filter)]


def hexed(data: bytes) -> str:
    """Bytes as JSON has them."""
    return f"0x{data.hex()}"


def block_json(
    block: EthereumBlock,
    block_hash: bytes,
    base_fee: int,
    transactions: Sequence[JsonObject] | Sequence[str],
) -> JsonObject:
    """A block; its time in the header is in milliseconds, here in seconds."""
    header = block.header
    return {
        "number": hex(int(header.number)),
        "hash": hexed(block_hash),
        "parentHash": hexed(header.parent_hash),
        "sha3Uncles": hexed(header.ommers_hash),
        "miner": hexed(header.beneficiary),
        "author": hexed(header.beneficiary),
        "stateRoot": hexed(header.state_root),
        "transactionsRoot": hexed(header.transactions_root),
        "receiptsRoot": hexed(header.receipts_root),
        "logsBloom": hexed(header.logs_bloom),
        "difficulty": hex(int(header.difficulty)),
        "totalDifficulty": "0x0",
        "gasLimit": hex(int(header.gas_limit)),
        "gasUsed": hex(int(header.gas_used)),
        "timestamp": hex(header.timestamp // 1000),
        "extraData": hexed(header.extra_data),
        "mixHash": hexed(header.mix_hash),
        "nonce": hexed(header.nonce),
        "size": hex(sum(len(encode_transaction(t)) for t in block.transactions) + 512),
        "baseFeePerGas": hex(base_fee),
        "uncles": [],
        "transactions": list(transactions),
    }


@dataclass(frozen=True)
class Place:
    """Where a transaction stands: a block's Ethereum hash and number, and a place in it."""

    block_hash: bytes
    number: int
    index: int
    base_fee: int


def transaction_json(
    transaction: Transaction, key: bytes, source: bytes, place: Place | None
) -> JsonObject:
    """A transaction; without a place it waits for a block."""
    facts = facts_of(transaction)
    told: JsonObject = {
        "hash": hexed(key),
        "type": hex(facts.kind),
        "nonce": hex(facts.nonce),
        "blockHash": None if place is None else hexed(place.block_hash),
        "blockNumber": None if place is None else hex(place.number),
        "transactionIndex": None if place is None else hex(place.index),
        "from": hexed(source),
        "to": None if facts.to is None else hexed(facts.to),
        "value": hex(facts.value),
        "gas": hex(facts.gas_limit),
        "gasPrice": hex(facts.fee_max if place is None else _paid(facts, place)),
        "input": hexed(facts.input),
        "chainId": None if facts.chain_id is None else hex(facts.chain_id),
        "v": hex(facts.v),
        "r": hex(facts.r),
        "s": hex(facts.s),
    }
    if facts.kind:
        told["yParity"] = hex(facts.parity)
        told["accessList"] = [
            {"address": hexed(a), "storageKeys": [hexed(s.to_bytes(32, "big")) for s in slots]}
            for a, slots in facts.access_list
        ]
    if facts.kind == 2:
        told["maxFeePerGas"] = hex(facts.fee_max)
        told["maxPriorityFeePerGas"] = hex(facts.tip_max)
    return told


def _paid(facts: Facts, place: Place) -> int:
    """Of the price that was offered only the base fee is taken."""
    return min(facts.fee_max, place.base_fee)


def receipt_json(
    transaction: Transaction,
    status: TransactionStatus,
    receipt: ReceiptData,
    used_before: int,
    place: Place,
    first_log: int,
) -> JsonObject:
    """A receipt; `used_before` is the gas of the transactions before it in the block."""
    facts = facts_of(transaction)
    made = status.contract_address
    return {
        "transactionHash": hexed(status.transaction_hash),
        "transactionIndex": hex(place.index),
        "blockHash": hexed(place.block_hash),
        "blockNumber": hex(place.number),
        "from": hexed(status.from_),
        "to": None if status.to is None else hexed(status.to),
        "cumulativeGasUsed": hex(int(receipt.used_gas)),
        "gasUsed": hex(int(receipt.used_gas) - used_before),
        "contractAddress": None if made is None else hexed(made),
        "logs": [log_json(log, status, place, first_log + i) for i, log in enumerate(receipt.logs)],
        "logsBloom": hexed(receipt.logs_bloom),
        "status": hex(receipt.status_code),
        "effectiveGasPrice": hex(_paid(facts, place)),
        "type": hex(facts.kind),
    }


def log_json(log: Log, status: TransactionStatus, place: Place, index: int) -> JsonObject:
    """A log; `index` counts those of the block."""
    return {
        "address": hexed(log.address),
        "topics": [hexed(topic) for topic in log.topics],
        "data": hexed(log.data),
        "blockHash": hexed(place.block_hash),
        "blockNumber": hex(place.number),
        "transactionHash": hexed(status.transaction_hash),
        "transactionIndex": hex(place.index),
        "logIndex": hex(index),
        "removed": False,
    }
