"""
The source of codecs: flat Python functions, written for one type and compiled.

A chain of closures costs a call a field. Here structs within structs are laid open, neighbours of a
fixed size are packed and unpacked together, and what is most common of an enum, an option or a
vector (its first variant, nothing, no items) is decoded in place.
"""

import struct
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Protocol

from taonet.scale.compact import MalformedScale, decode_compact, encode_compact
from taonet.scale.construction import attributes_setter, is_plain
from taonet.scale.types import (
    ByteArray,
    Bytes,
    CLike,
    Compact,
    Composite,
    Cow,
    Field,
    FixedPoint,
    Option,
    Primitive,
    Tuple,
    Type,
    Variants,
    Vec,
    fields_of,
)

Encode = Callable[[Any], bytes]
Decode = Callable[[bytes, int], tuple[Any, int]]

INLINE_FIELDS_MAX: Final = 12
"""A struct of more fields keeps functions of its own, so that sources do not multiply."""

_FORMATS = {
    "u8": ("B", 1),
    "u16": ("H", 2),
    "u32": ("I", 4),
    "u64": ("Q", 8),
    "i8": ("b", 1),
    "i16": ("h", 2),
    "i32": ("i", 4),
    "i64": ("q", 8),
}
_BOOLEANS = {0: False, 1: True}


class BothWays(Protocol):
    """A codec, as sources call it."""

    @property
    def encode(self) -> Encode:
        """The bytes of a value."""

    @property
    def decode_at(self) -> Decode:
        """The value at an offset, and the offset behind it."""


class Compiler(Protocol):
    """Who has the codecs of types that are not laid open."""

    def of(self, declared: Any) -> BothWays:
        """The codec of a type."""


