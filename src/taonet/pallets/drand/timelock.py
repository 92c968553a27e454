"""
Opening what was sealed to a round of the beacon: identity-based encryption, then AES-GCM.

The sealing library of wallets opens it as well, and is the one that the real chain links; it wants
the ciphertext in an envelope with the round's number.

Source: ideal-lab5/timelock `tlock::tld`; subtensor pallets/subtensor/src/coinbase/reveal_commits.rs
@ 14bc6f9.
"""

from typing import Final

import bittensor_core

from taonet.pallets.drand.payloads import Pulse
from taonet.primitives.bls12_381 import G1_BYTES, G2_BYTES
from taonet.scale.codec import encode_compact

KEY_BYTES: Final = 32
"""What a sealed key and its mask have; the library dies of another length."""

LENGTH_BYTES: Final = 8


def open_sealed(ciphertext: bytes, pulse: Pulse) -> bytes | None:
    """What was sealed to the pulse's round, None for what it does not open."""
    if not _has_sealed_key(ciphertext):
        return None
    signature = pulse.signature.removeprefix(b"0x")[:G1_BYTES]
    envelope = encode_compact(len(ciphertext)) + ciphertext + pulse.round_.to_bytes(8, "little")
    try:
        return bytes(bittensor_core.decrypt_with_signature(envelope, signature.hex()))
    except ValueError:
        # Another round's ciphertext, a damaged one, or no ciphertext or signature at all.
        return None


def _has_sealed_key(ciphertext: bytes) -> bool:
    """Whether a key and its mask, each with its length, stand behind the first point."""
    lengths = (G2_BYTES, G2_BYTES + LENGTH_BYTES + KEY_BYTES)
    expected = KEY_BYTES.to_bytes(LENGTH_BYTES, "little")
    return all(ciphertext[start : start + LENGTH_BYTES] == expected for start in lengths)
