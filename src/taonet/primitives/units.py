"""
Amounts and numbers that the type checker tells apart at the price of a plain int.

At run time a unit is an `int` subclass without operators of its own, so a sum of two units is a
plain `int`. Three rules follow: never `isinstance(x, Rao)`; SCALE codecs go by *declared* types;
`int(x)` is the only lawful way out. Ranges are checked where a value crosses a codec, so an
underflow surfaces there as `OverflowError` and rolls the call back.
"""

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from typing import Self

    class Unit:
        """What the checker sees: only the lawful operations of one unit with itself."""

        bits: ClassVar[int]

        def __init__(self, value: int) -> None: ...
        def __int__(self) -> int: ...
        def __index__(self) -> int: ...
        def __bool__(self) -> bool: ...
        def __hash__(self) -> int: ...
        def __add__(self, other: Self) -> Self: ...
        def __sub__(self, other: Self) -> Self: ...
        def __mul__(self, factor: int) -> Self: ...
        def __floordiv__(self, divisor: int) -> Self: ...
        def __lt__(self, other: Self) -> bool: ...
        def __le__(self, other: Self) -> bool: ...
        def __gt__(self, other: Self) -> bool: ...
        def __ge__(self, other: Self) -> bool: ...

else:

    class Unit(int):
        """What runs: an int with a name."""

        __slots__ = ()
        bits: ClassVar[int]


class Rao(Unit):
    """The smallest unit of TAO: 1 TAO = 10**9 rao. SCALE `u64`."""

    bits = 64


class Alpha(Unit):
    """The smallest unit of a subnet's token: 1 alpha = 10**9. SCALE `u64`."""

    bits = 64


class NetUid(Unit):
    """A subnet's number; 0 is the root network. SCALE `u16`."""

    bits = 16


class Uid(Unit):
    """A neuron's place in one subnet. SCALE `u16`."""

    bits = 16


class MechId(Unit):
    """A subnet's incentive mechanism; 0 is the main one. SCALE `u8`."""

    bits = 8


RAO_PER_TAO = 10**9
ROOT = NetUid(0)


def to_rao(tao: int) -> Rao:
    """Whole TAO in rao."""
    return Rao(tao * RAO_PER_TAO)


def saturating_sub(a: Rao, b: Rao) -> Rao:
    """`a - b`, or 0 where that would be negative."""
    return a - b if a > b else Rao(0)
