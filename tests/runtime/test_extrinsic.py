"""Extrinsics from bytes, and bytes that are none."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taonet.frame.call import CALL_DEPTH_MAX, RUNTIME_CALL
from taonet.frame.multi_address import AddressId
from taonet.primitives.hashing import blake2_256
from taonet.primitives.units import Rao
from taonet.runtime.era import MortalEra, decode_era, encode_era
from taonet.runtime.extrinsic import decode_extrinsic
from taonet.runtime.pallets import CODECS
from taonet.scale.codec import MalformedScale, encode_compact
from tests.runtime.chain import ALICE, BOB, Chain, call_of

CHAIN = Chain()
TRANSFER = call_of("Balances", "transfer_keep_alive", AddressId(BOB.account), Rao(5))
RAW = CHAIN.sign_raw(ALICE, TRANSFER, tip=77, nonce=300, era={"period": 64, "current": 5})


def test_every_field_is_read() -> None:
    extrinsic = decode_extrinsic(CODECS, RAW)

    assert extrinsic.signer == ALICE.account
    assert (extrinsic.nonce, extrinsic.tip, extrinsic.metadata_hash_mode) == (300, 77, 0)
    assert extrinsic.era == MortalEra(64, 5)
    assert extrinsic.call == TRANSFER
    assert extrinsic.call_bytes == CODECS.of(RUNTIME_CALL).encode(TRANSFER)
    assert extrinsic.hash == blake2_256(RAW)
    assert extrinsic.length == len(RAW)


@pytest.mark.parametrize("tip", [0, 63, 64, 2**14, 2**30, 2**64 - 1])
@pytest.mark.parametrize("nonce", [0, 63, 64, 255, 256, 2**14 - 1, 2**14, 2**30, 2**32 - 1])
@pytest.mark.parametrize("era", ["00", {"period": 64, "current": 5}])
def test_conditions_of_every_length_are_read(nonce: int, tip: int, era: Any) -> None:
    raw = CHAIN.sign_raw(ALICE, TRANSFER, nonce=nonce, tip=tip, era=era)

    extrinsic = decode_extrinsic(CODECS, raw)

    assert (extrinsic.nonce, extrinsic.tip, extrinsic.metadata_hash_mode) == (nonce, tip, 0)
    assert (extrinsic.era is None) == (era == "00")
    assert extrinsic.call == TRANSFER
    assert extrinsic.signature + extrinsic.extension_bytes + extrinsic.call_bytes == raw[37:]


def test_a_longer_form_of_a_short_nonce_is_refused() -> None:
    raw = CHAIN.sign_raw(ALICE, TRANSFER, nonce=5)
    assert raw[101:104] == bytes((0, 5 << 2, 0))
    longer = encode_compact(len(raw) - 1) + raw[2:102] + bytes((5 << 2 | 1, 0)) + raw[103:]

    with pytest.raises(MalformedScale, match="shortest form"):
        decode_extrinsic(CODECS, longer)


def test_the_fields_own_codec_reads_the_same() -> None:
    decoded = CHAIN.sdk.decode_extrinsic(RAW)
    call = decoded["call"]
    assert (call["call_module"], call["call_function"]) == ("Balances", "transfer_keep_alive")
    assert decoded["nonce"] == 300


@settings(max_examples=60)
@given(st.integers(0, len(RAW) - 3))
def test_what_is_cut_off_is_refused(length: int) -> None:
    with pytest.raises(MalformedScale):
        decode_extrinsic(CODECS, RAW[:length])
    body = RAW[2:][:length]
    with pytest.raises(MalformedScale):
        decode_extrinsic(CODECS, encode_compact(len(body)) + body)


@settings(max_examples=200)
@given(st.binary(max_size=200), st.sampled_from([b"\x84", b"\x04", b"\x05", b""]))
def test_garbage_is_refused_by_name(garbage: bytes, version: bytes) -> None:
    body = version + garbage
    try:
        extrinsic = decode_extrinsic(CODECS, encode_compact(len(body)) + body)
    except MalformedScale:
        return
    assert extrinsic.call.spec.name


@settings(max_examples=200)
@given(st.integers(0, len(RAW) * 8 - 1))
def test_a_flipped_bit_is_another_extrinsic_or_none(bit: int) -> None:
    raw = bytearray(RAW)
    raw[bit // 8] ^= 1 << bit % 8
    try:
        extrinsic = decode_extrinsic(CODECS, bytes(raw))
    except MalformedScale:
        return
    assert extrinsic.raw != RAW


def test_bytes_after_the_call_are_refused() -> None:
    body = RAW[2:] + b"\x00"
    with pytest.raises(MalformedScale, match="left over"):
        decode_extrinsic(CODECS, encode_compact(len(body)) + body)


def test_calls_nest_only_so_deep() -> None:
    inner = b"\x00\x00\x00"
    for _ in range(CALL_DEPTH_MAX - 1):
        inner = bytes((12, 0)) + inner
    assert decode_extrinsic(CODECS, encode_compact(len(inner) + 1) + b"\x04" + inner)
    inner = bytes((12, 0)) + inner
    with pytest.raises(MalformedScale, match="nested deeper"):
        decode_extrinsic(CODECS, encode_compact(len(inner) + 1) + b"\x04" + inner)


@given(st.integers(2, 16), st.integers(0, 2**16 - 1))
def test_eras_survive_their_two_bytes(exponent: int, phase: int) -> None:
    period = 2**exponent
    quantum = max(period >> 12, 1)
    era = MortalEra(period, phase % period // quantum * quantum)

    assert decode_era(encode_era(era), 0) == (era, 2)


@given(st.integers(2, 12), st.integers(0, 2**20))
def test_an_era_is_read_as_the_field_writes_it(exponent: int, current: int) -> None:
    era, _ = decode_era(bytes(CHAIN.sdk.encode_era({"period": 2**exponent, "current": current})), 0)
    assert era is not None
    assert era.birth(current) == current
    assert era.birth(current + era.period - 1) == current
    assert era.death(current) == current + era.period


def test_an_immortal_era_is_one_byte() -> None:
    assert decode_era(encode_era(None), 0) == (None, 1)
