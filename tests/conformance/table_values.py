"""
What tables write for the chain's values: "@alice" for an account, names for variants and calls.
"""

from fractions import Fraction
from typing import Any

from taonet.frame.call import Call
from taonet.frame.multi_address import AddressId, MultiAddress
from taonet.frame.origin import Origin, Root, Signed, Unsigned
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Unit
from taonet.runtime.pallets import CALLS
from taonet.scale.codec import codec
from taonet.scale.types import (
    Composite,
    FixedPoint,
    Late,
    MapType,
    Option,
    Packed,
    SetType,
    Tuple,
    Type,
    Variants,
    Vec,
    fields_of,
    type_of,
)

PALLET = "SubtensorModule"
"""Whose storage and calls need no name before the dot."""


def account(name: str) -> AccountId:
    """The account of a name with its "@"."""
    assert name.startswith("@"), name
    return AccountId(name[1:].encode().ljust(32, b"\0"))


def typed(kind: Type[Any], value: Any) -> Any:
    """A table's value as storage and calls hold it."""
    if isinstance(value, str):
        if kind == type_of(MultiAddress):
            return AddressId(account(value))
        return account(value) if value.startswith("@") else bytes.fromhex(value.removeprefix("0x"))
    match kind:
        case Late():
            return named_call(*value)
        case Variants():
            return variant(kind.cls, value)
        case MapType():
            return {typed(kind.key, key): typed(kind.value, one) for key, one in value}
        case FixedPoint():
            return int(Fraction(value["fixed"]) * 2**kind.fraction)
        case Option():
            return None if value is None else typed(kind.inner, value)
        case Vec() | SetType():
            return tuple(typed(kind.item, item) for item in value)
        case Packed():
            return b"".join(codec(kind.item).encode(typed(kind.item, item)) for item in value)
        case Tuple():
            parts = zip(kind.elements, value, strict=True)
            return tuple(typed(element, part) for element, part in parts)
        case Composite():
            fields = fields_of(kind.cls)
            return kind.cls(
                **{f.attribute: typed(f.type, value[f.name or f.attribute]) for f in fields}
            )
    return value


def variant(enum: type[Any], value: dict[str, Any]) -> Any:
    """A variant by its name, with its fields: `{"KeepSubnets": {"subnets": [1]}}`."""
    ((name, fields),) = value.items()
    variants = getattr(enum, "scale_variants", None)
    if variants is None:
        return enum[name]
    (found,) = (one for one in variants.values() if one.variant_name == name)
    kinds = {field.name or field.attribute: field for field in fields_of(found)}
    return found(**{kinds[n].attribute: typed(kinds[n].type, one) for n, one in fields.items()})


def named_call(name: str, *arguments: Any) -> Call:
    """A call by its name, `Pallet.call` or a call of `PALLET`, with a table's arguments."""
    pallet, _, called = name.rpartition(".")
    spec, pallet, index = CALLS[pallet or PALLET, called]
    values = zip(spec.fields, arguments, strict=True)
    return Call(spec, pallet, index, tuple(typed(f.type, value) for f, value in values))


def origin_of(signer: str) -> Origin:
    """An account, "root" or "nobody"."""
    named: dict[str, Origin] = {"root": Root(), "nobody": Unsigned()}
    return named.get(signer) or Signed(account(signer))


def plain(kind: Type[Any], value: Any) -> Any:
    """A stored value as a table tells it; fixed point is a fraction."""
    if isinstance(value, AccountId):
        return "@" + value.rstrip(b"\0").decode(errors="replace")
    match kind:
        case FixedPoint():
            return Fraction(int(value), 2**kind.fraction)
        case Option():
            return None if value is None else plain(kind.inner, value)
        case MapType():
            return [[plain(kind.key, key), plain(kind.value, one)] for key, one in value.items()]
        case Variants():
            return getattr(type(value), "variant_name", "") or value.name
        case Vec() | SetType():
            return [plain(kind.item, item) for item in value]
        case Packed():
            item, offset, items = codec(kind.item), 0, []
            while offset < len(value):
                one, offset = item.decode_prefix(value, offset)
                items.append(plain(kind.item, one))
            return items
        case Tuple():
            parts = zip(kind.elements, value, strict=True)
            return [plain(element, part) for element, part in parts]
        case Composite():
            fields = fields_of(kind.cls)
            return {
                f.name or f.attribute: plain(f.type, getattr(value, f.attribute)) for f in fields
            }
    if isinstance(value, bytes):
        return "0x" + value.hex()
    return int(value) if isinstance(value, Unit) else value
