"""
What can stand on the wire: descriptions of SCALE types, as values.

A `Type[T]` says how a Python value of type `T` is written. Descriptions are immutable, compare by
structure, and do nothing: `codec` compiles them to functions, `registry` to metadata. They are
passed as arguments (`StorageMap(identity(NetUid), value=u16)`) and stand in annotations through
the aliases below (`U16`, `Annotated[tuple[int, ...], vec(u16)]`), so that nothing is written twice.

Decoded values are immutable: vectors become tuples, structs frozen dataclasses.
"""

import dataclasses
import enum
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Generic, TypeVar, dataclass_transform

from taonet.primitives.fixed_point import I64F64, I96F32, U64F64, U96F32
from taonet.primitives.ids import AccountId, FixedBytes
from taonet.scale.construction import Record, declare

T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")

CLASSES_REMEMBERED = 1 << 12
"""More structs, variants and events than a runtime declares: reading annotations is slow."""

NOT_GENERIC: Mapping[str, Any] = types.MappingProxyType({})


class Type(Generic[T]):
    """How a value of type `T` is written; see the subclasses."""

    __slots__ = ()


@dataclass(frozen=True)
class Primitive(Type[T]):
    """u8 … u256, i8 … i256, bool, str: named as in metadata."""

    name: str


@dataclass(frozen=True)
class Compact(Type[T]):
    """An unsigned integer in one, two, four or more bytes, the short form required."""

    inner: Type[T]


@dataclass(frozen=True)
class Vec(Type[tuple[T, ...]]):
    """A counted sequence; a bounded one refuses more than `limit` items."""

    item: Type[T]
    limit: int | None = None


@dataclass(frozen=True)
class Packed(Type[bytes]):
    """A counted sequence of items of a fixed size, kept as their concatenated bytes."""

    item: Type[Any]


@dataclass(frozen=True)
class Bytes(Type[bytes]):
    """`Vec<u8>`; a bounded one refuses more than `limit` bytes."""

    limit: int | None = None


@dataclass(frozen=True)
class Array(Type[tuple[T, ...]]):
    """`[T; length]`."""

    item: Type[T]
    length: int


@dataclass(frozen=True)
class ByteArray(Type[T]):
    """`[u8; length]` as bytes; with a `path`, a named wrapper of it (AccountId32, H256)."""

    length: int
    build: type[Any] = bytes
    path: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tuple(Type[T]):
    """Values of several types after each other; no elements is the unit type."""

    elements: tuple[Type[Any], ...]


@dataclass(frozen=True)
class Option(Type[T | None]):
    """Nothing, or a value."""

    inner: Type[T]


@dataclass(frozen=True)
class Cow(Type[T]):
    """A value that Rust borrows or owns: its bytes are the value's, metadata names it `Cow`."""

    inner: Type[T]


@dataclass(frozen=True)
class MapType(Type[Mapping[A, B]]):
    """`BTreeMap`: entries in ascending key order."""

    key: Type[A]
    value: Type[B]


@dataclass(frozen=True)
class SetType(Type[tuple[T, ...]]):
    """`BTreeSet`: ascending items."""

    item: Type[T]


@dataclass(frozen=True)
class FixedPoint(Type[T]):
    """A substrate-fixed number: a struct whose one field `bits` is the raw integer."""

    name: str
    bits: Primitive[int]
    fraction: int


@dataclass(frozen=True)
class Composite(Type[T]):
    """A struct, declared by a `Struct` subclass."""

    cls: type[T]


@dataclass(frozen=True)
class Variants(Type[T]):
    """An enum, declared by a `TaggedUnion` subclass or a `CLike` enum."""

    cls: type[T]


@dataclass(frozen=True)
class Late(Type[T]):
    """A type that only the composed runtime knows: RuntimeCall, RuntimeEvent, …"""

    name: str


u8: Primitive[int] = Primitive("u8")
u16: Primitive[int] = Primitive("u16")
u32: Primitive[int] = Primitive("u32")
u64: Primitive[int] = Primitive("u64")
u128: Primitive[int] = Primitive("u128")
u256: Primitive[int] = Primitive("u256")
i8: Primitive[int] = Primitive("i8")
i16: Primitive[int] = Primitive("i16")
i32: Primitive[int] = Primitive("i32")
i64: Primitive[int] = Primitive("i64")
i128: Primitive[int] = Primitive("i128")
boolean: Primitive[bool] = Primitive("bool")
string: Primitive[str] = Primitive("str")
byte_vec: Type[bytes] = Bytes()
unit: Type[tuple[()]] = Tuple(())

account_id: Type[AccountId] = ByteArray(32, AccountId, ("sp_core", "crypto", "AccountId32"))

