"""
Binary fixed point as the chain's runtime computes it: raw bits in a plain int, rounding by name.

A value is an `int` of raw bits under a `NewType` that names its format; a `Format` holds the
format's width and does its arithmetic: `u64f64.mul_floor(a, b)`. Sums of two values of one format
are sums of their bits; write `u64f64.saturating_add` only where the range can be left.

The rounding of each operation, for negative values too:
- products and narrowing conversions go down (an arithmetic shift of the exact result);
- quotients go toward zero;
- a result out of range is clamped by every operation but `checked_div`, which answers `None`,
  and `safe_div`, which answers 0.

Source: substrate-fixed 0.6.0; `safe_div` of subtensor primitives/safe-math @ 14bc6f9.
"""

from dataclasses import dataclass
from typing import Final, Generic, NewType, TypeVar

U64F64 = NewType("U64F64", int)
"""Unsigned, 64 integer and 64 fraction bits: prices, shares, fee rates."""

U96F32 = NewType("U96F32", int)
"""Unsigned, 96 integer and 32 fraction bits: amounts of the emission."""

I96F32 = NewType("I96F32", int)
"""Signed, 96 integer and 32 fraction bits: moving prices, the emission's split."""

I64F64 = NewType("I64F64", int)
"""Signed, 64 integer and 64 fraction bits: stake in the epoch."""

I32F32 = NewType("I32F32", int)
"""Signed, 32 integer and 32 fraction bits: everything else in the epoch."""

U16_MAX: Final = 2**16 - 1
U64_MAX: Final = 2**64 - 1
U128_MAX: Final = 2**128 - 1
I64_MIN: Final = -(2**63)
I64_MAX: Final = 2**63 - 1

F = TypeVar("F", U64F64, U96F32, I96F32, I64F64, I32F32)


def saturate_u64(value: int) -> int:
    """The nearest u64."""
    if 0 <= value <= U64_MAX:
        return value
    return 0 if value < 0 else U64_MAX


def saturate_u128(value: int) -> int:
    """The nearest u128."""
    if 0 <= value <= U128_MAX:
        return value
    return 0 if value < 0 else U128_MAX


def truncating_div(dividend: int, divisor: int) -> int:
    """The quotient toward zero; raises `ZeroDivisionError`."""
    if (dividend < 0) == (divisor < 0):
        return abs(dividend) // abs(divisor)
    return -(abs(dividend) // abs(divisor))


@dataclass(frozen=True, eq=False)
class Format(Generic[F]):
    """The arithmetic of one format: `fraction_bits`, and the range of its raw bits."""

    fraction_bits: int
    lowest: F
    highest: F
    one: F
    zero: F

    def saturate(self, bits: int) -> F:
        """Raw bits of any size, clamped into the format."""
        if self.lowest <= bits <= self.highest:
            return bits  # type: ignore[return-value]
        return self.lowest if bits < 0 else self.highest

    def from_int(self, number: int) -> F:
        """A whole number, clamped into the format."""
        return self.saturate(number << self.fraction_bits)

    def from_ratio(self, numerator: int, denominator: int) -> F:
        """`numerator / denominator` of whole numbers, as `safe_div` of both rounds it."""
        return self.safe_div(self.from_int(numerator), self.from_int(denominator))

    def convert(self, value: int, fraction_bits: int) -> F:
        """Raw bits with another count of fraction bits, rounded down and clamped."""
        shift = self.fraction_bits - fraction_bits
        return self.saturate(value << shift if shift >= 0 else value >> -shift)

    def to_int_floor(self, value: F) -> int:
        """The whole number at or below `value`."""
        return value >> self.fraction_bits

    def to_u64_floor(self, value: F) -> int:
        """The whole number at or below `value`, clamped to a u64."""
        return saturate_u64(value >> self.fraction_bits)

    def fraction(self, value: F) -> F:
        """`value` less the whole number at or below it."""
        return value & (1 << self.fraction_bits) - 1  # type: ignore[return-value]

    def saturating_add(self, a: F, b: F) -> F:
        """`a + b`, clamped."""
        return self.saturate(a + b)

    def saturating_sub(self, a: F, b: F) -> F:
        """`a - b`, clamped: 0 where an unsigned difference would be negative."""
        return self.saturate(a - b)

    def mul_floor(self, a: F, b: F) -> F:
        """`a * b`, rounded down and clamped."""
        bits = a * b >> self.fraction_bits
        # The chain's hottest line spares a call where nothing is to be clamped.
        return bits if self.lowest <= bits <= self.highest else self.saturate(bits)  # type: ignore[return-value]

    def checked_div(self, a: F, b: F) -> F | None:
        """`a / b` toward zero; `None` for a zero divisor or a quotient out of range."""
        if b == 0:
            return None
        dividend = a << self.fraction_bits
        quotient = dividend // b if a >= 0 and b > 0 else truncating_div(dividend, b)
        if not self.lowest <= quotient <= self.highest:
            return None
        return quotient  # type: ignore[return-value]

    def safe_div(self, a: F, b: F) -> F:
        """`a / b` toward zero; 0 for a zero divisor or a quotient out of range."""
        quotient = self.checked_div(a, b)
        return self.zero if quotient is None else quotient


u64f64: Final = Format(64, U64F64(0), U64F64(2**128 - 1), U64F64(1 << 64), U64F64(0))
u96f32: Final = Format(32, U96F32(0), U96F32(2**128 - 1), U96F32(1 << 32), U96F32(0))
i96f32: Final = Format(32, I96F32(-(2**127)), I96F32(2**127 - 1), I96F32(1 << 32), I96F32(0))
i64f64: Final = Format(64, I64F64(-(2**127)), I64F64(2**127 - 1), I64F64(1 << 64), I64F64(0))
i32f32: Final = Format(32, I32F32(-(2**63)), I32F32(2**63 - 1), I32F32(1 << 32), I32F32(0))
