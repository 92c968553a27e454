"""Powers: exact where they must be, close elsewhere, and cut where the chain cuts them."""

from decimal import Decimal, localcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
