"""Our codec against the field's own Rust, on random values of random types."""

import itertools
from typing import Annotated, Any

import bittensor_core
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taonet.primitives.ids import AccountId
from taonet.primitives.ss58 import encode_ss58
from taonet.primitives.units import NetUid, Rao
from taonet.scale import metadata as m
from taonet.scale.codec import MalformedScale, codec, decode_compact, encode_compact
from taonet.scale.registry import Registry
from taonet.scale.types import (
    CLike,
    Compact,
    Cow,
    CowStr,
    Option,
    Primitive,
    Struct,
    TaggedUnion,
    Tuple,
    Type,
    Vec,
    account_id,
    boolean,
    c_like,
    compact,
    fields_of,
    mapping,
    option,
    packed,
    pair,
    string,
    type_of,
    u16,
    u32,
    u64,
    vec,
)

Sample = tuple[Type[Any], Any, Any]
"""A type, one of its values as we hold it, and the same as the oracle takes it."""

_names = itertools.count()


def _integers() -> st.SearchStrategy[Sample]:
    widths = [f"{sign}{bits}" for sign in "ui" for bits in (8, 16, 32, 64, 128)]

    def of(name: str) -> st.SearchStrategy[Sample]:
        bits = int(name[1:])
        low, high = (
            (0, 2**bits - 1) if name[0] == "u" else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
        )
        kind: Type[int] = Primitive(name)
        return st.integers(low, high).map(lambda v: (kind, v, v))

    return st.sampled_from(widths).flatmap(of)


def _compacts() -> st.SearchStrategy[Sample]:
    def of(bits: int) -> st.SearchStrategy[Sample]:
        kind: Type[int] = Compact(Primitive(f"u{bits}"))
        return st.integers(0, 2**bits - 1).map(lambda v: (kind, v, v))

    return st.sampled_from([8, 16, 32, 64, 128]).flatmap(of)


def _leaves() -> st.SearchStrategy[Sample]:
    return st.one_of(
        _integers(),
        _compacts(),
        st.booleans().map(lambda v: (boolean, v, v)),
        st.text(max_size=20).map(lambda v: (string, v, v)),
        st.binary(min_size=32, max_size=32).map(
            lambda v: (account_id, AccountId(v), encode_ss58(v))
        ),
    )


def _struct(samples: list[Sample]) -> Sample:
    name = f"Random{next(_names)}"
    hints = {f"field_{i}": sample[0] for i, sample in enumerate(samples)}
    annotations = {k: _annotation(v) for k, v in hints.items()}
    cls = type(name, (Struct,), {"__annotations__": annotations, "__module__": __name__})
    value = cls(*(sample[1] for sample in samples))
    return type_of(cls), value, {k: s[2] for k, s in zip(hints, samples, strict=True)}


def _annotation(described: Type[Any]) -> Any:
    return Annotated[object, described]


def _some(inner: Type[Any], plain: Any) -> Any:
    """An option's value for the oracle, which takes a vector's only list for the vector."""
    alone = isinstance(inner, Vec) and len(plain) == 1 and isinstance(plain[0], list)
    return [plain] if alone else plain


def _containers(inner: st.SearchStrategy[Sample]) -> st.SearchStrategy[Sample]:
    return st.one_of(
        st.tuples(inner, st.integers(0, 3)).map(
            lambda s: (vec(s[0][0]), (s[0][1],) * s[1], [s[0][2]] * s[1])
        ),
        st.tuples(inner, st.booleans())
        .filter(lambda s: not isinstance(s[0][0], Option))
        .map(
            lambda s: (
                option(s[0][0]),
                s[0][1] if s[1] else None,
                _some(*s[0][::2]) if s[1] else None,
            )
        ),
        st.lists(inner, min_size=1, max_size=3).map(
            lambda s: (Tuple(tuple(x[0] for x in s)), tuple(x[1] for x in s), [x[2] for x in s])
        ),
        st.lists(inner, min_size=1, max_size=4).map(_struct),
    )


def oracle_for(described: Type[Any]) -> tuple[bittensor_core.Runtime, str]:
    """The oracle's runtime whose registry holds the type, and the type's name there."""
    registry = Registry()
    type_id = registry.id_of(described)
    nothing = registry.id_of(Tuple(()))
    extrinsic = m.ExtrinsicV15(4, nothing, nothing, nothing, nothing, ())
    outer = m.OuterEnums(nothing, nothing, nothing)
    blob = m.encode(m.MetadataV15(registry.entries(), (), extrinsic, nothing, (), outer, ()))
    return bittensor_core.Runtime(blob, 1, 1), f"scale_info::{type_id}"


