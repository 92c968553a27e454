"""
Whether a pulse is the beacon's: a BLS signature of its round's number.

Source: subtensor pallets/drand/src/verifier.rs @ 14bc6f9; drand's scheme bls-unchained-g1-rfc9380.
"""

from functools import lru_cache
from hashlib import sha256
from typing import Final

from taonet.pallets.drand.payloads import BeaconConfiguration, Pulse
from taonet.primitives.bls12_381 import G1_BYTES, G2_BYTES, is_signed

DOMAIN: Final = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"


PULSES_REMEMBERED: Final = 64
"""A node checks what it brings, and then executes it; so many it brings at once, and some."""


@lru_cache(maxsize=PULSES_REMEMBERED)
def is_of_beacon(pulse: Pulse, beacon: BeaconConfiguration) -> bool:
    """
    Whether the beacon signed the pulse's round; some 4 ms.

    Raises `NotAPoint` if its signature, or the beacon's key, is none at all. Bytes behind the
    points are not looked at.
    """
    message = sha256(pulse.round_.to_bytes(8, "big")).digest()
    signature, key = pulse.signature[:G1_BYTES], beacon.public_key[:G2_BYTES]
    return is_signed(message, signature, key, DOMAIN)
