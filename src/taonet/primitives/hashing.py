"""The hashes of Substrate: blake2b for identities, xxhash for storage prefixes."""

from functools import lru_cache
from hashlib import blake2b

import xxhash


def blake2_256(data: bytes) -> bytes:
    """blake2b, 32 bytes."""
    return blake2b(data, digest_size=32).digest()


def blake2_128(data: bytes) -> bytes:
    """blake2b, 16 bytes."""
    return blake2b(data, digest_size=16).digest()


def twox_64(data: bytes) -> bytes:
    """xxh64 with seed 0, little-endian, 8 bytes."""
    return xxhash.xxh64_intdigest(data, 0).to_bytes(8, "little")


@lru_cache(maxsize=4096)
def twox_128(data: bytes) -> bytes:
    """xxh64 with seeds 0 and 1, little-endian, 16 bytes: the prefix of pallets and items."""
    first = xxhash.xxh64_intdigest(data, 0).to_bytes(8, "little")
    return first + xxhash.xxh64_intdigest(data, 1).to_bytes(8, "little")
