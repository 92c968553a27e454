"""
SCALE codecs: a `Type` compiled once to an `encode` and a `decode` function.

Struct and tuple codecs are generated as flat Python source, since a chain of closures costs a
call a field. What comes from a stranger is checked while it is read: a length that cannot fit in
what is left, an unknown variant, a compact integer in a long form, or bytes left over raise
`MalformedScale` naming the place. A value out of its type's range raises `OverflowError`.
"""

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from taonet.scale.codec_source import Source
from taonet.scale.compact import MalformedScale, decode_compact, encode_compact
from taonet.scale.types import (
    Array,
    ByteArray,
    CLike,
    Composite,
    Field,
    FixedPoint,
    Late,
    MapType,
    Option,
    Packed,
    Primitive,
    SetType,
    Tuple,
    Type,
    Variants,
    Vec,
    fields_of,
    type_of,
)

__all__ = [
    "DECODING_ERRORS",
    "PLAIN",
    "Codec",
    "Codecs",
    "MalformedScale",
    "codec",
    "decode_compact",
    "encode_compact",
    "fixed_size",
]

T = TypeVar("T")

DECODING_ERRORS: Final = (IndexError, struct.error, ValueError, KeyError)
"""What `decode_at` raises besides `MalformedScale` for bytes that are cut off or malformed."""


@dataclass(frozen=True)
class Codec(Generic[T]):
    """
    The two directions of one type. `decode_at(data, offset)` returns the value and the offset
    behind it and does not notice a value cut off at the end: callers compare that offset with
    `len(data)`, as `decode` and `decode_prefix` do.
    """

    encode: Callable[[T], bytes]
    decode_at: Callable[[bytes, int], tuple[T, int]]

    def decode(self, data: bytes) -> T:
        """The value that `data` is, to its last byte; raises `MalformedScale`."""
        value, end = self.decode_prefix(data)
        if end < len(data):
            raise MalformedScale(f"{len(data) - end} bytes are left over after the value")
        return value

    def decode_prefix(self, data: bytes, offset: int = 0) -> tuple[T, int]:
        """The value at `offset` and the offset behind it; raises `MalformedScale`."""
        try:
            value, end = self.decode_at(data, offset)
        except MalformedScale:
            raise
        except DECODING_ERRORS as error:
            raise MalformedScale(f"the value is cut off or malformed: {error}") from error
        if end > len(data):
            raise MalformedScale(f"the value is cut off: {end - len(data)} bytes are missing")
        return value, end


class Codecs:
    """
    Compiles types; `late` says what the types that only the runtime knows are.

    A `Late` type is looked up when its codec is first used, so a call may hold calls.
    """

    def __init__(self, late: Mapping[str, Codec[Any]] | None = None) -> None:
        self._late = {} if late is None else late
        self._compiled: dict[Type[Any], Codec[Any]] = {}

    def of(self, declared: Type[T] | type[T]) -> Codec[T]:
        """The codec of a type, compiled at its first use."""
        described = type_of(declared)
        compiled = self._compiled.get(described)
        if compiled is None:
            compiled = self._compile(described)
            self._compiled[described] = compiled
        return compiled

    def late(self, name: str) -> Codec[Any]:
        """The codec of a `Late` type by its name: quicker than `of`, which hashes the type."""
        return self._late[name]

    def fields(
        self, fields: tuple[Field, ...], build: Callable[..., T], prefix: bytes = b""
    ) -> Codec[T]:
        """
        The codec of a row of fields: `build(*values)` makes the value. `prefix` is written before
        them; decoding starts behind it.
        """
        attributes = [f.attribute for f in fields]
        return Codec(*Source(self).row([f.type for f in fields], attributes, build, prefix))

    def decoder_of(
        self, elements: list[Type[Any]], cls: type[T], attribute: str, known: Mapping[str, Any]
    ) -> Callable[[bytes, int], tuple[T, int]]:
        """
        What decodes a tuple of `elements` and holds it: an instance of `cls`, a plain dataclass,
        that has the tuple as an `attribute` beside those that are `known`.
        """
        return Source(self).holder(elements, cls, attribute, known)

    def _compile(self, described: Type[Any]) -> Codec[Any]:
        match described:
            case Composite(cls):
                return self.fields(fields_of(cls), cls)
            case Tuple(elements):
                return Codec(*Source(self).row(list(elements), None, None, b""))
            case Variants(cls) if not issubclass(cls, CLike):
                return self._union(cls)
            case Late(name):
                return self._deferred(name)
            case Vec() | SetType() | Array() | Option() | Packed() | MapType():
                return _container(self, described)
            case _:
                return Codec(*Source(self).single(described))

    def _deferred(self, name: str) -> Codec[Any]:
        late = self._late

        def encode(value: Any) -> bytes:
            return late[name].encode(value)

        def decode(data: bytes, offset: int) -> tuple[Any, int]:
            return late[name].decode_at(data, offset)

        return Codec(encode, decode)

    def _union(self, cls: Any) -> Codec[Any]:
        variants: dict[int, type[Any]] = cls.scale_variants
        # Filled at first use: a variant may hold the union itself.
        codecs: dict[int, Codec[Any]] = {}

        def of(index: int) -> Codec[Any]:
            if index not in variants:
                raise MalformedScale(f"{cls.__name__} has no variant {index}")
            variant = variants[index]
            codecs[index] = self.fields(fields_of(variant), variant, bytes((index,)))
            return codecs[index]

        def encode(value: Any) -> bytes:
            index = value.variant_index
            return (codecs.get(index) or of(index)).encode(value)

        def decode(data: bytes, offset: int) -> tuple[Any, int]:
            index = data[offset]
            return (codecs.get(index) or of(index)).decode_at(data, offset + 1)

        return Codec(encode, decode)


