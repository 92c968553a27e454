"""Decimal floats: normal form, truncation, and the ends of the exponent."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from taonet.economy.safe_float import MANTISSA_MAX, SafeFloat
from taonet.primitives.fixed_point import I64_MAX, I64_MIN, U64F64

BUDGET = settings(max_examples=100, deadline=None)
ONE = SafeFloat(10**21, -21)


def _number(mantissa: int, exponent: int) -> SafeFloat:
    number = SafeFloat.new(mantissa, exponent)
    assert number is not None
    return number


numbers = st.builds(_number, st.integers(1, MANTISSA_MAX), st.integers(-40, 40))


def _fraction(number: SafeFloat) -> Fraction:
    return number.mantissa * Fraction(10) ** number.exponent


@BUDGET
@given(st.integers(0, MANTISSA_MAX), st.integers(-40, 40))
def test_normal_form_keeps_the_value(mantissa: int, exponent: int) -> None:
    number = _number(mantissa, exponent)

    assert _fraction(number) == mantissa * Fraction(10) ** exponent
    assert number == SafeFloat() or MANTISSA_MAX // 10 < number.mantissa <= MANTISSA_MAX


def test_one_has_the_larger_mantissa() -> None:
    assert SafeFloat.from_u64(1) == ONE
    assert SafeFloat.from_u64(10) == SafeFloat(10**21, -20)
    assert SafeFloat.new(MANTISSA_MAX + 1) is None


@BUDGET
@given(numbers, numbers)
def test_results_are_cut_by_less_than_two_units_of_the_last_digit(
    a: SafeFloat, b: SafeFloat
) -> None:
    exact = {"add": _fraction(a) + _fraction(b), "div": _fraction(a) / _fraction(b)}
    for name, value in exact.items():
        result = getattr(a, name)(b)
        unit = Fraction(10) ** result.exponent
        assert 0 <= value - _fraction(result) < 2 * unit


@BUDGET
@given(numbers, numbers)
def test_comparison_agrees_with_the_values(a: SafeFloat, b: SafeFloat) -> None:
    assert a.exceeds(b) == (_fraction(a) > _fraction(b))


@BUDGET
@given(st.integers(0, 2**64 - 1))
def test_whole_numbers_come_back(number: int) -> None:
    assert SafeFloat.from_u64(number).to_u64() == number
    assert SafeFloat.from_u64f64(U64F64(number << 64)).to_u64() == number


def test_subtraction_stops_at_zero_but_not_from_zero() -> None:
    assert ONE.sub(SafeFloat.from_u64(2)) == SafeFloat()
    assert SafeFloat().sub(ONE) is None
    assert SafeFloat().sub(SafeFloat()) == SafeFloat()


def test_exponents_beyond_64_bits_have_no_result() -> None:
    largest, smallest = SafeFloat(10**21, I64_MAX), SafeFloat(10**21, I64_MIN)

    assert largest.add(largest) is None
    assert largest.mul_div(largest, ONE) is None
    assert smallest.div(largest) is None
    assert ONE.div(SafeFloat()) is None
    assert ONE.mul_div(ONE, SafeFloat()) is None
    assert largest.to_u64() == 2**64 - 1


@BUDGET
@given(numbers, numbers)
def test_a_sum_is_in_normal_form(a: SafeFloat, b: SafeFloat) -> None:
    for total in (a.add(b), a.sub(b)):
        assert total is not None
        assert total == SafeFloat() or MANTISSA_MAX // 10 < total.mantissa <= MANTISSA_MAX


def test_a_sum_just_above_a_power_of_ten_keeps_the_larger_mantissa() -> None:
    assert _number(42, 0).add(_number(1, 22)) == SafeFloat(10**21, 1)
