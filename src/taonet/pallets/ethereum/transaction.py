"""
Ethereum's transactions: as the chain's wire and as Ethereum's have them, and who signed them.

Source: the crate ethereum 0.18 src/transaction; EIP-155, EIP-2718, EIP-2930, EIP-1559, EIP-7702.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from taonet.pallets.ethereum.rlp import Item, MalformedRlp, decode, encode, integer
from taonet.pallets.evm.machine.gas import AccessList
from taonet.pallets.evm.types import (
    U256,
    AuthorizationListItem,
    TransactionSignature,
)
from taonet.pallets.subtensor.evm_keys import keccak_256, recovered_address
from taonet.pallets.subtensor.types import H160
from taonet.primitives.ids import H256
from taonet.scale.types import U64, Struct, TaggedUnion

TRANSACTION_BYTES_MAX: Final = 128 * 1024
"""What Ethereum's own nodes take at most."""

SENDERS_MAX: Final = 4096
"""So many signers are remembered: the pool recovers one, and the block needs it again."""

_CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
_PROTECTED_V = 35


class MalformedTransaction(ValueError):
    """The bytes are no transaction; the text says why."""


class TransactionAction(TaggedUnion, path="ethereum::transaction::legacy::TransactionAction"):
    """Whom a transaction calls."""


class CallAction(TransactionAction, index=0, name="Call"):
    """An address."""

    _0: H160


class CreateAction(TransactionAction, index=1, name="Create"):
    """Nobody: it makes a contract."""


class TransactionRecoveryId(Struct, path="ethereum::transaction::legacy::TransactionRecoveryId"):
    """27 or 28, or of EIP-155, with the chain's number."""

    _0: U64


class LegacySignature(Struct, path="ethereum::transaction::legacy::TransactionSignature"):
    """A signature of secp256k1."""

    v: TransactionRecoveryId
    r: H256
    s: H256


class AccessListItem(Struct, path="ethereum::transaction::eip2930::AccessListItem"):
    """An address, and slots of it, that a transaction says it will touch."""

    address: H160
    storage_keys: tuple[H256, ...]


class LegacyTransaction(Struct, path="ethereum::transaction::legacy::LegacyTransaction"):
    """The first form."""

    nonce: U256
    gas_price: U256
    gas_limit: U256
    action: TransactionAction
    value: U256
    input: bytes
    signature: LegacySignature


class Eip2930Transaction(Struct, path="ethereum::transaction::eip2930::EIP2930Transaction"):
    """With an access list."""

    chain_id: U64
    nonce: U256
    gas_price: U256
    gas_limit: U256
    action: TransactionAction
    value: U256
    input: bytes
    access_list: tuple[AccessListItem, ...]
    signature: TransactionSignature


class Eip1559Transaction(Struct, path="ethereum::transaction::eip1559::EIP1559Transaction"):
    """With a highest price."""

    chain_id: U64
    nonce: U256
    max_priority_fee_per_gas: U256
    max_fee_per_gas: U256
    gas_limit: U256
    action: TransactionAction
    value: U256
    input: bytes
    access_list: tuple[AccessListItem, ...]
    signature: TransactionSignature


class Eip7702Transaction(Struct, path="ethereum::transaction::eip7702::EIP7702Transaction"):
    """With accounts' leave to run code for them."""

    chain_id: U64
    nonce: U256
    max_priority_fee_per_gas: U256
    max_fee_per_gas: U256
    gas_limit: U256
    destination: TransactionAction
    value: U256
    data: bytes
    access_list: tuple[AccessListItem, ...]
    authorization_list: tuple[AuthorizationListItem, ...]
    signature: TransactionSignature


class Transaction(TaggedUnion, path="ethereum::transaction::TransactionV3"):
    """A signed transaction."""


class Legacy(Transaction, index=0):
    """Type 0."""

    _0: LegacyTransaction


class Eip2930(Transaction, index=1, name="EIP2930"):
    """Type 1."""

    _0: Eip2930Transaction


class Eip1559(Transaction, index=2, name="EIP1559"):
    """Type 2."""

    _0: Eip1559Transaction


class Eip7702(Transaction, index=3, name="EIP7702"):
    """Type 4; refused on this chain yet."""

    _0: Eip7702Transaction


@dataclass(frozen=True)
class Facts:
    """What every form says: `to` is None where a contract is made, prices are in wei."""

    kind: int
    chain_id: int | None
    nonce: int
    fee_max: int
    tip_max: int
    gas_limit: int
    to: H160 | None
    value: int
    input: bytes
    access_list: AccessList
    parity: int
    v: int
    r: int
    s: int


