"""
How a call says no.

    DispatchError
    ├── Other, CannotLookup, BadOrigin, ConsumerRemaining, NoProviders, TooManyConsumers,
    │   Exhausted, Corruption, Unavailable, RootNotAllowed
    ├── TokenError          one of `Token`
    ├── ArithmeticFailure   one of `Arithmetic`
    └── ModuleError         a pallet's own: a subclass per error, with its index and its sentence

A refused call leaves nothing but its fee. What is not a `DispatchError` is a bug and stops the
block; the exception is `OverflowError`, which a codec raises when a value leaves its type's range:
the dispatcher answers it with `ArithmeticFailure(Arithmetic.OVERFLOW)`.

Source: polkadot-sdk sp_runtime::DispatchError; the indices are the wire's.
"""

import enum
from typing import ClassVar

from taonet.frame.weight import Weight


class DispatchError(Exception):
    """
    A call was refused; nothing it wrote stays.

    `spent` is what the call had cost by then, where it says so: a refusal of a call that does not
    costs all that the call declared.
    """

    wire_index: ClassVar[int]
    spent: Weight | None = None


class Other(DispatchError):
    """Some error occurred."""

    wire_index = 0


class CannotLookup(DispatchError):
    """An address could not be looked up."""

    wire_index = 1


class BadOrigin(DispatchError):
    """The call's origin is not the one it needs."""

    wire_index = 2


class ModuleError(DispatchError):
    """A pallet's own error; declare each as `class Name(ModuleError, index=n)`."""

    wire_index = 3
    index: ClassVar[int]
    name: ClassVar[str]

    def __init_subclass__(cls, *, index: int, name: str = "") -> None:
        cls.index = index
        cls.name = name or cls.__name__


class ConsumerRemaining(DispatchError):
    """At least one consumer keeps the account alive."""

    wire_index = 4


class NoProviders(DispatchError):
    """The account does not exist."""

    wire_index = 5


class TooManyConsumers(DispatchError):
    """The account has too many consumers."""

    wire_index = 6


class Token(enum.IntEnum):
    """Why a transfer of tokens is refused."""

    FUNDS_UNAVAILABLE = 0
    ONLY_PROVIDER = 1
    BELOW_MINIMUM = 2
    CANNOT_CREATE = 3
    UNKNOWN_ASSET = 4
    FROZEN = 5
    UNSUPPORTED = 6
    CANNOT_CREATE_HOLD = 7
    NOT_EXPENDABLE = 8
    BLOCKED = 9


class TokenError(DispatchError):
    """A token operation was refused."""

    wire_index = 7

    def __init__(self, reason: Token) -> None:
        super().__init__(reason)
        self.reason = reason


class Arithmetic(enum.IntEnum):
    """How a number left its range."""

    UNDERFLOW = 0
    OVERFLOW = 1
    DIVISION_BY_ZERO = 2


class ArithmeticFailure(DispatchError):
    """A number left its range."""

    wire_index = 8

    def __init__(self, reason: Arithmetic) -> None:
        super().__init__(reason)
        self.reason = reason


class Exhausted(DispatchError):
    """Resources are exhausted."""

    wire_index = 10


class Corruption(DispatchError):
    """The state is corrupt."""

    wire_index = 11


class Unavailable(DispatchError):
    """Something the call needs is not there now."""

    wire_index = 12


class RootNotAllowed(DispatchError):
    """Root may not make this call."""

    wire_index = 13
