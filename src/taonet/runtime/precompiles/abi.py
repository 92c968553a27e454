"""
Ethereum's contract encoding: the types that the chain's contracts have.

A type is written as in a signature: `uint16`, `bytes32`, `address`, `bool`, `bytes`, `string`,
`(uint16,uint64)` and any of them with `[]`. Decoded: integers, bytes, booleans, strings, tuples.

Source: https://docs.soliditylang.org/en/latest/abi-spec.html.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

WORD: Final = 32
ITEMS_MAX: Final = 4096
"""So many items of an array are read; a subnet has fewer neurons."""


class MalformedInput(ValueError):
    """The input is not what the method takes; the text is what it reverts with."""


@lru_cache(maxsize=1024)
def split_types(types: str) -> tuple[str, ...]:
    """The types of `a,(b,c)[],d`."""
    parts, depth, start = [], 0, 0
    for place, letter in enumerate(types):
        depth += (letter == "(") - (letter == ")")
        if letter == "," and not depth:
            parts.append(types[start:place])
            start = place + 1
    return (*parts, types[start:]) if types else ()


@lru_cache(maxsize=1024)
def is_dynamic(kind: str) -> bool:
    """Whether values of the type stand behind an offset."""
    if kind.endswith("[]") or kind in ("bytes", "string"):
        return True
    return kind.startswith("(") and any(map(is_dynamic, split_types(kind[1:-1])))


def _size(kind: str) -> int:
    """How many bytes a value takes where it stands."""
    if is_dynamic(kind) or not kind.startswith("("):
        return WORD
    return sum(map(_size, split_types(kind[1:-1])))


def decode(types: Sequence[str], data: bytes) -> tuple[Any, ...]:
    """The values of a method's parameters; raises `MalformedInput`."""
    return _decode_tuple(types, data, 0)


def _decode_tuple(types: Sequence[str], data: bytes, base: int) -> tuple[Any, ...]:
    values, place = [], base
    for kind in types:
        start = base + _integer(data, place) if is_dynamic(kind) else place
        values.append(_decode(kind, data, start))
        place += _size(kind)
    return tuple(values)


def _decode(kind: str, data: bytes, start: int) -> Any:
    if kind.endswith("[]"):
        return _decode_array(kind[:-2], data, start)
    if kind.startswith("("):
        return _decode_tuple(split_types(kind[1:-1]), data, start)
    if kind in ("bytes", "string"):
        length = _integer(data, start)
        raw = _slice(data, start + WORD, length)
        return raw if kind == "bytes" else raw.decode(errors="replace")
    if kind == "bytes32":
        return _slice(data, start, WORD)
    if kind == "address":
        return _slice(data, start, WORD)[12:]
    value = _integer(data, start)
    if kind == "bool":
        return value != 0
    if value >> int(kind.removeprefix("uint")):
        raise MalformedInput(f"Value is too large for {kind}")
    return value


def _decode_array(kind: str, data: bytes, start: int) -> tuple[Any, ...]:
    length = _integer(data, start)
    if length > ITEMS_MAX:
        raise MalformedInput(f"An array of more than {ITEMS_MAX} items")
    return _decode_tuple((kind,) * length, data, start + WORD)


def _integer(data: bytes, start: int) -> int:
    return int.from_bytes(_slice(data, start, WORD), "big")


def _slice(data: bytes, start: int, length: int) -> bytes:
    if start + length > len(data):
        raise MalformedInput("Tried to read input out of bounds")
    return data[start : start + length]


def encode(types: Sequence[str], values: Sequence[Any]) -> bytes:
    """The encoding of values of these types."""
    heads, tails = [], b""
    place = sum(map(_size, types))
    for kind, value in zip(types, values, strict=True):
        encoded = _encode(kind, value)
        if is_dynamic(kind):
            heads.append((place + len(tails)).to_bytes(WORD, "big"))
            tails += encoded
        else:
            heads.append(encoded)
    return b"".join(heads) + tails


def _encode(kind: str, value: Any) -> bytes:
    if kind.endswith("[]"):
        items = encode((kind[:-2],) * len(value), value)
        return len(value).to_bytes(WORD, "big") + items
    if kind.startswith("("):
        return encode(split_types(kind[1:-1]), value)
    if kind in ("bytes", "string"):
        raw = value.encode() if kind == "string" else bytes(value)
        return len(raw).to_bytes(WORD, "big") + raw.ljust((len(raw) + 31) // 32 * 32, b"\0")
    if kind == "bytes32":
        return bytes(value)
    if kind == "address":
        return bytes(value).rjust(WORD, b"\0")
    return int(value).to_bytes(WORD, "big")


def revert_with(reason: str) -> bytes:
    """A revert's output as Solidity's `Error(string)`."""
    return bytes.fromhex("08c379a0") + encode(("string",), (reason,))
