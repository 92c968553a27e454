"""
RLP, Ethereum's encoding: bytes, and lists of it. Decoding takes the one canonical form alone.

Source: Ethereum's Yellow Paper, appendix B.
"""

from collections.abc import Sequence
from typing import Final

DEPTH_MAX: Final = 8
"""Lists nest no deeper in what is decoded here: an access list's are at the fourth level."""

Item = bytes | Sequence["Item"]


class MalformedRlp(ValueError):
    """Not RLP, or not in its canonical form."""


def integer(value: int) -> bytes:
    """An integer as RLP has it: big-endian without leading zeros."""
    return value.to_bytes((value.bit_length() + 7) // 8, "big")


def encode(item: Item) -> bytes:
    """The encoding of bytes or of a list."""
    if isinstance(item, bytes):
        if len(item) == 1 and item[0] < 0x80:
            return item
        return _head(len(item), 0x80) + item
    body = b"".join(map(encode, item))
    return _head(len(body), 0xC0) + body


def _head(length: int, offset: int) -> bytes:
    if length < 56:
        return bytes([offset + length])
    size = integer(length)
    return bytes([offset + 55 + len(size)]) + size


def decode(data: bytes) -> Item:
    """What `data` encodes, all of it; raises `MalformedRlp`."""
    item, end = _decode_at(data, 0, len(data), 0)
    if end != len(data):
        raise MalformedRlp(f"{len(data) - end} bytes are left over")
    return item


def _decode_at(data: bytes, start: int, limit: int, depth: int) -> tuple[Item, int]:
    if start >= limit:
        raise MalformedRlp("the data is cut off")
    first = data[start]
    if first < 0x80:
        return data[start : start + 1], start + 1
    is_list = first >= 0xC0
    body, end = _body(data, start, limit, first - (0xC0 if is_list else 0x80))
    if not is_list:
        if end - body == 1 and data[body] < 0x80:
            raise MalformedRlp("a small byte stands for itself")
        return data[body:end], end
    if depth >= DEPTH_MAX:
        raise MalformedRlp(f"lists are nested deeper than {DEPTH_MAX}")
    items: list[Item] = []
    while body < end:
        item, body = _decode_at(data, body, end, depth + 1)
        items.append(item)
    return tuple(items), end


def _body(data: bytes, start: int, limit: int, size: int) -> tuple[int, int]:
    """Where an item's content starts and ends."""
    body = start + 1
    if size >= 56:
        body += size - 55
        raw = data[start + 1 : body]
        length = int.from_bytes(raw, "big")
        if len(raw) != size - 55 or raw[0] == 0 or length < 56:
            raise MalformedRlp("a length is not in its shortest form")
    else:
        length = size
    if body + length > limit:
        raise MalformedRlp("the data is cut off")
    return body, body + length