@settings(max_examples=300, deadline=None)
@given(st.recursive(_leaves(), _containers, max_leaves=8))
def test_random_values_of_random_types_are_written_as_the_oracle_writes_them(
    sample: Sample,
) -> None:
    described, value, plain = sample
    runtime, name = oracle_for(described)

    raw = codec(described).encode(value)

    assert raw == bytes(runtime.encode(name, plain))
    assert codec(described).decode(raw) == value


@given(st.integers(0, 2**128 - 1))
def test_compact_integers_round_trip(value: int) -> None:
    raw = encode_compact(value)

    assert decode_compact(raw, 0) == (value, len(raw))


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (u64, b"\x01" * 7),
        (u64, b"\x01" * 9),
        (compact(u16), encode_compact(65536)),
        (compact(u32), b"\x01\x00"),
        (vec(u16), encode_compact(2**30) + b"\x00" * 8),
        (vec(u16, limit=2), b"\x0c" + b"\x00" * 6),
        (boolean, b"\x02"),
        (option(u16), b"\x02\x00\x00"),
        (string, b"\x04\xff"),
        (account_id, b"\x00" * 31),
        (packed(u16), b"\x08\x00\x00\x00"),
    ],
)
def test_bytes_that_are_not_their_type_are_refused(kind: Type[Any], raw: bytes) -> None:
    with pytest.raises(MalformedScale):
        codec(kind).decode(raw)


@given(st.binary(max_size=64))
def test_no_bytes_break_the_decoder(raw: bytes) -> None:
    kinds: list[Type[Any]] = [type_of(Order), mapping(u16, u64), option(string), vec(vec(u16))]
    for kind in kinds:
        try:
            codec(kind).decode(raw)
        except MalformedScale:
            continue


@c_like("tests::Side")
class Side(CLike):
    """Which side."""

    BUY = 0
    SELL = 4


class Choice(TaggedUnion, path="tests::Choice"):
    """A choice."""


class Market(Choice, index=0):
    """At any price."""


class Limit(Choice, index=3):
    """At a price."""

    price: Rao
    inner: Choice | None


class Order(Struct, path="tests::Order"):
    """An order."""

    netuid: NetUid
    side: Side
    choice: Choice
    from_: AccountId


def test_enums_hold_themselves_and_structs_drop_a_trailing_underscore() -> None:
    order = Order(NetUid(3), Side.SELL, Limit(Rao(7), Market()), AccountId(bytes(32)))
    runtime, name = oracle_for(type_of(Order))

    raw = codec(Order).encode(order)

    assert [f.name for f in fields_of(Order)] == ["netuid", "side", "choice", "from"]
    assert codec(Order).decode(raw) == order
    assert raw == bytes(
        runtime.encode(
            name,
            {
                "netuid": 3,
                "side": "Sell",
                "choice": {"Limit": {"price": 7, "inner": {"Market": None}}},
                "from": encode_ss58(bytes(32)),
            },
        )
    )


@pytest.mark.parametrize(
    ("kind", "value"),
    [(u16, 65536), (u16, -1), (compact(u16), 65536), (account_id, b"\x00"), (vec(u16, 1), (1, 2))],
)
def test_values_out_of_their_type_are_refused(kind: Type[Any], value: Any) -> None:
    with pytest.raises(OverflowError):
        codec(kind).encode(value)


def test_packed_vectors_are_vectors_on_the_wire() -> None:
    rows = codec(packed(pair(u16, u16)))
    plain = codec(vec(pair(u16, u16)))

    raw = plain.encode(((1, 2), (3, 4)))

    assert rows.decode(raw) == b"\x01\x00\x02\x00\x03\x00\x04\x00"
    assert rows.encode(rows.decode(raw)) == raw


class Versioned(Struct, path="sp_version::RuntimeVersion"):
    name: CowStr
    apis: Annotated[tuple[int, ...], Cow(vec(u32))]


def test_what_rust_may_borrow_is_wrapped_in_metadata_alone() -> None:
    value = Versioned("node", (1, 2))
    raw = codec(string).encode("node") + codec(vec(u32)).encode((1, 2))
    assert codec(Versioned).encode(value) == raw
    assert codec(Versioned).decode(raw) == value
    registry = Registry()
    number = registry.id_of(type_of(Versioned))
    entries = registry.entries()
    definition = entries[number].definition
    assert isinstance(definition, m.CompositeDefinition)
    assert [field.type_name for field in definition.fields] == [
        "Cow<'static, str>",
        "Cow<'static, Vec<u32>>",
    ]
    name = entries[definition.fields[0].type]
    assert (name.path, name.parameters) == (
        ("Cow",),
        (m.TypeParameter("T", registry.id_of(string)),),
    )