u64f64: Type[U64F64] = FixedPoint("FixedU128", u128, 64)
u96f32: Type[U96F32] = FixedPoint("FixedU128", u128, 32)
i96f32: Type[I96F32] = FixedPoint("FixedI128", i128, 32)
i64f64: Type[I64F64] = FixedPoint("FixedI128", i128, 64)

U8 = Annotated[int, u8]
U16 = Annotated[int, u16]
U32 = Annotated[int, u32]
U64 = Annotated[int, u64]
U128 = Annotated[int, u128]
U256 = Annotated[int, u256]
I32 = Annotated[int, i32]
I64 = Annotated[int, i64]
I128 = Annotated[int, i128]
CowStr = Annotated[str, Cow(string)]
CompactU16 = Annotated[int, Compact(u16)]
CompactU32 = Annotated[int, Compact(u32)]
CompactU64 = Annotated[int, Compact(u64)]


def vec(item: Type[T] | type[T], limit: int | None = None) -> Type[tuple[T, ...]]:
    """`Vec<T>`, or `BoundedVec<T>` of at most `limit` items; a tuple in Python."""
    return Vec(type_of(item), limit)


def packed(item: Type[Any]) -> Type[bytes]:
    """`Vec<T>` of fixed-size items as bytes, for `numpy.frombuffer`."""
    return Packed(item)


def compact(inner: Type[T] | type[T]) -> Type[T]:
    """The compact form of an unsigned integer."""
    return Compact(type_of(inner))


def option(inner: Type[T] | type[T]) -> Type[T | None]:
    """`Option<T>`; None in Python."""
    return Option(type_of(inner))


def bounded_bytes(limit: int) -> Type[bytes]:
    """`BoundedVec<u8>` of at most `limit` bytes."""
    return Bytes(limit)


def byte_array(length: int) -> Type[bytes]:
    """`[u8; length]`."""
    return ByteArray(length)


def pair(first: Type[A] | type[A], second: Type[B] | type[B]) -> Type[tuple[A, B]]:
    """A tuple of two."""
    return Tuple((type_of(first), type_of(second)))


def triple(
    first: Type[A] | type[A], second: Type[B] | type[B], third: Type[C] | type[C]
) -> Type[tuple[A, B, C]]:
    """A tuple of three."""
    return Tuple((type_of(first), type_of(second), type_of(third)))


def mapping(key: Type[A] | type[A], value: Type[B] | type[B]) -> Type[Mapping[A, B]]:
    """`BTreeMap<K, V>`."""
    return MapType(type_of(key), type_of(value))


@dataclass_transform(frozen_default=True)
class Struct(Record):
    """
    A struct on the wire: a frozen dataclass whose annotations are its fields.

    `path` is its name in metadata (`sp_weights::weight_v2::Weight`), `parameters` (annotations by
    name) what it is generic over there: clients tell types of one path apart by them. A trailing
    underscore of a field's name is dropped on the wire; a field named `_0` has no name there.
    """

    scale_path: ClassVar[tuple[str, ...]] = ()
    scale_parameters: ClassVar[tuple[tuple[str, Type[Any]], ...]] = ()
    scale_type: ClassVar[Type[Any]]

    def __init_subclass__(
        cls, *, path: str = "", parameters: Mapping[str, Any] = NOT_GENERIC, **kwargs: object
    ) -> None:
        super().__init_subclass__(**kwargs)
        cls.scale_path = tuple(path.split("::")) if path else ("taonet", cls.__name__)
        cls.scale_parameters = tuple((n, type_of(kind)) for n, kind in parameters.items())
        cls.scale_type = Composite(cls)
        declare(cls)


@dataclass_transform(frozen_default=True)
class TaggedUnion(Record):
    """
    An enum with data on the wire. Declare the enum with a `path` and `parameters` as those of a
    struct, then each variant as a subclass of it with its `index`; variants are frozen
    dataclasses.
    """

    scale_path: ClassVar[tuple[str, ...]] = ()
    scale_parameters: ClassVar[tuple[tuple[str, Type[Any]], ...]] = ()
    scale_type: ClassVar[Type[Any]]
    variant_index: ClassVar[int] = -1
    variant_name: ClassVar[str] = ""
    scale_variants: ClassVar[dict[int, type[Any]]]

    def __init_subclass__(
        cls,
        *,
        path: str = "",
        parameters: Mapping[str, Any] = NOT_GENERIC,
        index: int | None = None,
        name: str = "",
        **kwargs: object,
    ) -> None:
        super().__init_subclass__(**kwargs)
        if index is None:
            cls.scale_path = tuple(path.split("::")) if path else ("taonet", cls.__name__)
            cls.scale_parameters = tuple((n, type_of(kind)) for n, kind in parameters.items())
            cls.scale_type = Variants(cls)
            cls.scale_variants = {}
            return
        if index in cls.scale_variants:
            raise TypeError(
                f"{cls.__name__}: index {index} is taken by {cls.scale_variants[index]}"
            )
        cls.variant_index = index
        cls.variant_name = name or cls.__name__
        declare(cls)
        cls.scale_variants[index] = cls


