"""
SCALE codecs: a `Type` compiled once to an `encode` and a `decode` function.

Struct and tuple codecs are generated as flat Python source, since a chain of closures costs a
call a field. What comes from a stranger is checked while it is read: a length that cannot fit in
what is left, an unknown variant, a compact integer in a long form, or bytes left over raise
`MalformedScale` naming the place. A value out of its type's range raises `OverflowError`.
"""

import dataclasses
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from taonet.scale.types import (
    Array,
    ByteArray,
    Bytes,
    CLike,
    Compact,
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

T = TypeVar("T")
Encode = Callable[[Any], bytes]
Decode = Callable[[bytes, int], tuple[Any, int]]


class MalformedScale(ValueError):
    """Bytes that are not what their type says; the text says where and why."""


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
        if end != len(data):
            raise MalformedScale(f"{len(data) - end} bytes are left over after the value")
        return value

    def decode_prefix(self, data: bytes, offset: int = 0) -> tuple[T, int]:
        """The value at `offset` and the offset behind it; raises `MalformedScale`."""
        try:
            value, end = self.decode_at(data, offset)
        except MalformedScale:
            raise
        except (IndexError, struct.error, ValueError, KeyError) as error:
            raise MalformedScale(f"the value is cut off or malformed: {error}") from error
        if end > len(data):
            raise MalformedScale(f"the value is cut off: {end - len(data)} bytes are missing")
        return value, end


def encode_compact(value: int) -> bytes:
    """A non-negative integer below 2**536 in SCALE's compact form."""
    if value < 0:
        raise OverflowError(f"{value} is negative")
    if value < 64:
        return bytes((value << 2,))
    if value < 1 << 14:
        return (value << 2 | 1).to_bytes(2, "little")
    if value < 1 << 30:
        return (value << 2 | 2).to_bytes(4, "little")
    length = (value.bit_length() + 7) // 8
    if length > 67:
        raise OverflowError("a compact integer has at most 67 bytes")
    return bytes((length - 4 << 2 | 3,)) + value.to_bytes(length, "little")


def decode_compact(data: bytes, offset: int) -> tuple[int, int]:
    """The compact integer at `offset` and the offset behind it; long forms are refused."""
    first = data[offset]
    if not first & 3:
        return first >> 2, offset + 1
    mode = first & 3
    if mode == 3:
        return _decode_big_compact(data, offset, (first >> 2) + 4)
    length = 2 if mode == 1 else 4
    raw = data[offset : offset + length]
    if len(raw) < length:
        raise MalformedScale("a compact integer is cut off")
    value = int.from_bytes(raw, "little") >> 2
    if value < 1 << (6 if mode == 1 else 14):
        raise MalformedScale(f"the compact integer {value} is not in its shortest form")
    return value, offset + length


def _decode_big_compact(data: bytes, offset: int, length: int) -> tuple[int, int]:
    end = offset + 1 + length
    raw = data[offset + 1 : end]
    if len(raw) < length:
        raise MalformedScale("a compact integer is cut off")
    value = int.from_bytes(raw, "little")
    if value < 1 << 30 or raw[-1] == 0:
        raise MalformedScale(f"the compact integer {value} is not in its shortest form")
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

    def fields(self, fields: tuple[Field, ...], build: Callable[..., T]) -> Codec[T]:
        """The codec of a row of fields: `build(*values)` makes the value."""
        return _Source(self).row([f.type for f in fields], [f.attribute for f in fields], build)

    def _compile(self, described: Type[Any]) -> Codec[Any]:
        match described:
            case Composite(cls):
                return self.fields(fields_of(cls), cls)
            case Tuple(elements):
                return _Source(self).row(list(elements), None, None)
            case Variants(cls):
                return _c_like(cls) if issubclass(cls, CLike) else self._union(cls)
            case Late(name):
                return self._deferred(name)
            case _:
                return _Source(self).single(described)

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
            if index not in codecs:
                codecs[index] = self.fields(fields_of(variants[index]), variants[index])
            return codecs[index]

        def encode(value: Any) -> bytes:
            return bytes((value.variant_index,)) + of(value.variant_index).encode(value)

        decoders: dict[int, Decode] = {}

        def decode(data: bytes, offset: int) -> tuple[Any, int]:
            index = data[offset]
            decoder = decoders.get(index)
            if decoder is None:
                decoder = decoders[index] = of(index).decode_at
            return decoder(data, offset + 1)

        return Codec(encode, decode)


def _c_like(cls: Any) -> Codec[Any]:
    members = {int(member): member for member in cls}

    def encode(value: Any) -> bytes:
        if int(value) not in members:
            raise OverflowError(f"{cls.__name__} has no variant {value!r}")
        return bytes((int(value),))

    def decode(data: bytes, offset: int) -> tuple[Any, int]:
        index = data[offset]
        if index not in members:
            raise MalformedScale(f"{cls.__name__} has no variant {index}")
        return members[index], offset + 1

    return Codec(encode, decode)


_UNPACKED = {
    "u16": ("<H", 2),
    "u32": ("<I", 4),
    "u64": ("<Q", 8),
    "i8": ("<b", 1),
    "i16": ("<h", 2),
    "i32": ("<i", 4),
    "i64": ("<q", 8),
}
_BOOLEANS = {0: False, 1: True}


class _Source:
    """
    Writes the source of one codec. Every `decode_*` method appends lines that advance `o` and
    returns the expression of the value; every `encode_*` returns the expression of the bytes.
    """

    def __init__(self, codecs: Codecs) -> None:
        self._codecs = codecs
        self._lines: list[str] = []
        self._names = 0
        self._scope: dict[str, Any] = {
            "compact": encode_compact,
            "decompact": decode_compact,
            "Malformed": MalformedScale,
            "booleans": _BOOLEANS,
            "new_bytes": bytes.__new__,
            "new": object.__new__,
        }

    def single(self, described: Type[Any]) -> Codec[Any]:
        """The codec of a type that is not a row of fields."""
        result = self._decode(described)
        return self._finish(result, self._encode(described, "value"))

    def row(
        self,
        elements: list[Type[Any]],
        attributes: list[str] | None,
        build: Callable[..., Any] | None,
    ) -> Codec[Any]:
        """The codec of several values: by attribute of an object, or of a tuple."""
        values = [self._decode(e) for e in elements]
        if build is None:
            result = f"({', '.join(values)},)" if elements else "()"
        elif attributes is not None and _is_plain_dataclass(build):
            result = self._filled(build, attributes, values)
        else:
            result = f"{self._name(build)}({', '.join(values)})"
        parts = []
        for i, element in enumerate(elements):
            source = f"value[{i}]" if attributes is None else f"value.{attributes[i]}"
            parts.append(self._encode(element, source))
        return self._finish(result, " + ".join(parts) or "b''")

    def _filled(self, cls: Callable[..., Any], attributes: list[str], values: list[str]) -> str:
        """A frozen dataclass made without its constructor, which assigns field by field."""
        result = self._fresh()
        self._lines.append(f"{result} = new({self._name(cls)})")
        if attributes:
            self._lines.append(f"fields = {result}.__dict__")
        for attribute, value in zip(attributes, values, strict=True):
            self._lines.append(f"fields[{attribute!r}] = {value}")
        return result

    def _finish(self, decoded: str, encoded: str) -> Codec[Any]:
        body = "".join(f"    {line}\n" for line in self._lines)
        source = (
            f"def decode(data, o):\n{body}    return {decoded}, o\n"
            f"def encode(value):\n    return {encoded}\n"
        )
        # The source is made of this module's own templates; no part of it comes from data.
        exec(compile(source, "<scale codec>", "exec"), self._scope)  # noqa: S102
        return Codec(self._scope["encode"], self._scope["decode"])

    def _name(self, value: Any) -> str:
        self._names += 1
        name = f"n{self._names}"
        self._scope[name] = value
        return name

    def _fresh(self) -> str:
        self._names += 1
        return f"v{self._names}"

    def _decode(self, described: Type[Any]) -> str:
        result = self._fresh()
        match described:
            case Primitive(name):
                self._decode_primitive(name, result)
            case ByteArray(length, build, _):
                # A value cut off at the end is noticed by its offset, not by its class's own check.
                piece = f"data[o:o + {length}]"
                if build is not bytes:
                    piece = f"new_bytes({self._name(build)}, {piece})"
                self._lines.append(f"{result} = {piece}; o += {length}")
            case Compact(inner):
                self._decode_compact(inner, result)
            case FixedPoint(_, bits, _):
                return self._decode(bits)
            case Bytes(limit):
                self._decode_count(result, limit, 1)
                self._lines.append(f"{result}, o = data[o:o + {result}], o + {result}")
            case _:
                return self._decode_called(described, result)
        return result

    def _decode_primitive(self, name: str, result: str) -> None:
        if name == "u8":
            self._lines.append(f"{result} = data[o]; o += 1")
        elif name == "bool":
            self._lines.append(f"{result} = booleans[data[o]]; o += 1")
        elif name == "str":
            self._decode_count(result, None, 1)
            self._lines.append(f"{result}, o = data[o:o + {result}].decode(), o + {result}")
        elif name in _UNPACKED:
            code, size = _UNPACKED[name]
            unpack = self._name(struct.Struct(code).unpack_from)
            self._lines.append(f"{result} = {unpack}(data, o)[0]; o += {size}")
        else:
            size, signed = int(name[1:]) // 8, name[0] == "i"
            from_bytes = self._name(int.from_bytes)
            self._lines.append(
                f"{result} = {from_bytes}(data[o:o + {size}], 'little', signed={signed})"
                f"; o += {size}"
            )

    def _decode_compact(self, inner: Type[Any], result: str) -> None:
        if inner == Tuple(()):
            self._lines.append(f"{result} = ()")
            return
        if not isinstance(inner, Primitive):
            raise TypeError(f"compact needs an unsigned integer, not {inner}")
        limit = 1 << int(inner.name[1:])
        self._lines.append(f"{result}, o = decompact(data, o)")
        self._lines.append(
            f"if {result} >= {limit}: raise Malformed('a compact {inner.name} is out of range')"
        )

    def _decode_count(self, result: str, limit: int | None, size: int) -> None:
        self._lines.append(f"{result}, o = decompact(data, o)")
        self._lines.append(
            f"if {result} * {size} > len(data) - o:"
            f" raise Malformed(f'{{{result}}} items cannot fit in {{len(data) - o}} bytes')"
        )
        if limit is not None:
            self._lines.append(
                f"if {result} > {limit}:"
                f" raise Malformed(f'{{{result}}} items are over the limit of {limit}')"
            )

    def _decode_called(self, described: Type[Any], result: str) -> str:
        if isinstance(described, Composite | Tuple | Variants | Late):
            codec = self._codecs.of(described)
        else:
            codec = _container(self._codecs, described)
        self._lines.append(f"{result}, o = {self._name(codec.decode_at)}(data, o)")
        return result

    def _encode(self, described: Type[Any], value: str) -> str:
        match described:
            case Primitive(name):
                return self._encode_primitive(name, value)
            case ByteArray(length, _, _):
                return f"{self._name(_checked_bytes(length))}({value})"
            case Compact(inner):
                if inner == Tuple(()):
                    return "b''"
                assert isinstance(inner, Primitive)
                return f"{self._name(_checked_compact(inner.name))}({value})"
            case FixedPoint(_, bits, _):
                return self._encode(bits, value)
            case Bytes(limit):
                return f"{self._name(_checked_blob(limit))}({value})"
            case Composite() | Tuple() | Variants() | Late():
                return f"{self._name(self._codecs.of(described).encode)}({value})"
            case _:
                return f"{self._name(_container(self._codecs, described).encode)}({value})"

    def _encode_primitive(self, name: str, value: str) -> str:
        if name == "bool":
            return f"(b'\\x01' if {value} else b'\\x00')"
        if name == "str":
            return f"{self._name(_encode_text)}({value})"
        size, signed = int(name[1:]) // 8, name[0] == "i"
        sign = ", signed=True" if signed else ""
        return f"({value}).to_bytes({size}, 'little'{sign})"


def _is_plain_dataclass(build: Callable[..., Any]) -> bool:
    """Whether an instance is nothing but its fields: no slots, nothing done after `__init__`."""
    return (
        dataclasses.is_dataclass(build)
        and not hasattr(build, "__post_init__")
        and not hasattr(build, "__slots__")
    )


def _encode_text(value: str) -> bytes:
    raw = value.encode()
    return encode_compact(len(raw)) + raw


def _checked_bytes(length: int) -> Encode:
    def encode(value: bytes) -> bytes:
        if len(value) != length:
            raise OverflowError(f"{length} bytes are needed, got {len(value)}")
        return value

    return encode


def _checked_blob(limit: int | None) -> Encode:
    def encode(value: bytes) -> bytes:
        if limit is not None and len(value) > limit:
            raise OverflowError(f"{len(value)} bytes are over the limit of {limit}")
        return encode_compact(len(value)) + value

    return encode


def _checked_compact(name: str) -> Encode:
    limit = 1 << int(name[1:])

    def encode(value: int) -> bytes:
        if not 0 <= value < limit:
            raise OverflowError(f"{value} is not a {name}")
        return encode_compact(value)

    return encode


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
