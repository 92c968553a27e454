"""Registration: burns halve and jump within bounds, locks double and fall."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taonet.economy.registration import (
    DEFAULT_INCREASE,
    BurnBounds,
    Interval,
    LastLock,
    decay_factor_q32,
    decayed_burn,
    initial_reserves,
    interval_burn,
    lock_reduction_interval,
    median_price,
    network_lock_cost,
    raised_burn,
)
from taonet.primitives.fixed_point import U64F64, u64f64
from taonet.primitives.units import ROOT, Alpha, NetUid, Rao, to_rao

BOUNDS = BurnBounds(Rao(500_000), to_rao(100))


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 2**16 - 1))
def test_the_decay_factor_leaves_at_most_half_after_the_half_life(half_life: int) -> None:
    factor = decay_factor_q32(half_life)

    assert 0 < factor < 2**32
    assert (factor / 2**32) ** half_life < 0.5 + 1e-3


def test_a_burn_halves_in_its_half_life() -> None:
    burn = to_rao(1)
    for block in range(2, 362):
        burn = decayed_burn(burn, BOUNDS, 360, block)

    assert abs(int(burn) - 500_000_000) < 1_000


def test_bounds_hold_even_where_nothing_decays() -> None:
    crossed = BurnBounds(to_rao(5), to_rao(3))

    assert decayed_burn(to_rao(200), BOUNDS, 360, 1) == to_rao(100)
    assert decayed_burn(Rao(1), BOUNDS, 0, 50) == Rao(500_000)
    assert decayed_burn(to_rao(4), crossed, 0, 50) == to_rao(3)


def test_a_registration_raises_the_burn_but_not_the_root_s() -> None:
    assert raised_burn(NetUid(1), to_rao(1), BOUNDS, DEFAULT_INCREASE) == Rao(1_260_000_000)
    assert raised_burn(NetUid(1), to_rao(90), BOUNDS, DEFAULT_INCREASE) == to_rao(100)
    assert raised_burn(ROOT, to_rao(1), BOUNDS, DEFAULT_INCREASE) == to_rao(1)


def test_a_lock_doubles_and_falls_back_in_its_interval() -> None:
    last, minimum = LastLock(to_rao(100), block=1_000), to_rao(10)

    assert network_lock_cost(last, minimum, 100, 1_000) == to_rao(200)
    assert network_lock_cost(last, minimum, 100, 1_100) == to_rao(100)
    assert network_lock_cost(last, minimum, 100, 9_000) == to_rao(10)
    assert network_lock_cost(last, minimum, 0, 9_000) == to_rao(200)
    assert network_lock_cost(LastLock(to_rao(100), 0), minimum, 100, 50) == to_rao(50)


def test_the_interval_shrinks_with_the_emission() -> None:
    """Odd 7."""
    assert lock_reduction_interval(100_800, to_rao(1)) == 100_800
    assert lock_reduction_interval(100_800, Rao(500_000_000)) == 50_400
    assert lock_reduction_interval(100_800, Rao(0)) == 0


def test_a_new_subnet_starts_at_the_median_price() -> None:
    prices = [U64F64(number << 64) for number in (0, 9, 1, 3)]

    assert median_price(prices) == 3 << 64
    assert median_price([*prices, U64F64(4 << 64)]) == 7 << 63
    assert median_price([u64f64.zero]) == u64f64.one
    assert median_price([]) == u64f64.one


def test_a_new_pool_holds_all_that_was_locked() -> None:
    quarter = U64F64(1 << 62)

    assert initial_reserves(to_rao(7), to_rao(1), quarter) == (to_rao(7), Alpha(28 * 10**9))
    assert initial_reserves(to_rao(1), to_rao(2), quarter) == (to_rao(2), Alpha(8 * 10**9))


HALF = 2**63


@pytest.mark.parametrize(
    ("registrations", "target", "weight", "expected"),
    [
        # Twice the target: halfway to one and a half times the price.
        (4, 2, HALF, 1_250_000_000),
        (4, 2, 0, 1_500_000_000),
        (4, 2, 2**64 - 1, 1_000_000_000),
        # None at all: halfway to half of it.
        (0, 2, HALF, 750_000_000),
        # Some, and as many as were aimed at.
        (1, 2, HALF, 1_000_000_000),
        (2, 2, HALF, 1_000_000_000),
        # Bounds.
        (60, 2, 0, 9_000_000_000),
        (0, 0, 0, 500_000),
    ],
)
def test_the_price_of_an_interval_follows_its_registrations(
    registrations: int, target: int, weight: int, expected: int
) -> None:
    bounds = BurnBounds(Rao(500_000), Rao(9_000_000_000))
    interval = Interval(registrations, target, weight)
    assert interval_burn(Rao(10**9), bounds, interval) == pytest.approx(expected, abs=10_000)