def _container(codecs: Codecs, described: Type[Any]) -> Codec[Any]:
    match described:
        case Vec(item, limit):
            return _sequence(codecs.of(item), limit)
        case SetType(item):
            return _sequence(codecs.of(item), None)
        case Array(item, length):
            return _array(codecs.of(item), length)
        case Option(inner):
            return _option(codecs.of(inner))
        case Packed(item):
            return _packed(item)
        case MapType(key, value):
            return _map(codecs.of(key), codecs.of(value))
    raise TypeError(f"{described!r} cannot be compiled")


def _sequence(item: Codec[Any], limit: int | None) -> Codec[Any]:
    encode_item, decode_item = item.encode, item.decode_at

    def encode(value: Any) -> bytes:
        if limit is not None and len(value) > limit:
            raise OverflowError(f"{len(value)} items are over the limit of {limit}")
        return encode_compact(len(value)) + b"".join([encode_item(v) for v in value])

    def decode(data: bytes, offset: int) -> tuple[Any, int]:
        count, offset = decode_compact(data, offset)
        if count > len(data) - offset:
            raise MalformedScale(f"{count} items cannot fit in {len(data) - offset} bytes")
        if limit is not None and count > limit:
            raise MalformedScale(f"{count} items are over the limit of {limit}")
        items = []
        for _ in range(count):
            value, offset = decode_item(data, offset)
            items.append(value)
        return tuple(items), offset

    return Codec(encode, decode)


def _array(item: Codec[Any], length: int) -> Codec[Any]:
    encode_item, decode_item = item.encode, item.decode_at

    def encode(value: Any) -> bytes:
        if len(value) != length:
            raise OverflowError(f"{length} items are needed, got {len(value)}")
        return b"".join([encode_item(v) for v in value])

    def decode(data: bytes, offset: int) -> tuple[Any, int]:
        items = []
        for _ in range(length):
            value, offset = decode_item(data, offset)
            items.append(value)
        return tuple(items), offset

    return Codec(encode, decode)


def _option(inner: Codec[Any]) -> Codec[Any]:
    encode_inner, decode_inner = inner.encode, inner.decode_at

    def encode(value: Any) -> bytes:
        return b"\x00" if value is None else b"\x01" + encode_inner(value)

    def decode(data: bytes, offset: int) -> tuple[Any, int]:
        present = data[offset]
        if present > 1:
            raise MalformedScale(f"an option starts with 0 or 1, not {present}")
        return decode_inner(data, offset + 1) if present else (None, offset + 1)

    return Codec(encode, decode)


def fixed_size(described: Type[Any]) -> int:
    """The bytes of a type of fixed size; `TypeError` for another."""
    match described:
        case Primitive("bool"):
            return 1
        case Primitive(name) if name != "str":
            return int(name[1:]) // 8
        case ByteArray(length, _, _):
            return length
        case FixedPoint(_, bits, _):
            return fixed_size(bits)
        case Tuple(elements):
            return sum(fixed_size(e) for e in elements)
    raise TypeError(f"{described!r} has no fixed size")


def _packed(described: Type[Any]) -> Codec[Any]:
    size = fixed_size(described)

    def encode(value: bytes) -> bytes:
        if len(value) % size:
            raise OverflowError(f"{len(value)} bytes are not whole items of {size} bytes")
        return encode_compact(len(value) // size) + value

    def decode(data: bytes, offset: int) -> tuple[Any, int]:
        count, offset = decode_compact(data, offset)
        end = offset + count * size
        if end > len(data):
            raise MalformedScale(f"{count} items cannot fit in {len(data) - offset} bytes")
        return data[offset:end], end

    return Codec(encode, decode)


def _map(key: Codec[Any], value: Codec[Any]) -> Codec[Any]:
    entries = _sequence(
        Codec(
            lambda entry: key.encode(entry[0]) + value.encode(entry[1]),
            lambda data, offset: _entry(key, value, data, offset),
        ),
        None,
    )

    def encode(items: Any) -> bytes:
        # Rust orders keys by value; integers and byte strings compare alike in Python.
        return entries.encode(sorted(items.items()))

    def decode(data: bytes, offset: int) -> tuple[Any, int]:
        pairs, offset = entries.decode_at(data, offset)
        return dict(pairs), offset

    return Codec(encode, decode)


def _entry(
    key: Codec[Any], value: Codec[Any], data: bytes, offset: int
) -> tuple[tuple[Any, Any], int]:
    name, offset = key.decode_at(data, offset)
    item, offset = value.decode_at(data, offset)
    return (name, item), offset


PLAIN = Codecs()
"""Codecs of every type that needs no runtime; a memo of pure functions."""


def codec(declared: Type[T] | type[T]) -> Codec[T]:
    """The codec of a type without late parts."""
    return PLAIN.of(declared)
