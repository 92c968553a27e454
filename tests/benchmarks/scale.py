"""Decoding an extrinsic and a block's events, beside the field's own Rust codec."""

from collections.abc import Callable
from time import process_time

from taonet.frame.multi_address import AddressId
from taonet.pallets.system import EventRecord, System
from taonet.primitives.units import Rao
from taonet.runtime.extrinsic import decode_extrinsic
from taonet.scale.types import vec
from tests.runtime.chain import ALICE, BOB, Chain, call_of

REPEATS = 2_000
ROUNDS = 5


def _best_us(action: Callable[[], object]) -> float:
    best = float("inf")
    for _ in range(ROUNDS):
        began = process_time()
        for _ in range(REPEATS):
            action()
        best = min(best, process_time() - began)
    return best / REPEATS * 1e6


def measure() -> dict[str, float]:
    """µs for each, and how many times longer the field's own codec takes."""
    chain = Chain()
    call = call_of("Balances", "transfer_keep_alive", AddressId(BOB.account), Rao(5))
    raw = chain.sign_raw(ALICE, call)
    chain.send(ALICE, call)
    events = chain.runtime.state.overlay.get(System.events_.prefix) or b""
    codecs, sdk = chain.runtime.codecs, chain.sdk
    records = codecs.of(vec(EventRecord))
    kind = sdk.storage_entry("System", "Events").value_type
    extrinsic_us = _best_us(lambda: decode_extrinsic(codecs, raw))
    extrinsic_sdk_us = _best_us(lambda: sdk.decode_extrinsic(raw))
    events_us = _best_us(lambda: records.decode(events))
    events_sdk_us = _best_us(lambda: sdk.decode(kind, events))
    return {
        "extrinsic_us": extrinsic_us,
        "extrinsic_bittensor_core_us": extrinsic_sdk_us,
        "extrinsic_times_faster": extrinsic_sdk_us / extrinsic_us,
        "events_us": events_us,
        "events_bittensor_core_us": events_sdk_us,
        "events_times_faster": events_sdk_us / events_us,
    }