def facts_of(transaction: Transaction) -> Facts:
    """What the transaction says."""
    if isinstance(transaction, Legacy):
        return _legacy_facts(transaction._0)
    if isinstance(transaction, Eip2930):
        inner = transaction._0
        price = int(inner.gas_price)
        return _typed_facts(1, inner, price, price, inner.action, inner.input)
    if isinstance(transaction, Eip1559):
        dynamic = transaction._0
        fees = int(dynamic.max_fee_per_gas), int(dynamic.max_priority_fee_per_gas)
        return _typed_facts(2, dynamic, *fees, dynamic.action, dynamic.input)
    assert isinstance(transaction, Eip7702)
    setting = transaction._0
    fees = int(setting.max_fee_per_gas), int(setting.max_priority_fee_per_gas)
    return _typed_facts(4, setting, *fees, setting.destination, setting.data)


def _legacy_facts(inner: LegacyTransaction) -> Facts:
    signature = inner.signature
    v = signature.v._0
    protected = v >= _PROTECTED_V
    return Facts(
        kind=0,
        chain_id=(v - _PROTECTED_V) // 2 if protected else None,
        nonce=int(inner.nonce),
        fee_max=int(inner.gas_price),
        tip_max=int(inner.gas_price),
        gas_limit=int(inner.gas_limit),
        to=_target(inner.action),
        value=int(inner.value),
        input=inner.input,
        access_list=(),
        parity=(v - _PROTECTED_V) % 2 if protected else v - 27,
        v=v,
        r=int.from_bytes(signature.r, "big"),
        s=int.from_bytes(signature.s, "big"),
    )


def _typed_facts(
    kind: int,
    inner: Eip2930Transaction | Eip1559Transaction | Eip7702Transaction,
    fee_max: int,
    tip_max: int,
    action: TransactionAction,
    data: bytes,
) -> Facts:
    signature = inner.signature
    parity = int(signature.odd_y_parity)
    return Facts(
        kind=kind,
        chain_id=inner.chain_id,
        nonce=int(inner.nonce),
        fee_max=fee_max,
        tip_max=tip_max,
        gas_limit=int(inner.gas_limit),
        to=_target(action),
        value=int(inner.value),
        input=data,
        access_list=tuple(
            (item.address, tuple(int.from_bytes(key, "big") for key in item.storage_keys))
            for item in inner.access_list
        ),
        parity=parity,
        v=parity,
        r=int.from_bytes(signature.r, "big"),
        s=int.from_bytes(signature.s, "big"),
    )


def _target(action: TransactionAction) -> H160 | None:
    return action._0 if isinstance(action, CallAction) else None


def _unsigned_items(facts: Facts) -> list[Item]:
    head: list[Item]
    gas = integer(facts.gas_limit)
    if facts.kind == 0:
        head = [integer(facts.nonce), integer(facts.fee_max), gas]
    elif facts.kind == 1:
        head = [_chain(facts), integer(facts.nonce), integer(facts.fee_max), gas]
    else:
        prices = integer(facts.tip_max), integer(facts.fee_max)
        head = [_chain(facts), integer(facts.nonce), *prices, gas]
    head += [b"" if facts.to is None else bytes(facts.to), integer(facts.value), facts.input]
    if facts.kind:
        head.append(
            tuple((bytes(a), tuple(s.to_bytes(32, "big") for s in k)) for a, k in facts.access_list)
        )
    return head


def _chain(facts: Facts) -> bytes:
    return integer(facts.chain_id or 0)


def encode_transaction(transaction: Transaction) -> bytes:
    """As Ethereum writes it; raises `MalformedTransaction` for a form that is not taken."""
    facts = facts_of(transaction)
    _refuse_untaken(facts.kind)
    signature = [integer(facts.v), integer(facts.r), integer(facts.s)]
    body = encode([*_unsigned_items(facts), *signature])
    return body if facts.kind == 0 else bytes([facts.kind]) + body


def transaction_hash(transaction: Transaction) -> H256:
    """What Ethereum's tools know the transaction by."""
    return H256(keccak_256(encode_transaction(transaction)))


def signing_hash(facts: Facts) -> bytes:
    """What the sender signed."""
    items = _unsigned_items(facts)
    if facts.kind:
        return keccak_256(bytes([facts.kind]) + encode(items))
    if facts.chain_id is not None:
        items += [integer(facts.chain_id), b"", b""]
    return keccak_256(encode(items))


