"""
Decimal floating point with a 21-digit mantissa: what the shares of a stake pool are counted in.

Digits are cut off, never rounded. There are just enough of them that a stake of one rao shows in
the largest pool, and that a tenth of a rao does not.

Source: subtensor primitives/share-pool/src/lib.rs @ 14bc6f9.
"""

from dataclasses import dataclass
from typing import Final, Self

from taonet.primitives.fixed_point import I64_MAX, I64_MIN, U64_MAX, U64F64

MANTISSA_MAX: Final = 10**21
_DIGITS: Final = 21
_SHIFT_MAX: Final = _DIGITS + 1
"""Powers of ten are capped here: no two mantissas lie further apart."""

_POWERS: Final = tuple(int("1" + "0" * exponent) for exponent in range(_SHIFT_MAX + 1))


@dataclass(frozen=True, slots=True)
class SafeFloat:
    """
    `mantissa * 10**exponent`; the mantissa is in (10**20, 10**21], or 0 with exponent 0.

    SCALE: mantissa `u128`, exponent `i64`. Operations answer `None` where the exponent leaves its
    range or the result would be undefined.
    """

    mantissa: int = 0
    exponent: int = 0

    @classmethod
    def new(cls, mantissa: int, exponent: int = 0) -> Self | None:
        """A normalised number; `None` if the mantissa is above 10**21."""
        if mantissa > MANTISSA_MAX:
            return None
        return cls._normalised(mantissa, exponent)

    @classmethod
    def from_u64(cls, number: int) -> Self:
        """A whole number below 2**64, exactly."""
        return cls._normalised(number, 0) or cls()

    @classmethod
    def from_u64f64(cls, value: U64F64) -> Self:
        """A binary fixed-point number: its whole part plus its fraction over 2**64."""
        whole = cls.from_u64(value >> 64)
        unit = cls._normalised(1 << 64, 0) or cls()
        fraction = cls.from_u64(value & U64_MAX).div(unit)
        return whole.add(fraction or cls()) or cls()

    @classmethod
    def _normalised(cls, mantissa: int, exponent: int) -> Self | None:
        if mantissa == 0:
            return cls()
        shift = len(str(mantissa)) - _DIGITS
        shorter = mantissa // 10**shift if shift > 0 else mantissa * 10**-shift
        if shorter == MANTISSA_MAX // 10:
            # A one with only zeros after it has one digit more: 10**21 is within bounds.
            shorter *= 10
            shift -= 1
        exponent += shift
        if not I64_MIN <= exponent <= I64_MAX:
            return None
        return cls(shorter, exponent)

    def is_zero(self) -> bool:
        """Whether it is nothing."""
        return self.mantissa == 0

    def add(self, other: Self) -> Self | None:
        """The sum, aligned to the larger exponent by cutting the smaller number's digits."""
        if self.mantissa == 0:
            return other
        if other.mantissa == 0:
            return self
        mine, theirs, exponent = self._aligned(other)
        return self._normalised(mine + theirs, exponent)

    def sub(self, other: Self) -> Self | None:
        """The difference, aligned as `add` does; 0 if `other` is larger, `None` if self is 0."""
        if other.mantissa == 0:
            return self
        if self.mantissa == 0:
            return None
        mine, theirs, exponent = self._aligned(other)
        return self._normalised(max(mine - theirs, 0), exponent)

    def div(self, other: Self) -> Self | None:
        """The quotient with 21 digits; `None` for a zero divisor."""
        if other.mantissa == 0:
            return None
        exponent = self.exponent - other.exponent - _DIGITS
        if not I64_MIN <= exponent <= I64_MAX:
            return None
        return self._normalised(self.mantissa * MANTISSA_MAX // other.mantissa, exponent)

    def mul_div(self, factor: Self, divisor: Self) -> Self | None:
        """`self * factor / divisor`, cut once at the end; `None` for a zero divisor."""
        if divisor.mantissa == 0:
            return None
        exponent = self.exponent + factor.exponent
        if not I64_MIN <= exponent <= I64_MAX:
            return None
        exponent -= divisor.exponent
        if not I64_MIN <= exponent <= I64_MAX:
            return None
        return self._normalised(self.mantissa * factor.mantissa // divisor.mantissa, exponent)

    def exceeds(self, other: Self) -> bool:
        """Whether it is larger, for two normalised numbers: only neighbours are compared."""
        distance = self.exponent - other.exponent
        if distance == 0:
            return self.mantissa > other.mantissa
        if abs(distance) > 1:
            return distance > 0
        if distance > 0:
            return self.mantissa * 10 > other.mantissa
        return self.mantissa > other.mantissa * 10

    def to_u64(self) -> int:
        """The whole part, at most 2**64 - 1."""
        power = _POWERS[min(abs(self.exponent), _SHIFT_MAX)]
        if self.exponent >= 0:
            return min(self.mantissa * power, U64_MAX)
        return min(self.mantissa // power, U64_MAX)

    def _aligned(self, other: Self) -> tuple[int, int, int]:
        distance = self.exponent - other.exponent
        power = _POWERS[min(abs(distance), _SHIFT_MAX)]
        if distance >= 0:
            return self.mantissa, other.mantissa // power, self.exponent
        return self.mantissa // power, other.mantissa, other.exponent
