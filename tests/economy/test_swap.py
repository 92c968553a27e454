"""Swaps: what is paid is accounted for, round trips lose, limits hold, refusals are named."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taonet.economy.balancer import WEIGHT_ONE, Balancer
from taonet.economy.swap import (
    Pool,
    PriceLimitExceeded,
    Reserves,
    ReservesTooLow,
    SwapInputTooLarge,
    after_buy,
    after_sell,
    alpha_for_tao,
    buy,
    limit_price,
    sell,
)
from taonet.primitives.units import Alpha, Rao

BUDGET = settings(max_examples=50, deadline=None)

pools = st.builds(
    Pool,
    st.integers(10**11, 10**14).map(Rao),
    st.integers(10**11, 10**16).map(Alpha),
    st.integers(WEIGHT_ONE * 4 // 10, WEIGHT_ONE * 6 // 10).map(Balancer),
    fee_rate=st.integers(0, 1_000),
)


def _settled(pool: Pool, reserves: Reserves) -> Pool:
    return Pool(reserves.tao, reserves.alpha_in, pool.balancer, fee_rate=pool.fee_rate)


@BUDGET
@given(pools, st.integers(10**6, 10**12))
def test_a_buy_conserves_both_tokens(pool: Pool, tao: int) -> None:
    before = Reserves(pool.tao_reserve, pool.alpha_reserve, Alpha(7))
    result = buy(pool, Rao(tao))
    after = after_buy(before, result)

    assert result.paid_in + result.fee_paid == Rao(tao)
    assert after.tao - before.tao == result.paid_in
    assert before.alpha_in + before.alpha_out == after.alpha_in + after.alpha_out
    assert after.alpha_out - before.alpha_out == result.paid_out


@BUDGET
@given(pools, st.integers(10**6, 10**12))
def test_a_round_trip_never_gains(pool: Pool, tao: int) -> None:
    before = Reserves(pool.tao_reserve, pool.alpha_reserve, Alpha(0))
    bought = buy(pool, Rao(tao))
    between = after_buy(before, bought)
    sold = sell(_settled(pool, between), bought.paid_out)
    after = after_sell(between, sold)

    assert sold.paid_out <= Rao(tao)
    assert after.tao == before.tao + bought.paid_in - sold.paid_out


@BUDGET
@given(pools, st.integers(1, 50))
def test_a_limit_stops_a_buy_and_leaves_the_rest(pool: Pool, permille: int) -> None:
    limit = Rao(pool.price() * 10**9 * (1_000 + permille) // 1_000 >> 64)
    if limit_price(limit) <= pool.price():
        return
    result = buy(pool, pool.tao_reserve * 10, limit)
    after = _settled(
        pool, after_buy(Reserves(pool.tao_reserve, pool.alpha_reserve, Alpha(0)), result)
    )

    assert result.paid_in + result.fee_paid < pool.tao_reserve * 10
    assert abs(after.price() - limit_price(limit)) <= limit_price(limit) // 10**6 + 2**40


def test_refusals_are_named() -> None:
    pool = Pool(Rao(10**9), Alpha(10**9))

    with pytest.raises(SwapInputTooLarge):
        buy(pool, Rao(1001 * 10**9), drop_fees=True)
    with pytest.raises(ReservesTooLow):
        buy(Pool(Rao(10**9), Alpha(999_999)), Rao(1))
    with pytest.raises(PriceLimitExceeded):
        buy(pool, Rao(1), Rao(10**9))
    with pytest.raises(PriceLimitExceeded):
        sell(pool, Alpha(1), Rao(10**9))
    with pytest.raises(ReservesTooLow):
        buy(Pool(Rao(10**11), Alpha(10**6)), Rao(1), drop_fees=True)


def test_a_swap_of_nothing_passes() -> None:
    result = buy(Pool(Rao(10**9), Alpha(10**9)), Rao(0))

    assert (result.paid_in, result.paid_out, result.fee_paid) == (Rao(0), Alpha(0), Rao(0))


def test_an_uninitialised_balancer_starts_at_half_and_half() -> None:
    """Odd 4."""
    skewed = Balancer(WEIGHT_ONE * 45 // 100)
    pool = Pool(Rao(10**12), Alpha(10**12), skewed, balancer_initialized=False)

    result = buy(pool, Rao(10**6))

    assert result.pool.balancer == Balancer()
    assert result.pool.balancer_initialized


def test_steep_weights_may_drain_the_whole_reserve() -> None:
    """Odd 2."""
    pool = Pool(Rao(10**9), Alpha(10**9), Balancer(WEIGHT_ONE * 99 // 100))

    assert buy(pool, Rao(10**12), Rao(2**64 - 1), drop_fees=True).paid_out == Alpha(10**9)


def test_reserves_move_by_signed_amounts() -> None:
    """Odd 8: what a stable subnet is paid beyond 2**63 is lost to its reserves."""
    stable = Pool(Rao(0), Alpha(2**64 - 1), dynamic=False)
    result = buy(stable, Rao(2**64 - 1))
    after = after_buy(Reserves(Rao(0), Alpha(2**64 - 1), Alpha(0)), result)

    assert after == Reserves(Rao(2**63 - 1), Alpha(2**63 - 1), Alpha(2**64 - 1))


def test_a_stable_subnet_trades_one_for_one_without_fee() -> None:
    stable = Pool(Rao(5), Alpha(5), dynamic=False)

    assert buy(stable, Rao(9)).paid_out == Alpha(9)
    assert sell(stable, Alpha(9)).paid_out == Rao(9)
    assert alpha_for_tao(stable, Rao(9)) == Alpha(9)
    assert alpha_for_tao(Pool(Rao(10**9), Alpha(2 * 10**9)), Rao(9)) == Alpha(18)
