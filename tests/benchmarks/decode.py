"""Decoding a signed transfer, beside the field's own codec decoding the same bytes."""

from time import perf_counter
from typing import Any

from taonet.frame.multi_address import AddressId
from taonet.primitives.units import Rao
from taonet.runtime.extrinsic import decode_extrinsic
from tests.runtime.chain import ALICE, BOB, Chain, call_of

ROUNDS = 20
DECODINGS = 1_000
"""In one round; the best round counts."""


def measure() -> dict[str, Any]:
    """Microseconds to decode one extrinsic; the ratio is how many times the reference takes."""
    chain = Chain()
    call = call_of("Balances", "transfer_keep_alive", AddressId(BOB.account), Rao(1))
    raw = chain.sign_raw(ALICE, call)
    codecs = chain.runtime.codecs
    ours, theirs = [], []
    for _ in range(ROUNDS):
        began = perf_counter()
        for _ in range(DECODINGS):
            decode_extrinsic(codecs, raw)
        decoded = perf_counter()
        for _ in range(DECODINGS):
            chain.sdk.decode_extrinsic(raw)
        ours.append(decoded - began)
        theirs.append(perf_counter() - decoded)
    our_us, their_us = (min(times) / DECODINGS * 1e6 for times in (ours, theirs))
    return {
        "name": "decode of an extrinsic, times faster than bittensor-core",
        "figure": their_us / our_us,
        "target": ">= 4",
        "taonet_us": our_us,
        "bittensor_core_us": their_us,
    }
