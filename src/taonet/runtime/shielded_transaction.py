"""
An encrypted transaction as its carrier holds it: hash of the key ‖ encapsulation ‖ nonce ‖ body.

Source: subtensor pallets/shield/src/{lib,extension}.rs @ 14bc6f9.
"""

from dataclasses import dataclass
from typing import Final

from taonet.frame.call import Call

KEY_HASH_BYTES: Final = 16
LENGTH_BYTES: Final = 2
NONCE_BYTES: Final = 24


@dataclass(frozen=True)
class ShieldedTransaction:
    """The parts; `sealed` ends with the authentication tag."""

    key_hash: bytes
    encapsulated: bytes
    nonce: bytes
    sealed: bytes


def is_shielded(call: Call) -> bool:
    """Whether a call carries an encrypted transaction."""
    return call.pallet == "MevShield" and call.spec.name == "submit_encrypted"


def parse_shielded(ciphertext: bytes) -> ShieldedTransaction | None:
    """The parts of a carrier's ciphertext; None where it is too short to have them."""
    start = KEY_HASH_BYTES + LENGTH_BYTES
    if len(ciphertext) < start:
        return None
    end = start + int.from_bytes(ciphertext[KEY_HASH_BYTES:start], "little")
    if len(ciphertext) < end + NONCE_BYTES:
        return None
    return ShieldedTransaction(
        ciphertext[:KEY_HASH_BYTES],
        ciphertext[start:end],
        ciphertext[end : end + NONCE_BYTES],
        ciphertext[end + NONCE_BYTES :],
    )