def sender_of(facts: Facts) -> H160 | None:
    """Who signed, None if nobody did; a signature with s in the upper half is nobody's."""
    if facts.parity not in (0, 1) or not 0 < facts.r < _CURVE_ORDER:
        return None
    if not 0 < facts.s <= _CURVE_ORDER // 2:
        return None
    signature = facts.r.to_bytes(32, "big") + facts.s.to_bytes(32, "big") + bytes([facts.parity])
    return _recovered(signing_hash(facts), signature)


@lru_cache(maxsize=SENDERS_MAX)
def _recovered(message_hash: bytes, signature: bytes) -> H160 | None:
    return recovered_address(message_hash, signature)


def decode_transaction(raw: bytes) -> Transaction:
    """A transaction as Ethereum's tools send it; raises `MalformedTransaction`."""
    if not raw:
        raise MalformedTransaction("transaction data is empty")
    if len(raw) > TRANSACTION_BYTES_MAX:
        raise MalformedTransaction(
            f"oversized data: {len(raw)} bytes, at most {TRANSACTION_BYTES_MAX} are taken"
        )
    kind, body = (0, raw) if raw[0] >= 0xC0 else (raw[0], raw[1:])
    _refuse_untaken(kind)
    if kind == 0 and body is not raw:
        raise MalformedTransaction("decode transaction failed: transaction type not supported")
    try:
        return _from_items(kind, decode(body))
    except (MalformedRlp, ValueError, OverflowError) as error:
        raise MalformedTransaction(f"decode transaction failed: {error}") from error


def _refuse_untaken(kind: int) -> None:
    if kind not in (0, 1, 2):
        raise MalformedTransaction("transaction type not supported")


_LENGTHS = {0: 9, 1: 11, 2: 12}


def _from_items(kind: int, items: Item) -> Transaction:
    if isinstance(items, bytes) or len(items) != _LENGTHS[kind]:
        raise MalformedRlp(f"a transaction of type {kind} has {_LENGTHS[kind]} items")
    if kind == 0:
        nonce, price, gas = (_word(item) for item in items[:3])
        v, r, s = (_integer(item) for item in items[6:])
        if v >= 1 << 64:
            raise MalformedRlp("v has 64 bits at most")
        recovery = LegacySignature(TransactionRecoveryId(v), _hash(r), _hash(s))
        return Legacy(LegacyTransaction(nonce, price, gas, *_target_items(items[3:6]), recovery))
    chain = _integer(items[0])
    if chain >= 1 << 64:
        raise MalformedRlp("the chain's number has 64 bits at most")
    action, value, data = _target_items(items[-7:-4])
    listed, signature = _access_list(items[-4]), _signature(items[-3:])
    nonce, price, *others = (_word(item) for item in items[1:-7])
    if kind == 1:
        (gas,) = others
        return Eip2930(
            Eip2930Transaction(chain, nonce, price, gas, action, value, data, listed, signature)
        )
    fee, gas = others
    return Eip1559(
        Eip1559Transaction(chain, nonce, price, fee, gas, action, value, data, listed, signature)
    )


def _target_items(items: Sequence[Item]) -> tuple[TransactionAction, U256, bytes]:
    to = _bytes(items[0])
    action = CallAction(H160(to)) if to else CreateAction()
    return action, _word(items[1]), _bytes(items[2])


def _signature(items: Sequence[Item]) -> TransactionSignature:
    parity, r, s = (_integer(item) for item in items)
    if parity > 1:
        raise MalformedRlp("the parity of y is 0 or 1")
    return TransactionSignature(bool(parity), _hash(r), _hash(s))


def _access_list(item: Item) -> tuple[AccessListItem, ...]:
    return tuple(_access_item(entry) for entry in _list(item))


def _access_item(entry: Item) -> AccessListItem:
    parts = _list(entry)
    if len(parts) != 2:
        raise MalformedRlp("an entry of the access list is an address and its slots")
    return AccessListItem(H160(_bytes(parts[0])), tuple(H256(_bytes(k)) for k in _list(parts[1])))


def _list(item: Item) -> tuple[Item, ...]:
    if isinstance(item, bytes):
        raise MalformedRlp("a list is expected")
    return tuple(item)


def _bytes(item: Item) -> bytes:
    if not isinstance(item, bytes):
        raise MalformedRlp("bytes are expected, not a list")
    return item


def _integer(item: Item) -> int:
    raw = _bytes(item)
    if raw[:1] == b"\0" or len(raw) > 32:
        raise MalformedRlp("an integer has no leading zeros and 32 bytes at most")
    return int.from_bytes(raw, "big")


def _word(item: Item) -> U256:
    return U256.of(_integer(item))


def _hash(value: int) -> H256:
    return H256(value.to_bytes(32, "big"))
