"""Payloads: one encoding, strict decoding, every refusal by its name."""

import hashlib
from dataclasses import replace

import numpy as np
import pytest
from bittensor.sp_core import Keypair
from hypothesis import given, settings
from hypothesis import strategies as st

from taonet.subnets.llama.shape import Shape
from taonet.subnets.training.compression import ErrorFeedback, SparseArray, update_bytes
from taonet.subnets.training.payload import (
    MAGIC,
    Header,
    PayloadForeign,
    PayloadForged,
    PayloadInvalid,
    PayloadMalformed,
    PayloadNotFinite,
    PayloadOversized,
    PayloadTooLarge,
    PayloadZero,
    bytes_max,
    decoded,
    decoded_body,
    encoded,
    encoded_body,
    pages_hash,
)

SMALL = Shape(300, 16, layers=2, heads=2, heads_kv=1, feed_forward=24, context=64)
MINER, OTHER = Keypair.create_from_uri("//Miner"), Keypair.create_from_uri("//Other")
RUN, BASE = hashlib.sha256(b"run").hexdigest(), hashlib.sha256(b"base").hexdigest()


def update(seed: int = 1) -> dict[str, SparseArray]:
    start = SMALL.initial(1)
    random = np.random.default_rng(seed)
    end = {
        name: (array + 0.01 * random.normal(size=array.shape)).astype(np.float32)
        for name, array in start.items()
    }
    return ErrorFeedback(SMALL).compress(start, end)


def header(of: dict[str, SparseArray]) -> Header:
    body = hashlib.sha256(encoded_body(of)).hexdigest()
    return Header(RUN, 7, BASE, 3, pages_hash([5, 1, 9]), body)


UPDATE = update()
HEADER = header(UPDATE)
RAW = encoded(UPDATE, HEADER, MINER)


def test_what_is_sent_is_received() -> None:
    found = decoded(RAW, SMALL, MINER, HEADER)
    assert list(found) == list(SMALL.arrays())
    for name, array in UPDATE.items():
        assert np.array_equal(found[name].places, array.places)
        assert np.array_equal(found[name].levels, array.levels)
        assert np.array_equal(found[name].codebook, array.codebook)


def test_the_wire_takes_what_the_formula_says() -> None:
    frame = len(MAGIC) + 4 + len(HEADER.encoded()) + 64
    assert len(RAW) == frame + update_bytes(SMALL)
    assert len(encoded_body(UPDATE)) == update_bytes(SMALL)
    assert len(RAW) <= bytes_max(SMALL)


@pytest.mark.parametrize(
    ("name", "other"),
    [("run", BASE), ("window", 6), ("base", RUN), ("uid", 4), ("pages", pages_hash([1, 5, 9]))],
)
def test_a_payload_for_something_else_is_foreign(name: str, other: object) -> None:
    with pytest.raises(PayloadForeign, match=f"{name} is"):
        decoded(RAW, SMALL, MINER, replace(HEADER, **{name: other}))  # type: ignore[arg-type]


def test_what_another_signed_or_changed_is_forged() -> None:
    with pytest.raises(PayloadForged, match="signature"):
        decoded(RAW, SMALL, OTHER, HEADER)
    changed = bytearray(RAW)
    changed[-1] ^= 1
    with pytest.raises(PayloadForged, match="body"):
        decoded(bytes(changed), SMALL, MINER, HEADER)


def test_lengths_are_checked_first() -> None:
    with pytest.raises(PayloadOversized, match="100000000 bytes are more than"):
        decoded(bytes(100_000_000), SMALL, MINER, HEADER)
    for raw in (b"", RAW[:50], b"x" + RAW[1:], MAGIC, MAGIC + b"\xff" * 100):
        with pytest.raises(PayloadMalformed):
            decoded(raw, SMALL, MINER, HEADER)
    with pytest.raises(PayloadMalformed, match="bytes, not"):
        decoded_body(encoded_body(UPDATE)[:-1], SMALL)


def body_with(name: str, array: SparseArray) -> bytes:
    return encoded_body(UPDATE | {name: array})


@pytest.mark.parametrize(
    ("codebook", "error"),
    [
        ([np.nan, 0, 0, 0], PayloadNotFinite),
        ([0, np.inf, 0, 0], PayloadNotFinite),
        ([0, 0, -1e30, 0], PayloadTooLarge),
    ],
)
def test_numbers_that_no_training_makes_are_refused(
    codebook: list[float], error: type[PayloadInvalid]
) -> None:
    bad = replace(UPDATE["attn_q"], codebook=np.array(codebook, np.float32))
    with pytest.raises(error, match="attn_q"):
        decoded_body(body_with("attn_q", bad), SMALL)


def test_places_have_one_order_and_lie_within_the_array() -> None:
    places = UPDATE["embedding"].places
    swapped, beyond = places.copy(), places.copy()
    swapped[0, :2] = swapped[0, 1::-1]
    beyond[-1, -1] = 4095
    for bad, complaint in ((swapped, "do not ascend"), (beyond, "outside of it")):
        body = body_with("embedding", replace(UPDATE["embedding"], places=bad))
        with pytest.raises(PayloadMalformed, match=complaint):
            decoded_body(body, SMALL)


def test_an_update_that_changes_nothing_is_refused() -> None:
    empty = {
        name: replace(array, codebook=np.zeros(4, np.float32)) for name, array in UPDATE.items()
    }
    with pytest.raises(PayloadZero):
        decoded_body(encoded_body(empty), SMALL)


@pytest.mark.parametrize(
    "text",
    [
        b"{",
        b"[]",
        b'{"run":1}',
        Header(RUN, -1, BASE, 3, RUN, RUN).encoded(),
        Header(RUN, 1, "BASE", 3, RUN, RUN).encoded(),
        Header(RUN, 1, "g" * 64, 3, RUN, RUN).encoded(),
    ],
)
def test_a_broken_header_is_malformed(text: bytes) -> None:
    with pytest.raises(PayloadMalformed):
        Header.decoded(text)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.integers(0, len(RAW)))
def test_no_bytes_break_the_decoder(noise: bytes, at: int) -> None:
    for raw in (noise, RAW[:at] + noise + RAW[at + len(noise) :]):
        if raw != RAW:
            with pytest.raises(PayloadInvalid):
                decoded(raw, SMALL, MINER, HEADER)
