"""The runtime APIs of any Substrate chain, asked as clients ask them."""

from typing import Any

import pytest

from taonet.frame.config import RuntimeConfig
from taonet.frame.multi_address import AddressId
from taonet.frame.runtime_api import UnknownRuntimeApi
from taonet.pallets.subtensor.guard_weights import COLDKEY_SWAP
from taonet.primitives.units import Rao
from taonet.runtime.composition import VERSION, api_table, metadata_v14, metadata_v15
from taonet.runtime.version import version_json
from taonet.scale.codec import encode_compact
from taonet.scale.metadata import decode
from tests.runtime.chain import ALICE, BOB, Chain, call_of

CHAIN = Chain()
TRANSFER = call_of("Balances", "transfer_keep_alive", AddressId(BOB.account), Rao(5))


def ask(name: str, data: bytes = b"", chain: Chain = CHAIN) -> bytes:
    """The encoded answer."""
    return api_table(chain.runtime.codecs).call(chain.runtime, name, data)


def asked(name: str, data: bytes = b"", chain: Chain = CHAIN) -> Any:
    """The answer as the field's own codec reads it."""
    trait, method = name.split("_", 1)
    output = chain.sdk.runtime_api_map()[trait][method]["output"]
    return chain.sdk.decode(output, ask(name, data, chain))


def test_the_version_is_425() -> None:
    version = asked("Core_version")

    assert (version["spec_name"], version["spec_version"]) == ("node-subtensor", 425)
    assert len(version["apis"]) == len(VERSION.apis)
    json = version_json(VERSION)
    assert json["transactionVersion"] == 1
    # sp_api::Core's own id and version.
    assert ["0xdf6acb689907609b", 5] in json["apis"]


def test_metadata_is_served_in_two_versions() -> None:
    config = CHAIN.config
    assert asked("Metadata_metadata_versions") == [14, 15]
    v15 = metadata_v15(config)
    assert ask("Metadata_metadata_at_version", (15).to_bytes(4, "little")) == (
        b"\x01" + encode_compact(len(v15)) + v15
    )
    assert ask("Metadata_metadata_at_version", (16).to_bytes(4, "little")) == b"\x00"
    v14 = metadata_v14(config)
    assert ask("Metadata_metadata") == encode_compact(len(v14)) + v14


def test_nonces_count_transactions() -> None:
    chain = Chain()
    chain.send(ALICE, TRANSFER)

    assert ask("AccountNonceApi_account_nonce", ALICE.account, chain) == (1).to_bytes(4, "little")


def test_the_fee_that_is_quoted_is_charged() -> None:
    chain = Chain()
    raw = chain.sign_raw(ALICE, TRANSFER)
    data = raw + len(raw).to_bytes(4, "little")
    info = asked("TransactionPaymentApi_query_info", data, chain)
    details = asked("TransactionPaymentApi_query_fee_details", data, chain)
    chain.send(ALICE, TRANSFER)

    assert info["partial_fee"] == int(chain.fee())
    assert info["class"] == "Normal"
    inclusion = details["inclusion_fee"]
    assert sum(inclusion.values()) == info["partial_fee"]


def test_a_quote_needs_no_true_signature() -> None:
    raw = bytearray(CHAIN.sign_raw(ALICE, TRANSFER))
    raw[40] ^= 255
    data = bytes(raw) + len(raw).to_bytes(4, "little")
    assert asked("TransactionPaymentApi_query_info", data)["partial_fee"] > 0


def test_calls_and_bare_extrinsics_have_quotes_too() -> None:
    call = bytes((0, 0, 0))
    length = (100).to_bytes(4, "little")
    info = asked("TransactionPaymentCallApi_query_call_info", call + length)
    assert info["partial_fee"] == 54_078 + 100 + 34_851
    assert info["weight"]["ref_time"] == 2_119_000 + COLDKEY_SWAP.ref_time
    bare = encode_compact(4) + b"\x04" + call
    assert asked("TransactionPaymentApi_query_info", bare + length)["partial_fee"] == 0
    assert asked("TransactionPaymentApi_query_fee_details", bare + length) == {
        "inclusion_fee": None,
        "tip": 0,
    }
    weight = encode_compact(1_000_000) + encode_compact(0)
    for trait in ("TransactionPaymentApi", "TransactionPaymentCallApi"):
        assert asked(f"{trait}_query_weight_to_fee", weight) == 500
        assert asked(f"{trait}_query_length_to_fee", length) == 100


def test_the_pool_is_told_what_is_valid() -> None:
    name = "TaggedTransactionQueue_validate_transaction"
    raw = CHAIN.sign_raw(ALICE, TRANSFER, nonce=1)
    valid = asked(name, b"\x02" + raw + CHAIN.head)
    assert valid["Ok"]["longevity"] == 2**64 - 1
    assert len(valid["Ok"]["requires"]) == 1
    bad = bytearray(raw)
    bad[40] ^= 1
    assert asked(name, b"\x02" + bytes(bad) + CHAIN.head) == {"Err": {"Invalid": "BadProof"}}
    bare = encode_compact(4) + b"\x04" + bytes((0, 0, 0))
    assert asked(name, b"\x02" + bare + CHAIN.head) == {"Err": {"Unknown": "NoUnsignedValidator"}}


def test_authorities_are_told() -> None:
    assert asked("AuraApi_slot_duration") == 250
    assert ask("AuraApi_authorities")[0] == 3 << 2
    assert ask("GrandpaApi_grandpa_authorities")[0] == 3 << 2
    assert asked("GrandpaApi_current_set_id") == 0
    keys = encode_compact(64) + bytes(64)
    assert ask("SessionKeys_decode_session_keys", keys)[:2] == b"\x01\x08"
    assert ask("SessionKeys_decode_session_keys", b"\x00") == b"\x00"


def test_an_unknown_method_is_named() -> None:
    with pytest.raises(UnknownRuntimeApi, match="Exported method Core_nothing is not found"):
        ask("Core_nothing")


def test_there_is_one_type_of_extrinsics_and_it_names_its_parts() -> None:
    """Clients find the types of addresses and signatures by it."""
    entries = decode(metadata_v15(RuntimeConfig())).types
    path = ("sp_runtime", "generic", "unchecked_extrinsic", "UncheckedExtrinsic")
    (found,) = (entry for entry in entries if entry.path == path)
    names = [parameter.name for parameter in found.parameters]
    assert names == ["Address", "Call", "Signature", "Extra"]
