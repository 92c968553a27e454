"""
RLP, transactions and the hashes of blocks against what Ethereum's own software makes of them.

The tries' roots and the bloom were written by `ethereum-execution` 2.20 (ethereum.forks.cancun);
transactions are signed, and RLP is checked, by the libraries of the field's wallets.
"""

from typing import Any

import pytest
import rlp  # type: ignore[import-untyped]
from eth_account import Account
from hypothesis import given
from hypothesis import strategies as st

from taonet.pallets.ethereum.block import EMPTY_TRIE_ROOT, bloom_of, ordered_trie_root
from taonet.pallets.ethereum.rlp import MalformedRlp, decode, encode
from taonet.pallets.ethereum.transaction import (
    MalformedTransaction,
    Transaction,
    decode_transaction,
    encode_transaction,
    facts_of,
    sender_of,
    transaction_hash,
)
from taonet.pallets.evm.types import Log
from taonet.pallets.subtensor.types import H160
from taonet.primitives.ids import H256
from taonet.scale.codec import codec
from taonet.scale.types import type_of

KEY = b"\x01" * 32
ITEMS: Any = st.recursive(
    st.binary(max_size=70), lambda inner: st.lists(inner, max_size=4), max_leaves=12
)

ROOTS = {
    (1, 1): "7da536f7df63a0dfb481590e53be0e3063d9b798925cc3d479a3eb3155d0b394",
    (2, 1): "47a291e1f0920ea2b564d3d828c0f3a4691bc9f2b15813c5a3a3e7e3d6bd17ef",
    (3, 40): "f1d15f186b2d9826d458585539eb3e0b6d1bae08b7107247f49b77a9122febb2",
    (17, 1): "acfcee165e2e41ca413fc9133489100d7d1bb452f8dc80372c92745646e35132",
    (128, 40): "4ab41b753a108e6b8e017191349f6dc041c50a52d4e65f2694f03da9e23ce5fd",
    (129, 1): "c9fa73aa754eaaf61e93683cb8614392bf95701571fec2d5d1583352d7264176",
    (300, 40): "b1332d8481e8e7bb4aaa031e82a03ab411101438a4e77550d98bba0adc4d8d56",
}
"""By how many values there are and how long the first is."""

BLOOM_BITS = [193, 327, 481, 704, 1028, 1213]
"""Of one log with one topic."""

LISTED = [{"address": "0x" + "55" * 20, "storageKeys": ["0x" + "07" * 32]}]
FORMS: dict[str, dict[str, Any]] = {
    "legacy": {"gasPrice": 10**10},
    "eip2930": {"gasPrice": 10**10, "type": 1, "accessList": LISTED},
    "eip1559": {"maxFeePerGas": 10**10, "maxPriorityFeePerGas": 7, "accessList": LISTED},
}


def signed(**fields: Any) -> bytes:
    """A transaction as wallets send it."""
    whole = {"nonce": 5, "gas": 50_000, "chainId": 42, "value": 9, "data": b"data"} | fields
    return bytes(Account.from_key(KEY).sign_transaction(whole).raw_transaction)


@given(ITEMS)
def test_rlp_is_the_fields(item: Any) -> None:
    encoded = encode(item)
    assert encoded == rlp.encode(item)
    assert encode(decode(encoded)) == encoded


@given(st.binary(max_size=60))
def test_rlp_takes_what_the_field_takes_and_nothing_else(data: bytes) -> None:
    try:
        theirs = rlp.decode(data)
    except rlp.DecodingError:
        with pytest.raises(MalformedRlp):
            decode(data)
    else:
        assert rlp.encode(decode(data)) == rlp.encode(theirs)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("to", [b"\x77" * 20, b""], ids=["call", "create"])
def test_a_wallets_transaction_keeps_its_bytes_hash_and_sender(form: str, to: bytes) -> None:
    raw = signed(to=to, **FORMS[form])
    transaction = decode_transaction(raw)
    assert encode_transaction(transaction) == raw
    wire = codec(type_of(Transaction))
    assert wire.decode(wire.encode(transaction)) == transaction
    facts = facts_of(transaction)
    assert sender_of(facts) == H160.from_hex(Account.from_key(KEY).address)
    assert (facts.nonce, facts.gas_limit, facts.value, facts.input) == (5, 50_000, 9, b"data")
    assert facts.chain_id == 42
    known = Account.from_key(KEY).sign_transaction(
        {"nonce": 5, "gas": 50_000, "chainId": 42, "value": 9, "data": b"data", "to": to}
        | FORMS[form]
    )
    assert transaction_hash(transaction) == bytes(known.hash)


def test_a_signature_in_the_upper_half_is_nobodys() -> None:
    raw = signed(to=b"\x77" * 20, **FORMS["eip1559"])
    items: list[Any] = list(decode(raw[1:]))
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    items[-1] = (order - int.from_bytes(items[-1], "big")).to_bytes(32, "big")
    items[-3] = b"" if items[-3] else b"\x01"
    malleated = decode_transaction(b"\x02" + encode(items))
    assert sender_of(facts_of(malleated)) is None


@pytest.mark.parametrize("cut", [1, 10, 60])
def test_what_is_cut_off_is_refused(cut: int) -> None:
    raw = signed(to=b"\x77" * 20, **FORMS["eip1559"])
    with pytest.raises(MalformedTransaction, match="decode transaction failed"):
        decode_transaction(raw[:-cut])


@pytest.mark.parametrize(("count", "size"), ROOTS)
def test_a_tries_root_is_ethereums(count: int, size: int) -> None:
    values = [bytes([i % 256]) * (size + i % 3) for i in range(count)]
    assert ordered_trie_root(values).hex() == ROOTS[count, size]


def test_the_empty_tries_root_is_ethereums() -> None:
    known = "56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"
    assert EMPTY_TRIE_ROOT.hex() == ordered_trie_root([]).hex() == known


def test_a_bloom_is_ethereums() -> None:
    bloom = bloom_of([Log(H160(b"\x11" * 20), (H256(b"\x22" * 32),), b"")])
    set_bits = [i for i in range(2048) if int.from_bytes(bloom, "big") >> i & 1]
    assert set_bits == BLOOM_BITS
