"""
Recorded pulses of drand's quicknet, and a beacon of the tests' own.

Source: subtensor pallets/drand/src/tests.rs, pallets/commitments/src/tests.rs @ 14bc6f9.
"""

from hashlib import sha256
from typing import Final

from tests.primitives.bls12_381.plain import curves
from tests.primitives.bls12_381.plain.fields import P
from tests.primitives.bls12_381.plain.hash_to_curve import hash_to_g1

DOMAIN: Final = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"

PUBLIC_KEY: Final = bytes.fromhex(
    "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c"
    "8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb"
    "5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
)
SIGNATURES: Final = {
    1000: bytes.fromhex(
        "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125"
        "e342b73a8dd2bacbe47e4b6b63ed5e39"
    ),
    2000: bytes.fromhex(
        "b6cb8f482a0b15d45936a4c4ea08e98a087e71787caee3f4d07a8a9843b1bc54"
        "23c6b3c22f446488b3137eaca799c77e"
    ),
}
RANDOMNESS: Final = {
    1000: bytes.fromhex("fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd")
}
NOT_A_SIGNATURE: Final = bytes.fromhex(
    "b0a8b04e009cf72534321aca0f50048da596a3feec1172a0244d9a4a623a3123"
    "d0402da79854d4c705e94bc73224c341"
)

OWN_SECRET: Final = 0x1F2E3D4C5B6A79887766554433221100FFEEDDCCBBAA99887766554433221101


def message(round_: int) -> bytes:
    """What a beacon signs for a round."""
    return sha256(round_.to_bytes(8, "big")).digest()


def own_public_key() -> bytes:
    """The key of the tests' own beacon."""
    return encode_g2(curves.multiply2(curves.GENERATOR2, OWN_SECRET))


def own_signature(round_: int) -> bytes:
    """What the tests' own beacon says in a round."""
    return encode_g1(curves.multiply(hash_to_g1(message(round_), DOMAIN), OWN_SECRET))


def encode_g1(point: curves.G1) -> bytes:
    """48 bytes."""
    if point is None:
        return bytes([curves.COMPRESSED | curves.INFINITY]) + bytes(47)
    x, y = point
    return _flagged(x.to_bytes(48, "big"), larger=y > P - y)


def encode_g2(point: curves.G2) -> bytes:
    """96 bytes."""
    if point is None:
        return bytes([curves.COMPRESSED | curves.INFINITY]) + bytes(95)
    (x0, x1), (y0, y1) = point
    data = x1.to_bytes(48, "big") + x0.to_bytes(48, "big")
    return _flagged(data, larger=(y1, y0) > (-y1 % P, -y0 % P))


def _flagged(data: bytes, *, larger: bool) -> bytes:
    flags = curves.COMPRESSED | (curves.Y_IS_LARGER if larger else 0)
    return bytes([data[0] | flags]) + data[1:]
