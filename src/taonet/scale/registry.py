"""
Types to a portable registry: each described type becomes a numbered entry, once.

The registry knows nothing of pallets; `frame.describe` names what a `Late` type is.
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from taonet.scale import metadata as m
from taonet.scale.types import (
    Array,
    ByteArray,
    Bytes,
    CLike,
    Compact,
    Composite,
    Cow,
    Field,
    FixedPoint,
    Late,
    MapType,
    Option,
    Packed,
    Primitive,
    SetType,
    TaggedUnion,
    Tuple,
    Type,
    Variants,
    Vec,
    fields_of,
    u8,
)

T = TypeVar("T")


def wire_variant_name(member: str) -> str:
    """`FUNDS_UNAVAILABLE` as `FundsUnavailable`; a name in camel case stays."""
    if not member.isupper() and "_" not in member:
        return member
    return "".join(word.capitalize() for word in member.split("_"))


def documented(cls: Any) -> m.Docs:
    """A class's own docstring as metadata's lines; none for one that dataclasses made."""
    text = cls.__doc__ or ""
    if text.startswith(f"{cls.__name__}("):
        return ()
    return lines_of(text)


def lines_of(text: str) -> m.Docs:
    """A docstring as metadata's lines."""
    lines = [line.strip() for line in text.strip().splitlines()]
    return tuple(lines)


class Registry:
    """Gives types their ids; `late` resolves the types that only the runtime knows."""

    def __init__(self, late: Mapping[str, int] | None = None) -> None:
        self._entries: list[m.TypeEntry | None] = []
        self._ids: dict[Any, int] = {}
        self._late = dict(late or {})

    def entries(self) -> tuple[m.TypeEntry, ...]:
        """Every type so far, by id."""
        assert all(entry is not None for entry in self._entries), "a reserved type was not filled"
        return tuple(entry for entry in self._entries if entry is not None)

    def reserve(self, late: str) -> int:
        """An id for a `Late` type, to be filled with `fill`."""
        self._late[late] = self._new()
        return self._late[late]

    def fill(
        self,
        type_id: int,
        path: tuple[str, ...],
        definition: m.Definition,
        *,
        parameters: tuple[m.TypeParameter, ...] = (),
        docs: m.Docs = (),
    ) -> None:
        """Say what a reserved id is."""
        self._entries[type_id] = m.TypeEntry(type_id, path, parameters, definition, docs)

    def add(
        self,
        path: tuple[str, ...],
        definition: m.Definition,
        *,
        parameters: tuple[m.TypeParameter, ...] = (),
        docs: m.Docs = (),
    ) -> int:
        """A new entry that no described type stands for; its id."""
        type_id = self._new()
        self.fill(type_id, path, definition, parameters=parameters, docs=docs)
        return type_id

    def id_of(self, described: Type[Any]) -> int:
        """The id of a type; it and what it is made of are added at their first use."""
        if isinstance(described, Late):
            return self._late[described.name]
        described = _plain(described)
        if described not in self._ids:
            self._ids[described] = self._new()
            self._define(self._ids[described], described)
        return self._ids[described]

    def fields(self, fields: Iterable[Field]) -> tuple[m.TypeField, ...]:
        """Metadata's form of a row of fields."""
        return tuple(
            m.TypeField(field.name, self.id_of(field.type), rust_name(field.type), ())
            for field in fields
        )

    def _new(self) -> int:
        self._entries.append(None)
        return len(self._entries) - 1

    def _define(self, type_id: int, described: Type[Any]) -> None:
        match described:
            case Primitive(name):
                kind = m.PrimitiveKind[name.upper()]
                self.fill(type_id, (), m.PrimitiveDefinition(kind))
            case Compact(inner):
                self.fill(type_id, (), m.CompactDefinition(self.id_of(inner)))
            case Array(item, length):
                self.fill(type_id, (), m.ArrayDefinition(length, self.id_of(item)))
            case Tuple(elements):
                ids = tuple(self.id_of(e) for e in elements)
                self.fill(type_id, (), m.TupleDefinition(ids))
            case Vec(item, None):
                self.fill(type_id, (), m.SequenceDefinition(self.id_of(item)))
            case _:
                self._define_named(type_id, described)

    def _define_named(self, type_id: int, described: Type[Any]) -> None:
        match described:
            case Vec(item, _):
                self._wrapper(
                    type_id,
                    ("bounded_collections", "bounded_vec", "BoundedVec"),
                    Vec(item),
                    (("T", self.id_of(item)), ("S", None)),
                )
            case ByteArray(length, _, path):
                if path:
                    self._wrapper(type_id, path, ByteArray(length), ())
                else:
                    self.fill(type_id, (), m.ArrayDefinition(length, self.id_of(u8)))
            case Cow(inner):
                self._wrapper(type_id, ("Cow",), inner, (("T", self.id_of(inner)),))
            case MapType(key, value):
                parameters = (("K", self.id_of(key)), ("V", self.id_of(value)))
                entry: Type[Any] = Tuple((key, value))
                self._wrapper(type_id, ("BTreeMap",), Vec(entry), parameters)
            case SetType(item):
                self._wrapper(type_id, ("BTreeSet",), Vec(item), (("T", self.id_of(item)),))
            case Option(inner):
                self._define_option(type_id, inner)
            case FixedPoint():
                self._define_fixed_point(type_id, described)
            case Composite(cls):
                definition = m.CompositeDefinition(self.fields(fields_of(cls)))
                path = getattr(cls, "scale_path")  # noqa: B009
                self.fill(type_id, path, definition, parameters=self._parameters(cls))
            case Variants(cls):
                self._define_variants(type_id, cls)
            case _:
                raise TypeError(f"{described!r} has no place in metadata")

    def _wrapper(
        self,
        type_id: int,
        path: tuple[str, ...],
        inner: Type[Any],
        parameters: tuple[tuple[str, int | None], ...],
    ) -> None:
        field = m.TypeField(None, self.id_of(inner), rust_name(inner), ())
        self.fill(
            type_id,
            path,
            m.CompositeDefinition((field,)),
            parameters=tuple(m.TypeParameter(n, i) for n, i in parameters),
        )

    def _define_option(self, type_id: int, inner: Type[Any]) -> None:
        inner_id = self.id_of(inner)
        some = m.TypeVariant("Some", (m.TypeField(None, inner_id, None, ()),), 1, ())
        self.fill(
            type_id,
            ("Option",),
            m.VariantDefinition((m.TypeVariant("None", (), 0, ()), some)),
            parameters=(m.TypeParameter("T", inner_id),),
        )

    def _define_fixed_point(self, type_id: int, described: FixedPoint[Any]) -> None:
        bits = m.TypeField("bits", self.id_of(described.bits), described.bits.name, ())
        self.fill(
            type_id,
            ("substrate_fixed", described.name),
            m.CompositeDefinition((bits,)),
            parameters=(m.TypeParameter("Frac", self._binary_numeral(described.fraction)),),
        )

    def _binary_numeral(self, value: int) -> int:
        """typenum's spelling of a number: UInt<UInt<UTerm, B1>, B0> is 2."""
        key = ("typenum", value)
        if key not in self._ids:
            empty = m.CompositeDefinition(())
            if value == 0:
                self._ids[key] = self.add(("substrate_typenum", "uint", "UTerm"), empty)
                return self._ids[key]
            rest = self._binary_numeral(value >> 1)
            bit = self._bit(value & 1)
            parameters = (m.TypeParameter("U", rest), m.TypeParameter("B", bit))
            self._ids[key] = self.add(
                ("substrate_typenum", "uint", "UInt"), empty, parameters=parameters
            )
        return self._ids[key]

    def _bit(self, value: int) -> int:
        key = ("typenum bit", value)
        if key not in self._ids:
            self._ids[key] = self.add(
                ("substrate_typenum", "bit", f"B{value}"), m.CompositeDefinition(())
            )
        return self._ids[key]

    def _define_variants(self, type_id: int, cls: Any) -> None:
        if issubclass(cls, CLike):
            variants = tuple(
                m.TypeVariant(wire_variant_name(member.name), (), int(member), ()) for member in cls
            )
        else:
            assert issubclass(cls, TaggedUnion)
            variants = tuple(
                m.TypeVariant(v.variant_name, self.fields(fields_of(v)), index, ())
                for index, v in sorted(cls.scale_variants.items())
            )
        definition = m.VariantDefinition(variants)
        self.fill(type_id, cls.scale_path, definition, parameters=self._parameters(cls))

    def _parameters(self, cls: Any) -> tuple[m.TypeParameter, ...]:
        return tuple(
            m.TypeParameter(name, self.id_of(kind))
            for name, kind in getattr(cls, "scale_parameters", ())
        )