class Source:
    """
    Writes the source of one codec. Every `_decode*` method appends lines that advance `o` and
    returns the expression of the value; every `_encode*` appends to the pieces that are joined.
    """

    def __init__(self, codecs: Compiler) -> None:
        self._codecs = codecs
        self._decoding: list[str] = []
        self._run: list[tuple[str, str, int]] = []
        self._after: list[str] = []
        self._encoding: list[str] = []
        self._pieces: list[tuple[str, str]] = []
        self._names = 0
        self._scope: dict[str, Any] = {
            "compact": encode_compact,
            "decompact": decode_compact,
            "Malformed": MalformedScale,
            "booleans": _BOOLEANS,
            "new_bytes": bytes.__new__,
            "new": object.__new__,
            "integer": int.from_bytes,
            "StructError": struct.error,
            "out_of_range": _out_of_range,
            "wrong_length": _wrong_length,
        }

    def single(self, described: Type[Any]) -> tuple[Encode, Decode]:
        """The codec of a type that is not a row of fields."""
        result = self._decode(described)
        self._encode(described, "value")
        return self._finish(result)

    def row(
        self,
        elements: list[Type[Any]],
        attributes: list[str] | None,
        build: Callable[..., Any] | None,
        prefix: bytes,
    ) -> tuple[Encode, Decode]:
        """
        The codec of several values: by attribute of an object, or of a tuple. `prefix` is written
        before them, and whoever decodes has read it.
        """
        values = [self._decode(e) for e in elements]
        self._flush()
        result = self._built(values, attributes, build)
        if prefix:
            self._pieces.append((f"{len(prefix)}s", repr(prefix)))
        for i, element in enumerate(elements):
            self._encode(element, f"value[{i}]" if attributes is None else f"value.{attributes[i]}")
        return self._finish(result)

    def holder(
        self,
        elements: list[Type[Any]],
        cls: type[Any],
        attribute: str,
        known: Mapping[str, Any],
    ) -> Decode:
        """What decodes a tuple into an attribute of a plain dataclass, beside what is known."""
        assert is_plain(cls), f"{cls} is more than its fields"
        values = [self._decode(e) for e in elements]
        self._flush()
        items = [f"{name!r}: {self._name(value)}" for name, value in known.items()]
        items.append(f"{attribute!r}: ({''.join(f'{value}, ' for value in values)})")
        self._then(f"held = new({self._name(cls)})")
        self._then(f"{self._name(attributes_setter(cls))}(held, {{{', '.join(items)}}})")
        return self._finish("held")[1]

    def _built(
        self,
        values: list[str],
        attributes: list[str] | None,
        build: Callable[..., Any] | None,
    ) -> str:
        if build is None or attributes is None:
            return f"({', '.join(values)},)" if values else "()"
        if not isinstance(build, type) or not is_plain(build):
            return f"{self._name(build)}({', '.join(values)})"
        # Made without its constructor, whose call costs more than what it does.
        result = self._fresh()
        self._then(f"{result} = new({self._name(build)})")
        if attributes:
            fields = ", ".join(f"{a!r}: {v}" for a, v in zip(attributes, values, strict=True))
            self._then(f"{self._name(attributes_setter(build))}({result}, {{{fields}}})")
        return result

    def _finish(self, decoded: str) -> tuple[Encode, Decode]:
        self._flush()
        body = "".join(f"    {line}\n" for line in self._decoding)
        encoding = [*self._encoding, f"return {self._joined()}"]
        if any("pack_" in line for line in encoding):
            encoding = [
                "try:",
                *(f"    {line}" for line in encoding),
                "except StructError as error:",
                "    raise out_of_range(error) from error",
            ]
        source = (
            f"def decode(data, o):\n{body}    return {decoded}, o\n"
            "def encode(value):\n" + "".join(f"    {line}\n" for line in encoding)
        )
        # The source is made of this module's own templates; no part of it comes from data.
        exec(compile(source, "<scale codec>", "exec"), self._scope)  # noqa: S102
        return self._scope["encode"], self._scope["decode"]

    def _name(self, value: Any, prefix: str = "n") -> str:
        self._names += 1
        name = f"{prefix}{self._names}"
        self._scope[name] = value
        return name

    def _fresh(self) -> str:
        self._names += 1
        return f"v{self._names}"

    def _fixed(self, code: str, size: int, result: str) -> None:
        """Read a value of a fixed size together with its neighbours."""
        self._run.append((code, result, size))

    def _then(self, line: str) -> None:
        """A line that needs what is read so far: it waits for the run of fixed sizes to end."""
        (self._after if self._run else self._decoding).append(line)

    def _flush(self) -> None:
        """Write the lines that read the run of fixed sizes, and what waited for it."""
        run, self._run = self._run, []
        size = sum(width for _, _, width in run)
        if len(run) > 1:
            names = ", ".join(result for _, result, _ in run)
            layout = struct.Struct("<" + "".join(code for code, _, _ in run))
            assert layout.size == size
            unpack = self._name(layout.unpack_from)
            self._decoding.append(f"{names} = {unpack}(data, o); o += {size}")
        for code, result, width in run[:1] if len(run) == 1 else ():
            if code == "B":
                self._decoding.append(f"{result} = data[o]; o += 1")
            elif code[-1] == "s":
                # A value cut off at the end is noticed by its offset.
                self._decoding.append(f"{result} = data[o:o + {width}]; o += {width}")
            else:
                unpack = self._name(struct.Struct("<" + code).unpack_from)
                self._decoding.append(f"({result},) = {unpack}(data, o); o += {width}")
        self._decoding += self._after
        self._after = []

    def _decode(self, described: Type[Any]) -> str:
        match described:
            case Primitive(name) if name != "str":
                return self._decode_primitive(name)
            case ByteArray(length, build, _):
                result = self._fresh()
                self._fixed(f"{length}s", length, result)
                if build is not bytes:
                    # Its length is right, so that its class has nothing to check.
                    self._then(f"{result} = new_bytes({self._name(build)}, {result})")
                return result
            case FixedPoint(_, inner, _) | Cow(inner):
                return self._decode(inner)
            case Composite(cls) if _is_small(fields_of(cls)):
                fields = fields_of(cls)
                values = [self._decode(f.type) for f in fields]
                return self._built(values, [f.attribute for f in fields], cls)
            case Variants(cls) if issubclass(cls, CLike):
                result = self._fresh()
                self._fixed("B", 1, result)
                members = _Members(cls, {int(member): member for member in cls})
                self._then(f"{result} = {self._name(members)}[{result}]")
                return result
        self._flush()
        result = self._fresh()
        self._decode_varying(described, result)
        return result

    def _decode_primitive(self, name: str) -> str:
        result = self._fresh()
        if name == "bool":
            self._fixed("B", 1, result)
            self._then(f"{result} = booleans[{result}]")
        elif name in _FORMATS:
            self._fixed(*_FORMATS[name], result)
        else:
            size, signed = int(name[1:]) // 8, name[0] == "i"
            self._fixed(f"{size}s", size, result)
            # A slice cut off at the end is noticed by its offset.
            self._then(f"{result} = integer({result}, 'little', signed={signed})")
        return result

    def _decode_varying(self, described: Type[Any], result: str) -> None:
        lines = self._decoding
        match described:
            case Compact(inner):
                self._decode_compact(inner, result)
            case Primitive(_):
                self._decode_count(result, None)
                lines.append(f"{result}, o = data[o:o + {result}].decode(), o + {result}")
            case Bytes(limit):
                self._decode_count(result, limit)
                lines.append(f"{result}, o = data[o:o + {result}], o + {result}")
            case Vec():
                lines.append(f"if data[o]: {result}, o = {self._called(described)}(data, o)")
                lines.append(f"else: {result} = (); o += 1")
            case Option():
                lines.append(f"if data[o]: {result}, o = {self._called(described)}(data, o)")
                lines.append(f"else: {result} = None; o += 1")
            case Variants(cls) if 0 in cls.scale_variants and _is_flat(cls.scale_variants[0]):
                self._decode_union(described, cls.scale_variants[0], result)
            case _:
                lines.append(f"{result}, o = {self._called(described)}(data, o)")

    def _decode_union(self, described: Type[Any], first: type[Any], result: str) -> None:
        """An enum: its first variant in place, any other by a call."""
        outer, self._decoding = self._decoding, []
        fields = fields_of(first)
        values = [self._decode(f.type) for f in fields]
        built = self._built(values, [f.attribute for f in fields], first)
        self._flush()
        inner, self._decoding = self._decoding, outer
        outer.append("if data[o]:")
        outer.append(f"    {result}, o = {self._called(described)}(data, o)")
        outer.append("else:")
        outer.extend(f"    {line}" for line in ("o += 1", *inner, f"{result} = {built}"))

    def _decode_compact(self, inner: Type[Any], result: str) -> None:
        if inner == Tuple(()):
            self._decoding.append(f"{result} = ()")
            return
        if not isinstance(inner, Primitive):
            raise TypeError(f"compact needs an unsigned integer, not {inner}")
        limit = 1 << int(inner.name[1:])
        self._decoding += [
            f"{result} = data[o]",
            f"if {result} & 3:",
            f"    {result}, o = decompact(data, o)",
            f"    if {result} >= {limit}:"
            f" raise Malformed('a compact {inner.name} is out of range')",
            f"else: {result} >>= 2; o += 1",
        ]

    def _decode_count(self, result: str, limit: int | None) -> None:
        self._decoding += [
            f"{result} = data[o]",
            f"if {result} & 3: {result}, o = decompact(data, o)",
            f"else: {result} >>= 2; o += 1",
            f"if {result} > len(data) - o:"
            f" raise Malformed(f'{{{result}}} items cannot fit in {{len(data) - o}} bytes')",
        ]
        if limit is not None:
            self._decoding.append(
                f"if {result} > {limit}:"
                f" raise Malformed(f'{{{result}}} items are over the limit of {limit}')"
            )

    def _called(self, described: Type[Any]) -> str:
        return self._name(self._codecs.of(described).decode_at)

    def _encode(self, described: Type[Any], value: str) -> None:
        match described:
            case Primitive("bool"):
                self._pieces.append(("B", f"(1 if {value} else 0)"))
            case Primitive("str"):
                self._piece(_encode_text, value)
            case Primitive(name) if name in _FORMATS:
                self._pieces.append((_FORMATS[name][0], value))
            case Primitive(name):
                size, signed = int(name[1:]) // 8, name[0] == "i"
                sign = ", signed=True" if signed else ""
                self._pieces.append((f"{size}s", f"({value}).to_bytes({size}, 'little'{sign})"))
            case ByteArray(length, _, _):
                held = self._held(value)
                self._encoding.append(f"if len({held}) != {length}: wrong_length({held}, {length})")
                self._pieces.append((f"{length}s", held))
            case FixedPoint(_, inner, _) | Cow(inner):
                self._encode(inner, value)
            case Composite(cls) if _is_small(fields_of(cls)):
                held = self._held(value)
                for field in fields_of(cls):
                    self._encode(field.type, f"{held}.{field.attribute}")
            case Variants(cls) if issubclass(cls, CLike):
                held = self._held(value)
                members = self._name(frozenset(map(int, cls)))
                complaint = f"f'{cls.__name__} has no variant {{{held}!r}}'"
                self._encoding.append(
                    f"if {held} not in {members}: raise OverflowError({complaint})"
                )
                self._pieces.append(("B", held))
            case _:
                self._encode_varying(described, value)

    def _encode_varying(self, described: Type[Any], value: str) -> None:
        match described:
            case Compact(inner):
                if inner == Tuple(()):
                    return
                assert isinstance(inner, Primitive)
                self._piece(_checked_compact(inner.name), value)
            case Bytes(limit):
                self._piece(_checked_blob(limit), value)
            case _:
                self._piece(self._codecs.of(described).encode, value)

    def _held(self, value: str) -> str:
        """A local name of a value that is used more than once."""
        held = self._fresh()
        self._encoding.append(f"{held} = {value}")
        return held

    def _piece(self, encode: Encode, value: str) -> None:
        self._pieces.append(("", f"{self._name(encode)}({value})"))

    def _joined(self) -> str:
        """The expression of all pieces, neighbours of a fixed size packed together."""
        parts: list[str] = []
        run: list[tuple[str, str]] = []
        for code, expression in self._pieces:
            if code:
                run.append((code, expression))
                continue
            parts += self._packed(run)
            parts.append(expression)
            run = []
        parts += self._packed(run)
        if not parts:
            return "b''"
        return " + ".join(parts) if len(parts) < 4 else f"b''.join(({', '.join(parts)}))"

    def _packed(self, run: list[tuple[str, str]]) -> Iterable[str]:
        if len(run) > 1:
            layout = struct.Struct("<" + "".join(code for code, _ in run))
            pack = self._name(layout.pack, "pack_")
            return [f"{pack}({', '.join(expression for _, expression in run)})"]
        return [_alone(code, expression) for code, expression in run]


