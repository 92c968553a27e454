"""
Ethereum's view of a block: header, receipts, statuses, blooms and the roots of their tries.

Source: the crate ethereum 0.18 src/{header,block,receipt,util}.rs; frontier primitives/rpc.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from taonet.pallets.ethereum.rlp import Item, encode, integer
from taonet.pallets.ethereum.transaction import Transaction
from taonet.pallets.evm.types import U256, Bloom, Log
from taonet.pallets.subtensor.evm_keys import keccak_256
from taonet.pallets.subtensor.types import H160
from taonet.primitives.ids import H256, FixedBytes
from taonet.scale.types import U8, U32, U64, Struct, TaggedUnion

EMPTY_TRIE_ROOT: Final = H256(keccak_256(encode(b"")))
EMPTY_LIST_HASH: Final = H256(keccak_256(encode(())))
"""The hash of no ommers."""


class H64(FixedBytes):
    """The proof of work's nonce, zeros here."""

    length = 8
    scale_path = ("ethereum_types", "hash", "H64")
    __slots__ = ()


class Header(Struct, path="ethereum::header::Header"):
    """What a block's hash is of."""

    parent_hash: H256
    ommers_hash: H256
    beneficiary: H160
    state_root: H256
    transactions_root: H256
    receipts_root: H256
    logs_bloom: Bloom
    difficulty: U256
    number: U256
    gas_limit: U256
    gas_used: U256
    timestamp: U64
    extra_data: bytes
    mix_hash: H256
    nonce: H64


class EthereumBlock(Struct, path="ethereum::block::Block", parameters={"T": Transaction}):
    """A header and the block's transactions."""

    header: Header
    transactions: tuple[Transaction, ...]
    ommers: tuple[Header, ...]


class ReceiptData(Struct, path="ethereum::receipt::EIP658ReceiptData"):
    """`used_gas` counts the block's transactions up to this one."""

    status_code: U8
    used_gas: U256
    logs_bloom: Bloom
    logs: tuple[Log, ...]


class Receipt(TaggedUnion, path="ethereum::receipt::ReceiptV4"):
    """What became of a transaction."""


class LegacyReceipt(Receipt, index=0, name="Legacy"):
    """Of type 0."""

    _0: ReceiptData


class Eip2930Receipt(Receipt, index=1, name="EIP2930"):
    """Of type 1."""

    _0: ReceiptData


class Eip1559Receipt(Receipt, index=2, name="EIP1559"):
    """Of type 2."""

    _0: ReceiptData


class Eip7702Receipt(Receipt, index=3, name="EIP7702"):
    """Of type 4."""

    _0: ReceiptData


AnyReceipt = LegacyReceipt | Eip2930Receipt | Eip1559Receipt | Eip7702Receipt

RECEIPTS: Final[tuple[type[AnyReceipt], ...]] = (
    LegacyReceipt,
    Eip2930Receipt,
    Eip1559Receipt,
    Eip7702Receipt,
)
"""By the variant of the transaction."""

_RECEIPT_TYPES = (b"", b"\x01", b"\x02", b"\x04")


class TransactionStatus(Struct, path="fp_rpc::TransactionStatus"):
    """Where a transaction stands in its block, and what it touched."""

    transaction_hash: H256
    transaction_index: U32
    from_: H160
    to: H160 | None
    contract_address: H160 | None
    logs: tuple[Log, ...]
    logs_bloom: Bloom


def bloom_of(logs: Iterable[Log]) -> Bloom:
    """The bloom of addresses and topics."""
    bits = 0
    for log in logs:
        for item in (log.address, *log.topics):
            digest = keccak_256(item)
            for place in (0, 2, 4):
                bits |= 1 << (int.from_bytes(digest[place : place + 2], "big") & 2047)
    return Bloom(bits.to_bytes(256, "big"))


def union(blooms: Iterable[Bloom]) -> Bloom:
    """The bloom of all that several are of."""
    bits = 0
    for bloom in blooms:
        bits |= int.from_bytes(bloom, "big")
    return Bloom(bits.to_bytes(256, "big"))


def header_hash(header: Header) -> H256:
    """Keccak-256 of the header's RLP: what Ethereum's tools know the block by."""
    items: list[Item] = [
        bytes(header.parent_hash),
        bytes(header.ommers_hash),
        bytes(header.beneficiary),
        bytes(header.state_root),
        bytes(header.transactions_root),
        bytes(header.receipts_root),
        bytes(header.logs_bloom),
        integer(int(header.difficulty)),
        integer(int(header.number)),
        integer(int(header.gas_limit)),
        integer(int(header.gas_used)),
        integer(header.timestamp),
        header.extra_data,
        bytes(header.mix_hash),
        bytes(header.nonce),
    ]
    return H256(keccak_256(encode(items)))


def encode_receipt(receipt: Receipt) -> bytes:
    """As a receipts' trie holds it."""
    assert isinstance(receipt, AnyReceipt)
    data = receipt._0
    logs = tuple((bytes(g.address), tuple(map(bytes, g.topics)), g.data) for g in data.logs)
    items: list[Item] = [
        integer(data.status_code),
        integer(int(data.used_gas)),
        bytes(data.logs_bloom),
        logs,
    ]
    return _RECEIPT_TYPES[receipt.variant_index] + encode(items)


def ordered_trie_root(values: Sequence[bytes]) -> H256:
    """The root of Ethereum's trie of values by their places."""
    if not values:
        return EMPTY_TRIE_ROOT
    entries = sorted((_nibbles(encode(integer(i))), value) for i, value in enumerate(values))
    return H256(keccak_256(encode(_node(entries, 0))))


def _node(entries: Sequence[tuple[bytes, bytes]], depth: int) -> Item:
    """The node of entries that share `depth` nibbles; they are sorted."""
    first, last = entries[0][0], entries[-1][0]
    if len(entries) == 1:
        return _packed(first[depth:], leaf=True), entries[0][1]
    shared = depth
    while shared < len(first) and first[shared] == last[shared]:
        shared += 1
    if shared > depth:
        return _packed(first[depth:shared], leaf=False), _reference(_node(entries, shared))
    children: list[Item] = []
    for nibble in range(16):
        below = [entry for entry in entries if len(entry[0]) > depth and entry[0][depth] == nibble]
        children.append(_reference(_node(below, depth + 1)) if below else b"")
    return (*children, b"")


def _reference(node: Item) -> Item:
    """A node by its hash, or itself where it is shorter."""
    raw = encode(node)
    return node if len(raw) < 32 else keccak_256(raw)


def _nibbles(key: bytes) -> bytes:
    return bytes(n for byte in key for n in (byte >> 4, byte & 15))


def _packed(nibbles: bytes, *, leaf: bool) -> bytes:
    """Nibbles as bytes, behind flags that say whether they end and are odd."""
    odd = len(nibbles) % 2
    head = bytes([2 * leaf + odd]) if odd else bytes([2 * leaf, 0])
    whole = head + nibbles
    return bytes(whole[i] << 4 | whole[i + 1] for i in range(0, len(whole), 2))
