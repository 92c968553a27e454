"""Powers: exact where they must be, close elsewhere, and cut where the chain cuts them."""

from decimal import Decimal, localcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taonet.economy import bigmath
from taonet.economy.bigmath import integer_root, pow_ratio_scaled

ONE = 10**18
BUDGET = settings(max_examples=60, deadline=None)


@BUDGET
@given(st.integers(0, 2**600), st.integers(1, 40))
def test_an_integer_root_is_the_largest_whose_power_fits(number: int, degree: int) -> None:
    root = integer_root(number, degree)

    assert root**degree <= number < (root + 1) ** degree


def test_small_exponents_are_exact() -> None:
    assert pow_ratio_scaled((2, 3), (1, 2), 0, 1_000) == 816
    assert pow_ratio_scaled((9, 4), (3, 2), 256, 1_000) == 3_375
    assert pow_ratio_scaled((3, 1), (1024, 1), 0, 1) == 3**1024


@BUDGET
@given(st.integers(10**9, 10**16), st.integers(10**9, 10**16), st.integers(10**16, ONE - 10**16))
def test_large_exponents_agree_with_decimals(numerator: int, denominator: int, weight: int) -> None:
    power = pow_ratio_scaled((numerator, denominator), (weight, ONE), 256, ONE)

    with localcontext() as context:
        context.prec = 60
        exact = (Decimal(numerator) / denominator) ** (Decimal(weight) / ONE) * ONE
        assert power is not None
        assert abs(power - exact) <= 1


@settings(max_examples=200, deadline=None)
@given(
    st.integers(1, 2**64 - 1),
    st.integers(0, 50),
    st.integers(0, 3),
    st.booleans(),
    st.integers(10**16, 99 * 10**16),
    st.booleans(),
)
def test_a_power_from_fewer_bits_is_the_series(
    reserve: int, shift: int, rest: int, grows: bool, weight: int, other: bool
) -> None:
    after = max(reserve + ((reserve >> shift) + rest) * (1 if grows else -1), 1)
    exponent = (weight, ONE - weight if other else ONE)

    short = bigmath._short_power((reserve, after), exponent, ONE)

    if short is not None:
        assert short == bigmath._series_power((reserve, after), exponent, 256, ONE)


def test_a_power_that_fewer_bits_leave_open_is_left_to_the_series() -> None:
    # A base of one: the power is a whole number, which no bound on an error can tell from less.
    assert bigmath._short_power((5, 5), (10**16 + 1, 10**16), ONE) is None
    assert pow_ratio_scaled((5, 5), (10**16 + 1, 10**16), 256, ONE) == ONE
    # An emission into a pool of usual size takes the short way.
    assert bigmath._short_power((10**13, 10**13 + 10**6), (49 * 10**16 + 1, ONE), ONE) is not None


def test_a_series_that_is_cut_answers_garbage_as_the_chain_does() -> None:
    """Odd 1: the true power is 0 at this scale."""
    power = pow_ratio_scaled((1, 10**19), (98 * 10**16 + 1, 10**16), 256, ONE)

    assert power is not None
    assert power > 10**100


@pytest.mark.parametrize(
    ("base", "exponent", "expected"),
    [((1, 0), (1, 2), None), ((1, 2), (1, 0), None), ((0, 2), (1, 2), 0), ((5, 2), (0, 2), ONE)],
)
def test_edges(base: tuple[int, int], exponent: tuple[int, int], expected: int | None) -> None:
    assert pow_ratio_scaled(base, exponent, 256, ONE) == expected
