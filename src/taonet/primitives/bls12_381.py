"""
BLS12-381: the pairing-friendly curve that drand signs on, as arkworks computes it.

It is the library behind the real chain's own check, so that oddities of encodings are the same.
"""

from typing import Final, Protocol, TypeVar

from py_arkworks_bls12381 import GT, G1Point, G2Point

G1_BYTES: Final = 48
G2_BYTES: Final = 96
"""Compressed points of the two groups."""

Point = TypeVar("Point", covariant=True)


class NotAPoint(ValueError):
    """Bytes are no point of the group that they should be of."""


class Group(Protocol[Point]):
    """One of the two groups."""

    @staticmethod
    def from_compressed_bytes(data: bytes) -> Point:
        """The point, of the group of prime order; raises `ValueError`."""


def is_signed(message: bytes, signature: bytes, key: bytes, domain: bytes) -> bool:
    """
    Whether `signature`, a point of the first group, is that of `message` by `key`, one of the
    second; some 4 ms. `domain` is of the standard's hash to the curve with SHA-256.

    Raises `NotAPoint`.
    """
    key_point, signature_point = _decoded(G2Point, key), _decoded(G1Point, signature)
    signed = G1Point.hash_to_curve(message, domain)
    return GT.pairing_check([-signature_point, signed], [G2Point(), key_point])


def _decoded(group: Group[Point], data: bytes) -> Point:
    try:
        return group.from_compressed_bytes(data)
    except ValueError as error:
        raise NotAPoint(f"{len(data)} bytes are no point: {error}") from error
