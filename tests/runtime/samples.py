"""The smallest value of any type: arguments for calls that must be refused whatever they hold."""

from typing import Any

from taonet.frame.call import RUNTIME_CALL, Call
from taonet.runtime.pallets import CALLS
from taonet.scale.types import (
    Array,
    ByteArray,
    Bytes,
    CLike,
    Compact,
    Composite,
    FixedPoint,
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
)


def sample(described: Type[Any]) -> Any:
    """Zero, nothing, empty, or the first variant."""
    if described == RUNTIME_CALL:
        return Call(*CALLS["System", "remark"], (b"",))
    match described:
        case Primitive("bool"):
            return False
        case Primitive("str"):
            return ""
        case Primitive() | FixedPoint():
            return 0
        case Compact(inner):
            return sample(inner)
        case Bytes() | Packed():
            return b""
        case ByteArray(length, build, _):
            return build(bytes(length))
        case Vec() | SetType():
            return ()
        case MapType():
            return {}
        case Option():
            return None
    return _sample_of_parts(described)


def _sample_of_parts(described: Type[Any]) -> Any:
    match described:
        case Array(item, length):
            return (sample(item),) * length
        case Tuple(elements):
            return tuple(sample(e) for e in elements)
        case Composite(cls):
            return cls(*(sample(f.type) for f in fields_of(cls)))
        case Variants(cls):
            if issubclass(cls, CLike):
                return next(iter(cls))
            if not cls.scale_variants:
                return None  # The type has no value.
            variant = cls.scale_variants[min(cls.scale_variants)]
            return variant(*(sample(f.type) for f in fields_of(variant)))
    raise TypeError(f"no sample of {described!r}")