def _alone(code: str, expression: str) -> str:
    if code[-1] == "s":
        return expression
    sign = "" if code.isupper() else ", signed=True"
    return f"({expression}).to_bytes({struct.calcsize(code)}, 'little'{sign})"


class _Members(dict[int, Any]):
    """The members of an enum without data, by index."""

    def __init__(self, cls: type[Any], members: dict[int, Any]) -> None:
        super().__init__(members)
        self._cls = cls

    def __missing__(self, index: int) -> Any:
        raise MalformedScale(f"{self._cls.__name__} has no variant {index}")


def _is_small(fields: tuple[Field, ...]) -> bool:
    return len(fields) <= INLINE_FIELDS_MAX


def _is_flat(cls: type[Any]) -> bool:
    """Whether a variant's fields are numbers and bytes of fixed sizes."""
    return all(
        isinstance(field.type, ByteArray | FixedPoint)
        or (isinstance(field.type, Primitive) and field.type.name != "str")
        for field in fields_of(cls)
    )


def _out_of_range(error: struct.error) -> Exception:
    """What `int.to_bytes` would have raised: packing says the same for a wrong type."""
    text = str(error)
    return TypeError(text) if text.startswith("required argument") else OverflowError(text)


def _wrong_length(value: bytes, length: int) -> None:
    raise OverflowError(f"{length} bytes are needed, got {len(value)}")


def _encode_text(value: str) -> bytes:
    raw = value.encode()
    return encode_compact(len(raw)) + raw


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
