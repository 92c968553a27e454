"""
Vectors that the epoch reads as arrays, kept as bytes: reading and writing single items.

An item of a vector that is too short reads as 0 and is not written, as on the real chain.
"""

import struct
from collections.abc import Iterable

BOOL = 1
U16 = 2
U64 = 8
PAIR = 4
"""Widths of items in bytes; a pair is a uid and a value, both `u16`."""


def item(vector: bytes, index: int, width: int) -> int:
    """The item at `index`, 0 behind the end."""
    return int.from_bytes(vector[index * width : (index + 1) * width], "little")


def items(vector: bytes, width: int) -> list[int]:
    """All items."""
    return [item(vector, index, width) for index in range(len(vector) // width)]


def pack(values: Iterable[int], width: int) -> bytes:
    """A vector of `values`; raises `OverflowError` for one that is too large."""
    return b"".join(int(value).to_bytes(width, "little") for value in values)


def with_item(vector: bytes, index: int, value: int, width: int) -> bytes:
    """The vector with another item at `index`; unchanged if it does not reach so far."""
    start = index * width
    if start + width > len(vector):
        return vector
    return vector[:start] + int(value).to_bytes(width, "little") + vector[start + width :]


def selected(vector: bytes, indices: Iterable[int], width: int) -> bytes:
    """The items at `indices`, 0 for those behind the end."""
    return pack((item(vector, index, width) for index in indices), width)


def pairs(vector: bytes) -> list[tuple[int, int]]:
    """The uids and values of a row of weights or bonds."""
    return list(struct.iter_unpack("<HH", vector))


def pack_pairs(row: Iterable[tuple[int, int]]) -> bytes:
    """A row of weights or bonds; raises `OverflowError` for an item that is no `u16`."""
    return b"".join(pack(pair, U16) for pair in row)
