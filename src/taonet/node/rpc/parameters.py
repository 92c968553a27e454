"""
Parameters as clients send them: by position or by name, hex with or without 0x, null for absent.

A method's signature declares them; each annotated type says how the JSON value is read, and an
error says which parameter is wrong and what it should be.
"""

import inspect
import re
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from taonet.node.rpc.errors import InvalidParams
from taonet.primitives.ids import AccountId
from taonet.primitives.ss58 import InvalidAddress, decode_ss58

U32_MAX = (1 << 32) - 1
U64_MAX = (1 << 64) - 1
HASH_BYTES = 32


@dataclass(frozen=True)
class Kind:
    """How a JSON value is read; `parse` raises `ValueError` with what was expected."""

    parse: Callable[[Any], Any]
    aliases: tuple[str, ...] = ()
    """Other names that clients know such a parameter by."""


def parse_hex(value: Any) -> bytes:
    """Bytes from hexadecimal digits."""
    if not isinstance(value, str):
        raise ValueError(f"a string of hexadecimal digits is expected, not {_shown(value)}")
    try:
        return bytes.fromhex(value[2:] if value.startswith("0x") else value)
    except ValueError:
        raise ValueError(f"{_shown(value)} is not an even count of hexadecimal digits") from None


def parse_hash(value: Any) -> bytes:
    """A 32-byte hash."""
    raw = parse_hex(value)
    if len(raw) != HASH_BYTES:
        raise ValueError(f"a hash has {HASH_BYTES} bytes, {_shown(value)} has {len(raw)}")
    return raw


def parse_integer(value: Any) -> int:
    """An integer from 0, as a number or as hexadecimal digits with 0x."""
    if isinstance(value, str) and re.fullmatch("0x[0-9a-fA-F]{1,16}", value):
        return int(value, 16)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= U64_MAX:
        return value
    raise ValueError(f"an integer from 0 is expected, not {_shown(value)}")


def parse_count(value: Any) -> int:
    """An integer of 32 bits."""
    count = parse_integer(value)
    if count > U32_MAX:
        raise ValueError(f"at most {U32_MAX} is expected, not {count}")
    return count


def parse_account(value: Any) -> AccountId:
    """An account from its address, or from its 32 bytes in hexadecimal digits."""
    if isinstance(value, str) and value.startswith("0x"):
        return AccountId(parse_hash(value))
    if not isinstance(value, str):
        raise ValueError(f"an address is expected, not {_shown(value)}")
    try:
        return decode_ss58(value)
    except InvalidAddress as error:
        raise ValueError(f"an address is expected: {error}") from None


def parse_text(value: Any) -> str:
    """A string."""
    if not isinstance(value, str):
        raise ValueError(f"a string is expected, not {_shown(value)}")
    return value


def parse_flag(value: Any) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise ValueError(f"true or false is expected, not {_shown(value)}")
    return value


def list_of(parse: Callable[[Any], Any]) -> Callable[[Any], tuple[Any, ...]]:
    """A parser of lists of what `parse` reads."""

    def parse_list(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise ValueError(f"a list is expected, not {_shown(value)}")
        return tuple(map(parse, value))

    return parse_list


def _shown(value: Any) -> str:
    """What was sent, short enough for an error."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}…"


Hex = Annotated[bytes, Kind(parse_hex)]
Extrinsic = Annotated[bytes, Kind(parse_hex, ("bytes", "data", "encoded_xt", "extrinsic"))]
BlockHash = Annotated[bytes, Kind(parse_hash, ("at", "block", "block_hash", "hash"))]
Keys = Annotated[tuple[bytes, ...], Kind(list_of(parse_hex))]
Integer = Annotated[int, Kind(parse_integer)]
Count = Annotated[int, Kind(parse_count)]
Account = Annotated[AccountId, Kind(parse_account)]
Text = Annotated[str, Kind(parse_text)]
Flag = Annotated[bool, Kind(parse_flag)]
Json = Annotated[Any, Kind(lambda value: value)]

_REQUIRED = object()


@dataclass(frozen=True)
class _Parameter:
    name: str
    kind: Kind
    default: Any

    def read(self, value: Any) -> Any:
        if value is None:
            return self.absent()
        try:
            return self.kind.parse(value)
        except ValueError as error:
            raise InvalidParams(f"{self.name}: {error}") from None

    def absent(self) -> Any:
        if self.default is _REQUIRED:
            raise InvalidParams(f"{self.name} is missing")
        return self.default


def _kind_of(hint: Any) -> Kind:
    """The `Kind` in an annotation, also in an optional one."""
    for candidate in (hint, *typing.get_args(hint)):
        for extra in getattr(candidate, "__metadata__", ()):
            if isinstance(extra, Kind):
                return extra
    raise TypeError(f"{hint} does not say how a parameter is read")


class Signature:
    """The parameters of a method after the first `given`, which are not the client's."""

    def __init__(self, function: Callable[..., Any], given: int) -> None:
        hints = typing.get_type_hints(function, include_extras=True)
        declared = list(inspect.signature(function).parameters.values())[given:]
        self._parameters = tuple(
            _Parameter(
                parameter.name.rstrip("_"),
                _kind_of(hints[parameter.name]),
                _REQUIRED if parameter.default is inspect.Parameter.empty else parameter.default,
            )
            for parameter in declared
        )
        self._keywords = tuple(
            parameter.name
            for parameter in declared
            if parameter.kind is inspect.Parameter.KEYWORD_ONLY
        )
        self._positions = {
            alias: position
            for position, parameter in enumerate(self._parameters)
            for alias in parameter.kind.aliases
        } | {parameter.name: position for position, parameter in enumerate(self._parameters)}

    def names(self) -> tuple[str, ...]:
        """The parameters' names, in order."""
        return tuple(parameter.name for parameter in self._parameters)

    def call(self, function: Callable[..., Any], params: Any, *given: Any) -> Any:
        """Call `function` with what is `given` and what `params` say; raises `InvalidParams`."""
        arguments = self.read(params)
        if not self._keywords:
            return function(*given, *arguments)
        count = len(arguments) - len(self._keywords)
        keywords = dict(zip(self._keywords, arguments[count:], strict=True))
        return function(*given, *arguments[:count], **keywords)

    def read(self, params: Any) -> list[Any]:
        """The arguments in order; raises `InvalidParams`."""
        if params is None:
            values: list[Any] = []
        elif isinstance(params, list):
            values = self._fitting(params)
        elif isinstance(params, dict):
            values = self._by_position(params)
        else:
            raise InvalidParams(f"params are a list or an object, not {_shown(params)}")
        given = len(values)
        return [
            parameter.read(values[i]) if i < given else parameter.absent()
            for i, parameter in enumerate(self._parameters)
        ]

    def _fitting(self, params: list[Any]) -> list[Any]:
        count = len(self._parameters)
        if any(extra is not None for extra in params[count:]):
            raise InvalidParams(f"{count} parameters are taken at most, {len(params)} were given")
        return params[:count]

    def _by_position(self, params: Mapping[str, Any]) -> list[Any]:
        values: list[Any] = [None] * len(self._parameters)
        for name, value in params.items():
            position = self._positions.get(_snake_case(name))
            if position is None:
                known = ", ".join(self.names()) or "none"
                raise InvalidParams(f"no parameter is called {_shown(name)}; there is {known}")
            values[position] = value
        return values


def _snake_case(name: str) -> str:
    return re.sub("[A-Z]", lambda capital: "_" + capital.group().lower(), name)
