"""Fixed point against exact fractions: every rounding and clamp by its name."""

from fractions import Fraction
from math import floor, trunc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taonet.primitives.fixed_point import (
    I32F32,
    I64F64,
    I96F32,
    U64_MAX,
    U64F64,
    U96F32,
    i32f32,
    i64f64,
    i96f32,
    saturate_u64,
    saturate_u128,
    truncating_div,
    u64f64,
    u96f32,
)

BUDGET = settings(max_examples=100, deadline=None)

u128s = st.integers(0, 2**128 - 1)
i64s = st.integers(-(2**63), 2**63 - 1) | st.integers(-(2**33), 2**33)


def _clamped(value: int, lowest: int, highest: int) -> int:
    return min(max(value, lowest), highest)


@BUDGET
@given(u128s, u128s)
def test_unsigned_products_and_quotients_round_down(a: int, b: int) -> None:
    x, y = U64F64(a), U64F64(b)

    assert u64f64.mul_floor(x, y) == _clamped(floor(Fraction(a * b, 2**64)), 0, 2**128 - 1)
    if b:
        quotient = floor(Fraction(a * 2**64, b))
        assert u64f64.checked_div(x, y) == (quotient if quotient < 2**128 else None)
        assert u64f64.safe_div(x, y) == (quotient if quotient < 2**128 else 0)


@BUDGET
@given(i64s, i64s)
def test_signed_products_round_down_and_quotients_toward_zero(a: int, b: int) -> None:
    x, y = I32F32(a), I32F32(b)
    lowest, highest = -(2**63), 2**63 - 1

    assert i32f32.mul_floor(x, y) == _clamped(floor(Fraction(a * b, 2**32)), lowest, highest)
    if b:
        quotient = trunc(Fraction(a * 2**32, b))
        fits = lowest <= quotient <= highest
        assert i32f32.checked_div(x, y) == (quotient if fits else None)


def test_rounding_of_negative_values_is_visible() -> None:
    assert i32f32.mul_floor(I32F32(-1), I32F32(1)) == -1
    assert i32f32.safe_div(I32F32(-1), I32F32(2 << 32)) == 0
    assert i32f32.convert(-1, 64) == -1
    assert i96f32.to_int_floor(I96F32(-1)) == -1
    assert i96f32.fraction(I96F32(-1)) == 2**32 - 1


def test_division_by_zero_is_none_or_zero() -> None:
    assert u96f32.checked_div(u96f32.one, u96f32.zero) is None
    assert u96f32.safe_div(u96f32.one, u96f32.zero) == 0


@pytest.mark.parametrize("number", [0, 1, 2**32 - 1, 2**63 - 1, U64_MAX])
def test_whole_numbers_survive_conversion(number: int) -> None:
    assert u64f64.to_u64_floor(u64f64.from_int(number)) == number
    assert u96f32.to_u64_floor(u96f32.from_int(number)) == number


def test_values_out_of_range_are_clamped() -> None:
    assert u64f64.from_int(2**64) == u64f64.highest
    assert u64f64.from_int(-1) == 0
    assert i64f64.from_int(2**63) == i64f64.highest == I64F64(2**127 - 1)
    assert i64f64.from_int(-(2**63) - 1) == i64f64.lowest
    assert u64f64.saturating_sub(U64F64(1), U64F64(2)) == 0
    assert u64f64.saturating_add(u64f64.highest, U64F64(1)) == u64f64.highest
    assert u96f32.to_u64_floor(u96f32.highest) == U64_MAX
    assert i96f32.to_u64_floor(I96F32(-1)) == 0
    assert saturate_u64(-1) == 0
    assert saturate_u64(2**64) == U64_MAX
    assert saturate_u128(-1) == 0
    assert saturate_u128(2**200) == 2**128 - 1


def test_a_ratio_of_the_largest_number_to_itself_is_one() -> None:
    assert u96f32.from_ratio(U64_MAX, U64_MAX) == u96f32.one
    assert u96f32.from_ratio(U64_MAX - 1, U64_MAX) == u96f32.one - 1


def test_conversion_between_formats_drops_or_adds_fraction_bits() -> None:
    half = U96F32(1 << 31)

    assert u64f64.convert(half, 32) == 1 << 63
    assert u96f32.convert((1 << 63) + 1, 64) == half
    assert u64f64.convert(I96F32(-5), 32) == 0


@BUDGET
@given(st.integers(), st.integers().filter(bool))
def test_truncating_division_goes_toward_zero(dividend: int, divisor: int) -> None:
    assert truncating_div(dividend, divisor) == trunc(Fraction(dividend, divisor))