class CLike(enum.IntEnum):
    """An enum without data: members are indices. Declare `scale_path` by `@c_like(path)`."""


def c_like(path: str) -> typing.Callable[[type[T]], type[T]]:
    """Name a `CLike` enum in metadata."""

    def name(cls: type[T]) -> type[T]:
        cls.scale_path = tuple(path.split("::"))  # type: ignore[attr-defined]
        return cls

    return name


@dataclass(frozen=True)
class Field:
    """A field of a struct or variant: `name` is None where the wire has none."""

    name: str | None
    attribute: str
    type: Type[Any]


def wire_name(attribute: str) -> str | None:
    """A Python attribute's name on the wire: `from_` is `from`, `_0` has none."""
    if attribute.startswith("_") and attribute[1:].isdigit():
        return None
    return attribute.removesuffix("_")


def fields_of(cls: Any) -> tuple[Field, ...]:
    """The fields of a struct, variant or event class, in wire order."""
    return _fields_of(cls)


@lru_cache(maxsize=CLASSES_REMEMBERED)
def _fields_of(cls: Any) -> tuple[Field, ...]:
    hints = typing.get_type_hints(cls, include_extras=True)
    return tuple(
        Field(wire_name(f.name), f.name, type_of(hints[f.name])) for f in dataclasses.fields(cls)
    )


def holds_late(described: Type[Any]) -> bool:
    """Whether a value of the type may hold one of a `Late` type: a call that holds calls."""
    match described:
        case Late():
            return True
        case Vec(inner, _) | SetType(inner) | Array(inner, _) | Option(inner) | Cow(inner):
            return holds_late(inner)
        case MapType(key, value):
            return holds_late(key) or holds_late(value)
        case Tuple(elements):
            return any(map(holds_late, elements))
        case Composite(cls):
            return any(holds_late(field.type) for field in fields_of(cls))
        case Variants(cls) if not issubclass(cls, CLike):
            variants = cls.scale_variants.values()
            return any(
                field.type != described and holds_late(field.type)
                for variant in variants
                for field in fields_of(variant)
            )
    return False


def type_of(annotation: Any) -> Type[Any]:
    """
    The type that an annotation or a `Type` stands for; `TypeError` where it stands for none.

    `tuple[X, ...]` is a vector, `X | None` an option, `bytes` is `Vec<u8>`, a unit such as `Rao`
    the integer of its width.
    """
    if isinstance(annotation, Type):
        return annotation
    if typing.get_origin(annotation) is Annotated:
        return _annotated(annotation)
    if isinstance(annotation, type) and typing.get_origin(annotation) is None:
        return _class(annotation)
    return _generic(annotation)


def _annotated(annotation: Any) -> Type[Any]:
    for extra in annotation.__metadata__:
        if isinstance(extra, Type):
            return extra
    return type_of(typing.get_args(annotation)[0])


_PLAIN: dict[Any, Type[Any]] = {bool: boolean, bytes: byte_vec, str: string, AccountId: account_id}


def _class(cls: type[Any]) -> Type[Any]:
    if cls in _PLAIN:
        return _PLAIN[cls]
    if "scale_type" in cls.__dict__:
        scale_type: Type[Any] = cls.scale_type
        return scale_type
    if issubclass(cls, TaggedUnion):
        return type_of(cls.__mro__[1])
    if issubclass(cls, CLike):
        return Variants(cls)
    if issubclass(cls, FixedBytes):
        path = getattr(cls, "scale_path", ("primitive_types", cls.__name__))
        return ByteArray(cls.length, cls, path)
    if issubclass(cls, int) and hasattr(cls, "bits"):
        return Primitive(f"u{cls.bits}")
    if cls is types.NoneType:
        return unit
    raise TypeError(f"{cls!r} has no SCALE type; annotate it, e.g. Annotated[int, u32]")


def _generic(annotation: Any) -> Type[Any]:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if annotation is None:
        return unit
    if origin is tuple:
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return Vec(type_of(arguments[0]))
        return Tuple(tuple(type_of(a) for a in arguments))
    if origin in (typing.Union, types.UnionType) and types.NoneType in arguments:
        inner = [a for a in arguments if a is not types.NoneType]
        if len(inner) == 1:
            return Option(type_of(inner[0]))
    if isinstance(annotation, typing.NewType):
        return _new_type(annotation)
    raise TypeError(f"{annotation!r} has no SCALE type")


def _new_type(annotation: Any) -> Type[Any]:
    fixed: dict[Any, Type[Any]] = {
        U64F64: u64f64,
        U96F32: u96f32,
        I96F32: i96f32,
        I64F64: i64f64,
    }
    if annotation in fixed:
        return fixed[annotation]
    raise TypeError(f"{annotation!r} has no SCALE type")