def _plain(described: Type[Any]) -> Type[Any]:
    """The type whose metadata is that of `described`: how it is kept in Python does not count."""
    match described:
        case Packed(item):
            return Vec(item)
        case Bytes(limit):
            return Vec(u8, limit)
        case ByteArray(length, _, ()):
            return ByteArray(length)
    return described


def rust_name(described: Type[Any]) -> str:
    """How Rust spells a type: what metadata calls a field's type name."""
    match _plain(described):
        case Primitive(name) | Late(name):
            return name
        case Vec(item, limit):
            inner = rust_name(item)
            return f"Vec<{inner}>" if limit is None else f"BoundedVec<{inner}, ConstU32<{limit}>>"
        case Array(item, length):
            return f"[{rust_name(item)}; {length}]"
        case ByteArray(length, _, path):
            return path[-1] if path else f"[u8; {length}]"
        case Tuple(elements):
            return f"({', '.join(rust_name(e) for e in elements)})"
        case FixedPoint(name, _, fraction):
            return f"{name}<U{fraction}>"
        case Composite(cls) | Variants(cls):
            return str(getattr(cls, "scale_path")[-1])  # noqa: B009
    return _generic_name(described)


def _generic_name(described: Type[Any]) -> str:
    match described:
        case Compact(inner):
            return f"Compact<{rust_name(inner)}>"
        case Option(inner):
            return f"Option<{rust_name(inner)}>"
        case Cow(inner):
            return f"Cow<'static, {rust_name(inner)}>"
        case MapType(key, value):
            return f"BTreeMap<{rust_name(key)}, {rust_name(value)}>"
        case SetType(item):
            return f"BTreeSet<{rust_name(item)}>"
    raise TypeError(f"{described!r} has no name")
