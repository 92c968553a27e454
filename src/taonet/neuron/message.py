"""
Messages: typed values that cross the wire as JSON and are checked on arrival.

A class that inherits `Message` is a frozen dataclass. What a stranger sends is decoded once, at
the border, and strictly: every field is there, none is unknown, each has its declared type (`True`
is not an `int`) and keeps its declared limit. Types that may stand in a message: `str`, `int`,
`float`, `bool`, `None` in a union with one of them, `Literal`, `tuple[T, ...]`,
`Mapping[str, T]`, and other messages; `Annotated` adds a `Length`, `Range` or `Items`.

    class Prompt(Message):
        text: Annotated[str, Length(4096)]
        max_tokens: Annotated[int, Range(1, 512)] = 64

Every type has a limit even where none is declared: `CHARACTERS_MAX`, `ITEMS_MAX`. The size of the
JSON itself is bounded by the transport.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Hashable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import cache
from math import isfinite
from typing import (
    Annotated,
    Any,
    Literal,
    Self,
    Union,
    cast,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
)

import orjson

from taonet.neuron.errors import InvalidMessage

CHARACTERS_MAX = 65_536
"""Of a string whose field declares no `Length`."""
ITEMS_MAX = 65_536
"""Of a tuple or mapping whose field declares no `Items`."""
INTEGER_MAX = 2**63 - 1
"""What JSON readers in other languages still hold exactly as an integer."""

Decode = Callable[[Any, str], Any]


@dataclass(frozen=True)
class Length:
    """A string has at most `maximum` characters."""

    maximum: int


@dataclass(frozen=True)
class Range:
    """A number lies within `low` and `high`, both allowed."""

    low: float
    high: float


@dataclass(frozen=True)
class Items:
    """A tuple or mapping has at most `maximum` items and at least `minimum`."""

    maximum: int
    minimum: int = 0


@dataclass_transform(frozen_default=True)
class Message:
    """The parent of every query, reply and piece of a stream."""

    def __init_subclass__(cls) -> None:
        dataclass(frozen=True)(cls)

    def to_json(self) -> bytes:
        """This message as JSON; raises `InvalidMessage` for what JSON cannot say, such as NaN."""
        raw = _plain(self, type(self).__name__)
        try:
            return orjson.dumps(raw)
        except (orjson.JSONEncodeError, RecursionError) as error:
            raise InvalidMessage(f"{type(self).__name__}: {error}") from error

    @classmethod
    def from_json(cls, raw: bytes | bytearray | memoryview | str) -> Self:
        """The message in `raw`; raises `InvalidMessage` that names the first field that is off."""
        try:
            value = orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            raise InvalidMessage(f"{cls.__name__}: not JSON: {error}") from error
        return cls.from_plain(value)

    @classmethod
    def from_plain(cls, value: object) -> Self:
        """The message in decoded JSON; raises `InvalidMessage`."""
        message = _decoder(cast(Hashable, cls))(value, cls.__name__)
        assert isinstance(message, cls)
        return message

    def to_plain(self) -> dict[str, Any]:
        """This message as plain dicts, lists and scalars."""
        raw = _plain(self, type(self).__name__)
        assert isinstance(raw, dict)
        return raw


def _plain(value: object, path: str) -> object:
    """JSON's own types; a float that JSON lacks is refused rather than turned into null."""
    if isinstance(value, Message):
        return {
            field.name: _plain(getattr(value, field.name), f"{path}.{field.name}")
            for field in fields(value)  # type: ignore[arg-type]  # every subclass is a dataclass
        }
    if isinstance(value, tuple | list):
        return [_plain(item, path) for item in value]
    if isinstance(value, Mapping):
        return {key: _plain(item, path) for key, item in value.items()}
    if isinstance(value, float) and not isfinite(value):
        raise InvalidMessage(f"{path}: {value} is not a number that JSON can carry")
    return value


@cache
def _decoder(declared: Any) -> Decode:
    """How a value of the `declared` type is read; a type that cannot is a bug of the author's."""
    return _limited(declared, ())


def _limited(declared: Any, limits: tuple[object, ...]) -> Decode:
    origin = get_origin(declared)
    if origin is Annotated:
        inner, *extra = get_args(declared)
        return _limited(inner, (*limits, *extra))
    if origin in (Union, types.UnionType):
        return _optional(declared, limits)
    if origin is Literal:
        return _literal(get_args(declared))
    if origin is tuple:
        return _sequence(declared, _find(limits, Items, Items(ITEMS_MAX)))
    if origin in (dict, Mapping):
        return _mapping(declared, _find(limits, Items, Items(ITEMS_MAX)))
    if isinstance(declared, type) and issubclass(declared, Message):
        return _record(declared)
    if declared is str:
        return _string(_find(limits, Length, Length(CHARACTERS_MAX)))
    if declared in (int, float):
        return _number(declared, _find(limits, Range, Range(-INTEGER_MAX - 1, INTEGER_MAX)))
    if declared is bool:
        return _boolean
    raise TypeError(f"{declared!r} cannot stand in a message")


def _find(limits: tuple[object, ...], kind: type[Any], default: Any) -> Any:
    return next((limit for limit in limits if isinstance(limit, kind)), default)


def _said(value: object) -> str:
    """What a wrong value is, without repeating a stranger's text."""
    return "null" if value is None else type(value).__name__


def _boolean(value: Any, path: str) -> bool:
    if not isinstance(value, bool):
        raise InvalidMessage(f"{path}: expected true or false, got {_said(value)}")
    return value


def _string(limit: Length) -> Decode:
    def decode(value: Any, path: str) -> str:
        if not isinstance(value, str):
            raise InvalidMessage(f"{path}: expected a string, got {_said(value)}")
        if len(value) > limit.maximum:
            raise InvalidMessage(
                f"{path}: {len(value)} characters are more than {limit.maximum} (Length)"
            )
        return value

    return decode


def _number(kind: type[int] | type[float], limit: Range) -> Decode:
    accepted = (int, float) if kind is float else (int,)
    expected = "a number" if kind is float else "an integer"

    def decode(value: Any, path: str) -> int | float:
        if isinstance(value, bool) or not isinstance(value, accepted):
            raise InvalidMessage(f"{path}: expected {expected}, got {_said(value)}")
        if not limit.low <= value <= limit.high:
            raise InvalidMessage(f"{path}: {value} is not within {limit.low} and {limit.high}")
        return kind(value)

    return decode


def _literal(allowed: tuple[object, ...]) -> Decode:
    def decode(value: Any, path: str) -> object:
        for choice in allowed:
            if type(choice) is type(value) and choice == value:
                return choice
        raise InvalidMessage(f"{path}: expected one of {list(allowed)}")

    return decode


def _optional(declared: Any, limits: tuple[object, ...]) -> Decode:
    members = [member for member in get_args(declared) if member is not type(None)]
    if len(members) != 1 or len(members) == len(get_args(declared)):
        raise TypeError(f"{declared!r}: a union in a message is one type and None")
    inner = _limited(members[0], limits)
    return lambda value, path: None if value is None else inner(value, path)


def _sequence(declared: Any, limit: Items) -> Decode:
    arguments = get_args(declared)
    if len(arguments) != 2 or arguments[1] is not Ellipsis:
        raise TypeError(f"{declared!r}: a tuple in a message is tuple[T, ...]")
    inner = _decoder(arguments[0])

    def decode(value: Any, path: str) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise InvalidMessage(f"{path}: expected a list, got {_said(value)}")
        _count(len(value), limit, path)
        return tuple([inner(item, f"{path}[{index}]") for index, item in enumerate(value)])

    return decode


def _mapping(declared: Any, limit: Items) -> Decode:
    key, item_type = get_args(declared)
    if key is not str:
        raise TypeError(f"{declared!r}: JSON's keys are strings")
    inner = _decoder(item_type)

    def decode(value: Any, path: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise InvalidMessage(f"{path}: expected an object, got {_said(value)}")
        _count(len(value), limit, path)
        return {name: inner(item, f"{path}.{name[:64]}") for name, item in value.items()}

    return decode


def _count(count: int, limit: Items, path: str) -> None:
    if not limit.minimum <= count <= limit.maximum:
        raise InvalidMessage(
            f"{path}: {count} items are not within {limit.minimum} and {limit.maximum} (Items)"
        )


def _record(declared: type[Message]) -> Decode:
    assert is_dataclass(declared)
    # The hints are resolved at the first message, so that a message may name a later class.
    resolved: dict[str, Decode] = {}
    required = {
        field.name
        for field in fields(declared)
        if field.default is MISSING and field.default_factory is MISSING
    }

    def decode(value: Any, path: str) -> Message:
        if not resolved:
            hints = get_type_hints(declared, include_extras=True)
            resolved.update((field.name, _decoder(hints[field.name])) for field in fields(declared))
        if not isinstance(value, dict):
            raise InvalidMessage(f"{path}: expected an object, got {_said(value)}")
        if missing := required - value.keys():
            raise InvalidMessage(f"{path}: {', '.join(sorted(missing))} missing")
        if unknown := value.keys() - resolved.keys():
            raise InvalidMessage(f"{path}: unknown field {min(unknown)[:64]!r}")
        return declared(
            **{name: resolved[name](item, f"{path}.{name}") for name, item in value.items()}
        )

    return decode
